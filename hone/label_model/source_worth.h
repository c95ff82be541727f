#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/label_model.h"

namespace hone {

struct WorthOptions {
  /// Votes x votes x classes that are looked at, about a second's worth on one core; beyond it every k-th row is.
  std::uint64_t most_work = 400000000;
  int threads = 1;  // 0: as many as the machine has. No result depends on it.
};

/// What becomes of the labels when the votes of one source are left out of the rows it votes on. Nothing is fitted again: the other
/// sources keep their weights, so it is what the votes of the source decide, not what could be learned without them.
struct SourceWorth {
  std::uint64_t votes = 0;     // Rows it votes on.
  std::uint64_t changes = 0;   // Of these, rows that get another label without it,
  std::uint64_t vanishes = 0;  // and rows that get none: it alone votes there.
};

struct SourcesWorth {
  std::vector<SourceWorth> sources;
  std::uint64_t rows = 0;  // That were looked at, evenly spaced: all of them unless most_work says otherwise.
};

/// O(votes^2 x classes) for each distinct row of votes, up to the options' limit. Throws kInvalidArgument unless the model was fitted to
/// such votes.
SourcesWorth worth_of_sources(const LabelModel& model, const VotePatterns& votes, const WorthOptions& options = {});

/// The same beside gold, for one source: the rows that are right with it and not without it, and the other way round.
struct GoldWorth {
  std::vector<std::uint32_t> gained, lost;  // Ascending where the examples are.
};

/// Of `examples` that have gold; adds to `worth`, one per source. The model should not have seen their gold: see VisitFold.
void add_gold_worth(const LabelModel& model, const VotePatterns& votes, std::span<const ClassId> gold,
                    std::span<const std::uint32_t> examples, std::vector<GoldWorth>& worth, int threads = 1);

}  // namespace hone
