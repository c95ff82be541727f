#pragma once

#include <unistd.h>

#include <filesystem>
#include <map>
#include <numeric>
#include <string>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/ledger/event_testing.h"
#include "hone/ledger/ledger_reader.h"
#include "hone/ledger/ledger_writer.h"

// Ledgers for tests.
namespace hone {

/// The key of the specification's known answers.
inline SigningKey ledger_test_key(std::uint8_t first = 0) {
  SigningKey::Seed seed;
  std::iota(seed.begin(), seed.end(), first);
  return SigningKey("hone.test/ledger", seed);
}

inline LogOpening test_opening() {
  return {.project = std::string(32, '1'), .software = {.name = "hone", .version = "0.1.0", .build = "test"}};
}

/// Where tests write: memory where there is some as a folder, so that a sync costs nothing.
inline std::filesystem::path test_files() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

/// A folder of a test, gone with it, with a ledger and what was seen of it.
class LedgerFolder {
 public:
  explicit LedgerFolder(const std::filesystem::path& parent = test_files()) : folder_(temporary_name(parent)) {
    make_folder(folder_.path());
    options.seen_folder = folder_.path() / "seen";
  }

  std::filesystem::path ledger() const { return folder_.path() / "ledger"; }
  const std::filesystem::path& path() const { return folder_.path(); }

  void create() const { LedgerWriter::create(ledger(), ledger_test_key(), test_opening(), options); }
  LedgerWriter open() const { return LedgerWriter(ledger(), ledger_test_key(), options); }
  LedgerReader read() const { return LedgerReader(ledger(), ledger_test_key().verifier()); }

  /// A ledger with an import, event 1, and so many votes on its dataset.
  void create_with_votes(std::uint64_t votes) const {
    create();
    LedgerWriter writer = open();
    writer.append(some_import()).get();
    std::uint64_t given = 0;
    writer.append_all([&]() -> std::optional<NewEvent> {
      if (given == votes) return std::nullopt;
      NewEvent vote = some_vote(1);
      vote.token = numbered_token(given++);
      return vote;
    });
  }

  LedgerOptions options;

 private:
  RemovedAtEnd folder_;
};

/// Reads a whole log and checks all that holds of a sound one: places, times, unique tokens, the root. Returns its tokens by place.
inline std::map<std::string, std::uint64_t> check_whole_log(LedgerReader& ledger) {
  std::map<std::string, std::uint64_t> tokens;
  std::string last;
  MerkleStack tree;
  ledger.for_each(0, ledger.size(), [&](std::uint64_t seq, std::string_view entry) {
    tree.push(leaf_hash(entry));
    const Event event = parse_event(entry);
    const auto fail = [&](const std::string& what) { throw Error(ErrorCode::kCorruptData, "event " + std::to_string(seq) + " " + what); };
    if (event.seq != seq) fail("says another place");
    if (event.time < last && event.kind != "admin.clock") fail("goes back in time");
    if (!tokens.emplace(event.token, seq).second) fail("has a token again");
    last = event.time;
  });
  if (tree.root() != ledger.checkpoint().root) throw Error(ErrorCode::kCorruptData, "the root is not that of the entries");
  return tokens;
}

}  // namespace hone
