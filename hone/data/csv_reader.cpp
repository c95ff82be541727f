// RFC 4180 (Common Format and MIME Type for CSV Files), and what real files add to it: a lone CR or LF ends a line, a
// quote inside an unquoted field is text, empty lines are nothing. Structural bytes are found 64 at a time as a bit mask,
// after Langdale and Lemire, Parsing Gigabytes of JSON per Second (VLDB Journal 28, 2019), but quotes are followed one by
// one: the parity trick of that paper is misled by a quote inside an unquoted field.
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "hone/core/unicode.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

// Finds delimiters, line ends and quotes. Reads up to 127 bytes behind the end of the text.
class StructuralScan {
 public:
  StructuralScan(std::string_view text, char delimiter) : block_(text.data()), end_(text.data() + text.size()), delimiter_(delimiter) {
    if (!text.empty()) mask_ = mask_of(block_);
  }

  /// The first structural byte at or after `from`, or the end. REQUIRES: `from` does not go back.
  const char* find(const char* from) {
    if (from >= end_) return end_;
    const auto ahead = static_cast<std::size_t>(from - block_);
    if (ahead >= 64) {
      block_ = from;
      mask_ = mask_of(block_);
    } else {
      mask_ &= ~std::uint64_t{0} << ahead;
    }
    while (mask_ == 0) {
      block_ += 64;
      if (block_ >= end_) return end_;
      mask_ = mask_of(block_);
    }
    return std::min(block_ + std::countr_zero(mask_), end_);
  }

 private:
#ifdef __SSE2__
  std::uint64_t mask_of(const char* place) const {
    const __m128i delimiter = _mm_set1_epi8(delimiter_), quote = _mm_set1_epi8('"'), lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
    std::uint64_t mask = 0;
    for (int part = 0; part < 4; ++part) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(place + 16 * part));
      const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr));
      const __m128i others = _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, quote));
      mask |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(ends, others)))} << (16 * part);
    }
    return mask;
  }
#else
  std::uint64_t mask_of(const char* place) const {
    std::uint64_t mask = 0;
    for (int byte = 0; byte < 64; ++byte) {
      const char c = place[byte];
      mask |= std::uint64_t{c == delimiter_ || c == '"' || c == '\n' || c == '\r'} << byte;
    }
    return mask;
  }
#endif

  const char* block_;
  const char* end_;
  char delimiter_;
  std::uint64_t mask_ = 0;
};

// Where a field lies in the window, without its quotes.
struct Field {
  std::uint32_t begin = 0;
  std::uint32_t bytes : 31 = 0;
  std::uint32_t escaped : 1 = 0;  // Holds "" for ".
};

struct Row {
  enum class Outcome { kWhole, kCutOff, kOpenQuote };  // kCutOff: more of the file must be read to know.
  Outcome outcome = Outcome::kWhole;
  std::size_t end = 0;  // Offset behind its line end.
  std::size_t fields = 0;
  std::uint64_t lines = 1;  // That it spans.
  const char* trouble = nullptr;
  bool blank = false;  // An empty line.
};

// Cuts rows into fields. Knows the window as one text whose last row may be cut off.
class RowSplitter {
 public:
  RowSplitter(std::string_view text, char delimiter, bool is_last)
      : text_(text.data()), end_(text.data() + text.size()), delimiter_(delimiter), is_last_(is_last), scan_(text, delimiter) {}

  /// Splits the row at `offset`, adding its fields, at most `limit` of them.
  Row split(std::size_t offset, std::size_t limit, std::vector<Field>& fields) {
    Row row;
    const char* place = text_ + offset;
    for (;;) {
      Field field;
      const bool quoted = place < end_ && *place == '"';
      const char* stop = quoted ? quoted_field(place, row, field) : plain_field(place, row, field);
      if (row.outcome != Row::Outcome::kWhole) return row;
      if (++row.fields <= limit) fields.push_back(field);
      if (stop == end_ || *stop != delimiter_) return end_row(row, stop, row.fields == 1 && !quoted && field.bytes == 0);
      place = stop + 1;
    }
  }

