#include "hone/ledger/payload_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>

#include "hone/core/complaint_testing.h"
#include "hone/core/random.h"
#include "hone/ledger/ledger_faults_testing.h"
#include "hone/ledger/payload_rows_internal.h"

namespace hone {
namespace {

using ledger_internal::PayloadRows;

const std::string kSubject = "p:4x7d2kq0m3fz9sj1";
const std::string kOther = "00112233445566778899aabbccddeeff";
const std::string kText = "The card never arrived.";

class PayloadStoreTest : public testing::Test {
 protected:
  PayloadStoreTest() : folder_(temporary_name(test_files())) {
    for (const auto& file : {db, keys}) make_folder(file.parent_path());
  }

  PayloadStore open() const { return {db, keys}; }
  std::string complaint(const Commitment& commitment) const {
    return complaint_of([&] { open().get(commitment); });
  }
  bool is_any_anywhere(const std::vector<std::string>& wanted) const {
    const Files files = files_of(folder_.path());
    return std::ranges::any_of(wanted, [&](const std::string& bytes) {
      return std::ranges::any_of(files, [&](const auto& file) { return file.second.find(bytes) != std::string::npos; });
    });
  }
  bool is_anywhere(const std::string& bytes) const { return is_any_anywhere({bytes}); }
  PayloadRows::Row row_of(const Commitment& commitment) const { return PayloadRows(db).find(commitment.payload).value(); }
  void put_row(const std::string& old_id, const PayloadRows::Row& row) const {
    PayloadRows rows(db);
    rows.remove({&old_id, 1});
    rows.insert(row);
  }
  void put_bytes(const std::filesystem::path& file, const std::string& bytes) const {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  void run_sql(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(db.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  RemovedAtEnd folder_;
  std::filesystem::path db = folder_.path() / "project" / "payload.db";
  std::filesystem::path keys = folder_.path() / "keys" / "x.subjects";
};

// Files may not grow beyond so many bytes while it lives: the disk is full.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }
  SmallDisk(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int);
};

TEST_F(PayloadStoreTest, GivesBackWhatWasPut) {
  PayloadStore store = open();
  for (const std::string& text : {std::string(), std::string(1, '\0'), kText, std::string(3 << 20, 'x')}) {
    const Commitment commitment = store.put(kSubject, text);
    EXPECT_TRUE(is_lower_hex(commitment.payload, 32));
    EXPECT_TRUE(is_lower_hex(commitment.commit, 64));
    EXPECT_EQ(store.get(commitment.payload), text);
    EXPECT_EQ(open().get(commitment), text);
  }
  EXPECT_EQ(store.get(std::string(32, '0')), std::nullopt);
  EXPECT_NE(store.put(kSubject, kText).commit, store.put(kSubject, kText).commit);
}

TEST_F(PayloadStoreTest, ListsTheIdsOfASubject) {
  PayloadStore store = open();
  std::vector<std::string> ids;
  for (int count = 0; count < 5; ++count) ids.push_back(store.put(kSubject, kText).payload);
  const std::string other = store.put(kOther, kText).payload;
  std::ranges::sort(ids);
  EXPECT_EQ(store.ids_of(kSubject), ids);
  EXPECT_EQ(store.ids_of(kOther), std::vector{other});
  EXPECT_TRUE(store.ids_of("p:nobody").empty());
}

TEST_F(PayloadStoreTest, KeepsItsFilesFromOthersAndPayloadsFromWhoHasOne) {
  open().put(kSubject, kText);
  struct stat info {};
  for (const auto& file : {db, keys}) {
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u) << file;
  }
  ASSERT_EQ(::stat(keys.parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
  EXPECT_FALSE(is_anywhere(kText));
  EXPECT_EQ(payload_key_file_of("/state/hone", std::string(32, 'a')), "/state/hone/keys/" + std::string(32, 'a') + ".subjects");
}

// Rows of such sizes that SQLite 3.40, when it removes them, first moves one from page to page and leaves a copy of its subject behind.
TEST_F(PayloadStoreTest, LeavesNoByteOfAnErasedSubjectInItsFiles) {
  PayloadStore store = open();
  std::vector<std::string> gone = {kSubject};
  std::map<std::string, std::string> kept;
  for (std::size_t number = 0; number < 240; ++number) {
    const bool is_erased = number % 5 >= 1 && number % 5 <= 3;
    const std::string text(number * number * 13 % 300, 'x');
    const Commitment put = store.put(is_erased ? kSubject : "p:1", text);
    if (is_erased) {
      gone.push_back(put.payload);
      gone.push_back(row_of(put).sealed.substr(40, 16));
    } else {
      kept[put.payload] = text;
    }
  }
  const std::string lines = read_file(keys);
  gone.push_back(lines.substr(lines.find(" " + kSubject) - 64, 64));
  EXPECT_TRUE(is_any_anywhere(gone));
  store.erase_subject(kSubject);
  EXPECT_FALSE(is_any_anywhere(gone));
  EXPECT_TRUE(store.ids_of(kSubject).empty());
  EXPECT_EQ(store.get(gone[1]), std::nullopt);
  for (const auto& [id, text] : kept) EXPECT_EQ(store.get(id), text);
  store.erase_subject(kSubject);
  EXPECT_EQ(store.get(store.put(kSubject, "again").payload), "again");
}

TEST_F(PayloadStoreTest, ErasesSinglePayloads) {
  PayloadStore store = open();
  std::vector<Commitment> all;
  for (int count = 0; count < 40; ++count) all.push_back(store.put(kSubject, kText));
  const std::string one = row_of(all[3]).sealed.substr(40, 16);
  store.erase(all[3].payload);
  EXPECT_FALSE(is_anywhere(one));
  EXPECT_FALSE(is_anywhere(all[3].payload));
  const std::vector<std::string> more = {all[4].payload, all[5].payload, std::string(32, '0')};
  store.erase_all(more);
  for (std::size_t at = 0; at < all.size(); ++at) EXPECT_EQ(store.get(all[at]).has_value(), at < 3 || at > 5) << at;
}

// What a backup of payload.db holds is not opened by keys that were made after the erasure.
TEST_F(PayloadStoreTest, AnErasureThatWasCutOffIsDoneByTheSameCall) {
  const Commitment old = open().put(kSubject, kText);
  const std::string before = read_file(db);
  open().erase_subject(kSubject);
  put_bytes(db, before);  // As after a kill between key and rows.
  EXPECT_EQ(open().get(old), std::nullopt);
  const Commitment later = open().put(kSubject, "later");
  EXPECT_EQ(open().get(old), std::nullopt);
  EXPECT_EQ(open().get(later), "later");
  EXPECT_EQ(open().ids_of(kSubject).size(), 2u);
  open().erase_subject(kSubject);
  EXPECT_TRUE(open().ids_of(kSubject).empty());
}

TEST_F(PayloadStoreTest, SeesAFlippedBitInEveryPartOfARow) {
  const Commitment commitment = open().put(kSubject, kText);
  open().put(kOther, kText);
  const PayloadRows::Row row = row_of(commitment);
  for (std::size_t at = 0; at < row.sealed.size(); ++at) {
    PayloadRows::Row flipped = row;
    flipped.sealed[at] = static_cast<char>(flipped.sealed[at] ^ 1 << at % 8);
    put_row(row.id, flipped);
    EXPECT_NE(complaint(commitment).find("was changed: its seal does not hold; restore its backup"), std::string::npos) << at;
  }
  for (const std::string& subject : {kOther, std::string("p:4x7d2kq0m3fz9sj0")}) {
    put_row(row.id, {.id = row.id, .subject = subject, .sealed = row.sealed});
    EXPECT_NE(complaint(commitment).find("its seal does not hold"), std::string::npos) << subject;
  }
  put_row(row.id, {.id = std::string(32, '0'), .subject = row.subject, .sealed = row.sealed});
  EXPECT_NE(complaint({.commit = commitment.commit, .payload = std::string(32, '0')}).find("its seal does not hold"), std::string::npos);
  put_row(std::string(32, '0'), {.id = row.id, .subject = row.subject, .sealed = row.sealed.substr(0, 87)});
  EXPECT_NE(complaint(commitment).find("was cut"), std::string::npos);
  put_row(row.id, row);
  EXPECT_EQ(open().get(commitment), kText);
  EXPECT_NE(complaint({.commit = std::string(64, 'a'), .payload = row.id}).find("is not what was committed to"), std::string::npos);
}

TEST_F(PayloadStoreTest, SeesAFlippedBitAnywhereInTheKeys) {
  const Commitment commitment = open().put(kSubject, kText);
  open().id_key();
  const std::string text = read_file(keys);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ 1 << at % 8);
    put_bytes(keys, flipped);
    EXPECT_NE(complaint(commitment).find("was changed: its sum does not hold; restore its backup"), std::string::npos) << at;
  }
  put_bytes(keys, text.substr(0, text.size() / 2));
  EXPECT_NE(complaint_of(ErrorCode::kCorruptData, [&] { open().put(kSubject, kText); }), "none");
  put_bytes(keys, text);
  EXPECT_EQ(open().get(commitment), kText);
}

// Whatever a bit of payload.db says: a payload is given as it was, or not at all.
TEST_F(PayloadStoreTest, GivesNoOtherPayloadWhateverABitOfTheDatabaseSays) {
  std::map<std::string, std::string> all;
  for (int count = 0; count < 30; ++count) {
    const std::string text = kText + std::to_string(count);
    all[open().put(count % 2 == 0 ? kSubject : kOther, text).payload] = text;
  }
  const std::string bytes = read_file(db);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); at += some(211)) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 1 << at % 8);
    put_bytes(db, flipped);
    refused += complaint_of(ErrorCode::kCorruptData, [&] {
                 const PayloadStore store = open();
                 for (const auto& [id, text] : all) EXPECT_EQ(store.get(id).value_or(text), text) << at;
               }) != "none";
  }
  EXPECT_GT(refused, 0u);
}

