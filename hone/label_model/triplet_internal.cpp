// Rests on:
//   D. Fu, M. Chen, F. Sala, S. Hooper, K. Fatahalian, C. Re. Fast and Three-rious: Speeding Up Weak Supervision with Triplet Methods. ICML
//   2020, arXiv 2002.11955: E[ab] E[ac] / E[bc] = alpha_a^2 for sources that err independently.
// The median over pairs of references, and the sign that says better than chance, are the paper's.
#include "hone/label_model/triplet_internal.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/fit_rows_internal.h"
#include "hone/label_model/gold_counts_internal.h"
#include "hone/label_model/learned_internal.h"
#include "hone/label_model/options_internal.h"

namespace hone {
namespace {

constexpr double kMostTripletCells = 5e7;
// Of the other sources those with most common rows: 780 pairs of them fix a median.
constexpr std::size_t kMostTripletReferences = 40;
// Two sources that meet less often tell nothing of a third.
constexpr double kLeastMeetings = 10.0;

// How pairs of sources vote on the rows on which both do.
class Agreements {
 public:
  Agreements(const FitRows& rows, const TokenTable& tokens, std::size_t classes)
      : sources_(tokens.sources()), classes_(classes), common_(sources_ * sources_), differ_(sources_ * sources_ * classes) {
    for (const FitRows::Row& row : rows.rows)
      for (std::uint64_t a = row.begin; a < row.end; ++a)
        for (std::uint64_t b = row.begin; b < row.end; ++b)
          if (a != b) count(row.all, tokens, rows.token[a], rows.token[b]);
  }

  double common(std::size_t a, std::size_t b) const { return common_[a * sources_ + b]; }
  /// Mean product of what the two say on whether a row is of the class: 1 or -1 each.
  double product(std::size_t a, std::size_t b, std::size_t id) const {
    return 1.0 - 2.0 * differ_[(a * sources_ + b) * classes_ + id] / common(a, b);
  }
  std::size_t sources() const { return sources_; }

 private:
  void count(double rows, const TokenTable& tokens, std::uint32_t a, std::uint32_t b) {
    const std::size_t pair = tokens.source(a) * sources_ + tokens.source(b);
    common_[pair] += rows;
    if (tokens.voted(a) == tokens.voted(b)) return;
    differ_[pair * classes_ + tokens.voted(a)] += rows;
    differ_[pair * classes_ + tokens.voted(b)] += rows;
  }

