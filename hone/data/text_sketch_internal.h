#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hone/core/normal_text.h"

namespace hone {

/// How a sketch is cut into bands: two texts are compared when all values of a band are equal, which two texts of similarity s are for a
/// given band with probability s^rows.
struct Banding {
  std::size_t bands = 0;
  std::size_t rows = 0;
  std::size_t values() const { return bands * rows; }
};

// More values make fewer comparisons in vain and cost more time for each text, short ones above all.
inline constexpr std::size_t kMostSketchValues = 80;
inline constexpr std::size_t kMostBands = 20;

/// The banding with the most rows (so the fewest comparisons in vain) that finds a pair of this similarity with probability 0.99, of at
/// most 80 values and 20 bands; none for similarity 1.
Banding banding_for(double similarity);

/// What one text gives, with buffers that are kept from text to text. One thread each.
class TextSketcher {
 public:
  explicit TextSketcher(const Banding& banding) : banding_(banding) {}

  /// Hash of the normalized text, 0 where nothing is left of it, and a key per band into `keys` (REQUIRES: as many as bands).
  std::uint64_t sketch(std::string_view text, std::span<std::uint32_t> keys);

  /// The hashes of its shingles, ascending, each once. The view is good until the next call.
  std::span<const std::uint32_t> shingles(std::string_view text);

 private:
  void hash_shingles(std::span<const char32_t> symbols);
  void fill_sketch();
  void fill_round(std::uint64_t round);
  void drop_repeats();
  void write_keys(std::span<std::uint32_t> keys) const;

  Banding banding_;
  TextNormalizer normalizer_;
  std::vector<std::uint64_t> hashes_;
  std::size_t count_ = 0;  // Of hashes in use.
  std::array<std::uint64_t, kMostSketchValues> values_;
  std::size_t filled_ = 0;
  std::vector<std::uint32_t> set_, spare_;
};

/// |A and B| / |A or B| of two ascending sets; 0 of two empty ones.
double jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// Whether jaccard() is at least `similarity`, ending as soon as that is decided.
bool at_least_as_similar(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, double similarity);

}  // namespace hone
