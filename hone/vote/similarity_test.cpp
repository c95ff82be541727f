#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "hone/core/random.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/similarity_internal.h"

namespace hone {
namespace {

float similarity(const std::string& a, const std::string& b) {
  NgramVectors vectors;
  return TextSimilarity(std::vector<std::string>{a}).most(b, vectors);
}

// The same with whole n-grams as text in a map, as a person would write it down.
double plain_similarity(const std::string& a, const std::string& b) {
  const auto counts = [](const std::string& text) {
    std::vector<std::map<std::string, double>> counted(2);
    const std::string padded = " " + text + " ";
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    for (std::size_t word = 0; word < words.size(); ++word) {
      counted[0][words[word]] += 1.0;
      if (word > 0) counted[0][words[word - 1] + " " + words[word]] += 1.0;
    }
    for (std::size_t length = 3; length <= 5; ++length)
      for (std::size_t begin = 0; begin + length <= padded.size(); ++begin) counted[1][padded.substr(begin, length)] += 1.0;
    return counted;
  };
  const auto of_a = counts(a), of_b = counts(b);
  double sum = 0.0;
  for (int kind = 0; kind < 2; ++kind) {
    double squares_a = 0.0, squares_b = 0.0, products = 0.0;
    const auto weight = [](double count) { return 1.0 + std::log(count); };
    for (const auto& [ngram, count] : of_a[kind]) squares_a += weight(count) * weight(count);
    for (const auto& [ngram, count] : of_b[kind]) {
      squares_b += weight(count) * weight(count);
      if (const auto found = of_a[kind].find(ngram); found != of_a[kind].end()) products += weight(count) * weight(found->second);
    }
    sum += 0.5 * products / std::sqrt(squares_a * squares_b);
  }
  return sum;
}

TEST(TextSimilarity, IsTheCosineOfWordsAndCharacters) {
  const std::vector<std::string> words{"card", "stolen", "loan", "my", "was", "the", "mortgage", "cards"};
  const RandomStream random(5, "similarity");
  std::uint64_t drawn = 0;
  for (int pair = 0; pair < 200; ++pair) {
    std::string texts[2];
    for (std::string& text : texts)
      for (std::uint64_t word = 0, count = 1 + random.at(drawn++) % 9; word < count; ++word)
        text += (text.empty() ? "" : " ") + words[random.at(drawn++) % words.size()];
    EXPECT_NEAR(similarity(texts[0], texts[1]), plain_similarity(texts[0], texts[1]), 1e-5) << texts[0] << " / " << texts[1];
  }
}

TEST(TextSimilarity, IsOneForEqualTextsAndNothingForOthers) {
  EXPECT_NEAR(similarity("My card was stolen!", "my CARD was stolen"), 1.0f, 1e-6f);
  EXPECT_EQ(similarity("abcdef", "xyz"), 0.0f);
  EXPECT_EQ(similarity("abcdef", ""), 0.0f);
  EXPECT_EQ(similarity("?!", "?!"), 0.0f) << "nothing is left of it";
  EXPECT_GT(similarity("my card was stolen", "my card got stolen"), similarity("my card was stolen", "my loan was paid"));
}

TEST(TextSimilarity, IsThatOfTheNearestText) {
  NgramVectors vectors;
  const TextSimilarity both(std::vector<std::string>{"lost card", "new loan"});
  EXPECT_NEAR(both.most("new loan", vectors), 1.0f, 1e-6f);
  EXPECT_NEAR(both.most("lost card", vectors), 1.0f, 1e-6f);
}

// What is kept between texts changes nothing: slots of earlier ones, also after a text that makes the table grow.
TEST(TextSimilarity, IsTheSameWhateverWasComparedBefore) {
  const TextSimilarity texts(std::vector<std::string>{"my card was stolen", "where is my money, where is it"});
  std::string letter;
  for (int word = 0; word < 3000; ++word) letter += "word" + std::to_string(word % 701) + " ";
  NgramVectors used;
  for (const std::string& text : {std::string("my money is where"), letter, std::string(), std::string("card card card"), letter}) {
    NgramVectors fresh;
    const std::span<const float> first = texts.with_each(text, fresh);
    const std::span<const float> again = texts.with_each(text, used);
    EXPECT_TRUE(std::ranges::equal(first, again)) << text.substr(0, 40);
  }
}

TEST(VectorSimilarity, IsTheCosine) {
  const VectorSimilarity vectors({{3, 4, 0}, {0, 0, 2}});
  EXPECT_EQ(vectors.dimensions(), 3u);
  EXPECT_NEAR(vectors.most(std::vector<float>{30, 40, 0}), 1.0f, 1e-6f);
  EXPECT_NEAR(vectors.most(std::vector<float>{0, 0, -5}), 0.0f, 1e-6f);
  EXPECT_NEAR(vectors.most(std::vector<float>{-30, -40, -1}), -0.02f, 0.001f);
  EXPECT_NEAR(VectorSimilarity({{1, 0}}).most(std::vector<float>{-700, 0}), -1.0f, 1e-6f);
}

TEST(VectorAt, ReadsListsAndJson) {
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::FloatBuilder>());
  auto& floats = static_cast<arrow::FloatBuilder&>(*lists.value_builder());
  (void)lists.Append();
  (void)floats.AppendValues({1.0f, 2.5f});
  (void)lists.AppendNull();
  (void)lists.Append();
  (void)floats.AppendNull();
  const auto array = lists.Finish().ValueOrDie();
  EXPECT_EQ(vector_at(*array, 0), (std::vector<float>{1.0f, 2.5f}));
  EXPECT_TRUE(vector_at(*array, 1).empty());
  EXPECT_THROW(vector_at(*array, 2), std::invalid_argument);
  const auto texts = text_column({"[1, 2.5]", "", std::nullopt, "[1, null]", "[0, 0.0]", "12", "[1,", "[1e400]"});
  EXPECT_EQ(vector_at(*texts, 0), (std::vector<float>{1.0f, 2.5f}));
  EXPECT_TRUE(vector_at(*texts, 1).empty());
  EXPECT_TRUE(vector_at(*texts, 2).empty());
  for (std::int64_t row = 3; row < texts->length(); ++row) EXPECT_THROW(vector_at(*texts, row), std::invalid_argument) << row;
}

}  // namespace
}  // namespace hone
