#include "hone/vote/vote_stage.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <set>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/vote/source_voters_internal.h"

namespace hone {
namespace {

using Batches = std::span<const std::shared_ptr<arrow::RecordBatch>>;

// Batches in memory per thread: enough that no thread waits for the slowest.
constexpr std::size_t kBatchesPerThread = 4;

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

// By place, who is spoken for; null for a slice and for a voter by itself.
using SpeaksFor = std::vector<const Source*>;

// Gives batches to voters and puts together what they say.
class Gathering {
 public:
  /// `speaks_for` by the places that the voters name.
  Gathering(std::vector<AskedVoter> voters, SpeaksFor speaks_for, const ApplyOptions& options)
      : voters_(std::move(voters)), speaks_for_(std::move(speaks_for)), options_(options), said_(speaks_for_.size()) {
    for (std::size_t voter = 0; voter < voters_.size(); ++voter)
      (voters_[voter].voter->calls() == Voter::Calls::kInOrder ? in_order_ : concurrent_).push_back(voter);
  }

  std::vector<std::string> fields() const {
    std::set<std::string> fields;
    for (const AskedVoter& asked : voters_)
      for (const std::string& field : asked.voter->columns()) fields.insert(field);
    const auto is_bound = [](const Source* source) { return source && !source->votes_everywhere(); };
    if (std::ranges::any_of(speaks_for_, is_bound)) fields.insert(std::string(kSplitColumn));
    return {fields.begin(), fields.end()};
  }

  /// Batches follow each other; `first_row` numbers the first row of the first one.
  void apply(Batches batches, std::uint64_t first_row) {
    std::vector<std::uint64_t> first_rows;
    for (const auto& batch : batches) {
      first_rows.push_back(first_row);
      first_row += static_cast<std::uint64_t>(batch->num_rows());
    }
    // found[batch][voter][source]. A voter that goes in order is one piece of work; it comes first, since it takes longest.
    std::vector<std::vector<std::vector<BatchVotes>>> found(batches.size());
    for (auto& by_voter : found) by_voter.resize(voters_.size());
    const auto ask = [&](std::size_t voter, std::size_t batch) {
      found[batch][voter] = said_by(voters_[voter], *batches[batch], first_rows[batch]);
    };
    parallel_for(in_order_.size() + batches.size(), options_.threads, [&](std::size_t block) {
      if (block < in_order_.size())
        for (std::size_t batch = 0; batch < batches.size(); ++batch) ask(in_order_[block], batch);
      else
        for (const std::size_t voter : concurrent_) ask(voter, block - in_order_.size());
    });
    for (std::size_t batch = 0; batch < batches.size(); ++batch)
      for (std::size_t voter = 0; voter < voters_.size(); ++voter)
        append(voters_[voter], found[batch][voter], static_cast<std::uint32_t>(first_rows[batch]));
  }

  /// By place. After the last of the data's `rows`.
  std::vector<SourceSaid> finish(std::uint64_t rows) {
    for (const AskedVoter& asked : voters_) {
      std::vector<BatchVotes> said(asked.sources.size(), BatchVotes(static_cast<std::uint32_t>(rows)));
      asked.voter->vote_at_end(said);
      for (BatchVotes& source : said) source.finish(options_.per_example);
      check_not_before(asked, said);
      append(asked, said, 0);
    }
    for (SourceSaid& said : said_) std::ranges::sort(said.failed);  // What failed at the end stands behind all others.
    return std::move(said_);
  }

 private:
  std::vector<BatchVotes> said_by(const AskedVoter& asked, const arrow::RecordBatch& batch, std::uint64_t first_row) const {
    std::vector<BatchVotes> said;
    for (const std::size_t place : asked.sources) said.push_back(blank_for(speaks_for_[place], batch));
    asked.voter->vote(batch, first_row, said);
    for (BatchVotes& source : said) source.finish(options_.per_example);
    return said;
  }

  static BatchVotes blank_for(const Source* source, const arrow::RecordBatch& batch) {
    if (!source || source->votes_everywhere()) return BatchVotes(static_cast<std::uint32_t>(batch.num_rows()));
    const auto splits = std::dynamic_pointer_cast<arrow::UInt8Array>(batch.GetColumnByName(std::string(kSplitColumn)));
    if (!splits) throw Error(ErrorCode::kNotFound, "the rows have no splits, and " + described(*source) + " votes on some alone");
    return {std::span(splits->raw_values(), static_cast<std::size_t>(splits->length())), source->splits};
  }

  void check_not_before(const AskedVoter& asked, const std::vector<BatchVotes>& at_end) const {
    for (std::size_t source = 0; source < at_end.size(); ++source)
      if (!at_end[source].votes().examples.empty() && said_[asked.sources[source]].votes.size() > 0)
        throw Error(ErrorCode::kInvalidArgument, "a voter votes by batches or at the end, not both");
  }