  std::size_t sources_, classes_;
  std::vector<double> common_, differ_;
};

std::vector<std::size_t> references_of(const Agreements& of, std::size_t source) {
  std::vector<std::size_t> references;
  for (std::size_t other = 0; other < of.sources(); ++other)
    if (other != source && of.common(source, other) >= kLeastMeetings) references.push_back(other);
  std::ranges::stable_sort(references, [&](std::size_t a, std::size_t b) { return of.common(source, a) > of.common(source, b); });
  if (references.size() > kMostTripletReferences) references.resize(kMostTripletReferences);
  return references;
}

// Correlation of a source with the truth; nothing where no pair of references tells.
std::optional<double> correlation(const Agreements& of, std::size_t source, const std::vector<std::size_t>& references, std::size_t id,
                                  double least_reference) {
  std::vector<double> squares;
  for (std::size_t first = 0; first < references.size(); ++first)
    for (std::size_t second = 0; second < first; ++second) {
      const std::size_t a = references[first], b = references[second];
      if (of.common(a, b) < kLeastMeetings || std::abs(of.product(a, b, id)) < least_reference) continue;
      squares.push_back(std::abs(of.product(source, a, id) * of.product(source, b, id) / of.product(a, b, id)));
    }
  if (squares.empty()) return std::nullopt;
  return std::sqrt(median(squares));
}

void warn_of_assumed(const std::vector<std::uint32_t>& assumed, const std::vector<std::string>& names, std::vector<std::string>& warnings) {
  if (assumed.empty()) return;
  std::vector<std::string> said;
  for (const std::uint32_t source : assumed) said.push_back(names.empty() ? "source " + std::to_string(source) : names[source]);
  warnings.push_back(
      "triplet cannot tell how right " + quoted_list(said, kMostNamed) + (assumed.size() == 1 ? " is" : " are") +
      ": a source must vote beside two others on the same rows, which agree more often or less often than by chance, and name more "
      "than one class; what is assumed of a source stands for it");
}

}  // namespace

void TripletOptions::validate() const {
  if (!(assumed_accuracy > 0.5 && assumed_accuracy < 1.0))
    throw Error(ErrorCode::kInvalidArgument, "assumed_accuracy must lie between 0.5 and 1");
  if (!(least_reference > 0.0 && least_reference < 1.0))
    throw Error(ErrorCode::kInvalidArgument, "least_reference must lie between 0 and 1");
}

TripletOptions TripletOptions::from_json(const nlohmann::json& json) {
  TripletOptions options;
  OptionReader reader("triplet", json);
  reader.number("assumed_accuracy", options.assumed_accuracy);
  reader.number("least_reference", options.least_reference);
  reader.finish();
  return options;
}

Triplet::Triplet(TripletOptions options) : options_(options) { options_.validate(); }

FitReport Triplet::learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) {
  const std::size_t sources = votes.shape().sources, classes = votes.shape().classes;
  if (static_cast<double>(sources) * static_cast<double>(sources) * static_cast<double>(classes) > kMostTripletCells)
    throw Error(ErrorCode::kInvalidArgument,
                "label model 'triplet' would need a table of " + std::to_string(sources) + " x " + std::to_string(sources) + " sources x " +
                    std::to_string(classes) +
                    " classes, more than its limit of 50,000,000 numbers; use 'hone', or fewer sources or classes");
  const TokenTable tokens(sources, class_kinds(votes.answers(), votes.kinds()));
  const SetTokens sets(votes.answers(), votes.kinds(), tokens.size());
  const ClassColumns columns(classes);
  const Agreements agreements(FitRows(votes, tokens, sets, GoldCounts(votes, {}), columns, kEnoughPatterns), tokens, classes);
  std::vector<std::uint8_t> is_assumed(sources);
  accuracy_.assign(sources * classes, options_.assumed_accuracy);
  parallel_for(sources, threads, [&](std::size_t source) {
    const std::vector<std::size_t> references = references_of(agreements, source);
    is_assumed[source] = tokens.of_source(source) == 1;  // It says the same on every row: whatever it agrees with, it tells nothing.
    for (std::size_t id = 0; id < classes && !is_assumed[source]; ++id) {
      const std::optional<double> found = correlation(agreements, source, references, id, options_.least_reference);
      if (found)
        accuracy_[source * classes + id] = std::clamp(0.5 * (1.0 + *found), kLeastAccuracy, kMostAccuracy);
      else
        is_assumed[source] = true;
    }
  });
  FitReport report;
  report.assumed_balance = evidence.prior.empty();
  report.class_prior = evidence.prior.empty() ? std::vector<double>(classes, 1.0 / static_cast<double>(classes)) : evidence.prior;
  report.sources.resize(sources);
  std::vector<std::uint32_t> assumed;
  for (std::uint32_t source = 0; source < sources; ++source) {
    if (tokens.of_source(source) == 0 && sets.begin(source) == sets.end(source)) continue;
    if (is_assumed[source]) assumed.push_back(source);
    report.sources[source].assumed = is_assumed[source];
    report.sources[source].accuracy =
        std::accumulate(accuracy_.begin() + source * classes, accuracy_.begin() + (source + 1) * classes, 0.0) /
        static_cast<double>(classes);
  }
  warn_of_assumed(assumed, evidence.names, report.warnings);
  if (report.assumed_balance)
    report.warnings.push_back("triplet takes all classes to be as common as each other; declare task.class_balance");
  log_odds_.clear();
  for (const double accuracy : accuracy_) log_odds_.push_back(std::log(accuracy / (1.0 - accuracy)));
  prior_odds_.clear();
  for (const double share : report.class_prior) {
    const double bounded = std::clamp(share, 1e-9, 1.0 - 1e-9);
    prior_odds_.push_back(std::log(bounded / (1.0 - bounded)));
  }
  return report;
}

// P(class | votes) of each class against the rest, then in proportion.
LabelModel::Infer Triplet::inference() const {
  return [this](const ExampleVotes& votes, std::span<double> distribution) {
    const Answers& answers = fitted().answers;
    std::ranges::copy(prior_odds_, distribution.begin());
    for (const Vote vote : votes) {
      const double* odds = &log_odds_[vote.source * distribution.size()];
      const ClassId named = answers.only_class(vote.class_id);
      for (std::size_t id = 0; id < distribution.size(); ++id)
        if (id == named)
          distribution[id] += vote.confidence * odds[id];
        else if (named != kNoClass || !answers.allows(vote.class_id, static_cast<ClassId>(id)))
          distribution[id] -= vote.confidence * odds[id];
    }
    // In logs, ln of the logistic: odds of -1000 still differ from odds of -900.
    for (double& odds : distribution) odds = odds < 0.0 ? odds - std::log1p(std::exp(odds)) : -std::log1p(std::exp(-odds));
    exponentiate(distribution);
  };
}

void Triplet::write_learned(LearnedWriter& writer) const { writer(log_odds_, prior_odds_); }

void Triplet::read_learned(LearnedReader& reader) {
  reader(log_odds_, prior_odds_);
  LearnedReader::expect(log_odds_.size() == fitted().sources * fitted().classes, "its accuracies are of other sources");
  LearnedReader::expect(prior_odds_.size() == fitted().classes, "its shares are of other classes");
}

}  // namespace hone
