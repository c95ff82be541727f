#include "hone/flow/benchmark_scale.h"

#include <cmath>

#include "hone/core/random.h"
#include "hone/flow/benchmark_testing.h"
#include "hone/flow/run_benchmark.h"
#include "hone/flow/show_benchmark.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// Items of which item k is of difficulty (k mod 10 - 4.5) / 2; the gold of k7 is wrong, so that the better a system, the surer it misses
// it.
class BenchmarkScaleTest : public BenchmarkTest {
 protected:
  void run(const std::string& system, double ability, int end, std::uint32_t version) {
    RandomStream random(static_cast<std::uint64_t>((ability + 10.0) * 100.0), system);
    std::string text = "id,prediction\n";
    for (int row = 0; row < end; ++row) {
      const double logit = row == 7 ? -3.0 * ability : 1.5 * (ability - (row % 10 - 4.5) / 2.0);
      const bool is_right = random.uniform() < 1.0 / (1.0 + std::exp(-logit));
      const std::string gold = row % 3 == 0 ? "card" : "fraud";
      text += "k" + std::to_string(row) + "," + (is_right ? gold : "other") + "\n";
    }
    run_benchmark(root_, "b", nullptr,
                  {.system = system, .predictions = file(system + ".csv", text), .version = version, .date = "2026-03-01"});
  }
};

TEST_F(BenchmarkScaleTest, HasNoScaleBeforeFiveSystemsWereRun) {
  create(rows(0, 100));
  for (int system = 0; system < 4; ++system) run("s" + std::to_string(system), 0.5 * system, 100, 1);
  const Json shown = show_benchmark(opened(), {.items = true});
  EXPECT_TRUE(shown.at("scales").empty());
  EXPECT_TRUE(shown.at("items").at(0).at("response").is_null());
  EXPECT_EQ(shown.at("runs").size(), 4u);
  EXPECT_EQ(shown.at("exposed"), (Json{{{"times", 4}, {"items", 100}}}));
}

TEST_F(BenchmarkScaleTest, FlagsTheItemThatTheBetterSystemsMiss) {
  create(rows(0, 100));
  for (int system = 0; system < 10; ++system) run("s" + std::to_string(system), -1.8 + 0.4 * system, 100, 1);
  const Json shown = show_benchmark(opened(), {.items = true});
  ASSERT_FALSE(shown.at("suspects").empty());
  EXPECT_EQ(shown.at("suspects").at(0).at("key"), "k7");
  EXPECT_LT(shown.at("suspects").at(0).at("discrimination"), 0.0);
  EXPECT_LE(shown.at("suspects").size(), 5u);
  EXPECT_TRUE(shown.at("scales").at(0).at("converged"));
  EXPECT_EQ(shown.at("scales").at(0).at("systems").size(), 10u);
}

TEST_F(BenchmarkScaleTest, TellsSystemsOfTwoVersionsOnOneScale) {
  create(rows(0, 400), {.anchor = 0.5});
  for (int system = 0; system < 10; ++system) run("old" + std::to_string(system), -1.8 + 0.4 * system, 400, 1);
  admit(rows(400, 500));
  for (int system = 0; system < 10; ++system) run("new" + std::to_string(system), -0.8 + 0.4 * system, 500, 2);  // Better by 1.
  const Json scales = show_benchmark(opened(), {}).at("scales");
  ASSERT_EQ(scales.size(), 2u);
  EXPECT_EQ(scales.at(1).at("link").at("to"), 1);
  EXPECT_EQ(scales.at(1).at("link").at("anchors"), 200);
  // Abilities of the old ones have a deviation of 1.15, so that 1 is 0.87 of their scale.
  EXPECT_NEAR(scales.at(1).at("link").at("shift").get<double>(), 1.0 / 1.149, 0.2);
}

}  // namespace
}  // namespace hone
