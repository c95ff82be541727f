#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "hone/core/fuzz_testing.h"
#include "hone/core/unicode.h"
#include "hone/data/reading_testing.h"

namespace {

using hone::require;

std::unique_ptr<hone::TableReader> reader_of(const std::string& text, std::string_view encoding, char delimiter, std::size_t block) {
  auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text));
  return hone::make_csv_reader(hone::TextWindow(std::move(stream), hone::Packing::kNone, encoding, "fuzz.csv", block), delimiter);
}

// The same whether it is read whole or in windows of a few bytes.
void read_anything(const std::string& text, std::string_view encoding, char delimiter, std::size_t block) {
  const auto reading = [&](std::size_t bytes) { return hone::reading_of([&] { return reader_of(text, encoding, delimiter, bytes); }); };
  require(hone::is_same(reading(text.size()), reading(block)));
}

// A field as a careful program writes it: in quotes where it must be, and now and then where it need not.
std::string written(std::string_view field, char delimiter, bool always_quoted) {
  if (!always_quoted && !field.empty() && field.find_first_of(std::string("\"\r\n") + delimiter) == std::string_view::npos)
    return std::string(field);
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

// Rows of two fields, which must come back as they were whatever stands in them.
void read_back(const std::vector<std::string>& fields, char delimiter, std::uint8_t style) {
  constexpr const char* kEnds[] = {"\n", "\r\n", "\r"};
  const std::string end = kEnds[style % 3];
  std::string text = std::string("a") + delimiter + "b" + end;
  for (std::size_t row = 0; row + 1 < fields.size(); row += 2)
    text += written(fields[row], delimiter, style & 4) + delimiter + written(fields[row + 1], delimiter, (style ^ row) & 8) + end;
  const auto reader = reader_of(text, "utf-8", delimiter, style >> 4);
  std::size_t at = 0;
  for (hone::TableBatch batch = reader->next(); batch.rows; batch = reader->next())
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row)
      for (const auto& column : batch.rows->columns())
        require(at < fields.size() && static_cast<const arrow::StringArray&>(*column).GetView(row) == fields[at++]);
  require(at == fields.size() / 2 * 2 && reader->bad_row_count() == 0);
}

}  // namespace

// The first byte chooses delimiter, encoding, the size of the windows and one of two ways. Either any bytes follow: rows that are valid
// UTF-8 and in order of lines, or an Error, the same for windows of any size. Or records follow (hone/core/fuzz_testing.h), the first a
// byte that chooses how they are written as fields: they come back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const char delimiter = ",;\t|"[data[0] & 3];
  if (data[0] & 8) {
    std::vector<std::string> fields;
    for (const std::string_view record : hone::records_of(hone::bytes_of(data + 2, size - 2)))
      fields.push_back(hone::replace_invalid_utf8(record));
    read_back(fields, delimiter, data[1]);
  } else {
    read_anything(std::string(hone::bytes_of(data + 1, size - 1)), data[0] & 4 ? "windows-1252" : "utf-8", delimiter, data[0] >> 4);
  }
  return 0;
}
