#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/lookup_index.h"
#include "hone/ledger/merkle_tree.h"

namespace hone::ledger_internal {

/// How an event has an object. What the numbers mean stands in index files.
enum class ObjectUse { kInput = 0, kOutput = 1, kNamed = 2 };

/// What an event brings into the index.
struct IndexEntry {
  struct Object {
    Hash hash{};
    ObjectUse use = ObjectUse::kNamed;
    bool operator==(const Object&) const = default;
  };
  struct Link {
    std::string_view member;  // As BodySchema::NamedEvent has it: lives as long as the program.
    std::uint64_t to = 0;
    bool operator==(const Link&) const = default;
  };

  std::uint64_t seq = 0;
  std::string kind{}, actor{}, role{};
  std::int64_t time = 0;  // Microseconds since 1970.
  std::vector<Object> objects{};
  std::vector<LookupIndex::Key> examples{};
  std::string name{};  // Of a source, stage, run, release, gold version or setting; else empty.
  std::vector<Link> links{};
  bool operator==(const IndexEntry&) const = default;
};

/// Of an entry of the log; events of kinds that this program does not know bring nothing but themselves. A person's vote, which most
/// entries are, is not parsed for it where it is as we write it. Throws kCorruptData naming the event when it is none.
IndexEntry index_entry_of(std::uint64_t seq, std::string_view entry);

/// The same by parsing whatever it is: the oracle of the quick way.
IndexEntry parsed_index_entry(std::uint64_t seq, std::string_view entry);

/// The member that names the thing which an event of this kind is about, "name" of a source.define; empty where there is none.
std::string_view naming_member(std::string_view kind);

/// 32 bytes. REQUIRES: 64 hex digits.
Hash hash_of_hex(std::string_view hex);

}  // namespace hone::ledger_internal
