#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// The votes of several sources in one Parquet file: a row per vote, columns `example` (uint32), `class` (uint16) and, when
/// some vote is not certain, `confidence` (float); a row group for each source that voted, in the order given, so that one
/// source is read without the others. The key-value metadata holds `hone.votes`, a JSON list of the votes of each source.
/// Same votes, same bytes. Throws kIo, naming the file.
void write_source_votes(std::span<const SourceVotes> sources, const std::filesystem::path& path);

/// Throws kCorruptData, naming the file, when it does not hold votes.
std::vector<SourceVotes> read_source_votes(const std::filesystem::path& path);

/// How many votes the file holds, by its metadata alone.
std::uint64_t count_source_votes(const std::filesystem::path& path);

/// On how many examples its first source votes: fewer than votes where one may have several.
std::uint64_t count_voted_examples(const std::filesystem::path& path);

/// One source by its place in the file. Throws kNotFound when there are not so many.
SourceVotes read_source_votes(const std::filesystem::path& path, std::size_t source);

}  // namespace hone
