// Rests on:
//   R. A. Bradley, M. E. Terry: Rank Analysis of Incomplete Block Designs. Biometrika 39, 1952.
//   L. R. Ford: Solution of a Ranking Problem from Binary Comparisons. American Mathematical Monthly 64, 1957 (when strengths are finite).
//   R. R. Davidson: On Extending the Bradley-Terry Model to Accommodate Ties in Paired Comparison Experiments. JASA 65, 1970.
//   P. J. Huber: The Behavior of Maximum Likelihood Estimates under Nonstandard Conditions. 1967 (the sandwich; here over prompts).
// Departs in dropping covariates that add nothing, instead of leaving them to the ridge.
#include "hone/stats/bradley_terry.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/linear_internal.h"
#include "hone/stats/multiple.h"
#include "hone/stats/paired.h"
#include "hone/stats/quantiles_internal.h"

namespace hone {
namespace {

constexpr double kCovariateRidge = 1e-6;
constexpr int kNewtonSteps = 100;
constexpr int kStepHalvings = 30;

void check_data(const PairwiseData& data) {
  for (const PairJudgement& each : data.judgements) {
    if (each.i >= data.models || each.j >= data.models)
      throw Error(ErrorCode::kInvalidArgument,
                  "model " + std::to_string(std::max(each.i, each.j)) + " is none of " + std::to_string(data.models));
    if (each.i == each.j) throw Error(ErrorCode::kInvalidArgument, "model " + std::to_string(each.i) + " is compared with itself");
  }
  check_same_length(data.covariates.size(), data.judgements.size() * data.covariate_count, "covariates, and judgements times covariates,");
  check_finite(data.covariates, "covariates");
}

// Who can be reached from `start` by steps from a model to those in `to`.
std::vector<bool> reached(std::size_t start, const std::vector<std::vector<std::uint32_t>>& to) {
  std::vector<bool> seen(to.size(), false);
  std::vector<std::size_t> open{start};
  seen[start] = true;
  while (!open.empty()) {
    const std::size_t model = open.back();
    open.pop_back();
    for (const std::uint32_t next : to[model])
      if (!seen[next]) {
        seen[next] = true;
        open.push_back(next);
      }
  }
  return seen;
}

// A tie goes both ways.
struct WinGraph {
  explicit WinGraph(const PairwiseData& data) : beaten(data.models), beaten_by(data.models) {
    for (const PairJudgement& each : data.judgements) {
      if (each.outcome != PairOutcome::kLoss) add(each.i, each.j);
      if (each.outcome != PairOutcome::kWin) add(each.j, each.i);
    }
  }

  void add(std::uint32_t winner, std::uint32_t loser) {
    beaten[winner].push_back(loser);
    beaten_by[loser].push_back(winner);
  }

  // Those that reach `model` and are reached from it.
  std::vector<bool> group_of(std::size_t model) const {
    std::vector<bool> group = reached(model, beaten);
    const std::vector<bool> back = reached(model, beaten_by);
    for (std::size_t each = 0; each < group.size(); ++each) group[each] = group[each] && back[each];
    return group;
  }

