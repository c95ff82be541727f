#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// The votes on one row as a fit sees them; borrowed.
struct RowVotes {
  // Of the votes for classes:
  std::span<const std::uint32_t> token;   // By vote.
  std::span<const float> weight;          // By vote: its confidence, discounted where others say the same.
  std::span<const std::uint16_t> place;   // By vote: where the class it names stands in the row's distribution.
  std::span<const ClassId> classes = {};  // With many classes: those of the row's places; one more place is all others together.
  // Of the votes for sets of classes:
  std::span<const std::uint32_t> set_token = {};
  std::span<const float> set_weight = {};
};

/// The place of a class that has one.
inline std::size_t place_of(const RowVotes& votes, ClassId id) {
  if (votes.classes.empty()) return id;
  return static_cast<std::size_t>(std::ranges::find(votes.classes, id) - votes.classes.begin());
}

/// Which classes have a place in the distribution of a row, and which columns a table by class has. With few classes each has a place of
/// its own, padded to whole registers. With many, only those that somebody named on the row have, and one more place stands for all
/// others: votes hardly tell these apart, and there they share what is left in proportion to the class shares. Tables then have a
/// column for each class and a last one for a class that is none of the row's.
class ClassColumns {
 public:
  /// More classes than these are seldom all named on one row.
  static constexpr std::size_t kMostInFull = 12;

  ClassColumns() = default;
  explicit ClassColumns(std::size_t classes)
      : classes_(classes), columns_(classes <= kMostInFull ? (classes + kLanes - 1) / kLanes * kLanes : classes + 1) {}

  std::size_t classes() const { return classes_; }
  std::size_t columns() const { return columns_; }
  bool in_full() const { return classes_ <= kMostInFull; }
  std::size_t places(std::size_t classes_of_row) const { return in_full() ? columns_ : classes_of_row + 1; }

  /// Calls use(layout) with the layout of a row's distribution, one of the two below, so that inner loops have a fixed length where
  /// they can.
  template <typename Use>
  decltype(auto) with_layout(const Use& use) const;

 private:
  static constexpr std::size_t kLanes = 2;  // Doubles of a register of SSE2, which every x86-64 has.
  std::size_t classes_ = 0, columns_ = 0;
};

/// Finds the classes of a row and each vote's place among them (RowVotes).
class RowClasses {
 public:
  explicit RowClasses(const ClassColumns& columns) : columns_(columns) {}

  void clear() { classes_.clear(); }
  /// The place of a class, new or not.
  std::uint16_t place_of(ClassId id) {
    if (columns_.in_full()) return id;
    const auto found = std::ranges::find(classes_, id);
    const auto place = static_cast<std::uint16_t>(found - classes_.begin());
    if (found == classes_.end()) classes_.push_back(id);
    return place;
  }
  std::span<const ClassId> classes() const { return classes_; }

 private:
  const ClassColumns& columns_;
  std::vector<ClassId> classes_;
};

/// Every class has a place.
template <std::size_t kColumns>
struct FullLayout {
  std::size_t places(const RowVotes&) const { return kColumns; }

  /// sums[place] += weight * row[column of that place].
  void gather(const RowVotes&, double weight, const double* row, double* sums) const {
    for (std::size_t column = 0; column < kColumns; ++column) sums[column] += weight * row[column];
  }
  /// The same with the squares in `squares`.
  void gather_squares(const RowVotes&, double weight, const double* row, double* sums, double* squares) const {
    for (std::size_t column = 0; column < kColumns; ++column) {
      const double value = weight * row[column];
      sums[column] += value;
      squares[column] += value * value;
    }
  }
  /// row[column of that place] += weight * values[place].
  void scatter(const RowVotes&, double weight, const double* values, double* row) const {
    for (std::size_t column = 0; column < kColumns; ++column) row[column] += weight * values[column];
  }
  /// Makes masses by place into what scatter() takes.
  void spread(const RowVotes&, std::span<const double>, double*) const {}

  /// Adds the log prior of each place.
  void add_prior(const RowVotes&, std::span<const double>, std::span<const double> log_shares, double* sums) const {
    for (std::size_t column = 0; column < kColumns; ++column) sums[column] += log_shares[column];
  }
};

/// The classes of the row, and the rest.
struct NamedLayout {
  std::size_t rest_column;

  std::size_t places(const RowVotes& votes) const { return votes.classes.size() + 1; }

  void gather(const RowVotes& votes, double weight, const double* row, double* sums) const {
    for (std::size_t place = 0; place < votes.classes.size(); ++place) sums[place] += weight * row[votes.classes[place]];
    sums[votes.classes.size()] += weight * row[rest_column];
  }
  void gather_squares(const RowVotes& votes, double weight, const double* row, double* sums, double* squares) const {
    for (std::size_t place = 0; place <= votes.classes.size(); ++place) {
      const double value = weight * row[place < votes.classes.size() ? votes.classes[place] : rest_column];
      sums[place] += value;
      squares[place] += value * value;
    }
  }
  void scatter(const RowVotes& votes, double weight, const double* values, double* row) const {
    for (std::size_t place = 0; place < votes.classes.size(); ++place) row[votes.classes[place]] += weight * values[place];
    row[rest_column] += weight * values[votes.classes.size()];
  }
  // The mass of the rest as one per unit of class share, which the last column gathers for every class alike; the row's own classes
  // get back what that gives them too much.
  void spread(const RowVotes& votes, std::span<const double> shares, double* masses) const {
    double& rest = masses[votes.classes.size()];
    const double share = share_of_rest(votes, shares);
    rest = share > 0.0 ? rest / share : 0.0;
    for (std::size_t place = 0; place < votes.classes.size(); ++place) masses[place] -= rest * shares[votes.classes[place]];
  }
  void add_prior(const RowVotes& votes, std::span<const double> shares, std::span<const double> log_shares, double* sums) const {
    for (std::size_t place = 0; place < votes.classes.size(); ++place) sums[place] += log_shares[votes.classes[place]];
    const double share = share_of_rest(votes, shares);
    sums[votes.classes.size()] += share > 0.0 ? std::log(share) : kImpossible;
  }

  /// What the classes have that are not of the row; 0 when there are none.
  static double share_of_rest(const RowVotes& votes, std::span<const double> shares) {
    double share = 1.0;
    for (const ClassId id : votes.classes) share -= shares[id];
    return share > kNothing ? share : 0.0;
  }

 private:
  static constexpr double kNothing = 1e-12;  // What rounding leaves of 1.
  static constexpr double kImpossible = -1e9;
};

template <typename Use>
decltype(auto) ClassColumns::with_layout(const Use& use) const {
  switch (columns_) {
    case 2:
      return use(FullLayout<2>{});
    case 4:
      return use(FullLayout<4>{});
    case 6:
      return use(FullLayout<6>{});
    case 8:
      return use(FullLayout<8>{});
    case 10:
      return use(FullLayout<10>{});
    case 12:
      return use(FullLayout<12>{});
    default:
      return use(NamedLayout{classes_});
  }
}

/// Natural logarithms by column: -infinity where a column is no class.
std::vector<double> log_shares_by_column(std::span<const double> shares, const ClassColumns& columns);

}  // namespace hone
