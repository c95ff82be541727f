#pragma once

#include <arrow/builder.h>
#include <arrow/type_fwd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hone/vote/parquet_internal.h"
#include "hone/vote/vote_matrix.h"

// What the files of soft labels and of soft sets have in common: lists of classes with their probabilities by pattern, and the pattern of
// each example.
namespace hone::pattern_files {

/// Tables are made and read in groups of so many rows: all of them at once would be held twice.
inline constexpr std::size_t kGroupRows = std::size_t{1} << 20;

/// Calls add(begin, end) for one group of rows after the other.
template <typename Add>
void by_groups(std::size_t rows, const Add& add) {
  for (std::size_t begin = 0; begin < rows; begin += kGroupRows) add(begin, std::min(rows, begin + kGroupRows));
}

/// Throws kInternal.
std::shared_ptr<arrow::Array> finish(arrow::ArrayBuilder& builder);

/// The columns `classes` (list<uint16>) and `probabilities` (list<float>), a row for each pattern, while they are made.
class ListedBuilder {
 public:
  static std::vector<std::shared_ptr<arrow::Field>> fields();

  void add(std::span<const ClassId> classes, std::span<const float> probabilities);
  std::vector<std::shared_ptr<arrow::Array>> finish();

 private:
  std::shared_ptr<arrow::UInt16Builder> class_values_ = std::make_shared<arrow::UInt16Builder>();
  std::shared_ptr<arrow::FloatBuilder> probability_values_ = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder classes_{arrow::default_memory_pool(), class_values_},
      probabilities_{arrow::default_memory_pool(), probability_values_};
};

/// The same columns of a table, read. What a row lists is not checked.
class ListedColumns {
 public:
  ListedColumns(const parquet_files::Reader& reader, const arrow::Table& table);

  std::span<const ClassId> classes(std::int64_t row) const;
  std::span<const float> probabilities(std::int64_t row) const;

 private:
  std::shared_ptr<arrow::Array> classes_, probabilities_;
};

/// A file with the pattern of each example, `pattern_of(example)`.
void write_examples(std::size_t examples, const std::function<std::uint32_t(std::size_t example)>& pattern_of,
                    const std::filesystem::path& path);

/// Throws kCorruptData, naming the file, for a pattern that is not below `patterns`.
std::vector<std::uint32_t> read_examples(const std::filesystem::path& path, std::size_t patterns);

}  // namespace hone::pattern_files
