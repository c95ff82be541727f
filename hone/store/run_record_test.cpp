#include "hone/store/run_record.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hone/core/error.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

const std::string kKey(64, 'a'), kOtherKey(64, 'b'), kThirdKey(64, 'c');

RunRecord record_of(const std::string& key, const std::string& ended = "2026-01-05T09:30:00.000123Z") {
  RunRecord record;
  record.stage = "vote";
  record.key = key;
  record.inputs = {{"dataset", {.hash = std::string(64, '1'), .bytes = 3, .media = "application/json"}}};
  record.outputs = {{"votes", {.hash = std::string(64, '2'), .bytes = 4, .media = "application/vnd.apache.parquet"}}};
  record.options = {{"threshold_ppm", 500000}};
  record.seed = 7;
  record.code_version = "hone 0.1.0 stage vote/1";
  record.started = "2026-01-05T09:29:59.000000Z";
  record.ended = ended;
  record.counts = {{"rows", 1600}};
  record.detail = {{"sources", {{"stolen_card", "12ab"}}}};
  return record;
}

TEST(RunRecord, IsTheBodyOfTheLedgersStageRun) {
  const nlohmann::json json = record_of(kKey);
  EXPECT_EQ(json.dump(),
            R"({"code":{"version":"hone 0.1.0 stage vote/1"},"counts":{"rows":1600},"detail":{"sources":{"stolen_card":"12ab"}},)"
            R"("ended":"2026-01-05T09:30:00.000123Z","inputs":[{"name":"dataset","ref":{"bytes":3,"hash":")" +
                std::string(64, '1') + R"(","media":"application/json"}}],"key":")" + kKey +
                R"(","options":{"threshold_ppm":500000},"outcome":"ok","outputs":[{"name":"votes","ref":{"bytes":4,"hash":")" +
                std::string(64, '2') +
                R"(","media":"application/vnd.apache.parquet"}}],"seed":7,"stage":"vote","started":"2026-01-05T09:29:59.000000Z"})");
  EXPECT_EQ(nlohmann::json(json.get<RunRecord>()), json);
}

TEST(RunRecord, NamesTheFieldThatIsWrong) {
  const nlohmann::json good = record_of(kKey);
  for (const auto& [field, value] : good.items()) {
    nlohmann::json bad = good;
    bad[field] = nullptr;
    try {
      bad.get<RunRecord>();
      FAIL() << field << " may not be null";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
      EXPECT_NE(std::string(error.what()).find("'" + field + "'"), std::string::npos) << error.what();
    }
  }
  nlohmann::json odd = good;
  odd["outcome"] = "perhaps";
  EXPECT_THROW(odd.get<RunRecord>(), Error);
  odd = good;
  odd["key"] = "../../etc/passwd";
  EXPECT_THROW(odd.get<RunRecord>(), Error);
  EXPECT_THROW(nlohmann::json::array().get<RunRecord>(), Error);
}

TEST(RunRecord, NamesAnOutputThatTheStageDidNotGive) {
  const RunRecord record = record_of(kKey);
  EXPECT_EQ(record.output("votes").bytes, 4u);
  try {
    record.output("labels");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_STREQ(error.what(), "the stage 'vote' gave no output 'labels'");
  }
}

class RunStoreTest : public testing::Test {
 protected:
  TestFolder folder_;
  RunStore runs_{folder_ / "runs"};
  ObjectStore objects_{folder_ / "objects"};

  RunRecord put_run(const std::string& key, const ObjectRef& input, const ObjectRef& output) {
    RunRecord record = record_of(key);
    record.inputs = {{"in", input}};
    record.outputs = {{"out", output}};
    runs_.put(record);
    return record;
  }
};

TEST_F(RunStoreTest, GivesBackWhatWasPut) {
  EXPECT_FALSE(runs_.find(kKey));
  runs_.put(record_of(kKey));
  ASSERT_TRUE(runs_.find(kKey));
  EXPECT_EQ(nlohmann::json(*runs_.find(kKey)), nlohmann::json(record_of(kKey)));
  runs_.remove(kKey);
  EXPECT_FALSE(runs_.find(kKey));
}

TEST_F(RunStoreTest, ABrokenRecordIsAsGoodAsNone) {
  runs_.put(record_of(kKey));
  const auto file = folder_ / "runs" / (kKey + ".json");
  for (const std::string& broken : {std::string(), std::string("{"), std::string("[]"), std::string("\xff\xfe"), std::string(100000, '['),
                                    nlohmann::json(record_of(kOtherKey)).dump()}) {
    overwrite(file, broken);
    EXPECT_FALSE(runs_.find(kKey)) << broken.substr(0, 20);
    EXPECT_TRUE(runs_.all().empty());
  }
}

TEST_F(RunStoreTest, ARecordThatWasChangedIsAsGoodAsNone) {
  runs_.put(record_of(kKey));
  const auto file = folder_ / "runs" / (kKey + ".json");
  const std::string sound = read_file(file);
  for (std::size_t byte = 0; byte < sound.size(); ++byte) {
    std::string changed = sound;
    changed[byte] = changed[byte] == '7' ? '8' : '7';
    if (nlohmann::json::parse(changed, nullptr, false) == nlohmann::json::parse(sound)) continue;  // White space.
    overwrite(file, changed);
    EXPECT_FALSE(runs_.find(kKey)) << "byte " << byte;
  }
}

