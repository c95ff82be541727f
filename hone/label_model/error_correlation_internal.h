#pragma once

#include "hone/label_model/confusions_internal.h"
#include "hone/label_model/hone_rows_internal.h"

namespace hone {

/// People err together, on hard rows: the mean product of the standardized residuals of two complete votes on one row. As the source of
/// the rows' classes stands the weighted vote, which overstates it a little, the posterior, which explains most of it away, or gold.
class ErrorCorrelation {
 public:
  ErrorCorrelation(const HoneRows& rows, const TokenTable& tokens, const std::vector<std::uint8_t>& complete, const ClassColumns& columns)
      : rows_(rows), tokens_(tokens), complete_(complete), columns_(columns) {}

  /// `classes_of(row, votes, places, shares)` writes how much each place of the row counts; 0 for all leaves the row out.
  template <typename ClassesOf>
  double measure(const Confusions& found, int threads, const ClassesOf& classes_of) const {
    std::vector<Sums> blocks(rows_.blocks());
    parallel_for(rows_.blocks(), threads, [&](std::size_t block) {
      columns_.with_layout([&](const auto& layout) { blocks[block] = sum_block(layout, rows_.block(block), found, classes_of); });
    });
    Sums all;
    for (const Sums& block : blocks) {
      all.products += block.products;
      all.pairs += block.pairs;
    }
    return all.pairs > 0.0 ? std::max(0.0, all.products / all.pairs) : 0.0;
  }

 private:
  struct Sums {
    double products = 0.0, pairs = 0.0;
  };

  template <typename Layout, typename ClassesOf>
  Sums sum_block(const Layout& layout, BlockRange range, const Confusions& found, const ClassesOf& classes_of) const {
    Sums block;
    std::vector<double> shares(rows_.most_places()), sum(rows_.most_places()), squares(rows_.most_places());
    for (std::size_t number = range.begin; number < range.end; ++number) {
      if (rows_.pairs(number) == 0.0) continue;
      const RowVotes votes = rows_.votes_of(number);
      const std::size_t places = layout.places(votes);
      classes_of(number, votes, places, shares.data());
      sum_residuals(layout, votes, found, sum.data(), squares.data());
      for (std::size_t place = 0; place < places; ++place) {
        block.products += shares[place] * (sum[place] * sum[place] - squares[place]);
        block.pairs += shares[place] * rows_.pairs(number);
      }
    }
    return block;
  }

  template <typename Layout>
  void sum_residuals(const Layout& layout, const RowVotes& votes, const Confusions& found, double* sum, double* squares) const {
    std::fill_n(sum, layout.places(votes), 0.0);
    std::fill_n(squares, layout.places(votes), 0.0);
    for (std::size_t vote = 0; vote < votes.token.size(); ++vote) {
      const std::uint32_t token = votes.token[vote];
      if (!complete_[token]) continue;
      const double weight = votes.weight[vote];
      const double* missed = &found.missed[tokens_.source(token) * columns_.columns()];
      layout.gather_squares(votes, weight, missed, sum, squares);
      const double right = weight * found.named_right[token], wrong = weight * missed[tokens_.voted(token)];
      sum[votes.place[vote]] += right - wrong;
      squares[votes.place[vote]] += right * right - wrong * wrong;
    }
  }

  const HoneRows& rows_;
  const TokenTable& tokens_;
  const std::vector<std::uint8_t>& complete_;
  const ClassColumns& columns_;
};

}  // namespace hone
