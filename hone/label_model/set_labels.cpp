#include "hone/label_model/set_labels.h"

#include <algorithm>
#include <cassert>
#include <map>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"

namespace hone {
namespace {

constexpr ClassId kNotHeld = 0, kHeld = 1;

// The votes about one class, as a matrix of the sources that cast some.
struct ClassVotes {
  std::vector<std::uint32_t> sources;
  std::vector<SourceVotes> votes;
};

std::vector<ClassVotes> votes_by_class(const SetQuestion& question) {
  std::vector<ClassVotes> by_class(question.answers.classes());
  for (std::uint32_t source = 0; source < question.votes.size(); ++source) {
    const SourceVotes& said = question.votes[source];
    for (std::size_t vote = 0; vote < said.examples.size(); ++vote) {
      ClassVotes& about = by_class[question.answers.subject(said.classes[vote])];
      if (about.sources.empty() || about.sources.back() != source) {
        about.sources.push_back(source);
        about.votes.emplace_back();
      }
      about.votes.back().examples.push_back(said.examples[vote]);
      about.votes.back().classes.push_back(question.answers.is_against(said.classes[vote]) ? kNotHeld : kHeld);
      if (!said.confidence.empty()) about.votes.back().confidence.push_back(said.confidence[vote]);
    }
  }
  return by_class;
}

// Examples on which some source votes, whatever about.
std::vector<bool> labeled_examples(const SetQuestion& question) {
  std::vector<bool> labeled(question.examples);
  for (const SourceVotes& votes : question.votes)
    for (const std::uint32_t example : votes.examples) labeled[example] = true;
  return labeled;
}

// One class: its fit, and the probability that an example holds it.
class OneClass {
 public:
  OneClass(const SetQuestion& question, const std::vector<bool>& labeled, ClassId id, ClassVotes votes)
      : question_(question), labeled_(labeled), id_(id), matrix_(question.examples, 2, votes.votes), patterns_(matrix_) {
    fit_.sources = std::move(votes.sources);
    for (const SourceVotes& by_source : votes.votes)
      for (const ClassId voted : by_source.classes) ++(voted == kHeld ? fit_.votes_for : fit_.votes_against);
    for (std::size_t example = 0; example < question.examples; ++example) fit_.voted += has_votes(example);
  }

  void run(const std::string& model, const nlohmann::json& options, int threads) {
    if (fit_.voted > 0) {
      const LabelEvidence evidence = evidence_for();
      fit_.model = model.empty() ? std::string(default_label_model()) : model;
      const auto fitted = make_label_model(fit_.model, options);
      fit_.fit = fitted->fit(patterns_, evidence, threads);
      labels_ = fitted->predict(patterns_);
      if (fit_.fit.used_gold) crossed_ = cross_fitted_labels(fit_.model, options, patterns_, evidence, labels_, 5, threads);
    }
    weigh_silence();
  }

  bool has_votes(std::size_t example) const { return !matrix_.on(example).empty(); }
  double held(std::size_t example) const { return labels_.probability(example, kHeld); }
  double held_unseen(std::size_t example) const { return (crossed_ ? *crossed_ : labels_).probability(example, kHeld); }
  const ClassFit& fit() const { return fit_; }

 private:
  bool is_known(std::size_t example) const { return !question_.gold.empty() && question_.gold.known(example); }

  // The share of the class: declared, or that of gold with one imagined example held and one not.
  std::optional<double> share() const {
    if (!question_.shares.empty() && question_.shares[id_]) return question_.shares[id_];
    double held = 1.0, known = 2.0;
    for (std::size_t example = 0; example < question_.gold.examples(); ++example) {
      known += question_.gold.known(example);
      held += question_.gold.holds(example, id_);
    }
    if (known == 2.0) return std::nullopt;
    return held / known;
  }

