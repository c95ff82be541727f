// A sound ledger, changed anywhere: it is refused, or what opens begins with the very events that were there, also to a writer, who may
// have moved bytes away. An input is pieces: a byte that names a file, two that say where, and what then stands there.
#include <array>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/ledger/ledger_testing.h"

namespace {

constexpr std::array kFiles = {"segments/000000", "commits", "hash/0", "checkpoint", "segments/000001", "segments/000000.idx"};

struct Sound {
  hone::LedgerFolder folder;
  std::map<std::string, std::string> files;
  std::vector<std::string> entries;

  Sound() {
    folder.create_with_votes(4);
    for (const char* const file : kFiles)
      if (std::filesystem::exists(folder.ledger() / file)) files[file] = hone::read_file(folder.ledger() / file);
    hone::LedgerReader reader = folder.read();
    for (std::uint64_t seq = 0; seq < reader.size(); ++seq) entries.push_back(reader.entry(seq));
  }
};

const Sound& sound() {
  static const Sound ledger;
  return ledger;
}

void put(std::string_view input) {
  std::map<std::string, std::string> files = sound().files;
  for (const std::string_view piece : hone::records_of(input)) {
    if (piece.size() < 3) continue;
    std::string& bytes = files[kFiles[static_cast<unsigned char>(piece[0]) % kFiles.size()]];
    const std::size_t at = (static_cast<unsigned char>(piece[1]) << 8 | static_cast<unsigned char>(piece[2])) % (bytes.size() + 1);
    bytes.replace(at, piece.size() - 3, piece.substr(3));
  }
  const std::filesystem::path ledger = sound().folder.ledger();
  std::filesystem::remove_all(ledger / "quarantine");
  for (const char* const file : kFiles) std::filesystem::remove(ledger / file);
  for (const auto& [name, bytes] : files) std::ofstream(ledger / name, std::ios::binary) << bytes;
}

void check_what_opens() {
  try {
    hone::LedgerReader reader = sound().folder.read();
    for (std::uint64_t seq = 0; seq < std::min<std::uint64_t>(reader.size(), sound().entries.size()); ++seq)
      if (reader.entry(seq) == sound().entries[seq]) reader.inclusion(seq, reader.size());
  } catch (const hone::Error&) {
  }
  try {
    hone::LedgerOptions options;
    hone::LedgerWriter(sound().folder.ledger(), hone::ledger_test_key(), options);
    hone::LedgerReader reader = sound().folder.read();
    for (std::uint64_t seq = 0; seq < std::min<std::uint64_t>(reader.size(), sound().entries.size()); ++seq) {
      const std::string entry = reader.entry(seq);
      hone::require(entry == sound().entries[seq] || hone::parse_event(entry).kind == "admin.recovery");
    }
  } catch (const hone::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  put(hone::bytes_of(data, size));
  check_what_opens();
  return 0;
}
