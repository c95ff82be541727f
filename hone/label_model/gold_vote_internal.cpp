// Rests on:
//   S. Nitzan, J. Paroush. Optimal Decision Rules in Uncertain Dichotomous Choice Situations.
//   International Economic Review 23(2), 1982.
// Departs from it in two steps of shrinkage (a source toward an assumed accuracy, each class it votes for toward the source), since
// gold is scarce.
#include "hone/label_model/gold_vote_internal.h"

#include <algorithm>
#include <cmath>

#include "hone/label_model/distribution_internal.h"

namespace hone {
namespace {

constexpr double kMostGoldCells = 1e8;  // 0.8 GB a table.

// Class shares in gold; beside them one imagined row per class, or as many rows dealt by the declared shares.
std::vector<double> shares_with_gold(const GoldCounts& gold, std::span<const double> declared, std::size_t classes) {
  const auto imagined = static_cast<double>(classes);
  std::vector<double> shares(classes);
  for (std::size_t id = 0; id < classes; ++id) {
    const double share = declared.empty() ? 1.0 / imagined : declared[id];
    shares[id] = (static_cast<double>(gold.rows_by_class()[id]) + imagined * share) / (static_cast<double>(gold.rows()) + imagined);
  }
  return shares;
}

// A vote for a set of `breadth` classes, in terms of one for a single class: what is left out is so much less, and so are the errors.
// It lies above what chance would reach as long as the accuracy does.
double of_set(double accuracy, std::size_t breadth, std::size_t classes) {
  if (breadth == 1) return accuracy;
  return 1.0 - (1.0 - accuracy) * static_cast<double>(classes - breadth) / static_cast<double>(classes - 1);
}

// Log-odds of each class of the set against each other one, which are alike within and without. A set of all classes says nothing.
double log_odds_of_set(double accuracy, std::size_t breadth, std::size_t classes) {
  if (breadth == 1) return accuracy_log_odds(accuracy, classes);
  if (breadth == 0 || breadth == classes) return 0.0;
  return std::log(accuracy * static_cast<double>(classes - breadth) / ((1.0 - accuracy) * static_cast<double>(breadth)));
}

}  // namespace

double bounded_accuracy(double accuracy) { return std::clamp(accuracy, kLeastAccuracy, kMostAccuracy); }

double accuracy_log_odds(double accuracy, std::size_t classes) {
  return std::log(accuracy * static_cast<double>(classes - 1) / (1.0 - accuracy));
}

GoldVote weigh_by_gold(const VotePatterns& votes, const GoldCounts& gold, std::span<const double> declared,
                       const WeightedMajorityOptions& options) {
  const std::size_t sources = votes.shape().sources, classes = votes.shape().classes;
  check_table_size("weighted-majority", votes.shape(), 1, kMostGoldCells);
  GoldVote found;
  found.columns = AnswerColumns(classes, votes.kinds());
  found.shares = shares_with_gold(gold, declared, classes);
  found.log_shares = log_shares(found.shares);
  const std::size_t columns = found.columns.size();
  const GoldVotes seen = count_gold_votes(votes, gold, found.columns);
  found.accuracy.resize(sources * columns);
  found.weight.resize(sources * columns);
  for (std::size_t source = 0; source < sources; ++source) {
    const double of_source = (seen.right[source] + options.strength * options.assumed_accuracy) / (seen.cast[source] + options.strength);
    found.of_source.push_back(of_source);
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t token = source * columns + column, breadth = votes.answers().breadth(found.columns.answer(column));
      const double before = of_set(of_source, breadth, classes);
      const double of_token = (seen.token_right[token] + options.strength * before) / (seen.token_cast[token] + options.strength);
      found.accuracy[token] = std::clamp(of_token, kLeastAccuracy, of_set(kMostAccuracy, breadth, classes));
      found.weight[token] = log_odds_of_set(found.accuracy[token], breadth, classes);
    }
  }
  return found;
}

}  // namespace hone
