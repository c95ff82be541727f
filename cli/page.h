#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hone::cli {

/// A piece of a page of documentation.
struct Block {
  enum class Kind {
    kHeading,
    kSubheading,
    kText,
    kItem,  // Of a list.
    kTerm,  // `term`, explained by `text`.
    kCode,  // Lines as they are.
  };
  Kind kind = Kind::kText;
  std::string text;  // Marks code by backticks, save in kCode.
  std::string term = {};
};

/// Documentation as blocks: the one source of what a terminal and the manual show.
using Page = std::vector<Block>;

/// Reads the Markdown of docs/: headings (# and ## as headings, deeper ones as subheadings), paragraphs, lists, fenced code, tables (each
/// row a term, its first cell, explained by the others). Links and images show their text.
Page parse_markdown(std::string_view markdown);

/// The part of a Markdown page under the first heading that begins with the words of `heading` ("### Conditions"), without that heading, up
/// to the next one of its level or above. Empty when there is none.
std::string_view markdown_section(std::string_view markdown, std::string_view heading);

struct PageStyle {
  std::size_t width = 80;  // Characters of a line; code is never broken.
  bool bold = false;       // With the escape sequences of a terminal; without them code stands between backticks.
};
std::string terminal_text(const Page& page, const PageStyle& style);

/// In roff with the man macros, without the title line, to stand right after a heading.
std::string roff_text(const Page& page);

/// Text as roff takes it for itself: at the begin of a line a point or an apostrophe would be a request.
enum class Place { kAtLineBegin, kWithinLine };
std::string roff_escaped(std::string_view text, Place place = Place::kAtLineBegin);

}  // namespace hone::cli
