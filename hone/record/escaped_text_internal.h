#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hone {

/// "1 row", "2 rows", "12,304 rows"; `plural` where an s is not enough.
std::string counted(std::uint64_t number, std::string_view one, std::string_view plural = "");

/// "1,234,567".
std::string with_thousands(std::uint64_t number);

/// Text as HTML takes it between tags and in quoted attributes: nothing of it is markup. Control characters other than line feed and tab
/// become U+FFFD.
std::string html_text(std::string_view text);

/// Text as a cell of a Markdown table: on one line, and nothing of it is markup.
std::string markdown_cell(std::string_view text);

}  // namespace hone
