#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hone/core/progress.h"
#include "hone/data/dataset.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/source.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

struct ApplyOptions {
  EngineOptions engine;
  int threads = 0;  // 0: as many as the machine has cores. The result does not depend on it.
};

/// The examples on which a source or slice could not say anything: it abstains there.
struct ApplyFailures {
  static constexpr std::size_t kShown = 5;

  struct Example {
    std::uint32_t example = 0;
    std::string what;
  };
  std::uint64_t count = 0;
  std::vector<Example> first;  // At most kShown, ascending.
};

/// What sources and slices say about a dataset.
struct Applied {
  std::vector<SourceVotes> votes;                  // By source.
  std::vector<ApplyFailures> failures;             // By source.
  std::vector<std::vector<std::uint32_t>> slices;  // By slice: its examples, ascending.
  std::vector<ApplyFailures> slice_failures;       // By slice.
};

/// Reads the dataset once, the fields that are asked for alone, and applies everything to each batch; batches are dealt to
/// threads and their votes put together in order. Memory: the votes, and a few batches per thread. Throws kNotFound, naming
/// who asks and the nearest, when a field is missing; kInvalidArgument for more than 2^32 - 1 examples.
Applied apply_sources(const Dataset& dataset, std::span<const Source* const> sources, std::span<const Slice* const> slices,
                      const ApplyOptions& options, const Progress& progress = {});

/// The same for batches that lie in memory, whose examples are numbered in order.
Applied apply_sources(std::span<const std::shared_ptr<arrow::RecordBatch>> batches, std::span<const Source* const> sources,
                      std::span<const Slice* const> slices, const ApplyOptions& options);

}  // namespace hone
