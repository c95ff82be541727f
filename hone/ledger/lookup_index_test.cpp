#include "hone/ledger/lookup_index.h"

#include <gtest/gtest.h>

#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/ledger/ledger_testing.h"
#include "hone/ledger/segments.h"

namespace hone {
namespace {

constexpr std::uint64_t kEvents = kSegmentEntries;

LookupIndex::Key key_of(std::uint64_t seq) { return hex_key(sha256_hex(std::to_string(seq % 1'000'000))); }

class LookupIndexTest : public testing::Test {
 protected:
  LookupIndexTest() : folder_(temporary_name(test_files())) { make_folder(folder_.path()); }

  // One key for each 64th event, so that sixteen segments are quickly made.
  LookupIndex index() {
    return LookupIndex(disk_, folder_.path(), [this](std::uint64_t begin, std::uint64_t end, const LookupIndex::Add& add) {
      ++scans_;
      for (std::uint64_t seq = begin; seq < end; seq += 64) add(key_of(seq), seq);
    });
  }
  static void fill(LookupIndex& index, std::uint64_t from, std::uint64_t segments) {
    for (std::uint64_t segment = from; segment < segments; ++segment) {
      for (std::uint64_t seq = segment * kEvents; seq < (segment + 1) * kEvents; seq += 64) index.add(key_of(seq), seq);
      index.end_segment();
    }
  }
  static void expect_all(LookupIndex& index, std::uint64_t segments) {
    for (std::uint64_t seq = 0; seq < segments * kEvents; seq += 64 * 97) {
      std::vector<std::uint64_t> expected;
      for (std::uint64_t same = seq % 1'000'000; same < segments * kEvents; same += 1'000'000)
        if (same % 64 == 0) expected.push_back(same);
      EXPECT_EQ(index.find(key_of(seq)), expected) << seq;
    }
    EXPECT_TRUE(index.find(hex_key(sha256_hex("nothing"))).empty());
  }

  RemovedAtEnd folder_;
  Disk disk_;
  int scans_ = 0;
};

TEST_F(LookupIndexTest, FindsEveryKeyThroughMergesAndAfterOpening) {
  LookupIndex writing = index();
  writing.begin_segment(0);
  fill(writing, 0, 18);
  expect_all(writing, 18);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "1/0"));
  EXPECT_EQ(scans_, 0);
  LookupIndex reading = index();
  reading.begin_segment(18);
  expect_all(reading, 18);
  EXPECT_EQ(scans_, 0) << "opening and searching read no entries";
}

TEST_F(LookupIndexTest, MakesAnewWhatIsMissing) {
  LookupIndex writing = index();
  writing.begin_segment(0);
  fill(writing, 0, 17);
  std::filesystem::remove_all(folder_.path());
  LookupIndex reading = index();
  reading.begin_segment(17);
  expect_all(reading, 17);
  EXPECT_EQ(scans_, 2) << "the run of sixteen segments and that of one";
}

// A flipped bit is found wherever it would hide a key or show a wrong one: here all keys are asked for, so in every byte that matters.
TEST_F(LookupIndexTest, ABitThatFlippedIsFoundAndTheRunMadeAnew) {
  LookupIndex writing = index();
  writing.begin_segment(0);
  fill(writing, 0, 1);
  const std::string run = read_file(folder_.path() / "0/0");
  for (std::size_t byte = 0; byte < run.size(); byte += 311) {
    std::string changed = run;
    changed[byte] = static_cast<char>(changed[byte] ^ 0x10);
    write_file_atomically(folder_.path() / "0/0", changed);
    LookupIndex reading = index();
    reading.begin_segment(1);
    for (std::uint64_t seq = 0; seq < kEvents; seq += 64)
      ASSERT_EQ(reading.find(key_of(seq)), std::vector<std::uint64_t>{seq}) << "byte " << byte;
  }
  EXPECT_GT(scans_, 50);
  EXPECT_EQ(read_file(folder_.path() / "0/0"), run);
}

}  // namespace
}  // namespace hone
