#include "hone/ledger/ledger_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "hone/core/complaint_testing.h"
#include "hone/ledger/ledger_lock.h"
#include "hone/ledger/ledger_testing.h"

namespace hone {
namespace {

NewEvent with_token(NewEvent event, std::uint64_t number) {
  event.token = numbered_token(number);
  return event;
}

TEST(LedgerWriter, WritesWhatReadersFindUnderASignature) {
  const LedgerFolder folder;
  folder.create();
  {
    LedgerWriter writer = folder.open();
    const LedgerReceipt import = writer.append(some_import()).get();
    EXPECT_EQ(import.seq, 1u);
    EXPECT_EQ(import.size, 2u);
    const LedgerReceipt vote = writer.append(full_vote(import.seq)).get();
    EXPECT_EQ(vote.seq, 2u);
    LedgerReader reader = folder.read();
    EXPECT_EQ(reader.root(3), vote.root) << "what is acknowledged is on the disk";
    EXPECT_EQ(reader.root(2), import.root);
  }
  LedgerReader reader = folder.read();
  check_whole_log(reader);
  EXPECT_EQ(reader.event(0).kind, "log.open");
  EXPECT_EQ(reader.event(0).body["segregation"], "enforced");
  EXPECT_EQ(reader.event(2).body, full_vote(1).body);
  EXPECT_EQ(read_file(folder.ledger() / "checkpoint"), reader.note().to_string());
}

// What a bundle of evidence holds must not depend on what was appended since.
TEST(LedgerReader, PublishesTheLogAsItWasWhenAnEventWasAcknowledged) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  for (std::uint64_t vote = 0; vote < 300; ++vote) {
    LedgerWriter writer = folder.open();
    writer.append(with_token(some_vote(1), vote)).get();
    if (vote == 260) folder.read().publish(folder.path() / "then");
  }
  LedgerReader reader = folder.read();
  const SignedNote note = reader.note_covering(262);
  EXPECT_EQ(Checkpoint::parse(note.text).size, 263u);
  EXPECT_EQ(Checkpoint::parse(reader.note_covering(0).text).size, 1u);
  EXPECT_EQ(reader.note_covering(reader.size() - 1).to_string(), reader.note().to_string());
  reader.publish(folder.path() / "now", note);
  for (const char* file : {"checkpoint", "tile/0/000", "tile/0/001.p/7", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/7"})
    EXPECT_EQ(read_file(folder.path() / "now" / file), read_file(folder.path() / "then" / file)) << file;
  EXPECT_THROW(reader.note_covering(reader.size()), Error);
}

// A kill leaves what was written in the system's memory, so only the order of the calls tells what a power cut would.
TEST(LedgerWriter, SyncsEntriesBeforeTheirCheckpointAndThatBeforeItAnswers) {
  LedgerFolder folder;
  folder.create_with_votes(0);
  std::vector<std::string> calls;
  folder.options.fault = [&](std::string_view call, const std::filesystem::path& file) {
    if (call == "pwrite" || call == "fdatasync") calls.push_back(std::string(call) + " " + file.filename().string());
    return 0;
  };
  LedgerWriter writer = folder.open();
  calls.clear();
  writer.append(some_vote(1)).get();
  writer.publish();  // So that the caches of the first group are written, too.
  ASSERT_GE(calls.size(), 6u);
  calls.resize(6);
  EXPECT_EQ(calls, (std::vector<std::string>{"pwrite lock", "pwrite 000000", "fdatasync 000000", "pwrite commits", "fdatasync commits",
                                             "pwrite 0"}))
      << "hash/0 comes last";
}

TEST(LedgerWriter, GroupsWhatComesAtOnceFromManyThreads) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  constexpr int kThreads = 4, kEach = 200;
  std::vector<std::vector<std::uint64_t>> places(kThreads);
  {
    LedgerWriter writer = folder.open();
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
      threads.emplace_back([&, thread] {
        std::vector<std::future<LedgerReceipt>> receipts;
        for (int number = 0; number < kEach; ++number)
          receipts.push_back(writer.append(with_token(some_vote(1), static_cast<std::uint64_t>(kEach * thread + number))));
        for (auto& receipt : receipts) places[static_cast<std::size_t>(thread)].push_back(receipt.get().seq);
      });
    for (std::thread& thread : threads) thread.join();
  }
  LedgerReader reader = folder.read();
  EXPECT_EQ(reader.size(), 2u + kThreads * kEach);
  const auto tokens = check_whole_log(reader);
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    EXPECT_TRUE(std::ranges::is_sorted(places[thread])) << "in the order in which they were given";
    for (std::uint64_t number = 0; number < kEach; ++number)
      EXPECT_EQ(tokens.at(numbered_token(kEach * thread + number)), places[thread][number]);
  }
}

TEST(LedgerWriter, ARepeatedTokenGetsTheFirstAnswer) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  LedgerReceipt first;
  {
    LedgerWriter writer = folder.open();
    auto one = writer.append(with_token(some_vote(1), 7)), two = writer.append(with_token(some_vote(1), 7));
    first = one.get();
    EXPECT_FALSE(first.repeated);
    const LedgerReceipt second = two.get();
    EXPECT_EQ(second.seq, first.seq);
    EXPECT_TRUE(second.repeated);
  }
  LedgerWriter writer = folder.open();
  const LedgerReceipt later = writer.append(with_token(some_vote(1), 7)).get();
  EXPECT_EQ(later.seq, first.seq) << "also after opening again";
  EXPECT_EQ(later.size, 3u) << "nothing was appended";
  EXPECT_EQ(complaint_of([&] { writer.append(with_token(some_vote(1, kBob), 7)).get(); }),
            "the token " + numbered_token(7) + " is that of event 2, another act; every act has a token of its own");
  EXPECT_EQ(folder.read().find_token(numbered_token(7)), 2u);
  EXPECT_EQ(folder.read().find_token(numbered_token(8)), std::nullopt);
}

