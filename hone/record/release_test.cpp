#include "hone/record/release.h"

#include <gtest/gtest.h>

#include <fstream>

#include "hone/core/complaint_testing.h"
#include "hone/flow/main_path.h"
#include "hone/ledger/key_file.h"
#include "hone/record/erase.h"
#include "hone/record/ledger_care.h"
#include "hone/record/record_runs.h"
#include "hone/record/release_diff.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

constexpr const char* kYaml = R"(
data: {files: rows.csv, id: id, text: text, split: {train: 0.6, valid: 0.2, test: 0.2}}
task: {classes: [card, fraud]}
gold: {field: label}
sources:
  - {lf: stolen, vote: fraud, any: [stolen]}
  - {lf: card_word, vote: card, any: [card], none: [stolen]}
model: none
)";

// A project of a hundred rows with a state folder of its own.
class RecordedProject : public testing::Test {
 protected:
  void SetUp() override {
    make_folder(folder_ / "project");
    make_folder(folder_ / "state");
    std::filesystem::permissions(folder_ / "state", std::filesystem::perms::owner_all);
    write("hone.yaml", kYaml);
    std::string rows = "id,text,label\n";
    for (int row = 0; row < 100; ++row) rows += "r" + std::to_string(row) + (row % 2 ? ",my card came,card\n" : ",it was stolen,fraud\n");
    write("rows.csv", rows);
  }

  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / "project" / name) << text; }
  std::string read(const std::string& name) { return read_file(folder_ / "project" / name); }

  // Brings the project up to date and into the ledger.
  void run() {
    workspace_.emplace(load_project(folder_ / "project"));
    ASSERT_FALSE(run_project(*workspace_, {}).error);
    ledger_.emplace(workspace_->project(), folder_ / "state");
    recorded_ = record_runs(*workspace_, *ledger_);
  }

  std::vector<std::string> kinds() {
    std::vector<std::string> kinds;
    LedgerReader& log = ledger_->reader();
    for (std::uint64_t seq = 0; seq < log.size(); ++seq) kinds.push_back(log.event(seq).kind);
    return kinds;
  }

  TestFolder folder_;
  std::optional<Workspace> workspace_;
  std::optional<ProjectLedger> ledger_;
  Recorded recorded_;
};

TEST_F(RecordedProject, HasAnEventForEachActAndNoneTwice) {
  run();
  const std::vector<std::string> first = kinds();
  EXPECT_EQ(std::ranges::count(first, "stage.run"), 5);
  EXPECT_EQ(std::ranges::count(first, "source.define"), 2);
  EXPECT_EQ(std::ranges::count(first, "gold.commit"), 1);
  run();
  EXPECT_EQ(recorded_.events, 0u);
  std::filesystem::remove(folder_ / "project" / ".hone" / "recorded.json");  // Only a memory: without it all is looked at, and known.
  run();
  EXPECT_EQ(recorded_.events, 0u);
  EXPECT_EQ(kinds(), first);
}

TEST_F(RecordedProject, NamesTheDatasetAndTheRunThatVotesCameFrom) {
  run();
  const std::uint64_t batch = ledger_->index().last("vote.batch").value();
  const Event votes = ledger_->reader().event(batch);
  EXPECT_EQ(votes.body.at("votes"), 100);
  EXPECT_EQ(votes.body.at("abstained"), 100);
  EXPECT_EQ(ledger_->reader().event(votes.body.at("dataset")).kind, "data.import");
  EXPECT_EQ(ledger_->reader().event(votes.body.at("run")).body.at("stage"), "vote");
}

TEST_F(RecordedProject, SaysHowManyGoldRowsChanged) {
  run();
  std::string rows = read("rows.csv");
  rows.replace(rows.find("r1,my card came,card"), 20, "r1,my card came,fraud");
  write("rows.csv", rows);
  run();
  const Event gold = ledger_->reader().event(ledger_->index().last("gold.commit").value());
  const bool is_read = gold.body.at("changed") == 1 || gold.body.at("changed") == 0;  // By the split of r1: train gold is not read.
  EXPECT_TRUE(is_read) << gold.body;
  EXPECT_TRUE(gold.body.contains("parent"));
}