  std::vector<std::vector<std::uint32_t>> beaten, beaten_by;
};

// The largest group within which all strengths are finite, the first of equally large ones.
std::vector<bool> largest_group(const WinGraph& graph) {
  std::vector<bool> largest(graph.beaten.size(), false), placed(graph.beaten.size(), false);
  std::ptrdiff_t most = 0;
  for (std::size_t model = 0; model < placed.size(); ++model) {
    if (placed[model]) continue;
    const std::vector<bool> group = graph.group_of(model);
    for (std::size_t each = 0; each < placed.size(); ++each) placed[each] = placed[each] || group[each];
    if (const auto size = std::ranges::count(group, true); size > most) {
      most = size;
      largest = group;
    }
  }
  if (most < 2) largest.assign(largest.size(), false);  // Nobody to be ranked against.
  return largest;
}

std::vector<Ranked> ranks_of(const PairwiseData& data) {
  const WinGraph graph(data);
  const std::vector<bool> group = largest_group(graph);
  std::vector<Ranked> ranked(data.models, Ranked::kRanked);
  for (std::size_t model = 0; model < data.models; ++model) {
    if (group[model]) continue;
    const bool compared = !graph.beaten[model].empty() || !graph.beaten_by[model].empty();
    ranked[model] = !compared                        ? Ranked::kNoCommonOpponents
                    : graph.beaten_by[model].empty() ? Ranked::kNeverLost
                    : graph.beaten[model].empty()    ? Ranked::kNeverWon
                                                     : Ranked::kNoCommonOpponents;
  }
  // Who lost only to models that are not ranked themselves, or won only of these, never lost or won among those that are.
  const std::vector<bool> above = std::ranges::count(group, true) > 0
                                      ? reached(static_cast<std::size_t>(std::ranges::find(group, true) - group.begin()), graph.beaten_by)
                                      : std::vector<bool>(data.models, false);
  const std::vector<bool> below = std::ranges::count(group, true) > 0
                                      ? reached(static_cast<std::size_t>(std::ranges::find(group, true) - group.begin()), graph.beaten)
                                      : std::vector<bool>(data.models, false);
  for (std::size_t model = 0; model < data.models; ++model) {
    if (ranked[model] != Ranked::kNoCommonOpponents) continue;
    if (above[model]) ranked[model] = Ranked::kNeverLost;
    if (below[model]) ranked[model] = Ranked::kNeverWon;
  }
  return ranked;
}

// One judgement as the model sees it: the places of its parameters and what they are multiplied by. The first ranked model is fixed at 0.
struct PairRow {
  std::vector<std::size_t> places;
  std::vector<double> values;
  PairOutcome outcome = PairOutcome::kTie;
  std::uint32_t prompt = 0;

