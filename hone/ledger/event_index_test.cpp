#include "hone/ledger/event_index.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "hone/core/complaint_testing.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/event_index_testing.h"
#include "hone/ledger/index_entry_internal.h"

namespace hone {
namespace {

using ledger_internal::IndexEntry;
using ledger_internal::ObjectUse;
using ledger_internal::parsed_index_entry;
using Order = EventFilter::Order;
using Seqs = std::vector<std::uint64_t>;

// --- The oracle: every question answered by looking at every event.

std::vector<IndexEntry> all_entries(LedgerReader& ledger) {
  std::vector<IndexEntry> all;
  ledger.for_each(0, ledger.size(), [&](std::uint64_t seq, std::string_view entry) { all.push_back(parsed_index_entry(seq, entry)); });
  return all;
}

bool has_object(const IndexEntry& entry, const std::string& beginning) {
  return std::ranges::any_of(entry.objects, [&](const auto& object) { return to_hex(object.hash).starts_with(beginning); });
}

bool is_asked_for(const IndexEntry& entry, const EventFilter& filter) {
  const auto begins = [&](const std::string& beginning) { return entry.kind.starts_with(beginning); };
  if (!filter.kinds.empty() && std::ranges::none_of(filter.kinds, begins)) return false;
  if (!filter.actor.empty() && entry.actor != filter.actor) return false;
  if (!filter.from.empty() && entry.time < time_of(filter.from)) return false;
  if (!filter.to.empty() && entry.time > time_of(filter.to)) return false;
  if (!filter.object.empty() && !has_object(entry, filter.object)) return false;
  if (!filter.example.empty() && std::ranges::count(entry.examples, hex_key(filter.example)) == 0) return false;
  if (!filter.name.empty() && entry.name != filter.name) return false;
  if (filter.after_seq && entry.seq <= *filter.after_seq) return false;
  return entry.seq < filter.before_seq.value_or(UINT64_MAX);
}

Seqs expected_of(const std::vector<IndexEntry>& all, const EventFilter& filter) {
  Seqs found;
  for (const IndexEntry& entry : all)
    if (is_asked_for(entry, filter)) found.push_back(entry.seq);
  if (filter.order == Order::kNewestFirst) std::ranges::reverse(found);
  if (filter.limit > 0) found.resize(std::min<std::size_t>(found.size(), filter.limit));
  return found;
}

EventFilter random_filter(RandomStream& random, const std::vector<IndexEntry>& all) {
  const auto one_in = [&](std::uint64_t many) { return random.below(many) == 0; };
  const auto any_event = [&]() -> const IndexEntry& { return all[random.below(all.size())]; };
  EventFilter filter;
  if (one_in(3)) filter.kinds = {any_event().kind, one_in(2) ? "vote." : "s"};
  if (one_in(3)) filter.actor = one_in(10) ? "s:nobody" : any_event().actor;
  if (one_in(4)) filter.from = time_text(any_event().time);
  if (one_in(4)) filter.to = time_text(any_event().time);
  if (one_in(4)) {
    const IndexEntry& event = any_event();
    filter.object = event.objects.empty() ? "abcdef" : to_hex(event.objects.front().hash).substr(0, one_in(2) ? 64 : 7);
  }
  if (one_in(4)) filter.example = story_example(random.below(13));
  if (one_in(4)) filter.name = "source " + std::to_string(random.below(6));
  if (one_in(4)) filter.after_seq = random.below(all.size());
  if (one_in(4)) filter.before_seq = random.below(all.size() + 10);
  if (one_in(2)) filter.order = Order::kNewestFirst;
  if (one_in(2)) filter.limit = 1 + random.below(20);
  return filter;
}

// Everything that may be asked, of a log that is small enough to ask for all of it.
void expect_all_right(EventIndex& index, LedgerReader& ledger, int filters = 300) {
  const std::vector<IndexEntry> all = all_entries(ledger);
  ASSERT_EQ(index.size(), all.size());
  RandomStream random(20260105, "ledger.filters");
  for (int number = 0; number < filters; ++number) {
    const EventFilter filter = random_filter(random, all);
    ASSERT_EQ(index.find(filter), expected_of(all, filter)) << "filter " << number;
  }
  for (const std::string kind : {"source.define", "stage.run", "admin.config"})
    for (int name = 0; name < 7; ++name) {
      const EventFilter filter{.kinds = {kind}, .name = "source " + std::to_string(name), .order = Order::kNewestFirst, .limit = 1};
      const Seqs expected = expected_of(all, filter);
      ASSERT_EQ(index.latest(kind, filter.name), expected.empty() ? std::nullopt : std::optional(expected[0]));
    }
  for (const std::string kind : {"log.open", "vote.person", "admin.clock", "release"}) {
    const Seqs expected = expected_of(all, {.kinds = {kind}, .order = Order::kNewestFirst});
    ASSERT_EQ(index.last(kind), expected.empty() ? std::nullopt : std::optional(expected[0]));
  }
}

class EventIndexTest : public testing::Test {
 protected:
  EventIndexTest() { create_with_story(folder, 300); }