TEST_F(PayloadStoreTest, RefusesKeysThatOthersCouldHave) {
  const Commitment commitment = open().put(kSubject, kText);
  for (const mode_t mode : {0640u, 0604u, 0660u}) {
    ::chmod(keys.c_str(), mode);
    EXPECT_NE(complaint(commitment).find("the file of keys '" + keys.string() + "' can be read by others; chmod 600 it"),
              std::string::npos);
  }
  ::chmod(keys.c_str(), 0600);
  make_folder(folder_.path() / ".git");
  EXPECT_NE(complaint(commitment).find("which is under version control"), std::string::npos);
  EXPECT_NE(complaint_of([&] { open().put(kSubject, kText); }).find("which is under version control"), std::string::npos);
  std::filesystem::remove(folder_.path() / ".git");
  std::filesystem::rename(keys, folder_.path() / "moved");
  std::filesystem::create_symlink(folder_.path() / "moved", keys);
  EXPECT_NE(complaint(commitment).find("is a link"), std::string::npos);
  std::filesystem::remove(folder_.path() / "moved");
  EXPECT_NE(complaint(commitment).find("is a link"), std::string::npos);
  std::filesystem::remove(keys);
  ASSERT_EQ(::mkfifo(keys.c_str(), 0600), 0);
  EXPECT_NE(complaint(commitment).find("is no file that can be read"), std::string::npos);
}