  // Gold of examples with votes on the class alone: that of the others says how common it is, which goes in as its share.
  LabelEvidence evidence_for() const {
    LabelEvidence evidence{.gold = {}, .prior = {}, .groups = question_.groups, .kinds = {}, .names = {}};
    if (const auto declared = share()) evidence.prior = {1.0 - *declared, *declared};
    bool any = false;
    std::vector<ClassId> gold(question_.examples, kNoClass);
    for (std::size_t example = 0; example < gold.size(); ++example) {
      if (!is_known(example) || !has_votes(example)) continue;
      gold[example] = question_.gold.holds(example, id_) ? kHeld : kNotHeld;
      any = true;
    }
    if (any) evidence.gold = std::move(gold);
    for (const std::uint32_t source : fit_.sources) {
      if (!question_.kinds.empty()) evidence.kinds.push_back(question_.kinds[source]);
      if (!question_.names.empty()) evidence.names.push_back(question_.names[source]);
    }
    return evidence;
  }

  void weigh_silence() {
    double found = 0.0, silent = 0.0, gold = 0.0, gold_held = 0.0;
    for (std::size_t example = 0; example < question_.examples; ++example) {
      if (!labeled_[example]) continue;
      if (has_votes(example)) {
        found += held(example);
        continue;
      }
      ++silent;
      gold += is_known(example);
      gold_held += is_known(example) && question_.gold.holds(example, id_);
    }
    const bool declared = !question_.shares.empty() && question_.shares[id_].has_value();
    fit_.silent_from = gold > 0.0 ? SilenceFrom::kGold : declared ? SilenceFrom::kDeclared : SilenceFrom::kAssumed;
    if (silent == 0.0) return;
    fit_.silent = std::min(found / silent, kMostSilent);
    if (declared) {
      const double all = static_cast<double>(std::ranges::count(labeled_, true));
      fit_.silent = std::clamp((*question_.shares[id_] * all - found) / silent, 0.0, *question_.shares[id_]);
    }
    if (gold > 0.0) fit_.silent = (gold_held + kSilentGold * fit_.silent) / (gold + kSilentGold);
  }

