#include "hone/label_model/vote_table.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

class VoteTableFile : public testing::Test {
 protected:
  VoteTableFile() : folder_(temporary_name(testing::TempDir())) { make_folder(folder_.path()); }

  std::filesystem::path file(const std::string& name, const std::string& content) const {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  VoteTable read(const std::string& content, const std::string& name = "votes.csv") const { return read_vote_table(file(name, content)); }

  // What is said when the table cannot be read, without the folder.
  std::string refusal(const std::string& content, const std::string& name = "votes.csv", const VoteTableOptions& options = {}) const {
    try {
      read_vote_table(file(name, content), options);
    } catch (const Error& error) {
      std::string message = error.what();
      const std::string folder = folder_.path().string() + "/";
      for (std::size_t place = message.find(folder); place != std::string::npos; place = message.find(folder))
        message.erase(place, folder.size());
      return message;
    }
    return "nothing was thrown";
  }

  RemovedAtEnd folder_;
};

// The votes as a table of class names, "." for none.
std::vector<std::string> rows_of(const VoteTable& table) {
  std::vector<std::string> rows;
  for (std::size_t example = 0; example < table.votes.shape().examples; ++example) {
    std::vector<std::string> cells(table.sources.size(), ".");
    const ExampleVotes votes = table.votes.on(example);
    for (const Vote vote : votes) cells[vote.source] = table.classes[vote.class_id];
    std::string row;
    for (const std::string& cell : cells) row += (row.empty() ? "" : " ") + cell;
    rows.push_back(row);
  }
  return rows;
}

using Strings = std::vector<std::string>;

TEST_F(VoteTableFile, AWideTableHasAColumnPerSource) {
  const VoteTable table = read("id,split,gold,lf_a,lf_b\nx,train,,spam,\ny,test,ham,-1,ham\nz,test,-1, spam ,ham\n");
  EXPECT_EQ(table.examples, (Strings{"x", "y", "z"}));
  EXPECT_EQ(table.sources, (Strings{"lf_a", "lf_b"}));
  EXPECT_EQ(table.classes, (Strings{"ham", "spam"}));
  EXPECT_EQ(rows_of(table), (Strings{"spam .", ". ham", "spam ham"}));
  EXPECT_EQ(table.gold, (std::vector<ClassId>{kNoClass, 0, kNoClass}));
  EXPECT_EQ(table.split, (Strings{"train", "test", "test"}));
  EXPECT_TRUE(table.notes.empty());
}

TEST_F(VoteTableFile, AWideTableWithoutIdsIsNumbered) {
  const VoteTable table = read("lf_a,lf_b\n0,1\n1,1\n");
  EXPECT_EQ(table.examples, (Strings{"1", "2"}));
  EXPECT_TRUE(table.gold.empty());
  EXPECT_TRUE(table.split.empty());
}

TEST_F(VoteTableFile, ALongTableHasARowPerVote) {
  for (const char* header : {"example,source,class", "item,worker,label", "Item,Worker,Label"}) {
    const VoteTable table = read(std::string(header) + "\nq2,ann,yes\nq1,bob,no\nq2,bob,yes\nq3,ann,\n");
    EXPECT_EQ(table.examples, (Strings{"q2", "q1", "q3"}));
    EXPECT_EQ(table.sources, (Strings{"ann", "bob"}));
    EXPECT_EQ(rows_of(table), (Strings{"yes yes", ". no", ". ."}));
  }
}

TEST_F(VoteTableFile, ClassesThatAreNumbersAreInTheirOrder) {
  EXPECT_EQ(read("a\n10\n9\n2\n").classes, (Strings{"2", "9", "10"}));
  EXPECT_EQ(read("a\n10\n9\nx\n").classes, (Strings{"10", "9", "x"}));
}

TEST_F(VoteTableFile, OfRepeatedVotesTheLastCountsAndTheOthersAreReported) {
  const VoteTable table = read("item,worker,label\n1,ann,a\n2,ann,a\n1,ann,b\n1,bob,a\n");
  EXPECT_EQ(rows_of(table), (Strings{"b a", "a ."}));
  EXPECT_EQ(table.repeated_votes, 1u);
  EXPECT_EQ(table.notes, (Strings{"1 vote was followed by another of the same source on the same example; the last counts"}));
}

TEST_F(VoteTableFile, RowsOfOneIdAreOneExample) {
  const VoteTable table = read("id,lf_a,lf_b\nx,0,1\ny,1,1\nx,1,\n");
  EXPECT_EQ(table.examples, (Strings{"x", "y"}));
  EXPECT_EQ(rows_of(table), (Strings{"1 1", "1 1"}));
  EXPECT_EQ(table.repeated_votes, 1u);
}

TEST_F(VoteTableFile, AVoteThatRepeatsWhatItSawIsLeftOut) {
  const VoteTable table =
      read("item,worker,label,saw\n1,gpt,a,\n1,ann,a,gpt\n1,bob,a,ann\n2,gpt,a,\n2,ann,b,gpt\n2,bob,a,\n3,ann,b,gpt\n3,bob,b,ann\n");
  EXPECT_EQ(rows_of(table), (Strings{"a . .", "a b a", ". b ."})) << "a vote against it, and one that saw nothing there, are kept";
  EXPECT_EQ(table.echoes, 3u);
  EXPECT_EQ(table.led, (std::vector<bool>{false, true, true}));
  EXPECT_EQ(table.notes, (Strings{"3 votes repeat one of another source that was seen first, and are left out"}));
}

TEST_F(VoteTableFile, TheVoteThatWasSeenMayComeLaterAndIsTheOneThatCounts) {
  const VoteTable table = read("item,worker,label,saw\n1,ann,b,gpt\n1,gpt,a,\n1,gpt,b,\n2,ann,a,gpt\n2,gpt,b,\n");
  EXPECT_EQ(rows_of(table), (Strings{". b", "a b"}));
}

TEST_F(VoteTableFile, VotesThatSawEachOtherAllCount) {
  const VoteTable table = read("item,worker,label,saw\n1,ann,a,bob\n1,bob,a,ann\n1,cleo,a,bob\n2,ann,b,\n");
  EXPECT_EQ(rows_of(table), (Strings{"a a .", "b . ."}));
}

TEST_F(VoteTableFile, AVoteThatSawASourceWithoutVotesCounts) {
  const VoteTable table = read("item,worker,label,saw\n1,ann,a,gtp\n1,bob,b,\n");
  EXPECT_EQ(rows_of(table), (Strings{"a b"}));
  EXPECT_EQ(table.led, (std::vector<bool>{false, false}));
  EXPECT_EQ(table.notes, (Strings{"column 'saw' names 'gtp', of which the table has no votes: votes that saw these count in full"}));
}

TEST_F(VoteTableFile, NobodySawTheVoteThatHeCast) {
  EXPECT_EQ(refusal("item,worker,label,saw\n1,ann,a,ann\n1,bob,b,\n"),
            "1 row of 'votes.csv' could not be used:\n  votes.csv:2: 'ann' is said to have seen its own vote");
}

TEST_F(VoteTableFile, AVoteMayHaveAConfidence) {
  const VoteTable table = read("item,worker,label,confidence\n1,ann,a,0.5\n1,bob,b,\n");
  EXPECT_EQ(table.votes.on(0)[0].confidence, 0.5f);
  EXPECT_EQ(table.votes.on(0)[1].confidence, 1.0f);
}

TEST_F(VoteTableFile, AConfidenceThatIsNoneIsABadRow) {
  for (const char* confidence : {"0", "1.5", "-1", "high", "nan", "0.5x"}) {
    const VoteTable table =
        read_vote_table(file("votes.csv", "item,worker,label,confidence\n1,ann,a,1\n1,bob,b," + std::string(confidence) + "\n2,ann,b,1\n"),
                        {.gold = {}, .read = {}, .max_bad_rows = 0.5});
    ASSERT_EQ(table.rejected.size(), 1u) << confidence;
    EXPECT_EQ(table.rejected[0].line, 3u);
    EXPECT_EQ(table.rejected[0].file, "votes.csv");
    EXPECT_EQ(table.rejected[0].reason, "confidence '" + std::string(confidence) + "' is not a number above 0 and up to 1");
    EXPECT_EQ(rows_of(table), (Strings{"a", "b"}));
  }
}

TEST_F(VoteTableFile, TooManyBadRowsEndIt) {
  EXPECT_EQ(refusal("item,worker,label\n1,,a\n,bob,b\n2,ann,b\n"),
            "2 rows of 'votes.csv' could not be used:\n  votes.csv:2: no source\n  votes.csv:3: no example");
}

TEST_F(VoteTableFile, GoldMayStandInAFileOfItsOwn) {
  for (const char* header : {"item,truth", "item,label", "id\tgold"}) {
    const bool tabs = std::string(header).find('\t') != std::string::npos;
    const VoteTable table = read_vote_table(
        file("votes.csv", "item,worker,label\n7,ann,a\n8,ann,b\n9,bob,a\n"),
        {.gold = file(tabs ? "gold.tsv" : "gold.csv", std::string(header) + (tabs ? "\n8\ta\n77\ta\n9\t-1\n" : "\n8,a\n77,a\n9,-1\n")),
         .read = {}});
    EXPECT_EQ(table.gold, (std::vector<ClassId>{kNoClass, 0, kNoClass}));
    EXPECT_EQ(table.notes, (Strings{"1 row of gold names no example of the votes and is left out"}));
  }
}

TEST_F(VoteTableFile, AGoldFileReplacesAGoldColumn) {
  const VoteTable table =
      read_vote_table(file("votes.csv", "id,gold,a,b\n1,x,x,y\n2,y,x,y\n"), {.gold = file("gold.csv", "item,truth\n1,y\n"), .read = {}});
  EXPECT_EQ(table.gold, (std::vector<ClassId>{1, kNoClass}));
}

TEST_F(VoteTableFile, ContradictingGoldIsReported) {
  const VoteTable table = read_vote_table(file("votes.csv", "item,worker,label\n7,ann,a\n8,ann,b\n"),
                                          {.gold = file("gold.csv", "item,truth\n7,a\n7,b\n"), .read = {}});
  EXPECT_EQ(table.gold[0], 1);
  EXPECT_EQ(table.notes, (Strings{"1 row of gold contradicts an earlier one of the same example; the last counts"}));
}

TEST_F(VoteTableFile, AClassMayBeKnownFromGoldAlone) {
  const VoteTable table = read("id,gold,lf_a\n1,rare,common\n2,common,common\n");
  EXPECT_EQ(table.classes, (Strings{"common", "rare"}));
  EXPECT_EQ(table.notes, (Strings{"no source votes for 'rare', known from gold alone"}));
}

TEST_F(VoteTableFile, InvalidUtf8IsReplacedAndReported) {
  const VoteTable table = read("id,lf_a\n1,caf\xE9\n2,tea\n");
  EXPECT_EQ(table.classes, (Strings{"caf\xEF\xBF\xBD", "tea"}));
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_NE(table.notes[0].find("invalid UTF-8"), std::string::npos);
}

TEST_F(VoteTableFile, OtherEncodingsAreReadWhenNamed) {
  VoteTableOptions options;
  options.read.encoding = "latin-1";
  EXPECT_EQ(read_vote_table(file("votes.csv", "id,lf_a\n1,caf\xE9\n2,tea\n"), options).classes, (Strings{"café", "tea"}));
}

TEST_F(VoteTableFile, ByteOrderMarksAndCarriageReturnsAreNotPartOfNames) {
  const VoteTable table = read("\xEF\xBB\xBFid,lf_a\r\n1,x\r\n2,y\r\n");
  EXPECT_EQ(table.sources, (Strings{"lf_a"}));
  EXPECT_EQ(table.classes, (Strings{"x", "y"}));
}

TEST_F(VoteTableFile, OtherColumnsOfALongTableAreNamedAndLeftOut) {
  EXPECT_EQ(read("item,worker,label,time\n1,ann,a,3\n2,ann,b,4\n").notes, (Strings{"columns left out: 'time'"}));
}

TEST_F(VoteTableFile, JsonLinesAreReadInBothForms) {
  const VoteTable wide = read("{\"id\": 1, \"lf_a\": 0, \"lf_b\": -1}\n{\"id\": 2, \"lf_a\": null, \"lf_b\": 1}\n", "votes.jsonl");
  EXPECT_EQ(rows_of(wide), (Strings{"0 .", ". 1"}));
  const VoteTable long_form = read(
      "{\"item\": \"x\", \"worker\": \"w\", \"label\": \"a\"}\n{\"item\": \"y\", \"worker\": \"w\", \"label\": \"b\"}\n", "votes.jsonl");
  EXPECT_EQ(rows_of(long_form), (Strings{"a", "b"}));
}

std::shared_ptr<arrow::Array> doubles(const std::vector<double>& values) {
  arrow::DoubleBuilder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> whole_numbers(const std::vector<std::int64_t>& values) {
  arrow::Int64Builder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

TEST_F(VoteTableFile, ParquetIsReadWithWholeNumbersStoredAsFloatingPoint) {
  const std::filesystem::path path = folder_.path() / "votes.parquet";
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("lf_a", arrow::int64()), arrow::field("lf_b", arrow::float64())}),
                         arrow::ArrayVector{whole_numbers({0, 1, -1}), doubles({1.0, std::numeric_limits<double>::quiet_NaN(), -1.0})});
  ASSERT_TRUE(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), arrow::io::FileOutputStream::Open(path.string()).ValueOrDie()).ok());
  const VoteTable votes = read_vote_table(path);
  EXPECT_EQ(votes.classes, (Strings{"0", "1"}));
  EXPECT_EQ(rows_of(votes), (Strings{"0 1", "1 .", ". ."}));
}

