#include "hone/flow/run_benchmark.h"

#include "hone/flow/benchmark_testing.h"
#include "hone/stats/proportion.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// Forty items, of which ten are sealed and eight anchors; every third one is `card`, the others are `fraud`.
class BenchmarkRunTest : public BenchmarkTest {
 protected:
  void SetUp() override { create(rows(0, 40), {.anchor = 0.2, .sealed = 0.25}); }

  // Answers `said` on all of them, by the owner's ids.
  std::filesystem::path predictions(const std::string& said, int end = 40) {
    std::string text = "id,prediction\n";
    for (int row = 0; row < end; ++row) text += "k" + std::to_string(row) + "," + said + "\n";
    return file(said + ".csv", text);
  }
  Json run(RunBenchmarkOptions options) {
    options.date = "2026-01-06";
    return run_benchmark(root_, "b", nullptr, options);
  }
  std::uint32_t exposed(const std::string& key) const {
    const Benchmark benchmark = opened();
    return exposure_counts(benchmark, read_exposures(benchmark))[benchmark.item_named(key)];
  }
  std::string key_of(bool sealed) const {
    const Benchmark benchmark = opened();
    for (const BenchmarkItem& item : benchmark.items())
      if (item.sealed == sealed) return item.key;
    return "";
  }
};

TEST_F(BenchmarkRunTest, ScoresOpenItemsWithTheirIntervalAndByStratum) {
  const Json result = run({.system = "fraud", .predictions = predictions("fraud")});
  std::uint64_t right = 0;
  const Benchmark benchmark = opened();
  for (const BenchmarkItem& item : benchmark.items()) right += !item.sealed && item.gold == "fraud";
  EXPECT_EQ(result.at("score").at("n"), 30);
  EXPECT_EQ(result.at("score").at("value"), static_cast<double>(right) / 30.0);
  EXPECT_EQ(result.at("score").at("low"), wilson(right, 30)->low);
  EXPECT_EQ(result.at("sealed").at("n"), 0);
  EXPECT_EQ(result.at("left_out").at("sealed"), 10);
  EXPECT_EQ(result.at("anchors").at("n"), 8);
  EXPECT_EQ(result.at("strata").size(), 2u);
  EXPECT_EQ(result.at("strata").at(0).at("n"), 15);
}

TEST_F(BenchmarkRunTest, CountsEveryExposureOfAnItem) {
  run({.system = "a", .predictions = predictions("fraud")});
  run({.system = "b", .predictions = predictions("card")});
  EXPECT_EQ(exposed(key_of(false)), 2u);
  EXPECT_EQ(exposed(key_of(true)), 0u);
}

TEST_F(BenchmarkRunTest, OpensSealedItemsOnlyForAReasonThatIsWrittenDownBeforeTheyAreScored) {
  EXPECT_TRUE(has(
      complaint_of(ErrorCode::kInvalidArgument, [&] { run({.system = "a", .predictions = predictions("fraud"), .open_sealed = true}); }),
      "needs a reason"));
  EXPECT_TRUE(has(complaint_of([&] {
                    run({.system = "a",
                         .predictions = predictions("fraud"),
                         .open_sealed = true,
                         .reason = "r",
                         .write_opening = [](const SealedOpening&) -> std::optional<std::uint64_t> {
                           throw Error(ErrorCode::kIo, "the ledger is full");
                         }});
                  }),
                  "the ledger is full"));
  EXPECT_FALSE(find_run(opened(), 1, "a"));
  const Json result = run({.system = "a",
                           .predictions = predictions("fraud"),
                           .open_sealed = true,
                           .reason = "release 2026-q1",
                           .write_opening = [](const SealedOpening& opening) {
                             EXPECT_EQ(opening.items, 10u);
                             return std::optional<std::uint64_t>(7);
                           }});
  EXPECT_EQ(result.at("score").at("n"), 40);
  EXPECT_EQ(result.at("sealed").at("n"), 10);
  const auto exposures = read_exposures(opened());
  ASSERT_EQ(exposures.size(), 1u);
  EXPECT_EQ(exposures[0].reason, "release 2026-q1");
  EXPECT_EQ(exposures[0].event, 7u);
  EXPECT_EQ(exposed(key_of(true)), 1u);
}

TEST_F(BenchmarkRunTest, ComparesWithEarlierSystemsItemByItem) {
  run({.system = "fraud", .predictions = predictions("fraud")});
  const Json others = run({.system = "card", .predictions = predictions("card")}).at("others");
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others.at(0).at("system"), "fraud");
  EXPECT_EQ(others.at(0).at("n"), 30);
  EXPECT_LT(others.at(0).at("difference"), 0.0);
  EXPECT_EQ(others.at(0).at("test"), "mcnemar_mid_p");
}

