#include "hone/record/why.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "hone/core/error.h"
#include "hone/flow/report_page.h"
#include "hone/record/record_testing.h"
#include "hone/record/release.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// The numbers of all events that an answer shows, wherever they stand.
void collect_events(const Json& answer, std::set<std::uint64_t>& seqs) {
  if (answer.is_object() && answer.contains("seq") && answer.contains("kind")) seqs.insert(answer.at("seq").get<std::uint64_t>());
  if (answer.is_structured())
    for (const Json& part : answer) collect_events(part, seqs);
}

std::set<std::uint64_t> events_shown(const Json& answer) {
  std::set<std::uint64_t> seqs;
  collect_events(answer, seqs);
  return seqs;
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(WhyRow, WithoutALedgerAnswersAsFarAsItCanAndSaysSo) {
  ProjectForTests project;
  ASSERT_FALSE(run_project(project.workspace(), {}).error);
  const Json why = why_row(project.workspace(), project.ledger(), "0-1");
  EXPECT_TRUE(why.at("recorded").is_null());
  EXPECT_NE(why.at("recorded_note").get<std::string>().find("nothing is recorded yet"), std::string::npos);
  EXPECT_EQ(why.at("votes").front().at("source"), "stolen");
}

TEST(WhyRow, NamesTheVersionOfEachSourceThatVotedAndWhoRanWhat) {
  ProjectForTests project;
  project.run();
  const Json why = why_row(project.workspace(), project.ledger(), "0-1");
  ASSERT_FALSE(why.at("votes").empty());
  for (const Json& vote : why.at("votes")) {
    EXPECT_EQ(vote.at("defined").at("kind"), "source.define");
    EXPECT_EQ(vote.at("defined").at("name"), vote.at("source"));
    EXPECT_TRUE(vote.at("defined").at("earlier").empty());
  }
  for (const Json& run : why.at("runs")) EXPECT_EQ(run.at("recorded").at("kind"), "stage.run") << run;
  EXPECT_EQ(why.at("recorded").at("import").at("licence"), "not stated");
  EXPECT_EQ(why.at("recorded").at("gold").at("kind"), "gold.commit");
  EXPECT_EQ(why.at("trained").at("used"), Json());
  EXPECT_FALSE(why.at("near_duplicates").at("looked").get<bool>());
}

TEST(WhyRow, ListsEveryEventThatItShows) {
  ProjectForTests project;
  project.run();
  make_release(project.workspace(), project.ledger(), {.name = "one", .because = "", .approver = {}});
  const Json why = why_row(project.workspace(), project.ledger(), "0-1");
  EXPECT_EQ(Json(events_shown(why)), why.at("recorded").at("events"));
}

TEST(WhyRow, KnowsWhatASourceWasBefore) {
  ProjectForTests project;
  project.run();
  project.edit("any: [stolen, stole]", "any: [stolen]");
  project.run();
  const Json why = why_row(project.workspace(), project.ledger(), "0-1");
  const Json& defined = why.at("votes").front().at("defined");
  ASSERT_EQ(defined.at("earlier").size(), 1u);
  EXPECT_LT(defined.at("earlier").front().at("seq"), defined.at("seq"));
  EXPECT_NE(defined.at("earlier").front().at("version"), defined.at("version"));
}

TEST(WhyRow, SaysTheLabelThatTheRowHasInEachRelease) {
  ProjectForTests project;
  project.run();
  make_release(project.workspace(), project.ledger(), {.name = "one", .because = "", .approver = {}});
  project.edit("any: [stolen, stole]", "any: [purse]");
  project.run();
  make_release(project.workspace(), project.ledger(), {.name = "two", .because = "", .approver = {}});
  const Json why = why_row(project.workspace(), project.ledger(), "0-1");
  const Json& releases = why.at("recorded").at("releases");
  ASSERT_EQ(releases.size(), 2u);
  EXPECT_EQ(releases[0].at("name"), "two");
  EXPECT_TRUE(releases[0].at("label").is_null()) << "no source votes on it any more";
  EXPECT_EQ(releases[1].at("name"), "one");
  EXPECT_EQ(releases[1].at("label"), "fraud");
  EXPECT_TRUE(releases[1].at("holds_row").get<bool>());
}

TEST(WhyRow, SaysThatAPersonIsNotKnownHere) {
  ProjectForTests project;
  project.run();
  project.reopen();
  std::filesystem::remove(project.state() / "payload.db");
  const Json why = why_row(project.workspace(), project.ledger(), "0-1");
  const Json& recorded = why.at("runs").front().at("recorded");
  EXPECT_TRUE(recorded.at("who").is_null());
  EXPECT_EQ(recorded.at("who_note"), "the personal payloads are not on this machine");
  EXPECT_FALSE(std::filesystem::exists(project.state() / "payload.db")) << "asking makes no file";
}

TEST(WhyMetric, IsTheNumberOfTheReportWithWhatItIsPinnedTo) {
  ProjectForTests project;
  project.run();
  const Json why = why_metric(project.workspace(), project.ledger(), {});
  EXPECT_EQ(why.at("value"), report_json(project.workspace()).at("evaluation").at("label_model").at("test").at("accuracy"));
  for (const char* pin : {"dataset", "votes", "labels", "evaluation"}) EXPECT_TRUE(why.at("pins").at(pin).at("made_by").is_object()) << pin;
  EXPECT_TRUE(why.at("pins").at("model").is_null());
  EXPECT_EQ(why.at("pins").at("gold").at("kind"), "gold.commit");
  EXPECT_EQ(why.at("exposure").at("evaluations"), 1);
  EXPECT_EQ(Json(events_shown(why)), why.at("events"));
}

TEST(WhyMetric, OnASliceSaysItsRule) {
  ProjectForTests project;
  project.run();
  const Json why = why_metric(project.workspace(), project.ledger(), {.metric = "macro-f1", .slice = "short"});
  EXPECT_EQ(why.at("metric"), "macro_f1");
  EXPECT_NE(why.at("slice").at("definition").get<std::string>().find("words_of"), std::string::npos);
  EXPECT_NE(why.at("note"), "") << "few rows: no verdict";
}

TEST(WhyMetric, RefusesWhatThereIsNotNamingTheNearest) {
  ProjectForTests project;
  project.run();
  EXPECT_NE(message_of([&] {
              why_metric(project.workspace(), project.ledger(), {.metric = "acuracy", .slice = ""});
            }).find("did you mean 'accuracy'"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              why_metric(project.workspace(), project.ledger(), {.metric = "ece", .slice = "shrt"});
            }).find("did you mean 'short'"),
            std::string::npos);
}

