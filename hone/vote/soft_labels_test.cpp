#include "hone/vote/soft_labels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <string>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/random.h"

namespace hone {
namespace {

class SoftLabelFiles : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

  SoftLabels written_and_read(const SoftLabels& labels) const {
    write_soft_labels(labels, file("patterns.parquet"), file("examples.parquet"));
    return read_soft_labels(file("patterns.parquet"), labels.one_pattern_each() ? std::filesystem::path() : file("examples.parquet"));
  }

  void SetUp() override { make_folder(folder_.path()); }

 private:
  RemovedAtEnd folder_{temporary_name(std::filesystem::temp_directory_path())};
};

SoftLabels some_labels() {
  SoftLabels labels(3);
  labels.add_pattern(std::vector{0.7, 0.3, 0.0}, 0);
  labels.add_pattern({}, kNoClass);
  labels.add_pattern(std::vector{0.1, 0.2, 0.7}, 2);
  labels.set_examples({2, 0, 0, 1});
  return labels;
}

void expect_same(const SoftLabels& a, const SoftLabels& b) {
  ASSERT_EQ(a.classes(), b.classes());
  ASSERT_EQ(a.patterns(), b.patterns());
  ASSERT_EQ(a.examples(), b.examples());
  EXPECT_EQ(a.one_pattern_each(), b.one_pattern_each());
  for (std::size_t pattern = 0; pattern < a.patterns(); ++pattern) {
    EXPECT_EQ(a.hard_of_pattern(pattern), b.hard_of_pattern(pattern));
    EXPECT_TRUE(std::ranges::equal(a.listed_classes(pattern), b.listed_classes(pattern)));
    EXPECT_TRUE(std::ranges::equal(a.listed_probabilities(pattern), b.listed_probabilities(pattern)));
  }
  for (std::size_t example = 0; example < a.examples(); ++example) EXPECT_EQ(a.pattern(example), b.pattern(example));
}

TEST(SoftLabels, AreADistributionPerPattern) {
  const SoftLabels labels = some_labels();
  EXPECT_EQ(labels.examples(), 4u);
  EXPECT_EQ(labels.hard(0), 2);
  EXPECT_EQ(labels.hard(3), kNoClass);
  EXPECT_FLOAT_EQ(static_cast<float>(labels.probability(1, 1)), 0.3f);
  EXPECT_EQ(labels.probability(1, 2), 0.0) << "an impossible class is exactly so";
  EXPECT_FLOAT_EQ(static_cast<float>(labels.confidence(0)), 0.7f);
  EXPECT_EQ(labels.confidence(3), 0.0);
  EXPECT_DOUBLE_EQ(labels.probability(3, 0), 1.0 / 3.0) << "nothing listed: even over all";
}

TEST(SoftLabels, WithoutExamplesHaveAPatternForEach) {
  SoftLabels labels(2);
  labels.add_pattern(std::vector{1.0, 0.0}, 0);
  labels.add_pattern(std::vector{0.0, 1.0}, 1);
  EXPECT_TRUE(labels.one_pattern_each());
  EXPECT_EQ(labels.examples(), 2u);
  EXPECT_EQ(labels.hard(1), 1);
}

TEST(SoftLabels, SpreadTheRestOverTheClassesNotListed) {
  std::vector<double> distribution(20, 0.01);
  distribution[3] = 0.41;
  distribution[19] = 0.41;
  SoftLabels labels(20);
  labels.add_pattern(distribution, 3);
  EXPECT_EQ(labels.listed_classes(0).size(), SoftLabels::kMaxListed);
  EXPECT_TRUE(std::ranges::is_sorted(labels.listed_classes(0)));
  EXPECT_EQ(labels.listed_classes(0).back(), 19) << "the most probable stay, and of equal ones the lower";
  EXPECT_EQ(labels.listed_classes(0)[14], 14);
  EXPECT_NEAR(labels.rest(0), 0.04, 1e-6);
  double sum = 0.0;
  for (ClassId class_id = 0; class_id < 20; ++class_id) sum += labels.probability(0, class_id);
  EXPECT_NEAR(sum, 1.0, 1e-12);
}

TEST_F(SoftLabelFiles, ComeBackAsTheyWere) {
  expect_same(some_labels(), written_and_read(some_labels()));
  SoftLabels predictions(40);
  RandomStream random(7, "labels");
  for (int example = 0; example < 200; ++example) {
    std::vector<double> distribution(40);
    for (double& p : distribution) p = random.below(2) == 0 ? random.uniform() : 0.0;
    const double sum = std::accumulate(distribution.begin(), distribution.end(), 0.0);
    for (double& p : distribution) p /= sum;
    predictions.add_pattern(distribution, static_cast<ClassId>(std::ranges::max_element(distribution) - distribution.begin()));
  }
  expect_same(predictions, written_and_read(predictions));
  expect_same(SoftLabels(2), written_and_read(SoftLabels(2)));
}

TEST_F(SoftLabelFiles, AreTheSameBytesForTheSameLabels) {
  write_soft_labels(some_labels(), file("a"), file("b"));
  write_soft_labels(some_labels(), file("c"), file("d"));
  EXPECT_EQ(read_file(file("a")), read_file(file("c")));
  EXPECT_EQ(read_file(file("b")), read_file(file("d")));
}

TEST_F(SoftLabelFiles, ThatAreNotLabelsAreNamed) {
  std::ofstream(file("broken.parquet")) << "PAR1 but no more";
  try {
    read_soft_labels(file("broken.parquet"), {});
    FAIL() << "a broken file was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    EXPECT_NE(std::string(error.what()).find("broken.parquet"), std::string::npos);
  }
  EXPECT_THROW(read_soft_labels(file("absent.parquet"), {}), Error);
}

TEST_F(SoftLabelFiles, WhosePatternsAreNotThereAreRefused) {
  write_soft_labels(some_labels(), file("patterns"), file("examples"));
  SoftLabels fewer(3);
  fewer.add_pattern(std::vector{1.0, 0.0, 0.0}, 0);
  write_soft_labels(fewer, file("fewer"), {});
  EXPECT_THROW(read_soft_labels(file("fewer"), file("examples")), Error);
  EXPECT_THROW(read_soft_labels(file("examples"), file("patterns")), Error) << "swapped";
}

TEST(SoftLabels, OfSomeExamplesAlone) {
  SoftLabels labels(2);
  labels.add_pattern(std::vector<double>{0.75, 0.25}, 0);
  labels.add_pattern({}, kNoClass);
  labels.set_examples({0, 1, 0, 1});
  const std::vector<std::uint32_t> some{3, 2};
  const SoftLabels kept = labels.only(some);
  ASSERT_EQ(kept.examples(), 2u);
  EXPECT_EQ(kept.hard(0), kNoClass);
  EXPECT_EQ(kept.hard(1), 0);
  EXPECT_EQ(kept.probability(1, 1), 0.25);
  EXPECT_EQ(labels.only({}).examples(), 0u);
}

}  // namespace
}  // namespace hone
