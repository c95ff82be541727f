#include "hone/train/text_linear.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/job/safetensors.h"

namespace hone {
namespace {

const std::vector<std::string_view> kTexts{"my card is lost", "my loan is paid", "card", ""};

PackedRows packed(const SparseRows& counts) {
  PackedRows rows;
  rows.append(counts);
  rows.finish();
  return rows;
}

SparseRows counts_of(const std::vector<std::string_view>& texts) { return NgramHasher(TextLinearOptions{}).count(texts, 1); }

TextLinear model_with_weights() {
  TextLinear model({}, {"card", "loan", "other"}, packed(counts_of(kTexts)));
  for (std::size_t at = 0; at < model.table().size(); ++at) model.table()[at] = std::sin(static_cast<float>(at));
  model.bias() = {0.5f, -0.25f, 0.0f};
  return model;
}

class TextLinearFile : public testing::Test {
 protected:
  TextLinearFile() : folder_(temporary_name(std::filesystem::temp_directory_path())) { make_folder(folder_.path()); }
  std::filesystem::path path(const char* name) const { return folder_.path() / name; }

  std::string trouble(const char* name) const {
    try {
      TextLinear::load(path(name));
      return "none";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
      return error.what();
    }
  }

  // A model of one n-gram whose parts a test may spoil.
  struct Parts {
    std::map<std::string, std::string> metadata{{"format", "hone-text-linear/1"}, {"classes", R"(["a","b"])"}, {"options", "{}"}};
    std::vector<float> table{1.0f, 2.0f}, bias{0.0f, 0.0f}, idf{1.0f};
    std::vector<std::int32_t> buckets{7};
  };
  void write(const Parts& parts) const {
    const std::size_t rows = parts.buckets.size();
    const TensorBytes tensors[] = {{"embedding.weight", "F32", {rows, parts.table.size() / rows}, std::as_bytes(std::span(parts.table))},
                                   {"bias", "F32", {parts.bias.size()}, std::as_bytes(std::span(parts.bias))},
                                   {"idf", "F32", {parts.idf.size()}, std::as_bytes(std::span(parts.idf))},
                                   {"buckets", "I32", {rows}, std::as_bytes(std::span(parts.buckets))}};
    write_safetensors(path("m"), tensors, parts.metadata);
  }

  RemovedAtEnd folder_;
};

TEST_F(TextLinearFile, PredictsTheSameFloatsAfterReadingBack) {
  const TextLinear model = model_with_weights();
  model.save(path("m"));
  const TextLinear read = TextLinear::load(path("m"));
  EXPECT_EQ(read.class_names(), model.class_names());
  EXPECT_EQ(read.predict(read.weigh(counts_of(kTexts))), model.predict(model.weigh(counts_of(kTexts))));
}

TEST_F(TextLinearFile, WritesTheSameBytesEveryTime) {
  model_with_weights().save(path("a"));
  TextLinear::load(path("a")).save(path("b"));
  EXPECT_EQ(read_file(path("a")), read_file(path("b")));
}

TEST_F(TextLinearFile, RefusesAModelThatDoesNotHoldTogether) {
  write({});
  EXPECT_EQ(trouble("m"), "none");
  const auto spoiled = [&](auto spoil) {
    Parts parts;
    spoil(parts);
    write(parts);
    return trouble("m");
  };
  const std::string apart = "the model 'm' does not hold together: ";
  EXPECT_EQ(spoiled([](Parts& p) { p.metadata["format"] = "other/3"; }), "the model 'm' is a 'other/3', not a 'hone-text-linear/1'");
  EXPECT_EQ(spoiled([](Parts& p) { p.metadata["classes"] = "["; }), "the model 'm' has 'classes' in a form that is not understood");
  EXPECT_EQ(spoiled([](Parts& p) { p.metadata["options"] = R"({"buckets": 3})"; }),
            "the model 'm' has 'options' in a form that is not understood");
  EXPECT_EQ(spoiled([](Parts& p) { p.metadata["classes"] = R"(["a"])"; }), apart + "it has fewer than two classes");
  EXPECT_EQ(spoiled([](Parts& p) { p.bias.push_back(1.0f); }), apart + "its tensors differ in size");
  EXPECT_EQ(spoiled([](Parts& p) { p.idf.push_back(1.0f); }), apart + "its tensors differ in size");
  EXPECT_EQ(spoiled([](Parts& p) { p.buckets[0] = -1; }), apart + "a bucket lies outside its hash table");
  EXPECT_EQ(spoiled([](Parts& p) { p.buckets[0] = 1 << 20; }), apart + "a bucket lies outside its hash table");
  EXPECT_EQ(spoiled([](Parts& p) { p.table[1] = NAN; }), apart + "it holds a number that is not finite");
}

TEST(TextLinear, ScalesWordsAndCharactersToUnitLengthEach) {
  const TextLinear model = model_with_weights();
  const SparseRows weighed = model.weigh(counts_of({"my card is lost"}));
  double squares = 0.0;
  for (const float value : weighed.values) squares += static_cast<double>(value) * value;
  EXPECT_NEAR(squares, 2.0, 1e-5);
}

TEST(TextLinear, WhatTheTrainingRowsLackCountsForNothing) {
  const TextLinear model = model_with_weights();
  EXPECT_EQ(model.weigh(counts_of({"zzzz"})).ids.size(), 0u);
  const std::vector<float> logs = model.predict(model.weigh(counts_of({"zzzz"})));
  EXPECT_NEAR(logs[0] - logs[1], 0.75, 1e-6);
}

TEST(TextLinear, ATextsPredictionDoesNotDependOnItsNeighbours) {
  const TextLinear model = model_with_weights();
  const std::vector<float> together = model.predict(model.weigh(counts_of(kTexts)));
  const std::vector<float> alone = model.predict(model.weigh(counts_of({kTexts[1]})));
  EXPECT_EQ(alone, std::vector<float>(together.begin() + 3, together.begin() + 6));
}

TEST(TextLinear, RefusesRowsWithoutAnyText) { EXPECT_THROW(TextLinear({}, {"a", "b"}, packed(counts_of({"", " "}))), Error); }

TEST(TextLinear, SaysWhenTheTableIsTooLargeForTheMachine) {
  EXPECT_NO_THROW(require_memory(1000, 10, 120000));
  try {
    require_memory(1'000'000, 1000, 2'000'000'000);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "text-linear needs 12.0 GB for 1000000 n-grams and 1000 classes, and 2.0 GB of memory are free: give it fewer "
                 "'buckets' or a smaller 'max_characters'");
  }
}

}  // namespace
}  // namespace hone