TEST_F(VoteTableFile, ColumnsThatAreNoVotesAreRefused) {
  EXPECT_EQ(
      refusal("item,worker,lable\n1,ann,a\n"),
      "the columns of 'votes.csv' are not those of votes: a wide table has a column per source beside 'id', 'split' and 'gold', a long one "
      "has 'item', 'worker' and 'label' or 'example', 'source' and 'class'; there are: 'item', 'worker' and 'lable'");
  EXPECT_NE(refusal("id,gold\n1,a\n").find("are not those of votes"), std::string::npos);
  EXPECT_NE(refusal("id,label,lf_a\n1,a,a\n").find("are not those of votes"), std::string::npos);
}

TEST_F(VoteTableFile, AColumnOfTextsIsTakenForNoSource) {
  std::string content = "id,text,lf_a\n";
  for (int row = 0; row < 1100; ++row) content += std::to_string(row) + ",message " + std::to_string(row) + ",a\n";
  EXPECT_EQ(
      refusal(content),
      "column 'text' of 'votes.csv' brings more than 1000 different classes, such as 'message 1000'; if it holds no votes, leave it out");
}

TEST_F(VoteTableFile, WholeNumbersMayHaveAPoint) {
  const VoteTable table = read("id,lf_a,lf_b,gold\n1,1.0,-1.0,1\n2,0,1.00,0.0\n");
  EXPECT_EQ(table.classes, (Strings{"0", "1"}));
  EXPECT_EQ(rows_of(table), (Strings{"1 .", "0 1"}));
  EXPECT_EQ(table.gold, (std::vector<ClassId>{1, 0}));
  EXPECT_EQ(read("id,a\n1,1.\n2,.0\n3,v1.0\n4,-.0\n").classes, (Strings{"-.0", ".0", "1.", "v1.0"})) << "no such numbers";
}

