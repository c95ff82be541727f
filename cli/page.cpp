// Reads the part of Markdown that docs/ uses, and writes it for terminals and in roff (groff_man(7)).
#include "cli/page.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "hone/core/unicode.h"

namespace hone::cli {
namespace {

// --- Reading.

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::size_t heading_level(std::string_view line) {
  const std::size_t level = line.find_first_not_of('#');
  return level != std::string_view::npos && level > 0 && line[level] == ' ' ? level : 0;
}

bool is_fence(std::string_view line) { return trimmed(line).starts_with("```"); }

// A link or an image as its text: [text](address). Nothing else that stands in brackets is touched.
std::string without_links(std::string_view text) {
  std::string plain;
  for (std::size_t place = 0; place < text.size(); ++place) {
    const std::size_t middle = text[place] == '[' ? text.find("](", place) : std::string_view::npos;
    const std::size_t end = middle == std::string_view::npos ? middle : text.find(')', middle);
    if (end == std::string_view::npos || text.substr(place + 1, middle - place - 1).find('[') != std::string_view::npos) {
      plain += text[place];
      continue;
    }
    plain += text.substr(place + 1, middle - place - 1);
    place = end;
  }
  return plain;
}

// *emphasis* and **more of it** as plain words; stars in code are what they are.
std::string without_emphasis(std::string_view text) {
  std::string plain;
  bool in_code = false;
  for (std::size_t place = 0; place < text.size(); ++place) {
    if (text[place] == '`') in_code = !in_code;
    const bool beside_word = (place + 1 < text.size() && std::isalnum(static_cast<unsigned char>(text[place + 1])) != 0) ||
                             (place > 0 && std::isalnum(static_cast<unsigned char>(text[place - 1])) != 0) ||
                             (place > 0 && text[place - 1] == '*') || (place + 1 < text.size() && text[place + 1] == '*');
    if (text[place] == '*' && !in_code && beside_word) continue;
    plain += text[place];
  }
  return plain;
}

std::string inline_text(std::string_view text) { return without_emphasis(without_links(trimmed(text))); }

// The cells between the bars of a table's line; \| is a bar within a cell.
std::vector<std::string> cells_of(std::string_view line) {
  line = trimmed(line);
  line.remove_prefix(1);
  if (line.ends_with('|')) line.remove_suffix(1);
  std::vector<std::string> cells(1);
  for (std::size_t place = 0; place < line.size(); ++place) {
    if (line[place] == '\\' && place + 1 < line.size() && line[place + 1] == '|')
      cells.back() += line[++place];
    else if (line[place] == '|')
      cells.emplace_back();
    else
      cells.back() += line[place];
  }
  for (std::string& cell : cells) cell = inline_text(cell);
  return cells;
}

bool is_table_rule(std::string_view line) { return line.find_first_not_of("|-: ") == std::string_view::npos; }

// Three cells are a term, what it may be, and what it means; of more, those in the middle are named by their headings.
Block row_block(const std::vector<std::string>& headings, std::vector<std::string> cells) {
  cells.resize(std::max<std::size_t>(headings.size(), 2));
  Block block{.kind = Block::Kind::kTerm, .text = cells.back(), .term = cells.front()};
  if (cells.size() == 3) {
    if (!cells[1].empty()) block.term += (block.term.empty() ? "" : ": ") + cells[1];
    return block;
  }
  std::string more;
  for (std::size_t cell = 1; cell + 1 < cells.size(); ++cell)
    if (!cells[cell].empty()) more += (more.empty() ? "" : "; ") + headings[cell] + ": " + cells[cell];
  if (!more.empty()) block.text += " (" + more + ")";
  return block;
}

class MarkdownReader {
 public:
  explicit MarkdownReader(std::string_view markdown) : lines_(lines_of(markdown)) {}

  Page read() {
    while (at_ < lines_.size()) read_block();
    return std::move(page_);
  }

 private:
  void read_block() {
    const std::string_view line = lines_[at_];
    if (trimmed(line).empty()) {
      ++at_;
    } else if (const std::size_t level = heading_level(line)) {
      page_.push_back({.kind = level < 3 ? Block::Kind::kHeading : Block::Kind::kSubheading, .text = inline_text(line.substr(level))});
      ++at_;
    } else if (is_fence(line)) {
      read_code();
    } else if (trimmed(line).starts_with('|')) {
      read_table();
    } else {
      read_paragraph();
    }
  }

