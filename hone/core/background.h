#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace hone {

/// Runs tasks one after the other, in order, on a thread of its own, so that who gives them goes on meanwhile: one reads the
/// next batch while the last one is written. To be used from one thread.
///
///   InBackground writing;
///   while (auto batch = read()) writing.run([&, batch] { write(batch); });
///   writing.finish();
class InBackground {
 public:
  /// With `own_thread` false, run() does the task itself. `most_waiting` (at least 1) bounds what waiting tasks hold.
  explicit InBackground(bool own_thread = true, std::size_t most_waiting = 2);

  /// Waits for the running task; those not begun are dropped.
  ~InBackground();
  InBackground(const InBackground&) = delete;
  InBackground& operator=(const InBackground&) = delete;

  /// Waits while too many tasks do. Throws what an earlier task threw, after which no task runs any more.
  void run(std::function<void()> task);

  /// Waits for all tasks. Throws what one of them threw.
  void finish();

 private:
  void work();
  void rethrow();

  std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool running_ = false;
  bool ended_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // Not joinable: run() works by itself.
};

}  // namespace hone
