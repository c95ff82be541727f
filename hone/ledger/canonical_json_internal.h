#pragma once

#include <cstddef>
#include <string_view>

namespace hone::ledger_internal {

/// Bytes of the valid UTF-8 character that `text` begins with; 0 when it begins with none (RFC 3629: no surrogates, no longer form
/// than needed, nothing above U+10FFFF). REQUIRES: text is not empty.
std::size_t utf8_length(std::string_view text);

bool is_canonical_key(std::string_view key);

}  // namespace hone::ledger_internal
