#include "hone/core/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "hone/core/file.h"

namespace hone {
namespace {

class MemoryTest : public testing::Test {
 protected:
  void file(const std::string& path, const std::string& text) const {
    make_folder((root_.path() / path).parent_path());
    std::ofstream(root_.path() / path) << text;
  }

  RemovedAtEnd root_{temporary_name(std::filesystem::temp_directory_path())};
};

TEST_F(MemoryTest, IsThatOfTheMachineWithoutLimits) {
  file("proc/meminfo", "MemTotal:       1000 kB\nMemFree:         10 kB\nMemAvailable:    500 kB\n");
  EXPECT_EQ(available_memory(root_.path()), 500u * 1024);
}

TEST_F(MemoryTest, IsUnboundedWhereNothingIsTold) { EXPECT_EQ(available_memory(root_.path() / "nowhere"), UINT64_MAX); }

TEST_F(MemoryTest, IsLimitedByTheGroupAndThoseAboveItFilesAside) {
  file("proc/meminfo", "MemAvailable:    500000 kB\n");
  file("proc/self/cgroup", "0::/a/b\n");
  file("sys/fs/cgroup/a/memory.max", "max\n");
  file("sys/fs/cgroup/a/memory.current", "123\n");
  file("sys/fs/cgroup/a/b/memory.max", "1000000\n");
  file("sys/fs/cgroup/a/b/memory.current", "900000\n");
  file("sys/fs/cgroup/a/b/memory.stat", "anon 1\ninactive_file 100000\nactive_file 200000\n");
  EXPECT_EQ(available_memory(root_.path()), 400'000u);
  file("sys/fs/cgroup/a/memory.max", "1123\n");
  EXPECT_EQ(available_memory(root_.path()), 1000u);
}

TEST_F(MemoryTest, ReadsTheFirstVersionOfGroupsToo) {
  file("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/from/outside\n0::/\n");
  file("sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n");
  file("sys/fs/cgroup/memory/memory.usage_in_bytes", "6000\n");
  file("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 1500\n");
  EXPECT_EQ(available_memory(root_.path()), 500u);
}

TEST_F(MemoryTest, OfThisMachineIsSomething) { EXPECT_GT(available_memory(), 0u); }

}  // namespace
}  // namespace hone
