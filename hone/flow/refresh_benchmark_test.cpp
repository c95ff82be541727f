#include "hone/flow/refresh_benchmark.h"

#include "hone/flow/benchmark_testing.h"
#include "hone/flow/run_benchmark.h"

namespace hone {
namespace {

using Json = nlohmann::json;

class BenchmarkRefreshTest : public BenchmarkTest {
 protected:
  Json refresh(RefreshOptions options) {
    options.admit.date = "2026-04-01";
    return refresh_benchmark(root_, "b", nullptr, options);
  }
  // All items right but those that 3 divides.
  void run(const std::string& system, int end) {
    std::string text = "id,prediction\n";
    for (int row = 0; row < end; ++row) text += "k" + std::to_string(row) + ",fraud\n";
    run_benchmark(root_, "b", nullptr, {.system = system, .predictions = file(system + ".csv", text), .date = "2026-03-01"});
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    const Benchmark benchmark = opened();
    for (const std::uint32_t place : benchmark.members(benchmark.newest())) ids.push_back(benchmark.items()[place].id);
    return ids;
  }
};

TEST_F(BenchmarkRefreshTest, PutsNewTrafficInThePlaceOfWornItemsAndKeepsAnchors) {
  create(rows(0, 40), {.anchor = 0.25});
  for (const char* system : {"a", "c", "d", "e", "f"}) run(system, 40);
  const Json result = refresh({.from = file("traffic.csv", rows(100, 300)), .size = 12});
  EXPECT_EQ(result.at("version").at("version"), 2);
  EXPECT_EQ(result.at("version").at("came"), 12);
  EXPECT_EQ(result.at("version").at("went"), 12);
  EXPECT_EQ(result.at("version").at("items"), 40);
  EXPECT_EQ(result.at("drawn").at(0), (Json{{"stratum", "chat"}, {"passed", 100}, {"drawn", 6}}));
  EXPECT_EQ(result.at("retired").at(0).at("reason"), "too easy: all of 5 runs got it right");
  const Benchmark benchmark = opened();
  for (const BenchmarkItem& item : benchmark.items()) EXPECT_FALSE(item.anchor && item.until != 0);
}

TEST_F(BenchmarkRefreshTest, DrawsTheSameAgain) {
  create(rows(0, 40));
  refresh({.from = file("traffic.csv", rows(100, 300)), .size = 12});
  const std::vector<std::string> first = ids();
  std::filesystem::remove_all(path(""));
  create(rows(0, 40));
  refresh({.from = file("traffic.csv", rows(100, 300)), .size = 12});
  EXPECT_EQ(ids(), first);
}

TEST_F(BenchmarkRefreshTest, RetiresNothingThatWasNeverExposed) {
  create(rows(0, 40));
  EXPECT_EQ(refresh({.from = file("traffic.csv", rows(100, 300)), .size = 12}).at("version").at("items"), 52);
}

TEST_F(BenchmarkRefreshTest, IsRefusedWithoutAnchors) {
  create(rows(0, 40), {.anchor = 0.0});
  EXPECT_TRUE(has(complaint_of(ErrorCode::kInvalidArgument, [&] { refresh({.from = file("traffic.csv", rows(100, 300)), .size = 12}); }),
                  "has no anchors"));
}

TEST_F(BenchmarkRefreshTest, SaysWhereTooLittleTrafficPassesTheGate) {
  create(rows(0, 40));
  const Json result = refresh({.from = file("traffic.csv", rows(38, 45)), .size = 12});
  EXPECT_EQ(result.at("passed"), 5);
  EXPECT_EQ(result.at("version").at("came"), 5);
  bool warned = false;
  for (const Json& warning : result.at("warnings"))
    warned = warned || warning.get<std::string>().starts_with("only 5 rows of the new traffic");
  EXPECT_TRUE(warned);
}

TEST_F(BenchmarkRefreshTest, RefusesADifficultyThatIsNoNumber) {
  create(rows(0, 40));
  const auto traffic = file("traffic.csv", "id,text,gold,channel,unsure\nx,some words,card,mail,high\n");
  EXPECT_TRUE(has(complaint_of(ErrorCode::kCorruptData, [&] { refresh({.from = traffic, .size = 1, .admit = {.difficulty = "unsure"}}); }),
                  "traffic.csv':2: 'high' in 'unsure' is not a number"));
}

}  // namespace
}  // namespace hone
