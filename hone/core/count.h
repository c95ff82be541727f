#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hone {

/// A count as people read it: "1,608".
std::string with_commas(std::uint64_t count);

/// The same with what is counted: "1 row", "1,608 rows"; without `many`, one and an s.
std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {});

}  // namespace hone
