#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hone/train/ngram_hasher.h"

namespace hone {

/// Many rows of n-gram counts, packed to two or three bytes an n-gram. They are held in memory while they are few; beyond that they lie in
/// a file without a name that is mapped, of which the system keeps in memory what it has room for: training then needs more time, not more
/// memory. Rows are read back as they were appended.
///
///     PackedRows rows(folder);
///     rows.append(hasher.count(texts, threads));
///     rows.finish();
///     rows.unpack(7, batch);
class PackedRows {
 public:
  static constexpr std::size_t kHeldBytes = std::size_t{128} << 20;

  /// `folder`, where the file would lie, and its disk are not touched by less than `held_bytes`.
  PackedRows() : PackedRows(std::filesystem::temp_directory_path()) {}
  explicit PackedRows(std::filesystem::path folder, std::size_t held_bytes = kHeldBytes);
  ~PackedRows();
  PackedRows(PackedRows&& other) noexcept;
  PackedRows& operator=(PackedRows&& other) noexcept;

  /// REQUIRES: counts are whole numbers from 1. Throws kIo when the disk is full.
  void append(const SparseRows& counts);

  /// After the last append() and before the first unpack(). Throws kIo.
  void finish();

  std::size_t size() const { return begin_.size() - 1; }

  /// N-grams of all rows together.
  std::uint64_t entries() const { return entries_; }

  /// Appends one row to `rows`. Any number of threads may read.
  void unpack(std::size_t row, SparseRows& rows) const;

 private:
  void write_out();

  std::filesystem::path folder_;
  std::size_t held_bytes_;
  std::vector<std::uint64_t> begin_{0};  // Of each row in the bytes; one more at the end.
  std::uint64_t entries_ = 0;
  std::string bytes_;          // Those that are not in the file.
  int file_ = -1;              // None: all bytes are held.
  const char* map_ = nullptr;  // Of the whole file.
  std::uint64_t in_file_ = 0;
};

}  // namespace hone
