#pragma once

#include <cstdint>
#include <optional>

#include "hone/stats/proportion.h"

namespace hone {

/// Two systems, A and B, right or wrong on the same items, one item per independent unit.
struct PairedCounts {
  std::uint64_t both = 0;    // Both right.
  std::uint64_t only_a = 0;  // A right, B wrong.
  std::uint64_t only_b = 0;
  std::uint64_t neither = 0;

  std::uint64_t items() const { return both + only_a + only_b + neither; }
  std::uint64_t differing() const { return only_a + only_b; }
};

/// What is known of the two; the verdict on it is that of verdict.h.
struct PairedComparison {
  std::uint64_t n = 0, both = 0, only_a = 0, only_b = 0, neither = 0;
  double difference = 0.0;        // Accuracy of A less that of B, -1..1.
  double low = -1.0, high = 1.0;  // Tango's interval of it; where the two never differ, for the rate at which they could.
  double p = 1.0;                 // McNemar mid-p.
  double exact_p = 1.0;           // For audits that ask for a guaranteed size.
};

/// `alpha` two-sided. O(1) but for the tail of a binomial. Throws kInvalidArgument when alpha is not in (0, 1).
PairedComparison compare_paired(const PairedCounts& counts, double alpha = 0.05);

/// McNemar's test (1947) as an exact binomial test on the items that differ; 1 when none does.
double mcnemar_exact(std::uint64_t only_a, std::uint64_t only_b);
/// The same with half the weight of the table seen (Fagerland, Lydersen, Laake 2013): close to its size, hardly ever above.
double mcnemar_mid(std::uint64_t only_a, std::uint64_t only_b);

/// Score interval of the difference (Tango 1998); nothing without items.
std::optional<Interval> tango(const PairedCounts& counts, double z = kZ95);

/// The same in closed form (Newcombe 1998, method 10): a check of tango(), within 0.03 of it from some fifty items on.
std::optional<Interval> newcombe_paired(const PairedCounts& counts, double z = kZ95);

/// The least true difference that n items show with 80 % power, when A and B differ on a share `differing` of them
/// (Miettinen 1968, solved for the difference); nothing when it would exceed that share. REQUIRES: n > 0.
std::optional<double> smallest_detectable(std::uint64_t n, double differing, double z = kZ95);

/// How many items show a true difference with 80 % power, when A and B differ on a share `differing` of them: the least n at which
/// smallest_detectable() is no more than `difference` (Connor 1987, by Miettinen 1968). Nothing when they differ on fewer items than
/// that, so that the difference cannot be as large. REQUIRES: difference in (0, 1), differing in [0, 1].
std::optional<std::uint64_t> items_needed(double difference, double differing, double z = kZ95);

}  // namespace hone
