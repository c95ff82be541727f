// Rests on:
//   A. P. Dawid, A. M. Skene. Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm. Applied Statistics 28(1), 1979:
//   the confusion matrices and their estimation;
//   S. Nitzan, J. Paroush. Optimal Decision Rules in Uncertain Dichotomous Choice Situations. International Economic Review 23(2), 1982:
//   log-odds as weights; L. Kish. Survey Sampling. Wiley 1965: the design effect, by which correlated votes are worth fewer.
// Departs from them in what docs/label_models.md says: one-class rules have precisions under a prior from their coverage, all parameters
// are shrunk, counts are anchored to the weighted vote, and the majority is left only where the evidence is clear.
#include "hone/label_model/hone_model_internal.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "hone/core/error.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/hone_fit_internal.h"
#include "hone/label_model/learned_internal.h"

namespace hone {
namespace {

constexpr double kMostTokenCells = 5e7;

// The majority is left only beyond this much evidence, in nats; so many gold rows halve the bonus.
constexpr double kMargin = 0.2, kMarginGold = 20.0;
// From so many gold rows on `hone` is mixed with the gold-weighted vote, by how likely both make gold that they did not see: five fits,
// each without a fifth of it.
constexpr std::uint64_t kLeastMixGold = 20;
constexpr std::size_t kFolds = 5;

void check_size(std::size_t tokens, std::size_t sources, std::size_t classes) {
  if (static_cast<double>(std::max(tokens, sources)) * static_cast<double>(classes) <= kMostTokenCells) return;
  throw Error(ErrorCode::kInvalidArgument,
              "label model 'hone' would need a table of " + std::to_string(tokens) + " kinds of votes x " + std::to_string(classes) +
                  " classes, more than its limit of 50,000,000 numbers; use 'majority', or fewer sources or classes");
}

}  // namespace

/// Reads the votes of one row after the other into a distribution.
class HoneModel::Reading {
 public:
  explicit Reading(const HoneModel& model) : model_(model), row_classes_(model.likelihood_.columns) {}

  void operator()(const ExampleVotes& votes, std::span<double> distribution) {
    judge(votes);
    if (model_.mix_) mix(votes);
    exponentiate(logs_);
    write(distribution);
  }

  /// The row as both models see it, without mixing them.
  HeldOut hold_out(const ExampleVotes& votes, ClassId truth, double rows) {
    judge(votes);
    HeldOut held{{}, {}, others(), place_of_class(truth), rows};
    to_one_class_each();
    held.hone.assign(logs_.begin(), logs_.end());
    held.vote = vote_logs(votes);
    return held;
  }

 private:
  const ClassColumns& columns() const { return model_.likelihood_.columns; }

  const Answers& answers() const { return model_.fitted().answers; }
  RowVotes row() const {
    const std::span<const std::uint32_t> tokens(tokens_);
    const std::span<const float> weights(weights_);
    const std::size_t named = places_.size();  // Votes for classes come first.
    return {tokens.first(named), weights.first(named), places_, row_classes_.classes(), tokens.subspan(named), weights.subspan(named)};
  }

  void read(const ExampleVotes& votes) {
    row_classes_.clear();
    tokens_.clear();
    weights_.clear();
    places_.clear();
    votes_for_.assign(columns().in_full() ? columns().columns() : votes.size() + 1, 0.0);
    any_sets_ = false;
    for (const Vote vote : votes) {
      const ClassId named = answers().only_class(vote.class_id);
      if (named == kNoClass)
        any_sets_ = true;
      else
        read_class(vote, named);
    }
    if (any_sets_) read_sets(votes);
    logs_.resize(columns().places(row_classes_.classes().size()));
    votes_for_.resize(logs_.size());
    if (any_sets_) share_out_sets(votes);
    discount();
  }

  void read_class(const Vote& vote, ClassId named) {
    const std::uint16_t place = row_classes_.place_of(named);
    votes_for_[place] += vote.confidence;
    const std::uint32_t token = model_.tokens_.find(vote.source, named);
    if (token == TokenTable::kNone) return;  // Nothing was learned of such a vote.
    tokens_.push_back(token);
    weights_.push_back(vote.confidence);
    places_.push_back(place);
  }

  void read_sets(const ExampleVotes& votes) {
    for (const Vote vote : votes) {
      if (answers().only_class(vote.class_id) != kNoClass) continue;
      name_places(answers(), vote.class_id, row_classes_);
      const std::uint32_t token = model_.sets_.find(vote.source, vote.class_id);
      if (token == SetTokens::kNone) continue;
      tokens_.push_back(token);
      weights_.push_back(vote.confidence);
    }
  }

  // A part of the vote for each class of a set, as majority has it.
  void share_out_sets(const ExampleVotes& votes) {
    for (const Vote vote : votes)
      if (answers().only_class(vote.class_id) == kNoClass)
        add_to_set(vote.class_id, vote.confidence / static_cast<double>(answers().breadth(vote.class_id)), votes_for_);
  }

