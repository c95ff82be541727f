#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace hone::verify {

/// Makes `count` results in several threads and takes them in their order in this one, holding no more than one more than there
/// are threads. What `make` or `take` throws is thrown here.
template <class Make, class Take>
void in_order(std::uint64_t count, unsigned threads, Make make, Take take) {
  using Result = decltype(make(std::uint64_t{0}));
  if (threads < 2 || count < 2) {
    for (std::uint64_t index = 0; index < count; ++index) take(make(index));
    return;
  }
  struct Slot {
    std::exception_ptr failed;
    Result result;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::uint64_t, Slot> done;
  std::uint64_t next = 0, taken = 0;
  bool stop = false;

  const auto work = [&] {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stop || next == count || next < taken + threads + 1; });
      if (stop || next == count) return;
      const std::uint64_t index = next++;
      lock.unlock();
      Slot slot;
      try {
        slot.result = make(index);
      } catch (...) {
        slot.failed = std::current_exception();
      }
      lock.lock();
      done.emplace(index, std::move(slot));
      changed.notify_all();
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned thread = 0; thread < threads; ++thread) workers.emplace_back(work);
  const auto end = [&] {
    const std::lock_guard lock(mutex);
    stop = true;
    changed.notify_all();
  };
  try {
    while (taken < count) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return done.contains(taken); });
      Slot slot = std::move(done.extract(taken).mapped());
      lock.unlock();
      if (slot.failed) std::rethrow_exception(slot.failed);
      take(std::move(slot.result));
      lock.lock();
      ++taken;
      changed.notify_all();
    }
  } catch (...) {
    end();
    throw;
  }
  end();
}

}  // namespace hone::verify
