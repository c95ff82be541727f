#include "hone/ledger/event_index.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "hone/core/background.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/ledger/disk.h"
#include "hone/ledger/index_entry_internal.h"
#include "hone/ledger/index_queries_internal.h"
#include "hone/ledger/index_store_internal.h"
#include "hone/ledger/ledger_lock.h"

namespace hone {
namespace {

using ledger_internal::index_entry_of;
using ledger_internal::IndexEntry;
using ledger_internal::IndexQueries;
using ledger_internal::IndexStore;
using ledger_internal::SqlFailure;

constexpr std::uint64_t kBatch = 4096;         // Events that one thread gives the other at a time.
constexpr std::uint64_t kChange = 16384;       // Events of one transaction: others wait for it, some tenth of a second.
constexpr std::uint64_t kWorthALoad = 32768;   // From so many on, more than there are already are loaded anew rather than added.
constexpr std::chrono::seconds kPatience{60};  // While another process makes the file: a minute is ten million events.
constexpr std::chrono::seconds kNoPatience{0};

std::filesystem::path beside(const std::filesystem::path& file, const char* ending) { return file.string() + ending; }

// Which file lies there, among all that lay there; nothing where none does.
using Identity = std::optional<std::pair<dev_t, ino_t>>;
Identity identity_of(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return std::nullopt;
  return std::pair(info.st_dev, info.st_ino);
}

}  // namespace

// The protocol of the file, for any number of processes:
//   1. A file is made under another name, by one connection that nobody knows of, while `.lock` is held; then it is put in place. So it is
//      always whole, and two processes never make it at once.
//   2. Connections are opened, to their first read, and closed while `.lock` is held: the log of changes that belongs to a file is found by
//      its name, and so must not come from, or be removed for, another file of that name.
//   3. Who had the file open that was replaced goes on with the old one, which is as right as before, and moves over at its next refresh.
//   4. Events are added by transactions that look how far the others came.
struct EventIndex::State {
  std::filesystem::path file;
  LedgerReader& reader;
  Disk disk;
  std::optional<IndexStore> store;
  Identity identity;  // Of the file that is open.
  std::string in_memory_because;
  std::uint64_t size = 0;

  State(std::filesystem::path of, LedgerReader& log) : file(std::move(of)), reader(log) {}
  ~State() { close(); }

  // --- Opening and closing.

  bool is_in_place() const { return store && (!in_memory_because.empty() || identity_of(file) == identity); }

  // What the connection wrote is brought from its log into the file, where checksums are, unless the file may be replaced meanwhile.
  void close() {
    if (!store) return;
    try {
      if (in_memory_because.empty()) close_locked();
    } catch (const Error&) {
      store->leave_log_when_closed();
    }
    store.reset();
  }
  void close_locked() {
    LedgerLock lock(disk, beside(file, ".lock"), kNoPatience);
    const LedgerLock::Held held(lock);
    store.reset();
  }

  // Opens the file that is there unless it is `unwanted`, or makes it.
  void attach(const Progress& progress, Identity unwanted = {}) {
    close();
    in_memory_because.clear();
    try {
      LedgerLock lock(disk, beside(file, ".lock"), kPatience);
      const LedgerLock::Held held(lock);
      if (identity_of(file) == unwanted || !open_sound()) make(progress);
    } catch (const SqlFailure& failure) {
      load_into_memory(failure.what(), progress);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kIo && error.code() != ErrorCode::kBusy && error.code() != ErrorCode::kNotFound) throw;
      load_into_memory(error.what(), progress);
    }
  }

  // Whether the file is there and is an index of this log. REQUIRES: the lock is held.
  bool open_sound() {
    identity = identity_of(file);
    if (!identity) return false;
    try {
      store.emplace(IndexStore::open(file));
      if (is_of_this_log(store->state())) return true;
    } catch (const SqlFailure& failure) {
      if (failure.cause() != SqlFailure::Cause::kDamaged) throw;
    }
    store.reset();
    return false;
  }

  bool is_of_this_log(const IndexStore::State& known) {
    if (known.size > reader.size()) reader.refresh();  // Another process read more.
    return known.size > 0 && known.size <= reader.size() && reader.root(known.size) == known.root;
  }

  // REQUIRES: the lock is held.
  void make(const Progress& progress) {
    const std::filesystem::path made = beside(file, ".new");
    for (const char* ending : {".new", ".new-wal", ".new-shm"}) disk.remove(beside(file, ending));
    const RemovedAtEnd unfinished(made);
    {
      IndexStore loading = IndexStore::create(made);
      load(loading, progress);
    }
    // In this order: stopped between any two, there is no file, or a whole one with no other's log.
    for (const char* ending : {"", "-wal", "-shm"}) disk.remove(beside(file, ending));
    publish_file(made, file, 0644);
    if (!open_sound()) throw SqlFailure(SqlFailure::Cause::kDamaged, "'" + file.string() + "' is damaged as soon as it is made");
  }

  void load_into_memory(const std::string& because, const Progress& progress) {
    close();
    in_memory_because = because;
    IndexStore loading = IndexStore::in_memory();
    load(loading, progress);
    store.emplace(std::move(loading));
  }

  // --- Taking in events.

