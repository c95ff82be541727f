#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "hone/record/project_ledger.h"
#include "hone/store/object_store.h"

namespace hone {

// What is done to a ledger now and then: `hone ledger rotate`, `reopen` and `anchor`.

/// Signs from now on with a new key, which takes the place of the old one in STATE/keys/. `compromised`: others may have had the old key;
/// `trusted_size` is then the last size that somebody outside holds. Gives the new key as verifiers take it.
std::string rotate_ledger_key(ProjectLedger& ledger, bool compromised, std::uint64_t trusted_size);

/// Begins a new log that says which one it goes on from: for a ledger whose key is lost, or that was set back. The old one is moved to
/// .hone/ledgers/, where it can still be verified. Throws kInvalidArgument without a reason. Gives the new origin.
std::string reopen_ledger(ProjectLedger& ledger, const std::string& because);

/// Notes that somebody outside holds a checkpoint: `receipt` is what came back (a cosigned checkpoint, a time stamp, a mail), which is kept
/// as an object and in .hone/ledger/anchors/. A receipt that is a checkpoint of this log names its own size; any other takes `size`. Throws
/// kInvalidArgument when it does not fit this log. Gives the event's number.
std::uint64_t anchor_ledger(ObjectStore& objects, ProjectLedger& ledger, const std::filesystem::path& receipt, const std::string& place,
                            std::optional<std::uint64_t> size);

}  // namespace hone
