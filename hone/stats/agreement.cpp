// Rests on:
//   J. L. Fleiss, J. Cohen, B. S. Everitt: Large Sample Standard Errors of Kappa and Weighted Kappa. Psychological Bulletin 72, 1969.
//   K. Krippendorff: Content Analysis. 2nd edition 2004, chapter 11.
//   K. L. Gwet: Computing Inter-rater Reliability and Its Variance in the Presence of High Agreement. BJMSP 61, 2008.
#include "hone/stats/agreement.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "hone/core/error.h"
#include "hone/stats/check_internal.h"
#include "hone/stats/cluster_rows_internal.h"

namespace hone {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kLeastUnits = 30;
constexpr double kMostUndefinedAgreement = 0.05;

void check_rated(std::span<const ClassNumber> given, std::size_t classes) {
  for (const ClassNumber each : given)
    if (each >= classes)
      throw Error(ErrorCode::kInvalidArgument, "class " + std::to_string(each) + " is none of " + std::to_string(classes));
}

// A two-way table as shares, with its margins.
struct Shares {
  explicit Shares(std::span<const double> table)
      : classes(static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(table.size()))))),
        n(std::accumulate(table.begin(), table.end(), 0.0)),
        rows(classes),
        columns(classes) {
    assert(classes * classes == table.size());
    for (std::size_t row = 0; row < classes; ++row)
      for (std::size_t column = 0; column < classes; ++column) {
        cells.push_back(table[row * classes + column] / n);
        rows[row] += cells.back();
        columns[column] += cells.back();
      }
  }

  double at(std::size_t row, std::size_t column) const { return cells[row * classes + column]; }

  std::size_t classes;
  double n;
  std::vector<double> cells, rows, columns;
};

double apart(std::size_t one, std::size_t other, Distance distance) {
  const double off = std::abs(static_cast<double>(one) - static_cast<double>(other));
  if (distance == Distance::kLinear) return off;
  return distance == Distance::kQuadratic ? off * off : one == other ? 0.0 : 1.0;
}

// Not a number where both raters used one class alone, or there is nothing.
double kappa_of(std::span<const double> table, Distance distance) {
  const Shares shares(table);
  double seen = 0.0, expected = 0.0;
  for (std::size_t row = 0; row < shares.classes; ++row)
    for (std::size_t column = 0; column < shares.classes; ++column) {
      const double weight = apart(row, column, distance);
      seen += weight * shares.at(row, column);
      expected += weight * shares.rows[row] * shares.columns[column];
    }
  return expected > 1e-12 ? 1.0 - seen / expected : kNone;
}

// What rating_cells() lays out after the classes x classes of ratings made together.
struct RatingLayout {
  std::size_t classes;
  std::size_t share(std::size_t each) const { return classes * classes + each; }  // Sum over units.
  std::size_t agreeing() const { return classes * classes + classes; }            // Sum over units of the share of pairs that agree.
  std::size_t paired() const { return agreeing() + 1; }                           // Units with two ratings or more.
  std::size_t rated() const { return agreeing() + 2; }                            // Units.
  std::size_t size() const { return agreeing() + 3; }
};

void add_unit(const std::map<ClassNumber, double>& counts, const RatingLayout& layout, std::map<std::size_t, double>& sums) {
  double ratings = 0.0, agreeing = 0.0;
  for (const auto& [each, count] : counts) ratings += count;
  sums[layout.rated()] += 1.0;
  for (const auto& [each, count] : counts) sums[layout.share(each)] += count / ratings;
  if (ratings < 2.0) return;
  sums[layout.paired()] += 1.0;
  for (const auto& [one, count] : counts) {
    agreeing += count * (count - 1.0) / (ratings * (ratings - 1.0));
    for (const auto& [other, others] : counts)
      if (const double pairs = count * others - (one == other ? count : 0.0); pairs > 0.0)
        sums[one * layout.classes + other] += pairs / (ratings - 1.0);
  }
  if (agreeing > 0.0) sums[layout.agreeing()] += agreeing;
}

std::vector<double> together(std::span<const double> totals, std::size_t classes) {
  std::vector<double> of_class(classes);
  for (std::size_t one = 0; one < classes; ++one)
    for (std::size_t other = 0; other < classes; ++other) of_class[one] += totals[one * classes + other];
  return of_class;
}

