#include "hone/train/ngram_hasher.h"

#include <gtest/gtest.h>

#include <numeric>

namespace hone {
namespace {

struct Counts {
  std::vector<std::uint32_t> buckets;
  std::vector<float> counts;
  bool operator==(const Counts&) const = default;
  float total() const { return std::accumulate(counts.begin(), counts.end(), 0.0f); }
};

Counts ngrams_of(std::string_view text, const TextLinearOptions& options = {}) {
  const SparseRows rows = NgramHasher(options).count({text}, 1);
  return {rows.ids, rows.values};
}

TextLinearOptions words_only(int word_ngrams) {
  TextLinearOptions options;
  options.word_ngrams = word_ngrams;
  options.max_characters = 0;
  return options;
}

TEST(NgramHasher, CountsWordNgramsUpToTheLengthAskedFor) {
  EXPECT_EQ(ngrams_of("my card is lost", words_only(1)).total(), 4);
  EXPECT_EQ(ngrams_of("my card is lost", words_only(2)).total(), 4 + 3);
  EXPECT_EQ(ngrams_of("my card is lost", words_only(3)).total(), 4 + 3 + 2);
}

TEST(NgramHasher, CountsRepeatedNgramsOnce) {
  const Counts counts = ngrams_of("no no no", words_only(2));
  ASSERT_EQ(counts.buckets.size(), 2u);  // "no" three times, "no no" twice.
  EXPECT_EQ(counts.total(), 5);
}

TEST(NgramHasher, CountsCharacterNgramsWithTheEndsOfARun) {
  TextLinearOptions options = words_only(1);
  options.min_characters = 3;
  options.max_characters = 4;
  // " ab ": two of three characters and one of four; then the word itself.
  EXPECT_EQ(ngrams_of("ab", options).total(), 3 + 1);
  // Characters are code points, not bytes.
  EXPECT_EQ(ngrams_of("äß", options).total(), ngrams_of("abc", options).total());
}

TEST(NgramHasher, WordsAndCharactersHaveTheirOwnHalves) {
  const TextLinearOptions options;
  const std::uint32_t half = NgramHasher(options).first_character_bucket();
  for (const std::uint32_t bucket : ngrams_of("my card is lost", words_only(2)).buckets) EXPECT_LT(bucket, half);
  EXPECT_GE(ngrams_of("my card is lost").buckets.back(), half);
}

TEST(NgramHasher, FoldsCaseAndComposition) {
  EXPECT_EQ(ngrams_of("STRASSE café"), ngrams_of("straße cafe\xCC\x81"));
  EXPECT_NE(ngrams_of("card"), ngrams_of("cart"));
}

TEST(NgramHasher, SignsBetweenWordsAreTokens) {
  EXPECT_EQ(ngrams_of("lost!!", words_only(1)).total(), 2);
  EXPECT_EQ(ngrams_of("😡", words_only(1)).total(), 1);
  EXPECT_NE(ngrams_of("why?", words_only(1)), ngrams_of("why!", words_only(1)));
}

TEST(NgramHasher, SpacesOfAnyKindPartWords) {
  EXPECT_EQ(ngrams_of("  my\tcard\r\n"), ngrams_of("my card"));
  EXPECT_EQ(ngrams_of("my\xC2\xA0"
                      "card\xE3\x80\x80"),
            ngrams_of("my card"));
}

TEST(NgramHasher, TakesAnyBytes) {
  EXPECT_TRUE(ngrams_of("").buckets.empty());
  EXPECT_TRUE(ngrams_of(" \n ").buckets.empty());
  EXPECT_EQ(ngrams_of("bad \xFF\xFE"), ngrams_of("bad \xEF\xBF\xBD\xEF\xBF\xBD"));
  EXPECT_FALSE(ngrams_of(std::string_view("a\0b", 3)).buckets.empty());
}

// The hash is part of the file format: models on disk stop working when this fails. The numbers were computed from the
// description in docs/formats.md by a program of its own.
TEST(NgramHasher, KeepsItsBuckets) {
  TextLinearOptions options = words_only(2);
  EXPECT_EQ(ngrams_of("my card", options).buckets, (std::vector<std::uint32_t>{46373, 138518, 443732}));
}

TEST(NgramHasher, GivesTheSameRowsForAnyNumberOfThreads) {
  std::vector<std::string> texts;
  for (int text = 0; text < 1000; ++text) texts.push_back("message number " + std::to_string(text * text));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const NgramHasher hasher{TextLinearOptions{}};
  const SparseRows one = hasher.count(views, 1), three = hasher.count(views, 3);
  EXPECT_EQ(one.begin, three.begin);
  EXPECT_EQ(one.ids, three.ids);
  EXPECT_EQ(one.values, three.values);
  EXPECT_EQ(one.size(), texts.size());
}

}  // namespace
}  // namespace hone
