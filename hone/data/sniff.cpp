#include "hone/data/sniff.h"

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

#include "hone/core/hash.h"
#include "hone/core/suggest.h"
#include "hone/core/unicode.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/file_advice_internal.h"
#include "hone/data/readers_internal.h"
#include "hone/data/value.h"

namespace hone {
namespace {

constexpr std::size_t kSample = 4 << 20;
constexpr std::uint64_t kRows = 20'000;
constexpr std::size_t kShown = 3;
constexpr std::size_t kShownCharacters = 80;
// A text is several words; values of fewer are names, paths, addresses.
constexpr double kFewestWords = 2;
// A column of varied values that read like no text must be so long at least to be taken for one.
constexpr double kFewestCharacters = 20;
// So many columns are named in a message.
constexpr std::size_t kNamedColumns = 12;

// --- The bytes.

// The first 4 MiB of text as bytes, up to the last line end when there is more.
struct Sample {
  std::string bytes;
  bool whole = false;
};

Sample sample_of(const std::filesystem::path& path, Packing packing) {
  auto stream = value_of(arrow::io::ReadableFile::Open(path.string()), "cannot open '" + path.string() + "'", ErrorCode::kIo);
  TextWindow window(std::move(stream), packing, "utf-8", path.filename().string(), TextWindow::kSmallBlock);
  bool more = true;
  while (window.text().size() < kSample && more) more = window.grow();
  Sample sample{.bytes = std::string(window.text().substr(0, kSample)), .whole = !more};
  const std::size_t last_end = sample.bytes.find_last_of("\r\n");
  if (!sample.whole && last_end != std::string::npos) sample.bytes.resize(last_end + 1);
  return sample;
}

bool begins_with_bom(const std::filesystem::path& path, Packing packing) {
  if (packing != Packing::kNone) return false;
  auto file = value_of(arrow::io::ReadableFile::Open(path.string()), "cannot open '" + path.string() + "'", ErrorCode::kIo);
  char begin[3] = {};
  const auto got = value_of(file->Read(3, begin), "cannot read '" + path.string() + "'", ErrorCode::kIo);
  return std::string_view(begin, static_cast<std::size_t>(got)) == "\xEF\xBB\xBF";
}

std::string amount(const Sample& sample) { return sample.whole ? "all of it" : "all of the first 4 MiB"; }

// Text in Windows-1252 is hardly ever valid UTF-8 by chance; a stray byte in UTF-8 is the other explanation, and then most
// bytes above 0x7F are in valid sequences.
void choose_encoding(const Sample& sample, SniffedFile& file) {
  if (is_valid_utf8(sample.bytes)) {
    file.assumptions.push_back("encoding: UTF-8 (" + amount(sample) + " is valid UTF-8)");
    return;
  }
  const auto high = static_cast<std::size_t>(
      std::count_if(sample.bytes.begin(), sample.bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
  const std::string repaired = replace_invalid_utf8(sample.bytes);
  std::size_t broken = 0;
  for (std::size_t at = repaired.find("\xEF\xBF\xBD"); at != std::string::npos; at = repaired.find("\xEF\xBF\xBD", at + 3)) ++broken;
  if (10 * broken < high) {
    file.assumptions.push_back("encoding: UTF-8 (nearly all of it is; " + std::to_string(broken) + " bytes are not and will be replaced)");
    return;
  }
  file.read.encoding = "windows-1252";
  file.assumptions.push_back("encoding: Windows-1252 (it is not valid UTF-8)");
}

// --- The delimiter: the one that cuts most rows into the same number of fields, more than one.

struct Cut {
  char delimiter = ',';
  std::size_t fields = 1;
  double agreement = 0;  // Share of the rows with that many.
};

TextWindow window_over(const Sample& sample, const ReadOptions& read, const std::string& name) {
  auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(sample.bytes));
  return {std::move(stream), Packing::kNone, read.encoding, name, TextWindow::kSmallBlock};
}

std::unique_ptr<TableReader> csv_reader_over(const Sample& sample, const ReadOptions& read, const std::string& name) {
  return make_csv_reader(window_over(sample, read, name), read.delimiter);
}

Cut cut_by(const Sample& sample, ReadOptions read, char delimiter) {
  read.delimiter = delimiter;
  Cut cut{.delimiter = delimiter};
  try {
    const auto reader = csv_reader_over(sample, read, "sample");
    std::uint64_t rows = 0;
    for (TableBatch batch = reader->next(); batch.rows && rows < kRows; batch = reader->next()) rows += batch.lines.size();
    cut.fields = static_cast<std::size_t>(reader->schema()->num_fields());
    cut.agreement =
        rows + reader->bad_row_count() == 0 ? 1 : static_cast<double>(rows) / static_cast<double>(rows + reader->bad_row_count());
  } catch (const Error&) {
    cut.fields = 0;  // Such a header cannot be.
  }
  return cut;
}

std::string shown(char delimiter) { return delimiter == '\t' ? "tab" : "'" + std::string(1, delimiter) + "'"; }

void choose_delimiter(const Sample& sample, char by_name, SniffedFile& file) {
  Cut best = cut_by(sample, file.read, by_name);
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const Cut cut = cut_by(sample, file.read, delimiter);
    const bool better = best.fields < 2 ? cut.fields > 1 && cut.agreement > 0.5 : cut.fields > 1 && cut.agreement > best.agreement + 0.05;
    if (better) best = cut;
  }
  file.read.delimiter = best.delimiter;
  if (best.fields == 0) return;  // Whoever reads on meets the reason.
  std::string reason = "it cuts " + std::to_string(static_cast<int>(100 * best.agreement)) + " % of the rows into " +
                       std::to_string(best.fields) + " fields";
  if (best.fields < 2) reason = "no other one cuts the rows; there is one column";
  file.assumptions.push_back("delimiter: " + shown(best.delimiter) + " (" + reason + ")");
}

// --- The rows.

struct Rows {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> columns;  // By column, then row.

