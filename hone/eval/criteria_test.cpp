#include "hone/eval/criteria.h"

#include <gtest/gtest.h>

#include <numeric>

#include "hone/core/error.h"
#include "hone/core/random.h"

namespace hone {
namespace {

struct Made {
  std::vector<Grade> evaluator, people;
  std::vector<std::uint32_t> rows() const {
    std::vector<std::uint32_t> all(evaluator.size());
    std::iota(all.begin(), all.end(), 0u);
    return all;
  }
  void add(std::size_t count, Grade by_evaluator, Grade by_people = Grade::kUnknown) {
    evaluator.insert(evaluator.end(), count, by_evaluator);
    people.insert(people.end(), count, by_people);
  }
  Grades grades(std::span<const std::uint32_t> clusters = {}) const { return {evaluator, people, clusters}; }
};

// The known answer of Rogan-Gladen: 660 yes of 1,000, right on 90 of 100 yes and 85 of 100 no.
Made known() {
  Made made;
  made.add(90, Grade::kYes, Grade::kYes);
  made.add(10, Grade::kNo, Grade::kYes);
  made.add(85, Grade::kNo, Grade::kNo);
  made.add(15, Grade::kYes, Grade::kNo);
  made.add(555, Grade::kYes);
  made.add(245, Grade::kNo);
  return made;
}

TEST(Criteria, CorrectsByErrorRatesWherePeopleChoseTheirRows) {
  const Made made = known();
  const CriterionCell cell = grade_criterion(made.grades(), made.rows());
  EXPECT_EQ(cell.n, 1000u);
  EXPECT_NEAR(cell.raw, 0.66, 1e-12);
  EXPECT_EQ(cell.method, "rogan_gladen");
  EXPECT_NEAR(*cell.corrected, 0.68, 1e-9);
  EXPECT_NEAR(cell.corrected_interval->low, 0.610111, 1e-6);
  EXPECT_NEAR(cell.corrected_interval->high, 0.760355, 1e-6);
  EXPECT_EQ(cell.agreement.n, 200u);
  EXPECT_NEAR(cell.agreement.observed, 0.875, 1e-12);
  EXPECT_NEAR(*cell.agreement.kappa, 0.75, 1e-12);
  ASSERT_TRUE(cell.agreement.kappa_interval);
  EXPECT_LT(cell.agreement.kappa_interval->low, 0.75);
  EXPECT_GT(cell.agreement.kappa_interval->high, 0.75);
}

TEST(Criteria, UsesPeoplesRowsAsASampleWhereTheyAreOne) {
  const Made made = known();
  const CriterionCell cell = grade_criterion(made.grades(), made.rows(), {.people_drawn_evenly = true});
  EXPECT_EQ(cell.method, "ppi");
  EXPECT_GT(*cell.corrected, 0.5);
  EXPECT_LT(*cell.corrected, 0.7);
  EXPECT_LT(cell.corrected_interval->low, *cell.corrected);
}

TEST(Criteria, SaysWhyNothingIsCorrected) {
  Made few;
  few.add(5, Grade::kYes, Grade::kYes);
  few.add(5, Grade::kNo, Grade::kNo);
  few.add(100, Grade::kYes);
  EXPECT_EQ(grade_criterion(few.grades(), few.rows()).why, NotDefined::kTooFewLabels);
  Made coin;
  for (const Grade people : {Grade::kYes, Grade::kNo}) coin.add(20, Grade::kYes, people), coin.add(20, Grade::kNo, people);
  EXPECT_EQ(grade_criterion(coin.grades(), coin.rows()).why, NotDefined::kJudgeNoBetter);
  const Made made = known();
  EXPECT_EQ(grade_criterion(made.grades(), {}).why, NotDefined::kNoItems);
  Made nobody;
  nobody.add(50, Grade::kYes);
  const CriterionCell cell = grade_criterion(nobody.grades(), nobody.rows(), {.people_drawn_evenly = true});
  EXPECT_EQ(cell.why, NotDefined::kTooFewLabels);
  EXPECT_EQ(cell.agreement.n, 0u);
  EXPECT_FALSE(cell.agreement.kappa);
}

TEST(Criteria, LooksAtItsRowsAlone) {
  const Made made = known();
  const std::vector<std::uint32_t> yes{0, 1, 2};
  const CriterionCell cell = grade_criterion(made.grades(), yes);
  EXPECT_EQ(cell.n, 3u);
  EXPECT_EQ(cell.raw, 1.0);
  EXPECT_EQ(cell.agreement.n, 3u);
  EXPECT_FALSE(cell.agreement.kappa);  // One grade alone was used.
  EXPECT_EQ(*cell.agreement.ac1, 1.0);
}

TEST(Criteria, IntervalsAreWiderWhereRowsHangTogether) {
  RandomStream random(3, "test.criteria");
  Made made;
  std::vector<std::uint32_t> clusters;
  for (std::uint32_t cluster = 0; cluster < 40; ++cluster) {
    const bool good = random.uniform() < 0.5;
    for (int row = 0; row < 10; ++row) {
      made.add(1, good ? Grade::kYes : Grade::kNo, (random.uniform() < 0.9) == good ? Grade::kYes : Grade::kNo);
      clusters.push_back(cluster);
    }
  }
  const CriterionCell alone = grade_criterion(made.grades(), made.rows()), together = grade_criterion(made.grades(clusters), made.rows());
  EXPECT_GT(together.raw_interval->high - together.raw_interval->low, 2.0 * (alone.raw_interval->high - alone.raw_interval->low));
}

TEST(Criteria, RefusesWhatDoesNotFit) {
  const Made made = known();
  const std::vector<std::uint32_t> beyond{5000};
  EXPECT_THROW(grade_criterion(made.grades(), beyond), Error);
  EXPECT_THROW(grade_criterion({made.evaluator, std::span(made.people).first(3), {}}, {}), Error);
  EXPECT_THROW(grade_criterion(made.grades(), made.rows(), {.alpha = 1.5}), Error);
}

}  // namespace
}  // namespace hone
