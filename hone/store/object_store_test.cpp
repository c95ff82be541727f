#include "hone/store/object_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

ErrorCode code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

class ObjectStoreTest : public testing::Test {
 protected:
  TestFolder folder_;
  ObjectStore store_{folder_ / "objects"};
};

TEST_F(ObjectStoreTest, NamesAnObjectByTheHashOfItsBytes) {
  const ObjectRef ref = store_.put("The card never arrived.", "text/plain");
  EXPECT_EQ(ref.hash, sha256_hex("The card never arrived."));
  EXPECT_EQ(ref.bytes, 23u);
  EXPECT_EQ(store_.path(ref), folder_ / "objects" / ref.hash.substr(0, 2) / ref.hash.substr(2));
  EXPECT_EQ(store_.get(ref), "The card never arrived.");
}

TEST_F(ObjectStoreTest, NobodyMayWriteToAnObject) {
  const ObjectRef ref = store_.put("a", "text/plain");
  struct stat info {};
  ASSERT_EQ(::stat(store_.path(ref).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0440u);
}

TEST_F(ObjectStoreTest, StoresTheSameBytesOnce) {
  EXPECT_EQ(store_.put("a", "text/plain"), store_.put("a", "text/plain"));
  EXPECT_EQ(store_.list().size(), 1u);
}

TEST_F(ObjectStoreTest, ListsObjectsByHashAndNothingElse) {
  std::vector<std::string> hashes;
  for (const char* bytes : {"a", "b", "c", ""}) hashes.push_back(store_.put(bytes, "text/plain").hash);
  std::ofstream(store_.temporary_folder() / "half") << "written";
  std::ofstream(folder_ / "objects" / "README") << "not an object";
  std::ranges::sort(hashes);
  const auto listed = store_.list();
  ASSERT_EQ(listed.size(), 4u);
  for (std::size_t object = 0; object < listed.size(); ++object) EXPECT_EQ(listed[object].hash, hashes[object]);
}

TEST_F(ObjectStoreTest, TakesOverAFinishedFile) {
  const auto file = store_.temporary_folder() / "labels";
  std::ofstream(file) << "labels";
  const ObjectRef ref = store_.put_file(file, kParquetMedia);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(ref, store_.put("labels", kParquetMedia));
  EXPECT_EQ(store_.get(ref), "labels");
}

TEST_F(ObjectStoreTest, FindsNamesAndMendsABrokenObject) {
  const ObjectRef ref = store_.put("labels", "text/plain");
  overwrite(store_.path(ref), "lebals");
  EXPECT_TRUE(store_.has(ref));
  EXPECT_FALSE(store_.verify(ref));
  EXPECT_EQ(code_of([&] { store_.get(ref); }), ErrorCode::kCorruptData);
  EXPECT_NE(complaint_of([&] { store_.get(ref); }).find(ref.hash), std::string::npos);
  store_.put("labels", "text/plain");
  EXPECT_TRUE(store_.verify(ref));
}

TEST_F(ObjectStoreTest, PutFileMendsABrokenObjectToo) {
  const ObjectRef ref = store_.put("labels", "text/plain");
  overwrite(store_.path(ref), "lebals");
  std::ofstream(store_.temporary_folder() / "again") << "labels";
  store_.put_file(store_.temporary_folder() / "again", "text/plain");
  EXPECT_EQ(store_.get(ref), "labels");
}

TEST_F(ObjectStoreTest, AnObjectOfAnotherLengthIsNotThere) {
  const ObjectRef ref = store_.put("labels", "text/plain");
  overwrite(store_.path(ref), "lab");
  EXPECT_FALSE(store_.has(ref));
  EXPECT_FALSE(store_.verify(ref));
  EXPECT_EQ(code_of([&] { store_.path(ref); }), ErrorCode::kNotFound);
  EXPECT_NE(complaint_of([&] { store_.path(ref); }).find("has 3 bytes"), std::string::npos);
}

TEST_F(ObjectStoreTest, NamesAnObjectThatIsMissing) {
  const ObjectRef ref = store_.put("labels", "text/plain");
  store_.remove(ref);
  store_.remove(ref);  // A second time is no error: it is gone.
  EXPECT_FALSE(store_.has(ref));
  EXPECT_EQ(code_of([&] { store_.get(ref); }), ErrorCode::kNotFound);
  EXPECT_NE(complaint_of([&] { store_.get(ref); }).find(ref.hash), std::string::npos);
}

TEST_F(ObjectStoreTest, RefusesHashesThatWouldLeaveTheFolder) {
  const ObjectRef outside{.hash = "../../../../../../../../../../../../../../../../../../etc/passwd", .bytes = 1, .media = ""};
  EXPECT_EQ(code_of([&] { store_.has(outside); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { store_.get({}); }), ErrorCode::kInvalidArgument);
}

TEST_F(ObjectStoreTest, KeepsJsonAsItIs) {
  const nlohmann::json value = {{"rows", 3}, {"name", "Größe"}, {"rate", 0.1}};
  const ObjectRef ref = store_.put_json(value);
  EXPECT_EQ(ref.media, kJsonMedia);
  EXPECT_EQ(store_.get_json(ref), value);
}

TEST_F(ObjectStoreTest, SaysWhenAnObjectIsNoJson) {
  EXPECT_EQ(code_of([&] { store_.get_json(store_.put("{\"rows\": ", kJsonMedia)); }), ErrorCode::kCorruptData);
  EXPECT_EQ(code_of([&] { store_.put_json("\xff"); }), ErrorCode::kInvalidArgument);
}

TEST_F(ObjectStoreTest, ManyThreadsPutTheSameObjects) {
  parallel_for(64, 8, [&](std::size_t block) { store_.put(std::to_string(block % 8), "text/plain"); });
  EXPECT_EQ(store_.list().size(), 8u);
  for (const ObjectRef& ref : store_.list()) EXPECT_TRUE(store_.verify(ref));
}

// A limit on the size of files stands in for a full disk: the write fails in the same place.
TEST_F(ObjectStoreTest, LeavesNothingBehindWhenTheDiskTakesNoMore) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto code = code_of([&] { store_.put(std::string(5000, 'x'), "text/plain"); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(code, ErrorCode::kIo);
  EXPECT_TRUE(store_.list().empty());
  const auto in = std::filesystem::recursive_directory_iterator(folder_ / "objects");
  EXPECT_EQ(std::ranges::count_if(in, [](const auto& entry) { return entry.is_regular_file(); }), 0);
}

TEST(ObjectStore, SaysWhyItsFolderCannotBeMade) {
  const TestFolder folder;
  std::ofstream(folder / "file") << "in the way";
  EXPECT_EQ(code_of([&] { ObjectStore(folder / "file"); }), ErrorCode::kIo);
  EXPECT_NE(complaint_of([&] { ObjectStore(folder / "file"); }).find("file': Not a directory"), std::string::npos);
}

// Root may write to read-only folders, so the test steps down while it tries.
TEST(ObjectStore, SaysThatAFolderIsReadOnly) {
  constexpr uid_t kNobody = 65534;
  const TestFolder folder;
  ObjectStore store(folder / "objects");
  std::filesystem::permissions(folder / "objects", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                                                       std::filesystem::perms::others_read | std::filesystem::perms::others_exec);
  const uid_t before = ::geteuid();
  ASSERT_EQ(::seteuid(before == 0 ? kNobody : before), 0);
  const std::string message = complaint_of([&] { store.put("a", "text/plain"); });
  ASSERT_EQ(::seteuid(before), 0);
  std::filesystem::permissions(folder / "objects", std::filesystem::perms::owner_all);
  EXPECT_NE(message.find("Permission denied"), std::string::npos) << message;
}

TEST(ObjectRef, IsTheRefOfTheLedger) {
  const ObjectRef ref{.hash = std::string(64, 'a'), .bytes = 7, .media = std::string(kParquetMedia)};
  const nlohmann::json json = ref;
  EXPECT_EQ(json.dump(), R"({"bytes":7,"hash":")" + std::string(64, 'a') + R"(","media":"application/vnd.apache.parquet"})");
  EXPECT_EQ(json.get<ObjectRef>(), ref);
}

TEST(ObjectRef, RefusesWhatIsNone) {
  const std::string hash(64, 'a');
  for (const nlohmann::json& json :
       {nlohmann::json(), nlohmann::json("text"), nlohmann::json::object(), nlohmann::json{{"bytes", 1}, {"hash", hash}},
        nlohmann::json{{"bytes", -1}, {"hash", hash}, {"media", ""}}, nlohmann::json{{"bytes", 1.5}, {"hash", hash}, {"media", ""}},
        nlohmann::json{{"bytes", 1}, {"hash", std::string(64, 'A')}, {"media", ""}},
        nlohmann::json{{"bytes", 1}, {"hash", std::string(63, 'a')}, {"media", ""}},
        nlohmann::json{{"bytes", 1}, {"hash", hash}, {"media", 3}}})
    EXPECT_EQ(code_of([&] { json.get<ObjectRef>(); }), ErrorCode::kCorruptData) << json;
}

}  // namespace
}  // namespace hone
