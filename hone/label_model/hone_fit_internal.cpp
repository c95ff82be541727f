#include "hone/label_model/hone_fit_internal.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/firing_internal.h"
#include "hone/label_model/hone_words_internal.h"
#include "hone/label_model/source_kinds_internal.h"
#include "hone/label_model/surprise_internal.h"
#include "hone/stats/proportion.h"
#include "hone/stats/verdict.h"

namespace hone {
namespace {

// Fewer complete sources that meet others do not identify accuracies.
constexpr std::size_t kLeastComplete = 3;
// Share of the weighted vote in the residual correlation; the rest is of the posterior.
constexpr double kFromVotes = 0.8;
// Imagined rows against gold for the residual correlation.
constexpr double kCorrelationRows = 50.0;
constexpr int kMostIterations = 20, kLeastIterations = 3;
constexpr double kTolerance = 1e-4;
// All classes together but for the usual one.
constexpr double kMostOthers = 0.98;

// A source's accuracy before its votes, in imagined votes. Its interval is as wide as so many votes make it, however many there
// are: without gold the error is one of the model, not of sampling. That of complete sources is a standard error of a tenth at seven of
// ten: the shrinkage of their confusions alone moves a good source half of that.
constexpr double kBeliefVotes = 2.0, kMostWorthComplete = 16.0, kMostWorthSelective = 8.0;

double share_weight(double accuracy, std::size_t classes) {
  return std::log(accuracy * static_cast<double>(classes - 1) / (1.0 - accuracy));
}

std::vector<std::uint8_t> complete_tokens(const TokenTable& tokens, const std::vector<bool>& selective) {
  std::vector<std::uint8_t> complete(tokens.size());
  for (std::size_t token = 0; token < complete.size(); ++token) complete[token] = !selective[tokens.source(token)];
  return complete;
}

// Who votes for sets alone, and of whom nothing is declared, has no confusions: such a source is taken for a rule.
void take_for_rules(const TokenTable& tokens, const SetTokens& sets, const std::vector<SourceKind>& declared,
                    std::vector<bool>& selective) {
  for (std::uint32_t token = sets.begin(); token < sets.end(); ++token) {
    const std::uint32_t source = sets.source(token);
    if (tokens.of_source(source) == 0 && (declared.empty() || declared[source] == SourceKind::kUnknown)) selective[source] = true;
  }
}

// Complete ones, unless all that is left of a source's votes is what it cast against others: it is then taken to be as good as the mean.
std::vector<std::uint8_t> telling_tokens(const TokenTable& tokens, std::vector<std::uint8_t> complete, const std::vector<bool>& led) {
  for (std::size_t token = 0; token < complete.size() && !led.empty(); ++token)
    if (led[tokens.source(token)]) complete[token] = 0;
  return complete;
}

void give_rest(std::vector<double>& shares, ClassId to) {
  shares[to] = 0.0;
  const double others = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= std::max(1.0, others / kMostOthers);
  shares[to] = 1.0 - std::min(others, kMostOthers);
}

}  // namespace

HoneFit::HoneFit(const VotePatterns& votes, const TokenTable& tokens, const SetTokens& sets, const GoldCounts& gold, bool picked,
                 const LabelEvidence& evidence, int threads)
    : votes_(votes),
      tokens_(tokens),
      sets_(sets),
      gold_(gold),
      picked_(picked),
      evidence_(evidence),
      threads_(threads),
      examples_(static_cast<double>(votes.shape().examples)),
      kept_(gold) {
  const std::size_t classes = votes.shape().classes;
  likelihood_.columns = ClassColumns(classes);
  FitRows rows(votes, tokens, sets, gold, likelihood_.columns, patterns_to_fit((tokens.size() + sets.size()) * classes), threads);
  selective_ = selective_sources(rows, tokens, classes, evidence.kinds);
  take_for_rules(tokens, sets, evidence.kinds, selective_);
  likelihood_.complete = complete_tokens(tokens, selective_);
  telling_ = telling_tokens(tokens, likelihood_.complete, evidence.led);
  take_default_rule(find_default_rule(rows, tokens, selective_, examples_, classes));
  FoundCopies found = find_copies(rows, tokens, sets, selective_, classes, threads);
  copies_ = std::move(found.copies);
  groups_ = std::move(found.groups);
  rows_.emplace(std::move(rows), tokens, likelihood_.complete, copies_, beside_default_, likelihood_.columns);
  count_tokens();
}

void HoneFit::take_default_rule(std::optional<DefaultRule> found) {
  const std::size_t classes = votes_.shape().classes;
  base_shares_.assign(classes, 1.0 / static_cast<double>(classes));
  default_ = std::move(found);
  if (!default_) return;
  base_shares_ = default_->shares;
  beside_default_.assign(tokens_.size() + sets_.size(), BesideDefault::kSilences);
  for (const std::uint32_t token : default_->tokens) beside_default_[token] = BesideDefault::kIsDefault;
  for (std::uint32_t token = sets_.begin(); token < sets_.end(); ++token)
    if (sets_.holds(token, default_->usual)) beside_default_[token] = BesideDefault::kLeavesIt;
}

void HoneFit::count_tokens() {
  fired_.rows.assign(tokens_.size() + sets_.size(), 0.0);
  std::vector<bool> meets(tokens_.sources());
  double complete = 0.0, all = 0.0, for_sets = 0.0;
  for (std::size_t number = 0; number < rows_->size(); ++number) {
    const FitRows::Row& row = rows_->row(number);
    const RowVotes votes = rows_->votes_of(number);
    for (std::size_t vote = 0; vote < votes.token.size(); ++vote) {
      if (votes.weight[vote] == 0.0f) continue;
      const std::uint32_t token = votes.token[vote];
      fired_.rows[token] += row.all;
      all += row.all;
      if (likelihood_.complete[token]) complete += row.all;
      if (telling_[token] && row.votes() > 1) meets[tokens_.source(token)] = true;
    }
    for (const std::uint32_t token : votes.set_token) fired_.rows[token] += row.all;
    for_sets += row.all * static_cast<double>(votes.set_token.size());
  }
  complete_share_ = all > 0.0 ? complete / all : 0.0;
  complete_of_all_ = all > 0.0 ? complete / (all + for_sets) : 0.0;
  identified_ = static_cast<std::size_t>(std::ranges::count(meets, true)) >= kLeastComplete;
}

// Gold that was picked leaves rules alone: rows of one class make its rules look right and all others wrong.
void HoneFit::count_gold() {
  const std::size_t classes = votes_.shape().classes;
  fired_.open = fired_.rows;
  fired_.gold.assign(fired_.rows.size(), 0.0);
  fired_.gold_right.assign(fired_.rows.size(), 0.0);
  gold_pairs_.assign(kept_.rows() > 0 ? classes * classes : 0, 0.0);
  for (std::size_t number = 0; number < rows_->size(); ++number) {
    const RowVotes votes = rows_->votes_of(number);
    for (const GoldCounts::Cell& cell : rows_->gold_of(number)) {
      const auto rows = static_cast<double>(cell.rows);
      for (std::size_t vote = 0; vote < votes.token.size(); ++vote) {
        if (votes.weight[vote] == 0.0f) continue;
        const std::uint32_t token = votes.token[vote];
        fired_.open[token] -= rows;
        if (!picked_) fired_.gold[token] += rows;
        if (!picked_ && cell.truth == tokens_.voted(token)) fired_.gold_right[token] += rows;
        if (telling_[token]) gold_pairs_[tokens_.voted(token) * classes + cell.truth] += rows;
      }
    }
    count_gold_sets(number);
  }
  precisions_.emplace(tokens_, selective_, fired_, examples_, complete_share_);
  if (default_) precisions_->set_default(*default_);
  set_precisions_.emplace(sets_, selective_, evidence_.led, fired_, examples_, complete_of_all_);
}

void HoneFit::count_gold_sets(std::size_t number) {
  for (const std::uint32_t token : rows_->votes_of(number).set_token)
    for (const GoldCounts::Cell& cell : rows_->gold_of(number)) {
      const auto rows = static_cast<double>(cell.rows);
      fired_.open[token] -= rows;
      if (!picked_) fired_.gold[token] += rows;
      if (!picked_ && sets_.holds(token, cell.truth)) fired_.gold_right[token] += rows;
    }
}

// Fewer rows get no verdict anywhere in this house (VerdictOptions), and none here: of a few rows chance makes good sources, bad ones and
// common classes, which would then outvote two votes by one. As far as there are fewer, sources and classes stay what they were before any
// was seen, all alike, and the result is the majority's. Of a row without gold counts what its votes tell of it: of its class all of them,
// of a source the others.
void HoneFit::count_telling() {
  double of_sources = 0.0, of_classes = 0.0;
  const std::size_t classes = votes_.shape().classes;
  for (std::size_t number = 0; number < rows_->size(); ++number) {
    if (rows_->complete_weight(number) == 0.0) continue;
    const FitRows::Row& row = rows_->row(number);
    const double known = row.all - row.open;
    of_sources += known + row.open * reliability(row.votes() - 1, classes);
    of_classes += known + row.open * reliability(row.votes(), classes);
  }
  const auto enough = static_cast<double>(VerdictOptions{}.least_items);
  trust_ = std::min(1.0, of_sources / enough);
  share_trust_ = std::min(1.0, of_classes / enough);
}

void HoneFit::set_start_weights() {
  const std::vector<double> precision = precisions_->prior(class_shares_);
  const std::size_t classes = votes_.shape().classes;
  const double chance = 1.0 / static_cast<double>(classes);
  start_.of_class.clear();
  for (std::size_t token = 0; token < tokens_.size(); ++token) {
    const double accuracy = likelihood_.complete[token] ? kStartAccuracy : std::clamp(precision[token], chance + 0.02, 0.98);
    start_.of_class.push_back(share_weight(accuracy, classes));
  }
  start_.of_set.resize(sets_.size() * likelihood_.columns.columns());
  set_precisions_->write_evidence(set_precisions_->prior(class_shares_), class_shares_, likelihood_.columns, start_.of_set.data());
}

int HoneFit::run(const GoldCounts& kept) {
  kept_ = kept;
  std::vector<std::uint64_t> rows_by_cell;
  for (const GoldCounts::Cell& cell : kept.cells()) rows_by_cell.push_back(cell.rows);
  rows_->keep_gold(rows_by_cell);
  count_gold();
  count_telling();
  set_shares(shares_with_gold(base_shares_));
  set_start_weights();
  SourceSumming summing(*rows_, tokens_, sets_, likelihood_, telling_, start_, identified_ ? trust_ : 0.0, default_.has_value());
  const SourceSums* sums = &summing.run(SourceSumming::Posteriors::kWeightedVote, threads_);
  const double cells = examples_ * static_cast<double>(votes_.shape().classes);
  for (int iteration = 1;; ++iteration) {
    judge_sources(*sums, iteration == 1);
    sums = &summing.run(SourceSumming::Posteriors::kLikelihood, threads_);
    const bool settled = iteration >= kLeastIterations && sums->moved < kTolerance * cells;
    if (!settled && iteration < kMostIterations) continue;
    own_mass_ = sums->own_mass;
    worth_ = sums->worth;
    return iteration;
  }
}

// --- What the rows say of the sources.

void HoneFit::judge_sources(const SourceSums& sums, bool first) {
  set_shares(first && default_ ? shares_with_gold(base_shares_) : estimated_shares(sums));
  likelihood_.evidence.resize(tokens_.size() * likelihood_.columns.columns());
  if (complete_share_ > 0.0) judge_complete(sums, first);
  const std::span<const double> mass = first ? std::span<const double>() : sums.mass;
  weigh_selective(mass);
  weigh_sets(mass);
}

void HoneFit::judge_complete(const SourceSums& sums, bool first) {
  Confusions found = shrunk_confusions(tokens_, selective_, sums.counts, gold_pairs_, likelihood_.columns, class_shares_, threads_);
  const ErrorCorrelation correlation(*rows_, tokens_, likelihood_.complete, likelihood_.columns);
  // The first posteriors are the weighted vote.
  const double of_posteriors =
      correlation.measure(found, threads_, [&](std::size_t number, const RowVotes&, std::size_t places, double* shares) {
        for (std::size_t place = 0; place < places; ++place) shares[place] = rows_->row(number).open * rows_->posterior(number)[place];
      });
  if (first) correlation_of_votes_ = of_posteriors;
  likelihood_.correlation =
      correlation_with_gold(correlation, found, kFromVotes * correlation_of_votes_ + (1.0 - kFromVotes) * of_posteriors);
  likelihood_.evidence = std::move(found.log_vote);
}

double HoneFit::correlation_with_gold(const ErrorCorrelation& correlation, const Confusions& found, double without) const {
  if (kept_.rows() == 0) return without;
  double rows = 0.0;
  for (std::size_t number = 0; number < rows_->size(); ++number)
    if (rows_->pairs(number) > 0.0) rows += rows_->row(number).all - rows_->row(number).open;
  const double of_gold =
      correlation.measure(found, threads_, [&](std::size_t number, const RowVotes& votes, std::size_t places, double* shares) {
        std::fill_n(shares, places, 0.0);
        for (const GoldCounts::Cell& cell : rows_->gold_of(number)) shares[place_of(votes, cell.truth)] += static_cast<double>(cell.rows);
      });
  return (rows * of_gold + kCorrelationRows * without) / (rows + kCorrelationRows);
}

// --- Class shares and rules.

// Gold moves the shares as far as it contradicts them: of ten rows chance makes of even classes what would decide every tie.
std::vector<double> HoneFit::shares_with_gold(std::vector<double> shares) const {
  if (!evidence_.prior.empty()) return evidence_.prior;
  if (picked_ || kept_.rows() == 0) return shares;
  const auto gold = static_cast<double>(kept_.rows());
  Surprise surprise;
  for (std::size_t id = 0; id < shares.size(); ++id) {
    const double expected = gold * std::max(shares[id], kLeastShare);
    surprise.add(static_cast<double>(kept_.rows_by_class()[id]) - expected, expected);
  }
  const double trust = surprise.beyond_chance(static_cast<double>(shares.size() - 1));
  for (std::size_t id = 0; id < shares.size() && trust > 0.0; ++id)
    shares[id] = trust * static_cast<double>(kept_.rows_by_class()[id]) / gold + (1.0 - trust) * shares[id];
  return shares;
}

// Votes of rules do not tell how often a class comes up, unless several meet and their silence counts; those of complete sources do.
std::vector<double> HoneFit::estimated_shares(const SourceSums& sums) const {
  std::vector<double> shares(votes_.shape().classes);
  const auto classes = static_cast<double>(shares.size());
  for (std::size_t id = 0; id < shares.size(); ++id) {
    const double known = default_ && default_->meetings[id] == Meetings::kMany ? 1.0 : share_trust_ * complete_share_;
    shares[id] = known * (sums.prior[id] + 1.0) / (sums.prior_rows + classes) + (1.0 - known) * base_shares_[id];
  }
  if (default_) give_rest(shares, default_->usual);
  return shares_with_gold(std::move(shares));
}

void HoneFit::set_shares(std::vector<double> shares) {
  likelihood_.log_shares = log_shares_by_column(shares, likelihood_.columns);
  likelihood_.shares = shares;
  class_shares_ = std::move(shares);
}

void HoneFit::weigh_selective(std::span<const double> mass) {
  const std::vector<double> precision = precisions_->learned(class_shares_, mass, votes_.shape().classes);
  if (default_) return weigh_with_silence(precision);
  for (std::uint32_t token = 0; token < tokens_.size(); ++token)
    if (!likelihood_.complete[token]) weigh_lone(token, precision[token]);
}

void HoneFit::weigh_lone(std::uint32_t token, double precision) {
  const std::size_t columns = likelihood_.columns.columns();
  const ClassId voted = tokens_.voted(token);
  const double share = std::clamp(class_shares_[voted], kLeastShare, 1.0 - kLeastShare);
  double* weights = &likelihood_.evidence[token * columns];
  std::fill_n(weights, columns, std::log((1.0 - precision) / (1.0 - share)));
  weights[voted] = std::log(precision / share);
}

void HoneFit::weigh_with_silence(std::span<const double> precision) {
  const std::size_t columns = likelihood_.columns.columns();
  const Firing firing(tokens_, likelihood_.complete, *default_, fired_.rows, examples_, precision, class_shares_);
  for (std::uint32_t token = 0; token < tokens_.size(); ++token) {
    if (likelihood_.complete[token]) continue;
    double* weights = &likelihood_.evidence[token * columns];
    const bool is_default = beside_default_[token] == BesideDefault::kIsDefault;
    std::fill_n(weights, columns, is_default ? 0.0 : firing.for_others(token));
    if (!is_default) weights[tokens_.voted(token)] = firing.for_own(token);
  }
  likelihood_.shares = firing.silent_shares();
  likelihood_.log_shares = log_shares_by_column(likelihood_.shares, likelihood_.columns);
}

// Beside a default rule the shares are those of rows on which no rule fires, so that a lone vote for a set is worth its precision there,
// too.
void HoneFit::weigh_sets(std::span<const double> mass) {
  const std::size_t behind = likelihood_.evidence.size();
  likelihood_.evidence.resize(behind + sets_.size() * likelihood_.columns.columns());
  set_precisions_->write_evidence(set_precisions_->learned(class_shares_, mass), likelihood_.shares, likelihood_.columns,
                                  likelihood_.evidence.data() + behind);
}

// --- What is told of the sources.

std::vector<SourceBelief> HoneFit::beliefs() const {
  const GoldVotes seen = count_gold_votes(votes_, gold_);
  std::vector<SourceBelief> beliefs(tokens_.sources());
  for (std::size_t source = 0; source < beliefs.size(); ++source) {
    double right = 0.0, rows = 0.0;
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token) {
      right += own_mass_[token];
      rows += fired_.rows[token];
    }
    for (std::uint32_t token = sets_.begin(source); token < sets_.end(source); ++token) {
      right += own_mass_[token];
      rows += fired_.rows[token];
    }
    if (rows == 0.0) continue;
    SourceBelief& belief = beliefs[source];
    const double accuracy = (right + kBeliefVotes * kStartAccuracy) / (rows + kBeliefVotes);
    const double worth = std::min(worth_[source], selective_[source] ? kMostWorthSelective : kMostWorthComplete);
    const Interval interval = beta_interval(worth * accuracy + 1.0, worth * (1.0 - accuracy) + 1.0, 0.10);
    belief = {.accuracy = accuracy, .low = interval.low, .high = interval.high};
    const bool seen_on_gold = !picked_ && seen.cast[source] > 0.0;
    belief.assumed = !seen_on_gold && is_assumed(source);
    if (seen_on_gold) set_gold_interval(belief, seen.right[source], seen.cast[source]);
    belief.accuracy = std::clamp(accuracy, *belief.low, *belief.high);
  }
  return beliefs;
}

