#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hone/data/import.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

struct VoteTableOptions {
  /// A second table with the known answers: `item` (or example, id) and `truth` (or gold, label, class). Empty: none.
  /// What it says replaces a `gold` column of the votes.
  std::filesystem::path gold;
  ReadOptions read;
  /// Share of rows that may be malformed before reading fails.
  double max_bad_rows = 0.01;
};

/// A table of votes that comes without a project.
struct VoteTable {
  std::vector<std::string> examples;  // Ids in order of first appearance; row numbers from 1 in a wide table without ids.
  std::vector<std::string> sources;   // Wide: in order of columns; long: of first appearance.
  std::vector<std::string> classes;   // By class id: numbers in their order when all are whole numbers, else in byte order.
  VoteMatrix votes;
  std::vector<ClassId> gold;       // By example, kNoClass where unknown; empty when there is no gold at all.
  std::vector<std::string> split;  // By example, as written; empty without such a column.
  std::vector<BadRow> rejected;    // Rows left out, at most 1,000 of them.
  std::uint64_t rejected_rows = 0;
  std::uint64_t repeated_votes = 0;  // Of one source on one example: the last counts, so many others do not.
  std::vector<std::string> notes;    // What a user should know.
};

/// Reads .csv .tsv .jsonl .parquet (text ones also .gz and .zst) in one of two forms, told apart by their columns
/// (upper or lower case):
///   wide  a column per source, a row per example; beside them `id` (or example, item), `split` and `gold` if there
///   long  a row per vote: `example` or `item`, `source` or `worker`, `class` or `label`; `confidence` in (0, 1], `split` and
///         `gold` if there; other columns are left out with a note
/// Empty or -1 is no vote, and no gold. Rows of one id are one example.
///
/// Memory: the votes and the names, never the file. Throws kNotFound for a missing file; kInvalidArgument for columns
/// that are neither form, no rows, fewer than two classes, or more classes than can be (wide: 1,000, where a column that is no source
/// is the likely cause; long: 65,534); kCorruptData for more malformed rows than max_bad_rows, with the first ten.
VoteTable read_vote_table(const std::filesystem::path& file, const VoteTableOptions& options = {});

}  // namespace hone