  void load(IndexStore& loading, const Progress& progress) {
    const std::uint64_t all = reader.size();
    add_events(loading, 0, all, progress);
    loading.finish({.size = all, .root = reader.root(all)});
  }

  // Reads here and writes in the background.
  void add_events(IndexStore& adding, std::uint64_t begin, std::uint64_t end, const Progress& progress) {
    InBackground writing(end - begin > kBatch);
    auto batch = std::make_shared<std::vector<IndexEntry>>();
    const auto hand_over = [&] {
      writing.run([&adding, batch] {
        for (const IndexEntry& entry : *batch) adding.add(entry);
      });
      batch = std::make_shared<std::vector<IndexEntry>>();
    };
    reader.for_each(begin, end, [&](std::uint64_t seq, std::string_view entry) {
      batch->push_back(index_entry_of(seq, entry));
      if (batch->size() < kBatch) return;
      hand_over();
      if (progress) progress({.stage = "index", .done = seq + 1, .total = reader.size(), .unit = "events", .note = {}});
    });
    hand_over();
    writing.finish();
  }

  // Takes in what nobody took in so far, up to what the reader sees.
  void catch_up(const Progress& progress) {
    const std::uint64_t all = reader.size(), known = store->state().size;
    if (all > known && all - known >= std::max(kWorthALoad, known)) {
      attach(progress, identity);
      return catch_up(progress);  // Another process may have made it, of fewer events.
    }
    while (add_some(all, progress)) continue;
  }
  bool add_some(std::uint64_t all, const Progress& progress) {
    if (store->state().size >= all) return false;
    IndexStore::Change change(*store);
    const std::uint64_t begin = store->state().size, end = std::min(all, begin + kChange);
    if (begin >= all) return false;
    add_events(*store, begin, end, progress);
    change.commit({.size = end, .root = reader.root(end)});
    return true;
  }

  // Does it again where the file turned out to be damaged, with one that is made anew, and in memory where that one is no better.
  template <typename Do>
  auto mended(const Do& it, const Progress& progress = {}) {
    for (int tries = 0;; ++tries) {
      try {
        if (tries > 0) catch_up(progress);
        return it();
      } catch (const SqlFailure& failure) {
        if (failure.cause() == SqlFailure::Cause::kBusy || !in_memory_because.empty()) throw;
        if (failure.cause() == SqlFailure::Cause::kDamaged && tries == 0)
          attach(progress, identity);
        else
          load_into_memory(failure.what(), progress);
      }
    }
  }

  void refresh(const Progress& progress) {
    reader.refresh();
    if (!is_in_place()) attach(progress);
    mended([&] { catch_up(progress); }, progress);
    size = reader.size();
  }

  // --- Questions.

  template <typename Ask>
  auto ask(const Ask& question) {
    return mended([&] {
      IndexQueries queries(*store, size);
      return question(queries);
    });
  }
};

EventIndex::EventIndex(std::filesystem::path file, LedgerReader& reader, const Progress& progress)
    : EventIndex(std::make_unique<State>(std::move(file), reader)) {
  state_->refresh(progress);
}

EventIndex::EventIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventIndex::~EventIndex() = default;
EventIndex::EventIndex(EventIndex&&) noexcept = default;

EventIndex EventIndex::rebuilt(std::filesystem::path file, LedgerReader& reader, const Progress& progress) {
  auto state = std::make_unique<State>(std::move(file), reader);
  reader.refresh();
  state->attach(progress, identity_of(state->file));
  if (!state->in_memory_because.empty()) throw Error(ErrorCode::kIo, "the index cannot be made: " + state->in_memory_because);
  state->refresh(progress);
  return EventIndex(std::move(state));
}

bool EventIndex::refresh(const Progress& progress) {
  const std::uint64_t before = size();
  state_->refresh(progress);
  return size() != before;
}

std::uint64_t EventIndex::size() const { return state_->size; }
const std::string& EventIndex::in_memory_because() const { return state_->in_memory_because; }

std::optional<std::uint64_t> EventIndex::latest(std::string_view kind, std::string_view name) {
  return state_->ask([&](IndexQueries& queries) { return queries.latest(kind, name); });
}

std::optional<std::uint64_t> EventIndex::last(std::string_view kind) {
  return state_->ask([&](IndexQueries& queries) { return queries.last(kind); });
}

std::vector<std::uint64_t> EventIndex::find(const EventFilter& filter) {
  return state_->ask([&](IndexQueries& queries) { return queries.find(filter); });
}

std::optional<std::uint64_t> EventIndex::made(std::string_view hash) {
  return state_->ask([&](IndexQueries& queries) { return queries.made(hash); });
}

std::vector<std::uint64_t> EventIndex::used_by(std::string_view hash) {
  return state_->ask([&](IndexQueries& queries) { return queries.used_by(hash); });
}

std::vector<EventIndex::Reference> EventIndex::referring_to(std::uint64_t seq, std::uint64_t limit) {
  return state_->ask([&](IndexQueries& queries) { return queries.referring_to(seq, limit); });
}

std::vector<std::string> EventIndex::kinds() {
  return state_->ask([&](IndexQueries& queries) { return queries.kinds(); });
}

}  // namespace hone