TEST(WhyModel, SaysThatNothingIsTrained) {
  ProjectForTests project;
  project.run();
  EXPECT_NE(message_of([&] { why_model(project.workspace(), project.ledger()); }).find("trains no model"), std::string::npos);
}

TEST(WhyRelease, SaysWhatItHoldsAndWhatBecameOfItSince) {
  ProjectForTests project;
  project.run();
  make_release(project.workspace(), project.ledger(), {.name = "one", .because = "for a test", .approver = {}});
  Json why = why_release(project.workspace(), project.ledger(), "one");
  EXPECT_EQ(why.at("because"), "for a test");
  EXPECT_TRUE(why.at("contents").at("gone").empty());
  EXPECT_TRUE(why.at("changed").is_null());
  EXPECT_FALSE(why.at("approver").at("independent").get<bool>());
  EXPECT_TRUE(why.at("later").at("relabelled").is_null());
  EXPECT_TRUE(why.at("later").at("redefined").empty());
  EXPECT_EQ(Json(events_shown(why)), why.at("events"));

  project.edit("any: [stolen, stole]", "any: [purse]");
  project.run();
  project.workspace().objects().remove(find_release(project.workspace().objects(), project.ledger(), "one").object("stage/vote/votes"));
  why = why_release(project.workspace(), project.ledger(), "one");
  EXPECT_EQ(why.at("later").at("relabelled").at("kind"), "stage.run");
  ASSERT_EQ(why.at("later").at("redefined").size(), 1u);
  EXPECT_EQ(why.at("later").at("redefined").front().at("name"), "stolen");
  EXPECT_EQ(why.at("contents").at("gone"), Json::array({"stage/vote/votes"}));
}

}  // namespace
}  // namespace hone
