#include "hone/record/named_run.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hone/core/complaint_testing.h"
#include "hone/core/json.h"
#include "hone/record/baseline_internal.h"
#include "hone/record/record_testing.h"
#include "hone/record/release.h"

namespace hone {
namespace {

// Of the project as it is run now.
void name_as(ProjectForTests& project, const std::string& name) { name_run(project.workspace(), project.ledger(), name); }

Baseline baseline_named(ProjectForTests& project, const std::string& name) {
  Project other = load_project(project.workspace().project().root);
  other.evaluate.baseline = name;
  Workspace workspace(std::move(other));
  return find_baseline(workspace, project.ledger()).value();
}

std::string refusal_of(ProjectForTests& project, const std::string& name) {
  return complaint_of([&] { baseline_named(project, name); });
}

std::uint64_t last_evaluation(ProjectForTests& project) { return project.ledger().index().latest("stage.run", "evaluate").value(); }

void collect(ProjectForTests& project) {
  Workspace& workspace = project.workspace();
  collect_garbage(workspace.objects(), workspace.runs(), workspace.current_keys(), kept_by_ledger(workspace, project.ledger()), false);
}

bool all_there(ProjectForTests& project, const Baseline& baseline) {
  const ObjectStore& objects = project.workspace().objects();
  return std::ranges::all_of(objects_of_baseline(objects, baseline), [&](const NamedRef& needed) { return objects.has(needed.ref); });
}

TEST(NamedRun, IsABaselineByItsNameNumberAndKey) {
  ProjectForTests project;
  project.run();
  const std::uint64_t run = last_evaluation(project);
  const std::string key = project.ledger().reader().event(run).body.at("key");
  name_as(project, "first");
  const Baseline named = baseline_named(project, "first"), numbered = baseline_named(project, std::to_string(run)),
                 keyed = baseline_named(project, key.substr(0, 8));
  EXPECT_EQ(named.words(), "the run 'first'");
  EXPECT_GT(named.seq, run);
  EXPECT_EQ(numbered.words(), "the run of event " + std::to_string(run));
  EXPECT_EQ(keyed.seq, run);
  EXPECT_EQ(named.task_kind, "classification");
  EXPECT_EQ(named.classes, (std::vector<std::string>{"card", "fraud"}));
  EXPECT_EQ(named.dataset, project.workspace().current("import")->output("dataset"));
  EXPECT_EQ(numbered.patterns, named.patterns);
  EXPECT_EQ(named.predictions, std::nullopt);
}

TEST(NamedRun, KeepsWhatAComparisonNeedsWhenGarbageIsCollected) {
  ProjectForTests project;
  project.run();
  name_as(project, "first");
  const std::uint64_t unnamed = last_evaluation(project);
  project.edit("any: [card]", "any: [nothing]");
  project.run();
  const std::uint64_t other = last_evaluation(project);
  const Baseline other_run = baseline_of_run(project.workspace(), project.ledger(), other);
  project.edit("any: [nothing]", "any: [purse]");
  project.run();
  collect(project);
  EXPECT_TRUE(all_there(project, baseline_named(project, "first")));
  EXPECT_EQ(baseline_named(project, std::to_string(unnamed)).words(), "the run of event " + std::to_string(unnamed));  // The same one.
  EXPECT_FALSE(all_there(project, other_run));
  const std::string said = refusal_of(project, std::to_string(other));
  EXPECT_NE(said.find("`hone gc`"), std::string::npos) << said;
  EXPECT_NE(said.find("`hone run --name NAME`"), std::string::npos) << said;
}

TEST(NamedRun, OfNoNameStaysWhileItIsTheBaseline) {
  ProjectForTests project;
  project.run();
  const std::uint64_t first = last_evaluation(project);
  const Baseline before = baseline_of_run(project.workspace(), project.ledger(), first);
  project.edit("any: [card]", "any: [nothing]");
  project.edit("model: none\n", "model: none\nevaluate: {baseline: " + std::to_string(first) + "}\n");
  project.run();
  collect(project);
  EXPECT_TRUE(all_there(project, before));
  project.edit("evaluate: {baseline: " + std::to_string(first) + "}\n", "");
  project.reopen();
  collect(project);
  EXPECT_FALSE(all_there(project, before));
}

TEST(NamedRun, SharesItsNamesWithReleases) {
  ProjectForTests project;
  project.run();
  name_as(project, "first");
  make_release(project.workspace(), project.ledger(), {.name = "2026-q1"});
  EXPECT_EQ(complaint_of([&] { name_as(project, "2026-q1"); }),
            "there is a release named '2026-q1', and a release never changes; give this one another name");
  EXPECT_EQ(complaint_of([&] { make_release(project.workspace(), project.ledger(), {.name = "first"}); }),
            "there is a run named 'first', and a named run never changes; give this one another name");
  EXPECT_EQ(complaint_of([&] { name_as(project, "a b"); }),
            "'a b' is no name for a run: up to 64 letters, digits, '.', '_' and '-', as in 2026-q1");
  EXPECT_EQ(baseline_named(project, "2026-q1").words(), "the release '2026-q1'");
}

TEST(NamedRun, IsNamedInWhatIsRefused) {
  ProjectForTests project;
  project.run();
  EXPECT_NE(refusal_of(project, "first").find("`hone run --name NAME` names a run"), std::string::npos);
  name_as(project, "first");
  EXPECT_NE(refusal_of(project, "frist").find("did you mean 'first'?"), std::string::npos);
  const std::uint64_t label = project.ledger().index().latest("stage.run", "label").value();
  EXPECT_NE(refusal_of(project, std::to_string(label)).find("is a run of the stage label, and a baseline is one that evaluated"),
            std::string::npos);
  EXPECT_NE(refusal_of(project, "0").find("is no run but of kind log.open"), std::string::npos);
  EXPECT_NE(refusal_of(project, "999999").find("no release and no run is named '999999'"), std::string::npos);
}

TEST(NamedRun, ThatFailedIsNoBaseline) {
  ProjectForTests project;
  project.run();
  nlohmann::json body = project.ledger().reader().event(last_evaluation(project)).body;
  body["outcome"] = "failed";
  body["key"] = std::string(64, 'f');
  body["outputs"] = nlohmann::json::array();
  project.ledger().append(project.ledger().event("stage.run", body));
  EXPECT_NE(refusal_of(project, "ffffff").find("did not get to evaluate: it failed"), std::string::npos);
}

TEST(NamedRun, NeedsAnEvaluationThatIsUpToDate) {
  ProjectForTests project;
  project.run("label");
  EXPECT_NE(complaint_of([&] { name_as(project, "first"); }), "none");
}

TEST(NamedRun, OfOtherClassesOrSeveralIsRead) {
  ProjectForTests project;
  project.edit("task: {classes: [card, fraud]}", "task: {kind: multi-label, classes: [fraud, 'a ]; b', card]}");
  project.run();
  name_as(project, "several");
  const Baseline named = baseline_named(project, "several");
  EXPECT_EQ(named.task_kind, "multi-label");
  EXPECT_EQ(named.classes, (std::vector<std::string>{"fraud", "a ]; b", "card"}));
}

}  // namespace
}  // namespace hone