  std::size_t count() const { return columns.empty() ? 0 : columns.front().size(); }
};

void add_column(const arrow::Array& array, std::vector<std::string>& column, std::size_t rows) {
  const auto texts = value_of(arrow::compute::Cast(array, arrow::utf8()), "a column has no text");
  const auto& strings = static_cast<const arrow::StringArray&>(*texts);
  for (std::int64_t row = 0; row < strings.length() && column.size() < rows; ++row)
    column.push_back(strings.IsNull(row) ? "" : strings.GetString(row));
}

Rows rows_of(TableReader& reader) {
  Rows rows{.names = reader.schema()->field_names(), .columns = {}};
  rows.columns.resize(rows.names.size());
  for (TableBatch batch = reader.next(); batch.rows && rows.count() < kRows; batch = reader.next())
    for (int column = 0; column < batch.rows->num_columns(); ++column)
      add_column(*batch.rows->column(column), rows.columns[static_cast<std::size_t>(column)], kRows);
  return rows;
}

bool is_empty(const std::string& value) { return value.find_first_not_of(" \t\r\n") == std::string::npos; }

// --- The decimal sign: what more numbers with a fraction use.

bool is_number_with(const std::string& value, char decimal) {
  return value.find(decimal) != std::string::npos && parse_number(value, decimal).has_value();
}

void choose_decimal(const Rows& rows, SniffedFile& file) {
  std::uint64_t points = 0, commas = 0;
  std::string example;
  for (const auto& column : rows.columns) {
    for (const std::string& value : column) {
      const bool point = is_number_with(value, '.'), comma = is_number_with(value, ',');
      points += point && !comma;
      commas += comma && !point;
      if (comma && !point && example.empty()) example = value;
    }
  }
  if (commas <= points) {
    file.assumptions.push_back(points == 0 ? "decimal: '.' (no number shows another)"
                                           : "decimal: '.' (" + std::to_string(points) + " numbers are written so)");
    return;
  }
  file.read.decimal = ',';
  file.assumptions.push_back("decimal: ',' because " + std::to_string(commas) + " numbers are written like " + example);
}

// --- The header.

bool is_date(const std::string& value) { return parse_time(value, "UTC").has_value(); }

bool is_value(const std::string& text, char decimal) { return parse_number(text, decimal).has_value() || is_date(text); }

// Names are no numbers or dates, do not come again as values of their column, and are not long texts.
void judge_header(const Rows& rows, SniffedFile& file) {
  std::string evidence;
  for (std::size_t column = 0; column < rows.names.size() && evidence.empty(); ++column) {
    const std::string& name = rows.names[column];
    if (is_value(name, file.read.decimal)) evidence = "'" + name + "' is a number or a date";
    if (count_words(name) > 12) evidence = "'" + name.substr(0, kShownCharacters) + "' is a long text";
    if (std::find(rows.columns[column].begin(), rows.columns[column].end(), name) != rows.columns[column].end())
      evidence = "'" + name + "' comes again in its column";
  }
  file.has_header = evidence.empty();
  file.assumptions.push_back(file.has_header ? "header: the first line names the columns"
                                             : "header: the first line looks like data (" + evidence +
                                                   "), yet it is read as the names of the columns; add a line of names at the top");
}

// --- The columns.

std::string shortened(const std::string& value) {
  if (value.size() <= kShownCharacters) return value;
  std::size_t end = kShownCharacters;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end) + "…";
}

ColumnKind kind_of(const SniffedColumn& column, std::uint64_t filled, std::uint64_t numbers, std::uint64_t dates, bool whole) {
  const auto nearly_all = [&](std::uint64_t count) { return filled > 0 && 20 * count >= 19 * filled; };
  const bool all_different = column.distinct == filled && column.empty == 0 && filled > 1;
  const bool hardly_repeat = filled > 1 && 100 * column.distinct >= 99 * filled;
  // Few values for many rows are a code even where they are written as numbers.
  const bool few = column.distinct <= 2 || (column.distinct <= 1000 && 10 * column.distinct <= filled);
  if (nearly_all(dates)) return ColumnKind::kDate;
  if (nearly_all(numbers) && !(all_different && whole)) return few && column.distinct <= 20 ? ColumnKind::kCategory : ColumnKind::kNumber;
  if (hardly_repeat && column.mean_words < 1.2 && column.mean_characters <= 64) return ColumnKind::kId;
  if (few && column.mean_characters <= 100) return ColumnKind::kCategory;
  return ColumnKind::kText;
}

SniffedColumn look_at(const std::string& name, const std::vector<std::string>& values, char decimal) {
  SniffedColumn column{.name = name, .examples = {}};
  std::unordered_set<std::string> different;
  std::uint64_t characters = 0, numbers = 0, dates = 0, blanks = 0;
  bool whole = true;
  for (const std::string& value : values) {
    if (is_empty(value)) {
      ++column.empty;
      continue;
    }
    characters += count_characters(value);
    blanks += static_cast<std::uint64_t>(std::count(value.begin(), value.end(), ' '));
    numbers += parse_number(value, decimal).has_value();
    dates += is_date(value);
    whole = whole && value.find_first_not_of("0123456789") == std::string::npos;
    if (different.insert(value).second && column.examples.size() < kShown) column.examples.push_back(shortened(value));
  }
  const std::uint64_t filled = values.size() - column.empty;
  column.distinct = different.size();
  column.mean_characters = filled == 0 ? 0 : static_cast<double>(characters) / static_cast<double>(filled);
  column.mean_words = filled == 0 ? 0 : 1 + static_cast<double>(blanks) / static_cast<double>(filled);
  column.kind = kind_of(column, filled, numbers, dates, whole);
  return column;
}

// --- What the columns could be for.

bool named_like(const std::string& name, std::initializer_list<std::string_view> words) {
  const std::string folded = fold_case(name);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

bool ends_like_id(const std::string& name) {
  const std::string folded = fold_case(name);
  return folded == "id" || folded.ends_with("_id") || folded.ends_with(" id") || folded.ends_with("-id") || folded.ends_with("uuid");
}

// Ids that come again cannot be the id, which is worth a word.
std::optional<SniffedChoice> choose_id(SniffedFile& file) {
  std::optional<SniffedChoice> choice;
  for (const SniffedColumn& column : file.columns) {
    if (column.kind != ColumnKind::kId || (file.text && file.text->column == column.name)) continue;
    if (column.distinct < file.rows) {
      file.assumptions.push_back("id: not '" + column.name + "', of which only " + std::to_string(column.distinct) + " of " +
                                 std::to_string(file.rows) + " values differ");
    } else if (ends_like_id(column.name)) {
      return SniffedChoice{column.name, "its values are all different, and so it is named"};
    } else if (!choice) {
      choice = SniffedChoice{column.name, "its values are all different"};
    }
  }
  return choice;
}

bool is_json(const SniffedColumn& column) {
  return !column.examples.empty() && (column.examples[0].starts_with('[') || column.examples[0].starts_with('{'));
}

bool named_like_text(const SniffedColumn& column) {
  return named_like(column.name, {"text",   "body",     "message",  "content",   "comment",  "description", "narrative",
                                  "review", "question", "sentence", "utterance", "query",    "tweet",       "email",
                                  "mail",   "note",     "remark",   "subject",   "abstract", "summary",     "feedback"});
}

// Scripts without spaces write a text as one word.
bool reads_like_text(const SniffedColumn& column) {
  return column.mean_words >= kFewestWords || std::ranges::any_of(column.examples, [](const std::string& value) {
           return count_words(value) >= 3 && value.find('/') == std::string::npos && value.find('@') == std::string::npos;
         });
}

// How well a column would do as text: texts before names and addresses, a name that says so before another, then the longest.
std::array<double, 4> fitness(const SniffedColumn& column) {
  return {column.kind == ColumnKind::kText && reads_like_text(column) ? 1.0 : 0.0, reads_like_text(column) ? 1.0 : 0.0,
          named_like_text(column) ? 1.0 : 0.0, column.mean_characters};
}

bool could_be_text(const SniffedColumn& column) {
  return column.distinct > 0 && column.kind != ColumnKind::kNumber && column.kind != ColumnKind::kDate && !is_json(column) &&
         ((column.kind == ColumnKind::kText && column.mean_characters >= kFewestCharacters) || reads_like_text(column) ||
          named_like_text(column));
}

std::optional<SniffedChoice> choose_text(const SniffedFile& file) {
  const SniffedColumn* best = nullptr;
  for (const SniffedColumn& column : file.columns)
    if (could_be_text(column) && (!best || fitness(column) > fitness(*best))) best = &column;
  if (!best) return std::nullopt;
  const std::string length = std::to_string(static_cast<int>(best->mean_characters)) + " characters on average";
  if (named_like_text(*best)) return SniffedChoice{best->name, "it holds texts, " + length + ", and so it is named"};
  return SniffedChoice{best->name, "it holds the longest texts, " + length};
}

bool named_like_label(const SniffedColumn& column) {
  return named_like(column.name, {"label", "class", "category", "intent", "target", "gold", "topic", "sentiment", "truth"});
}

// A column named like labels that cannot be one, or not the only one, is worth a word.
void say_other_labels(SniffedFile& file, const std::optional<SniffedChoice>& chosen) {
  for (const SniffedColumn& column : file.columns) {
    if (!named_like_label(column) || (chosen && chosen->column == column.name) || (file.text && file.text->column == column.name)) continue;
    if (is_json(column))
      file.assumptions.push_back("label: not '" + column.name + "', which holds lists; a row has one class");
    else if (column.kind == ColumnKind::kCategory && column.distinct >= 2)
      file.assumptions.push_back("label: '" + column.name + "' could be it, too (" + std::to_string(column.distinct) +
                                 " different values)");
    else if (column.distinct > 1 && column.kind != ColumnKind::kNumber && column.kind != ColumnKind::kDate)
      file.assumptions.push_back("label: not '" + column.name + "', whose " + std::to_string(column.distinct) + " values in " +
                                 std::to_string(file.rows) + " rows are too many for classes");
  }
}

// A name that says so, or else the first column of 2 to 100 different values that every row has.
std::optional<SniffedChoice> choose_label(const SniffedFile& file) {
  std::optional<SniffedChoice> choice;
  for (const SniffedColumn& column : file.columns) {
    const bool is_text = file.text && file.text->column == column.name;
    if (column.kind != ColumnKind::kCategory || column.distinct < 2 || is_json(column) || is_text) continue;
    const std::string values = std::to_string(column.distinct) + " different values";
    if (named_like_label(column)) return SniffedChoice{column.name, "it has " + values + ", and so it is named"};
    if (!choice && column.empty == 0 && column.distinct <= 100)
      choice = SniffedChoice{column.name, "it is the first with few values (" + values + "); --label names another, --label '' none"};
  }
  return choice;
}

std::optional<SniffedChoice> choose_group(const SniffedFile& file) {
  for (const SniffedColumn& column : file.columns) {
    const bool repeats = column.distinct > 1 && column.distinct < file.rows - column.empty;
    const bool named = named_like(column.name, {"customer", "user", "author", "client", "account", "conversation", "thread", "document",
                                                "doc_id", "session", "video", "patient"});
    const bool is_text = file.text && file.text->column == column.name;
    if (repeats && named && column.mean_characters <= 64 && column.kind != ColumnKind::kDate && !is_text &&
        (!file.label || file.label->column != column.name))
      return SniffedChoice{column.name, "its values come again, and rows of one " + column.name + " may not be torn apart by the split"};
  }
  return std::nullopt;
}

// What was named holds; an empty name is a choice against any column.
template <typename Guess>
std::optional<SniffedChoice> named_or(const std::optional<std::string>& named, const SniffedFile& file, std::string_view purpose,
                                      const Guess& guess) {
  if (!named) return guess();
  if (named->empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const SniffedColumn& column : file.columns) names.push_back(column.name);
  if (std::ranges::find(names, *named) == names.end())
    throw Error(ErrorCode::kNotFound, std::string(purpose) + ": no column '" + *named + "'" + suggestion(*named, names));
  return SniffedChoice{*named, "you named it"};
}

void choose_columns(SniffedFile& file, const SniffOptions& options) {
  file.text = named_or(options.text, file, "text", [&] { return choose_text(file); });
  file.id = named_or(options.id, file, "id", [&] { return choose_id(file); });
  file.label = named_or(options.label, file, "label", [&] { return choose_label(file); });
  if (!options.label) say_other_labels(file, file.label);
  file.group = named_or(options.group, file, "group", [&] { return choose_group(file); });
}

void describe(const Rows& rows, SniffedFile& file) {
  file.rows = rows.count();
  for (std::size_t column = 0; column < rows.names.size(); ++column)
    file.columns.push_back(look_at(rows.names[column], rows.columns[column], file.read.decimal));
  for (std::size_t row = 0; row < std::min<std::size_t>(kShown, rows.count()); ++row) {
    file.first_rows.emplace_back();
    for (const auto& column : rows.columns) file.first_rows.back().push_back(column[row]);
  }
}

// Rows that the import will leave out, or end on when they are many.
void say_bad_rows(const TableReader& reader, std::size_t good, SniffedFile& file) {
  const std::uint64_t bad = reader.bad_row_count();
  if (bad == 0) return;
  const BadRow& first = reader.bad_rows().front();
  file.bad_rows = static_cast<double>(bad) / static_cast<double>(bad + good);
  file.assumptions.push_back("rows: " + std::to_string(bad) + " of " + std::to_string(bad + good) + " cannot be used; the first is line " +
                             std::to_string(first.line) + ": " + first.reason);
}

// The encoding and the delimiter are found before rows are read.
Rows rows_of_csv(const std::filesystem::path& path, const PackedName& packed, SniffedFile& file) {
  const Sample sample = sample_of(path, packed.packing);
  const std::string name = path.filename().string();
  refuse_binary(path, sample.bytes);
  file.had_bom = begins_with_bom(path, packed.packing);
  choose_encoding(sample, file);
  choose_delimiter(sample, packed.name.ends_with(".tsv") ? '\t' : ',', file);
  try {
    const auto reader = csv_reader_over(sample, file.read, name);
    Rows rows = rows_of(*reader);
    say_bad_rows(*reader, rows.count(), file);
    return rows;
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) + "; if the first line holds no names, add a line of names at the top");
  }
}

