#include "hone/flow/benchmark.h"

#include "hone/core/hash.h"
#include "hone/flow/benchmark_testing.h"
#include "hone/flow/show_benchmark.h"

namespace hone {
namespace {

using Json = nlohmann::json;

std::string first_id(const std::string& lines) { return Json::parse(lines.substr(0, lines.find('\n'))).at("id"); }

TEST_F(BenchmarkTest, ReadsBackWhatItWroteAndKnowsEachVersion) {
  const Json made = create(rows(0, 40), {.anchor = 0.2, .sealed = 0.25});
  EXPECT_EQ(made.at("version").at("items"), 40);
  EXPECT_EQ(made.at("version").at("anchors"), 8);
  EXPECT_EQ(made.at("version").at("sealed"), 10);
  EXPECT_EQ(admit(rows(40, 60)).at("version").at("items"), 60);
  retire_items(root_, "b", {"k1", "k41"}, "gold is wrong", "2026-03-05");

  const Benchmark benchmark = opened();
  EXPECT_EQ(benchmark.newest(), 3u);
  EXPECT_EQ(benchmark.members(1).size(), 40u);
  EXPECT_EQ(benchmark.members(2).size(), 60u);
  EXPECT_EQ(benchmark.members(3).size(), 58u);
  const BenchmarkItem& retired = benchmark.items()[benchmark.item_named("k41")];
  EXPECT_EQ(retired.since, 2u);
  EXPECT_EQ(retired.until, 3u);
  EXPECT_EQ(retired.retired, "gold is wrong");
  EXPECT_EQ(retired.admitted, "2026-02-05");
  EXPECT_EQ(retired.id, item_id(benchmark.fields().text, retired.content, retired.gold));
  EXPECT_EQ(benchmark.item_named(retired.id.substr(0, 8)), benchmark.item_named("k41"));
}

TEST_F(BenchmarkTest, DealsAnchorsAndSealedItemsByStratumWhateverTheOrderOfTheFile) {
  create(rows(0, 40), {.anchor = 0.2, .sealed = 0.25});
  const Json shown = show_benchmark(opened(), {});
  for (const Json& stratum : shown.at("strata")) {
    EXPECT_EQ(stratum.at("items"), 20);
    EXPECT_EQ(stratum.at("anchors"), 4);
    EXPECT_EQ(stratum.at("sealed"), 5);
  }
}

TEST_F(BenchmarkTest, LeavesTheFilesOfOlderVersionsAsTheyWere) {
  create(rows(0, 20));
  const std::string before = read_file(path("items/0001.jsonl"));
  admit(rows(20, 30));
  EXPECT_EQ(read_file(path("items/0001.jsonl")), before);
}

TEST_F(BenchmarkTest, NamesAnItemThatWasEditedByHandWithFileAndLine) {
  create(rows(0, 20));
  edit("items/0001.jsonl", "\"gold\":\"fraud\"", "\"gold\":\"card\"");  // That of the second item, k1.
  const std::string said = complaint_of(ErrorCode::kCorruptData, [&] { opened(); });
  EXPECT_TRUE(has(said, "items/0001.jsonl':2: "));
  EXPECT_TRUE(has(said, "was changed by hand"));
}

TEST_F(BenchmarkTest, FindsWhatElseWasChangedInAVersion) {
  create(rows(0, 20));
  edit("items/0001.jsonl", "\"stratum\":\"chat\"", "\"stratum\":\"mail\"");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { opened(); }), "does not have the bytes that version 1 was made of"));
}

TEST_F(BenchmarkTest, FindsALineThatIsNone) {
  create(rows(0, 20));
  edit("items/0001.jsonl", "}\n", "}\nthis is no item\n");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { opened(); }), "0001.jsonl':2: "));
}

// What a process that was killed between the two files leaves behind.
TEST_F(BenchmarkTest, IsTheOldVersionUntilTheManifestNamesTheNewOne) {
  create(rows(0, 20));
  file("project/benchmarks/b/items/0002.jsonl", "{\"half\": ");
  EXPECT_EQ(opened().newest(), 1u);
  EXPECT_EQ(admit(rows(20, 30)).at("version").at("items"), 30);
  EXPECT_EQ(opened().newest(), 2u);
}

TEST_F(BenchmarkTest, RefusesNamesThatLeadOutOfItsFolder) {
  for (const char* name : {"", "..", "../b", "a/b", "/tmp/b", ".hidden", "a b"})
    EXPECT_TRUE(has(complaint_of(ErrorCode::kInvalidArgument, [&] { Benchmark::open(root_, name); }), "is no name for a benchmark"))
        << name;
}

TEST_F(BenchmarkTest, RefusesAManifestThatLeadsOutOfItsFolder) {
  create(rows(0, 20));
  file("project/secret.jsonl", "");
  edit("benchmark.json", "items/0001.jsonl", "../../secret.jsonl");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kInvalidArgument, [&] { opened(); }), ".."));
}