  const SetQuestion& question_;
  const std::vector<bool>& labeled_;
  ClassId id_;
  VoteMatrix matrix_;
  VotePatterns patterns_;
  SoftLabels labels_;
  std::optional<SoftLabels> crossed_;
  ClassFit fit_;
};

// The examples of one pattern have the same votes, so the same labels.
std::uint32_t add_labels_of(const SetQuestion& question, const ExampleVotes& votes, std::size_t example, std::span<const OneClass> classes,
                            double (OneClass::*held)(std::size_t) const, SoftSets& sets) {
  if (votes.empty()) return sets.add_unlabeled();
  std::map<ClassId, float> listed;
  for (const Vote vote : votes) {
    const ClassId about = question.answers.subject(vote.class_id);
    listed[about] = static_cast<float>((classes[about].*held)(example));
  }
  std::vector<ClassId> ids;
  std::vector<float> probabilities;
  for (const auto& [id, probability] : listed) {
    ids.push_back(id);
    probabilities.push_back(probability);
  }
  return sets.add_pattern(ids, probabilities);
}

std::vector<std::uint32_t> first_examples(const VotePatterns& patterns) {
  std::vector<std::uint32_t> first(patterns.size(), UINT32_MAX);
  for (std::size_t example = 0; example < patterns.pattern_of().size(); ++example) {
    std::uint32_t& of = first[patterns.pattern_of()[example]];
    of = std::min(of, static_cast<std::uint32_t>(example));
  }
  return first;
}

SoftSets put_together(const SetQuestion& question, const VotePatterns& patterns, std::span<const OneClass> classes) {
  std::vector<float> silent;
  for (const OneClass& one : classes) silent.push_back(static_cast<float>(one.fit().silent));
  SoftSets sets(std::move(silent));
  const std::vector<std::uint32_t> first = first_examples(patterns);
  for (std::size_t pattern = 0; pattern < patterns.size(); ++pattern)
    add_labels_of(question, patterns.votes(pattern), first[pattern], classes, &OneClass::held, sets);
  sets.set_examples({patterns.pattern_of().begin(), patterns.pattern_of().end()});
  return sets;
}

// The same, where each example with gold has a pattern of its own.
SoftSets put_together_unseen(const SetQuestion& question, const VotePatterns& patterns, std::span<const OneClass> classes, SoftSets sets) {
  std::vector<std::uint32_t> pattern_of(patterns.pattern_of().begin(), patterns.pattern_of().end());
  for (std::size_t example = 0; example < pattern_of.size(); ++example)
    if (question.gold.known(example))
      pattern_of[example] = add_labels_of(question, patterns.votes(pattern_of[example]), example, classes, &OneClass::held_unseen, sets);
  sets.set_examples(std::move(pattern_of));
  return sets;
}

void warn(const SetQuestion& question, SetLabels& made) {
  std::vector<std::string> unvoted, assumed;
  for (std::size_t id = 0; id < made.classes.size(); ++id) {
    const ClassFit& fit = made.classes[id];
    if (fit.voted == 0) unvoted.push_back(question.classes[id]);
    if (fit.voted > 0 && fit.votes_against == 0 && fit.silent_from == SilenceFrom::kAssumed) assumed.push_back(question.classes[id]);
  }
  if (!unvoted.empty()) made.warnings.push_back("no source votes on " + quoted_list(unvoted, 5) + ": no label holds them");
  if (!assumed.empty())
    made.warnings.push_back(
        "sources vote for " + quoted_list(assumed, 5) +
        " and never against, so votes cannot tell how much they miss: where they are silent it is assumed that they find "
        "half; declare task.class_balance, give gold, or write sources with vote_not");
  for (std::size_t id = 0; id < made.classes.size(); ++id)
    for (const std::string& warning : made.classes[id].fit.warnings) made.warnings.push_back("'" + question.classes[id] + "': " + warning);
}

// Votes that a model cannot work on are those of one class.
void run_named(OneClass& one, const std::string& name, const std::string& model, const nlohmann::json& options, int threads) {
  try {
    one.run(model, options, threads);
  } catch (const Error& error) {
    throw Error(error.code(), "class '" + name + "': " + error.what());
  }
}

}  // namespace

std::string_view to_string(SilenceFrom from) {
  switch (from) {
    case SilenceFrom::kGold:
      return "gold";
    case SilenceFrom::kDeclared:
      return "declared";
    case SilenceFrom::kAssumed:
      return "assumed";
  }
  return "";
}

bool SetLabels::used_gold() const {
  return std::ranges::any_of(classes, [](const ClassFit& fit) { return fit.fit.used_gold; });
}

bool SetLabels::converged() const {
  return std::ranges::all_of(classes, [](const ClassFit& fit) { return fit.fit.converged; });
}

int SetLabels::iterations() const {
  int most = 0;
  for (const ClassFit& fit : classes) most = std::max(most, fit.fit.iterations);
  return most;
}

bool SetLabels::assumes_recall() const {
  return std::ranges::any_of(classes, [](const ClassFit& fit) { return fit.voted > 0 && fit.silent_from == SilenceFrom::kAssumed; });
}

SetLabels label_sets(const SetQuestion& question, const std::string& model, const nlohmann::json& options, int threads) {
  assert(question.answers.rows() == Answers::Rows::kSeveral && question.classes.size() == question.answers.classes());
  const std::vector<bool> labeled = labeled_examples(question);
  std::vector<ClassVotes> votes = votes_by_class(question);
  std::vector<OneClass> classes;
  classes.reserve(votes.size());
  bool used_gold = false;
  for (std::size_t id = 0; id < votes.size(); ++id) {
    classes.emplace_back(question, labeled, static_cast<ClassId>(id), std::move(votes[id]));
    run_named(classes.back(), question.classes[id], model, options, threads);
    used_gold |= classes.back().fit().fit.used_gold;
  }
  const VotePatterns patterns(VoteMatrix(question.examples, question.answers, question.votes));
  SetLabels made{put_together(question, patterns, classes), std::nullopt, {}, {}};
  if (used_gold) made.crossed = put_together_unseen(question, patterns, classes, made.labels);
  for (const OneClass& one : classes) made.classes.push_back(one.fit());
  warn(question, made);
  return made;
}

}  // namespace hone
