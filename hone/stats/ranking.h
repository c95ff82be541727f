#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hone {

/// What a relevant document is worth: 2^relevance - 1 (Burges et al. 2005) or the relevance itself (Järvelin and Kekäläinen 2002). Named
/// with the metric, since the two are not comparable.
enum class Gain { kExponential, kLinear };

/// nDCG at k of one query: gains discounted by log2(rank + 1), over those of the best order. `relevance` by document, in any order, with
/// the score that ranks it; documents with equal scores get the mean gain of their group (McSherry, Najork 2008). Nothing for a query
/// without a relevant document, which is left out and counted. O(n log n). Throws kInvalidArgument for lengths that differ, a score that
/// is not finite, a relevance below 0 or a k of 0.
std::optional<double> ndcg(std::span<const double> relevance, std::span<const double> scores, std::size_t k, Gain gain);
/// Documents already in ranked order, no two of the same score.
std::optional<double> ndcg(std::span<const double> ranked_relevance, std::size_t k, Gain gain);

/// The chance that one of k answers drawn from m, of which c are right, is right (Chen et al. 2021, without its bias): 1 less the chance
/// that all k are wrong. Nothing when m < k. REQUIRES: c <= m.
std::optional<double> pass_at_k(std::uint64_t m, std::uint64_t c, std::uint64_t k);

}  // namespace hone