TEST(LedgerWriter, RefusesAnEventAndGoesOn) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  LedgerWriter writer = folder.open();
  auto wrong = writer.append(some_vote(99));
  auto right = writer.append(some_vote(1));
  EXPECT_EQ(complaint_of([&] { wrong.get(); }), "vote.person names event 99 as 'dataset', which is not in the log yet");
  EXPECT_EQ(right.get().seq, 2u);
  EXPECT_EQ(folder.read().size(), 3u);
  EXPECT_EQ(complaint_of([&] { writer.append({.kind = "log.open", .actor = "s:hone", .role = "system"}); }),
            "log.open is written by the ledger itself");
  EXPECT_THROW(writer.append({.kind = "vote.dog", .actor = "s:hone", .role = "system"}), Error);
}

// What is refused takes nothing of its group with it, wherever it stands there. The first event's sync waits until the others are queued,
// so that they are one group.
TEST(LedgerWriter, WhatIsAcknowledgedBesideARefusedEventIsThere) {
  for (const std::vector<std::uint64_t>& datasets : {std::vector<std::uint64_t>{99, 1, 1}, {1, 99, 1}, {1, 1, 99}}) {
    LedgerFolder folder;
    folder.create_with_votes(0);
    std::promise<void> queued;
    std::atomic<bool> waits = true;
    folder.options.fault = [&, queue = queued.get_future().share()](std::string_view call, const std::filesystem::path& file) {
      if (call == "fdatasync" && file.filename() == "000000" && waits.exchange(false)) queue.wait();
      return 0;
    };
    {
      LedgerWriter writer = folder.open();
      std::vector<std::future<LedgerReceipt>> receipts;
      receipts.push_back(writer.append(some_vote(1)));
      while (waits) std::this_thread::yield();
      for (const std::uint64_t dataset : datasets) receipts.push_back(writer.append(some_vote(dataset)));
      queued.set_value();
      EXPECT_EQ(receipts[0].get().seq, 2u);
      std::uint64_t seq = 3;
      for (std::size_t at = 0; at < datasets.size(); ++at)
        if (datasets[at] == 1)
          EXPECT_EQ(receipts[at + 1].get().seq, seq++);
        else
          EXPECT_THROW(receipts[at + 1].get(), Error);
      EXPECT_EQ(writer.append(some_vote(1)).get().seq, 5u);
    }
    LedgerReader reader = folder.read();
    EXPECT_EQ(reader.size(), 6u);
    check_whole_log(reader);
  }
}

TEST(LedgerWriter, TakesNoMoreRoomThanItsEventsWhenItHasEnded) {
  const LedgerFolder folder;
  folder.create_with_votes(5);
  struct stat info {};
  for (const char* file : {"segments/000000", "commits"}) {
    ASSERT_EQ(::stat((folder.ledger() / file).c_str(), &info), 0);
    EXPECT_LE(info.st_blocks * 512, info.st_size + (64 << 10)) << file;
  }
}

