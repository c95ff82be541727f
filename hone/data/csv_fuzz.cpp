#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>

#include <cstdint>
#include <cstdlib>

#include "hone/core/error.h"
#include "hone/core/unicode.h"
#include "hone/data/readers_internal.h"

namespace {

void need(bool holds) {
  if (!holds) std::abort();
}

void check_batch(const hone::TableBatch& batch) {
  need(batch.rows->ValidateFull().ok());
  need(batch.lines.size() == static_cast<std::size_t>(batch.rows->num_rows()));
  for (std::size_t row = 1; row < batch.lines.size(); ++row) need(batch.lines[row - 1] < batch.lines[row]);
}

}  // namespace

// The first byte chooses delimiter and encoding. Whatever follows: rows that are valid UTF-8 and in order of lines, or an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const char* encoding = data[0] & 4 ? "windows-1252" : "utf-8";
  try {
    auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text));
    const auto reader =
        hone::make_csv_reader(hone::TextWindow(std::move(stream), hone::Packing::kNone, encoding, "fuzz.csv"), ",;\t|"[data[0] & 3]);
    for (hone::TableBatch batch = reader->next(); batch.rows; batch = reader->next()) check_batch(batch);
  } catch (const hone::Error&) {
  }
  return 0;
}
