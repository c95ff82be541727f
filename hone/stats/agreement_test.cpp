#include "hone/stats/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

struct MadeRatings {
  std::vector<std::uint32_t> unit_of;
  std::vector<ClassNumber> given;

  Ratings of(std::size_t classes) const { return {unit_of, given, classes}; }
};

// Two raters, as often together as a table says.
MadeRatings ratings_of_table(const std::vector<double>& table, std::size_t classes) {
  MadeRatings made;
  std::uint32_t unit = 0;
  for (std::size_t cell = 0; cell < table.size(); ++cell)
    for (int copy = 0; copy < static_cast<int>(table[cell]); ++copy, ++unit)
      for (const std::size_t given : {cell / classes, cell % classes}) {
        made.unit_of.push_back(unit);
        made.given.push_back(static_cast<ClassNumber>(given));
      }
  return made;
}

// A text per rater, a letter per unit: classes from '1'.
MadeRatings ratings_of_texts(const std::vector<std::string_view>& raters) {
  MadeRatings made;
  for (const std::string_view rater : raters)
    for (std::uint32_t unit = 0; unit < rater.size(); ++unit)
      if (rater[unit] != '.') {
        made.unit_of.push_back(unit);
        made.given.push_back(static_cast<ClassNumber>(rater[unit] - '1'));
      }
  return made;
}

const std::vector<double> kTable{45, 5, 2, 4, 20, 6, 1, 3, 14}, kSkewed{90, 5, 5, 0};

TEST(Kappa, GivesTheKnownAnswers) {
  const auto kappa = cohen_kappa(kTable);
  EXPECT_NEAR(kappa->value, 0.659312, kDigits);
  EXPECT_NEAR(kappa->standard_error, 0.064111, kDigits);
  EXPECT_NEAR(kappa->observed, 0.79, 1e-12);
  EXPECT_NEAR(*weighted_kappa(kTable, Distance::kNominal), 0.659312, kDigits);
  EXPECT_NEAR(*weighted_kappa(kTable, Distance::kLinear), 0.707602, kDigits);
  EXPECT_NEAR(*weighted_kappa(kTable, Distance::kQuadratic), 0.756018, kDigits);
  EXPECT_NEAR(cohen_kappa(kSkewed)->value, -0.052632, kDigits);
}

TEST(Agreement, GivesTheKnownAnswersOfTwoRaters) {
  const MadeRatings made = ratings_of_table(kTable, 3), skewed = ratings_of_table(kSkewed, 2);
  EXPECT_NEAR(gwet_ac1(made.of(3))->value, 0.696576, kDigits);
  EXPECT_NEAR(gwet_ac1(made.of(3))->observed, 0.79, 1e-12);
  EXPECT_NEAR(*krippendorff_alpha(made.of(3), Distance::kNominal), 0.660685, kDigits);
  EXPECT_NEAR(*krippendorff_alpha(made.of(3), Distance::kOrdinal), 0.769175, kDigits);
  EXPECT_NEAR(*krippendorff_alpha(made.of(3), Distance::kQuadratic), 0.756882, kDigits);
  EXPECT_NEAR(*krippendorff_alpha(skewed.of(2), Distance::kNominal), -0.047368, kDigits);
  EXPECT_NEAR(gwet_ac1(skewed.of(2))->value, 0.889503, kDigits);
}

TEST(Agreement, GivesTheKnownAnswersOfFourRatersWithGaps) {
  const MadeRatings made = ratings_of_texts({"123321412...", "1233224125.3", ".3332342251.", "12332441251."});
  EXPECT_NEAR(*krippendorff_alpha(made.of(5), Distance::kNominal), 0.743421, kDigits);
  EXPECT_NEAR(*krippendorff_alpha(made.of(5), Distance::kOrdinal), 0.815388, kDigits);
  EXPECT_NEAR(*krippendorff_alpha(made.of(5), Distance::kQuadratic), 0.849107, kDigits);
  EXPECT_NEAR(gwet_ac1(made.of(5))->value, 0.775444, kDigits);
}

TEST(Agreement, TakesTheValuesOfClasses) {
  const MadeRatings made = ratings_of_texts({"1122", "1222"});
  const std::vector<double> values{10, 30}, three{1, 2, 3};
  EXPECT_NEAR(*krippendorff_alpha(made.of(2), Distance::kQuadratic, values), *krippendorff_alpha(made.of(2), Distance::kNominal), 1e-12);
  EXPECT_THROW(krippendorff_alpha(made.of(2), Distance::kQuadratic, three), Error);
}

