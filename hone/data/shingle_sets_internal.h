#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace hone {

/// Sets of 32-bit hashes, appended once and then read in any order by any number of threads: the first ones in memory, those beyond
/// `memory` bytes in an unnamed file in `folder`, which ends with the process.
class ShingleSets {
 public:
  ShingleSets(std::uint64_t memory, std::filesystem::path folder);
  ~ShingleSets();
  ShingleSets(const ShingleSets&) = delete;
  ShingleSets& operator=(const ShingleSets&) = delete;

  /// Throws kIo with the cause in words.
  void append(std::span<const std::uint32_t> set);

  std::size_t size() const { return begin_.size() - 1; }

  /// A set by its number; read into `buffer` when it lies in the file.
  std::span<const std::uint32_t> at(std::size_t number, std::vector<std::uint32_t>& buffer) const;

 private:
  void open();
  void spill(std::span<const std::uint32_t> set);

  std::uint64_t most_in_memory_;  // Elements.
  std::filesystem::path folder_;
  std::vector<std::uint64_t> begin_{0};  // In elements; one more than there are sets.
  std::vector<std::uint32_t> memory_;
  int file_ = -1;
};

}  // namespace hone
