// One labeling function names the usual class on every row, others look for the rare classes: common practice.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "hone/core/random.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/label_model_testing.h"

namespace hone {
namespace {

struct Shape {
  std::size_t classes = 2;
  int rules = 2;          // For each rare class.
  double rare = 0.1;      // Share of all rare classes together.
  double precision = .7;  // Of a rule; they spread by 0.2 around it, up to 0.9.
  double recall = .5;     // Of a rule.
};

// Class 0 is the usual one; its default rule is source 0.
KnownVotes votes_of(const Shape& shape, std::uint64_t seed) {
  RandomStream random(seed, "test.default-rule");
  const double each = shape.rare / static_cast<double>(shape.classes - 1);
  std::vector<std::pair<int, double>> rules;  // Class, and how often it fires on another row.
  for (std::size_t id = 1; id < shape.classes; ++id)
    for (int rule = 0; rule < shape.rules; ++rule) {
      const double precision = std::clamp(shape.precision + 0.4 * (random.uniform() - 0.5), 0.5, 0.9);
      rules.emplace_back(static_cast<int>(id), shape.recall * each * (1.0 - precision) / precision / (1.0 - each));
    }
  KnownVotes known;
  for (int row = 0; row < 5000; ++row) {
    const bool rare = random.uniform() < shape.rare;
    const int truth = rare ? 1 + static_cast<int>(random.below(shape.classes - 1)) : 0;
    std::vector<int> votes{0};
    for (const auto& [id, elsewhere] : rules) votes.push_back(random.uniform() < (id == truth ? shape.recall : elsewhere) ? id : -1);
    known.rows.push_back(std::move(votes));
    known.truth.push_back(static_cast<ClassId>(truth));
  }
  return known;
}

SoftLabels labels_by(std::string_view model, const VotePatterns& votes, FitReport* report = nullptr) {
  const auto votes_of = make_label_model(model);
  votes_of->fit(votes);
  if (report != nullptr) *report = votes_of->report();
  return votes_of->predict(votes);
}

// With 15 bins of equal width.
double calibration_error(const SoftLabels& labels, const std::vector<ClassId>& truth) {
  std::vector<double> gap(15);
  for (std::size_t row = 0; row < truth.size(); ++row)
    gap[std::min<std::size_t>(14, static_cast<std::size_t>(labels.confidence(row) * 15.0))] +=
        labels.confidence(row) - (labels.hard(row) == truth[row] ? 1.0 : 0.0);
  double error = 0.0;
  for (const double its : gap) error += std::abs(its) / static_cast<double>(truth.size());
  return error;
}

struct Outcome {
  double gain = 0.0;   // Accuracy over that of the majority, which leaves ties to the usual class.
  double error = 0.0;  // Of calibration.
};

Outcome outcome_of(const Shape& shape, std::uint64_t seed) {
  const KnownVotes known = votes_of(shape, seed);
  const VotePatterns votes(votes_in_rows(known.rows, shape.classes, known.rows.front().size()));
  const SoftLabels hone = labels_by("hone", votes);
  return {share_right(hone, known.truth) - share_right(labels_by("majority", votes), known.truth), calibration_error(hone, known.truth)};
}

std::vector<Shape> shapes(int rules, double rare) {
  std::vector<Shape> all;
  for (const std::size_t classes : {2u, 3u, 5u})
    for (const double precision : {.6, .7, .8})
      for (const double recall : {.3, .6}) all.push_back({classes, rules, rare, precision, recall});
  return all;
}

// How often rules are right alone rests on an assumption where a class has one or two of them, and on few rows where they meet seldom, so
// a set may lose; on average they gain. Where rare classes hold a fifth of the rows one rule for each does not tell how many it misses.
TEST(DefaultRule, IsCalibratedAndNoWorseThanTheMajority) {
  for (const int rules : {1, 2, 3, 4, 6})
    for (const double rare : {.05, .1, .2}) {
      double gain = 0.0;
      for (const Shape& shape : shapes(rules, rare))
        for (const std::uint64_t seed : {1u, 2u}) {
          const Outcome outcome = outcome_of(shape, seed);
          const std::string words = std::to_string(shape.classes) + " classes, " + std::to_string(rules) + " rules, " +
                                    std::to_string(rare) + " rare, precision " + std::to_string(shape.precision) + ", recall " +
                                    std::to_string(shape.recall);
          gain += outcome.gain;
          EXPECT_GE(outcome.gain, -0.02) << words;
          EXPECT_LE(outcome.error, rare > .1 ? 0.155 : 0.10) << words;
        }
      EXPECT_GE(gain / 36.0, -0.001) << rules << " rules, " << rare << " rare";
    }
}

TEST(DefaultRule, IsNamed) {
  const KnownVotes known = votes_of({}, 3);
  const VotePatterns votes(votes_in_rows(known.rows, 2, 3));
  FitReport report;
  labels_by("hone", votes, &report);
  EXPECT_TRUE(report.assumed_balance);
  EXPECT_TRUE(std::ranges::any_of(report.warnings, [](const std::string& warning) {
    return warning.starts_with("'source 0' votes for one class on nearly every row");
  }));
  EXPECT_NEAR(report.class_prior[0], 0.9, 0.05);
}

bool finds_a_default(const std::vector<std::vector<int>>& rows, std::size_t sources) {
  FitReport report;
  labels_by("hone", VotePatterns(votes_in_rows(rows, 2, sources)), &report);
  return std::ranges::any_of(report.warnings,
                             [](const std::string& warning) { return warning.find("nearly every row") != std::string::npos; });
}

// Nearly all votes are not nearly all rows: what a rule does not fire on it says nothing of.
TEST(DefaultRule, IsNotFoundWhereFewRowsHaveVotes) {
  std::vector<std::vector<int>> rows;
  for (int row = 0; row < 1000; ++row) rows.push_back({row < 300 ? 0 : -1, row < 10 ? 1 : -1});
  EXPECT_FALSE(finds_a_default(rows, 2));
  rows.resize(300);
  EXPECT_TRUE(finds_a_default(rows, 2));
}

// Rules that fire on most rows but name different classes are no defaults.
TEST(DefaultRule, IsNotFoundWhereBroadRulesDisagree) {
  std::vector<std::vector<int>> rows;
  for (int row = 0; row < 200; ++row) rows.push_back({0, 1, row % 5 == 0 ? 1 : -1});
  EXPECT_FALSE(finds_a_default(rows, 3));
}

}  // namespace
}  // namespace hone
