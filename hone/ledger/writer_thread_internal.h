#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "hone/ledger/committed_log_internal.h"
#include "hone/ledger/group_builder_internal.h"
#include "hone/ledger/ledger_lock.h"
#include "hone/ledger/ledger_writer.h"
#include "hone/ledger/seen_file.h"

namespace hone::ledger_internal {

inline constexpr std::size_t kMostWaiting = 65536;  // Events in the queue: what producers may be ahead.

/// A key that takes over.
struct Rotation {
  SigningKey key;
  std::string reason;
  std::uint64_t trusted_size;
};

/// A call of append_all(), of which each request is a part. Touched by the writer's thread alone once the requests are given.
struct Bulk {
  std::exception_ptr refused;  // A part was refused: those behind it are, too.
};

/// What one call asked for.
struct Request {
  std::vector<DraftEvent> events;
  std::shared_ptr<Bulk> bulk;  // All events or none, and a group of its own.
  std::uint64_t bulk_first = 0;
  bool publish = false;
  std::optional<Rotation> rotation;
  std::function<void(std::vector<LedgerReceipt>)> done;
  std::function<void(std::exception_ptr)> failed;

  bool wants_own_group() const { return bulk || rotation; }
  bool is_open() const { return failed != nullptr; }  // Neither answered nor refused.
  void answer(std::vector<LedgerReceipt> receipts) { std::exchange(failed, nullptr), std::exchange(done, nullptr)(std::move(receipts)); }
  void refuse(std::exception_ptr error) {
    if (failed) std::exchange(failed, nullptr)(error);
  }

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const DraftEvent& event : events) sum += event.bytes();
    return sum;
  }
};

/// What a log says of the bytes that were moved away when it was opened.
void add_recoveries(GroupBuilder& group, const std::vector<SetAside>& set_aside);

/// An error in a bulk names the event by its number there.
Error in_bulk(std::uint64_t number, const Error& error);

/// The clock that the options name, or the system's.
std::shared_ptr<LedgerClock> clock_of(const LedgerOptions& options);

/// The log and the thread that writes it.
class WriterThread {
 public:
  WriterThread(std::filesystem::path folder, SigningKey key, const LedgerOptions& options)
      : options_(options),
        disk_(options.fault),
        paths_{std::move(folder)},
        key_(std::move(key)),
        clock_(clock_of(options)),
        lock_(disk_, paths_.lock(), options.lock_patience),
        seen_(disk_, options.seen_folder, key_.verifier().name),
        log_(disk_, paths_.folder) {
    open();
    thread_ = std::thread([this] { run(); });
  }

  ~WriterThread() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void give(Request request) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_events_ < kMostWaiting; });
    waiting_events_ += request.events.size();
    waiting_.push_back(std::move(request));
    lock.unlock();
    changed_.notify_all();
  }

 private:
  void open();
  void check_seen();
  void run();
  std::vector<Request> take_group();
  void serve(std::vector<Request>& group);
  void commit(std::vector<Request>& group);
  void append_recoveries();
  std::vector<LedgerReceipt> add(GroupBuilder& group, Request& request);
  LedgerReceipt add_rotation(GroupBuilder& group, const Rotation& rotation);
  void answer(std::vector<Request>& group, std::vector<std::vector<LedgerReceipt>> receipts);
  void serve_publishing(Request& request);
  void publish();
  void publish_quietly();
  void give_back_room_quietly();
  void check_own_key() const;

  LedgerOptions options_;
  Disk disk_;
  LedgerPaths paths_;
  SigningKey key_;
  std::shared_ptr<LedgerClock> clock_;
  LedgerLock lock_;
  SeenFile seen_;
  CommittedLog log_;
  EventTimes times_;
  std::uint64_t published_ = 0;  // The size that the file `checkpoint` says.
  std::exception_ptr broken_;    // Why nothing is appended any more.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request> waiting_;
  std::size_t waiting_events_ = 0;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace hone::ledger_internal
