#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/data/near_duplicates.h"
#include "hone/data/radix_sort_internal.h"
#include "hone/data/shingle_sets_internal.h"
#include "hone/data/text_sketch_internal.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

TEST(Banding, FindsWhatIsAskedForWithTheFewestComparisonsInVain) {
  for (const double similarity : {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99}) {
    const Banding banding = banding_for(similarity);
    EXPECT_LE(banding.values(), kMostSketchValues);
    EXPECT_LE(banding.bands, kMostBands);
    const double missed = std::pow(1 - std::pow(similarity, banding.rows), banding.bands);
    EXPECT_LE(missed, 0.01) << similarity;
  }
  EXPECT_EQ(banding_for(0.9).bands, 9u);
  EXPECT_EQ(banding_for(0.9).rows, 8u);
  EXPECT_EQ(banding_for(1.0).bands, 0u);
}

// The oracle: sets of five characters of the normalized text with a space on both sides.
double plain_similarity(std::string_view a, std::string_view b) {
  const auto set_of = [](std::string_view text) {
    std::set<std::string> set;
    const std::string normal = normal_text(text);
    if (normal.empty()) return set;
    const std::string padded = " " + normal + " ";
    for (std::size_t begin = 0; begin == 0 || begin + 5 <= padded.size(); ++begin) set.insert(padded.substr(begin, 5));
    return set;
  };
  const auto left = set_of(a), right = set_of(b);
  std::vector<std::string> common;
  std::ranges::set_intersection(left, right, std::back_inserter(common));
  const double all = static_cast<double>(left.size() + right.size() - common.size());
  return all == 0 ? 0 : static_cast<double>(common.size()) / all;
}

std::string random_text(RandomStream& random, std::uint64_t letters) {
  std::string text;
  for (; letters > 0; --letters) text += "abcdefgh   "[random.below(11)];
  return text;
}

TEST(TextSimilarity, IsTheJaccardIndexOfFiveCharacters) {
  RandomStream random(1, "similarity");
  for (int round = 0; round < 500; ++round) {
    const std::string a = random_text(random, random.below(60));
    std::string b = a;
    for (std::uint64_t edits = random.below(4); edits > 0 && !b.empty(); --edits) b[random.below(b.size())] = 'x';
    EXPECT_DOUBLE_EQ(text_similarity(a, b), plain_similarity(a, b)) << "'" << a << "' '" << b << "'";
  }
  EXPECT_EQ(text_similarity("Hi!", "hi"), 1.0);
  EXPECT_EQ(text_similarity("a", "b"), 0.0);
  EXPECT_EQ(text_similarity("", ""), 0.0);
}

TEST(Jaccard, IsDecidedEarlyAsItIsInFull) {
  RandomStream random(2, "jaccard");
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::uint32_t> sets[2];
    for (std::uint32_t value = 0; value < 40; ++value) {
      const std::uint64_t kind = random.below(12);
      if (kind != 0) sets[0].push_back(value);
      if (kind != 1) sets[1].push_back(value);
    }
    for (auto& set : sets)
      if (random.below(50) == 0) set.clear();
    for (const double similarity : {0.5, 0.8, 0.9, 1.0})
      EXPECT_EQ(at_least_as_similar(sets[0], sets[1], similarity), !sets[0].empty() && jaccard(sets[0], sets[1]) >= similarity - 1e-12);
  }
}

// 1,500 pairs of texts whose similarity is known: the share of equal keys of bands of one value is the similarity. Its standard error is
// sqrt(0.9 x 0.1 / (1500 x 20)) = 0.17 points for independent values; six times that. Sketches of long and of short texts alike, where
// copies of neighbours (densification) would vary more, but not be off.
TEST(TextSketch, ValuesAreEqualAsOftenAsShinglesAreShared) {
  const Banding single{20, 1};
  TextSketcher sketcher(single);
  for (const std::uint64_t letters : {12u, 60u, 900u}) {
    RandomStream random(3, "sketch" + std::to_string(letters));
    double expected = 0, equal = 0;
    for (int pair = 0; pair < 1'500; ++pair) {
      const std::string a = random_text(random, letters);
      std::string b = a;
      b[random.below(b.size())] = 'x';
      std::uint32_t keys_a[20], keys_b[20];
      if (sketcher.sketch(a, keys_a) == 0) continue;
      sketcher.sketch(b, keys_b);
      expected += text_similarity(a, b);
      for (int value = 0; value < 20; ++value) equal += (keys_a[value] == keys_b[value]) / 20.0;
    }
    EXPECT_NEAR(equal / 1'500, expected / 1'500, 0.01) << letters;
  }
}

TEST(TextSketch, DependsOnTheNormalizedTextAlone) {
  TextSketcher sketcher(banding_for(0.9));
  std::uint32_t first[9], second[9];
  const std::uint64_t hash = sketcher.sketch("My card's LOST", first);
  sketcher.sketch("a text of another length that leaves something in the buffers, " + std::string(5'000, 'z'), second);
  EXPECT_EQ(sketcher.sketch("  my cards lost!", second), hash);
  EXPECT_TRUE(std::ranges::equal(first, second));
  EXPECT_EQ(sketcher.sketch("?!", second), 0u);
  EXPECT_NE(sketcher.sketch("a", second), 0u);
}

// A text of a million equal letters has three shingles: each value must find one without 160 rounds over all of them.
TEST(TextSketch, EndsOnATextThatRepeatsItself) {
  TextSketcher sketcher(banding_for(0.9));
  std::uint32_t keys[9], again[9];
  sketcher.sketch(std::string(1'000'000, 'a'), keys);
  sketcher.sketch(std::string(1'500, 'a'), again);
  EXPECT_TRUE(std::ranges::equal(keys, again));
}

TEST(RadixSort, KeepsTheOrderOfWhatIsEqualAboveTheFirstBit) {
  RandomStream random(4, "radix");
  std::vector<std::uint64_t> values, spare;
  for (std::uint64_t place = 0; place < 10'000; ++place) values.push_back(random.below(1'000) << 32 | place);
  std::vector<std::uint64_t> sorted = values;
  std::ranges::sort(sorted);
  radix_sort<32>(values, spare);
  EXPECT_EQ(values, sorted);
}

TEST(ShingleSets, AreReadBackFromMemoryAndFile) {
  const TestFolder folder;
  ShingleSets sets(40, folder / "");
  std::vector<std::vector<std::uint32_t>> all;
  for (std::uint32_t set = 0; set < 50; ++set) {
    all.emplace_back(set % 7, set);
    sets.append(all.back());
  }
  std::vector<std::uint32_t> buffer;
  for (const std::uint32_t set : {49u, 0u, 3u, 20u, 48u, 7u}) EXPECT_TRUE(std::ranges::equal(sets.at(set, buffer), all[set])) << set;
  EXPECT_TRUE(std::filesystem::is_empty(folder / ""));
}

TEST(ShingleSets, SayWhereTheyCannotBeWritten) {
  ShingleSets sets(0, "/nowhere/at/all");
  const std::uint32_t set[]{1};
  try {
    sets.append(set);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_STREQ(error.what(), "cannot make a temporary file in '/nowhere/at/all': No such file or directory");
  }
}

}  // namespace
}  // namespace hone
