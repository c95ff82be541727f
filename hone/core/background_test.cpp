#include "hone/core/background.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <vector>

#include "hone/core/error.h"

namespace hone {
namespace {

TEST(InBackground, RunsTasksInOrder) {
  for (const bool own_thread : {true, false}) {
    std::vector<int> done;
    InBackground background(own_thread);
    for (int task = 0; task < 1000; ++task) background.run([&done, task] { done.push_back(task); });
    background.finish();
    ASSERT_EQ(done.size(), 1000u);
    for (int task = 0; task < 1000; ++task) EXPECT_EQ(done[static_cast<std::size_t>(task)], task);
    background.run([&] { done.clear(); });
    background.finish();
    EXPECT_TRUE(done.empty()) << "it goes on after finish()";
  }
}

TEST(InBackground, GoesOnWhileATaskRuns) {
  std::latch given(1);
  bool done = false;
  InBackground background;
  background.run([&] {
    given.wait();
    done = true;
  });
  given.count_down();
  background.finish();
  EXPECT_TRUE(done);
}

TEST(InBackground, LetsOnlySoManyWait) {
  std::atomic<int> held = 0, most = 0;
  InBackground background(true, 3);
  for (int task = 0; task < 200; ++task) {
    auto hold = std::shared_ptr<int>(new int, [&](int* it) { --held, delete it; });
    const int now = ++held;
    if (now > most) most = now;
    background.run([hold] {});
  }
  background.finish();
  EXPECT_LE(most, 5) << "three that wait, one that runs, one that is given";
  EXPECT_EQ(held, 0);
}

TEST(InBackground, ThrowsWhatATaskThrewAndRunsNoMore) {
  for (const bool own_thread : {true, false}) {
    std::atomic<int> after = 0;
    InBackground background(own_thread);
    try {
      background.run([] { throw Error(ErrorCode::kIo, "the disk is full"); });
      for (int task = 0; task < 10; ++task) background.run([&] { ++after; });
      background.finish();
      FAIL() << "the failure was lost";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "the disk is full");
    }
    EXPECT_EQ(after, 0);
  }
}

TEST(InBackground, DropsWhatHasNotBegunWhenItEnds) {
  std::atomic<int> runs = 0;
  std::latch begun(1), go_on(1);
  std::thread release;
  {
    InBackground background(true, 10);
    background.run([&] { begun.count_down(), go_on.wait(), ++runs; });
    begun.wait();
    for (int task = 0; task < 5; ++task) background.run([&] { ++runs; });
    release = std::thread([&] { go_on.count_down(); });
  }
  release.join();
  EXPECT_GE(runs, 1);
  EXPECT_LE(runs, 6);
}

}  // namespace
}  // namespace hone
