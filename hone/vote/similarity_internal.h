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

/// A text as its n-grams, each once, those of words first: sequences of one and two words, and of three to five characters, each weighed by
/// 1 + ln of how often it stands there; words and characters each scaled to length sqrt(1/2), so that the cosine of two texts is the sum of
/// products, from 0 to 1. No weight depends on other texts. Texts are compared as TextNormalizer reduces them.
class NgramVectors {
 public:
  /// Empty for a text of which nothing is left.
  std::vector<WeighedNgram> of(std::string_view text);

 private:
  TextNormalizer normalizer_;
};

/// The cosines of a text with some texts.
class TextSimilarity {
 public:
  explicit TextSimilarity(std::span<const std::string> texts);

  /// 0 to 1. Any number of threads, each with vectors of its own.
  float most(std::string_view text, NgramVectors& vectors) const;

  /// The cosine with each of the texts, in their order, 0 to 1.
  std::vector<float> with_each(std::string_view text, NgramVectors& vectors) const;

 private:
  struct Posting {
    std::uint32_t text = 0;
    float weight = 0.0f;
  };
  std::size_t texts_ = 0;
  std::unordered_map<std::uint64_t, std::vector<Posting>> postings_;  // By n-gram.
  std::vector<bool> may_be_there_;                                    // By the low bits of an n-gram.
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
