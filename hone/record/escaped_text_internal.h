#pragma once

#include <string>
#include <string_view>

namespace hone {

/// Text as HTML takes it between tags and in quoted attributes: nothing of it is markup. Control characters other than line feed and tab
/// become U+FFFD.
std::string html_text(std::string_view text);

/// Text as a cell of a Markdown table: on one line, and nothing of it is markup.
std::string markdown_cell(std::string_view text);

}  // namespace hone
