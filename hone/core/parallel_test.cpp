#include "hone/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <latch>
#include <numeric>
#include <vector>

#include "hone/core/error.h"

namespace hone {
namespace {

TEST(ParallelFor, GivesTheSameBytesForAnyNumberOfThreads) {
  const auto sum = [](int threads) {
    constexpr std::size_t kItems = 100003, kBlocks = 64;
    std::vector<double> parts(kBlocks);
    parallel_for(kBlocks, threads, [&](std::size_t block) {
      const BlockRange range = block_range(kItems, kBlocks, block);
      for (std::size_t item = range.begin; item < range.end; ++item) parts[block] += std::sin(static_cast<double>(item));
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  };
  const double one = sum(1);
  for (const int threads : {2, 3, 8, 0}) EXPECT_EQ(sum(threads), one) << threads;
}

TEST(ParallelFor, RunsEveryBlockOnce) {
  std::vector<std::atomic<int>> runs(1000);
  parallel_for(runs.size(), 8, [&](std::size_t block) { ++runs[block]; });
  for (const auto& count : runs) EXPECT_EQ(count, 1);
  parallel_for(0, 8, [](std::size_t) { FAIL(); });
}

// Every block fails, the first ones last: all threads must have begun one before any may throw.
TEST(ParallelFor, ThrowsTheExceptionOfTheLowestBlockThatFails) {
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::latch all_begun(4);
    try {
      parallel_for(100, 4, [&](std::size_t block) {
        if (block < 4) all_begun.arrive_and_wait();
        if (block >= 1) throw Error(ErrorCode::kNotFound, std::to_string(block));
      });
      FAIL();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "1");
    }
  }
}

TEST(ParallelFor, OneThreadStopsAtTheFirstFailure) {
  std::size_t runs = 0;
  const auto fail_at_three = [&](std::size_t block) {
    ++runs;
    if (block == 3) throw Error(ErrorCode::kIo, "three");
  };
  EXPECT_THROW(parallel_for(10, 1, fail_at_three), Error);
  EXPECT_EQ(runs, 4u);
}

TEST(BlockRange, CoversAllItemsEvenly) {
  for (const std::size_t items : {0u, 1u, 7u, 64u, 65u})
    for (const std::size_t blocks : {1u, 2u, 7u, 64u}) {
      std::size_t next = 0;
      for (std::size_t block = 0; block < blocks; ++block) {
        const BlockRange range = block_range(items, blocks, block);
        EXPECT_EQ(range.begin, next);
        EXPECT_LE(range.end - range.begin, items / blocks + 1);
        next = range.end;
      }
      EXPECT_EQ(next, items);
    }
}

TEST(ThreadCount, IsWhatWasAskedForOrWhatTheMachineHas) {
  EXPECT_EQ(thread_count(3), 3);
  EXPECT_GE(thread_count(0), 1);
  EXPECT_GE(thread_count(-1), 1);
}

}  // namespace
}  // namespace hone
