#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/stats/bootstrap.h"
#include "hone/stats/cluster_cells.h"
#include "hone/stats/macro_f1.h"
#include "hone/stats/not_defined.h"

namespace hone {

/// How far raters agree beyond chance. Krippendorff's alpha for people (any number, with gaps), Cohen's kappa for a judge against gold, and
/// always Gwet's AC1 and the plain share of agreement beside them: where one class is rare, kappa and alpha collapse.

/// What two raters made of the same units: row-major classes x classes, rows of the first rater. Throws kInvalidArgument for lengths that
/// differ or a class that is none of `classes`.
std::vector<double> rater_table(std::span<const ClassNumber> first, std::span<const ClassNumber> second, std::size_t classes);

struct Kappa {
  double value = 0.0;
  double standard_error = 0.0;  // For many units (Fleiss, Cohen, Everitt 1969).
  double observed = 0.0;        // Share of units on which the two agree.
  double expected = 0.0;        // By chance.
};
/// J. Cohen (1960). kNoItems, or kOneClass when both used one class alone. REQUIRES: a square table.
Defined<Kappa> cohen_kappa(std::span<const double> table);

enum class Distance {
  kNominal,    // Different is different.
  kLinear,     // |k - l|; for kappa.
  kQuadratic,  // (k - l)^2, of values where there are any; alpha's "interval".
  kOrdinal,    // By how many ratings lie between; for alpha.
};

/// J. Cohen (1968); kNominal is cohen_kappa(). As there. Throws kInvalidArgument for kOrdinal.
Defined<double> weighted_kappa(std::span<const double> table, Distance distance);

/// Ratings by any number of raters, one entry each, in any order; what is missing is not there.
struct Ratings {
  std::span<const std::uint32_t> unit_of;  // Equal numbers are one unit.
  std::span<const ClassNumber> given;
  std::size_t classes = 0;
};

/// Statistics of the three metrics below, of which a unit's add up: what was rated together, classes x classes; each class's share; and
/// three counts. `cluster_of` has a number for each unit in ascending order of unit numbers; empty: units stand alone.
/// Throws kInvalidArgument for lengths that differ, fewer than 2 classes or a class that is none of them.
ClusterCells rating_cells(const Ratings& ratings, std::span<const std::uint32_t> cluster_of = {});
/// Statistics of kappa: the table of two raters.
ClusterCells table_cells(std::span<const ClassNumber> first, std::span<const ClassNumber> second, std::size_t classes,
                         std::span<const std::uint32_t> cluster_of = {});

/// K. Krippendorff (Content Analysis, 2004, chapter 11). `values` of the classes for kQuadratic; empty: their numbers. kNoOverlap when no
/// unit has two ratings, kOneClass when those that do have one class alone. Throws kInvalidArgument for kLinear or another number of
/// values.
Defined<double> krippendorff_alpha(const Ratings& ratings, Distance distance, std::span<const double> values = {});

struct Ac1 {
  double value = 0.0;
  double observed = 0.0;  // Mean over units of the share of pairs of raters that agree.
};
/// K. L. Gwet (2008). kNoOverlap as above; 1 when one class alone was used.
Defined<Ac1> gwet_ac1(const Ratings& ratings);

/// The same as metrics, for an interval: not a number where not defined.
Metric alpha_metric(std::size_t classes, Distance distance, std::vector<double> values = {});
Metric ac1_metric(std::size_t classes);
Metric kappa_metric(Distance distance);

/// Percentile bootstrap over units, or over their clusters. kTooFewItems below 30 of these, kTooManyUndefined when over 5 % of replicates
/// have no value, kNoSpread when all have the same.
Defined<Interval> agreement_interval(const ClusterCells& cells, const Metric& metric, const BootstrapOptions& options = {});

}  // namespace hone