  double linear(std::span<const double> parameters) const {
    double sum = 0.0;
    for (std::size_t each = 0; each < places.size(); ++each) sum += values[each] * parameters[places[each]];
    return sum;
  }
};

struct PairRows {
  std::vector<PairRow> rows;
  std::vector<std::size_t> models;      // Those ranked, ascending.
  std::vector<std::size_t> covariates;  // Those kept, ascending.
  std::size_t parameters = 0;           // Strengths but the first, then covariates.
};

PairRows rows_of(const PairwiseData& data, const std::vector<Ranked>& ranked, bool with_covariates) {
  PairRows result;
  std::vector<std::size_t> place(data.models, 0);
  for (std::size_t model = 0; model < data.models; ++model)
    if (ranked[model] == Ranked::kRanked) {
      place[model] = result.models.size();
      result.models.push_back(model);
    }
  const std::size_t strengths = result.models.empty() ? 0 : result.models.size() - 1, kept = with_covariates ? data.covariate_count : 0;
  for (std::size_t judgement = 0; judgement < data.judgements.size(); ++judgement) {
    const PairJudgement& each = data.judgements[judgement];
    if (ranked[each.i] != Ranked::kRanked || ranked[each.j] != Ranked::kRanked) continue;
    PairRow row{.places = {}, .values = {}, .outcome = each.outcome, .prompt = each.prompt};
    const auto add = [&row](std::size_t where, double value) {
      row.places.push_back(where);
      row.values.push_back(value);
    };
    if (place[each.i] > 0) add(place[each.i] - 1, 1.0);
    if (place[each.j] > 0) add(place[each.j] - 1, -1.0);
    for (std::size_t covariate = 0; covariate < kept; ++covariate)
      add(strengths + covariate, data.covariates[judgement * data.covariate_count + covariate]);
    result.rows.push_back(std::move(row));
  }
  for (std::size_t covariate = 0; covariate < kept; ++covariate) result.covariates.push_back(covariate);
  result.parameters = strengths + kept;
  return result;
}

// Covariates that say nothing the strengths, or covariates before them, do not say.
void drop_dependent(PairRows& rows) {
  SquareMatrix gram(rows.parameters);
  for (const PairRow& row : rows.rows) gram.add_outer(row.places, row.values, 1.0);
  const std::vector<bool> dependent = dependent_columns(gram);
  const std::size_t strengths = rows.parameters - rows.covariates.size();
  std::vector<std::optional<std::size_t>> moved(rows.parameters);
  std::vector<std::size_t> kept;
  std::size_t next = 0;
  for (std::size_t parameter = 0; parameter < rows.parameters; ++parameter) {
    if (parameter >= strengths && dependent[parameter]) continue;
    moved[parameter] = next++;
    if (parameter >= strengths) kept.push_back(rows.covariates[parameter - strengths]);
  }
  for (PairRow& row : rows.rows) {
    std::size_t place = 0;
    for (std::size_t each = 0; each < row.places.size(); ++each)
      if (moved[row.places[each]]) {
        row.places[place] = *moved[row.places[each]];
        row.values[place++] = row.values[each];
      }
    row.places.resize(place);
    row.values.resize(place);
  }
  rows.covariates = kept;
  rows.parameters = next;
}

// What one judgement adds to the likelihood, by its linear predictor and, with Davidson, ln nu.
struct RowSlopes {
  double likelihood = 0.0;
  double linear = 0.0, tie = 0.0;                      // First derivatives.
  double linear2 = 0.0, tie2 = 0.0, linear_tie = 0.0;  // Second ones, negative.
};

RowSlopes bradley_terry_slopes(double linear, PairOutcome outcome) {
  const double y = outcome == PairOutcome::kWin ? 1.0 : outcome == PairOutcome::kTie ? 0.5 : 0.0;
  const double p = 1.0 / (1.0 + std::exp(-linear));
  const double log_one_plus = linear > 0.0 ? linear + std::log1p(std::exp(-linear)) : std::log1p(std::exp(linear));
  return {.likelihood = y * linear - log_one_plus, .linear = y - p, .linear2 = p * (1.0 - p)};
}

// With u = linear / 2: P(win) ~ e^u, P(loss) ~ e^-u, P(tie) ~ nu.
RowSlopes davidson_slopes(double linear, double log_nu, PairOutcome outcome) {
  const double u = linear / 2.0, highest = std::max(std::abs(u), log_nu);
  const double win = std::exp(u - highest), loss = std::exp(-u - highest), tie = std::exp(log_nu - highest), sum = win + loss + tie;
  const double lean = (win - loss) / sum, tied = tie / sum;
  const double own = outcome == PairOutcome::kWin ? u : outcome == PairOutcome::kLoss ? -u : log_nu;
  const double side = outcome == PairOutcome::kWin ? 1.0 : outcome == PairOutcome::kLoss ? -1.0 : 0.0;
  return {.likelihood = own - highest - std::log(sum),
          .linear = (side - lean) / 2.0,
          .tie = (outcome == PairOutcome::kTie ? 1.0 : 0.0) - tied,
          .linear2 = ((win + loss) / sum - lean * lean) / 4.0,
          .tie2 = tied * (1.0 - tied),
          .linear_tie = -lean * tied / 2.0};
}

// The likelihood of all judgements. With ties predicted, ln nu is one more parameter, the last.
class PairLikelihood {
 public:
  PairLikelihood(const PairRows& rows, bool with_ties) : rows_(rows), with_ties_(with_ties) {}

  std::size_t parameters() const { return rows_.parameters + (with_ties_ ? 1 : 0); }

  RowSlopes slopes(const PairRow& row, std::span<const double> at) const {
    return with_ties_ ? davidson_slopes(row.linear(at), at.back(), row.outcome) : bradley_terry_slopes(row.linear(at), row.outcome);
  }

  double value(std::span<const double> at) const {
    double sum = 0.0;
    for (const PairRow& row : rows_.rows) sum += slopes(row, at).likelihood;
    for (std::size_t each = first_covariate(); each < rows_.parameters; ++each) sum -= kCovariateRidge / 2.0 * at[each] * at[each];
    return sum;
  }

  void add_gradient(const PairRow& row, const RowSlopes& by, std::vector<double>& gradient) const {
    for (std::size_t each = 0; each < row.places.size(); ++each) gradient[row.places[each]] += by.linear * row.values[each];
    if (with_ties_) gradient.back() += by.tie;
  }

