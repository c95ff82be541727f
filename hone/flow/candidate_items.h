#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/flow/benchmark.h"

namespace hone {

/// What may become an item, and where it stands.
struct CandidateItem {
  BenchmarkItem item;
  std::uint64_t line = 0;
  double difficulty = 0.0;  // As a field of numbers says, more being harder; 0 without one.
  bool answerable = true;   // False where a field says so.
};

struct CandidateItems {
  std::filesystem::path file;
  std::vector<CandidateItem> rows;
  std::vector<BadRow> bad;  // Malformed rows, the first of them.
  std::uint64_t bad_rows = 0;
};

struct CandidateFields {
  BenchmarkFields of = {};
  std::string answerable = {};  // "no", "false" or 0 there: people found that there is no answer. Empty: not told.
  std::string difficulty = {};  // Numbers: how much annotators disagreed, how unsure a model was.
};

/// Reads a file as open_table() does, texts and gold as they are written, without blanks around gold, key, stratum and cluster. All of it
/// is held. Throws kNotFound for a field that is not there, naming the nearest and the option that names another; kCorruptData for a
/// difficulty that is no number, with file and line.
CandidateItems read_candidates(const std::filesystem::path& file, const CandidateFields& fields);

}  // namespace hone