// What a hand or a disk may do to benchmark.json: what is old there, what stands in its place, and what is said.
TEST_F(BenchmarkTest, RefusesAManifestThatCannotBe) {
  const struct {
    const char *old, *now, *said;
  } kDamages[] = {{"\"version\": 1", "\"version\": 4000000000", "where version 1 should stand, 'versions' has version 4000000000"},
                  {"\"version\": 1", "\"version\": -1", "'version' is no whole number from 0 to 4294967295"},
                  {"\"came\": 20", "\"came\": 21", "says that 21 items came with version 1 and 0 went; in its file there are 20 and 0"},
                  {"\"2026-01-05\"", "\"yesterday\"", "'yesterday' is no date"},
                  {"\"ngram\": 8", "\"ngram\": 4294967296", "'ngram' is no whole number from 0 to 4294967295"},
                  {"\"anchor\": 0.2", "\"anchor\": 7", "anchor is a share"},
                  {"\"seed\": 1", "\"seed\": 1e99", "'seed' is no whole number"},
                  {"\"text\": [\n      \"text\"\n    ]", "\"text\": []", "'fields' names no field of text"},
                  {"hone-benchmark/1", "hone-benchmark/2", "its format is not hone-benchmark/1"},
                  {"\"fields\"", "\"felder\"", "key 'fields' not found"},
                  {"{", "", "syntax error"}};
  create(rows(0, 20));
  const std::string sound = read_file(path("benchmark.json"));
  for (const auto& damage : kDamages) {
    edit("benchmark.json", damage.old, damage.now);
    const std::string said = complaint_of(ErrorCode::kCorruptData, [&] { opened(); });
    EXPECT_TRUE(has(said, damage.said)) << said;
    EXPECT_TRUE(has(said, "benchmark.json'")) << said;
    overwrite(path("benchmark.json"), sound);
  }
  overwrite(path("benchmark.json"),
            nlohmann::json::parse(sound).patch(R"([{"op": "replace", "path": "/versions", "value": []}])"_json).dump());
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { opened(); }), "'versions' is empty"));
}

TEST_F(BenchmarkTest, RefusesLinesThatComeOrGoTwice) {
  create(rows(0, 20));
  retire_items(root_, "b", {"k3"}, "gold is wrong", "2026-01-06");
  const std::string line = read_file(path("items/0002.jsonl")), item = read_file(path("items/0001.jsonl"));
  overwrite(path("items/0002.jsonl"), line + line);
  EXPECT_TRUE(
      has(complaint_of(ErrorCode::kCorruptData, [&] { opened(); }), "0002.jsonl':2: item " + first_id(line) + " is retired a second time"));
  overwrite(path("items/0002.jsonl"), line + item.substr(0, item.find('\n') + 1));
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { opened(); }),
                  "0002.jsonl':2: item " + first_id(item) + " stands there a second time"));
  overwrite(path("items/0002.jsonl"), "{\"id\":\"nobody\",\"retired\":\"x\"}\n");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { opened(); }), "0002.jsonl':1: item nobody is retired, and never was there"));
}

TEST_F(BenchmarkTest, ReadsTheSameWithAnyNumberOfThreads) {
  create(rows(0, 3000));
  edit("items/0001.jsonl", "\"gold\":\"fraud\"", "\"gold\":\"card\"");
  const std::string one = complaint_of(ErrorCode::kCorruptData, [&] { Benchmark::open(root_, "b", 1); });
  EXPECT_EQ(one, complaint_of(ErrorCode::kCorruptData, [&] { Benchmark::open(root_, "b", 8); }));
}

TEST_F(BenchmarkTest, SaysWhichBenchmarksThereAre) {
  create(rows(0, 20));
  EXPECT_TRUE(has(complaint_of(ErrorCode::kNotFound, [&] { Benchmark::open(root_, "c"); }), "there are: 'b'"));
  EXPECT_TRUE(has(complaint_of(ErrorCode::kInvalidArgument, [&] { create(rows(0, 20)); }), "there is a benchmark 'b' already"));
}

TEST_F(BenchmarkTest, RefusesDatesThatAreNoneOrGoBack) {
  EXPECT_TRUE(has(complaint_of([&] { create(rows(0, 20), {}, {.date = "5.1.2026"}); }), "'5.1.2026' is no date"));
  create(rows(0, 20));
  EXPECT_TRUE(has(complaint_of([&] { admit(rows(20, 30), {.date = "2025-12-31"}); }), "2025-12-31 lies before version 1"));
}

TEST_F(BenchmarkTest, RefusesSharesThatCannotBe) {
  EXPECT_TRUE(has(complaint_of([&] { create(rows(0, 9), {.anchor = 0.6, .sealed = 0.5}); }), "anchor and sealed"));
}

// --- The gate's file side.

Json refusal(const Json& result, std::size_t place) { return result.at("refused").at(place); }