// By source: how often chance would be right with votes as broad as its own.
std::vector<double> HoneFit::chances() const {
  const auto classes = static_cast<double>(votes_.shape().classes);
  std::vector<double> chances(tokens_.sources(), 1.0 / classes);
  for (std::size_t source = 0; source < chances.size() && !sets_.empty(); ++source) {
    double classes_left = 0.0, rows = 0.0;
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token) {
      classes_left += fired_.rows[token];
      rows += fired_.rows[token];
    }
    for (std::uint32_t token = sets_.begin(source); token < sets_.end(source); ++token) {
      classes_left += fired_.rows[token] * static_cast<double>(sets_.breadth(token));
      rows += fired_.rows[token];
    }
    if (rows > 0.0) chances[source] = classes_left / rows / classes;
  }
  return chances;
}

// Without gold: rules, what is left of a led source's votes, complete sources of which there are too few or that meet nobody.
bool HoneFit::is_assumed(std::size_t source) const {
  const bool led = !evidence_.led.empty() && evidence_.led[source];
  return selective_[source] || led || !identified_ || worth_[source] == 0.0;
}

bool HoneFit::assumed_shares() const { return complete_share_ < 0.5 && (gold_.rows() == 0 || picked_) && evidence_.prior.empty(); }

std::vector<std::string> HoneFit::warnings(const std::vector<SourceBelief>& beliefs) const {
  const HoneWords words(tokens_, evidence_.names);
  std::vector<std::string> found;
  if (complete_share_ > 0.0 && !identified_ && gold_.rows() == 0) found.push_back(words.of_few_complete());
  if (default_) found.push_back(words.of_default(*default_));
  if (assumed_shares() && !default_) found.push_back(words.of_assumed_shares());
  if (picked_) found.push_back(words.of_picked_gold());
  for (const CopyGroup& group : groups_) found.push_back(words.of_copies(group));
  words.of_correlation(likelihood_.correlation, found);
  words.of_weak(beliefs, chances(), votes_.shape().classes, found);
  words.of_broad(precisions_->prior(class_shares_), likelihood_.complete, votes_.shape().classes, found);
  return found;
}

}  // namespace hone