Rows rows_of_jsonl(const std::filesystem::path& path, const PackedName& packed, SniffedFile& file) {
  const Sample sample = sample_of(path, packed.packing);
  const std::string name = path.filename().string();
  refuse_binary(path, sample.bytes);
  const auto types = text_for_null(*scan_jsonl(window_over(sample, file.read, name)));
  return rows_of(*make_jsonl_reader(window_over(sample, file.read, name), types));
}

[[noreturn]] void refuse_without_rows(const std::filesystem::path& path, const Rows& rows, const SniffedFile& file) {
  const std::string name = "'" + path.string() + "'";
  if (std::filesystem::file_size(path) == 0) throw Error(ErrorCode::kInvalidArgument, "no rows in " + name + ": it is empty");
  const bool has_bad_rows = !file.assumptions.empty() && file.assumptions.back().starts_with("rows: ");
  if (has_bad_rows) throw Error(ErrorCode::kInvalidArgument, "no rows in " + name + " can be used: " + file.assumptions.back().substr(6));
  if (rows.names.empty()) throw Error(ErrorCode::kInvalidArgument, "no rows in " + name + ": it holds empty lines alone");
  throw Error(ErrorCode::kInvalidArgument, "no rows in " + name + ": its only line is read as the names of the columns " +
                                               quoted_list(rows.names, kNamedColumns) + "; add rows below it, or a line of names above it");
}

}  // namespace

std::string_view to_string(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kText:
      return "text";
    case ColumnKind::kNumber:
      return "number";
    case ColumnKind::kDate:
      return "date";
    case ColumnKind::kCategory:
      return "category";
    case ColumnKind::kId:
      return "id";
  }
  return "unknown";
}

SniffedFile sniff(const std::filesystem::path& path, const SniffOptions& options) {
  require_file(path);
  const PackedName packed = packing_of(path.filename().string());
  const bool csv = packed.name.ends_with(".csv") || packed.name.ends_with(".tsv");
  const bool jsonl = packed.name.ends_with(".jsonl") || packed.name.ends_with(".ndjson");
  SniffedFile file;
  const Rows rows = csv ? rows_of_csv(path, packed, file) : jsonl ? rows_of_jsonl(path, packed, file) : rows_of(*open_table(path, {}));
  if (rows.count() == 0) refuse_without_rows(path, rows, file);
  choose_decimal(rows, file);
  if (csv) judge_header(rows, file);
  file.assumptions.push_back("time_zone: UTC, for dates without one");
  describe(rows, file);
  choose_columns(file, options);
  return file;
}

}  // namespace hone
