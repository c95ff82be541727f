#pragma once

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "hone/core/error.h"
#include "hone/data/import.h"
#include "hone/data/table_reader.h"
#include "hone/store/store_testing.h"

namespace hone {

inline std::filesystem::path write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

/// Everything that a reader gives, as text; an absent value is "(null)".
struct ReadTable {
  std::vector<std::string> columns, types;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::uint64_t> lines;
  std::vector<BadRow> bad;
  std::vector<std::string> notes;
  std::uint64_t repaired = 0;
};

inline std::string text_of(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return "(null)";
  const auto texts = arrow::compute::Cast(*array.Slice(row, 1), arrow::utf8()).ValueOrDie();
  return static_cast<const arrow::StringArray&>(*texts).GetString(0);
}

inline ReadTable read_all(TableReader& reader) {
  ReadTable table;
  for (const auto& field : reader.schema()->fields()) {
    table.columns.push_back(field->name());
    table.types.push_back(field->type()->ToString());
  }
  for (TableBatch batch = reader.next(); batch.rows; batch = reader.next()) {
    table.lines.insert(table.lines.end(), batch.lines.begin(), batch.lines.end());
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row) {
      table.rows.emplace_back();
      for (const auto& column : batch.rows->columns()) table.rows.back().push_back(text_of(*column, row));
    }
  }
  table.bad = reader.bad_rows();
  table.notes = reader.notes();
  table.repaired = reader.repaired_fields();
  return table;
}

inline ReadTable read_table(const std::filesystem::path& file, const ReadOptions& options = {}) {
  return read_all(*open_table(file, options));
}

/// Whether `got` is these values in this order.
template <typename Value>
testing::AssertionResult are(const std::vector<Value>& got, const std::vector<std::type_identity_t<Value>>& wanted) {
  if (got == wanted) return testing::AssertionSuccess();
  return testing::AssertionFailure() << testing::PrintToString(got) << " where " << testing::PrintToString(wanted) << " was expected";
}

inline testing::AssertionResult has(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no '" << part << "' in '" << text << "'";
}

inline testing::AssertionResult begins(std::string_view text, std::string_view part) {
  if (text.starts_with(part)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << text << "' does not begin with '" << part << "'";
}

/// Each on a line of its own.
inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + "\n";
  return all;
}

/// What `work` throws, or nothing.
template <typename Work>
std::optional<Error> error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// The folder of real data sets, where HONE_TEST_DATA names one.
inline std::optional<std::filesystem::path> test_data() {
  const char* folder = std::getenv("HONE_TEST_DATA");
  return folder ? std::optional<std::filesystem::path>(folder) : std::nullopt;
}

}  // namespace hone