  std::filesystem::path file() const { return folder.path() / "index.db"; }
  bool is_there(const std::string& ending) const { return std::filesystem::exists(file().string() + ending); }

  // Opens it, asks everything, and closes it again.
  void expect_opens_right() const {
    LedgerReader ledger = folder.read();
    EventIndex index(file(), ledger);
    EXPECT_EQ(index.in_memory_because(), "");
    expect_all_right(index, ledger, 100);
  }

  LedgerFolder folder;
};

// --- What is found.

TEST_F(EventIndexTest, FindsWhatLookingAtEveryEventFinds) {
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  expect_all_right(index, ledger, 3000);
  EXPECT_EQ(index.kinds(), (std::vector<std::string>{"admin.clock", "admin.config", "data.import", "log.open", "read.view", "source.define",
                                                     "stage.run", "vote.person"}));
}

TEST_F(EventIndexTest, FindsWhatMadeAnObjectAndWhatUsedIt) {
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  const std::vector<IndexEntry> all = all_entries(ledger);
  for (const std::string content : {"import 0", "import 1", "output 3", "nothing"}) {
    std::optional<std::uint64_t> made;
    Seqs used;
    for (const IndexEntry& entry : all)
      for (const IndexEntry::Object& object : entry.objects) {
        if (to_hex(object.hash) != sha256_hex(content)) continue;
        if (object.use == ObjectUse::kInput) used.push_back(entry.seq);
        if (object.use != ObjectUse::kInput && !made) made = entry.seq;
      }
    EXPECT_EQ(index.made(sha256_hex(content)), made);
    EXPECT_EQ(index.used_by(sha256_hex(content)), used);
  }
  EXPECT_GT(index.used_by(sha256_hex("import 0")).size(), 10u);
}

TEST_F(EventIndexTest, FindsWhatRefersToAnEvent) {
  {
    LedgerWriter writer = folder.open();
    NewEvent again = some_vote(1);
    again.body["supersedes"] = writer.append(some_vote(1)).get().seq;
    writer.append(again).get();
  }
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  std::vector<EventIndex::Reference> expected;
  for (const IndexEntry& entry : all_entries(ledger))
    if (std::ranges::any_of(entry.links, [](const auto& link) { return link.to == 1; })) expected.push_back({entry.seq, "dataset"});
  EXPECT_EQ(index.referring_to(1), expected);
  expected.resize(5);
  EXPECT_EQ(index.referring_to(1, 5), expected);
  EXPECT_EQ(index.referring_to(ledger.size() - 2), (std::vector<EventIndex::Reference>{{ledger.size() - 1, "supersedes"}}));
  EXPECT_TRUE(index.referring_to(0).empty());
}

TEST_F(EventIndexTest, RefusesWhatCannotBeAskedFor) {
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  EXPECT_EQ(complaint_of(ErrorCode::kInvalidArgument, [&] { index.find({.object = "abcde"}); }),
            "an object is named by the first 6 to 64 digits of its hash in lower-case hex, not by 'abcde'");
  EXPECT_EQ(complaint_of([&] { index.find({.example = "12"}); }), "an example's key is 32 digits of lower-case hex, not '12'");
  EXPECT_EQ(complaint_of([&] { index.find({.to = "2026-01-05"}); }), "a time is like 2026-01-05T09:30:00.000123Z, not '2026-01-05'");
  EXPECT_EQ(complaint_of([&] { index.made("ABC"); }), "an object's hash is 64 digits of lower-case hex, not 'ABC'");
}

// --- Keeping up.

TEST_F(EventIndexTest, TakesInWhatWasAppendedSince) {
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  EXPECT_FALSE(index.refresh());
  const std::uint64_t before = index.size();
  tell_story(folder, 100, 2);
  EXPECT_EQ(index.size(), before) << "answers are about the events that were there";
  EXPECT_EQ(index.find({.order = Order::kNewestFirst, .limit = 1}), Seqs{before - 1});
  EXPECT_TRUE(index.refresh());
  expect_all_right(index, ledger);
}

TEST_F(EventIndexTest, TakesInWhatWasAppendedWhileItWasClosed) {
  expect_opens_right();
  EXPECT_FALSE(is_there("-wal")) << "what was written is in the file, under its checksums";
  tell_story(folder, 100, 2);
  expect_opens_right();
}

TEST_F(EventIndexTest, LoadsAnewWhereMostIsNewAndElseAddsInSeveralChanges) {
  const auto append = [&](std::uint64_t votes) {
    folder.open().append_all([votes, given = std::uint64_t{0}]() mutable -> std::optional<NewEvent> {
      return given == votes ? std::nullopt : std::optional(some_vote(1, kBob, story_example(1000 + given++ % 5000)));
    });
  };
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  const auto inode = [&] { return stamp_of(file()).inode; };
  std::uint64_t told = 0, before = inode();
  append(33'000);
  index.refresh([&](const ProgressEvent& progress) {
    EXPECT_EQ(progress.stage, "index");
    EXPECT_GT(progress.done, std::exchange(told, progress.done));
    EXPECT_EQ(progress.total, ledger.size());
  });
  EXPECT_GT(told, 25'000u);
  EXPECT_NE(inode(), std::exchange(before, inode())) << "made anew";
  append(17'000);
  index.refresh();
  EXPECT_EQ(inode(), before) << "added to";
  EXPECT_EQ(index.find({.example = story_example(1000 + 1999)}).size(), 11u);
  EXPECT_EQ(index.find({.kinds = {"vote."}, .actor = kBob, .after_seq = ledger.size() - 17'001}).size(), 17'000u);
  tell_story(folder, 20, 2);
  index.refresh();
  EXPECT_EQ(index.find({.after_seq = ledger.size() - 3}), (Seqs{ledger.size() - 2, ledger.size() - 1}));
}

TEST_F(EventIndexTest, StoppedByItsListenerItLeavesNothingHalfMade) {
  struct Stop {};
  folder.open().append_all([given = std::uint64_t{0}]() mutable -> std::optional<NewEvent> {
    return given++ == 5000 ? std::nullopt : std::optional(some_vote(1));
  });
  LedgerReader ledger = folder.read();
  EXPECT_THROW(EventIndex(file(), ledger, [](const ProgressEvent&) { throw Stop(); }), Stop);
  EXPECT_FALSE(is_there(""));
  EXPECT_FALSE(is_there(".new"));
  expect_opens_right();
}

// --- Several at once.

TEST_F(EventIndexTest, OneThatIsReplacedMovesOver) {
  LedgerReader ledger = folder.read(), other_ledger = folder.read();
  EventIndex index(file(), ledger);
  tell_story(folder, 50, 2);
  {
    EventIndex other = EventIndex::rebuilt(file(), other_ledger);
    EXPECT_EQ(index.find({.order = Order::kNewestFirst, .limit = 1}), Seqs{index.size() - 1}) << "what it had open is as right as before";
    EXPECT_TRUE(index.refresh());
    tell_story(folder, 50, 3);
    EXPECT_TRUE(index.refresh());
    EXPECT_TRUE(other.refresh());
    expect_all_right(other, other_ledger, 100);
  }
  expect_all_right(index, ledger, 100);
}

TEST_F(EventIndexTest, SeveralProcessesMakeItAndKeepUpAtOnce) {
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      try {
        for (int round = 0; round < 8; ++round) {
          LedgerReader ledger = folder.read();
          EventIndex index = round % 7 == child ? EventIndex::rebuilt(file(), ledger) : EventIndex(file(), ledger);
          for (int look = 0; look < 3; ++look, index.refresh()) {
            const std::vector<IndexEntry> all = all_entries(ledger);
            const EventFilter votes{.kinds = {"vote."}, .before_seq = index.size()};
            if (index.size() != all.size() || index.find(votes) != expected_of(all, votes)) ::_exit(1);
          }
        }
        ::_exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(2);
      }
    }
    children.push_back(pid);
  }
  for (std::uint64_t seed = 2; seed < 8; ++seed) tell_story(folder, 20, seed);
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  expect_opens_right();
}

// --- Damage.

void change_byte(const std::filesystem::path& file, std::uint64_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(stream.get() ^ 0x10);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

TEST_F(EventIndexTest, AByteThatChangedInAnyPageIsFound) {
  expect_opens_right();
  const std::string sound = read_file(file());
  ASSERT_GT(sound.size(), 20u * 4096);
  RandomStream random(20260105, "ledger.index.flip");
  for (std::uint64_t page = 0; page < sound.size(); page += 4096) {
    write_file_atomically(file(), sound);
    change_byte(file(), page + random.below(4096));
    expect_opens_right();
    if (HasFailure()) FAIL() << "page " << page / 4096;
  }
}

TEST_F(EventIndexTest, DamageThatComesWhileItIsOpenIsFound) {
  LedgerReader ledger = folder.read();
  EventIndex index(file(), ledger);
  for (std::uint64_t page = 0; page < std::filesystem::file_size(file()); page += 4096) change_byte(file(), page + 4000);
  expect_all_right(index, ledger);
  EXPECT_EQ(index.in_memory_because(), "");
  expect_opens_right();
}

TEST_F(EventIndexTest, WhatIsNoIndexOfThisLogIsMadeAnew) {
  expect_opens_right();
  const std::string sound = read_file(file());
  LedgerFolder other;
  create_with_story(other, 200);
  {
    LedgerReader ledger = other.read();
    EventIndex index(other.path() / "index.db", ledger);
  }
  const std::vector<std::string> wrong = {"",
                                          "no index at all",
                                          std::string(100'000, 'x'),
                                          std::string(sound.size(), '\0'),
                                          sound.substr(0, 1000),
                                          sound.substr(0, 4096),
                                          sound.substr(0, sound.size() / 2),
                                          sound.substr(0, sound.size() - 4096),
                                          sound.substr(0, 8192) + sound.substr(4096),
                                          sound + sound,
                                          read_file(other.path() / "index.db")};
  for (const std::string& bytes : wrong) {
    write_file_atomically(file(), bytes);
    expect_opens_right();
    if (HasFailure()) FAIL() << "the one that begins with " << bytes.substr(0, 20) << " of " << bytes.size() << " bytes";
  }
}

TEST_F(EventIndexTest, AnOlderStateOfTheFileCatchesUp) {
  expect_opens_right();
  const std::string older = read_file(file());
  tell_story(folder, 100, 2);
  expect_opens_right();
  write_file_atomically(file(), older);
  expect_opens_right();
}

TEST_F(EventIndexTest, OfALogThatWasSetBackItIsMadeAnew) {
  const std::filesystem::path older = folder.path() / "older";
  std::filesystem::copy(folder.ledger(), older, std::filesystem::copy_options::recursive);
  tell_story(folder, 100, 2);
  expect_opens_right();
  std::filesystem::remove_all(folder.ledger());
  std::filesystem::rename(older, folder.ledger());
  expect_opens_right();
}

TEST_F(EventIndexTest, LeftoversOfADeadProcessDoNotMatter) {
  for (const char* ending : {".new", ".new-wal", "-wal", "-shm"}) write_file_atomically(file().string() + ending, "what was half made");
  expect_opens_right();
  EXPECT_FALSE(is_there(".new"));
}

TEST_F(EventIndexTest, WhereNothingCanBeWrittenItIsInMemory) {
  LedgerReader ledger = folder.read();
  EventIndex index("/proc/index.db", ledger);
  EXPECT_NE(index.in_memory_because(), "");
  expect_all_right(index, ledger);
  tell_story(folder, 100, 2);
  index.refresh();
  expect_all_right(index, ledger);
  EXPECT_TRUE(
      complaint_of(ErrorCode::kIo, [&] { EventIndex::rebuilt("/proc/index.db", ledger); }).starts_with("the index cannot be made: "));
}

}  // namespace
}  // namespace hone
