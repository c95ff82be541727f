#include "hone/eval/refresh_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace hone {
namespace {

struct KnownTraffic {
  std::vector<std::string> ids;
  std::vector<TrafficRow> rows;

  // A quarter chat, the rest mail; difficulties even on 0..1 in both.
  explicit KnownTraffic(std::size_t size) {
    for (std::size_t row = 0; row < size; ++row) ids.push_back("r" + std::to_string(row));
    for (std::size_t row = 0; row < size; ++row)
      rows.push_back({ids[row], row % 4 == 0 ? "chat" : "mail", static_cast<double>(row) / static_cast<double>(size)});
  }
};

TEST(RefreshChoice, DrawsEveryStratumAndEveryDifficultyInItsShare) {
  const KnownTraffic traffic(1000);
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto drawn = draw_traffic(traffic.rows, 100, seed);
    ASSERT_EQ(drawn.size(), 100u);
    std::map<std::string_view, int> strata, hard;
    for (const std::uint32_t row : drawn) {
      ++strata[traffic.rows[row].stratum];
      hard[traffic.rows[row].stratum] += traffic.rows[row].difficulty >= 0.8;
    }
    EXPECT_NEAR(strata["chat"], 25, 1);
    EXPECT_NEAR(strata["mail"], 75, 1);
    EXPECT_NEAR(hard["chat"], 5, 1);
    EXPECT_NEAR(hard["mail"], 15, 1);
  }
}

TEST(RefreshChoice, DrawsTheSameWhateverTheOrderOfTheRowsAndOthersByAnotherSeed) {
  const KnownTraffic traffic(500);
  std::vector<TrafficRow> reversed(traffic.rows.rbegin(), traffic.rows.rend());
  const auto ids = [](std::span<const TrafficRow> rows, std::uint64_t seed) {
    std::vector<std::string> names;
    for (const std::uint32_t row : draw_traffic(rows, 50, seed)) names.emplace_back(rows[row].id);
    std::ranges::sort(names);
    return names;
  };
  EXPECT_EQ(ids(traffic.rows, 7), ids(reversed, 7));
  EXPECT_NE(ids(traffic.rows, 7), ids(traffic.rows, 8));
}

TEST(RefreshChoice, TakesAllRowsWhereThereAreNoMore) { EXPECT_EQ(draw_traffic(KnownTraffic(3).rows, 10, 1).size(), 3u); }

TEST(RefreshChoice, RetiresWhatIsTooEasyThenWhatWasExposedMostAndNeverAnchors) {
  const std::vector<RetirableItem> items{{.id = "a", .exposures = 9, .asked = 6, .right = 3, .since = 2},
                                         {.id = "b", .exposures = 9, .asked = 6, .right = 3, .since = 1},
                                         {.id = "c", .exposures = 1, .asked = 5, .right = 5, .since = 1},
                                         {.id = "d", .anchor = true, .exposures = 20, .asked = 6, .right = 6, .since = 1},
                                         {.id = "e", .exposures = 0, .since = 1},
                                         {.id = "f", .exposures = 4, .asked = 4, .right = 4, .since = 1}};
  EXPECT_EQ(choose_retired(items, 3), (std::vector<std::uint32_t>{2, 1, 0}));
  EXPECT_EQ(choose_retired(items, 99), (std::vector<std::uint32_t>{2, 1, 0, 5}));
}

}  // namespace
}  // namespace hone
