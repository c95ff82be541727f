#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "hone/label_model/vote_table.h"

namespace hone {

/// The number of what is not there.
inline constexpr std::uint32_t kNoNumber = std::numeric_limits<std::uint32_t>::max();

/// Numbers names in the order in which they are first seen.
class Numbering {
 public:
  std::uint32_t of(std::string_view name);
  /// kNoNumber for a name that was not seen.
  std::uint32_t find(std::string_view name) const;
  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  // Open addressing with linear probing (Knuth: The Art of Computer Programming, vol. 3, section 6.4, algorithm L). A slot keeps half of
  // the hash, so that other names are hardly ever looked at.
  struct Slot {
    std::uint32_t number = kNoNumber;
    std::uint32_t check = 0;
  };
  std::size_t slot_of(std::string_view name, std::size_t hash) const;
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::vector<std::string> names_;
};

/// The votes of one source as they come; examples usually ascend.
struct RawVotes {
  std::vector<std::uint32_t> examples, classes;
  std::vector<float> confidence;   // Empty while all are 1.
  std::vector<std::uint32_t> saw;  // Number of the name of the source whose vote each saw, kNoNumber; empty while none did.
  bool ascending = true;

  void add(std::uint32_t example, std::uint32_t class_number, float sure, std::uint32_t shown = kNoNumber);
};

/// Answers that are known, as they come.
struct KnownAnswers {
  std::vector<std::uint32_t> classes;  // By example: class number, kNoNumber. May be shorter than there are examples.
  std::uint64_t contradictions = 0;

  void set(std::uint32_t example, std::uint32_t class_number);
};

/// What the rows of a table of votes say, as it stands there: names are numbered, and nothing is put into order or left out but rows that
/// cannot be used.
struct VoteRows {
  Numbering examples, sources, classes;
  Numbering shown;              // Names of sources whose votes others saw.
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
