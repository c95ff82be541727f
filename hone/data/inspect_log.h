#pragma once

#include <filesystem>
#include <memory>

#include "hone/data/table_reader.h"

namespace hone {

/// Logs are read whole; a larger one is refused.
inline constexpr std::uint64_t kMostLogBytes = std::uint64_t{2} << 30;

/// Reads the samples of an evaluation log of inspect_ai (github.com/UKGovernmentBEIS/inspect_ai) in its JSON format, as `inspect log dump`
/// and `inspect log convert --to json` write it. A row is a sample in one epoch. Columns, all of text, absent where there is nothing:
///   id, epoch, target     as they stand there; of a list of targets that has one, this one
///   answer                what the first scorer that says so took for the answer
///   a scorer's name       its value: "C" is 1, "I" and "N" are 0, "P" is 0.5, as in the log's own metrics; NaN is absent
///   SCORER.KEY            of a scorer that gives several values
///   metadata.KEY          what is not nested
/// The line of a row is its number in the list of samples. A sample that is not an object or has no id is a bad row.
///
/// Memory: the file, twice. Throws kNotFound; kInvalidArgument for a file that is larger, no such log, or one without samples;
/// kCorruptData where it is no JSON.
std::unique_ptr<TableReader> open_inspect_log(const std::filesystem::path& file);

/// The same of a log in memory, called `name` in messages.
std::unique_ptr<TableReader> read_inspect_log(std::string text, const std::string& name);

}  // namespace hone