TEST_F(BenchmarkRunTest, RefusesASecondSystemOfOneNameAndTakesTheSameAnswersAgain) {
  run({.system = "a", .predictions = predictions("fraud")});
  EXPECT_TRUE(has(complaint_of(ErrorCode::kInvalidArgument, [&] { run({.system = "a", .predictions = predictions("card")}); }),
                  "two systems of one name"));
  EXPECT_TRUE(has(complaint_of([&] { run({.system = "a", .predictions = predictions("fraud", 20)}); }), "two systems of one name"));
  run({.system = "a", .predictions = predictions("fraud")});
  EXPECT_EQ(read_exposures(opened()).size(), 1u);
  const Json result = run({.system = "a", .predictions = predictions("fraud"), .open_sealed = true, .reason = "r"});
  EXPECT_EQ(result.at("score").at("n"), 40);
}

TEST_F(BenchmarkRunTest, NamesIdsThatAreNoItems) {
  const auto wrong = file("wrong.csv", "id,prediction\nk1,card\nx1,card\nx2,card\n");
  const std::string said = complaint_of(ErrorCode::kNotFound, [&] { run({.system = "a", .predictions = wrong}); });
  EXPECT_TRUE(has(said, "wrong.csv':3: 'x1' is no item of 'b'; 2 ids are not"));
}

TEST_F(BenchmarkRunTest, CountsAnItemWithoutAnAnswerAsWrong) {
  const Json result = run({.system = "a", .predictions = predictions("fraud", 20)});
  EXPECT_EQ(result.at("score").at("n"), 30);
  EXPECT_GT(result.at("missing"), 0);
}

TEST_F(BenchmarkRunTest, LeavesOutAnswersOnItemsThatWereRetired) {
  retire_items(root_, "b", {"k0"}, "gold is wrong", "2026-01-06");
  EXPECT_EQ(run({.system = "a", .predictions = predictions("fraud")}).at("left_out").at("retired"), 1);
  EXPECT_EQ(run({.system = "a", .predictions = predictions("fraud"), .version = 1}).at("left_out").at("retired"), 0);
}

TEST_F(BenchmarkRunTest, RefusesSystemsVersionsAndModelsThatThereAreNot) {
  EXPECT_TRUE(has(complaint_of([&] { run({.system = "../a", .predictions = predictions("fraud")}); }), "is no name for a system"));
  EXPECT_TRUE(has(complaint_of([&] { run({.system = "a", .predictions = predictions("fraud"), .version = 2}); }), "no version 2"));
  EXPECT_TRUE(has(complaint_of([&] { run({.system = "a"}); }), "--predictions FILE"));
}

TEST_F(BenchmarkRunTest, NamesTheLineOfARunThatWasBroken) {
  run({.system = "a", .predictions = predictions("fraud")});
  edit("runs/0001/a.jsonl", "\"prediction\"", "\"predicted\"");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { read_runs(opened(), 1); }), "a.jsonl':2: "));
}

TEST_F(BenchmarkRunTest, RefusesARunFileThatCannotBe) {
  run({.system = "a", .predictions = predictions("fraud")});
  const std::string sound = read_file(path("runs/0001/a.jsonl"));
  const std::string header = sound.substr(0, sound.find('\n') + 1),
                    answer = sound.substr(header.size(), sound.find('\n', header.size()) + 1 - header.size());
  const std::string id = Json::parse(answer).at("id");
  const std::pair<std::string, std::string> kDamages[] = {
      {"", "a.jsonl':1: the file is empty"},
      {header + "{\"id\": \n", "a.jsonl':2: "},
      {header + answer + answer, "a.jsonl':3: item " + id + " is answered a second time"},
      {header + "{\"id\":\"" + id.substr(0, 8) + "\",\"prediction\":\"x\"}\n", "a.jsonl':2: '" + id.substr(0, 8) + "' is no item's id"},
      {header + "{\"id\":\"" + id + "\",\"prediction\":\"\"}\n", "the answer to item " + id + " is empty"},
      {answer, "a.jsonl':1: "}};
  for (const auto& [bytes, expected] : kDamages) {
    overwrite(path("runs/0001/a.jsonl"), bytes);
    const std::string said = complaint_of(ErrorCode::kCorruptData, [&] { read_runs(opened(), 1); });
    EXPECT_TRUE(has(said, expected)) << said;
  }
  overwrite(path("runs/0001/a.jsonl"), sound);
  file("project/benchmarks/b/runs/0001/other.jsonl", sound);
  EXPECT_TRUE(
      has(complaint_of(ErrorCode::kCorruptData, [&] { read_runs(opened(), 1); }), "of another system or version than the file's name"));
}

