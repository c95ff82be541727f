#include "hone/vote/vote_stage.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

// Batches in memory per thread: enough that no thread waits for the slowest.
constexpr std::size_t kBatchesPerThread = 4;

constexpr std::size_t kShownBytes = 40;

std::string shortened(std::string_view value) {
  std::size_t end = std::min(value.size(), kShownBytes);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return std::string(value.substr(0, end)) + (end < value.size() ? "…" : "");
}

std::vector<const Condition*> conditions_of(std::span<const Source* const> sources, std::span<const Slice* const> slices) {
  std::vector<const Condition*> conditions;
  for (const Source* source : sources)
    if (source->kind == Source::Kind::kLf) conditions.push_back(&source->condition);
  for (const Slice* slice : slices) conditions.push_back(&slice->condition);
  return conditions;
}

void add_failure(ApplyFailures& failures, std::uint32_t example, std::string what) {
  ++failures.count;
  if (failures.first.size() < ApplyFailures::kShown) failures.first.push_back({example, std::move(what)});
}

// What one batch gave; rows are those of the batch.
struct BatchVotes {
  std::vector<std::vector<std::uint32_t>> hits;  // By condition.
  std::vector<ConditionFailure> failures;
  std::vector<SourceVotes> columns;  // By column source.
  std::vector<ApplyFailures> column_failures;
};

// On which rows of a batch a source may vote.
class BoundToSplits {
 public:
  BoundToSplits(const Source& source, const arrow::RecordBatch& batch) : source_(source) {
    if (source.votes_everywhere()) return;
    splits_ = std::dynamic_pointer_cast<arrow::UInt8Array>(batch.GetColumnByName(std::string(kSplitColumn)));
    if (!splits_) throw Error(ErrorCode::kNotFound, "the rows have no splits, and " + described(source) + " votes on some alone");
  }

  bool votes_on(std::int64_t row) const { return !splits_ || source_.splits[splits_->Value(row)]; }

 private:
  const Source& source_;
  std::shared_ptr<arrow::UInt8Array> splits_;  // Null: everywhere.
};

// Throws for a field that the data does not have, saying who asks for it.
void require_fields(const Dataset& dataset, const std::set<std::string>& fields, const std::string& asking) {
  for (const std::string& field : fields) {
    try {
      dataset.require_column(field);
    } catch (const Error& error) {
      throw Error(error.code(), asking + ": " + error.what());
    }
  }
}

class SourceApplier {
 public:
  SourceApplier(std::span<const Source* const> sources, std::span<const Slice* const> slices, const ApplyOptions& options)
      : sources_(sources), options_(options), engine_(conditions_of(sources, slices), options.engine) {
    for (std::size_t source = 0; source < sources.size(); ++source)
      (sources[source]->kind == Source::Kind::kLf ? lfs_ : columns_).push_back(source);
    applied_.votes.resize(sources.size());
    applied_.failures.resize(sources.size());
    applied_.slices.resize(slices.size());
    applied_.slice_failures.resize(slices.size());
  }

  std::vector<std::string> fields() const {
    std::set<std::string> fields;
    for (const std::string& field : engine_.columns()) fields.insert(field);
    for (const std::size_t source : columns_) fields.insert(sources_[source]->field);
    const auto is_bound = [](const Source* source) { return !source->votes_everywhere(); };
    if (std::ranges::any_of(sources_, is_bound)) fields.insert(std::string(kSplitColumn));
    return {fields.begin(), fields.end()};
  }

  /// Batches follow each other; `first_example` numbers the first row of the first one.
  void apply(std::span<const std::shared_ptr<arrow::RecordBatch>> batches, std::uint64_t first_example) {
    std::vector<BatchVotes> found(batches.size());
    parallel_for(batches.size(), options_.threads, [&](std::size_t batch) { found[batch] = votes_on(*batches[batch]); });
    for (std::size_t batch = 0; batch < batches.size(); ++batch) {
      append(found[batch], static_cast<std::uint32_t>(first_example));
      first_example += static_cast<std::uint64_t>(batches[batch]->num_rows());
    }
  }

  Applied take() { return std::move(applied_); }

 private:
  BatchVotes votes_on(const arrow::RecordBatch& batch) const {
    BatchVotes found;
    engine_.evaluate(batch, found.hits, &found.failures);
    found.columns.resize(columns_.size());
    found.column_failures.resize(columns_.size());
    for (std::size_t column = 0; column < columns_.size(); ++column)
      read_votes(*sources_[columns_[column]], batch, found.columns[column], found.column_failures[column]);
    for (std::size_t lf = 0; lf < lfs_.size(); ++lf)
      if (const Source& source = *sources_[lfs_[lf]]; !source.votes_everywhere()) keep_splits(source, batch, lf, found);
    return found;
  }

  // Leaves of an LF what it says about rows of its splits.
  static void keep_splits(const Source& source, const arrow::RecordBatch& batch, std::size_t lf, BatchVotes& found) {
    const BoundToSplits bound(source, batch);
    std::erase_if(found.hits[lf], [&](std::uint32_t row) { return !bound.votes_on(row); });
    std::erase_if(found.failures, [&](const ConditionFailure& failure) { return failure.condition == lf && !bound.votes_on(failure.row); });
  }