  void read_code() {
    Block block{.kind = Block::Kind::kCode, .text = {}};
    for (++at_; at_ < lines_.size() && !is_fence(lines_[at_]); ++at_) block.text += std::string(lines_[at_]) + "\n";
    ++at_;
    page_.push_back(std::move(block));
  }

  void read_table() {
    const std::vector<std::string> headings = cells_of(lines_[at_++]);
    for (; at_ < lines_.size() && trimmed(lines_[at_]).starts_with('|'); ++at_)
      if (!is_table_rule(lines_[at_])) page_.push_back(row_block(headings, cells_of(lines_[at_])));
  }

  static std::size_t list_mark(std::string_view line) {
    if (line.starts_with("- ")) return 2;
    const std::size_t digits = line.find_first_not_of("0123456789");
    return digits != std::string_view::npos && digits > 0 && line.substr(digits).starts_with(". ") ? digits + 2 : 0;
  }

  bool begins_another() const {
    const std::string_view line = trimmed(lines_[at_]);
    return line.empty() || line.starts_with('|') || is_fence(line) || heading_level(lines_[at_]) > 0 || list_mark(line) > 0;
  }

  void read_paragraph() {
    const std::string_view first = trimmed(lines_[at_++]);
    const std::size_t mark = list_mark(first);
    std::string text(first.substr(mark));
    for (; at_ < lines_.size() && !begins_another(); ++at_) text += " " + std::string(trimmed(lines_[at_]));
    page_.push_back({.kind = mark > 0 ? Block::Kind::kItem : Block::Kind::kText, .text = inline_text(text)});
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  Page page_;
};

// --- Terminals.

constexpr std::size_t kIndent = 2;
// Explanations begin in this column, unless the term is longer.
constexpr std::size_t kTermColumn = 26;

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

// Words with their width on the screen: of backticks that become bold nothing is seen.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t begin = text.find_first_not_of(' ', place);
    if (begin == std::string_view::npos) break;
    place = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, place - begin));
  }
  return words;
}

class TerminalWriter {
 public:
  explicit TerminalWriter(const PageStyle& style) : style_(style) {}

  std::string write(const Page& page) {
    for (const Block& block : page) {
      const bool runs_on = &block != page.data() && block.kind == last_ && (last_ == Block::Kind::kItem || last_ == Block::Kind::kTerm);
      const bool after_heading = last_ == Block::Kind::kHeading || last_ == Block::Kind::kSubheading;
      if (!text_.empty() && !runs_on && !after_heading) text_ += "\n";
      add(block);
      last_ = block.kind;
    }
    return std::move(text_);
  }

 private:
  void add(const Block& block) {
    switch (block.kind) {
      case Block::Kind::kHeading:
        text_ += bold(without_backticks(block.text)) + "\n";
        break;
      case Block::Kind::kSubheading:
        text_ += " " + bold(without_backticks(block.text)) + "\n";
        break;
      case Block::Kind::kText:
        text_ += std::string(kIndent, ' ');
        wrap(block.text, kIndent, kIndent);
        break;
      case Block::Kind::kItem:
        text_ += std::string(kIndent, ' ') + "- ";
        wrap(block.text, kIndent + 2, kIndent + 2);
        break;
      case Block::Kind::kTerm:
        add_term(block);
        break;
      case Block::Kind::kCode:
        for (const std::string_view line : lines_of(block.text))
          text_ += std::string(line.empty() ? 0 : 2 * kIndent, ' ') + std::string(line) + "\n";
        break;
    }
  }

  void add_term(const Block& block) {
    const std::string term = without_backticks(block.term);
    text_ += std::string(kIndent, ' ') + bold(term);
    const std::size_t used = kIndent + count_characters(term);
    if (used + 2 > kTermColumn) {
      text_ += "\n" + std::string(kTermColumn, ' ');
    } else {
      text_ += std::string(kTermColumn - used, ' ');
    }
    wrap(block.text, kTermColumn, kTermColumn);
  }

  std::string bold(const std::string& text) const { return style_.bold ? "\033[1m" + text + "\033[0m" : text; }

  // Breaks the text into lines of at most `width` characters; the first begins in column `from`, the others are indented.
  void wrap(std::string_view text, std::size_t from, std::size_t indent) {
    std::size_t column = from;
    bool in_code = false;
    for (const std::string_view word : words_of(text)) {
      const auto ticks = static_cast<std::size_t>(std::ranges::count(word, '`'));
      const std::size_t width = count_characters(word) - (style_.bold ? ticks : 0);
      const bool begins = column == from || column == indent;
      if (!begins && column + 1 + width > style_.width) {
        text_ += "\n" + std::string(indent, ' ');
        column = indent;
      } else if (!begins) {
        text_ += " ";
        ++column;
      }
      add_word(word, in_code);
      column += width;
    }
    text_ += "\n";
  }