TEST(Agreement, OfOneClassIsOnlyAc1) {
  const MadeRatings made = ratings_of_texts({"1111", "1111"});
  EXPECT_EQ(krippendorff_alpha(made.of(2), Distance::kNominal).why(), NotDefined::kOneClass);
  EXPECT_EQ(gwet_ac1(made.of(2))->value, 1.0);
  EXPECT_EQ(gwet_ac1(made.of(2))->observed, 1.0);
  EXPECT_EQ(cohen_kappa(std::vector<double>{9, 0, 0, 0}).why(), NotDefined::kOneClass);
  EXPECT_EQ(weighted_kappa(std::vector<double>{9, 0, 0, 0}, Distance::kLinear).why(), NotDefined::kOneClass);
}

TEST(Agreement, NeedsAUnitRatedTwice) {
  const MadeRatings made = ratings_of_texts({"12..", "..12"});
  EXPECT_EQ(krippendorff_alpha(made.of(2), Distance::kNominal).why(), NotDefined::kNoOverlap);
  EXPECT_EQ(gwet_ac1(made.of(2)).why(), NotDefined::kNoOverlap);
  EXPECT_EQ(gwet_ac1({{}, {}, 2}).why(), NotDefined::kNoOverlap);
  EXPECT_EQ(cohen_kappa(std::vector<double>(4, 0.0)).why(), NotDefined::kNoItems);
  EXPECT_EQ(weighted_kappa(std::vector<double>(4, 0.0), Distance::kLinear).why(), NotDefined::kNoItems);
}

// The bootstrap's half width is near 1.96 standard errors for many units: by 8 % over seeds and tables of this size.
TEST(AgreementInterval, IsAsWideAsTheStandardErrorSays) {
  const MadeRatings made = ratings_of_table(kTable, 3);
  std::vector<ClassNumber> first, second;
  for (std::size_t rating = 0; rating < made.given.size(); rating += 2) {
    first.push_back(made.given[rating]);
    second.push_back(made.given[rating + 1]);
  }
  EXPECT_EQ(rater_table(first, second, 3), kTable);
  const auto interval = agreement_interval(table_cells(first, second, 3), kappa_metric(Distance::kNominal), {.replicates = 4000});
  ASSERT_TRUE(interval);
  EXPECT_NEAR((interval->high - interval->low) / (2.0 * 1.96 * 0.064111), 1.0, 0.08);
  const auto alpha = agreement_interval(rating_cells(made.of(3)), alpha_metric(3, Distance::kNominal), {.replicates = 4000});
  EXPECT_NEAR(alpha->high - alpha->low, interval->high - interval->low, 0.02);
  const auto ac1 = agreement_interval(rating_cells(made.of(3)), ac1_metric(3), {.replicates = 4000});
  EXPECT_LT(ac1->low, 0.696576);
  EXPECT_GT(ac1->high, 0.696576);
}

TEST(AgreementInterval, NeedsThirtyUnitsAndSpread) {
  const MadeRatings few = ratings_of_table({10, 5, 5, 9}, 2), alike = ratings_of_table({20, 0, 0, 20}, 2);
  EXPECT_EQ(agreement_interval(rating_cells(few.of(2)), ac1_metric(2)).why(), NotDefined::kTooFewItems);
  EXPECT_EQ(agreement_interval(rating_cells(alike.of(2)), alpha_metric(2, Distance::kNominal)).why(), NotDefined::kNoSpread);
  const MadeRatings one = ratings_of_table({39, 0, 0, 1}, 2);
  EXPECT_EQ(agreement_interval(rating_cells(one.of(2)), alpha_metric(2, Distance::kNominal)).why(), NotDefined::kTooManyUndefined);
}

TEST(Agreement, RefusesWhatCannotBe) {
  const MadeRatings made = ratings_of_texts({"13", "12"});
  EXPECT_THROW(gwet_ac1(made.of(2)), Error);
  EXPECT_THROW(gwet_ac1(made.of(1)), Error);
  EXPECT_THROW(krippendorff_alpha(made.of(3), Distance::kLinear), Error);
  EXPECT_THROW(weighted_kappa(kTable, Distance::kOrdinal), Error);
  EXPECT_THROW(kappa_metric(Distance::kOrdinal), Error);
  EXPECT_THROW(rater_table(std::vector<ClassNumber>{0}, {}, 2), Error);
  EXPECT_THROW(rating_cells(made.of(3), std::vector<std::uint32_t>{0}), Error);
}

}  // namespace
}  // namespace hone