  std::vector<double> gradient(std::span<const double> at) const {
    std::vector<double> sum(parameters(), 0.0);
    for (const PairRow& row : rows_.rows) add_gradient(row, slopes(row, at), sum);
    for (std::size_t each = first_covariate(); each < rows_.parameters; ++each) sum[each] -= kCovariateRidge * at[each];
    return sum;
  }

  // Less the second derivatives.
  SquareMatrix information(std::span<const double> at) const {
    SquareMatrix sum(parameters());
    for (const PairRow& row : rows_.rows) {
      const RowSlopes by = slopes(row, at);
      sum.add_outer(row.places, row.values, by.linear2);
      if (!with_ties_) continue;
      const std::size_t tie = parameters() - 1;
      sum.at(tie, tie) += by.tie2;
      for (std::size_t each = 0; each < row.places.size(); ++each) {
        sum.at(row.places[each], tie) += by.linear_tie * row.values[each];
        sum.at(tie, row.places[each]) += by.linear_tie * row.values[each];
      }
    }
    for (std::size_t each = first_covariate(); each < rows_.parameters; ++each) sum.at(each, each) += kCovariateRidge;
    return sum;
  }

  // The sum over prompts of each one's score times itself.
  SquareMatrix scores_by_prompt(std::span<const double> at, std::uint64_t& prompts) const {
    std::map<std::uint32_t, std::vector<double>> by_prompt;
    for (const PairRow& row : rows_.rows) {
      auto& score = by_prompt.try_emplace(row.prompt, parameters(), 0.0).first->second;
      add_gradient(row, slopes(row, at), score);
    }
    prompts = by_prompt.size();
    std::vector<std::size_t> all(parameters());
    std::iota(all.begin(), all.end(), std::size_t{0});
    SquareMatrix sum(parameters());
    for (const auto& [prompt, score] : by_prompt) sum.add_outer(all, score, 1.0);
    return sum;
  }

 private:
  std::size_t first_covariate() const { return rows_.parameters - rows_.covariates.size(); }

