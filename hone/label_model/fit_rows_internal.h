#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/class_columns_internal.h"
#include "hone/label_model/gold_counts_internal.h"
#include "hone/label_model/set_tokens_internal.h"
#include "hone/vote/vote_patterns.h"

namespace hone {

/// The tokens (source, class) that occur in votes for classes, numbered by source and then class. (Where a model takes votes for sets as
/// symbols of their own, the answer stands for the class.)
class TokenTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  TokenTable() = default;
  /// `kinds` are ordered by source and then class (VoteMatrix::kinds()).
  TokenTable(std::size_t sources, std::span<const Vote> kinds);

  std::size_t size() const { return classes_.size(); }
  std::size_t sources() const { return begin_.size() - 1; }
  std::uint32_t source(std::size_t token) const { return sources_[token]; }
  ClassId voted(std::size_t token) const { return classes_[token]; }
  /// The tokens of one source: from begin to end - 1.
  std::uint32_t begin(std::size_t source) const { return begin_[source]; }
  std::uint32_t end(std::size_t source) const { return begin_[source + 1]; }
  std::size_t of_source(std::size_t source) const { return end(source) - begin(source); }

  /// kNone for a token that did not occur.
  std::uint32_t find(std::uint32_t source, ClassId voted) const;

  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.begin_, self.sources_, self.classes_);
  }
  /// Whether they hang together and are of so many sources, as they are where nobody meddled with them.
  bool fits(std::size_t sources) const;

 private:
  std::vector<std::uint32_t> begin_{0};  // By source, and one more.
  std::vector<std::uint32_t> sources_;
  std::vector<ClassId> classes_;
};

/// More patterns than these make no difference that could be measured.
inline constexpr std::size_t kEnoughPatterns = 131072;

/// So many of them for a table of `cells` numbers: a large one needs more.
inline std::size_t patterns_to_fit(std::size_t cells) { return std::max(kEnoughPatterns, 4 * cells); }

/// What a model is fitted on: distinct patterns with votes, the rows each stands for, and the gold among them, all in flat arrays.
/// With more patterns than `most`, some of them drawn by a hash of their votes alone, so that neither the order of the rows nor of
/// the sources matters, each with the rows it then stands for: what is learned from 100,000 patterns does not get better by more.
/// Rows with gold are always there.
struct FitRows {
  struct Row {
    std::uint64_t begin = 0, end = 0, set_end = 0;  // Of its votes for classes, behind which stand those for sets.
    std::uint64_t first_class = 0, last_class = 0;  // Of its classes, one past the last; none where all classes have places.
    double open = 0.0;                              // Rows without gold that it stands for.
    double all = 0.0;                               // The same with gold.
    std::size_t first_gold = 0, last_gold = 0;      // Of its gold, one past the last.
    std::size_t votes() const { return end - begin; }
    std::size_t all_votes() const { return set_end - begin; }
  };

  FitRows(const VotePatterns& votes, const TokenTable& tokens, const SetTokens& sets, const GoldCounts& known_gold,
          const ClassColumns& columns, std::size_t most, int threads = 1);

  std::span<const GoldCounts::Cell> gold_of(const Row& row) const {
    return std::span(gold).subspan(row.first_gold, row.last_gold - row.first_gold);
  }
  /// Takes so many rows of each gold cell for known, and the others for open.
  void keep_gold(std::span<const std::uint64_t> rows_by_cell);

  RowVotes votes_of(const Row& row) const {
    return {std::span(token).subspan(row.begin, row.votes()),
            std::span(weight).subspan(row.begin, row.votes()),
            std::span(place).subspan(row.begin, row.votes()),
            std::span(classes).subspan(row.first_class, row.last_class - row.first_class),
            std::span(token).subspan(row.end, row.set_end - row.end),
            std::span(weight).subspan(row.end, row.set_end - row.end)};
  }
  /// Of its votes for classes, and then for sets.
  std::span<const std::uint32_t> tokens_of(const Row& row) const { return std::span(token).subspan(row.begin, row.all_votes()); }
  std::span<float> weights_of(const Row& row) { return std::span(weight).subspan(row.begin, row.all_votes()); }

  /// The rows on which each of the first `tokens` tokens occurs.
  std::vector<double> rows_by_token(std::size_t tokens) const;

  std::vector<Row> rows;
  std::vector<std::uint32_t> token;    // By vote.
  std::vector<float> weight;           // By vote: its confidence; dependence discounts it.
  std::vector<std::uint16_t> place;    // By vote: the place of its class (RowVotes); 0 for a set.
  std::vector<GoldCounts::Cell> gold;  // All cells.
  std::vector<ClassId> classes;        // Of the places of the rows, one row after the other; those of gold among them.

 private:
  void add_votes(const ExampleVotes& on, std::span<const std::uint32_t> token_by_kind, const TokenTable& tokens, RowClasses& named);
  void add_sets(const ExampleVotes& on, std::span<const std::uint32_t> token_by_kind, const SetTokens& sets, RowClasses& named);
};

}  // namespace hone