TEST_F(VoteTableFile, AFewClassesMayBeFractionsAndProbabilitiesAreRefused) {
  EXPECT_EQ(read("id,a\n1,1.5\n2,2\n3,2.5\n").classes, (Strings{"1.5", "2", "2.5"}));
  std::string content = "id,lf_a\n";
  for (int row = 10; row < 60; ++row) content += std::to_string(row) + ",0." + std::to_string(row) + "1\n";
  EXPECT_EQ(
      refusal(content),
      "column 'lf_a' of 'votes.csv' holds numbers with fractions, such as '0.301', and a vote names a class; how sure it is stands in "
      "the column 'confidence' of a table with a row per vote");
}

TEST_F(VoteTableFile, MoreClassesThanCanBeNumberedAreRefused) {
  std::string content = "example,source,class\n";
  for (int row = 0; row < 70000; ++row) content += "1,s" + std::to_string(row % 7) + ",class " + std::to_string(row) + "\n";
  EXPECT_EQ(refusal(content),
            "column 'class' of 'votes.csv' brings more than 65534 different classes, such as 'class 65534'; if it holds no votes, leave it "
            "out");
}

TEST_F(VoteTableFile, MoreSourcesThanVoteManyTimesAreRefused) {
  std::string content = "example,source,class\n";
  for (int row = 0; row < 1000001; ++row) content += "1,s" + std::to_string(row) + (row % 2 == 0 ? ",a\n" : ",b\n");
  EXPECT_EQ(
      refusal(content),
      "'votes.csv' has votes of more than 1,000,000 sources, such as 's1000000'; what tells a source is how it votes on many examples: "
      "name who or what voted, not when");
}