  void add_to_set(ClassId answer, double amount, std::vector<double>& by_place) const {
    for (std::size_t place = 0; place < by_place.size(); ++place)
      if (holds_place(answers(), answer, row_classes_.classes(), place)) by_place[place] += amount;
  }

  void discount() {
    if (model_.copies_.any()) {
      discounts_.resize(tokens_.size());
      model_.copies_.discounts(tokens_, discounts_);
      for (std::size_t vote = 0; vote < tokens_.size(); ++vote) weights_[vote] *= static_cast<float>(discounts_[vote]);
    }
    silence_defaults(tokens_, model_.beside_default_, weights_);
    complete_ = 0.0;
    for (std::size_t vote = 0; vote < places_.size(); ++vote)
      if (model_.likelihood_.complete[tokens_[vote]]) complete_ += weights_[vote];
  }

  // Of votes alike for several classes the majority is the one that is named by default: it holds unless it is outvoted.
  void break_tie_by_default() {
    if (model_.beside_default_.empty()) return;
    const double most = std::ranges::max(votes_for_);
    for (std::size_t vote = 0; vote < places_.size(); ++vote)
      if (model_.beside_default_[tokens_[vote]] == BesideDefault::kIsDefault && votes_for_[places_[vote]] == most)
        votes_for_[places_[vote]] = std::nextafter(most, 2.0 * most);
  }

  // In logs: a bonus for the majority's classes unless all are tied, and a penalty for those that nobody voted for.
  void lean_to_majority() {
    break_tie_by_default();
    // Parts of votes are added in the order of the sources: what they add up to differs in the last digit.
    const double most = std::ranges::max(votes_for_) * (any_sets_ ? 1.0 - kTieTolerance : 1.0);
    const bool all_tied = tied_classes(most) == columns().classes();
    for (std::size_t place = 0; place < logs_.size(); ++place) {
      if (votes_for_[place] >= most && !all_tied) logs_[place] += model_.majority_bonus_;
      if (votes_for_[place] == 0.0) logs_[place] -= kMargin;
    }
  }

  std::size_t tied_classes(double most) const {
    std::size_t tied = 0;
    for (std::size_t place = 0; place < votes_for_.size(); ++place)
      if (votes_for_[place] >= most) tied += place + 1 == votes_for_.size() ? static_cast<std::size_t>(others()) : 1;
    return tied;
  }

  void judge(const ExampleVotes& votes) {
    read(votes);
    columns().with_layout([&](const auto& layout) { model_.likelihood_.log_posterior(layout, row(), complete_, logs_.data()); });
    lean_to_majority();
  }

  // How many classes the last place stands for.
  double others() const { return columns().in_full() ? 1.0 : static_cast<double>(columns().classes() - row_classes_.classes().size()); }

  std::size_t place_of_class(ClassId id) const { return place_of(row(), id); }

  // Log probabilities; in the last place of many classes that of one of them, on average.
  void to_one_class_each() {
    exponentiate(logs_);
    for (double& log : logs_) log = std::log(std::max(log, 1e-300));
    logs_.back() -= std::log(std::max(others(), 1.0));
  }

  // The same of the gold-weighted vote.
  std::vector<double> vote_logs(const ExampleVotes& votes) {
    std::vector<double> logs(logs_.size());
    const GoldVote& gold = model_.gold_vote_;
    columns().with_layout([&](const auto& layout) {
      const std::vector<double> by_column = log_shares_by_column(gold.shares, columns());
      layout.add_prior(row(), gold.shares, by_column, logs.data());
    });
    for (const Vote vote : votes) {
      const std::size_t column = gold.columns.of(vote.class_id);
      if (column == AnswerColumns::kNone) continue;  // Nobody said so while it was fitted.
      const double weight = vote.confidence * gold.weight[vote.source * gold.columns.size() + column];
      if (const ClassId named = answers().only_class(vote.class_id); named != kNoClass)
        logs[row_classes_.place_of(named)] += weight;
      else
        add_to_set(vote.class_id, weight, logs);
    }
    exponentiate(logs);
    for (double& log : logs) log = std::log(std::max(log, 1e-300));
    logs.back() -= std::log(std::max(others(), 1.0));
    return logs;
  }

  void mix(const ExampleVotes& votes) {
    to_one_class_each();
    const std::vector<double> vote = model_.mix_->share > 0.0 ? vote_logs(votes) : logs_;
    for (std::size_t place = 0; place < logs_.size(); ++place)
      logs_[place] = model_.mix_->power * ((1.0 - model_.mix_->share) * logs_[place] + model_.mix_->share * vote[place]);
    logs_.back() += std::log(std::max(others(), 1.0));
  }

  void write(std::span<double> distribution) const {
    if (columns().in_full()) {
      std::copy_n(logs_.begin(), distribution.size(), distribution.begin());
      return;
    }
    const std::vector<double>& shares = model_.likelihood_.shares;
    double others = 1.0;
    for (const ClassId id : row_classes_.classes()) others -= shares[id];
    const double rest = logs_.back() / std::max(others, 1e-12);
    for (std::size_t id = 0; id < distribution.size(); ++id) distribution[id] = rest * shares[id];
    for (std::size_t place = 0; place + 1 < logs_.size(); ++place) distribution[row_classes_.classes()[place]] = logs_[place];
  }