  /// Offset behind the first line end at or after `offset`.
  std::size_t next_line(std::size_t offset) const {
    const char* stop = std::find_if(text_ + offset, end_, [](char c) { return c == '\n' || c == '\r'; });
    if (stop != end_) stop += (*stop == '\r' && stop + 1 != end_ && stop[1] == '\n') ? 2 : 1;
    return static_cast<std::size_t>(stop - text_);
  }

 private:
  const char* field_end(const char* from) {
    const char* hit = scan_.find(from);
    while (hit != end_ && *hit == '"') hit = scan_.find(hit + 1);
    return hit;
  }

  void set(Field& field, const char* begin, const char* stop, Row& row) const {
    const auto bytes = static_cast<std::size_t>(stop - begin);
    if (bytes > kMaxField) row.trouble = "a field is larger than 16 MiB";
    field.begin = static_cast<std::uint32_t>(begin - text_);
    field.bytes = static_cast<std::uint32_t>(bytes) & 0x7FFFFFFF;
  }

  const char* plain_field(const char* begin, Row& row, Field& field) {
    const char* stop = field_end(begin);
    set(field, begin, stop, row);
    if (stop == end_ && !is_last_) row.outcome = Row::Outcome::kCutOff;
    return stop;
  }

  // The quote that closes a field whose text begins at `begin`, or null where there is none within 16 MiB.
  const char* closing_quote(const char* begin, Field& field) const {
    const char* limit = begin + std::min<std::size_t>(static_cast<std::size_t>(end_ - begin), kMaxField + 1);
    for (const char* from = begin; from < limit;) {
      const auto* quote = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(limit - from)));
      if (!quote || quote + 1 == end_ || quote[1] != '"') return quote;
      field.escaped = 1;
      from = quote + 2;
    }
    return nullptr;
  }

  const char* quoted_field(const char* place, Row& row, Field& field) {
    const char* begin = place + 1;
    const char* close = closing_quote(begin, field);
    if (!close) return unclosed(begin, row);
    if (close + 1 == end_ && !is_last_) return cut_off(row);
    set(field, begin, close, row);
    row.lines += line_ends(begin, close);
    const char* stop = close + 1;
    if (stop == end_ || *stop == delimiter_ || *stop == '\n' || *stop == '\r') return stop;
    row.trouble = "text follows a closing quote; a quote inside a quoted field is written twice";
    stop = field_end(stop);
    return stop == end_ && !is_last_ ? cut_off(row) : stop;
  }

  const char* unclosed(const char* begin, Row& row) const {
    const bool hopeless = is_last_ || static_cast<std::size_t>(end_ - begin) > kMaxField;
    row.outcome = hopeless ? Row::Outcome::kOpenQuote : Row::Outcome::kCutOff;
    return end_;
  }

  const char* cut_off(Row& row) const {
    row.outcome = Row::Outcome::kCutOff;
    return end_;
  }

  static std::uint64_t line_ends(const char* begin, const char* stop) {
    auto ends = static_cast<std::uint64_t>(std::count(begin, stop, '\n'));
    for (const char* cr = begin; (cr = static_cast<const char*>(std::memchr(cr, '\r', static_cast<std::size_t>(stop - cr)))); ++cr)
      ends += cr + 1 == stop || cr[1] != '\n';
    return ends;
  }

  Row end_row(Row row, const char* stop, bool blank) const {
    row.blank = blank;
    if (stop != end_ && *stop == '\r') {
      if (stop + 1 == end_ && !is_last_) row.outcome = Row::Outcome::kCutOff;
      if (stop + 1 != end_ && stop[1] == '\n') ++stop;
    }
    row.end = static_cast<std::size_t>((stop == end_ ? stop : stop + 1) - text_);
    return row;
  }

  const char* text_;
  const char* end_;
  char delimiter_;
  bool is_last_;
  StructuralScan scan_;
};

class CsvReader : public TableReader {
 public:
  CsvReader(TextWindow window, char delimiter) : window_(std::move(window)), delimiter_(delimiter) {
    name_ = window_.name();
    read_header();
  }

