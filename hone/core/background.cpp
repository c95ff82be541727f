#include "hone/core/background.h"

#include <system_error>
#include <utility>

namespace hone {

InBackground::InBackground(bool own_thread, std::size_t most_waiting) : most_waiting_(most_waiting) {
  if (!own_thread) return;
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {  // The machine gives no more threads: run() does the work.
  }
}

InBackground::~InBackground() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void InBackground::run(std::function<void()> task) {
  if (!thread_.joinable()) return task();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || waiting_.size() < most_waiting_; });
  rethrow();
  waiting_.push_back(std::move(task));
  changed_.notify_all();
}

void InBackground::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || (waiting_.empty() && !running_); });
  rethrow();
}

void InBackground::rethrow() {
  if (failure_) std::rethrow_exception(failure_);
}

void InBackground::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    if (ended_) return;
    std::function<void()> task = std::move(waiting_.front());
    waiting_.pop_front();
    running_ = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
      task();
    } catch (...) {
      failure = std::current_exception();
    }
    task = nullptr;  // What it holds goes before anybody is told that it is done.
    lock.lock();
    running_ = false;
    if (failure) {
      failure_ = failure;
      waiting_.clear();
      ended_ = true;
    }
    changed_.notify_all();
  }
}

}  // namespace hone