  const HoneModel& model_;
  RowClasses row_classes_;
  std::vector<std::uint32_t> tokens_;     // Of votes for classes, then of those for sets.
  std::vector<float> weights_;            // Likewise.
  std::vector<std::uint16_t> places_;     // Of votes for classes.
  bool any_sets_ = false;                 // Known to the fit or not.
  std::vector<double> votes_for_, logs_;  // By place.
  std::vector<double> discounts_;
  double complete_ = 0.0;  // Weight of the complete votes.
};

LabelModel::Infer HoneModel::inference() const { return Reading(*this); }

// What a fit with this gold has found.
void HoneModel::take(const HoneFit& fit, const GoldCounts& gold) {
  likelihood_ = fit.likelihood();
  majority_bonus_ = kMargin * kMarginGold / (kMarginGold + static_cast<double>(gold.rows()));
}

void HoneModel::learn_mix(HoneFit& fit, const VotePatterns& votes, const GoldCounts& gold, std::span<const double> declared) {
  const std::vector<std::vector<std::uint64_t>> dealt = dealt_gold(votes, gold, kFolds);
  std::vector<HeldOut> held;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<std::uint64_t> kept_rows;
    for (std::size_t cell = 0; cell < dealt.size(); ++cell) kept_rows.push_back(gold.cells()[cell].rows - dealt[cell][fold]);
    const GoldCounts kept = gold.with_rows(kept_rows);
    fit.run(kept);
    take(fit, kept);
    gold_vote_ = weigh_by_gold(votes, kept, declared, {});
    Reading reading(*this);
    for (std::size_t cell = 0; cell < dealt.size(); ++cell) {
      const ExampleVotes on = votes.votes(gold.cells()[cell].pattern);
      if (dealt[cell][fold] > 0 && !on.empty())
        held.push_back(reading.hold_out(on, gold.cells()[cell].truth, static_cast<double>(dealt[cell][fold])));
    }
  }
  mix_ = learned_mix(held);
  gold_vote_ = weigh_by_gold(votes, gold, declared, {});
}

FitReport HoneModel::learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) {
  tokens_ = TokenTable(votes.shape().sources, class_kinds(votes.answers(), votes.kinds()));
  sets_ = SetTokens(votes.answers(), votes.kinds(), tokens_.size());
  check_size(tokens_.size() + sets_.size(), tokens_.sources(), votes.shape().classes);
  mix_.reset();
  const GoldCounts gold(votes, evidence.gold);
  const bool picked = gold.rows() > 0 && is_picked(votes, gold);
  HoneFit fit(votes, tokens_, sets_, gold, picked, evidence, threads);
  copies_ = fit.copies();
  beside_default_ = fit.beside_default();
  if (gold.rows() >= kLeastMixGold && !picked) learn_mix(fit, votes, gold, evidence.prior);
  FitReport report;
  report.iterations = fit.run();
  report.used_gold = gold.rows() > 0;
  take(fit, gold);
  report.class_prior = fit.class_shares();
  report.assumed_balance = fit.assumed_shares();
  report.copies = fit.groups();
  report.sources = fit.beliefs();
  report.warnings = fit.warnings(report.sources);
  return report;
}

void HoneModel::write_learned(LearnedWriter& writer) const {
  writer(tokens_, sets_, copies_, likelihood_, majority_bonus_, beside_default_, mix_, gold_vote_);
}

void HoneModel::read_learned(LearnedReader& reader) {
  reader(tokens_, sets_, copies_, likelihood_, majority_bonus_, beside_default_, mix_, gold_vote_);
  likelihood_.columns = ClassColumns(fitted().classes);
  check_learned();
}

void HoneModel::check_learned() {
  const auto expect = LearnedReader::expect;
  expect(tokens_.fits(fitted().sources), "its votes are of other sources");
  expect(sets_.restore(fitted().answers) && sets_.begin() == tokens_.size(), "its votes for sets are of other answers");
  const std::size_t all = tokens_.size() + sets_.size();
  expect(!copies_.any() || copies_.tokens() == all, "its copies are of other votes");
  expect(likelihood_.evidence.size() == all * likelihood_.columns.columns(), "its evidence is of other votes");
  expect(likelihood_.complete.size() == tokens_.size(), "its kinds are of other votes");
  expect(likelihood_.shares.size() == fitted().classes && likelihood_.log_shares.size() == likelihood_.columns.columns(),
         "its shares are of other classes");
  expect(beside_default_.empty() || beside_default_.size() == all, "its default rule is of other votes");
  if (!mix_) return;
  expect(gold_vote_.columns.fits(fitted().answers), "its columns of gold are of other answers");
  expect(gold_vote_.weight.size() == fitted().sources * gold_vote_.columns.size(), "its weights by gold are of other sources");
  expect(gold_vote_.shares.size() == fitted().classes, "its shares by gold are of other classes");
}

}  // namespace hone
