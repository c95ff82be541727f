#include "hone/flow/project.h"

#include <gtest/gtest.h>

#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

// A folder with a hone.yaml and a data file, removed at the end of the test.
class ProjectFile : public testing::Test {
 protected:
  ProjectFile() : folder_(temporary_name(testing::TempDir())) {
    std::filesystem::create_directories(root());
    write("rows.csv", "id,text,label\n1,my card,card\n");
  }
  std::filesystem::path root() const { return folder_.path(); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root() / name).parent_path());
    std::ofstream(root() / name) << text;
  }
  Project load(const std::string& yaml) const {
    write("hone.yaml", yaml);
    return load_project(root());
  }
  std::string error_of(const std::string& yaml) const {
    try {
      load(yaml);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  RemovedAtEnd folder_;
};

const std::string kData = "data: {files: rows.csv, text: text}\n";
const std::string kTask = "task: {classes: [card, fraud]}\n";
const std::string kSources = "sources: [{lf: a, vote: card, any: [card]}]\n";

TEST_F(ProjectFile, HasDefaultsForWhatItDoesNotSay) {
  const Project project = load(kData + kTask + kSources);
  EXPECT_EQ(project.data.split.share[0], 0.8);
  EXPECT_EQ(project.model.at("name"), "text-linear");
  EXPECT_EQ(project.seed, 1u);
  EXPECT_TRUE(project.label_model.empty());
  EXPECT_TRUE(project.trains());
}

TEST_F(ProjectFile, NamesTheNearestKeyForAnUnknownOne) {
  EXPECT_EQ(error_of(kData + kTask + kSources + "slcies: []\n"), "hone.yaml:4:1: unknown key 'slcies'; did you mean 'slices'?");
}

TEST_F(ProjectFile, SaysWhereYamlDoesNotParse) { EXPECT_TRUE(error_of("data: {files: [a, b\n").starts_with("hone.yaml:")); }

TEST_F(ProjectFile, NeedsTwoClasses) {
  EXPECT_NE(error_of(kData + "task: {classes: [card]}\n" + kSources).find("at least two classes"), std::string::npos);
}

TEST_F(ProjectFile, RefusesAClassThatStandsTwice) {
  EXPECT_NE(error_of(kData + "task: {classes: [card, card]}\n" + kSources).find("stands here twice"), std::string::npos);
}

TEST_F(ProjectFile, RefusesSharesThatDoNotAddUp) {
  const std::string data = "data: {files: rows.csv, text: text, split: {train: 0.8, test: 0.1}}\n";
  EXPECT_NE(error_of(data + kTask + kSources).find("not to 1"), std::string::npos);
}

TEST_F(ProjectFile, RefusesABalanceThatLeavesNothing) {
  EXPECT_NE(
      error_of(kData + "task: {classes: [card, fraud, other], class_balance: {card: 0.5, fraud: 0.5}}\n" + kSources).find("leaves nothing"),
      std::string::npos);
}

TEST_F(ProjectFile, NamesAMissingDataFile) {
  EXPECT_NE(error_of("data: {files: nowhere.csv, text: text}\n" + kTask + kSources).find("nowhere.csv"), std::string::npos);
}

TEST_F(ProjectFile, RefusesAnUnknownLabelModelWhereItStands) {
  const std::string error = error_of(kData + kTask + kSources + "label_model: majorty\n");
  EXPECT_TRUE(error.starts_with("hone.yaml:4:")) << error;
  EXPECT_NE(error.find("majority"), std::string::npos);
}

TEST_F(ProjectFile, ReadsTheFilesItIncludes) {
  write("lfs/more.yaml", "- {lf: b, vote: fraud, any: [stolen]}\n");
  const Project project = load(kData + kTask + "sources: [{lf: a, vote: card, any: [card]}, {include: 'lfs/*.yaml'}]\n");
  ASSERT_EQ(project.sources.size(), 2u);
  EXPECT_EQ(project.sources[1].file, "lfs/more.yaml");
}

TEST_F(ProjectFile, KeepsIncludesInsideTheProject) {
  for (const std::string include : {"../other.yaml", "/etc/passwd", "lfs/../../x.yaml"})
    EXPECT_NE(error_of(kData + kTask + "sources: [{include: '" + include + "'}]\n").find("leads out of the project"), std::string::npos)
        << include;
}

TEST_F(ProjectFile, KeepsIncludesInsideTheProjectWhenALinkLeadsOut) {
  const RemovedAtEnd outside(temporary_name(testing::TempDir()));
  std::ofstream(outside.path()) << "- {lf: b, vote: fraud, any: [stolen]}\n";
  std::filesystem::create_symlink(outside.path(), root() / "linked.yaml");
  EXPECT_NE(error_of(kData + kTask + "sources: [{include: linked.yaml}]\n").find("is a link that leads out"), std::string::npos);
}

TEST_F(ProjectFile, SaysThatItIsEmpty) { EXPECT_NE(error_of("").find("empty"), std::string::npos); }

TEST(Project, SaysHowToMakeOneWhereThereIsNone) {
  try {
    find_project(testing::TempDir());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("hone init"), std::string::npos);
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

TEST(Project, EveryKeyStandsInItsPageOfTheDocs) {
  const std::string page = read_file(HONE_DOCS "/project.md");
  for (const ProjectKey& key : project_keys()) EXPECT_NE(page.find("`" + std::string(key.key)), std::string::npos) << key.key;
}

}  // namespace
}  // namespace hone
