#pragma once

#include <cstdint>
#include <span>

#include "hone/eval/score_difference.h"
#include "hone/stats/macro_f1.h"

namespace hone {

/// No answer.
inline constexpr ClassNumber kNoAnswer = static_cast<ClassNumber>(-1);

/// One item per row, its known class and what A and B take it for. Borrows everything for the call.
struct PairedClasses {
  std::span<const ClassNumber> gold;
  std::span<const ClassNumber> a, b;        // kNoAnswer: missing.
  std::span<const std::uint32_t> clusters;  // As PairedScores has them.
  std::size_t classes = 0;                  // Numbers are below it.
};

struct ClassDifferenceOptions {
  VerdictOptions verdict = {};
  std::uint64_t seed = 0;
  std::uint64_t replicates = 10'000;  // Of the bootstrap,
  std::uint64_t swaps = 9'999;        // and of the randomization test.
  int threads = 0;                    // 0: as many as the machine has. No number depends on them.
};

/// Macro-F1 of A less that of B on the given rows that have both answers: swap test and bootstrap (under 20 clusters jackknife) interval,
/// over clusters, or items where each stands alone. Missing answers are filled with the known class, or another one.
/// O((replicates + swaps) x distinct clusters). Throws as macro_f1_cells() does.
ScoreDifference macro_f1_difference(const PairedClasses& classes, std::span<const std::uint32_t> rows,
                                    const ClassDifferenceOptions& options);

}  // namespace hone