TEST(LedgerWriter, ARunsInputsAreThoseThatEarlierEventsBrought) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  LedgerWriter writer = folder.open();
  const auto run = [](char input, char output) {
    return NewEvent{.kind = "stage.run",
                    .actor = "s:hone-run",
                    .role = "system",
                    .body = {{"stage", "vote"},
                             {"key", std::string(64, '1')},
                             {"inputs", {{{"name", "data"}, {"ref", some_ref(input)}}}},
                             {"outputs", {{{"name", "votes"}, {"ref", some_ref(output)}}}},
                             {"options", some_ref('0')},
                             {"seed", 1},
                             {"code", {{"version", "1"}, {"commit", "c"}, {"build", "b"}}},
                             {"environment", some_ref('9')},
                             {"started", "2026-01-05T09:30:00.000123Z"},
                             {"ended", "2026-01-05T09:30:00.000123Z"},
                             {"outcome", "ok"},
                             {"counts", {{"rows", 5}}}}};
  };
  EXPECT_EQ(writer.append(run('a', '4')).get().seq, 2u) << "the import's dataset";
  EXPECT_EQ(writer.append(run('4', '5')).get().seq, 3u) << "the output of the run before";
  EXPECT_EQ(complaint_of([&] { writer.append(run('6', '7')).get(); }),
            "stage.run has the input 'data', which no earlier event imported or made");

  // Nor need they be durable: what one run of a group made, the next may read.
  const std::vector<NewEvent> chain = {run('4', '5'), run('5', '6'), run('6', '7')};
  std::size_t next = 0;
  EXPECT_EQ(writer.append_all([&] { return next < chain.size() ? std::optional(chain[next++]) : std::nullopt; }).size(), 3u);
  next = 0;
  const std::vector<NewEvent> backwards = {run('d', 'e'), run('b', 'd')};
  EXPECT_THROW(writer.append_all([&] { return next < backwards.size() ? std::optional(backwards[next++]) : std::nullopt; }), Error);
}

TEST(LedgerWriter, AppendsABulkAndRefusesItFromTheBadEventOn) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  LedgerWriter writer = folder.open();
  std::uint64_t given = 0;
  const auto places = writer.append_all(
      [&]() -> std::optional<NewEvent> { return given == 1000 ? std::nullopt : std::optional(with_token(some_vote(1), given++)); });
  ASSERT_EQ(places.size(), 1000u);
  EXPECT_EQ(places.front(), 2u);
  EXPECT_EQ(places.back(), 1001u);
  given = 990;
  const std::string refusal = complaint_of([&] {
    writer.append_all([&]() -> std::optional<NewEvent> {
      NewEvent vote = with_token(some_vote(given == 1005 ? 9999999 : 1), given);
      return given++ == 1010 ? std::nullopt : std::optional(vote);
    });
  });
  EXPECT_EQ(refusal, "event 15: vote.person names event 9999999 as 'dataset', which is not in the log yet");
  EXPECT_EQ(folder.read().size(), 1002u) << "nothing of that group";
  given = 990;
  const auto again = writer.append_all(
      [&]() -> std::optional<NewEvent> { return given == 1010 ? std::nullopt : std::optional(with_token(some_vote(1), given++)); });
  EXPECT_EQ(again.front(), 992u) << "those that were there before have their places";
  EXPECT_EQ(again.back(), 1011u);
  LedgerReader reader = folder.read();
  check_whole_log(reader);
}

TEST(LedgerWriter, CrossesIntoNewSegments) {
  const LedgerFolder folder;
  constexpr std::uint64_t kVotes = 2 * 65536 + 5;
  folder.create_with_votes(kVotes);
  {
    LedgerWriter writer = folder.open();
    EXPECT_EQ(writer.append(with_token(some_vote(1), 12)).get().seq, 14u) << "a token of the first segment";
    EXPECT_EQ(writer.append(with_token(some_vote(1), 70000)).get().seq, 70002u) << "of the second";
    EXPECT_EQ(writer.append(with_token(some_vote(1), kVotes)).get().seq, kVotes + 2);
  }
  LedgerReader reader = folder.read();
  EXPECT_EQ(reader.size(), kVotes + 3);
  EXPECT_EQ(check_whole_log(reader).size(), reader.size());
  EXPECT_EQ(reader.event(65536).token, numbered_token(65534));
  EXPECT_TRUE(std::filesystem::exists(folder.ledger() / "segments/000001.idx"));
  EXPECT_FALSE(std::filesystem::exists(folder.ledger() / "segments/000002.idx"));
  EXPECT_EQ(std::filesystem::file_size(folder.ledger() / "segments/000001.idx"), 257u * 8);
  EXPECT_EQ(std::filesystem::file_size(folder.ledger() / "hash/0"), 32 * reader.size());
  EXPECT_EQ(std::filesystem::file_size(folder.ledger() / "hash/1"), 32 * 512u);
  EXPECT_EQ(std::filesystem::file_size(folder.ledger() / "hash/2"), 32 * 2u);
  for (const std::uint64_t seq : {std::uint64_t{0}, std::uint64_t{65535}, std::uint64_t{65536}, kVotes})
    EXPECT_TRUE(
        check_inclusion(leaf_hash(reader.entry(seq)), seq, reader.size(), reader.checkpoint().root, reader.inclusion(seq, reader.size())));
}

