#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hone/ledger/checkpoint.h"
#include "hone/ledger/disk.h"
#include "hone/ledger/event.h"
#include "hone/ledger/ledger_clock.h"
#include "hone/ledger/signing_key.h"

namespace hone {

namespace ledger_internal {
class WriterThread;
}

/// What the first event of a log says.
struct LogOpening {
  std::string project;  // 32 hex digits.
  struct Software {
    std::string name, version, build;
  } software;
  std::string time_source = "unknown";  // How the machine's clock is kept: "ntp", "unsynchronized", …
  bool solo = false;                    // One person alone: nobody else can approve. Said so wherever the log is checked.
  nlohmann::json continues{};           // {origin, size, root} of the log that this one goes on from; null: none.
};

struct LedgerOptions {
  /// $XDG_STATE_HOME/hone/seen, where the largest state that was seen is remembered; empty: nowhere.
  std::filesystem::path seen_folder;
  /// How long a group waits for another process that is writing.
  std::chrono::milliseconds lock_patience{10'000};
  /// While there is change, the file `checkpoint` is written this often.
  std::chrono::milliseconds publish_every{60'000};
  /// Null: the system's.
  std::shared_ptr<LedgerClock> clock;
  /// For tests.
  DiskFault fault;
};

/// Where an event stands, given only once it is durable under a signature.
struct LedgerReceipt {
  std::uint64_t seq = 0;
  std::uint64_t size = 0;  // Of the log, and
  Hash root{};             // its root, when this was acknowledged.
  bool repeated = false;   // The token was there before: this is that event's place, and nothing was appended.
};

/// Appends events to a ledger's folder. Any number of processes may hold one at the same time; its functions may be called by any number
/// of threads. One thread of its own writes: what arrives while it makes a group durable forms the next.
///
///     LedgerWriter ledger(project / ".hone/ledger", read_key_file(key_file));
///     LedgerReceipt receipt = ledger.append({.kind = "vote.person", .actor = person, .role = "annotator", .body = vote}).get();
///
/// Messages of errors begin with LEDGER_BUSY (kBusy: another process held the lock for too long), LEDGER_FULL (kIo: no room; later
/// events may succeed), LEDGER_TRUNCATED, LEDGER_CORRUPT or LEDGER_ROLLED_BACK (kCorruptData). After all but the first two, and after a
/// sync that failed, the writer appends nothing more: make a new one, which recovers.
class LedgerWriter {
 public:
  /// Makes a log that holds its opening alone. Throws kInvalidArgument when there is one.
  static void create(const std::filesystem::path& folder, const SigningKey& key, const LogOpening& opening,
                     const LedgerOptions& options = {});

  /// Opens for writing, after recovery: bytes that no checkpoint covers are moved to quarantine/, which an admin.recovery event says.
  /// Throws kNotFound when there is no ledger, kInvalidArgument when the key is not its key, and as above.
  LedgerWriter(std::filesystem::path folder, SigningKey key, const LedgerOptions& options = {});

  /// Writes what was given to it, publishes, ends.
  ~LedgerWriter();
  LedgerWriter(const LedgerWriter&) = delete;
  LedgerWriter& operator=(const LedgerWriter&) = delete;

  /// Throws kInvalidArgument at once for what is wrong in the event itself; the future throws what the log says against it, and what
  /// went wrong in writing. Waits while 65,536 events do.
  std::future<LedgerReceipt> append(NewEvent event);

  /// Appends what `next` gives until it gives nothing, in groups of up to 8 MiB, and returns when all of it is durable: hundreds of
  /// thousands a second, for records that come from elsewhere. An event may name only events that were in the log before. When one is
  /// refused the error says which (from 0), and those of its group and behind it were not appended; with tokens of your own the call can
  /// be repeated as a whole. Gives each one's place.
  std::vector<std::uint64_t> append_all(const std::function<std::optional<NewEvent>()>& next);

  /// Appends key.rotate: the checkpoint of it is signed by both keys, all later ones by the new one alone. `reason` is routine or
  /// compromise; then `trusted_size` is the last size that somebody else holds.
  LedgerReceipt rotate_key(SigningKey next, const std::string& reason, std::uint64_t trusted_size);

  /// Writes the file `checkpoint`, durably.
  void publish();

 private:
  std::unique_ptr<ledger_internal::WriterThread> thread_;
};

}  // namespace hone
