#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace hone {

/// The one way to write a value of the ledger down: RFC 8785 (JCS), restricted to what needs no judgement. The rules have
/// numbers, and what breaks one is refused with it ("rule 3: …"):
///
///   1  UTF-8 without a mark, no white space between tokens, nothing behind the value, at most 16,384 bytes
///   2  keys [a-z][a-z0-9_]{0,31}, ascending by byte, each once; at most 8 objects and arrays inside each other; no null
///   3  whole numbers of at most 2^53 - 1 either way: no fraction, no exponent, no leading zero, no -0
///   4  texts of at most 4,096 bytes of valid UTF-8, no U+0000; of all escapes the one form that JCS gives
///
/// A text that is accepted is byte for byte what to_canonical() writes of its value.
inline constexpr std::size_t kMaxEventBytes = 16384;
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kMaxDepth = 8;
inline constexpr long long kMaxNumber = (1LL << 53) - 1;

/// The value that a canonical text says. Throws kCorruptData naming the rule and the byte. `most_bytes` is for texts that are no events.
nlohmann::json parse_canonical(std::string_view text, std::size_t most_bytes = kMaxEventBytes);

/// The same check without a value. Some times faster.
void check_canonical(std::string_view text);

/// The text of a value. Throws kInvalidArgument naming the rule that the value breaks. `depth` objects and arrays are around it.
std::string to_canonical(const nlohmann::json& value, std::size_t depth = 0, std::size_t most_bytes = kMaxEventBytes);

/// Appends the text of one string, in quotes. Throws as above.
void append_canonical_text(std::string& out, std::string_view text);

}  // namespace hone