// As positions on a line, of which the difference is squared: for ordinal ones the middle of a class's place among all ratings.
std::vector<double> positions(Distance distance, const std::vector<double>& values, std::span<const double> of_class) {
  std::vector<double> places;
  double before = 0.0;
  for (std::size_t each = 0; each < of_class.size(); ++each) {
    places.push_back(distance == Distance::kOrdinal ? before + of_class[each] / 2.0
                     : values.empty()               ? static_cast<double>(each)
                                                    : values[each]);
    before += of_class[each];
  }
  return places;
}

double alpha_of(std::span<const double> totals, std::size_t classes, Distance distance, const std::vector<double>& values) {
  const std::vector<double> of_class = together(totals, classes), places = positions(distance, values, of_class);
  const double n = std::accumulate(of_class.begin(), of_class.end(), 0.0);
  double seen = 0.0, expected = 0.0;
  for (std::size_t one = 0; one < classes; ++one)
    for (std::size_t other = 0; other < classes; ++other) {
      if (one == other) continue;
      const double off = places[one] - places[other], weight = distance == Distance::kNominal ? 1.0 : off * off;
      seen += weight * totals[one * classes + other];
      expected += weight * of_class[one] * of_class[other] / (n - 1.0);
    }
  return expected > 0.0 ? 1.0 - seen / expected : kNone;
}

double ac1_of(std::span<const double> totals, const RatingLayout& layout) {
  if (totals[layout.paired()] == 0.0) return kNone;
  double by_chance = 0.0;
  for (std::size_t each = 0; each < layout.classes; ++each) {
    const double share = totals[layout.share(each)] / totals[layout.rated()];
    by_chance += share * (1.0 - share) / (static_cast<double>(layout.classes) - 1.0);
  }
  return (totals[layout.agreeing()] / totals[layout.paired()] - by_chance) / (1.0 - by_chance);
}

ClusterCell cell_of_statistics(const std::map<std::size_t, double>& sums) {
  ClusterCell cell;
  for (const auto& [statistic, value] : sums) cell.entries.push_back({static_cast<std::uint32_t>(statistic), value});
  return cell;
}

}  // namespace

std::vector<double> rater_table(std::span<const ClassNumber> first, std::span<const ClassNumber> second, std::size_t classes) {
  check_same_length(first.size(), second.size(), "ratings of the two raters");
  check_rated(first, classes);
  check_rated(second, classes);
  std::vector<double> table(classes * classes, 0.0);
  for (std::size_t unit = 0; unit < first.size(); ++unit) table[first[unit] * classes + second[unit]] += 1.0;
  return table;
}

Defined<Kappa> cohen_kappa(std::span<const double> table) {
  const Shares shares(table);
  if (!(shares.n > 0.0)) return NotDefined::kNoItems;
  Kappa kappa;
  for (std::size_t each = 0; each < shares.classes; ++each) {
    kappa.observed += shares.at(each, each);
    kappa.expected += shares.rows[each] * shares.columns[each];
  }
  const double room = 1.0 - kappa.expected;
  if (room <= 1e-12) return NotDefined::kOneClass;
  kappa.value = (kappa.observed - kappa.expected) / room;
  const double missed = 1.0 - kappa.value;
  double agreeing = 0.0, others = 0.0;
  for (std::size_t row = 0; row < shares.classes; ++row)
    for (std::size_t column = 0; column < shares.classes; ++column) {
      if (row == column)
        agreeing += shares.at(row, row) * std::pow(1.0 - (shares.rows[row] + shares.columns[row]) * missed, 2);
      else
        others += shares.at(row, column) * std::pow(shares.columns[row] + shares.rows[column], 2);
    }
  const double variance = agreeing + missed * missed * others - std::pow(kappa.value - kappa.expected * missed, 2);
  kappa.standard_error = std::sqrt(std::max(0.0, variance) / shares.n) / room;
  return kappa;
}

Defined<double> weighted_kappa(std::span<const double> table, Distance distance) {
  if (distance == Distance::kOrdinal) throw Error(ErrorCode::kInvalidArgument, "kappa has linear or quadratic weights, not ordinal ones");
  if (!(std::accumulate(table.begin(), table.end(), 0.0) > 0.0)) return NotDefined::kNoItems;
  const double value = kappa_of(table, distance);
  if (std::isnan(value)) return NotDefined::kOneClass;
  return value;
}