// New keys would let the next payload be opened, and hide that all others are lost.
TEST_F(PayloadStoreTest, DrawsNoNewKeysWhereTheOldOnesAreLost) {
  const Commitment commitment = open().put(kSubject, kText);
  std::filesystem::remove(keys);
  const auto all = {complaint_of(ErrorCode::kNotFound, [&] { open().get(commitment); }),
                    complaint_of(ErrorCode::kNotFound, [&] { open().put(kOther, kText); }),
                    complaint_of(ErrorCode::kNotFound, [&] { open().id_key(); }),
                    complaint_of(ErrorCode::kNotFound, [&] { open().erase_subject(kSubject); })};
  for (const std::string& said : all) EXPECT_NE(said.find("is not there, without which nobody can open"), std::string::npos) << said;
  EXPECT_FALSE(std::filesystem::exists(keys));
}

TEST_F(PayloadStoreTest, RefusesADatabaseThatIsNotItsOwn) {
  const auto refusal = [&] { return complaint_of([&] { open(); }); };
  put_bytes(db, "hello, this is no database of anything, and long enough to be looked at as one: " + std::string(600, 'x'));
  EXPECT_NE(refusal().find("the payloads '" + db.string() + "': file is not a database; restore its backup"), std::string::npos)
      << refusal();
  std::filesystem::remove(db);
  run_sql("CREATE TABLE other (x)");
  EXPECT_NE(refusal().find("the file holds other things than payloads"), std::string::npos) << refusal();
  std::filesystem::remove(db);
  const Commitment commitment = open().put(kSubject, kText);
  run_sql("CREATE TRIGGER t AFTER INSERT ON payload BEGIN DELETE FROM payload; END");
  EXPECT_NE(refusal().find("the file holds other things than payloads"), std::string::npos) << refusal();
  run_sql("DROP TRIGGER t; PRAGMA user_version = 2");
  EXPECT_NE(refusal().find("they are of version 2, and this hone knows version 1"), std::string::npos) << refusal();
  run_sql("PRAGMA user_version = 1");
  EXPECT_EQ(open().get(commitment), kText);
}

