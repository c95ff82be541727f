#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hone/core/normal_text.h"

namespace hone {

/// A hashed sequence of words or characters and its weight in a text.
struct WeighedNgram {
  std::uint64_t hash = 0;
  float weight = 0.0f;
};

struct CountedNgram {
  std::uint64_t hash = 0;
  std::uint32_t count = 0;
};

/// How often each of some hashes stands among them, by open addressing with linear probing (Knuth: The Art of Computer Programming, vol. 3,
/// section 6.4, algorithm L). Slots that an earlier text filled are free: nothing is cleared between texts.
class NgramCounts {
 public:
  void count(std::span<const std::uint64_t> hashes);

  /// Each hash once, by first appearance. Good until the next count().
  std::span<const CountedNgram> counted() const { return counted_; }
  /// What brings weights of 1 + ln count to length sqrt(1/2).
  float scale();

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t text = 0;   // The text that filled it, by number; 0: none.
    std::uint32_t place = 0;  // Among counted_.
  };
  Slot& slot_of(std::uint64_t hash);

  std::vector<Slot> slots_;
  std::uint32_t text_ = 0;
  std::vector<CountedNgram> counted_;
  std::vector<std::uint32_t> with_count_;  // By count: so many n-grams stand so often.
};

/// A text as its n-grams, each once, those of words first: sequences of one and two words, and of three to five characters, each weighed by
/// 1 + ln of how often it stands there; words and characters each scaled to length sqrt(1/2), so that the cosine of two texts is the sum of
/// products, from 0 to 1. No weight depends on other texts. Texts are compared as TextNormalizer reduces them. One a thread.
class NgramVectors {
 public:
  /// Empty for a text of which nothing is left.
  std::vector<WeighedNgram> of(std::string_view text);

 private:
  friend class TextSimilarity;
  template <typename Take>
  void for_each_kind(std::string_view text, const Take& take);
  /// Those n-grams alone for which may(hash) holds, by hash.
  template <typename May>
  void among(std::string_view text, const May& may, std::vector<WeighedNgram>& ngrams);

  TextNormalizer normalizer_;
  std::vector<std::uint64_t> hashes_;
  NgramCounts counts_;
  // Of TextSimilarity:
  std::vector<WeighedNgram> shared_;
  std::vector<double> sums_;
  std::vector<float> cosines_;
};

/// The cosines of a text with some texts.
class TextSimilarity {
 public:
  explicit TextSimilarity(std::span<const std::string> texts);

  /// 0 to 1. Any number of threads, each with vectors of its own.
  float most(std::string_view text, NgramVectors& vectors) const;

  /// The cosine with each of the texts, in their order, 0 to 1. Good until `vectors` are used again.
  std::span<const float> with_each(std::string_view text, NgramVectors& vectors) const;

 private:
  struct Posting {
    std::uint32_t text = 0;
    float weight = 0.0f;
  };
  std::size_t texts_ = 0;
  std::unordered_map<std::uint64_t, std::vector<Posting>> postings_;  // By n-gram.
  std::vector<bool> may_be_there_;                                    // By the low bits of an n-gram; a power of two of them.
};

/// A row's vector: a list of numbers, or text that is a JSON list of them. Throws std::invalid_argument, saying what is wrong, where it is
/// none: a value that is no finite number, no number at all, or zeros alone. Empty where the row has none.
std::vector<float> vector_at(const arrow::Array& column, std::int64_t row);

/// The highest cosine of a vector with any of some vectors of equal length.
class VectorSimilarity {
 public:
  explicit VectorSimilarity(std::vector<std::vector<float>> vectors);

  std::size_t dimensions() const { return dimensions_; }
  /// -1 to 1. REQUIRES: there are vectors; vector.size() == dimensions(), and it is not all zeros.
  float most(std::span<const float> vector) const;

 private:
  std::size_t dimensions_ = 0;
  std::vector<float> unit_;  // Row-major, vectors x dimensions, each of length 1.
};

}  // namespace hone
