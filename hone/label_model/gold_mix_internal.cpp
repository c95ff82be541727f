// Stacking (Wolpert: Stacked Generalization. Neural Networks 5, 1992) of two models in the logarithmic pool (Genest and Zidek: Combining
// Probability Distributions. Statistical Science 1(1), 1986), with two weights.
#include "hone/label_model/gold_mix_internal.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace hone {
namespace {

// In nats: what it costs to give all to the gold-weighted vote, and to raise the distribution to the power e or 1/e. Some 10 gold rows
// must say so.
constexpr double kShareCost = 4.0, kPowerCost = 10.0;
constexpr double kMostPower = 5.0;
constexpr int kPowerSteps = 65, kPowerStride = 8, kShareSteps = 17;
constexpr double kTie = 1e-9;  // Of logs that differ by rounding alone.

// Statistics of a distribution that is right stay below mean + 4 standard deviations but for one time in some thousands.
constexpr double kDeviations = 4.0;
constexpr double kLeastExpected = 1.0;
// Of a sample so many votes for a class leave hardly ever none of its rows in gold.
constexpr double kLeastLacking = 5.0;

// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators. OOPSLA 2014).
std::uint64_t mixed(std::uint64_t word) {
  word += 0x9E3779B97F4A7C15u;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
  return word ^ (word >> 31);
}

void mix_logs(const HeldOut& row, const GoldMix& mix, std::vector<double>& logs) {
  logs.resize(row.hone.size());
  for (std::size_t place = 0; place < logs.size(); ++place)
    logs[place] = mix.power * ((1.0 - mix.share) * row.hone[place] + mix.share * row.vote[place]);
}

double loss(std::span<const HeldOut> held, const GoldMix& mix) {
  double sum = kShareCost * mix.share + kPowerCost * std::log(mix.power) * std::log(mix.power);
  std::vector<double> logs;
  for (const HeldOut& row : held) {
    mix_logs(row, mix, logs);
    const double largest = std::ranges::max(logs);
    double all = 0.0;
    for (std::size_t place = 0; place < logs.size(); ++place)
      all += (place + 1 == logs.size() ? row.last : 1.0) * std::exp(logs[place] - largest);
    sum += row.rows * (std::log(all) - (logs[row.truth] - largest));
  }
  return sum;
}

// Gold rows whose class is not the likeliest; of classes that tie each is it in part.
double errors(std::span<const HeldOut> held, const GoldMix& mix) {
  double sum = 0.0;
  std::vector<double> logs;
  for (const HeldOut& row : held) {
    mix_logs(row, mix, logs);
    const double largest = std::ranges::max(logs) - kTie;
    const auto tied = static_cast<double>(std::ranges::count_if(logs, [&](double log) { return log >= largest; }));
    sum += row.rows * (logs[row.truth] >= largest ? 1.0 - 1.0 / tied : 1.0);
  }
  return sum;
}

// With the power under which gold is likeliest: every eighth first, then those between around the best. The loss has one valley, since
// ln sum exp is convex in the power.
GoldMix with_power(std::span<const HeldOut> held, double share) {
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  const auto with = [&](int step) { return GoldMix{share, std::exp(std::log(kMostPower) * (2.0 * step / (kPowerSteps - 1) - 1.0))}; };
  const auto look = [&](int from, int to, int stride) {
    for (int step = from; step <= to; step += stride) {
      const double its = loss(held, with(step));
      if (its >= least) continue;
      least = its;
      best = step;
    }
  };
  look(0, kPowerSteps - 1, kPowerStride);
  look(std::max(best - kPowerStride + 1, 0), std::min(best + kPowerStride - 1, kPowerSteps - 1), 1);
  return with(best);
}

// By kind of vote a number that is the same wherever its source stands among the others.
std::vector<std::uint64_t> kind_marks(const VotePatterns& votes) {
  std::vector<std::uint64_t> rows(votes.kinds().size());
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern) {
    const ExampleVotes on = votes.votes(pattern);
    for (std::size_t vote = 0; vote < on.size(); ++vote) rows[on.kind(vote)] += votes.count(pattern);
  }
  for (std::size_t kind = 0; kind < rows.size(); ++kind) {
    const Vote& vote = votes.kinds()[kind];
    rows[kind] = mixed(mixed(rows[kind]) ^ (std::uint64_t{vote.class_id} << 32 | std::bit_cast<std::uint32_t>(vote.confidence)));
  }
  return rows;
}