ClusterCells rating_cells(const Ratings& ratings, std::span<const std::uint32_t> cluster_of) {
  check_same_length(ratings.unit_of.size(), ratings.given.size(), "ratings and their units");
  if (ratings.classes < 2 || ratings.classes > 60'000) throw Error(ErrorCode::kInvalidArgument, "agreement needs 2 to 60,000 classes");
  check_rated(ratings.given, ratings.classes);
  const RatingLayout layout{ratings.classes};
  std::vector<std::map<ClassNumber, double>> units;
  if (!ratings.given.empty())
    for_each_cluster(ratings.given.size(), ratings.unit_of, [&](std::span<const std::size_t> rows) {
      units.emplace_back();
      for (const std::size_t row : rows) units.back()[ratings.given[row]] += 1.0;
    });
  std::vector<ClusterCell> cells;
  for_each_cluster(units.size(), cluster_of, [&](std::span<const std::size_t> together_here) {
    std::map<std::size_t, double> sums;
    for (const std::size_t unit : together_here) add_unit(units[unit], layout, sums);
    cells.push_back(cell_of_statistics(sums));
  });
  return {layout.size(), std::move(cells)};
}

ClusterCells table_cells(std::span<const ClassNumber> first, std::span<const ClassNumber> second, std::size_t classes,
                         std::span<const std::uint32_t> cluster_of) {
  rater_table(first, second, classes);
  std::vector<ClusterCell> cells;
  for_each_cluster(first.size(), cluster_of, [&](std::span<const std::size_t> units) {
    std::map<std::size_t, double> sums;
    for (const std::size_t unit : units) sums[first[unit] * classes + second[unit]] += 1.0;
    cells.push_back(cell_of_statistics(sums));
  });
  return {classes * classes, std::move(cells)};
}

Defined<double> krippendorff_alpha(const Ratings& ratings, Distance distance, std::span<const double> values) {
  const Metric metric = alpha_metric(ratings.classes, distance, {values.begin(), values.end()});
  const ClusterCells cells = rating_cells(ratings);
  if (cells.totals()[RatingLayout{ratings.classes}.paired()] == 0.0) return NotDefined::kNoOverlap;
  const double value = metric(cells.totals());
  if (std::isnan(value)) return NotDefined::kOneClass;
  return value;
}

Defined<Ac1> gwet_ac1(const Ratings& ratings) {
  const ClusterCells cells = rating_cells(ratings);
  const RatingLayout layout{ratings.classes};
  const double value = ac1_of(cells.totals(), layout);
  if (std::isnan(value)) return NotDefined::kNoOverlap;
  return Ac1{.value = value, .observed = cells.totals()[layout.agreeing()] / cells.totals()[layout.paired()]};
}

Metric alpha_metric(std::size_t classes, Distance distance, std::vector<double> values) {
  if (distance == Distance::kLinear)
    throw Error(ErrorCode::kInvalidArgument, "alpha is nominal, ordinal or of squared differences, not linear");
  if (!values.empty()) check_same_length(values.size(), classes, "values and classes");
  check_finite(values, "values of classes");
  return [=, values = std::move(values)](std::span<const double> totals) { return alpha_of(totals, classes, distance, values); };
}

Metric ac1_metric(std::size_t classes) {
  return [classes](std::span<const double> totals) { return ac1_of(totals, RatingLayout{classes}); };
}

Metric kappa_metric(Distance distance) {
  if (distance == Distance::kOrdinal) throw Error(ErrorCode::kInvalidArgument, "kappa has linear or quadratic weights, not ordinal ones");
  return [distance](std::span<const double> totals) { return kappa_of(totals, distance); };
}

Defined<Interval> agreement_interval(const ClusterCells& cells, const Metric& metric, const BootstrapOptions& options) {
  options.validate();
  if (cells.clusters() < kLeastUnits) return NotDefined::kTooFewItems;
  const BootstrapValues drawn = bootstrap(cells, metric, options);
  if (static_cast<double>(drawn.undefined) > kMostUndefinedAgreement * static_cast<double>(options.replicates))
    return NotDefined::kTooManyUndefined;
  if (drawn.values.back() - drawn.values.front() <= 1e-12) return NotDefined::kNoSpread;
  return percentile_interval(drawn.values, options.alpha);
}

}  // namespace hone
