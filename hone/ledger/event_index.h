#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/progress.h"
#include "hone/ledger/ledger_reader.h"

namespace hone {

/// Which events are asked for: those that all of it holds for. What is empty asks nothing.
///
///     EventFilter votes{.kinds = {"vote.", "adjudication"}, .example = "9a14cbe89494b921c9ac8202fc99c617", .limit = 20};
struct EventFilter {
  std::vector<std::string> kinds{};  // One of these, or what begins with one: "vote.".
  std::string actor{};               // "p:4x7d2kq0m3fz9sj1".
  std::string from{}, to{};          // The first and the last moment, as events have them: "2026-01-05T09:30:00.000123Z".
  std::string object{};              // The hash of an object that the event has in any way, or its first 6 digits or more.
  std::string example{};             // An example's key, 32 digits.
  std::string name{};                // The name of the source, stage, run, release, gold version or setting that the event is about.
  std::optional<std::uint64_t> after_seq{}, before_seq{};  // Only events behind and before these, which are not among them.

  enum class Order { kOldestFirst, kNewestFirst };
  Order order = Order::kOldestFirst;
  std::uint64_t limit = 0;  // At most so many, of those that come first; 0: all.
};

/// Finds events of a ledger by what they are and have. A cache of the log in one SQLite file (`.hone/index.db`), never the truth: it is
/// made anew from the log where it is missing, damaged, of another version or of another log, also when that shows in the middle of a
/// question. Several processes may use a file at once. Where it cannot be written, an index in memory does the same.
///
///     LedgerReader ledger(project / ".hone/ledger");
///     EventIndex index(project / ".hone/index.db", ledger);
///     for (std::uint64_t seq : index.find({.kinds = {"stage.run"}, .limit = 10})) … ledger.event(seq) …
///
/// Answers are about the first size() events, whatever other processes add meanwhile. A question takes milliseconds at a million events,
/// and the time that its answer's length takes. All functions throw kBusy when another process holds the file for too long, and
/// kCorruptData naming the event where an entry of the log is none. One thread at a time.
class EventIndex {
 public:
  /// Takes in what the file lacks, all of the log where there is no such file. The reader must outlive this; it is refreshed.
  EventIndex(std::filesystem::path file, LedgerReader& reader, const Progress& progress = {});
  ~EventIndex();
  EventIndex(EventIndex&&) noexcept;

  /// The same with a file that is made anew, whatever is there. Throws kIo when it cannot be written.
  static EventIndex rebuilt(std::filesystem::path file, LedgerReader& reader, const Progress& progress = {});

  /// Refreshes the reader and takes in the events since. Whether there were any. Progress is called with stage "index".
  bool refresh(const Progress& progress = {});

  /// How many events of the log it knows.
  std::uint64_t size() const;
  /// Why the index is in memory, as a sentence; empty where it is in its file.
  const std::string& in_memory_because() const;

  /// The newest event about the thing of this kind and name: the source's newest version, the stage's last run. The kinds that name one:
  /// source.define (its name), stage.run (stage), run.name (name), release (name), gold.commit (version), admin.config (setting).
  std::optional<std::uint64_t> latest(std::string_view kind, std::string_view name);

  /// The newest event of the kind.
  std::optional<std::uint64_t> last(std::string_view kind);

  /// Throws kInvalidArgument naming the field that is not as it should be.
  std::vector<std::uint64_t> find(const EventFilter& filter);

  /// The first event that has the object (its hash, 64 digits) elsewhere than among its inputs: what imported or made it.
  std::optional<std::uint64_t> made(std::string_view hash);

  /// The events that have the object among their inputs, ascending.
  std::vector<std::uint64_t> used_by(std::string_view hash);

  struct Reference {
    std::uint64_t seq = 0;  // The event that refers to the one asked for,
    std::string member;     // and as what: "dataset", "supersedes", "inputs".
    bool operator==(const Reference&) const = default;
  };
  /// The first `limit` events that name this one by its number, ascending; 0: all. Imports may have as many as there are votes.
  std::vector<Reference> referring_to(std::uint64_t seq, std::uint64_t limit = 0);

  /// All kinds of events in the log, by name.
  std::vector<std::string> kinds();

 private:
  struct State;
  explicit EventIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone
