#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "hone/core/progress.h"

namespace hone {

struct NearDuplicateOptions {
  /// Texts at least so similar are near-duplicates: the Jaccard index of their sets of shingles, 0.5 to 1. A shingle is five characters in
  /// a row of the normalized text (hone/core/normal_text.h) with a space before its first and behind its last word; a text of one or two
  /// characters is one shingle. 1: equal normalized texts alone.
  double similarity = 0.9;

  /// Shingle sets of texts that are compared are kept in memory up to so many bytes; the rest lies in a file in `spill_folder`.
  std::uint64_t set_memory = std::uint64_t{256} << 20;
  std::filesystem::path spill_folder;  // Empty: the system's folder for temporary files.

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// Texts that can be read again: calls the visitor with batches of them, in order of rows, the same each time.
using TextVisit = std::function<void(std::span<const std::string_view> texts)>;
using TextStream = std::function<void(const TextVisit& visit)>;

/// Rows that are one another's duplicates.
struct DuplicateGroup {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;   // 2 or more.
  std::uint32_t texts = 0;  // Different normalized texts among them; 1: an exact group.
};

struct NearDuplicates {
  static constexpr std::uint32_t kAlone = std::numeric_limits<std::uint32_t>::max();

  std::vector<std::uint32_t> group_of;  // By row: a place in `groups`, or kAlone.
  std::vector<DuplicateGroup> groups;   // By first row.
  std::uint64_t silent_rows = 0;        // Rows of which normalization leaves nothing; they are nobody's duplicates.
  std::uint64_t compared = 0;           // Pairs of different texts whose shingles were compared.
};

/// Finds the rows whose texts are equal after normalization, and those that are similar. A group is what hangs together through pairs: two
/// texts of one group are linked by a chain of similar ones, and need not be similar themselves.
///
/// Every pair that makes a group is checked by the exact Jaccard index of the two sets (of 32-bit hashes of shingles), so none is false. A
/// pair of exactly the similarity asked for is found with a probability of 99 %, a more similar one more surely. Where more than 64
/// different texts collide in a band, each is compared with at most 64 of the others, so that a million variants of one letter take linear
/// time; fewer pairs are then seen, and chains make up for most.
///
/// Groups are a function of the set of texts and the options: neither threads nor the order of rows change which rows belong together.
/// Reads the stream twice (once for similarity 1). Memory: 32 bytes a row and 4 for each band (9 bands at 0.9, at most 20), twice the
/// latter where every text collides with others, and `set_memory`; of texts only a batch. Time: linear.
///
///     const std::vector<std::string_view> texts{"My card is lost.", "my card is LOST", "where is my refund"};
///     const NearDuplicates found = find_near_duplicates(3, [&](const TextVisit& visit) { visit(texts); }, {});
///     // found.group_of == {0, 0, kAlone}
///
/// Throws kInvalidArgument for options out of range, for 2^32 - 1 rows or more, and for a stream that has another number of rows than
/// `rows`; kIo when the spilled sets cannot be written.
NearDuplicates find_near_duplicates(std::uint64_t rows, const TextStream& stream, const NearDuplicateOptions& options, int threads = 0,
                                    const Progress& progress = {});

/// The Jaccard index of two texts as above: 0 when one of them says nothing.
double text_similarity(std::string_view a, std::string_view b);

}  // namespace hone