TEST_F(VoteTableFile, AnExampleWithoutAnIdIsABadRow) {
  const VoteTable table =
      read_vote_table(file("votes.csv", "id,lf_a,lf_b\n1,a,b\n,a,a\n3,b,a\n"), {.gold = {}, .read = {}, .max_bad_rows = 0.5});
  EXPECT_EQ(table.examples, (Strings{"1", "3"}));
  ASSERT_EQ(table.rejected.size(), 1u);
  EXPECT_EQ(table.rejected[0].line, 3u);
  EXPECT_EQ(table.rejected[0].reason, "no id");
  EXPECT_EQ(table.notes, (Strings{"1 row that could not be used is left out"}));
}

TEST_F(VoteTableFile, GoldOfOtherExamplesAloneIsRefused) {
  EXPECT_EQ(
      refusal("item,worker,label\n7,ann,a\n8,ann,b\n", "votes.csv", {.gold = file("gold.csv", "item,truth\n07,a\n08,b\n"), .read = {}}),
      "no row of 'gold.csv' names an example of 'votes.csv'; ids are compared as they are written, and those of the votes begin with "
      "'7'");
}

TEST_F(VoteTableFile, AnEmptyFileIsRefused) {
  EXPECT_EQ(refusal(""), "'votes.csv' has no rows of votes; it needs a column per source, or rows of example, source and class");
}

