#include "hone/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace hone {
namespace {

// Keeps the exception of the lowest block. Blocks are begun in order, and one is skipped only when a lower one has
// failed: so the lowest that fails always runs, and which error is shown does not depend on timing.
class FirstFailure {
 public:
  void keep(std::size_t block, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (block >= lowest_) return;
    lowest_ = block;
    error_ = std::move(error);
  }
  bool lies_below(std::size_t block) const { return lowest_ < block; }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
  std::atomic<std::size_t> lowest_ = SIZE_MAX;
};

}  // namespace

void parallel_for(std::size_t blocks, int threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  FirstFailure failure;
  const auto run = [&] {
    for (std::size_t block = next++; block < blocks && !failure.lies_below(block); block = next++) {
      try {
        work(block);
      } catch (...) {
        failure.keep(block, std::current_exception());
      }
    }
  };
  std::vector<std::jthread> helpers;
  const std::size_t wanted = std::min<std::size_t>(thread_count(threads), blocks);
  try {
    for (std::size_t helper = 1; helper < wanted; ++helper) helpers.emplace_back(run);
  } catch (const std::system_error&) {  // The machine gives no more threads: those there are do the work.
  }
  run();
  helpers.clear();
  failure.rethrow();
}

int thread_count(int asked) { return asked > 0 ? asked : std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

BlockRange block_range(std::size_t items, std::size_t blocks, std::size_t block) {
  const std::size_t whole = items / blocks, rest = items % blocks;
  const std::size_t begin = block * whole + std::min(block, rest);
  return {begin, begin + whole + (block < rest ? 1 : 0)};
}

}  // namespace hone
