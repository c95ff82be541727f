// Whatever the bytes: what is read as a note, a checkpoint or base64 is written as it was read; records that end in it are found or
// refused; and no signature is good but the known one over the known text.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/ledger/base64.h"
#include "hone/ledger/checkpoint.h"
#include "hone/ledger/commit_journal.h"

namespace {

constexpr std::string_view kKnownText = "hone.test/ledger\n8\nymt7PmdKyGwQJ7Wch8Bk/DvCezEylMdfg70F/dE/Dc8=\n";

void try_note(std::string_view bytes) {
  static const auto key = hone::VerifierKey::parse("hone.test/ledger+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
  const hone::SignedNote note = hone::SignedNote::parse(bytes);
  hone::require(note.to_string() == bytes);
  hone::require(hone::check_note(note, key) != hone::NoteCheck::kGood || note.text == kKnownText);
  const hone::Checkpoint checkpoint = hone::Checkpoint::parse(note.text);
  hone::require(checkpoint.text() == note.text);
}

template <typename Act>
void refused_or_done(const Act& act) {
  try {
    act();
  } catch (const hone::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = hone::bytes_of(data, size);
  static const auto key = hone::VerifierKey::parse("hone.test/ledger+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
  if (const auto decoded = hone::from_base64(bytes)) hone::require(hone::to_base64(*decoded) == bytes);
  refused_or_done([&] { try_note(bytes); });
  refused_or_done([&] { hone::require(hone::VerifierKey::parse(bytes).text() == bytes); });
  refused_or_done([&] {
    for (const hone::CommitRecord& record : hone::parse_records(bytes, 0))
      hone::require(hone::commit_bytes(record.note) == bytes.substr(record.begin, record.end - record.begin));
  });
  hone::is_torn_record(bytes, key);
  refused_or_done([&] {
    const hone::Disk disk;
    const hone::JournalTail tail = hone::read_journal_tail(disk.open_to_read(hone::fuzz_file("commits", bytes)));
    hone::require(tail.rest.size() + (tail.last ? tail.last->end : 0) == bytes.size());
  });
  return 0;
}