  TableBatch next() override {
    if (schema_->num_fields() == 0) return {};
    window_.drop(used_);
    used_ = 0;
    fields_.clear();
    lines_.clear();
    while (collect_rows() == Progress::kNeedsMore) read_more();
    if (lines_.empty()) return {};
    return {.rows = build(), .lines = std::move(lines_)};
  }

  std::uint64_t bytes_read() const override { return window_.bytes_read(); }

 private:
  enum class Progress { kBatch, kNeedsMore };

  void read_more() {
    if (window_.text().size() > kMaxRow)
      throw Error(ErrorCode::kCorruptData,
                  name_ + ":" + std::to_string(line_) + ": a row is larger than 64 MiB; is this a text file with lines?");
    is_last_ = !window_.grow();
  }

  // Adds rows of the window until a batch is full or the window is used up. A row that is cut off stays for the next call.
  Progress collect_rows() {
    RowSplitter splitter(window_.text(), delimiter_, is_last_);
    const std::size_t columns = static_cast<std::size_t>(schema_->num_fields());
    while (used_ < window_.text().size() && !is_full()) {
      const std::size_t before = fields_.size();
      const Row row = splitter.split(used_, columns, fields_);
      if (row.outcome == Row::Outcome::kCutOff) {
        fields_.resize(before);
        return lines_.empty() ? keep_rest() : Progress::kBatch;
      }
      if (row.outcome == Row::Outcome::kOpenQuote) {
        fields_.resize(before);
        pass_unclosed(splitter);
        splitter = RowSplitter(window_.text(), delimiter_, is_last_);
        continue;
      }
      take(row, columns, before);
    }
    if (lines_.empty() && !is_last_) return keep_rest();
    return Progress::kBatch;
  }

  bool is_full() const {
    return !lines_.empty() && (lines_.size() >= kBatchRows || used_ >= kBatchBytes || fields_.size() >= kBatchFields);
  }

  Progress keep_rest() {
    window_.drop(used_);
    used_ = 0;
    return Progress::kNeedsMore;
  }

  void take(const Row& row, std::size_t columns, std::size_t before) {
    const std::uint64_t line = line_;
    used_ = row.end;
    line_ += row.lines;
    if (!row.blank && !row.trouble && row.fields == columns) return lines_.push_back(line);
    fields_.resize(before);
    if (row.blank) return;
    add_bad_row(line, row.trouble ? row.trouble
                                  : "has " + std::to_string(row.fields) + (row.fields == 1 ? " field" : " fields") +
                                        " where the header has " + std::to_string(columns));
  }

  // The rows behind a quote that nobody closes are read as if that line were not there. Costs little however often it happens:
  // for a quote to stay open, all runs of quotes in the 16 MiB behind it are even, so that none of them opens another.
  void pass_unclosed(const RowSplitter& splitter) {
    add_bad_row(line_, "a quote opens here and is not closed");
    used_ = splitter.next_line(used_);
    ++line_;
  }

  // --- The header: the first line that is not empty.
  void read_header() {
    std::vector<Field> fields;
    Row row = header_row(fields);
    if (row.fields > kMaxColumns)
      throw Error(ErrorCode::kCorruptData, name_ + " has " + std::to_string(row.fields) + " columns; at most 10,000 can be read");
    if (row.trouble)
      throw Error(ErrorCode::kCorruptData, name_ + ":" + std::to_string(line_) + ": the header cannot be read: " + row.trouble);
    std::vector<std::string> names;
    for (const Field& field : fields) names.push_back(replace_invalid_utf8(text_of(field)));
    set_schema(std::move(names));
    used_ = row.end;
    line_ += row.lines;
  }

  Row header_row(std::vector<Field>& fields) {
    for (;;) {
      fields.clear();
      const Row row = RowSplitter(window_.text(), delimiter_, is_last_).split(0, kMaxColumns, fields);
      if (row.outcome == Row::Outcome::kOpenQuote)
        throw Error(ErrorCode::kCorruptData, name_ + ":" + std::to_string(line_) + ": a quote opens in the header and is not closed");
      if (row.outcome == Row::Outcome::kCutOff) {
        read_more();
      } else if (!row.blank) {
        return row;
      } else if (window_.text().empty()) {
        fields.clear();
        return {.lines = 0};
      } else {
        window_.drop(row.end);
        ++line_;
      }
    }
  }

