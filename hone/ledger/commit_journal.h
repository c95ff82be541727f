#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/checkpoint.h"
#include "hone/ledger/disk.h"
#include "hone/ledger/signed_note.h"

namespace hone {

/// A record of `commits`: the signed checkpoint of a durable group, followed by one empty line.
struct CommitRecord {
  SignedNote note;
  Checkpoint checkpoint;
  std::uint64_t begin = 0, end = 0;  // Where it lies in the file.
};

/// The record's bytes.
std::string commit_bytes(const SignedNote& note);

/// The last complete record and what lies behind it.
struct JournalTail {
  std::optional<CommitRecord> last;
  std::string rest;
};

/// Reads the end of the journal alone, whatever its length. Throws kCorruptData (LEDGER_CORRUPT) when its newest record is no signed
/// checkpoint. Signatures are not checked.
JournalTail read_journal_tail(const DiskFile& journal);

/// The complete records of the bytes, which begin at `offset` of the file. What is behind the last of them is left out.
std::vector<CommitRecord> parse_records(std::string_view bytes, std::uint64_t offset);

/// Whether bytes behind the last complete record are what a write leaves that was cut off: they lack the end of a record, or hold runs of
/// NUL, and no record of this key was whole in them. Otherwise something else changed them.
bool is_torn_record(std::string_view rest, const VerifierKey& key);

}  // namespace hone