TEST(LedgerWriter, SeveralTakeTurnsAndTakeOverWhatOthersWrote) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  LedgerWriter one = folder.open(), other = folder.open();
  for (std::uint64_t round = 0; round < 10; ++round) {
    EXPECT_EQ(one.append(with_token(some_vote(1), 2 * round)).get().seq, 2 + 2 * round);
    EXPECT_EQ(other.append(with_token(some_vote(1), 2 * round + 1)).get().seq, 3 + 2 * round);
    EXPECT_EQ(other.append(with_token(some_vote(1), 2 * round)).get().seq, 2 + 2 * round) << "a token that the other one's event has";
  }
  LedgerReader reader = folder.read();
  EXPECT_EQ(check_whole_log(reader).size(), 22u);
}

TEST(LedgerWriter, NamesWhoHoldsTheLock) {
  LedgerFolder folder;
  folder.create_with_votes(0);
  folder.options.lock_patience = std::chrono::milliseconds(0);
  LedgerWriter writer = folder.open();
  const Disk disk;
  {
    LedgerLock lock(disk, folder.ledger() / "lock", std::chrono::milliseconds(0));
    const LedgerLock::Held held(lock);
    const std::string busy = complaint_of([&] { writer.append(some_vote(1)).get(); });
    EXPECT_TRUE(busy.starts_with("LEDGER_BUSY: '")) << busy;
    EXPECT_NE(busy.find(" process " + std::to_string(::getpid()) + ";"), std::string::npos) << busy;
  }
  EXPECT_EQ(writer.append(some_vote(1)).get().seq, 2u) << "later ones succeed";
}

TEST(LedgerWriter, RotatesItsKey) {
  const LedgerFolder folder;
  folder.create_with_votes(0);
  {
    LedgerWriter writer = folder.open(), other = folder.open();
    EXPECT_EQ(writer.rotate_key(ledger_test_key(7), "routine", 2).seq, 2u);
    const SignedNote both = folder.read().note();
    EXPECT_EQ(check_note(both, ledger_test_key().verifier()), NoteCheck::kGood);
    EXPECT_EQ(check_note(both, ledger_test_key(7).verifier()), NoteCheck::kGood);
    EXPECT_EQ(writer.append(some_vote(1)).get().seq, 3u);
    const SignedNote later = folder.read().note();
    EXPECT_EQ(check_note(later, ledger_test_key().verifier()), NoteCheck::kNotSigned);
    EXPECT_EQ(check_note(later, ledger_test_key(7).verifier()), NoteCheck::kGood);
    EXPECT_NE(complaint_of([&] { other.append(some_vote(1)).get(); }).find("another process rotated the ledger's key"), std::string::npos);
    EXPECT_NE(complaint_of([&] { writer.rotate_key(ledger_test_key(), "routine", 2); }).find("no key is used twice"), std::string::npos);
  }
  EXPECT_NE(complaint_of([&] { folder.open(); }).find("is written with the key 'hone.test/ledger+"), std::string::npos);
  LedgerWriter writer(folder.ledger(), ledger_test_key(7), folder.options);
  EXPECT_EQ(writer.append(some_vote(1)).get().seq, 4u);
  EXPECT_EQ(folder.read().keys(), (std::vector<std::string>{ledger_test_key().verifier().text(), ledger_test_key(7).verifier().text()}));
}

TEST(LedgerWriter, IsMadeOnceAndOpenedWithItsKey) {
  const LedgerFolder folder;
  EXPECT_EQ(complaint_of([&] { folder.open(); }), "there is no ledger in '" + folder.ledger().string() + "'");
  folder.create();
  EXPECT_EQ(complaint_of([&] { folder.create(); }), "there is a ledger in '" + folder.ledger().string() + "' already");
  EXPECT_NE(complaint_of([&] {
              LedgerWriter(folder.ledger(), ledger_test_key(3), folder.options);
            }).find("is written with the key 'hone.test/ledger+38148a59+"),
            std::string::npos);
  EXPECT_NE(complaint_of([&] { LedgerReader(folder.ledger(), ledger_test_key(3).verifier()); }).find("not of 'hone.test/ledger+"),
            std::string::npos);
}

}  // namespace
}  // namespace hone
