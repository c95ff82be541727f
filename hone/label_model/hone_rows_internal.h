#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hone/core/parallel.h"
#include "hone/label_model/copies_internal.h"
#include "hone/label_model/fit_rows_internal.h"

namespace hone {

/// What a token is to the vote of a default rule on the same row.
enum class BesideDefault : std::uint8_t { kSilences, kIsDefault, kLeavesIt };

/// Takes the votes of default rules off a row on which something else silences them. There is no default rule where `beside`, by token, is
/// empty.
void silence_defaults(std::span<const std::uint32_t> tokens, const std::vector<BesideDefault>& beside, std::span<float> weights);

/// The rows that estimator `hone` is fitted on, with what stays the same over its iterations, and their posteriors, which do not.
class HoneRows {
 public:
  /// Discounts the weights of `fit` where others on the row say the same. Votes of default rules count nothing where something silences
  /// them (`beside`, by token; empty: there is none).
  HoneRows(FitRows fit, const TokenTable& tokens, const std::vector<std::uint8_t>& complete, const Copies& copies,
           const std::vector<BesideDefault>& beside, const ClassColumns& columns);

  std::size_t size() const { return fit_.rows.size(); }
  const FitRows::Row& row(std::size_t number) const { return fit_.rows[number]; }
  std::span<const GoldCounts::Cell> gold_of(std::size_t number) const { return fit_.gold_of(fit_.rows[number]); }
  void keep_gold(std::span<const std::uint64_t> rows_by_cell) { fit_.keep_gold(rows_by_cell); }
  RowVotes votes_of(std::size_t number) const { return fit_.votes_of(fit_.rows[number]); }

  /// Weight of the row's complete votes, and of their pairs.
  double complete_weight(std::size_t number) const { return complete_weight_[number]; }
  double pairs(std::size_t number) const { return pairs_[number]; }

  /// By place of the row.
  double* posterior(std::size_t number) { return &posterior_[begin_[number]]; }
  const double* posterior(std::size_t number) const { return &posterior_[begin_[number]]; }
  std::size_t most_places() const { return most_places_; }

  /// Rows in blocks whose number depends on the rows and tables alone: sums over them are added in the same order on any number of
  /// threads.
  std::size_t blocks() const { return blocks_; }
  BlockRange block(std::size_t number) const { return block_range(size(), blocks_, number); }

 private:
  void weigh_votes(const std::vector<std::uint8_t>& complete, const Copies& copies, const std::vector<BesideDefault>& beside);

  FitRows fit_;
  std::vector<double> complete_weight_, pairs_;
  std::vector<std::uint64_t> begin_;
  std::vector<double> posterior_;
  std::size_t most_places_ = 0, blocks_ = 1;
};

}  // namespace hone