  static void read_votes(const Source& source, const arrow::RecordBatch& batch, SourceVotes& votes, ApplyFailures& failures) {
    const auto column = batch.GetColumnByName(source.field);
    if (!column)
      throw Error(ErrorCode::kNotFound,
                  "source '" + source.name + "' reads the field '" + source.field + "', which the data does not have");
    const TextColumn values(*column);
    const BoundToSplits bound(source, batch);
    for (std::int64_t row = 0; row < column->length(); ++row) {
      if (!bound.votes_on(row)) continue;
      const std::optional<std::string_view> value = values.at(row);
      if (!value || value->empty()) continue;
      const auto class_id = source.class_of_value.find(*value);
      if (class_id == source.class_of_value.end()) {
        add_failure(failures, static_cast<std::uint32_t>(row), "field '" + source.field + "': '" + shortened(*value) + "' is no class");
        continue;
      }
      votes.examples.push_back(static_cast<std::uint32_t>(row));
      votes.classes.push_back(class_id->second);
    }
  }

  void append(const BatchVotes& found, std::uint32_t first) {
    for (std::size_t lf = 0; lf < lfs_.size(); ++lf) {
      SourceVotes& votes = applied_.votes[lfs_[lf]];
      for (const std::uint32_t row : found.hits[lf]) votes.examples.push_back(first + row);
      votes.classes.resize(votes.examples.size(), sources_[lfs_[lf]]->vote);
    }
    for (std::size_t slice = 0; slice < applied_.slices.size(); ++slice)
      for (const std::uint32_t row : found.hits[lfs_.size() + slice]) applied_.slices[slice].push_back(first + row);
    for (std::size_t column = 0; column < columns_.size(); ++column) append_column(found, column, first);
    for (const ConditionFailure& failure : found.failures) {
      const bool is_lf = failure.condition < lfs_.size();
      add_failure(is_lf ? applied_.failures[lfs_[failure.condition]] : applied_.slice_failures[failure.condition - lfs_.size()],
                  first + failure.row, failure.what);
    }
  }

  void append_column(const BatchVotes& found, std::size_t column, std::uint32_t first) {
    SourceVotes& votes = applied_.votes[columns_[column]];
    for (const std::uint32_t row : found.columns[column].examples) votes.examples.push_back(first + row);
    const std::vector<ClassId>& classes = found.columns[column].classes;
    votes.classes.insert(votes.classes.end(), classes.begin(), classes.end());
    ApplyFailures& failures = applied_.failures[columns_[column]];
    const ApplyFailures& more = found.column_failures[column];
    for (const ApplyFailures::Example& failure : more.first) add_failure(failures, first + failure.example, failure.what);
    failures.count += more.count - more.first.size();
  }

  std::span<const Source* const> sources_;
  ApplyOptions options_;
  ConditionEngine engine_;
  std::vector<std::size_t> lfs_, columns_;  // Sources by kind, in order.
  Applied applied_;
};

void check_examples(std::uint64_t examples) {
  if (examples >= std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorCode::kInvalidArgument, std::to_string(examples) + " examples are too many; at most 2^32 - 2 can be voted on");
}

}  // namespace

Applied apply_sources(const Dataset& dataset, std::span<const Source* const> sources, std::span<const Slice* const> slices,
                      const ApplyOptions& options, const Progress& progress) {
  check_examples(dataset.rows());
  SourceApplier applier(sources, slices, options);
  const std::vector<std::string> fields = applier.fields();
  for (const Source* source : sources) require_fields(dataset, fields_read(*source), described(*source));
  for (const Slice* slice : slices) require_fields(dataset, fields_read(slice->condition), described(*slice));
  if (fields.empty()) return applier.take();

  const std::size_t together = kBatchesPerThread * static_cast<std::size_t>(thread_count(options.threads));
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  std::uint64_t done = 0;
  const auto apply = [&] {
    applier.apply(batches, done);
    for (const auto& batch : batches) done += static_cast<std::uint64_t>(batch->num_rows());
    batches.clear();
    if (progress) progress({.stage = "vote", .done = done, .total = dataset.rows(), .unit = "rows", .note = {}});
  };
  dataset.for_each_batch(fields, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    batches.push_back(batch.Slice(0));
    if (batches.size() == together) apply();
  });
  apply();
  return applier.take();
}

Applied apply_sources(std::span<const std::shared_ptr<arrow::RecordBatch>> batches, std::span<const Source* const> sources,
                      std::span<const Slice* const> slices, const ApplyOptions& options) {
  std::uint64_t examples = 0;
  for (const auto& batch : batches) examples += static_cast<std::uint64_t>(batch->num_rows());
  check_examples(examples);
  SourceApplier applier(sources, slices, options);
  applier.apply(batches, 0);
  return applier.take();
}

}  // namespace hone