TEST_F(RunStoreTest, ListsTheNewestFirstThenByKey) {
  runs_.put(record_of(kOtherKey, "2026-01-01T00:00:00.000000Z"));
  runs_.put(record_of(kThirdKey, "2026-01-02T00:00:00.000000Z"));
  runs_.put(record_of(kKey, "2026-01-01T00:00:00.000000Z"));
  std::vector<std::string> keys;
  for (const RunRecord& record : runs_.all()) keys.push_back(record.key);
  EXPECT_EQ(keys, (std::vector{kThirdKey, kKey, kOtherKey}));
}

TEST_F(RunStoreTest, RefusesKeysThatWouldLeaveTheFolder) {
  EXPECT_FALSE(runs_.find("../../etc/passwd"));
  EXPECT_THROW(runs_.put(record_of("../x")), Error);
}

TEST_F(RunStoreTest, GarbageIsWhatNoKeptRecordNeeds) {
  const ObjectRef input = objects_.put("input", "text/plain"), votes = objects_.put("votes", "text/plain");
  const ObjectRef old = objects_.put("old votes", "text/plain"), release = objects_.put("release", "text/plain");
  put_run(kKey, input, votes);
  put_run(kOtherKey, input, old);
  std::ofstream(folder_ / "runs" / (kThirdKey + ".json")) << "broken";
  const Collected collected = collect_garbage(objects_, runs_, {kKey, std::string(64, 'd')}, {release}, false);
  EXPECT_EQ(collected.objects_kept, 3u);
  EXPECT_EQ(collected.objects_removed, 1u);
  EXPECT_EQ(collected.bytes_removed, old.bytes);
  EXPECT_EQ(collected.records_removed, 2u);
  EXPECT_TRUE(objects_.has(input) && objects_.has(votes) && objects_.has(release));
  EXPECT_FALSE(objects_.has(old));
  EXPECT_EQ(runs_.keys(), std::vector{kKey});
}

TEST_F(RunStoreTest, ADryRunCountsAndRemovesNothing) {
  const ObjectRef old = objects_.put("old", "text/plain");
  put_run(kKey, old, old);
  std::ofstream(objects_.temporary_folder() / "half") << "half";
  const Collected counted = collect_garbage(objects_, runs_, {}, {}, true);
  EXPECT_TRUE(objects_.has(old));
  EXPECT_TRUE(runs_.find(kKey));
  EXPECT_TRUE(std::filesystem::exists(objects_.temporary_folder() / "half"));
  const Collected removed = collect_garbage(objects_, runs_, {}, {}, false);
  EXPECT_EQ(counted.objects_removed, removed.objects_removed);
  EXPECT_EQ(counted.bytes_removed, removed.bytes_removed);
  EXPECT_EQ(counted.leftovers_removed, 1u);
}

TEST_F(RunStoreTest, LeftoversOfInterruptedWritesGoWhenTheyAreOlderThanTheLock) {
  const ObjectRef kept = objects_.put("kept", "text/plain");
  const std::vector<std::filesystem::path> left = {folder_ / "runs" / ".tmp-1", objects_.path(kept).parent_path() / ".tmp-2",
                                                   objects_.temporary_folder() / "part", objects_.temporary_folder() / "job"};
  for (std::size_t file = 0; file < 3; ++file) std::ofstream(left[file]) << "half";
  make_folder(left[3] / "output");
  const ProjectLock lock(folder_ / "lock");
  for (const auto& path : left) std::filesystem::last_write_time(path, lock.since() - std::chrono::seconds(1));
  const auto own = objects_.temporary_folder() / "own";
  std::ofstream(own) << "being written";
  std::filesystem::last_write_time(own, lock.since());
  EXPECT_EQ(collect_garbage(objects_, runs_, {}, {kept}, false, lock.since()).leftovers_removed, 4u);
  for (const auto& path : left) EXPECT_FALSE(std::filesystem::exists(path)) << path;
  EXPECT_TRUE(std::filesystem::exists(own));
  EXPECT_TRUE(objects_.has(kept));
}

std::string busy_message(const std::filesystem::path& file) {
  try {
    const ProjectLock second(file);
  } catch (const Error& error) {
    return to_string(error.code()) == "busy" ? error.what() : "not busy";
  }
  return "no error";
}

TEST(ProjectLock, NamesTheProcessThatHoldsTheProject) {
  const TestFolder folder;
  const ProjectLock lock(folder / "hone/lock");
  EXPECT_EQ(read_file(folder / "hone/lock"), std::to_string(::getpid()) + "\n");
  EXPECT_EQ(busy_message(folder / "hone/lock"),
            "another process (" + std::to_string(::getpid()) + ") is at work in this project; wait until it is done, or end it");
}

TEST(ProjectLock, ComesBackWhenItGoesOutOfScope) {
  const TestFolder folder;
  { const ProjectLock lock(folder / "lock"); }
  EXPECT_EQ(read_file(folder / "lock"), "");
  EXPECT_EQ(busy_message(folder / "lock"), "no error");
}

// The child takes the lock, says so through the pipe, and waits to be killed.
TEST(ProjectLock, GoesWithItsProcessHoweverThatEnds) {
  const TestFolder folder;
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const ProjectLock lock(folder / "lock");
    [[maybe_unused]] const auto told = ::write(pipe_ends[1], "x", 1);
    for (;;) ::pause();
  }
  char told = 0;
  ASSERT_EQ(::read(pipe_ends[0], &told, 1), 1);
  EXPECT_NE(busy_message(folder / "lock").find("(" + std::to_string(child) + ")"), std::string::npos);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(busy_message(folder / "lock"), "no error");
}

TEST(ProjectLock, SaysWhyItsFileCannotBeMade) {
  const TestFolder folder;
  make_folder(folder / "lock");
  try {
    const ProjectLock lock(folder / "lock");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("Is a directory"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hone
