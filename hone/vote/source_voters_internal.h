#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hone/vote/condition_engine.h"
#include "hone/vote/source.h"
#include "hone/vote/voter.h"

namespace hone {

/// What voters take from the project.
struct VoterContext {
  EngineOptions engine;
  std::filesystem::path folder;      // The project's.
  std::function<void()> idle;        // Called now and then by what waits; throws to end the operation. May be empty.
  const Dataset* dataset = nullptr;  // Null: the rows lie in memory, and have no ids.
};

// One maker for each kind of voter. Each speaks for the sources that are given, in this order.

/// All conditions in one engine: those of labeling functions first, then those of slices, which vote for class 0.
std::shared_ptr<Voter> condition_voter(std::span<const Source* const> lfs, std::span<const Slice* const> slices,
                                       const EngineOptions& options);

/// REQUIRES: sources of one entry.
std::shared_ptr<Voter> dictionary_voter(std::span<const Source* const> sources, const EngineOptions& options);

std::shared_ptr<Voter> column_voter(const Source& source, char decimal);

/// One program for sources of equal program_of(): which program, and how it is started.
std::string program_of(const Source& source);
std::shared_ptr<Voter> process_voter(std::span<const Source* const> sources, const VoterContext& context);

/// Throws kNotFound, naming them, for examples that are not in the data; kInvalidArgument for examples without a vector, or of the test
/// split.
std::shared_ptr<Voter> like_voter(const Source& source, const VoterContext& context);

/// The voters that together speak for all sources (by their place) and slices (by the number of sources plus their place), but for the
/// sources that `given` speaks for, which are copied.
std::vector<AskedVoter> voters_of(std::span<const Source* const> sources, std::span<const Slice* const> slices, const VoterContext& context,
                                  std::span<const AskedVoter> given);

}  // namespace hone
