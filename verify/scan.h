#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/bytes.h"
#include "verify/canonical.h"
#include "verify/findings.h"
#include "verify/kinds.h"
#include "verify/layout.h"
#include "verify/sorter.h"

namespace hone::verify {

struct TokenRecord {
  std::array<char, 16> token;
  std::uint64_t seq;
  auto operator<=>(const TokenRecord&) const = default;
};

/// An object at an event, for one look at each object that is named anywhere. kListed: by a list of objects that the event names.
struct ObjectRecord {
  Hash hash;
  std::uint64_t seq;
  enum What : std::uint64_t { kNamed, kUsed, kErased, kListed } what;
  std::uint64_t bytes;
  auto operator<=>(const ObjectRecord&) const = default;
};

struct CommitmentRecord {
  std::array<char, 16> payload;
  Hash commit;
  std::uint64_t seq;
  bool erased;
  auto operator<=>(const CommitmentRecord&) const = default;
};

/// What all segments put together.
struct Sorters {
  Sorter<TokenRecord> tokens;
  Sorter<ObjectRecord> objects, lists;  ///< Those of `lists` are among `objects` too.
  Sorter<CommitmentRecord> commitments;
};

/// Who did what, of every event.
struct Act {
  std::array<char, 16> person;  ///< Zeros when it was no person.
  std::uint8_t kind;            ///< kNoKind when unknown or unreadable.
  std::uint8_t role;            ///< 0 when unreadable.
};

/// Events name an earlier one. Votes name the same few all the time, so equal ones are put together.
struct SeqReference {
  std::uint32_t at;  ///< The first of them, counted from the segment's first entry.
  std::uint32_t times;
  std::uint64_t target;
  KindSet kinds;
  std::uint8_t kind;  ///< Whose table row asks for `kinds`.
};

/// A record of `commits`: the root it has, and the root of that part of this segment which it covers.
struct RootRecord {
  std::uint64_t size, offset;
  Hash expected, partial;
};

/// What one segment says, of bounded size whatever stands in it.
struct SegmentFacts {
  std::uint64_t first = 0;
  std::uint64_t count = 0;  ///< Entries that could be read.
  std::vector<Act> acts;
  std::vector<SeqReference> references;
  std::vector<std::uint32_t> to_reread;       ///< Entries for which rules have to look at the text again, ascending.
  std::vector<bool> references_left;          ///< For each of those: its references are not in `references`.
  std::vector<Hash> bundle_roots;             ///< Of complete bundles.
  std::vector<std::uint32_t> bundle_offsets;  ///< Also of the last one, if it is not complete.
  std::vector<RootRecord> roots;
  std::string first_time, last_time;
  std::uint64_t unknown_kinds = 0, unknown_keys = 0;
  std::uint64_t bytes_left = 0;  ///< In the last file, after the last entry.
  Verdicts verdicts;
};

struct ScanInput {
  const Layout& layout;
  std::string origin;
  /// Where in `commits` the first record of each segment begins that covers an entry of it.
  std::vector<std::uint64_t> commit_offsets;
  Sorters& sorters;
};

/// Steps 4 to 6 for one segment: framing, canonical text, envelope, times, bodies, leaf hashes, tiles and index, and what the roots and
/// rules need. Segments may be scanned at the same time.
SegmentFacts scan_segment(const ScanInput& input, std::uint64_t segment);

struct OpenTile {
  std::string name;
  std::optional<File> file;
};

/// Step 6: compares hashes of a level, from `index` on, with those that lie there. In a project's own folder these files are caches, and
/// what is not there will be made again; a published tree must have all of them.
void check_hashes(const Layout& layout, unsigned level, std::uint64_t index, const std::vector<Hash>& hashes, OpenTile& open,
                  Verdicts& verdicts);

/// Whether a hash was found that is not the one of the entries.
bool has_wrong_tiles(const Verdicts& verdicts);

/// What stands around the body of every event. Empty texts, null and -1 for what is not there or of another type.
struct Envelope {
  std::string_view actor, kind, role, time, token, wall;
  const Value* body = nullptr;
  const Value* by = nullptr;
  std::int64_t seq = -1, v = -1;
  std::uint64_t unknown_keys = 0;
  bool has_wall = false;
};

Envelope read_envelope(const EventText& event);

/// What is wrong with it; empty when nothing is.
std::vector<std::string> check_envelope(const EventText& event, const Envelope& envelope, std::uint64_t seq, std::string_view origin);

}  // namespace hone::verify
