#include "hone/record/escaped_text_internal.h"

namespace hone {

std::string html_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else if (c == '\'')
      safe += "&#39;";
    else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
      safe += "\xEF\xBF\xBD";
    else
      safe += c;
  }
  return safe;
}

// A character reference is text to every reader of Markdown; a code span is kept, since our own sentences have them.
std::string markdown_cell(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|')
      safe += "\\|";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '&')
      safe += "&amp;";
    else if (c == '[')
      safe += "\\[";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      safe += ' ';
    else
      safe += c;
  }
  return safe;
}

}  // namespace hone
