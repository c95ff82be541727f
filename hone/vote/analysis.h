#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/stats/proportion.h"
#include "hone/vote/class_sets.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// Votes on rows of one gold class, and how many of them are right.
struct GoldVotes {
  std::uint64_t votes = 0;
  std::uint64_t right = 0;
};

/// A source beside the others, in the words of the weak-supervision literature (Ratner et al.: Snorkel. VLDB 2017).
struct SourceAnalysis {
  std::string name;
  std::uint64_t votes = 0;
  std::uint64_t voted = 0;                    // Examples where it votes: as many as votes, but where rows may hold several classes.
  std::uint64_t overlapping = 0;              // Examples where it votes and another does too (there: about the same class).
  std::uint64_t conflicting = 0;              // Examples where it votes and another contradicts it: no class is left by both.
  std::vector<std::uint64_t> votes_by_class;  // Its polarity, by answer.
  std::uint64_t votes_on_gold = 0;            // On examples of train and valid with gold.
  std::uint64_t right_on_gold = 0;            // Of these, votes that leave the gold class possible.
  std::map<ClassId, GoldVotes> by_gold;       // The same by gold class (there: by class voted about), those alone that it votes on.

  /// Share of its votes on gold that are right, and the 95 % interval (Wilson); nothing without such votes.
  std::optional<double> precision() const;
  std::optional<Interval> precision_interval() const { return wilson(right_on_gold, votes_on_gold); }
};

struct VoteAnalysis {
  std::uint64_t examples = 0;
  std::uint64_t covered = 0;      // Examples with a vote.
  std::uint64_t overlapping = 0;  // With two or more.
  std::uint64_t conflicting = 0;  // With two that contradict each other.
  std::uint64_t votes = 0;
  std::vector<SourceAnalysis> sources;
};

/// Whether two votes on an example contradict each other: no class is left by both.
bool in_conflict(const ExampleVotes& votes, const Answers& answers);

/// `gold` and `splits` are by example; empty: none known. Gold is a class, or a group of the votes' answers where no more is known; a vote
/// on which such gold says nothing (it allows some of its classes) is not counted. Gold of the test split is not looked at: what is seen
/// while LFs are written may not measure the result. O(votes + examples); the result is the same for any number of threads (0: as many as
/// the machine has). Of a slice: VoteMatrix::only(). REQUIRES: a name per source; gold and splits empty or one per example, and splits
/// wherever there is gold.
VoteAnalysis analyze_votes(const VoteMatrix& votes, std::span<const std::string> names, std::span<const ClassId> gold,
                           std::span<const Split> splits, int threads = 1);

/// The same where rows may hold several classes. REQUIRES: so say the votes' answers.
VoteAnalysis analyze_set_votes(const VoteMatrix& votes, std::span<const std::string> names, const ClassSets& gold,
                               std::span<const Split> splits, int threads = 1);

/// `answers` are names by answer. {"examples", "covered", "overlap", "conflict" (shares), "votes", "sources": [{"name", "votes",
/// "coverage", "overlap", "conflict", "votes_by_class": {answer: votes}, "precision": {"value", "low", "high", "n"} or null, "gold_votes",
/// "gold_right": {gold class: votes}}]}
nlohmann::json to_json(const VoteAnalysis& analysis, std::span<const std::string> answers);

}  // namespace hone