TEST_F(BenchmarkTest, SaysWhereEachRefusedCandidateStandsAndWhy) {
  const Json result = create(
      "id,text,gold,channel\n1,my card was stolen,fraud,mail\n2,,card,mail\n3,where is it,,mail\n4,My card was stolen!,fraud,chat\n");
  EXPECT_EQ(result.at("passed"), 1);
  EXPECT_EQ(result.at("candidates"), 4);
  EXPECT_EQ(result.at("refused").size(), 3u);
  EXPECT_EQ(refusal(result, 0).at("line"), 3);
  EXPECT_EQ(refusal(result, 0).at("text"), "the text is empty");
  EXPECT_EQ(refusal(result, 1).at("text"), "no gold in 'gold'");
  EXPECT_EQ(refusal(result, 2).at("reason"), "near-duplicate");
  EXPECT_TRUE(has(refusal(result, 2).at("text").get<std::string>(), "items.csv:2"));
  EXPECT_EQ(result.at("refused_by_reason"), (Json{{"empty-text", 1}, {"near-duplicate", 1}, {"no-gold", 1}}));
}

TEST_F(BenchmarkTest, AdmitsNoItemTwiceNorOneThatWasRetired) {
  create(rows(0, 20));
  retire_items(root_, "b", {"k3"}, "gold is wrong", "2026-01-06");
  const Json result = admit(rows(2, 4));
  EXPECT_TRUE(result.at("version").is_null());
  EXPECT_EQ(result.at("refused_by_reason"), (Json{{"already-there", 2}}));
  EXPECT_TRUE(has(refusal(result, 1).at("text").get<std::string>(), "which version 2 retired (gold is wrong)"));
  EXPECT_EQ(opened().newest(), 2u);
}

TEST_F(BenchmarkTest, RefusesAnOwnIdThatAnotherItemHas) {
  create(rows(0, 20));
  EXPECT_EQ(refusal(admit("id,text,gold,channel\nk3,something else altogether,card,mail\n"), 0).at("reason"), "key-taken");
}

TEST_F(BenchmarkTest, RefusesWhatStandsInOwnRowsAndNamesThem) {
  const auto own = file("synthetic.jsonl", "{\"text\": \"nothing\"}\n{\"text\": \"My card was STOLEN\"}\n");
  const Json result =
      create("id,text,gold,channel\n1,my card was stolen,fraud,mail\n2,other words,card,mail\n", {}, {.own = {own}, .date = "2026-01-05"});
  EXPECT_EQ(result.at("checked_against").at("own_rows"), 2);
  EXPECT_EQ(refusal(result, 0).at("reason"), "own-row");
  EXPECT_TRUE(has(refusal(result, 0).at("text").get<std::string>(), "synthetic.jsonl:2"));
}

TEST_F(BenchmarkTest, RefusesWhatABaselineGetsRightAndIsSureOf) {
  const auto baseline = file("base.jsonl",
                             "{\"id\": \"k0\", \"prediction\": \"card\", \"probabilities\": {\"card\": 0.99, \"fraud\": 0.01}}\n"
                             "{\"id\": \"k1\", \"prediction\": \"fraud\", \"probabilities\": {\"card\": 0.4, \"fraud\": 0.6}}\n"
                             "{\"id\": \"k2\", \"prediction\": \"card\", \"probabilities\": {\"card\": 0.99, \"fraud\": 0.01}}\n");
  const Json result = create(rows(0, 4), {}, {.baseline = baseline.string(), .date = "2026-01-05"});
  EXPECT_EQ(result.at("refused").size(), 1u);
  EXPECT_EQ(refusal(result, 0).at("id"), "k0");
  EXPECT_TRUE(has(refusal(result, 0).at("text").get<std::string>(), "right and sure (0.99)"));
  EXPECT_EQ(result.at("checked_against").at("baseline").at("answered"), 3);
}

TEST_F(BenchmarkTest, RefusesWhatPeopleFoundToHaveNoAnswer) {
  const Json result = create_benchmark(root_, "b", {}, {}, file("i.csv", "text,gold,ok\none thing,a,yes\nanother,b,no\n"), nullptr,
                                       {.answerable = "ok", .date = "2026-01-05"});
  EXPECT_EQ(refusal(result, 0).at("text"), "'ok' says that it has no answer");
}

TEST_F(BenchmarkTest, NamesTheNearestFieldWhereOneIsMissing) {
  const std::string said = complaint_of(
      ErrorCode::kNotFound, [&] { create_benchmark(root_, "b", {.gold = "golf"}, {}, file("i.csv", "text,gold\none,a\n"), nullptr, {}); });
  EXPECT_TRUE(has(said, "has no field 'golf'; did you mean 'gold'? (--gold names another)"));
}

TEST_F(BenchmarkTest, RetiresNothingTwiceAndNothingWithoutAReason) {
  create(rows(0, 20));
  EXPECT_TRUE(has(complaint_of([&] { retire_items(root_, "b", {"k1"}, "", "2026-02-01"); }), "needs a reason"));
  EXPECT_TRUE(has(complaint_of([&] { retire_items(root_, "b", {"nobody"}, "x", "2026-02-01"); }), "has no item 'nobody'"));
  retire_items(root_, "b", {"k1"}, "gold is wrong", "2026-02-01");
  EXPECT_TRUE(has(complaint_of([&] { retire_items(root_, "b", {"k1"}, "again", "2026-02-01"); }), "version 2 retired item"));
}

}  // namespace
}  // namespace hone
