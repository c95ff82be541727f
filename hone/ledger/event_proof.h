#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "hone/ledger/ledger_reader.h"

namespace hone {

/// That an event is in the log, as a text that anybody can check without the log: c2sp.org/tlog-proof with its place, the hashes of the
/// path and the newest checkpoint. Throws as LedgerReader::inclusion() does.
std::string proof_of_event(LedgerReader& log, std::uint64_t seq);

/// Writes FOLDER/SEQ.json, the entry's bytes, and FOLDER/SEQ.tlog-proof, making the folder: what `hone-verify FOLDER` checks.
void write_proof(LedgerReader& log, std::uint64_t seq, const std::filesystem::path& folder);

}  // namespace hone