  const PairRows& rows_;
  bool with_ties_;
};

// Newton's method; a step that does not raise the likelihood is halved.
bool maximize(const PairLikelihood& likelihood, std::vector<double>& at) {
  double best = likelihood.value(at);
  for (int step = 0; step < kNewtonSteps; ++step) {
    const std::vector<double> gradient = likelihood.gradient(at);
    const auto curvature = inverse(likelihood.information(at));
    if (!curvature) return false;
    const std::vector<double> by = product(*curvature, gradient);
    const double gain = std::inner_product(by.begin(), by.end(), gradient.begin(), 0.0);
    if (gain < 1e-20) return true;
    double length = 1.0;
    for (int halving = 0; halving < kStepHalvings; ++halving, length /= 2.0) {
      std::vector<double> next = at;
      for (std::size_t each = 0; each < at.size(); ++each) next[each] += length * by[each];
      const double found = likelihood.value(next);
      if (found < best - 1e-12 * std::abs(best)) continue;
      at = std::move(next);
      best = found;
      break;
    }
    if (gain < 1e-18) return true;
  }
  return false;
}

// From parameters with the first model at 0 to strengths that sum to 0, and covariates after them.
SquareMatrix centred_covariance(const SquareMatrix& covariance, const PairRows& rows, const PairwiseData& data) {
  const std::size_t size = data.models + data.covariate_count, ranked = rows.models.size(), used = rows.parameters;
  std::vector<std::vector<double>> turn(size, std::vector<double>(used, 0.0));
  for (std::size_t model = 0; model < ranked; ++model)
    for (std::size_t other = 1; other < ranked; ++other)
      turn[rows.models[model]][other - 1] = (model == other ? 1.0 : 0.0) - 1.0 / static_cast<double>(ranked);
  for (std::size_t each = 0; each < rows.covariates.size(); ++each) turn[data.models + rows.covariates[each]][ranked - 1 + each] = 1.0;
  std::vector<std::vector<double>> half(size, std::vector<double>(used, 0.0));
  for (std::size_t row = 0; row < size; ++row)
    for (std::size_t each = 0; each < used; ++each)
      for (std::size_t column = 0; column < used; ++column) half[row][column] += turn[row][each] * covariance.at(each, column);
  SquareMatrix result(size);
  for (std::size_t row = 0; row < size; ++row)
    for (std::size_t column = 0; column < size; ++column)
      result.at(row, column) = std::inner_product(half[row].begin(), half[row].end(), turn[column].begin(), 0.0);
  return result;
}

std::vector<double> scaled_values(const SquareMatrix& matrix, double by) {
  std::vector<double> values;
  for (std::size_t row = 0; row < matrix.size(); ++row)
    for (std::size_t column = 0; column < matrix.size(); ++column) values.push_back(by * matrix.at(row, column));
  return values;
}

void set_covariances(const PairLikelihood& likelihood, std::span<const double> at, const PairRows& rows, const PairwiseData& data,
                     PairwiseFit& fit) {
  const SquareMatrix scores = likelihood.scores_by_prompt(at, fit.prompts);
  const auto curvature = inverse(likelihood.information(at));
  if (!curvature) return;
  fit.model_covariance = scaled_values(centred_covariance(*curvature, rows, data), 1.0);
  if (fit.prompts < 2) return;
  const double prompts = static_cast<double>(fit.prompts);
  fit.covariance =
      scaled_values(centred_covariance(product(product(*curvature, scores), *curvature), rows, data), prompts / (prompts - 1.0));
}

enum class TieRule { kHalfAWin, kPredicted };

PairwiseFit fit_pairs(const PairwiseData& data, TieRule rule) {
  check_data(data);
  PairwiseFit fit;
  fit.ranked = ranks_of(data);
  fit.strengths.assign(data.models, 0.0);
  fit.covariates.assign(data.covariate_count, std::nullopt);
  fit.covariance.assign((data.models + data.covariate_count) * (data.models + data.covariate_count), 0.0);
  fit.model_covariance = fit.covariance;
  PairRows rows = rows_of(data, fit.ranked, rule == TieRule::kHalfAWin);
  fit.used = rows.rows.size();
  if (rows.rows.empty()) return fit;
  drop_dependent(rows);
  const bool ties = std::ranges::any_of(rows.rows, [](const PairRow& row) { return row.outcome == PairOutcome::kTie; });
  const PairLikelihood likelihood(rows, rule == TieRule::kPredicted && ties);
  std::vector<double> at(likelihood.parameters(), 0.0);
  fit.converged = maximize(likelihood, at);
  if (rule == TieRule::kPredicted && ties) fit.tie = std::exp(at.back());
  double sum = 0.0;
  for (std::size_t model = 1; model < rows.models.size(); ++model) sum += at[model - 1];
  for (std::size_t model = 0; model < rows.models.size(); ++model)
    fit.strengths[rows.models[model]] = (model > 0 ? at[model - 1] : 0.0) - sum / static_cast<double>(rows.models.size());
  for (std::size_t each = 0; each < rows.covariates.size(); ++each)
    fit.covariates[rows.covariates[each]] = at[rows.models.size() - 1 + each];
  set_covariances(likelihood, at, rows, data, fit);
  return fit;
}

double error_between(std::span<const double> covariance, std::size_t size, std::size_t model, std::size_t other) {
  const double variance = covariance[model * size + model] + covariance[other * size + other] - 2.0 * covariance[model * size + other];
  return std::sqrt(std::max(0.0, variance));
}

// A pair seen from the answer that the other judges prefer.
struct LeaningPair {
  double margin = 0.0;  // Of the others, 0..1/2.
  double owner = 1.0;   // 1 when the preferred answer is the family's, else -1.
  double excess = 0.0;  // The judge's share for the preferred answer less the others'.
};

LeaningPair leaning(const OwnFamilyPair& pair) {
  const double owner = pair.others_share < 0.5 ? -1.0 : 1.0;
  return {.margin = std::abs(pair.others_share - 0.5), .owner = owner, .excess = owner * (pair.own_share - pair.others_share)};
}

}  // namespace

std::string_view to_string(Ranked ranked) {
  switch (ranked) {
    case Ranked::kRanked:
      return "ranked";
    case Ranked::kNeverLost:
      return "never_lost";
    case Ranked::kNeverWon:
      return "never_won";
    case Ranked::kNoCommonOpponents:
      return "no_common_opponents";
  }
  return "";
}

double PairwiseFit::standard_error(std::size_t of) const {
  const std::size_t size = strengths.size() + covariates.size();
  return std::sqrt(std::max(0.0, covariance[of * size + of]));
}

double PairwiseFit::standard_error(std::size_t model, std::size_t other) const {
  return error_between(covariance, strengths.size() + covariates.size(), model, other);
}

double PairwiseFit::model_error(std::size_t model, std::size_t other) const {
  return error_between(model_covariance, strengths.size() + covariates.size(), model, other);
}

PairwiseFit fit_bradley_terry(const PairwiseData& data) { return fit_pairs(data, TieRule::kHalfAWin); }

PairwiseFit fit_davidson(const PairwiseData& data) { return fit_pairs(data, TieRule::kPredicted); }

std::vector<RankInterval> rank_intervals(const PairwiseFit& fit, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  std::vector<std::size_t> models;
  for (std::size_t model = 0; model < fit.ranked.size(); ++model)
    if (fit.ranked[model] == Ranked::kRanked) models.push_back(model);
  std::vector<RankInterval> ranks(fit.ranked.size());
  for (const std::size_t model : models) ranks[model] = {1, models.size()};
  std::vector<double> p;
  for (std::size_t one = 0; one < models.size(); ++one)
    for (std::size_t other = one + 1; other < models.size(); ++other) {
      const double error = fit.standard_error(models[one], models[other]);
      const double apart = fit.strengths[models[one]] - fit.strengths[models[other]];
      p.push_back(fit.prompts > 1 && error > 0.0 ? two_sided_p(apart / error, static_cast<double>(fit.prompts) - 1.0) : 1.0);
    }
  const std::vector<double> adjusted = holm(p);
  std::size_t pair = 0;
  for (std::size_t one = 0; one < models.size(); ++one)
    for (std::size_t other = one + 1; other < models.size(); ++other) {
      if (adjusted[pair++] > alpha) continue;
      const bool first_better = fit.strengths[models[one]] > fit.strengths[models[other]];
      ++ranks[models[first_better ? other : one]].best;
      --ranks[models[first_better ? one : other]].worst;
    }
  return ranks;
}

std::optional<PositionBias> position_bias(const OrderCounts& counts) {
  const std::uint64_t pairs = counts.consistent + counts.first_both + counts.second_both;
  const auto interval = wilson(counts.consistent, pairs);
  if (!interval) return std::nullopt;
  return PositionBias{.consistency = static_cast<double>(counts.consistent) / static_cast<double>(pairs),
                      .interval = *interval,
                      .p = mcnemar_mid(counts.first_both, counts.second_both)};
}

std::optional<SelfPreference> self_preference(std::span<const OwnFamilyPair> pairs, double alpha) {
  check_between_0_and_1(alpha, "alpha");
  struct Group {
    double pairs = 0.0, owners = 0.0, excess = 0.0;
  };
  std::map<double, Group> groups;
  for (const OwnFamilyPair& pair : pairs) {
    check_shares(std::vector{pair.own_share, pair.others_share}, "win shares");
    const LeaningPair each = leaning(pair);
    Group& group = groups[each.margin];
    group.pairs += 1.0;
    group.owners += each.owner;
    group.excess += each.excess;
  }
  if (pairs.empty()) return std::nullopt;
  // Owners dealt out at random within a group go with the mean excess; what is left is how owners and excess go together.
  SelfPreference result{.interval = {}, .pairs = pairs.size()};
  std::vector<double> left;
  std::vector<std::uint32_t> prompts;
  for (const OwnFamilyPair& pair : pairs) {
    const LeaningPair each = leaning(pair);
    const Group& group = groups[each.margin];
    result.raw += each.owner * each.excess / static_cast<double>(pairs.size());
    left.push_back((each.owner - group.owners / group.pairs) * (each.excess - group.excess / group.pairs));
    prompts.push_back(pair.prompt);
  }
  const ClusteredMean mean = *clustered_mean(sum_by_cluster(left, prompts));
  result.difference = mean.mean;
  result.baseline = result.raw - result.difference;
  result.interval = interval_of(mean, alpha);
  return result;
}

}  // namespace hone
