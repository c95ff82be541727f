#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hone/core/json.h"
#include "hone/ledger/lookup_index.h"

namespace hone::ledger_internal {

/// What the log itself looks at in an entry.
struct EntryFacts {
  std::uint64_t seq = 0;
  std::string kind, time, token, actor, role;
};

/// Read from the entry's ends, where its canonical text has them in fixed order; parsed whole only where a newer program put more there.
/// Throws kCorruptData when it is no event.
EntryFacts facts_of(std::string_view entry);

/// Calls with the hash of each object that the event brings: all references but those under `inputs`, which earlier events brought.
void visit_objects_brought(const nlohmann::json& body, const std::function<void(const std::string& hash)>& visit);

/// The keys under which an event is found: its token, the objects that it brings, and its kind where that is rare and asked for.
void visit_keys(std::string_view kind, std::string_view token, const nlohmann::json& body,
                const std::function<void(const LookupIndex::Key&)>& visit);

/// The same of an entry in the log. A person's vote, which most entries are, is not parsed for it.
void visit_entry_keys(const EntryFacts& facts, std::string_view entry, const std::function<void(const LookupIndex::Key&)>& visit);

/// What the new key signs when a key.rotate event takes place `seq`.
std::string rotation_text(std::string_view origin, std::uint64_t seq, std::string_view vkey);

}  // namespace hone::ledger_internal
