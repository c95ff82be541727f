// The first byte chooses the ending. Whatever follows: something is said about the file that its own reader bears out, or an Error.
#include <iterator>
#include <string>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/unicode.h"
#include "hone/data/sniff.h"

namespace {

void check_column(const hone::SniffedColumn& column, std::uint64_t rows) {
  hone::require(column.empty <= rows && column.distinct <= rows - column.empty);
  hone::require(column.examples.size() <= 3);
  for (const std::string& example : column.examples)
    hone::require(hone::is_valid_utf8(example) && hone::count_characters(example) <= 81);  // The last may be "…".
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr const char* kNames[] = {"fuzz.csv", "fuzz.tsv", "fuzz.jsonl", "fuzz.csv.gz", "fuzz.jsonl.zst"};
  const auto file = hone::fuzz_file(kNames[data[0] % std::size(kNames)], hone::bytes_of(data + 1, size - 1));
  try {
    const hone::SniffedFile sniffed = hone::sniff(file);
    sniffed.read.validate();
    for (const hone::SniffedColumn& column : sniffed.columns) check_column(column, sniffed.rows);
    for (const auto& row : sniffed.first_rows) hone::require(row.size() == sniffed.columns.size());
  } catch (const hone::Error&) {
  }
  return 0;
}
