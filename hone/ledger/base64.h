#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hone {

/// RFC 4648 section 4, with padding.
std::string to_base64(std::string_view bytes);

/// Nothing unless the text is what to_base64() writes: no white space, no other alphabet, no bits left over, padding where it belongs.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace hone
