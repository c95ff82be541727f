#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// The values that one cell of a table holds: the strings of a JSON list, where it is one; else the parts between separators, without
/// blanks around them and without empty ones; without a separator the cell itself. An empty cell holds none.
///
///     values_in("fees; refund", ";")          fees, refund
///     values_in(R"(["fees", "refund"])", "")  the same
std::vector<std::string> values_in(std::string_view cell, std::string_view separator);

}  // namespace hone
