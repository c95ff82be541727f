#include "hone/record/release_history.h"

#include <gtest/gtest.h>

#include "hone/record/record_testing.h"
#include "hone/record/release.h"

namespace hone {
namespace {

TEST(ReleaseHistory, IsEmptyBeforeTheFirstRelease) {
  ProjectForTests project;
  EXPECT_TRUE(release_history(project.workspace(), project.ledger()).empty());
  project.run();
  EXPECT_TRUE(release_history(project.workspace(), project.ledger()).empty());
}

TEST(ReleaseHistory, TellsOfEachReleaseAndOfNow) {
  ProjectForTests project;
  project.run();
  make_release(project.workspace(), project.ledger(), {.name = "one"});
  project.edit("any: [stolen, stole]", "any: [stolen]");
  project.run();
  make_release(project.workspace(), project.ledger(), {.name = "two"});
  const nlohmann::json history = release_history(project.workspace(), project.ledger());
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].at("release"), "one");
  EXPECT_EQ(history[1].at("release"), "two");
  EXPECT_TRUE(history[2].at("release").is_null());
  EXPECT_EQ(history[1].at("accuracy"), history[2].at("accuracy"));
  EXPECT_EQ(history[0].at("system"), "label_model");
  double narrower = 0.0;  // The band holds the interval, and widens from look to look.
  for (const nlohmann::json& entry : history) {
    EXPECT_LE(entry.at("low"), entry.at("accuracy").at("low"));
    EXPECT_GE(entry.at("high"), entry.at("accuracy").at("high"));
    const double width = entry.at("high").get<double>() - entry.at("low").get<double>();
    const double own = entry.at("accuracy").at("high").get<double>() - entry.at("accuracy").at("low").get<double>();
    EXPECT_GT(width / own, narrower);
    narrower = width / own;
  }
}

TEST(ReleaseHistory, SaysWhereAnEvaluationIsGone) {
  ProjectForTests project;
  project.run();
  const Release release = make_release(project.workspace(), project.ledger(), {.name = "one"});
  std::filesystem::remove(project.workspace().objects().path(release.object("stage/evaluate/evaluation")));
  project.reopen();
  project.run();
  std::filesystem::remove(project.workspace().objects().path(release.manifest));
  const nlohmann::json history = release_history(project.workspace(), project.ledger());
  ASSERT_EQ(history.size(), 2u);
  EXPECT_NE(history[0].at("note").get<std::string>().find("cannot be read"), std::string::npos);
  EXPECT_TRUE(history[0].at("accuracy").is_null());
  EXPECT_TRUE(history[1].at("accuracy").is_object());
}

}  // namespace
}  // namespace hone
