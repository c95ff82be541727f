#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hone/job/text_linear_options.h"

namespace hone {

/// Sparse rows: row r holds ids[begin[r]] to ids[begin[r + 1]], ascending and each once, with their values.
struct SparseRows {
  std::vector<std::uint64_t> begin{0};
  std::vector<std::uint32_t> ids;
  std::vector<float> values;

  std::size_t size() const { return begin.size() - 1; }
  void append(const SparseRows& other);
  void clear();
};

/// Texts -> counts of hashed n-grams. The text is case-folded; its tokens are words (hone/core/unicode.h) and, between
/// words, runs of other characters without spaces ("!!", an emoji). Word n-grams fall into the lower half of the
/// buckets, character n-grams of runs without spaces into the upper half: the two kinds never collide with each other.
///
/// The hash is part of the model file's format (docs/formats.md). Any number of threads may call.
class NgramHasher {
 public:
  /// REQUIRES: valid options.
  explicit NgramHasher(const TextLinearOptions& options);

  /// One row per text, counts as values. Any bytes will do: what is not UTF-8 counts as U+FFFD. Time: linear in the
  /// bytes, on up to `threads` threads (hone/core/parallel.h); same rows whatever their number.
  SparseRows count(const std::vector<std::string_view>& texts, int threads) const;

  /// The first bucket of character n-grams.
  std::uint32_t first_character_bucket() const { return half_; }

 private:
  void hash_text(std::string_view text, std::vector<std::uint32_t>& buckets) const;
  void hash_words(const std::vector<std::string_view>& tokens, std::vector<std::uint32_t>& buckets) const;
  void hash_characters(std::string_view word, std::vector<std::uint32_t>& buckets) const;

  int word_ngrams_, min_characters_, max_characters_;
  std::uint32_t half_;
};

}  // namespace hone
