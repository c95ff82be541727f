// What happens to a ledger's files, system calls and clock, and what it does then: the table of docs/ledger.md.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <memory>

#include "hone/core/complaint_testing.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/ledger/ledger_faults_testing.h"

namespace hone {
namespace {

TEST_F(LedgerFaults, AGroupCutAtAnyByteIsMovedAwayAndSaid) {
  const std::string &old_entries = before["segments/000000"], &new_entries = after["segments/000000"];
  for (std::size_t cut = old_entries.size() + 1; cut <= new_entries.size(); cut += some(41)) {
    const std::string torn = new_entries.substr(old_entries.size(), cut - old_entries.size());
    put({{"segments/000000", old_entries + torn}});
    ASSERT_EQ(open_and_close(folder), "none") << cut;
    LedgerReader reader = folder.read();
    EXPECT_EQ(reader.size(), 6u) << "the votes, and what recovery says";
    check_whole_log(reader);
    EXPECT_EQ(reader.event(5).kind, "admin.recovery");
    EXPECT_EQ(reader.event(5).body, (nlohmann::json{{"bytes", torn.size()}, {"sha256", sha256_hex(torn)}}));
    const Files now = files_of(folder.ledger() / "quarantine");
    ASSERT_EQ(now.size(), 1u);
    EXPECT_EQ(now.begin()->second, torn);
  }
}

TEST_F(LedgerFaults, ARecordCutAtAnyByteIsMovedAwayWithItsEntries) {
  const std::string &old_commits = before["commits"], &new_commits = after["commits"];
  for (std::size_t cut = old_commits.size() + 1; cut < new_commits.size(); cut += some(23)) {
    for (const std::string& rest : {std::string(), std::string(new_commits.size() - cut, '\0')}) {
      put({{"segments/000000", after["segments/000000"]}, {"commits", new_commits.substr(0, cut) + rest}});
      ASSERT_EQ(open_and_close(folder), "none") << cut;
      LedgerReader reader = folder.read();
      check_whole_log(reader);
      EXPECT_EQ(reader.size(), 7u) << "the votes, and two recoveries";
      EXPECT_EQ(reader.find_token(numbered_token(100)), std::nullopt);
    }
  }
}

TEST_F(LedgerFaults, GarbageBehindTheEndIsMovedAway) {
  for (const std::string name : {"segments/000000", "segments/000001", "commits"}) {
    put({{name, before[name] + "garbage"}});
    ASSERT_EQ(open_and_close(folder), "none") << name;
    LedgerReader reader = folder.read();
    check_whole_log(reader);
    EXPECT_EQ(reader.event(5).body["sha256"], sha256_hex("garbage")) << name;
    EXPECT_EQ(records_of(files_of(folder.ledger())).size(), 2u) << name;
  }
}

TEST_F(LedgerFaults, AFlippedBitIsFoundAndNothingChanged) {
  put(after);
  const std::size_t newest = before["commits"].size();
  for (const auto& [name, bytes] : records_of(after)) {
    for (std::size_t byte = name == "commits" ? newest : 0; byte < bytes.size(); byte += some(29)) {
      for (int bit = 0; bit < 8; bit += is_long() ? 1 : 3) {
        std::string changed = bytes;
        changed[byte] = static_cast<char>(changed[byte] ^ 1 << bit);
        put_files(folder.ledger(), after);
        std::ofstream(folder.ledger() / name, std::ios::binary) << changed;
        const Files damaged = records_of(files_of(folder.ledger()));
        const std::string failure = open_and_close(folder);
        EXPECT_TRUE(failure.starts_with("LEDGER_CORRUPT") || failure.starts_with("LEDGER_TRUNCATED"))
            << name << " byte " << byte << ": " << failure;
        EXPECT_EQ(records_of(files_of(folder.ledger())), damaged) << name << " byte " << byte;
      }
    }
  }
}

TEST_F(LedgerFaults, AFlippedBitInACacheIsMended) {
  for (const auto& [name, bytes] : after) {
    if (!name.starts_with("hash/")) continue;
    for (std::size_t byte = 0; byte < bytes.size(); byte += some(13)) {
      put_files(folder.ledger(), after);
      std::string changed = bytes;
      changed[byte] = static_cast<char>(changed[byte] ^ 4);
      std::ofstream(folder.ledger() / name, std::ios::binary) << changed;
      ASSERT_EQ(open_and_close(folder), "none") << name << " byte " << byte;
      EXPECT_EQ(read_file(folder.ledger() / name), bytes);
    }
  }
  for (const char* const gone : {"hash", "lookup"}) {
    put_files(folder.ledger(), after);
    std::filesystem::remove_all(folder.ledger() / gone);
    make_folder(folder.ledger() / gone);
    ASSERT_EQ(open_and_close(folder), "none");
    EXPECT_EQ(read_file(folder.ledger() / "hash/0"), after["hash/0"]);
  }
}

TEST_F(LedgerFaults, AShorterOrMissingSegmentIsTruncated) {
  put(after);
  const std::string entries = after["segments/000000"];
  for (std::size_t cut = 0; cut < entries.size(); cut += some(101)) {
    put_files(folder.ledger(), after);
    std::filesystem::resize_file(folder.ledger() / "segments/000000", cut);
    const std::string failure = open_and_close(folder);
    EXPECT_TRUE(failure.starts_with("LEDGER_TRUNCATED") || failure.starts_with("LEDGER_CORRUPT")) << cut << ": " << failure;
    EXPECT_EQ(std::filesystem::file_size(folder.ledger() / "segments/000000"), cut);
  }
  std::filesystem::remove(folder.ledger() / "segments/000000");
  EXPECT_TRUE(open_and_close(folder).starts_with("LEDGER_TRUNCATED"));
}

TEST(LongLedgerFaults, SwappedForeignAndMissingSegmentsAreFound) {
  LedgerFolder folder, other;
  folder.create_with_votes(2 * 65536 + 3);
  other.create_with_votes(65536);
  const auto first = folder.ledger() / "segments/000000", second = folder.ledger() / "segments/000001", aside = folder.path() / "aside";
  const auto swap_files = [&](const std::string& ending) {
    std::filesystem::rename(first.string() + ending, aside);
    std::filesystem::rename(second.string() + ending, first.string() + ending);
    std::filesystem::rename(aside, second.string() + ending);
  };
  swap_files("");
  EXPECT_TRUE(open_and_close(folder).starts_with("LEDGER_CORRUPT")) << open_and_close(folder);
  swap_files(".idx");
  EXPECT_TRUE(open_and_close(folder).starts_with("LEDGER_CORRUPT")) << "with their indexes";
  swap_files("");
  swap_files(".idx");
  EXPECT_EQ(open_and_close(folder), "none");

  std::filesystem::rename(first, aside);
  EXPECT_TRUE(open_and_close(folder).starts_with("LEDGER_TRUNCATED"));
  std::filesystem::copy(other.ledger() / "segments/000000", first);
  const std::string foreign = open_and_close(folder);
  EXPECT_TRUE(foreign.starts_with("LEDGER_CORRUPT")) << foreign;
  EXPECT_NE(foreign.find("entry 0"), std::string::npos) << foreign;
  std::filesystem::remove(first);
  std::filesystem::rename(aside, first);

  for (const char* const cache : {"hash/0", "hash/1", "hash/2", "segments/000001.idx", "lookup/0/1"}) {
    std::string bytes = read_file(folder.ledger() / cache);
    const std::string right = bytes;
    bytes[bytes.size() / 2] ^= 1;
    std::ofstream(folder.ledger() / cache, std::ios::binary) << bytes;
    ASSERT_EQ(open_and_close(folder), "none") << cache;
    LedgerWriter writer = folder.open();
    NewEvent vote = some_vote(1);
    vote.token = numbered_token(65540);
    EXPECT_EQ(writer.append(vote).get().seq, 65542u) << cache;
    LedgerReader reader = folder.read();
    for (const std::uint64_t seq : {0u, 65535u, 98304u, 131072u})
      EXPECT_TRUE(
          check_inclusion(leaf_hash(reader.entry(seq)), seq, reader.size(), reader.checkpoint().root, reader.inclusion(seq, reader.size())))
          << cache;
  }
}

TEST_F(LedgerFaults, AnOlderStateIsNoticed) {
  put_files(folder.ledger(), after);
  { folder.open(); }  // Seen.
  put_files(folder.ledger(), before);
  const std::string failure = open_and_close(folder);
  EXPECT_TRUE(failure.starts_with("LEDGER_ROLLED_BACK")) << failure;
  EXPECT_NE(failure.find("has 5 events, and had 6"), std::string::npos) << failure;
  EXPECT_EQ(records_of(files_of(folder.ledger())), records_of(before));
}

TEST_F(LedgerFaults, AHistoryWrittenAnewWithTheKeyIsNoticed) {
  put_files(folder.ledger(), after);
  { folder.open(); }
  LedgerFolder other;
  other.create_with_votes(10);
  put_files(folder.ledger(), files_of(other.ledger()));
  const std::string failure = open_and_close(folder);
  EXPECT_TRUE(failure.starts_with("LEDGER_ROLLED_BACK")) << failure;
  EXPECT_NE(failure.find("another history than it did at size 6"), std::string::npos) << failure;
}

TEST_F(LedgerFaults, AJournalThatShrinksOrChangesUnderAWriterStopsIt) {
  using Change = std::function<void(const std::filesystem::path&)>;
  const std::pair<const char*, Change> changes[] = {
      {"is shorter than it was", [&](const auto& commits) { std::filesystem::resize_file(commits, before["commits"].size()); }},
      {"was replaced by another file", [&](const auto& commits) { write_file_atomically(commits, after["commits"]); }},
      {"no longer holds the record of size 6",
       [&](const auto& commits) {
         std::fstream file(commits, std::ios::in | std::ios::out | std::ios::binary);
         file.seekp(-20, std::ios::end);
         file.put('A').put('B');
       }},
  };
  for (const auto& [said, change] : changes) {
    put_files(folder.ledger(), after);
    LedgerWriter writer = folder.open();
    change(folder.ledger() / "commits");
    const std::string failure = complaint_of([&] { append_votes(writer, 200, 201); });
    EXPECT_TRUE(failure.starts_with("LEDGER_ROLLED_BACK")) << failure;
    EXPECT_NE(failure.find(said), std::string::npos) << failure;
    EXPECT_TRUE(complaint_of([&] {
                  append_votes(writer, 201, 202);
                }).starts_with("the ledger's writer has stopped; open it again: LEDGER_ROLLED_BACK"));
  }
}

// --- System calls that fail.

// Lets the n-th call fail that begins while it is armed.
struct Fault {
  int left = -1;
  int cause = 0;
  std::string call;  // What failed.
  int operator()(std::string_view name, const std::filesystem::path&) {
    if (left < 0 || left-- > 0) return 0;
    call = name;
    return cause;
  }
};

TEST_F(LedgerFaults, WhateverCallFailsOnlyWhatIsDurableIsAcknowledged) {
  for (const int cause : {EIO, ENOSPC}) {
    bool reached_end = false;
    for (int calls = 0; !reached_end; calls += static_cast<int>(some(2))) {
      put(after);
      const auto fault = std::make_shared<Fault>();
      LedgerOptions options = folder.options;
      options.seen_folder.clear();
      options.fault = [fault](std::string_view call, const std::filesystem::path& file) { return (*fault)(call, file); };
      bool acknowledged = false;
      std::string failure;
      {
        LedgerWriter writer(folder.ledger(), ledger_test_key(), options);
        fault->cause = cause;
        fault->left = calls;
        failure = complaint_of([&] {
          append_votes(writer, 300, 301);
          acknowledged = true;
        });
        const bool published = complaint_of([&] { writer.publish(); }) == "none";
        reached_end = fault->left >= 0;
        fault->left = -1;
        const std::string later = complaint_of([&] { append_votes(writer, 301, 302); });
        const bool can_go_on = acknowledged || failure.starts_with("LEDGER_FULL");
        const bool failed_in_publishing = acknowledged && !published;  // It may have stopped the writer or not.
        EXPECT_TRUE(failed_in_publishing || (later == "none") == can_go_on) << fault->call << ": " << failure << "\n" << later;
        EXPECT_FALSE(fault->call == "fdatasync" && !acknowledged && can_go_on) << "a failed sync is final";
      }
      ASSERT_EQ(open_and_close(folder), "none") << fault->call << " " << calls;
      LedgerReader reader = folder.read();
      const auto tokens = check_whole_log(reader);
      EXPECT_EQ(tokens.count(numbered_token(100)), 1u);
      EXPECT_TRUE(!acknowledged || tokens.count(numbered_token(300)) == 1) << fault->call << " " << calls;
    }
  }
}

// --- Clocks.

class SetClock : public LedgerClock {
 public:
  ClockReading reading;
  ClockReading read() override { return reading; }
  std::string boot_id() override { return "a-boot"; }
};

TEST(LedgerClockFaults, TimeFallsAtAClockEventAlone) {
  constexpr std::int64_t kSecond = 1'000'000, kHour = 3600 * kSecond, kYear = 365 * 24 * kHour;
  const auto clock = std::make_shared<SetClock>();
  clock->reading = {.wall = 1767225600 * kSecond, .boot = 0};
  LedgerFolder folder;
  folder.options.clock = clock;
  folder.create_with_votes(0);
  {
    LedgerWriter writer = folder.open();
    std::uint64_t token = 0;
    for (const std::int64_t step : {-kSecond / 2, -kHour, kYear, -kYear, std::int64_t{5}}) {
      clock->reading.wall += step;
      append_votes(writer, token, token + 1);
      ++token;
    }
    clock->reading.wall = 0;  // 1970.
    append_votes(writer, token, token + 1);
  }
  LedgerReader reader = folder.read();
  check_whole_log(reader);
  std::vector<std::string> kinds, walls;
  for (std::uint64_t seq = 2; seq < reader.size(); ++seq) kinds.push_back(reader.event(seq).kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"vote.person", "admin.clock", "vote.person", "admin.clock", "vote.person", "admin.clock",
                                             "vote.person", "vote.person", "admin.clock", "vote.person"}));
  EXPECT_EQ(reader.event(2).wall, "2025-12-31T23:59:59.500000Z");
  EXPECT_EQ(reader.event(3).body, (nlohmann::json{{"from", reader.event(2).time}, {"to", reader.event(3).time}, {"boot", "a-boot"}}));
  EXPECT_EQ(reader.event(11).time, "1970-01-01T00:00:00.000000Z");
}

TEST(LedgerAccess, AFolderThatCannotBeWrittenIsReadAllTheSame) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  LedgerFolder folder;
  folder.create_with_votes(3);
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.ledger()))
    std::filesystem::permissions(file.path(), file.is_directory() ? std::filesystem::perms(0555) : std::filesystem::perms(0444));
  std::filesystem::permissions(folder.ledger(), std::filesystem::perms(0555));
  LedgerReader reader = folder.read();
  EXPECT_EQ(check_whole_log(reader).size(), 5u);
  EXPECT_NE(open_and_close(folder).find("Permission denied"), std::string::npos);
  std::filesystem::permissions(folder.ledger(), std::filesystem::perms(0755));
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.ledger()))
    if (file.is_directory()) std::filesystem::permissions(file.path(), std::filesystem::perms(0755));
}

}  // namespace
}  // namespace hone
