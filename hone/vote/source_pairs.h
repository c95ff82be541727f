#pragma once

#include <cstdint>
#include <vector>

#include "hone/stats/proportion.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// Two sources on the rows where both vote (about the same class, where a row may hold several).
struct SourcePair {
  std::uint32_t a = 0, b = 0;  // Sources, a < b.
  std::uint64_t both = 0;      // Rows where both vote.
  std::uint64_t differ = 0;    // Of these, rows where their votes contradict each other: no class is left by both.
  bool operator==(const SourcePair&) const = default;

  /// Share of the rows where both vote on which they name the same class, with its 95 % interval (Wilson). REQUIRES: both > 0.
  double agreement() const { return 1.0 - static_cast<double>(differ) / static_cast<double>(both); }
  Interval agreement_interval() const { return *wilson(both - differ, both); }
};

struct SourcePairsOptions {
  std::size_t most_pairs = 2000;            // That are given.
  std::size_t most_sources = 1000;          // Those with the most votes are counted: a square of 16 bytes each.
  std::uint64_t most_meetings = 400000000;  // Meetings of two votes that are looked at, about a second's worth; then every k-th row is.
  int threads = 1;                          // 0: as many as the machine has. No result depends on it.
};

struct SourcePairs {
  std::vector<SourcePair> pairs;  // Those that differ on most rows first, of equal ones those that meet on most, then by a and b.
  std::uint64_t left_out = 0;     // Further pairs that meet somewhere.
  std::uint64_t rows = 0;         // That were looked at, evenly spaced: all of them unless most_meetings says otherwise.
};

/// Which sources meet, and how often they differ there. O(rows x votes^2) time up to the options' limit.
///
///   const SourcePairs found = source_pairs(votes);
SourcePairs source_pairs(const VoteMatrix& votes, const SourcePairsOptions& options = {});

}  // namespace hone