std::uint64_t mark_of(const ExampleVotes& votes, const std::vector<std::uint64_t>& marks) {
  std::uint64_t sum = 0;
  for (std::size_t vote = 0; vote < votes.size(); ++vote) sum += marks[votes.kind(vote)];
  return mixed(sum);
}

}  // namespace

GoldMix learned_mix(std::span<const HeldOut> held) {
  GoldMix found;
  std::pair<double, double> least(std::numeric_limits<double>::infinity(), 0.0);
  for (int step = 0; step < kShareSteps; ++step) {
    const GoldMix tried = with_power(held, static_cast<double>(step) / (kShareSteps - 1));
    const std::pair its(errors(held, {.share = tried.share}), loss(held, tried));
    if (its >= least) continue;
    least = its;
    found = tried;
  }
  return found;
}

std::vector<std::vector<std::uint64_t>> dealt_gold(const VotePatterns& votes, const GoldCounts& gold, std::size_t folds) {
  const std::vector<std::uint64_t> marks = kind_marks(votes);
  std::vector<std::tuple<std::uint64_t, ClassId, std::size_t>> order;
  for (std::size_t cell = 0; cell < gold.cells().size(); ++cell)
    order.emplace_back(mark_of(votes.votes(gold.cells()[cell].pattern), marks), gold.cells()[cell].truth, cell);
  std::ranges::sort(order);
  std::vector<std::vector<std::uint64_t>> dealt(order.size(), std::vector<std::uint64_t>(folds));
  std::size_t next = 0;
  for (const auto& [mark, truth, cell] : order)
    for (std::uint64_t row = 0; row < gold.cells()[cell].rows; ++row) ++dealt[cell][next++ % folds];
  return dealt;
}

bool is_picked(const VotePatterns& votes, const GoldCounts& gold) {
  const std::size_t classes = votes.shape().classes;
  std::vector<double> on_all(classes), on_gold(classes);
  double all = 0.0, known = 0.0;
  std::vector<ClassId> named;  // Votes for sets name no class.
  const auto count = [&](const ExampleVotes& on, double rows, std::vector<double>& shares) {
    named.clear();
    for (const Vote vote : on)
      if (const ClassId id = votes.answers().only_class(vote.class_id); id != kNoClass) named.push_back(id);
    for (const ClassId id : named) shares[id] += rows / static_cast<double>(named.size());
    return named.empty() ? 0.0 : rows;
  };
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern)
    all += count(votes.votes(pattern), static_cast<double>(votes.count(pattern)), on_all);
  for (const GoldCounts::Cell& cell : gold.cells()) known += count(votes.votes(cell.pattern), static_cast<double>(cell.rows), on_gold);
  double statistic = 0.0, freedom = -1.0;
  bool lacks_class = false;
  for (std::size_t id = 0; id < classes; ++id) {
    const double expected = all > 0.0 ? on_all[id] / all * known : 0.0;
    lacks_class |= gold.rows_by_class()[id] == 0 && expected >= kLeastLacking;
    if (expected < kLeastExpected) continue;
    statistic += (on_gold[id] - expected) * (on_gold[id] - expected) / expected;
    freedom += 1.0;
  }
  return lacks_class && freedom >= 1.0 && statistic >= freedom + kDeviations * std::sqrt(2.0 * freedom);
}

}  // namespace hone
