#include "hone/label_model/confusions_internal.h"

#include <algorithm>
#include <cmath>

#include "hone/core/parallel.h"
#include "hone/label_model/distribution_internal.h"

namespace hone {
namespace {

// Imagined votes: of all sources together, of all on one class, of a source as a coin, and of a source in each class.
constexpr double kPooledVotes = 4.0, kClassVotes = 20.0, kCoinVotes = 4.0, kMatrixVotes = 4.0;
// A fifth of the imagined votes on a class is wrong, spread evenly over the other classes.
constexpr double kWrongShare = 0.2;
// Gold rows against so many of the fit in the pooled pattern of a class.
constexpr double kPooledAgainstGold = 20.0;
// No accuracy beyond these, however few the errors; the mean stays above chance.
constexpr double kLeast = 0.02, kMost = 0.99, kMostMean = 0.98, kAboveChance = 0.05;

constexpr double kResidualBound = 0.02;  // Residuals of sources that are nearly always right or wrong would outweigh all others.

// All complete sources as one.
struct Pooled {
  std::vector<double> counts;    // Voted class x class.
  std::vector<double> accuracy;  // By class.
  std::vector<double> errors;    // Voted class x class: where wrong votes go; by class they add up to 1, the diagonal is 0.
  double mean = kStartAccuracy;
};

std::vector<double> sums_by_class(std::span<const double> table, std::size_t classes) {
  std::vector<double> sums(classes);
  for (std::size_t cell = 0; cell < table.size(); ++cell) sums[cell % classes] += table[cell];
  return sums;
}

// Gold says how the votes on a class fall, the fit how many there are.
void mix_gold(std::vector<double>& counts, std::span<const double> gold, std::size_t classes) {
  const std::vector<double> fitted = sums_by_class(counts, classes), known = sums_by_class(gold, classes);
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    const double all = std::max(fitted[cell % classes], 1e-9);
    counts[cell] = (gold[cell] + kPooledAgainstGold * counts[cell] / all) / (known[cell % classes] + kPooledAgainstGold) * all;
  }
}

Pooled pooled(const TokenTable& tokens, const std::vector<bool>& selective, std::span<const double> counts, std::span<const double> gold,
              const ClassColumns& columns) {
  const std::size_t classes = columns.classes();
  Pooled all{std::vector<double>(classes * classes), std::vector<double>(classes), std::vector<double>(classes * classes)};
  for (std::size_t token = 0; token < tokens.size(); ++token) {
    if (selective[tokens.source(token)]) continue;
    const double* seen = &counts[token * columns.columns()];
    double* sum = &all.counts[tokens.voted(token) * classes];
    for (std::size_t truth = 0; truth < classes; ++truth) sum[truth] += seen[truth];
  }
  if (!gold.empty()) mix_gold(all.counts, gold, classes);
  const std::vector<double> on_class = sums_by_class(all.counts, classes);
  double right = 0.0, votes = 0.0;
  for (std::size_t truth = 0; truth < classes; ++truth) {
    right += all.counts[truth * classes + truth];
    votes += on_class[truth];
  }
  const double chance = 1.0 / static_cast<double>(classes);
  all.mean = std::clamp((right + kStartAccuracy * kPooledVotes) / (votes + kPooledVotes), chance + kAboveChance, kMostMean);
  for (std::size_t truth = 0; truth < classes; ++truth) {
    const double named = all.counts[truth * classes + truth];
    all.accuracy[truth] = std::clamp((named + kClassVotes * all.mean) / (on_class[truth] + kClassVotes), kLeast, kMost);
  }
  const double wrong = kClassVotes * kWrongShare / static_cast<double>(classes - 1);
  for (std::size_t voted = 0; voted < classes; ++voted)
    for (std::size_t truth = 0; truth < classes; ++truth)
      if (voted != truth)
        all.errors[voted * classes + truth] = (all.counts[voted * classes + truth] + wrong) /
                                              (on_class[truth] - all.counts[truth * classes + truth] + kClassVotes * kWrongShare);
  return all;
}

// One source: how often it names each class on rows of that class, as a coin on top of the pooled pattern.
class OneSource {
 public:
  OneSource(const TokenTable& tokens, std::size_t source, std::span<const double> counts, const Pooled& all, const ClassColumns& columns)
      : votes_(columns.classes()), accuracy_(columns.classes()) {
    double right = 0.0, expected = 0.0, sum = 0.0;
    for (std::uint32_t token = tokens.begin(source); token < tokens.end(source); ++token) {
      const double* seen = &counts[token * columns.columns()];
      right += seen[tokens.voted(token)];
      for (std::size_t truth = 0; truth < votes_.size(); ++truth) votes_[truth] += seen[truth];
    }
    for (std::size_t truth = 0; truth < votes_.size(); ++truth) {
      sum += votes_[truth];
      expected += votes_[truth] * all.accuracy[truth];
    }
    const double imagined = kCoinVotes * all.mean;
    const double effect = logit((right + imagined) / (sum + kCoinVotes)) - logit((expected + imagined) / (sum + kCoinVotes));
    for (std::size_t truth = 0; truth < votes_.size(); ++truth)
      accuracy_[truth] = std::clamp(logistic(logit(all.accuracy[truth]) + effect), kLeast, kMost);
  }