TEST_F(PayloadStoreTest, RefusesWhatNamesNobodyAndWhatIsTooLarge) {
  PayloadStore store = open();
  for (const std::string& subject :
       {std::string(), std::string("Ada Lovelace"), std::string("ada@example.org"), std::string("p:x\n"), std::string(129, 'a')})
    EXPECT_NE(complaint_of(ErrorCode::kInvalidArgument, [&] { store.put(subject, kText); }).find("names no data subject"),
              std::string::npos);
  EXPECT_NE(complaint_of([&] { store.put(kSubject, std::string(PayloadStore::kMaxPayloadBytes + 1, 'x')); }).find("67108865 bytes"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(keys));
}

TEST_F(PayloadStoreTest, AFullDiskLeavesTheOldState) {
  PayloadStore store = open();
  const Commitment before = store.put(kSubject, kText);
  const std::string keys_before = read_file(keys);
  {
    const SmallDisk full(32);
    EXPECT_NE(complaint_of(ErrorCode::kIo, [&] { store.put(kOther, kText); }).find("File too large"), std::string::npos);
  }
  EXPECT_EQ(read_file(keys), keys_before);
  {
    const SmallDisk full(8192);  // Room for the key, and not for the payload: the key comes first.
    EXPECT_NE(complaint_of(ErrorCode::kIo, [&] { store.put(kOther, std::string(20'000, 'x')); }), "none");
  }
  EXPECT_NE(read_file(keys).find(kOther), std::string::npos);
  EXPECT_TRUE(store.ids_of(kOther).empty());
  EXPECT_EQ(store.get(before), kText);
  EXPECT_EQ(store.get(store.put(kOther, kText)), kText);
  {
    const SmallDisk full(4096);  // No room to remove anything: the key goes all the same.
    EXPECT_NE(complaint_of(ErrorCode::kIo, [&] { store.erase_subject(kOther); }), "none");
  }
  EXPECT_EQ(store.get(store.ids_of(kOther).front()), std::nullopt);
  store.erase_subject(kOther);
  EXPECT_TRUE(store.ids_of(kOther).empty());
}

// A child that writes the ids of payloads that are durable.
void put_and_tell(PayloadStore store, int pipe, int child) {
  for (int count = 0;; ++count) {
    const std::string subject = "p:" + std::to_string(child) + "." + std::to_string(count % 7);
    const std::string id = store.put(subject, kText).payload;
    if (::write(pipe, id.data(), id.size()) != static_cast<ssize_t>(id.size())) ::_exit(2);
    if (count % 10 == 9) store.erase_subject("p:erased." + std::to_string(child));
    if (count % 10 == 4) store.put("p:erased." + std::to_string(child), "x");
  }
}

TEST_F(PayloadStoreTest, KilledAtAnyMomentItHasWhatWasAcknowledged) {
  RandomStream moments(20260105, "payload.kill");
  std::set<std::string> acknowledged;
  for (std::uint64_t round = 0; round < (is_long() ? 100 : 6); ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      put_and_tell(open(), ends[1], static_cast<int>(round % 3));
      ::_exit(0);
    }
    ::close(ends[1]);
    const std::uint64_t until = 1 + moments.below(25);
    std::string id(32, '\0');
    for (std::uint64_t heard = 0; heard < until && ::read(ends[0], id.data(), id.size()) == 32; ++heard) acknowledged.insert(id);
    ::kill(child, SIGKILL);
    while (::read(ends[0], id.data(), id.size()) == 32) acknowledged.insert(id);
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    PayloadStore store = open();
    for (const std::string& known : acknowledged) ASSERT_EQ(store.get(known), kText);
    for (const char* const digit : {"0", "1", "2"}) {
      store.erase_subject(std::string("p:erased.") + digit);
      ASSERT_TRUE(store.ids_of(std::string("p:erased.") + digit).empty());
    }
    ASSERT_EQ(store.get(store.put(kSubject, kText)), kText);
  }
  EXPECT_FALSE(acknowledged.empty());
}

// All begin at once and go through the same subjects, so that each key is drawn by whoever comes first.
TEST_F(PayloadStoreTest, ManyProcessesDrawOneKeyForEachSubject) {
  constexpr int kProcesses = 4, kSubjects = 30;
  open();
  int start[2];
  ASSERT_EQ(::pipe(start), 0);
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(start[1]);
      char nothing;
      PayloadStore store = open();
      while (::read(start[0], &nothing, 1) > 0) continue;
      for (int subject = 0; subject < kSubjects; ++subject) store.put("p:" + std::to_string(subject), kText);
      ::_exit(store.id_key().size() == 32 ? 0 : 1);
    }
    children.push_back(child);
  }
  ::close(start[0]);
  ::close(start[1]);
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  for (int subject = 0; subject < kSubjects; ++subject) {
    const std::vector<std::string> ids = open().ids_of("p:" + std::to_string(subject));
    EXPECT_EQ(ids.size(), std::size_t{kProcesses});
    for (const std::string& id : ids) EXPECT_EQ(open().get(id), kText);
  }
}

TEST_F(PayloadStoreTest, KeepsTheKeyOfExamplesUntilItIsForgotten) {
  PayloadStore store = open();
  const std::string key = store.id_key();
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(open().id_key(), key);
  const Commitment commitment = store.put(kSubject, kText);
  EXPECT_EQ(store.id_key(), key);
  EXPECT_TRUE(is_anywhere(to_hex(key)));
  store.forget_id_key();
  EXPECT_FALSE(is_anywhere(to_hex(key)));
  store.forget_id_key();
  EXPECT_NE(store.id_key(), key);
  EXPECT_EQ(store.get(commitment), kText);
}

}  // namespace
}  // namespace hone
