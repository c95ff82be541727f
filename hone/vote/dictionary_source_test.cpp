#include <gtest/gtest.h>

#include <set>
#include <string>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/source.h"
#include "hone/vote/task_testing.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

std::vector<Source> sources_of(const std::string& yaml, const std::string& csv) {
  return parse_sources(ConfigNode::parse_yaml(yaml, "hone.yaml"), kThreeClasses, {}, [&](const std::string& path, const ConfigNode&) {
    EXPECT_EQ(path, "lists/terms.csv");
    return csv;
  });
}

constexpr const char* kCsv = "credit card,card\nmortgage,loan\ncredit,loan\n";

TEST(DictionarySource, VotesTheClassOfTheLongestTermOrOneForEachClass) {
  const auto votes = [&](const std::string& yaml) {
    const std::vector<Source> sources = sources_of(yaml, kCsv);
    std::vector<const Source*> asked;
    for (const Source& source : sources) asked.push_back(&source);
    const auto batch =
        batch_of({{"text", text_column({"my credit card", "credit or mortgage", std::nullopt, "none", "a credit card mortgage"})}});
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches{batch, batch};
    std::vector<std::pair<std::vector<std::uint32_t>, std::vector<ClassId>>> said;
    for (const PackedVotes& source : apply_sources(batches, asked, {}, {.engine = {.text = {"text"}}, .threads = 2}).votes)
      said.emplace_back(source.unpacked().examples, source.unpacked().classes);
    return said;
  };
  const auto all = votes("[{dictionary: lists/terms.csv}]");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].first, (std::vector<std::uint32_t>{0, 1, 4, 5, 6, 9}));
  EXPECT_EQ(all[0].second, (std::vector<ClassId>{0, 1, 0, 0, 1, 0}));
  const auto each = votes("[{lf: x, vote: card, any: none}, {dictionary: lists/terms.csv, per_class: true, name: t}]");
  ASSERT_EQ(each.size(), 3u);
  EXPECT_EQ(each[1].first, (std::vector<std::uint32_t>{0, 4, 5, 9}));
  EXPECT_EQ(each[2].first, (std::vector<std::uint32_t>{1, 4, 6, 9})) << "'credit' inside 'credit card' does not count";
}

TEST(DictionarySource, HasANameAndAVersionOfTheFile) {
  const auto named = [](const std::string& yaml, const std::string& csv = kCsv) { return sources_of("[" + yaml + "]", csv).front(); };
  EXPECT_EQ(named("{dictionary: lists/terms.csv}").name, "terms");
  EXPECT_EQ(named("{dictionary: lists/terms.csv, name: products, per_class: true}").name, "products.card");
  const std::string version = named("{dictionary: lists/terms.csv}").version;
  EXPECT_EQ(version, named("{dictionary: lists/terms.csv, name: other}").version);
  EXPECT_NE(version, named("{dictionary: lists/terms.csv}", "credit,card\n").version);
  EXPECT_NE(version, named("{dictionary: lists/terms.csv, fuzzy: 1}").version);
  EXPECT_NE(version, named("{dictionary: lists/terms.csv, field: subject}").version);
  EXPECT_NE(version, named("{dictionary: lists/terms.csv, per_class: true}").version);
  EXPECT_NE(version, named("{dictionary: lists/terms.csv, splits: [train]}").version);
  EXPECT_EQ(fields_read(named("{dictionary: lists/terms.csv, field: subject}")), std::set<std::string>{"subject"});
}

TEST(DictionarySource, ReadsClassesByOtherNames) {
  const std::string csv = "credit card,C\n";
  EXPECT_EQ(sources_of("[{dictionary: lists/terms.csv, classes: {C: card}}]", csv).front().dictionary->classes.front(), 0);
  EXPECT_NE(complaint_of(ErrorCode::kInvalidProject, [&] { sources_of("[{dictionary: lists/terms.csv}]", csv); })
                .find("lists/terms.csv:1: no class named 'C'"),
            std::string::npos);
}

TEST(DictionarySource, SaysWhatIsWrongWithAnEntry) {
  const auto said = [](const std::string& yaml) {
    return complaint_of(ErrorCode::kInvalidProject, [&] { sources_of("[" + yaml + "]", kCsv); });
  };
  EXPECT_NE(said("{dictionary: lists/terms.csv, fuzzy: 2}").find("expected 0 or 1, found '2': at most one edit is forgiven (in dictionary"),
            std::string::npos);
  EXPECT_NE(said("{dictionary: lists/terms.csv, per_class: maybe}").find("expected true or false"), std::string::npos);
  EXPECT_NE(said("{dictionary: lists/terms.csv, vote: card}").find("unknown key 'vote'"), std::string::npos);
  EXPECT_NE(said("{dictionary: lists/terms.csv, name: 'a b'}").find("is no name"), std::string::npos);
  EXPECT_NE(said("{dictionary: lists/terms.csv}, {dictionary: lists/terms.csv}").find("there is already a source named 'terms'"),
            std::string::npos);
  EXPECT_NE(complaint_of(ErrorCode::kInvalidProject,
                         [] { parse_sources(ConfigNode::parse_yaml("[{dictionary: a.csv}]", "hone.yaml"), kThreeClasses, {}); })
                .find("a file of terms cannot be read here"),
            std::string::npos);
}

}  // namespace
}  // namespace hone