TEST_F(RecordedProject, IsReleasedUnderAVersionThatSaysWhatChanged) {
  run();
  EXPECT_EQ(make_release(*workspace_, *ledger_, {.name = "a"}).version, "1.0.0");
  EXPECT_EQ(make_release(*workspace_, *ledger_, {.name = "b"}).version, "1.0.1");
  write("rows.csv", read("rows.csv") + "new,my card,card\n");
  run();
  EXPECT_EQ(make_release(*workspace_, *ledger_, {.name = "c"}).version, "1.1.0");
  std::string rows = read("rows.csv");
  rows.erase(rows.find("r3,"), std::string("r3,my card came,card\n").size());
  write("rows.csv", rows);
  run();
  EXPECT_EQ(make_release(*workspace_, *ledger_, {.name = "d"}).version, "2.0.0");
  const std::vector<Release> all = releases(workspace_->objects(), *ledger_);
  ASSERT_EQ(all.size(), 4u);
  const nlohmann::json diff = diff_releases(workspace_->objects(), all[2], all[3]);
  EXPECT_EQ(diff.at("rows").at("removed"), 1);
  EXPECT_EQ(diff.at("rows").at("added"), 0);
}

TEST_F(RecordedProject, TellsTheCauseOfAnotherLabel) {
  run();
  const Release before = make_release(*workspace_, *ledger_, {.name = "a"});
  std::string yaml = kYaml;
  yaml.replace(yaml.find("any: [card]"), 11, "any: [came_not]");
  write("hone.yaml", yaml);
  run();
  const Release after = make_release(*workspace_, *ledger_, {.name = "b"});
  const nlohmann::json diff = diff_releases(workspace_->objects(), before, after);
  EXPECT_EQ(diff.at("rows").at("labels_changed"), 50);
  EXPECT_EQ(diff.at("causes").at(1), nlohmann::json({{"cause", "votes"}, {"rows", 50}}));
  EXPECT_EQ(diff.at("by_source"), nlohmann::json::array({{{"source", "card_word"}, {"rows", 50}}}));
  EXPECT_EQ(diff.at("sources").at("changed"), nlohmann::json({"card_word"}));
}

TEST_F(RecordedProject, ErasesARowInEveryObjectThatShowsIt) {
  write("rows.csv", read("rows.csv") + "jane,\"Jane Roe: my card, please\",card\n");
  run();
  make_release(*workspace_, *ledger_, {.name = "a"});
  const nlohmann::json erased = erase_row(*workspace_, *ledger_, {.row = "jane", .ground = "asked for"});
  EXPECT_EQ(erased.at("depended_on_it").at("releases"), nlohmann::json({"a"}));
  for (const ObjectRef& object : workspace_->objects().list())
    EXPECT_EQ(workspace_->objects().get(object).find("Jane Roe"), std::string::npos) << object.hash;
  run();
  EXPECT_EQ(workspace_->dataset(*workspace_->current("import")).find_id("jane"), std::nullopt);
  EXPECT_EQ(complaint_of([&] { erase_row(*workspace_, *ledger_, {.row = "nobody", .ground = "x"}); }).substr(0, 6), "no row");
}

TEST_F(RecordedProject, GoesOnInANewLogWhenTheKeyIsLost) {
  run();
  const std::string origin = ledger_->origin();
  ledger_.reset();
  std::filesystem::remove_all(folder_ / "state" / "keys");
  ledger_.emplace(workspace_->project(), folder_ / "state");
  EXPECT_NE(complaint_of([&] { make_release(*workspace_, *ledger_, {.name = "a"}); }), "none");
  EXPECT_NE(complaint_of([&] { reopen_ledger(*ledger_, ""); }), "none");
  EXPECT_EQ(reopen_ledger(*ledger_, "the key is lost"), origin + "/2");
  record_runs(*workspace_, *ledger_);
  make_release(*workspace_, *ledger_, {.name = "a"});
  EXPECT_EQ(ledger_->reader().event(0).body.at("continues").at("origin"), origin);
}

TEST_F(RecordedProject, SignsWithAnotherKeyAfterARotation) {
  run();
  const std::string key = rotate_ledger_key(*ledger_, false, 0);
  make_release(*workspace_, *ledger_, {.name = "a"});
  ledger_.emplace(workspace_->project(), folder_ / "state");
  EXPECT_EQ(ledger_->reader().keys().back(), key);
  EXPECT_EQ(make_release(*workspace_, *ledger_, {.name = "b"}).version, "1.0.1");
}

}  // namespace
}  // namespace hone
