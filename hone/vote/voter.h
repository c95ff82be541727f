#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// The examples on which a source or slice could not say anything: it abstains there.
struct ApplyFailures {
  static constexpr std::size_t kShown = 5;

  struct Example {
    std::uint32_t example = 0;
    std::string what;
  };
  std::uint64_t count = 0;
  std::vector<Example> first;  // At most kShown, ascending.
  /// Some failed for a reason outside the data: asked again, the source may say something else.
  bool for_now = false;

  void add(std::uint32_t example, std::string what);
  /// Those of a batch whose first row is example `first_row`.
  void add_batch(const ApplyFailures& batch, std::uint32_t first_row);
};

/// What one source says about one batch: votes and failures by row of the batch, in any order. Knows on which rows the source may vote;
/// what is said of others counts for nothing.
class BatchVotes {
 public:
  /// On each of so many rows.
  explicit BatchVotes(std::uint32_t rows) : rows_(rows) {}
  /// On the rows whose split is `wanted`; `splits` outlives this object.
  BatchVotes(std::span<const std::uint8_t> splits, const bool (&wanted)[kSplits]);

  /// Rows of the batch.
  std::uint32_t rows() const { return rows_; }

  /// Whether the source may vote on this row: it need not look at others. Throws std::out_of_range for a row that is not there, as all
  /// that takes a row does.
  bool wants(std::uint32_t row) const;

  /// A vote; confidence in (0, 1], and what lies outside is a failure of the row. Of two for one row and class the last counts.
  void vote(std::uint32_t row, ClassId voted, float confidence = 1.0f);

  /// The source cannot say anything of this row; `what` says why ("field 'amount': 'n/a' is not a number"). Of several the first counts.
  void fail(std::uint32_t row, std::string what);

  /// The same for a reason that lies outside the row, such as a program that died: what is said of this data is not kept for later runs.
  void fail_for_now(std::uint32_t row, std::string what);

  /// fail() on all rows; forgets what was said before.
  void fail_all(const std::string& what);

  /// Whether one source may vote for several classes of one example.
  enum class PerExample { kOneClass, kSeveralClasses };

  /// Ends the batch: votes ascend by (row, class), each pair once, none on a row that failed. With kOneClass a row with votes for
  /// several classes is one that failed.
  void finish(PerExample per_example);

  // After finish().
  const SourceVotes& votes() const { return votes_; }
  const ApplyFailures& failures() const { return failures_; }
  bool has_failed(std::uint32_t row) const { return row < failed_.size() && failed_[row]; }

 private:
  void sort();
  void fail_where_several();
  void keep_if(const std::vector<bool>& kept);

  std::uint32_t rows_ = 0;
  std::span<const std::uint8_t> splits_;  // Empty: every row is wanted.
  bool wanted_[kSplits] = {true, true, true};
  SourceVotes votes_;
  ApplyFailures failures_;
  std::vector<bool> failed_;  // By row, as far as one failed.
};

/// Something that votes batch by batch: the interface behind every kind of source, and that of sources written in C++.
///
///     class Shouting : public hone::Voter {
///      public:
///       std::vector<std::string> columns() const override { return {"body"}; }
///      private:
///       void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<hone::BatchVotes> said) override {
///         const hone::TextColumn texts(*batch.GetColumnByName("body"));
///         for (std::int64_t row = 0; row < batch.num_rows(); ++row)
///           if (const auto text = texts.at(row); text && text->ends_with("!!!")) said[0].vote(static_cast<std::uint32_t>(row), 0, 0.8f);
///       }
///     };
///
/// One voter may speak for several sources, where that is cheaper than one for each: conditions share an automaton, functions of one
/// program share the program. The same data must give the same votes, whatever the sizes of batches and the number of threads.
class Voter {
 public:
  virtual ~Voter() = default;

  /// The columns of the data that it reads. Batches hold at least these, in any order, and perhaps others.
  virtual std::vector<std::string> columns() const = 0;

  /// For how many sources it speaks, at least 1. A voter's votes on a row may hang on that row alone.
  virtual std::size_t size() const { return 1; }

  /// kConcurrently: vote() is called by several threads at the same time, with batches in any order. kInOrder: by one thread at a time,
  /// the batches in the order of the data; other voters go on meanwhile.
  enum class Calls { kConcurrently, kInOrder };
  virtual Calls calls() const { return Calls::kConcurrently; }

  /// Votes on the rows of a batch, which begins with row `first_row` of the data; said[s] is what its source s says. Throws Error for
  /// what ends the run, such as a column that is not there; whatever else the voter throws is a failure of every row of the batch.
  /// REQUIRES: said.size() == size().
  void vote(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said);

  /// After the last batch: what is known only now. Rows are those of the data here, and a source that votes now has not voted before.
  void vote_at_end(std::span<BatchVotes> said);

 private:
  virtual void vote_on(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) = 0;
  virtual void vote_on_all(std::span<BatchVotes> said) { (void)said; }
};

/// A voter, and for which of the sources that are asked it speaks: voter source s is `sources[s]`.
struct AskedVoter {
  std::shared_ptr<Voter> voter;
  std::vector<std::size_t> sources;
};

}  // namespace hone