TEST_F(BenchmarkRunTest, RefusesExposuresThatCannotBe) {
  run({.system = "a", .predictions = predictions("fraud")});
  const std::string sound = read_file(path("exposure.json"));
  for (const auto& [old, now, said] :
       {std::tuple("\"version\": 1", "\"version\": -1", "'version' is no whole number"),
        std::tuple("exposure/1", "exposure/2", "the format is not hone-benchmark-exposure/1"),
        std::tuple("\"opened\": false", "\"opened\": 0", "type must be boolean"), std::tuple("{", "", "syntax error")}) {
    edit("exposure.json", old, now);
    const std::string complaint = complaint_of(ErrorCode::kCorruptData, [&] { read_exposures(opened()); });
    EXPECT_TRUE(has(complaint, said)) << complaint;
    EXPECT_TRUE(has(complaint, "exposure.json'")) << complaint;
    overwrite(path("exposure.json"), sound);
  }
}

TEST_F(BenchmarkRunTest, RefusesTwoAnswersToOneItemUnderBothOfItsNames) {
  const Benchmark benchmark = opened();
  const std::string id = benchmark.items()[benchmark.item_named("k1")].id;
  const auto twice = file("twice.csv", "id,prediction\nk1,card\nk2,card\n" + id + ",fraud\n");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { run({.system = "a", .predictions = twice}); }),
                  "twice.csv':4: item " + id + " is answered a second time"));
}

// Programs that know gaps in floating point alone write the class 1 as 1.0, in predictions as in gold.
TEST(BenchmarkNumbers, AreTheSameAnswerWithAndWithoutAPoint) {
  const TestFolder folder;
  create_benchmark(folder / "p", "b", {.id = "id"}, {}, write_text(folder / "i.csv", "id,text,gold\n1,one thing,1.0\n2,another one,0\n"),
                   nullptr, {.date = "2026-01-05"});
  const auto score = [&](const std::string& name, const std::string& said) {
    return run_benchmark(folder / "p", "b", nullptr, {.system = name, .predictions = write_text(folder / "s.csv", said)})
        .at("score")
        .at("value");
  };
  EXPECT_EQ(score("whole", "id,prediction\n1,1\n2,0\n"), 1.0);
  EXPECT_EQ(score("points", "id,prediction\n1,1.0\n2,0.0\n"), 1.0);
  EXPECT_EQ(score("wrong", "id,prediction\n1,0\n2,1\n"), 0.0);
}

TEST_F(BenchmarkRunTest, HasNoScoreWhereAllItemsAreRetired) {
  std::vector<std::string> all;
  for (int row = 0; row < 40; ++row) all.push_back("k" + std::to_string(row));
  retire_items(root_, "b", all, "all of it was wrong", "2026-01-06");
  const Json result = run({.system = "a", .predictions = predictions("fraud")});
  EXPECT_EQ(result.at("score").at("n"), 0);
  EXPECT_TRUE(result.at("score").at("value").is_null());
  EXPECT_EQ(result.at("left_out").at("retired"), 40);
}

TEST(BenchmarkCluster, WidensTheIntervalWhereItemsHangTogether) {
  const TestFolder folder;
  std::string items = "id,text,gold,doc\n", said = "id,prediction\n";
  for (int row = 0; row < 60; ++row) {
    const std::string word = sha256_hex(std::to_string(row)).substr(0, 16);
    items += "k" + std::to_string(row) + "," + word + ",a,d" + std::to_string(row / 6) + "\n";
    said += "k" + std::to_string(row) + "," + ((row / 6) % 2 == 0 ? "a" : "b") + "\n";
  }
  create_benchmark(folder / "p", "b", {.id = "id", .cluster = "doc"}, {}, write_text(folder / "i.csv", items), nullptr,
                   {.date = "2026-01-05"});
  const Json score =
      run_benchmark(folder / "p", "b", nullptr, {.system = "s", .predictions = write_text(folder / "s.csv", said)}).at("score");
  EXPECT_EQ(score.at("clusters"), 10);
  EXPECT_LT(score.at("low"), wilson(30, 60)->low - 0.05);
}

}  // namespace
}  // namespace hone
