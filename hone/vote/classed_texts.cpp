#include <algorithm>
#include <optional>
#include <unordered_map>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"
#include "hone/vote/classed_texts_internal.h"

namespace hone {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Row {
  std::vector<std::string> fields;
  std::size_t line = 0;
};

// Rows of a file, one after the other.
class LineFile {
 public:
  LineFile(std::string_view csv, const std::string& file, const ClassedTextsForm& form) : rest_(csv), file_(file), form_(form) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  Error error(std::size_t line, const std::string& message) const {
    return Error(ErrorCode::kInvalidProject, file_ + ":" + std::to_string(line) + ": " + message);
  }

  // Nothing at the end. Empty lines are passed over.
  std::optional<Row> next() {
    while (!rest_.empty()) {
      Row row{{}, line_};
      do row.fields.push_back(take_field(row.line));
      while (take(","));
      take_line_end(row.line);
      if (row.fields.size() > 1 || !row.fields.front().empty()) return row;
    }
    return std::nullopt;
  }

 private:
  bool take(std::string_view front) {
    if (!rest_.starts_with(front)) return false;
    rest_.remove_prefix(front.size());
    return true;
  }

  void take_line_end(std::size_t line) {
    if (rest_.empty()) return;
    if (!take("\r\n") && !take("\n") && !take("\r"))
      throw error(line, "a quoted field is followed by '" + std::string(rest_.substr(0, 1)) + "', not by a comma");
    ++line_;
  }

  std::string take_field(std::size_t line) {
    if (take("\"")) return take_quoted(line);
    const std::size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    std::string field(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return field;
  }

  std::string take_quoted(std::size_t line) {
    std::string field;
    for (;;) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos)
        throw error(line, "a quote does not end; write one inside a " + std::string(form_.what) + " as two (\"\")");
      field += rest_.substr(0, quote);
      line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, quote), '\n'));
      rest_.remove_prefix(quote + 1);
      if (!take("\"")) return field;
      field += '"';
    }
  }

  std::string_view rest_;
  const std::string& file_;
  const ClassedTextsForm& form_;
  std::size_t line_ = 1;
};

class ClassedTextsReader {
 public:
  ClassedTextsReader(LineFile& rows, const std::map<std::string, ClassId, std::less<>>& class_of_value, const ClassedTextsForm& form)
      : rows_(rows), class_of_value_(class_of_value), form_(form), what_(form.what) {}

  ClassedTexts read() {
    bool is_first = true;
    while (const std::optional<Row> row = rows_.next()) {
      if (!(is_first && is_header(*row))) add(*row);
      is_first = false;
    }
    return std::move(read_);
  }

 private:
  bool is_header(const Row& row) const {
    return row.fields.size() == 2 && fold_case(replace_invalid_utf8(trimmed(row.fields[0]))) == what_ &&
           fold_case(replace_invalid_utf8(trimmed(row.fields[1]))) == "class" && !class_of_value_.contains(trimmed(row.fields[1]));
  }

  void add(const Row& row) {
    if (row.fields.size() != 2)
      throw rows_.error(row.line, "expected two fields, " + what_ + ",class, and found " + std::to_string(row.fields.size()) + "; put a " +
                                      what_ + " that holds a comma between quotes");
    const ClassId class_id = class_named(trimmed(row.fields[1]), row.line);
    std::string text = text_in(row);
    const auto [known, is_new] = lines_.try_emplace(text, row.line, class_id);
    if (is_new) {
      read_.texts.push_back(std::move(text));
      read_.classes.push_back(class_id);
    } else if (known->second.second != class_id) {
      throw rows_.error(row.line, "the " + what_ + " '" + text + "' already stands for another class in line " +
                                      std::to_string(known->second.first) + "; take one of them out");
    }
  }

  std::string text_in(const Row& row) const {
    const std::string_view text = trimmed(row.fields[0]);
    if (text.empty()) throw rows_.error(row.line, "the " + what_ + " is empty; take the line out");
    if (text.size() > form_.most_bytes)
      throw rows_.error(row.line, "a " + what_ + " of " + std::to_string(text.size()) + " bytes is too long; at most " +
                                      std::to_string(form_.most_bytes));
    if (!is_valid_utf8(text))
      throw rows_.error(row.line, "the " + what_ + " '" + replace_invalid_utf8(text) + "' is not UTF-8; save the file in that encoding");
    return fold_case(text);
  }

  ClassId class_named(std::string_view name, std::size_t line) const {
    const auto found = class_of_value_.find(name);
    if (found != class_of_value_.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [value, _] : class_of_value_) known.push_back(value);
    const std::string shown = replace_invalid_utf8(name);
    throw rows_.error(line, "no class named '" + shown + "'" + suggestion(shown, known));
  }

  LineFile& rows_;
  const std::map<std::string, ClassId, std::less<>>& class_of_value_;
  const ClassedTextsForm& form_;
  const std::string what_;
  ClassedTexts read_;
  std::unordered_map<std::string, std::pair<std::size_t, ClassId>> lines_;
};

}  // namespace

ClassedTexts read_classed_texts(std::string_view csv, const std::string& file,
                                const std::map<std::string, ClassId, std::less<>>& class_of_value, const ClassedTextsForm& form) {
  LineFile lines(csv, file, form);
  ClassedTexts read = ClassedTextsReader(lines, class_of_value, form).read();
  if (!read.texts.empty()) return read;
  throw Error(ErrorCode::kInvalidProject,
              file + " holds no " + std::string(form.what) + "; write lines such as: " + std::string(form.example));
}

}  // namespace hone
