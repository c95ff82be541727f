#include "hone/stats/bradley_terry.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/stats/digits_testing.h"

namespace hone {
namespace {

struct Record {
  std::uint32_t i, j;
  int wins, losses, ties;
};

// Each comparison is a prompt of its own.
std::vector<PairJudgement> judgements_of(const std::vector<Record>& records) {
  std::vector<PairJudgement> made;
  const auto add = [&made](const Record& record, PairOutcome outcome, int times) {
    for (int each = 0; each < times; ++each) made.push_back({record.i, record.j, outcome, static_cast<std::uint32_t>(made.size())});
  };
  for (const Record& record : records) {
    add(record, PairOutcome::kWin, record.wins);
    add(record, PairOutcome::kLoss, record.losses);
    add(record, PairOutcome::kTie, record.ties);
  }
  return made;
}

const std::vector<Record> kThreeModels{{0, 1, 12, 6, 2}, {0, 2, 15, 3, 2}, {1, 2, 11, 7, 2}};

// The known errors come without the factor for few prompts.
double plain_error(const PairwiseFit& fit, std::size_t model) {
  const double prompts = static_cast<double>(fit.prompts);
  return fit.standard_error(model, 0) * std::sqrt((prompts - 1.0) / prompts);
}

TEST(BradleyTerry, GivesTheKnownAnswers) {
  const auto judgements = judgements_of(kThreeModels);
  const PairwiseFit fit = fit_bradley_terry({3, judgements});
  ASSERT_TRUE(fit.converged);
  EXPECT_NEAR(fit.strengths[0], 0.656017, kDigits);
  EXPECT_NEAR(fit.strengths[1], -0.073321, kDigits);
  EXPECT_NEAR(fit.strengths[2], -0.582696, kDigits);
  EXPECT_NEAR(fit.strengths[1] - fit.strengths[0], -0.729338, kDigits);
  EXPECT_NEAR(fit.strengths[2] - fit.strengths[0], -1.238713, kDigits);
  EXPECT_NEAR(plain_error(fit, 1), 0.374962, kDigits);
  EXPECT_NEAR(plain_error(fit, 2), 0.381109, kDigits);
  EXPECT_EQ(fit.used, 60u);
  EXPECT_EQ(fit.prompts, 60u);
}

TEST(Davidson, GivesTheKnownAnswers) {
  const auto judgements = judgements_of(kThreeModels);
  const PairwiseFit fit = fit_davidson({3, judgements});
  ASSERT_TRUE(fit.converged);
  EXPECT_NEAR(fit.strengths[1] - fit.strengths[0], -0.824436, kDigits);
  EXPECT_NEAR(fit.strengths[2] - fit.strengths[0], -1.400038, kDigits);
  EXPECT_NEAR(fit.tie, 0.249157, kDigits);
  EXPECT_NEAR(fit.model_error(1, 0), 0.4236, 5.1e-5);
  EXPECT_NEAR(fit.model_error(2, 0), 0.4509, 5.1e-5);
}

TEST(Davidson, WithoutTiesIsBradleyTerry) {
  const auto judgements = judgements_of({{0, 1, 12, 6, 0}, {0, 2, 15, 3, 0}, {1, 2, 11, 7, 0}});
  const PairwiseFit ties = fit_davidson({3, judgements}), plain = fit_bradley_terry({3, judgements});
  EXPECT_EQ(ties.tie, 0.0);
  for (std::size_t model = 0; model < 3; ++model) EXPECT_NEAR(ties.strengths[model], plain.strengths[model], 1e-9);
}

TEST(BradleyTerry, DoesNotDependOnWhichIsWrittenFirst) {
  const auto judgements = judgements_of(kThreeModels);
  std::vector<PairJudgement> turned;
  std::vector<double> lengths, turned_lengths;
  RandomStream draw(20260101, "bradley_terry.test");
  for (const PairJudgement& each : judgements) {
    lengths.push_back(draw.normal());
    const auto outcome = each.outcome == PairOutcome::kTie   ? PairOutcome::kTie
                         : each.outcome == PairOutcome::kWin ? PairOutcome::kLoss
                                                             : PairOutcome::kWin;
    const bool turn = draw.uniform() < 0.5;
    turned.push_back(turn ? PairJudgement{each.j, each.i, outcome, each.prompt} : each);
    turned_lengths.push_back(turn ? -lengths.back() : lengths.back());
  }
  const PairwiseFit one = fit_bradley_terry({3, judgements, lengths, 1}), other = fit_bradley_terry({3, turned, turned_lengths, 1});
  EXPECT_NEAR(*one.covariates[0], *other.covariates[0], 1e-9);
  for (std::size_t model = 0; model < 3; ++model) {
    EXPECT_NEAR(one.strengths[model], other.strengths[model], 1e-9);
    EXPECT_NEAR(one.standard_error(model), other.standard_error(model), 1e-9);
  }
}

// Strengths 0.8, 0.1, -0.3, -0.6, and 0.5 for being shown first; over 40 seeds they spread by up to 0.038, and the covariate by 0.024. The
// bounds are four of them.
TEST(BradleyTerry, FindsTheStrengthsThatMadeTheWins) {
  const std::array strengths{0.8, 0.1, -0.3, -0.6};
  RandomStream draw(20260101, "bradley_terry.test");
  std::vector<PairJudgement> judgements;
  std::vector<double> first;
  for (std::uint32_t prompt = 0; prompt < 2000; ++prompt)
    for (int pair = 0; pair < 3; ++pair) {
      const auto i = static_cast<std::uint32_t>(draw.below(4)), j = (i + 1 + static_cast<std::uint32_t>(draw.below(3))) % 4;
      first.push_back(draw.uniform() < 0.5 ? 1.0 : -1.0);
      const double p = 1.0 / (1.0 + std::exp(strengths[j] - strengths[i] - 0.5 * first.back()));
      judgements.push_back({i, j, draw.uniform() < p ? PairOutcome::kWin : PairOutcome::kLoss, prompt});
    }
  const PairwiseFit fit = fit_bradley_terry({4, judgements, first, 1});
  for (std::size_t model = 0; model < 4; ++model) EXPECT_NEAR(fit.strengths[model], strengths[model], 0.152) << model;
  EXPECT_NEAR(*fit.covariates[0], 0.5, 0.096);
  const auto ranks = rank_intervals(fit);
  EXPECT_EQ(ranks[0].best, 1u);
  EXPECT_EQ(ranks[0].worst, 1u);
  EXPECT_EQ(ranks[3].worst, 4u);
}

TEST(BradleyTerry, SaysWhichModelsHaveNoFiniteStrength) {
  // 3 never lost, 4 never won, 5 and 6 met only each other, 7 met nobody; 8 lost to 3 alone and beat a ranked one.
  auto records = kThreeModels;
  records.insert(records.end(), {{3, 0, 4, 0, 0}, {4, 1, 0, 5, 0}, {5, 6, 2, 2, 0}, {8, 3, 0, 1, 0}, {8, 2, 2, 0, 0}});
  const auto judgements = judgements_of(records);
  const PairwiseFit fit = fit_bradley_terry({9, judgements});
  using enum Ranked;
  EXPECT_EQ(fit.ranked, (std::vector<Ranked>{kRanked, kRanked, kRanked, kNeverLost, kNeverWon, kNoCommonOpponents, kNoCommonOpponents,
                                             kNoCommonOpponents, kNeverLost}));
  EXPECT_EQ(fit.used, 60u);
  EXPECT_NEAR(fit.strengths[0], 0.656017, kDigits);
  EXPECT_EQ(rank_intervals(fit)[3].best, 0u);
  EXPECT_EQ(to_string(kNoCommonOpponents), "no_common_opponents");
}

TEST(BradleyTerry, OfNothingRanksNobody) {
  EXPECT_EQ(fit_bradley_terry({2, {}}).ranked, (std::vector<Ranked>(2, Ranked::kNoCommonOpponents)));
  const auto judgements = judgements_of({{0, 1, 5, 0, 0}});
  EXPECT_EQ(fit_bradley_terry({2, judgements}).ranked, (std::vector<Ranked>{Ranked::kNeverLost, Ranked::kNeverWon}));
}

TEST(BradleyTerry, DropsACovariateThatSaysNothing) {
  const auto judgements = judgements_of(kThreeModels);
  std::vector<double> covariates;
  for (const PairJudgement& each : judgements) {
    covariates.push_back(0.0);
    covariates.push_back(each.i == 0 ? 1.0 : 0.0);  // Nothing but model 0.
  }
  const PairwiseFit fit = fit_bradley_terry({3, judgements, covariates, 2});
  EXPECT_FALSE(fit.covariates[0]);
  EXPECT_FALSE(fit.covariates[1]);
  EXPECT_NEAR(fit.strengths[0], 0.656017, kDigits);
  EXPECT_NEAR(plain_error(fit, 1), 0.374962, kDigits);
}

TEST(BradleyTerry, OfOnePromptHasNoErrors) {
  auto judgements = judgements_of(kThreeModels);
  for (PairJudgement& each : judgements) each.prompt = 7;
  const PairwiseFit fit = fit_bradley_terry({3, judgements});
  EXPECT_EQ(fit.prompts, 1u);
  EXPECT_EQ(fit.standard_error(1, 0), 0.0);
  EXPECT_EQ(rank_intervals(fit)[0].worst, 3u);
}

TEST(BradleyTerry, RanksAreAsWideAsTheyAreUnsure) {
  const auto judgements = judgements_of(kThreeModels);
  const auto ranks = rank_intervals(fit_bradley_terry({3, judgements}));
  EXPECT_EQ(ranks[0].best, 1u);
  EXPECT_EQ(ranks[0].worst, 2u);
  EXPECT_EQ(ranks[1].best, 1u);
  EXPECT_EQ(ranks[1].worst, 3u);
  EXPECT_EQ(ranks[2].best, 2u);
  EXPECT_EQ(ranks[2].worst, 3u);
}

TEST(BradleyTerry, RefusesWhatCannotBe) {
  const std::vector<PairJudgement> other{{0, 5, PairOutcome::kWin, 0}}, self{{1, 1, PairOutcome::kWin, 0}},
      fine{{0, 1, PairOutcome::kTie, 0}};
  const std::vector<double> broken{std::nan("")};
  EXPECT_THROW(fit_bradley_terry({3, other}), Error);
  EXPECT_THROW(fit_bradley_terry({3, self}), Error);
  EXPECT_THROW(fit_bradley_terry({3, fine, broken, 1}), Error);
  EXPECT_THROW(fit_bradley_terry({3, fine, broken, 2}), Error);
  EXPECT_THROW(rank_intervals(fit_bradley_terry({3, fine}), 0.0), Error);
}

TEST(PositionBias, GivesTheKnownAnswers) {
  const auto bias = position_bias({.consistent = 65, .first_both = 28, .second_both = 7});
  EXPECT_NEAR(bias->consistency, 0.65, 1e-12);
  expect_interval(bias->interval, 0.552544, 0.736358);
  EXPECT_NEAR(bias->p, 0.000313, kDigits);
  EXPECT_FALSE(position_bias({}));
}

// A judge that leans half as far as the others whoever wrote the answer: its family's good answers get less than their due, but so would
// anyone's.
TEST(SelfPreference, OfAWeakJudgeIsInTheBaseline) {
  RandomStream draw(20260101, "self_preference.test");
  std::vector<OwnFamilyPair> weak, partial;
  for (std::uint32_t prompt = 0; prompt < 2000; ++prompt) {
    const double others = draw.uniform() < 0.7 ? 0.9 : 0.1, own = 0.5 + 0.5 * (others - 0.5);
    weak.push_back({prompt, own, others});
    partial.push_back({prompt, own + 0.1, others});
  }
  const auto seen = self_preference(weak), biased = self_preference(partial);
  EXPECT_LT(seen->raw, -0.05);
  EXPECT_NEAR(seen->difference, 0.0, 1e-9);
  EXPECT_NEAR(seen->raw, seen->baseline, 1e-9);
  // Owners of the preferred answer 70 to 30: of a bias of 0.1, 4 * 0.7 * 0.3 is told from weakness.
  EXPECT_NEAR(biased->difference, 0.084, 0.005);
  EXPECT_GT(biased->interval->low, 0.07);
}

TEST(SelfPreference, OfNothingIsNoneAndRefusesWhatIsNoShare) {
  EXPECT_FALSE(self_preference({}));
  EXPECT_THROW(self_preference(std::vector<OwnFamilyPair>{{0, 1.5, 0.5}}), Error);
  EXPECT_THROW(self_preference(std::vector<OwnFamilyPair>{{0, 0.5, std::nan("")}}), Error);
}

}  // namespace
}  // namespace hone