  void set_schema(std::vector<std::string> names) {
    std::unordered_map<std::string, std::size_t> places;
    arrow::FieldVector columns;
    for (std::size_t column = 0; column < names.size(); ++column) {
      std::string name = names[column];
      if (name.empty()) name = name_of_unnamed(column, names);
      const auto [other, is_new] = places.emplace(name, column);
      if (!is_new)
        throw Error(ErrorCode::kCorruptData, name_ + ": columns " + std::to_string(other->second + 1) + " and " +
                                                 std::to_string(column + 1) + " are both named '" + name + "'; give each its own name");
      columns.push_back(arrow::field(name, arrow::utf8()));
    }
    schema_ = arrow::schema(std::move(columns));
  }

  std::string name_of_unnamed(std::size_t column, const std::vector<std::string>& names) {
    std::string name = "column_" + std::to_string(column + 1);
    while (std::find(names.begin(), names.end(), name) != names.end()) name += '_';
    notes_.push_back("column " + std::to_string(column + 1) + " of " + name_ + " has no name and is called '" + name + "'");
    return name;
  }

  // --- From fields to arrays.
  std::string text_of(const Field& field) const {
    std::string text(window_.text().substr(field.begin, field.bytes));
    if (!field.escaped) return text;
    std::size_t kept = 0;
    for (std::size_t byte = 0; byte < text.size(); ++byte) {
      text[kept++] = text[byte];
      if (text[byte] == '"') ++byte;
    }
    text.resize(kept);
    return text;
  }

  std::shared_ptr<arrow::RecordBatch> build() {
    const bool valid = is_valid_utf8(window_.text().substr(0, used_));
    arrow::ArrayVector arrays;
    for (int column = 0; column < schema_->num_fields(); ++column) arrays.push_back(build_column(static_cast<std::size_t>(column), valid));
    return arrow::RecordBatch::Make(schema_, static_cast<std::int64_t>(lines_.size()), std::move(arrays));
  }

  std::shared_ptr<arrow::Array> build_column(std::size_t column, bool valid) {
    const std::size_t columns = static_cast<std::size_t>(schema_->num_fields());
    std::int64_t bytes = 0;
    for (std::size_t field = column; field < fields_.size(); field += columns) bytes += fields_[field].bytes;
    arrow::StringBuilder builder;
    check(builder.Reserve(static_cast<std::int64_t>(lines_.size())), name_, ErrorCode::kIo);
    check(builder.ReserveData(bytes), name_, ErrorCode::kIo);
    for (std::size_t field = column; field < fields_.size(); field += columns) {
      if (valid && !fields_[field].escaped)
        builder.UnsafeAppend(window_.text().data() + fields_[field].begin, static_cast<std::int32_t>(fields_[field].bytes));
      else
        append_repaired(text_of(fields_[field]), builder, bytes);
    }
    return value_of(builder.Finish(), name_, ErrorCode::kIo);
  }

  // Repairing may make a field longer than what was reserved.
  void append_repaired(std::string text, arrow::StringBuilder& builder, std::int64_t reserved) {
    if (!is_valid_utf8(text)) {
      text = replace_invalid_utf8(text);
      ++repaired_fields_;
      check(builder.ReserveData(reserved + static_cast<std::int64_t>(text.size())), name_, ErrorCode::kIo);
    }
    builder.UnsafeAppend(text);
  }

  TextWindow window_;
  char delimiter_;
  bool is_last_ = false;
  std::size_t used_ = 0;       // Bytes of the window that the current batch has taken.
  std::uint64_t line_ = 1;     // Of the row at used_.
  std::vector<Field> fields_;  // Row-major.
  std::vector<std::uint64_t> lines_;
};

}  // namespace

std::unique_ptr<TableReader> make_csv_reader(TextWindow window, char delimiter) {
  return std::make_unique<CsvReader>(std::move(window), delimiter);
}

}  // namespace hone
