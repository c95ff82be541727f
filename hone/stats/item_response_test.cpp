#include "hone/stats/item_response.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/complaint_testing.h"
#include "hone/core/random.h"

namespace hone {
namespace {

// Answers drawn by a known model.
struct KnownAnswers {
  std::vector<double> slopes, difficulties, abilities;
  std::vector<std::int8_t> right;

  KnownAnswers(std::size_t items, std::size_t systems, std::uint64_t seed, double ability_mean = 0.0) {
    RandomStream random(seed, "item_response_test");
    for (std::size_t item = 0; item < items; ++item) {
      slopes.push_back(0.7 + 1.2 * random.uniform());
      difficulties.push_back(1.2 * random.normal());
    }
    for (std::size_t system = 0; system < systems; ++system) abilities.push_back(ability_mean + random.normal());
    draw(random);
  }

  void draw(RandomStream& random) {
    right.clear();
    for (std::size_t item = 0; item < slopes.size(); ++item)
      for (const double ability : abilities)
        right.push_back(random.uniform() < 1.0 / (1.0 + std::exp(-slopes[item] * (ability - difficulties[item]))));
  }

  Responses responses() const { return {slopes.size(), abilities.size(), right}; }
  ItemResponseFit fit() const { return fit_item_response(responses()); }
};

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double mean_a = 0.0, mean_b = 0.0, ab = 0.0, aa = 0.0, bb = 0.0;
  for (std::size_t place = 0; place < a.size(); ++place) mean_a += a[place], mean_b += b[place];
  mean_a /= static_cast<double>(a.size());
  mean_b /= static_cast<double>(b.size());
  for (std::size_t place = 0; place < a.size(); ++place) {
    ab += (a[place] - mean_a) * (b[place] - mean_b);
    aa += (a[place] - mean_a) * (a[place] - mean_a);
    bb += (b[place] - mean_b) * (b[place] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

// With 400 systems an item's difficulty is known to about 0.15 and its slope to 0.15; the root of the mean square over 100 items is held to
// some more. Stopping after a sweep or two, or fitting one parameter alone, misses both.
TEST(ItemResponse, FindsTheParametersThatMadeTheAnswers) {
  const KnownAnswers known(100, 400, 20260101);
  const ItemResponseFit fit = known.fit();
  ASSERT_TRUE(fit.converged);
  double slopes = 0.0, difficulties = 0.0, mean = 0.0, deviation = 0.0;
  for (const double ability : known.abilities) mean += ability / 400.0;
  for (const double ability : known.abilities) deviation += (ability - mean) * (ability - mean) / 400.0;
  deviation = std::sqrt(deviation);  // Abilities are told on a scale of mean 0 and deviation 1.
  for (std::size_t item = 0; item < 100; ++item) {
    const double slope = known.slopes[item] * deviation, difficulty = (known.difficulties[item] - mean) / deviation;
    slopes += std::pow(fit.items[item].slope - slope, 2) / 100.0;
    difficulties += std::pow(fit.items[item].difficulty().value() - difficulty, 2) / 100.0;
  }
  EXPECT_LT(std::sqrt(slopes), 0.2);
  EXPECT_LT(std::sqrt(difficulties), 0.25);
}

TEST(ItemResponse, OrdersAFewSystemsAndManyItems) {
  const KnownAnswers known(2000, 6, 3);
  const ItemResponseFit fit = known.fit();
  ASSERT_TRUE(fit.converged);
  std::vector<double> abilities;
  for (const SystemAbility& system : fit.systems) abilities.push_back(system.value);
  EXPECT_GT(correlation(abilities, known.abilities), 0.99);
}

// Of ten systems the better five are wrong and the others right on a twentieth of the items: as wrong gold makes it.
TEST(ItemResponse, GivesItemsOfWrongGoldANegativeDiscrimination) {
  KnownAnswers known(400, 10, 5);
  const std::vector<double> abilities = {-1.8, -1.2, -0.8, -0.4, -0.1, 0.2, 0.5, 0.9, 1.3, 1.9};
  known.abilities = abilities;
  for (std::size_t item = 0; item < 400; item += 20) known.slopes[item] = -2.0, known.difficulties[item] = 0.0;
  RandomStream random(6, "item_response_test");
  known.draw(random);
  const ItemResponseFit fit = known.fit();
  int found = 0, false_alarms = 0;
  for (std::size_t item = 0; item < 400; ++item) {
    const bool is_negative = fit.items[item].slope < 0.0;
    (item % 20 == 0 ? found : false_alarms) += is_negative;
    EXPECT_EQ(is_negative, fit.items[item].chance_negative() > 0.5);
  }
  EXPECT_GE(found, 18);
  EXPECT_LE(false_alarms, 8);  // Of 380.
}

TEST(ItemResponse, LeavesOutAnswersThatWereNotAsked) {
  KnownAnswers known(300, 40, 7);
  RandomStream random(8, "item_response_test");
  for (std::int8_t& answer : known.right)
    if (random.uniform() < 0.3) answer = -1;
  const ItemResponseFit fit = known.fit();
  std::vector<double> abilities;
  for (const SystemAbility& system : fit.systems) abilities.push_back(system.value);
  EXPECT_TRUE(fit.converged);
  EXPECT_GT(correlation(abilities, known.abilities), 0.97);
  EXPECT_LT(fit.items[0].asked, 40u);
}

TEST(ItemResponse, SaysHowSureItIs) {
  const KnownAnswers few(200, 8, 9), many(200, 200, 9);
  double with_few = 0.0, with_many = 0.0;
  for (const ItemParameters& item : few.fit().items) with_few += item.slope_error;
  for (const ItemParameters& item : many.fit().items) with_many += item.slope_error;
  EXPECT_GT(with_few, 2.0 * with_many);
}

TEST(ItemResponse, RefusesTooFewSystemsAndSystemsThatDoAlike) {
  const std::vector<std::int8_t> answers(60, 1);
  EXPECT_NE(complaint_of(ErrorCode::kInvalidArgument,
                         [&] {
                           fit_item_response({15, 4, answers});
                         })
                .find("5 systems or more"),
            std::string::npos);
  EXPECT_NE(complaint_of(ErrorCode::kInvalidArgument, [&] { fit_item_response({12, 5, answers}); }).find("do alike"), std::string::npos);
}

// The same fifty anchors asked of systems that are better by 0.8, each group told on a scale of its own.
TEST(ItemResponse, LinksTwoScalesByTheirAnchors) {
  KnownAnswers old(50, 400, 11), better = old;
  for (double& ability : better.abilities) ability += 0.8;
  RandomStream random(12, "item_response_test");
  better.draw(random);
  double deviation = 0.0, mean = 0.0;  // Of the old group, in which its scale is told.
  for (const double ability : old.abilities) mean += ability / 400.0;
  for (const double ability : old.abilities) deviation += (ability - mean) * (ability - mean) / 400.0;
  deviation = std::sqrt(deviation);
  const auto link = link_scales(better.fit().items, old.fit().items);
  ASSERT_TRUE(link);
  EXPECT_NEAR(link->slope, 1.0, 0.08);
  EXPECT_NEAR(link->shift, 0.8 / deviation, 0.08);
  EXPECT_NEAR(link->linked(0.0), link->shift, 1e-12);
  EXPECT_EQ(link->anchors, 50u);
}

TEST(ItemResponse, LinksAScaleToItselfByNothing) {
  const auto items = KnownAnswers(30, 60, 13).fit().items;
  const auto link = link_scales(items, items);
  ASSERT_TRUE(link);
  EXPECT_NEAR(link->slope, 1.0, 1e-6);
  EXPECT_NEAR(link->shift, 0.0, 1e-6);
}

TEST(ItemResponse, LinksNothingByAFewAnchors) {
  const std::vector<ItemParameters> anchors(4);
  EXPECT_FALSE(link_scales(anchors, anchors));
}

}  // namespace
}  // namespace hone
