#include "hone/train/text_linear_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/train/bag_math.h"

namespace hone {
namespace {

// Texts with a distribution each; both train and valid of the tests below.
struct Lesson {
  explicit Lesson(std::size_t classes) : labels(classes) {}

  void add(const std::string& text, const std::vector<double>& distribution) {
    texts.push_back(text);
    labels.add_pattern(distribution, static_cast<ClassId>(std::ranges::max_element(distribution) - distribution.begin()));
  }

  LabeledRows rows(const TextLinearOptions& options = {}) const {
    LabeledRows rows;
    rows.counts.append(NgramHasher(options).count({texts.begin(), texts.end()}, 1));
    for (std::size_t example = 0; example < texts.size(); ++example) rows.examples.push_back(static_cast<std::uint32_t>(example));
    rows.labels = &labels;
    return rows;
  }

  std::vector<std::string> texts;
  SoftLabels labels;
};

struct Learned {
  TextLinear model;
  TrainingCourse course;

  double probability(const std::string& text, std::size_t class_id) const {
    return std::exp(model.predict(model.weigh(NgramHasher(model.options()).count({text}, 1)))[class_id]);
  }
};

Learned learn(const Lesson& lesson, const Lesson& valid, const TextLinearOptions& options = {}, int threads = 1) {
  set_math_threads(threads);
  LabeledRows train_rows = lesson.rows(options), valid_rows = valid.rows(options);
  std::vector<std::string> classes;
  for (std::size_t class_id = 0; class_id < lesson.labels.classes(); ++class_id)
    classes.push_back(std::string(1, static_cast<char>('a' + class_id)));
  TextLinear model(options, classes, train_rows.counts);
  TrainingCourse course = train_text_linear(model, train_rows, valid_rows, 1, {});
  return {std::move(model), std::move(course)};
}

Learned learn(const Lesson& lesson, const TextLinearOptions& options = {}) {
  return learn(lesson, Lesson(lesson.labels.classes()), options);
}

// Known answers of the soft cross entropy: summed over two rows, computed in double.
TEST(SoftCrossEntropy, HasTheKnownLossAndGradient) {
  std::vector<float> rows{2.0f, 0.5f, -1.0f, 0.1f, 1.2f, 0.3f};
  const std::vector<float> targets{0.7f, 0.2f, 0.1f, 0.05f, 0.8f, 0.15f};
  EXPECT_NEAR(soft_cross_entropy(rows, targets, 3), 0.841311 + 0.743564, 2e-6);
  const double gradient_of_mean[] = {0.042799, -0.012355, -0.030444, 0.070683, -0.112551, 0.041868};
  for (std::size_t at = 0; at < rows.size(); ++at) EXPECT_NEAR(rows[at] / 2, gradient_of_mean[at], 1e-6) << at;
}

TEST(FillTarget, SpreadsTheRestOverClassesNotListed) {
  SoftLabels labels(20);
  std::vector<double> distribution(20, 0.02);
  distribution[3] = 1.0 - 19 * 0.02;
  labels.add_pattern(distribution, 3);
  std::vector<float> target(20);
  fill_target(labels, 0, target);
  for (std::size_t class_id = 0; class_id < 20; ++class_id) EXPECT_NEAR(target[class_id], distribution[class_id], 1e-6) << class_id;
}

TEST(TrainTextLinear, LearnsASmallProblemPerfectly) {
  Lesson lesson(3);
  for (int number = 0; number < 30; ++number) {
    lesson.add("card number " + std::to_string(number), {1, 0, 0});
    lesson.add("loan number " + std::to_string(number), {0, 1, 0});
    lesson.add("branch number " + std::to_string(number), {0, 0, 1});
  }
  const Learned learned = learn(lesson);
  EXPECT_GT(learned.probability("my card", 0), 0.9);
  EXPECT_GT(learned.probability("a loan?", 1), 0.9);
  EXPECT_GT(learned.probability("the branch", 2), 0.9);
  EXPECT_LT(learned.course.curve.back().train_loss, 0.05);
}

// The minimum of the loss is the labels themselves; a model that took the most likely class instead would say 1.
TEST(TrainTextLinear, SoftLabelsAreLearnedAsProbabilities) {
  Lesson lesson(2);
  for (int copy = 0; copy < 200; ++copy) {
    lesson.add("left", {0.7, 0.3});
    lesson.add("right", {0.2, 0.8});
  }
  TextLinearOptions options;
  options.balance = 0.0;
  const Learned learned = learn(lesson, options);
  EXPECT_NEAR(learned.probability("left", 0), 0.7, 0.01);
  EXPECT_NEAR(learned.probability("right", 0), 0.2, 0.01);
}

TEST(TrainTextLinear, StopsWhenValidGetsNoBetterAndKeepsTheBestEpoch) {
  Lesson lesson(2), valid(2);
  for (int copy = 0; copy < 50; ++copy) {
    lesson.add("left", {1, 0});
    lesson.add("right", {0, 1});
    valid.add("left", {0.6, 0.4});
    valid.add("right", {0.4, 0.6});
  }
  TextLinearOptions options;
  options.patience = 3;
  const Learned learned = learn(lesson, valid, options);
  ASSERT_EQ(learned.course.curve.size(), static_cast<std::size_t>(learned.course.best_epoch) + 3);
  EXPECT_EQ(learned.course.stopped, "no better loss on the valid split for 3 epochs");
  const Epoch& best = learned.course.curve[static_cast<std::size_t>(learned.course.best_epoch) - 1];
  const double p = learned.probability("left", 0), q = learned.probability("right", 1);
  const double loss = -(0.6 * std::log(p) + 0.4 * std::log(1 - p) + 0.6 * std::log(q) + 0.4 * std::log(1 - q)) / 2;
  EXPECT_NEAR(*best.valid_loss, loss, 1e-5);
  EXPECT_GT(*learned.course.curve.back().valid_loss, loss + 1e-4);
  EXPECT_EQ(*best.valid_accuracy, 1.0);
}

TEST(TrainTextLinear, WithoutValidAllEpochsAreDone) {
  Lesson lesson(2);
  lesson.add("left", {1, 0});
  lesson.add("right", {0, 1});
  TextLinearOptions options;
  options.epochs = 5;
  const Learned learned = learn(lesson, options);
  EXPECT_EQ(learned.course.curve.size(), 5u);
  EXPECT_EQ(learned.course.best_epoch, 5);
  EXPECT_EQ(learned.course.stopped, "all 5 epochs done");
  EXPECT_FALSE(learned.course.curve[0].valid_loss.has_value());
}

TEST(TrainTextLinear, TheLearningRateRisesAndThenFalls) {
  Lesson lesson(2);
  for (int copy = 0; copy < 32; ++copy) lesson.add(copy % 2 ? "left" : "right", {copy % 2 ? 1.0 : 0.0, copy % 2 ? 0.0 : 1.0});
  TextLinearOptions options;
  options.epochs = 20;
  options.batch = 4;
  options.warm_up = 0.2;
  const auto curve = learn(lesson, options).course.curve;
  EXPECT_LT(curve[0].learning_rate, curve[2].learning_rate);
  EXPECT_GT(curve[5].learning_rate, curve[18].learning_rate);
  EXPECT_NEAR(curve.back().learning_rate, 0.01, 1e-9);
}

// "both" is said by 90 rows of class a and 10 of class b: without balance its probabilities are the shares, with full balance
// they are those of equally many rows of each class.
TEST(TrainTextLinear, BalanceHelpsTheRareClassAndItsAbsenceKeepsTheShares) {
  Lesson lesson(3);
  for (int copy = 0; copy < 1000; ++copy) lesson.add("both", {copy % 10 ? 1.0 : 0.0, copy % 10 ? 0.0 : 1.0, 0.0});
  TextLinearOptions options;
  options.balance = 0.0;
  EXPECT_NEAR(learn(lesson, options).probability("both", 1), 0.1, 0.01);
  options.balance = 1.0;
  const Learned balanced = learn(lesson, options);
  EXPECT_NEAR(balanced.probability("both", 1), 0.5, 0.03);
  EXPECT_LT(balanced.probability("both", 2), 0.01) << "a class without labels is not helped";
}

TEST(TrainTextLinear, GivesTheSameWeightsForAnyNumberOfThreads) {
  Lesson lesson(40);
  RandomStream stream(1, "texts");
  for (int text = 0; text < 400; ++text) {
    std::vector<double> distribution(40);
    distribution[stream.below(40)] = 1.0;
    lesson.add("word" + std::to_string(stream.below(50)) + " word" + std::to_string(stream.below(50)), distribution);
  }
  const Learned one = learn(lesson, lesson, {}, 1), two = learn(lesson, lesson, {}, 2);
  EXPECT_EQ(one.model.table(), two.model.table());
  EXPECT_EQ(one.model.bias(), two.model.bias());
  EXPECT_EQ(one.course.curve.back().train_loss, two.course.curve.back().train_loss);
}

TEST(TrainTextLinear, TheProgressCallbackEndsItByThrowing) {
  Lesson lesson(2);
  lesson.add("left", {1, 0});
  lesson.add("right", {0, 1});
  LabeledRows rows = lesson.rows();
  TextLinear model({}, {"a", "b"}, rows.counts);
  const auto cancel = [](const ProgressEvent&) { throw Error(ErrorCode::kBusy, "enough"); };
  EXPECT_THROW(train_text_linear(model, rows, LabeledRows{}, 1, cancel), Error);
}

TEST(TrainTextLinear, RefusesNoRows) {
  Lesson lesson(2);
  lesson.add("left", {1, 0});
  TextLinear model({}, {"a", "b"}, lesson.rows().counts);
  EXPECT_THROW(train_text_linear(model, LabeledRows{}, LabeledRows{}, 1, {}), Error);
}

}  // namespace
}  // namespace hone