  void add_word(std::string_view word, bool& in_code) {
    if (!style_.bold) {
      text_ += word;
      return;
    }
    for (const char c : word) {
      if (c != '`') {
        text_ += c;
        continue;
      }
      in_code = !in_code;
      text_ += in_code ? "\033[1m" : "\033[0m";
    }
  }

  PageStyle style_;
  std::string text_;
  Block::Kind last_ = Block::Kind::kText;
};

// --- roff.

// Lines that people can read and compare; man fills them again.
constexpr std::size_t kRoffWidth = 66;

std::string roff_lines(std::string_view text) {
  std::string lines, line;
  bool in_code = false;
  for (const std::string_view word : words_of(text)) {
    if (!line.empty() && line.size() + word.size() > kRoffWidth) lines += std::exchange(line, "") + "\n";
    line += (line.empty() ? "" : " ") + (line.empty() ? roff_escaped(word) : roff_escaped(word, Place::kWithinLine));
    for (std::size_t tick = line.find('`'); tick != std::string::npos; tick = line.find('`', tick)) {
      in_code = !in_code;
      line.replace(tick, 1, in_code ? "\\fB" : "\\fP");
    }
  }
  return lines + line + (in_code ? "\\fP" : "") + "\n";
}

std::string roff_code(std::string_view code) {
  std::string text = ".RS 4\n.nf\n";
  for (const std::string_view line : lines_of(code)) text += line.empty() ? "\\&\n" : roff_escaped(line) + "\n";
  return text + ".fi\n.RE\n";
}

bool is_heading(const Block& block) { return block.kind == Block::Kind::kHeading || block.kind == Block::Kind::kSubheading; }

// A heading begins a paragraph by itself.
std::string roff_block(const Block& block, bool after_heading) {
  switch (block.kind) {
    case Block::Kind::kHeading:
      return ".SH " + roff_escaped(without_backticks(block.text)) + "\n";
    case Block::Kind::kSubheading:
      return ".SS " + roff_escaped(without_backticks(block.text)) + "\n";
    case Block::Kind::kText:
      return (after_heading ? "" : ".PP\n") + roff_lines(block.text);
    case Block::Kind::kItem:
      return ".IP \\(bu 2\n" + roff_lines(block.text);
    case Block::Kind::kTerm:
      return ".TP\n\\fB" + roff_escaped(without_backticks(block.term)) + "\\fP\n" + roff_lines(block.text);
    case Block::Kind::kCode:
      return (after_heading ? "" : ".PP\n") + roff_code(block.text);
  }
  return {};
}

// "## data" begins "## data: the rows", and not "## database".
bool begins_with_words(std::string_view line, std::string_view words) {
  if (!line.starts_with(words)) return false;
  return line.size() == words.size() || std::isalnum(static_cast<unsigned char>(line[words.size()])) == 0;
}

}  // namespace

Page parse_markdown(std::string_view markdown) { return MarkdownReader(markdown).read(); }

std::string_view markdown_section(std::string_view markdown, std::string_view heading) {
  const std::size_t level = heading_level(heading);
  std::size_t begin = std::string_view::npos, place = 0;
  bool in_code = false;
  for (const std::string_view line : lines_of(markdown)) {
    if (is_fence(line)) in_code = !in_code;
    const std::size_t here = in_code ? 0 : heading_level(line);
    if (begin != std::string_view::npos && here > 0 && here <= level) return markdown.substr(begin, place - begin);
    place = std::min(place + line.size() + 1, markdown.size());
    if (begin == std::string_view::npos && here > 0 && begins_with_words(line, heading)) begin = place;
  }
  return begin == std::string_view::npos ? std::string_view() : markdown.substr(begin);
}

std::string terminal_text(const Page& page, const PageStyle& style) { return TerminalWriter(style).write(page); }

std::string roff_text(const Page& page) {
  std::string text;
  bool after_heading = true;
  for (const Block& block : page) {
    text += roff_block(block, after_heading);
    after_heading = is_heading(block);
  }
  return text;
}

std::string roff_escaped(std::string_view text, Place place) {
  std::string escaped;
  if (place == Place::kAtLineBegin && (text.starts_with('.') || text.starts_with('\''))) escaped = "\\&";
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace hone::cli
