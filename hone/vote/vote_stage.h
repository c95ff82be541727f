#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "hone/core/progress.h"
#include "hone/data/dataset.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/packed_votes.h"
#include "hone/vote/source.h"
#include "hone/vote/vote_matrix.h"
#include "hone/vote/voter.h"

namespace hone {

struct ApplyOptions {
  EngineOptions engine;
  int threads = 0;  // 0: as many as the machine has cores. The result does not depend on it.

  std::filesystem::path folder = {};  // The project's: where programs that vote run. Empty: where this process does.

  /// Whether a source may vote for several classes of one example; else such an example is one that it failed on.
  BatchVotes::PerExample per_example = BatchVotes::PerExample::kOneClass;

  /// Whether all examples on which a source failed are told, not the first alone: 4 bytes each.
  bool keep_failed = false;

  /// Who speaks for sources that need more than the rows, such as a model: made by whoever has it. Of the others apply_sources() makes
  /// the voters itself.
  std::vector<AskedVoter> given = {};
};

/// What sources and slices say about a dataset.
struct Applied {
  std::vector<PackedVotes> votes;                  // By source.
  std::vector<ApplyFailures> failures;             // By source.
  std::vector<std::vector<std::uint32_t>> failed;  // By source: the examples it failed on, ascending; empty unless they are kept.
  std::vector<PackedVotes> slices;                 // By slice: votes for class 0 on the examples it holds.
  std::vector<ApplyFailures> slice_failures;       // By slice.
};

/// Reads the dataset once, the fields that are asked for alone, and gives each batch to every voter; batches are dealt to
/// threads and their votes put together in order. Memory: the votes, packed, and a few batches per thread. Throws kNotFound, naming
/// who asks and the nearest, when a field is missing; kInvalidArgument for more than 2^32 - 1 examples.
Applied apply_sources(const Dataset& dataset, std::span<const Source* const> sources, std::span<const Slice* const> slices,
                      const ApplyOptions& options, const Progress& progress = {});

/// The same for batches that lie in memory, whose examples are numbered in order.
Applied apply_sources(std::span<const std::shared_ptr<arrow::RecordBatch>> batches, std::span<const Source* const> sources,
                      std::span<const Slice* const> slices, const ApplyOptions& options);

/// What one source said.
struct SourceSaid {
  PackedVotes votes;
  ApplyFailures failures;
  std::vector<std::uint32_t> failed = {};  // As Applied has it.
};

/// The same for voters by themselves, such as those written in C++, without a project: the sources of the first voter, then those of the
/// next. Only `threads` and `per_example` of the options count.
std::vector<SourceSaid> apply_voters(std::span<const std::shared_ptr<arrow::RecordBatch>> batches,
                                     std::span<const std::shared_ptr<Voter>> voters, const ApplyOptions& options = {});

}  // namespace hone
