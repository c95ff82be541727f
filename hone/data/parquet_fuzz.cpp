// Whatever the bytes: rows that are sound, or an Error. Arrow reads them; ours is what becomes of its answers.
#include <arrow/record_batch.h>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/data/readers_internal.h"
#include "hone/data/text_column.h"

namespace {

void read_texts(const arrow::RecordBatch& rows) {
  for (const auto& column : rows.columns()) {
    const hone::TextColumn texts(*column);
    for (std::int64_t row = 0; row < rows.num_rows(); ++row) texts.at(row);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kMostBatches = 64;  // A few bytes can promise rows without end.
  const auto file = hone::fuzz_file("fuzz.parquet", hone::bytes_of(data, size));
  try {
    const auto reader = hone::make_parquet_reader(file);
    for (int batches = 0; batches < kMostBatches; ++batches) {
      const hone::TableBatch batch = reader->next();
      if (!batch.rows) break;
      hone::require(batch.rows->ValidateFull().ok());
      hone::require(batch.lines.size() == static_cast<std::size_t>(batch.rows->num_rows()));
      read_texts(*batch.rows);
    }
  } catch (const hone::Error&) {
  }
  return 0;
}
