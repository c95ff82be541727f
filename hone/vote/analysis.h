#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/stats/proportion.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// A source beside the others, in the words of the weak-supervision literature (Ratner et al.: Snorkel. VLDB 2017).
struct SourceAnalysis {
  std::string name;
  std::uint64_t votes = 0;
  std::uint64_t overlapping = 0;              // Examples where it votes and another does too.
  std::uint64_t conflicting = 0;              // Examples where it votes and another votes otherwise.
  std::vector<std::uint64_t> votes_by_class;  // Its polarity.
  std::uint64_t votes_on_gold = 0;            // On examples of train and valid with gold.
  std::uint64_t right_on_gold = 0;

  /// Share of its votes on gold that are right, and the 95 % interval (Wilson); nothing without such votes.
  std::optional<double> precision() const;
  std::optional<Interval> precision_interval() const { return wilson(right_on_gold, votes_on_gold); }
};

struct VoteAnalysis {
  std::uint64_t examples = 0;
  std::uint64_t covered = 0;      // Examples with a vote.
  std::uint64_t overlapping = 0;  // With two or more.
  std::uint64_t conflicting = 0;  // With two that differ.
  std::uint64_t votes = 0;
  std::vector<SourceAnalysis> sources;
};

/// `gold` and `splits` are by example; empty: none known. Gold of the test split is not looked at: what is seen while LFs are
/// written may not measure the result. O(votes + examples). REQUIRES: a name per source; gold and splits empty or one per example, and
/// splits wherever there is gold.
VoteAnalysis analyze_votes(const VoteMatrix& votes, std::span<const std::string> names, std::span<const ClassId> gold,
                           std::span<const Split> splits);

/// {"examples", "covered", "overlap", "conflict" (shares), "votes", "sources": [{"name", "votes", "coverage", "overlap", "conflict",
/// "votes_by_class": {class: votes}, "precision": {"value", "low", "high", "n"} or null}]}
nlohmann::json to_json(const VoteAnalysis& analysis, std::span<const std::string> classes);

}  // namespace hone
