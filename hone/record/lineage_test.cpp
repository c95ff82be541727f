#include "hone/record/lineage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "hone/flow/report_page.h"
#include "hone/record/record_testing.h"
#include "hone/record/report_facts.h"

namespace hone {
namespace {

using Json = nlohmann::json;

std::vector<Json> nodes_of(const Json& lineage, const std::string& type) {
  std::vector<Json> nodes;
  for (const Json& node : lineage.at("nodes"))
    if (node.at("type") == type) nodes.push_back(node);
  return nodes;
}

// The types of all that a node leads back to.
std::set<std::string> behind(const Json& lineage, const std::string& id) {
  std::map<std::string, std::string> types;
  for (const Json& node : lineage.at("nodes")) types[node.at("id")] = node.at("type");
  std::set<std::string> seen{id}, found;
  std::vector<std::string> open{id};
  while (!open.empty()) {
    const std::string from = open.back();
    open.pop_back();
    for (const Json& edge : lineage.at("edges"))
      if (edge.at("from") == from && seen.insert(edge.at("to")).second) {
        open.push_back(edge.at("to"));
        found.insert(types.at(edge.at("to")));
      }
  }
  return found;
}

std::string id_of(const Json& lineage, const std::string& name) {
  for (const Json& node : lineage.at("nodes"))
    if (node.at("name") == name && node.at("type") != "run") return node.at("id");
  return "";
}

bool has_edge(const Json& lineage, const std::string& rel) {
  return std::ranges::any_of(lineage.at("edges"), [&](const Json& edge) { return edge.at("rel") == rel; });
}

TEST(Lineage, IsNullBeforeAnythingIsRecorded) {
  ProjectForTests project;
  EXPECT_TRUE(lineage_json(project.workspace(), project.ledger()).is_null());
}

TEST(Lineage, LeadsFromTheReportBackToFilesSourcesGoldAndWhoActed) {
  ProjectForTests project;
  project.run();
  const Json lineage = lineage_json(project.workspace(), project.ledger());
  const std::set<std::string> found = behind(lineage, id_of(lineage, "report"));
  for (const char* type : {"file", "dataset", "source", "run", "object", "gold", "person", "program"})
    EXPECT_TRUE(found.contains(type)) << type;
  EXPECT_TRUE(lineage.at("notes").empty()) << lineage.at("notes");
}

TEST(Lineage, HasEveryNodeOnceAndNoEdgeIntoNothing) {
  ProjectForTests project;
  project.run();
  const Json lineage = lineage_json(project.workspace(), project.ledger());
  std::set<std::string> ids;
  for (const Json& node : lineage.at("nodes")) EXPECT_TRUE(ids.insert(node.at("id")).second) << node;
  for (const Json& edge : lineage.at("edges")) EXPECT_TRUE(ids.contains(edge.at("from")) && ids.contains(edge.at("to"))) << edge;
  for (const Json& run : nodes_of(lineage, "run")) EXPECT_TRUE(run.at("seq").is_number()) << run;
}

TEST(Lineage, IsTheSameForTheSameLog) {
  ProjectForTests project;
  project.run();
  const Json lineage = lineage_json(project.workspace(), project.ledger());
  project.reopen();
  EXPECT_EQ(lineage_json(project.workspace(), project.ledger()), lineage);
}

TEST(Lineage, ShowsTheFirstOfManySourcesAndSaysHowManyMoreThereAre) {
  std::string more;
  for (int source = 0; source < 28; ++source)
    more += "  - {lf: more_" + std::to_string(source) + ", vote: card, any: [word" + std::to_string(source) + "]}\n";
  ProjectForTests project(more);
  project.run();
  const std::vector<Json> sources = nodes_of(lineage_json(project.workspace(), project.ledger()), "source");
  ASSERT_EQ(sources.size(), 12u);
  EXPECT_EQ(sources.front().at("name"), "stolen");
  EXPECT_EQ(sources.back().at("name"), "19 more sources");
}

TEST(Lineage, SaysThatASourceTookThePlaceOfAnother) {
  ProjectForTests project;
  project.run();
  EXPECT_FALSE(has_edge(lineage_json(project.workspace(), project.ledger()), "wasRevisionOf"));
  project.edit("any: [stolen, stole]", "any: [stolen]");
  project.run();
  const Json lineage = lineage_json(project.workspace(), project.ledger());
  EXPECT_TRUE(has_edge(lineage, "wasRevisionOf"));
  EXPECT_FALSE(id_of(lineage, "earlier versions").empty());
}

TEST(Lineage, OfAReleaseIsThatOfItsRunsWhateverCameSince) {
  ProjectForTests project;
  project.run();
  const Release release = make_release(project.workspace(), project.ledger(), {.name = "one", .because = "a test", .approver = {}});
  const Json before = lineage_json(project.workspace(), project.ledger(), &release);
  EXPECT_EQ(before.at("release"), "one");
  EXPECT_TRUE(behind(before, id_of(before, "one")).contains("file"));
  EXPECT_FALSE(id_of(lineage_json(project.workspace(), project.ledger()), "one").empty()) << "the current report is that of the release";

  project.edit("any: [stolen, stole]", "any: [stolen]");
  project.run();
  Json after = lineage_json(project.workspace(), project.ledger(), &release);
  EXPECT_EQ(after.at("nodes"), before.at("nodes"));
  EXPECT_TRUE(id_of(lineage_json(project.workspace(), project.ledger()), "one").empty());
}

TEST(Lineage, NamesFilesFromTheEventWhereTheManifestIsGone) {
  ProjectForTests project;
  project.run();
  project.workspace().objects().remove(project.workspace().needed("import").output("dataset"));
  const Json lineage = lineage_json(project.workspace(), project.ledger());
  ASSERT_EQ(nodes_of(lineage, "file").size(), 1u);
  EXPECT_EQ(nodes_of(lineage, "file").front().at("note"), "the dataset's manifest is gone");
}

TEST(Lineage, IsShownWithTheReportThatItIsOf) {
  ProjectForTests project;
  project.run();
  EXPECT_TRUE(report_json(project.workspace()).at("lineage").is_null());
  const Json lineage = lineage_json(project.workspace(), project.ledger());
  show_facts(project.workspace(), {{"lineage", lineage}, {"gates", nullptr}, {"history", nullptr}});
  EXPECT_TRUE(shows_facts(project.workspace()));
  EXPECT_EQ(report_json(project.workspace()).at("lineage"), lineage);
  EXPECT_NE(read_file(report_page_path(project.workspace().project())).find("hone-lineage/1"), std::string::npos);

  project.edit("any: [stolen, stole]", "any: [stolen]");
  project.run();
  EXPECT_FALSE(shows_facts(project.workspace())) << "another report";
}

TEST(Lineage, ABrokenFileOfItIsAsGoodAsNone) {
  ProjectForTests project;
  project.run();
  show_facts(project.workspace(), report_facts(project.workspace(), project.ledger(), nullptr));
  const std::filesystem::path file = project.state() / "report_facts.json";
  std::string text = read_file(file);
  text.replace(text.find("rows.csv"), 8, "rows.csw");
  overwrite(file, text);
  EXPECT_FALSE(shows_facts(project.workspace()));
}

}  // namespace
}  // namespace hone