  void append(const AskedVoter& asked, const std::vector<BatchVotes>& more, std::uint32_t first_row) {
    for (std::size_t source = 0; source < more.size(); ++source) {
      SourceSaid& said = said_[asked.sources[source]];
      const SourceVotes& votes = more[source].votes();
      for (std::size_t vote = 0; vote < votes.examples.size(); ++vote)
        said.votes.add(first_row + votes.examples[vote], votes.classes[vote], votes.confidence.empty() ? 1.0f : votes.confidence[vote]);
      said.failures.add_batch(more[source].failures(), first_row);
      if (options_.keep_failed) add_failed(more[source], first_row, said.failed);
    }
  }

  static void add_failed(const BatchVotes& more, std::uint32_t first_row, std::vector<std::uint32_t>& failed) {
    if (more.failures().count == 0) return;
    for (std::uint32_t row = 0; row < more.rows(); ++row)
      if (more.has_failed(row)) failed.push_back(first_row + row);
  }

  std::vector<AskedVoter> voters_;
  SpeaksFor speaks_for_;
  const ApplyOptions& options_;
  std::vector<std::size_t> in_order_, concurrent_;  // Voters, by how they are called.
  std::vector<SourceSaid> said_;                    // By place.
};

Gathering gathering_of(std::span<const Source* const> sources, std::span<const Slice* const> slices, const ApplyOptions& options,
                       std::function<void()> idle = {}, const Dataset* dataset = nullptr) {
  SpeaksFor speaks_for(sources.begin(), sources.end());
  speaks_for.resize(sources.size() + slices.size(), nullptr);
  const VoterContext context{options.engine, options.folder, std::move(idle), dataset};
  return {voters_of(sources, slices, context, options.given), std::move(speaks_for), options};
}

Applied applied_from(std::vector<SourceSaid> said, std::size_t sources) {
  Applied applied;
  for (std::size_t place = 0; place < said.size(); ++place) {
    (place < sources ? applied.votes : applied.slices).push_back(std::move(said[place].votes));
    (place < sources ? applied.failures : applied.slice_failures).push_back(std::move(said[place].failures));
    if (place < sources) applied.failed.push_back(std::move(said[place].failed));
  }
  return applied;
}

// Tells how far the voting is: from the thread that goes through the data, and again from voters that wait, so that whoever listens may
// end it.
class VoteProgress {
 public:
  VoteProgress(const Progress& progress, std::uint64_t rows)
      : progress_(progress), event_{.stage = "vote", .done = 0, .total = rows, .unit = "rows", .note = {}} {}

  void report(std::optional<std::uint64_t> done = {}) {
    const std::lock_guard lock(mutex_);
    event_.done = done.value_or(event_.done);
    if (progress_) progress_(event_);
  }

 private:
  const Progress& progress_;
  std::mutex mutex_;
  ProgressEvent event_;
};

void check_examples(std::uint64_t examples) {
  if (examples >= std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorCode::kInvalidArgument, std::to_string(examples) + " examples are too many; at most 2^32 - 2 can be voted on");
}

std::vector<SourceSaid> said_of(Batches batches, Gathering gathering) {
  std::uint64_t examples = 0;
  for (const auto& batch : batches) examples += static_cast<std::uint64_t>(batch->num_rows());
  check_examples(examples);
  gathering.apply(batches, 0);
  return gathering.finish(examples);
}

}  // namespace

Applied apply_sources(const Dataset& dataset, std::span<const Source* const> sources, std::span<const Slice* const> slices,
                      const ApplyOptions& options, const Progress& progress) {
  check_examples(dataset.rows());
  VoteProgress voting(progress, dataset.rows());
  Gathering gathering = gathering_of(
      sources, slices, options, [&] { voting.report(); }, &dataset);
  std::vector<std::string> fields = gathering.fields();
  if (fields.empty()) fields.emplace_back(kSplitColumn);  // Without a column a batch would have no rows.
  for (const Source* source : sources) require_fields(dataset, fields_read(*source), described(*source));
  for (const Slice* slice : slices) require_fields(dataset, fields_read(slice->condition), described(*slice));
  if (sources.empty() && slices.empty()) return {};

  const std::size_t together = kBatchesPerThread * static_cast<std::size_t>(thread_count(options.threads));
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  std::uint64_t done = 0;
  const auto apply = [&] {
    gathering.apply(batches, done);
    for (const auto& batch : batches) done += static_cast<std::uint64_t>(batch->num_rows());
    batches.clear();
    voting.report(done);
  };
  dataset.for_each_batch(fields, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    batches.push_back(batch.Slice(0));
    if (batches.size() == together) apply();
  });
  apply();
  return applied_from(gathering.finish(dataset.rows()), sources.size());
}

Applied apply_sources(Batches batches, std::span<const Source* const> sources, std::span<const Slice* const> slices,
                      const ApplyOptions& options) {
  return applied_from(said_of(batches, gathering_of(sources, slices, options)), sources.size());
}

std::vector<SourceSaid> apply_voters(Batches batches, std::span<const std::shared_ptr<Voter>> voters, const ApplyOptions& options) {
  std::vector<AskedVoter> asked;
  std::size_t places = 0;
  for (const auto& voter : voters) {
    asked.push_back({voter, {}});
    for (std::size_t source = 0; source < voter->size(); ++source) asked.back().sources.push_back(places++);
  }
  return said_of(batches, Gathering(std::move(asked), SpeaksFor(places, nullptr), options));
}

}  // namespace hone
