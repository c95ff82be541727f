#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/name_table.h"
#include "hone/label_model/vote_table.h"

namespace hone {

/// The votes of one source as they come; examples usually ascend.
struct RawVotes {
  std::vector<std::uint32_t> examples, classes;
  std::vector<float> confidence;   // Empty while all are 1.
  std::vector<std::uint32_t> saw;  // Number of the name of the source whose vote each saw, kNoName; empty while none did.
  bool ascending = true;

  void add(std::uint32_t example, std::uint32_t class_number, float sure, std::uint32_t shown = kNoName);
};

/// Answers that are known, as they come.
struct KnownAnswers {
  std::vector<std::uint32_t> classes;  // By example: class number, kNoName. May be shorter than there are examples.
  std::uint64_t contradictions = 0;

  void set(std::uint32_t example, std::uint32_t class_number);
};

/// What the rows of a table of votes say, as it stands there: names are numbered, and nothing is put into order or left out but rows that
/// cannot be used.
struct VoteRows {
  NameTable examples, sources, classes;
  NameTable shown;              // Names of sources whose votes others saw.
  std::vector<RawVotes> votes;  // By source.
  KnownAnswers gold, known;
  std::vector<std::string> splits;  // By example. May be shorter; empty without such a column.
  std::vector<BadRow> rejected;     // As VoteTable has them.
  std::uint64_t rejected_rows = 0;
  std::vector<std::string> notes;
};

/// Throws as read_vote_table() does, but for classes that are too few.
VoteRows read_vote_rows(const std::filesystem::path& file, const VoteTableOptions& options);

}  // namespace hone
