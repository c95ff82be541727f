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

Counts counts_of(std::string_view text, const TextLinearOptions& options = {}) {
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
  EXPECT_EQ(counts_of("my card is lost", words_only(1)).total(), 4);
  EXPECT_EQ(counts_of("my card is lost", words_only(2)).total(), 4 + 3);
  EXPECT_EQ(counts_of("my card is lost", words_only(3)).total(), 4 + 3 + 2);
}

TEST(NgramHasher, CountsRepeatedNgramsOnce) {
  const Counts counts = counts_of("no no no", words_only(2));
  ASSERT_EQ(counts.buckets.size(), 2u);  // "no" three times, "no no" twice.
  EXPECT_EQ(counts.total(), 5);
}

TEST(NgramHasher, CountsCharacterNgramsWithTheEndsOfARun) {
  TextLinearOptions options = words_only(1);
  options.min_characters = 3;
  options.max_characters = 4;
  // " ab ": two of three characters and one of four; then the word itself.
  EXPECT_EQ(counts_of("ab", options).total(), 3 + 1);
  // Characters are code points, not bytes.
  EXPECT_EQ(counts_of("äß", options).total(), counts_of("abc", options).total());
}

TEST(NgramHasher, WordsAndCharactersHaveTheirOwnHalves) {
  const TextLinearOptions options;
  const std::uint32_t half = NgramHasher(options).first_character_bucket();
  for (const std::uint32_t bucket : counts_of("my card is lost", words_only(2)).buckets) EXPECT_LT(bucket, half);
  EXPECT_GE(counts_of("my card is lost").buckets.back(), half);
}

TEST(NgramHasher, FoldsCaseAndComposition) {
  EXPECT_EQ(counts_of("STRASSE café"), counts_of("straße cafe\xCC\x81"));
  EXPECT_NE(counts_of("card"), counts_of("cart"));
}

TEST(NgramHasher, SignsBetweenWordsAreTokens) {
  EXPECT_EQ(counts_of("lost!!", words_only(1)).total(), 2);
  EXPECT_EQ(counts_of("😡", words_only(1)).total(), 1);
  EXPECT_NE(counts_of("why?", words_only(1)), counts_of("why!", words_only(1)));
}

TEST(NgramHasher, SpacesOfAnyKindPartWords) {
  EXPECT_EQ(counts_of("  my\tcard\r\n"), counts_of("my card"));
  EXPECT_EQ(counts_of("my\xC2\xA0"
                      "card\xE3\x80\x80"),
            counts_of("my card"));
}

TEST(NgramHasher, TakesAnyBytes) {
  EXPECT_TRUE(counts_of("").buckets.empty());
  EXPECT_TRUE(counts_of(" \n ").buckets.empty());
  EXPECT_EQ(counts_of("bad \xFF\xFE"), counts_of("bad \xEF\xBF\xBD\xEF\xBF\xBD"));
  EXPECT_FALSE(counts_of(std::string_view("a\0b", 3)).buckets.empty());
}

// The hash is part of the file format: models on disk stop working when this fails. The numbers were computed from the
// description in docs/formats.md by a program of its own.
TEST(NgramHasher, KeepsItsBuckets) {
  TextLinearOptions options = words_only(2);
  EXPECT_EQ(counts_of("my card", options).buckets, (std::vector<std::uint32_t>{46373, 138518, 443732}));
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