TEST_F(VoteTableFile, AHeaderAloneIsRefused) {
  EXPECT_EQ(refusal("item,worker,label\n"),
            "'votes.csv' has no rows of votes; it needs a column per source, or rows of example, source and class");
  EXPECT_EQ(refusal("id,lf_a\n"), "'votes.csv' has no rows of votes; it needs a column per source, or rows of example, source and class");
}

TEST_F(VoteTableFile, FewerThanTwoClassesAreRefused) {
  EXPECT_EQ(refusal("id,lf_a\n1,a\n2,a\n"), "'votes.csv' names one class only, 'a'; a label model needs at least two to tell apart");
  EXPECT_EQ(refusal("id,lf_a\n1,\n2,-1\n"), "'votes.csv' names no class at all; a label model needs at least two to tell apart");
}

TEST_F(VoteTableFile, AMissingFileIsRefused) { EXPECT_THROW(read_vote_table(folder_.path() / "none.csv"), Error); }

TEST_F(VoteTableFile, AGoldFileOfOtherColumnsIsRefused) {
  EXPECT_EQ(refusal("item,worker,label\n1,ann,a\n", "votes.csv", {.gold = file("gold.csv", "question,answer\n1,a\n"), .read = {}}),
            "gold in 'gold.csv' needs the columns 'item' and 'truth' (or 'label'); there are: 'question' and 'answer'");
}

TEST_F(VoteTableFile, GoldOfATableWithoutAnyExampleIsRefusedForWhatIsWrongWithTheTable) {
  EXPECT_EQ(refusal("item,worker,label\n,ann,a\n", "votes.csv", {.gold = file("gold.csv", "item,truth\n1,a\n"), .read = {}}),
            "1 row of 'votes.csv' could not be used:\n  votes.csv:2: no example");
}

TEST_F(VoteTableFile, AGoldFileNeedsIdsToBeMatchedBy) {
  EXPECT_EQ(refusal("lf_a,lf_b\n0,1\n", "votes.csv", {.gold = file("gold.csv", "item,truth\n1,0\n"), .read = {}}),
            "'votes.csv' has no column 'id', so gold from 'gold.csv' has nothing to be matched by");
}

TEST(VoteTable, ReadsACrowdsVotesWithTheirRepeats) {
  const char* data = std::getenv("HONE_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "HONE_TEST_DATA is not set";
  const std::filesystem::path folder = std::filesystem::path(data) / "crowd" / "hitspam_crowdflower";
  const VoteTable table = read_vote_table(folder / "labels.tsv", {.gold = folder / "gold.tsv", .read = {}});
  EXPECT_EQ(table.examples.size(), 5380u);
  EXPECT_EQ(table.sources.size(), 153u);
  EXPECT_EQ(table.votes.size() + table.repeated_votes, 42762u);
  EXPECT_EQ(table.repeated_votes, 4169u);
}

TEST_F(VoteTableFile, VotesAgainstAClassOfTheTableLeaveTheOthers) {
  const VoteTable table = read("id,a,b\n1,card,not fraud\n2,fraud,!loan\n3,loan,\n");
  EXPECT_EQ(table.classes, (std::vector<std::string>{"card", "fraud", "loan"}));
  EXPECT_EQ(table.votes.on(0)[1].class_id, table.votes.answers().against(1));
  EXPECT_EQ(table.votes.on(1)[1].class_id, table.votes.answers().against(2));
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_EQ(table.notes[0], "votes for 'not fraud' and '!loan' are taken as votes against these classes, for all others");
}

TEST_F(VoteTableFile, ANameThatBeginsWithNotMayBeAClass) {
  EXPECT_EQ(read("id,a\n1,spam\n2,not spam\n").classes, (std::vector<std::string>{"not spam", "spam"})) << "no two classes would be left";
  EXPECT_EQ(read("id,a,gold\n1,spam,not spam\n2,ham,\n3,not spam,\n").classes.size(), 3u) << "a row is known to be so";
  EXPECT_EQ(read("id,a\n1,spam\n2,not ham\n").classes.size(), 2u) << "there is no ham";
}

}  // namespace
}  // namespace hone