  /// P(it names its class | class) from its own count and the pattern.
  double right(std::size_t truth, double count) const { return (count + kMatrixVotes * accuracy_[truth]) / (votes_[truth] + kMatrixVotes); }
  double wrong(std::size_t truth, double share_of_errors, double count) const {
    return (count + kMatrixVotes * (1.0 - accuracy_[truth]) * share_of_errors) / (votes_[truth] + kMatrixVotes);
  }

 private:
  std::vector<double> votes_;     // By class.
  std::vector<double> accuracy_;  // By class.
};

// What is found of one source, written to the tables of all.
class SourceTables {
 public:
  SourceTables(const TokenTable& tokens, const ClassColumns& columns, std::span<const double> shares, Confusions& found)
      : tokens_(tokens), columns_(columns), shares_(shares), found_(found) {}

  void write(std::size_t source, std::span<const double> counts, const Pooled& all) const {
    const OneSource one(tokens_, source, counts, all, columns_);
    const std::vector<double> right = chances(one, source, counts);
    write_residuals(source, right);
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token)
      write_votes(token, one, right[tokens_.voted(token)], counts, all);
  }

 private:
  std::vector<double> chances(const OneSource& one, std::size_t source, std::span<const double> counts) const {
    std::vector<double> right(columns_.classes());
    for (std::size_t truth = 0; truth < right.size(); ++truth) right[truth] = one.right(truth, 0.0);
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token) {
      const ClassId voted = tokens_.voted(token);
      right[voted] = one.right(voted, counts[token * columns_.columns() + voted]);
    }
    return right;
  }

  void write_residuals(std::size_t source, const std::vector<double>& right) const {
    const auto bounded = [](double p) { return std::clamp(p, kResidualBound, 1.0 - kResidualBound); };
    double* missed = &found_.missed[source * columns_.columns()];
    double rest = 0.0;
    for (std::size_t truth = 0; truth < right.size(); ++truth) {
      const double p = bounded(right[truth]);
      missed[truth] = -std::sqrt(p / (1.0 - p));
      rest += shares_[truth] * missed[truth];
    }
    if (!columns_.in_full()) missed[columns_.classes()] = rest;
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token) {
      const double p = bounded(right[tokens_.voted(token)]);
      found_.named_right[token] = std::sqrt((1.0 - p) / p);
    }
  }

  void write_votes(std::uint32_t token, const OneSource& one, double right, std::span<const double> counts, const Pooled& all) const {
    const std::size_t classes = columns_.classes(), voted = tokens_.voted(token);
    const double* seen = &counts[token * columns_.columns()];
    double* logs = &found_.log_vote[token * columns_.columns()];
    double rest = 0.0;
    for (std::size_t truth = 0; truth < classes; ++truth) {
      const double vote = truth == voted ? right : one.wrong(truth, all.errors[voted * classes + truth], seen[truth]);
      if (truth != voted) rest += shares_[truth] * vote;
      logs[truth] = std::log(vote);
    }
    if (!columns_.in_full()) logs[classes] = std::log(rest / std::max(1.0 - shares_[voted], 1e-9));
  }

  const TokenTable& tokens_;
  const ClassColumns& columns_;
  std::span<const double> shares_;
  Confusions& found_;
};

// Sources are cut into so many parts, each for one thread.
constexpr std::size_t kMostParts = 64;

}  // namespace

double logit(double p) { return std::log(p / (1.0 - p)); }
double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

Confusions shrunk_confusions(const TokenTable& tokens, const std::vector<bool>& selective, std::span<const double> counts,
                             std::span<const double> gold_pairs, const ClassColumns& columns, std::span<const double> shares, int threads) {
  const Pooled all = pooled(tokens, selective, counts, gold_pairs, columns);
  Confusions found{std::vector<double>(tokens.size() * columns.columns()), std::vector<double>(tokens.sources() * columns.columns()),
                   std::vector<double>(tokens.size())};
  const SourceTables tables(tokens, columns, shares, found);
  const std::size_t parts = std::min(kMostParts, tokens.sources());
  parallel_for(parts, threads, [&](std::size_t part) {
    const BlockRange range = block_range(tokens.sources(), parts, part);
    for (std::size_t source = range.begin; source < range.end; ++source)
      if (!selective[source] && tokens.of_source(source) > 0) tables.write(source, counts, all);
  });
  return found;
}

}  // namespace hone
