#pragma once

#include <arrow/table.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/data/readers_internal.h"

namespace hone {

/// All that is read of a file.
struct Reading {
  std::shared_ptr<arrow::Table> rows;  // Null where an error ended the reading.
  std::vector<std::uint64_t> lines;
  std::vector<BadRow> bad;
  std::uint64_t repaired_fields = 0;
  std::string error;
};

inline void check_batch(const TableBatch& batch, const std::vector<std::uint64_t>& lines_before) {
  require(batch.rows->ValidateFull().ok());
  require(batch.lines.size() == static_cast<std::size_t>(batch.rows->num_rows()));
  require(std::ranges::adjacent_find(batch.lines, std::greater_equal{}) == batch.lines.end());
  require(lines_before.empty() || lines_before.back() < batch.lines.front());
}

/// Reads a file to its end; `open` gives its reader. Every batch must be sound, its lines in order.
template <typename Open>
Reading reading_of(const Open& open) {
  Reading reading;
  try {
    const std::unique_ptr<TableReader> reader = open();
    arrow::RecordBatchVector batches;
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) {
      check_batch(batch, reading.lines);
      batches.push_back(batch.rows);
      reading.lines.insert(reading.lines.end(), batch.lines.begin(), batch.lines.end());
    }
    reading.rows = arrow::Table::FromRecordBatches(reader->schema(), batches).ValueOrDie();
    reading.bad = reader->bad_rows();
    reading.repaired_fields = reader->repaired_fields();
  } catch (const Error& error) {
    reading.error = error.what();
  }
  return reading;
}

inline bool is_same(const BadRow& one, const BadRow& other) { return one.line == other.line && one.reason == other.reason; }

/// Whether two readings tell the same, in batches of whatever size.
inline bool is_same(const Reading& one, const Reading& other) {
  if (!one.rows || !other.rows) return !one.rows && !other.rows && one.error == other.error;
  return one.rows->Equals(*other.rows) && one.lines == other.lines && one.repaired_fields == other.repaired_fields &&
         std::ranges::equal(one.bad, other.bad, [](const BadRow& a, const BadRow& b) { return is_same(a, b); });
}

}  // namespace hone
