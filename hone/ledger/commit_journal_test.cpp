#include "hone/ledger/commit_journal.h"

#include <gtest/gtest.h>

#include <fstream>

#include "hone/core/file.h"
#include "hone/ledger/ledger_testing.h"

namespace hone {
namespace {

std::string record_of(std::uint64_t size) {
  const SigningKey key = ledger_test_key();
  return commit_bytes(Checkpoint{.origin = "hone.test/ledger", .size = size, .root = leaf_hash(std::to_string(size))}.sign({&key}));
}

class CommitJournal : public testing::Test {
 protected:
  CommitJournal() : folder_(temporary_name(test_files())) { make_folder(folder_.path()); }
  JournalTail tail(const std::string& bytes) {
    std::ofstream(folder_.path() / "commits", std::ios::binary) << bytes;
    return read_journal_tail(disk_.open_to_read(folder_.path() / "commits"));
  }
  bool is_torn(const std::string& rest) const { return is_torn_record(rest, ledger_test_key().verifier()); }

  RemovedAtEnd folder_;
  Disk disk_;
};

TEST_F(CommitJournal, FindsTheNewestRecordFromTheEnd) {
  std::string bytes;
  for (std::uint64_t size = 1; size <= 1000; ++size) {
    const std::uint64_t begin = bytes.size();
    bytes += record_of(size);
    if (size > 3 && size < 998) continue;
    const JournalTail found = tail(bytes);
    ASSERT_TRUE(found.last);
    EXPECT_EQ(found.last->checkpoint.size, size);
    EXPECT_EQ(found.last->begin, begin);
    EXPECT_EQ(found.last->end, bytes.size());
    EXPECT_EQ(found.rest, "");
  }
  const auto all = parse_records(bytes, 0);
  ASSERT_EQ(all.size(), 1000u);
  EXPECT_EQ(all[499].checkpoint.size, 500u);
  EXPECT_EQ(bytes.substr(all[499].begin, all[499].end - all[499].begin), record_of(500));
}

TEST_F(CommitJournal, ARecordCutAtAnyByteIsTorn) {
  const std::string whole = record_of(7), next = record_of(8);
  for (std::size_t cut = 0; cut < next.size(); ++cut) {
    const JournalTail found = tail(whole + next.substr(0, cut));
    ASSERT_TRUE(found.last);
    EXPECT_EQ(found.last->checkpoint.size, 7u) << cut;
    EXPECT_EQ(found.rest, next.substr(0, cut));
    EXPECT_TRUE(found.rest.empty() || is_torn(found.rest)) << cut;
    EXPECT_TRUE(is_torn(next.substr(0, cut) + std::string(next.size() - cut, '\0'))) << "a page that was not written, at " << cut;
  }
  EXPECT_EQ(tail("").last.has_value(), false);
  EXPECT_EQ(tail(next.substr(0, 20)).last.has_value(), false);
  EXPECT_TRUE(is_torn("some garbage"));
}

TEST_F(CommitJournal, AFlippedBitInTheNewestRecordIsNeverTakenForATornWrite) {
  const std::string whole = record_of(7), next = record_of(8);
  for (std::size_t bit = 0; bit < 8 * next.size(); ++bit) {
    std::string changed = next;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    bool found = false;
    try {
      const JournalTail read = tail(whole + changed);
      found = read.last->checkpoint.size == 8 ? check_note(read.last->note, ledger_test_key().verifier()) != NoteCheck::kGood
                                              : !is_torn(read.rest);
      found = found || (read.last->checkpoint.size != 7 && read.last->checkpoint.size != 8);
    } catch (const Error& error) {
      found = std::string(error.what()).starts_with("LEDGER_CORRUPT");
    }
    EXPECT_TRUE(found) << "bit " << bit;
  }
}

}  // namespace
}  // namespace hone
