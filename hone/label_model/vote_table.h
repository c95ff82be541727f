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
  /// A third of the same form with answers that a label model may learn from. Empty: none.
  std::filesystem::path known = {};
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
  std::vector<ClassId> known;      // The same of VoteTableOptions::known.
  std::vector<std::string> split;  // By example, as written; empty without such a column.
  std::vector<BadRow> rejected;    // Rows left out, at most 1,000 of them.
  std::uint64_t rejected_rows = 0;
  std::uint64_t repeated_votes = 0;  // Of one source on one example: the last counts, so many others do not.
  std::uint64_t echoes = 0;          // Votes left out because they say what the vote said that was seen before.
  std::vector<bool> led;             // By source, whether it saw another's vote before most of its own; empty where none did.
  std::vector<std::string> notes;    // What a user should know.
};

/// Reads .csv .tsv .jsonl .parquet (text ones also .gz and .zst) in one of two forms, told apart by their columns
/// (upper or lower case):
///   wide  a column per source, a row per example; beside them `id` (or example, item), `split` and `gold` if there
///   long  a row per vote: `example` or `item`, `source` or `worker`, `class` or `label`; `confidence` in (0, 1], `saw`, `split` and
///         `gold` if there; other columns are left out with a note. `saw` names the source whose vote on the example was seen before this
///         one was cast: if both say the same, this one is left out; if it says something else, it counts in full
/// "not X" and "!X" are votes against the class X where the table has one of that name, two or more classes are left, and no known answer
/// is called so. Empty or -1 is no vote, and no gold; 1.0 is the class 1. Rows of one id are one example.
///
/// Memory: the votes and the names, never the file. Throws kNotFound for a missing file; kInvalidArgument for columns
/// that are neither form, no rows, fewer than two classes, or more classes than can be (wide: 1,000, where a column that is no source
/// is the likely cause; long: 65,534), more than 20 classes called by numbers with fractions, more than a million sources, or answers of
/// which none is about an example of the votes; kCorruptData for more malformed rows than max_bad_rows, with the first ten.
VoteTable read_vote_table(const std::filesystem::path& file, const VoteTableOptions& options = {});

}  // namespace hone
