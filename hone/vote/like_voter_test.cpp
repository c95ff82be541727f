#include <gtest/gtest.h>

#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/data/import.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/task_testing.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

// The file texts.csv holds `csv`, and is the only one.
std::vector<Source> parsed(const std::string& yaml, const std::string& csv = {}) {
  return parse_sources(ConfigNode::parse_yaml("[" + yaml + "]", "hone.yaml"), kTwoClasses, {},
                       [&](const std::string& path, const ConfigNode& where) {
                         if (path != "texts.csv") throw where.error("'" + path + "' is not there");
                         return csv;
                       });
}

Applied said_by_likeness(const std::string& yaml, const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches, int threads = 2,
                         const std::string& csv = {}) {
  const std::vector<Source> sources = parsed(yaml, csv);
  const Source* asked[] = {&sources[0]};
  return apply_sources(batches, asked, {}, {.engine = {.text = {"text"}}, .threads = threads});
}

std::string refusal_of(const std::string& yaml, const std::string& csv = {}) {
  try {
    parsed(yaml, csv);
    return "taken";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(LikeVoter, VotesOnTextsThatAreLikeEnough) {
  const auto batch = batch_of({{"text", text_column({"My card was stolen", "my loan", "the card was stolen", std::nullopt, "weather"})}});
  const Applied applied =
      said_by_likeness("{like: {texts: [my card was stolen]}, name: stolen, vote: loan, at_least: 0.5}", {batch, batch});
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{0, 2, 5, 7}));
  EXPECT_EQ(applied.votes[0].unpacked().classes, (std::vector<ClassId>{1, 1, 1, 1}));
}

TEST(LikeVoter, VotesOnTheNearestRowsWhateverTheThreads) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int batch = 0; batch < 20; ++batch)
    batches.push_back(batch_of({{"text", text_column({"card stolen", "card", "a loan", "card stolen " + std::to_string(batch)})}}));
  for (const int threads : {1, 4}) {
    const Applied applied = said_by_likeness("{like: {texts: [card stolen]}, name: stolen, vote: card, nearest: 22}", batches, threads);
    const Rows rows = applied.votes[0].unpacked().examples;
    ASSERT_EQ(rows.size(), 22u);
    for (std::uint32_t batch = 0; batch < 20; ++batch) EXPECT_NE(std::ranges::find(rows, 4 * batch), rows.end());
    EXPECT_NE(std::ranges::find(rows, 3u), rows.end()) << "of rows that are equally like the first count";
    EXPECT_NE(std::ranges::find(rows, 7u), rows.end());
  }
  EXPECT_EQ(said_by_likeness("{like: {texts: [card stolen]}, name: s, vote: card, nearest: 500, at_least: 0.99}", batches).votes[0].size(),
            20u);
}

TEST(LikeVoter, VotesTheClassOfTheNearestText) {
  const auto batch =
      batch_of({{"text", text_column({"My CARD was stolen!", "a new loan please", "weather", "stolen loan", std::nullopt})}});
  const std::string csv = "text,class\nmy card was stolen,card\n\"a new loan, please\",loan\nloan,loan\nstolen,card\n";
  const Applied applied = said_by_likeness("{like: {file: texts.csv}, name: near, at_least: 0.3}", {batch, batch}, 2, csv);
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{0, 1, 3, 5, 6, 8}));
  const std::vector<ClassId> classes = applied.votes[0].unpacked().classes;
  EXPECT_EQ(classes[0], 0u);
  EXPECT_EQ(classes[1], 1u);
  const Applied nearest = said_by_likeness("{like: {file: texts.csv}, name: near, nearest: 2}", {batch}, 2, csv);
  EXPECT_EQ(nearest.votes[0].unpacked().examples, (Rows{0, 1}));
  EXPECT_EQ(nearest.votes[0].unpacked().classes, (std::vector<ClassId>{0, 1}));
}

TEST(LikeVoter, AbstainsWhereTextsOfTwoClassesAreAsNear) {
  const auto batch = batch_of({{"text", text_column({"ab", "cd", "ab cd"})}});
  const Applied applied = said_by_likeness("{like: {file: texts.csv}, name: near, at_least: 0.1}", {batch}, 1, "ab,card\ncd,loan\n");
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{0, 1}));
  EXPECT_EQ(said_by_likeness("{like: {file: texts.csv}, name: near, nearest: 3}", {batch}, 1, "ef,card\ngh,loan\n").votes[0].size(), 0u)
      << "what is like none of them";
}

TEST(LikeVoter, KnowsTheTextsOfItsFileByTheirContent) {
  const auto version = [](const std::string& csv, const std::string& more = {}) {
    return parsed("{like: {file: texts.csv}, name: s, at_least: 0.5" + more + "}", csv).front().version;
  };
  EXPECT_EQ(version("a b,card\n"), version("text,class\r\nA b,card\r\n"));
  EXPECT_NE(version("a b,card\n"), version("a b,loan\n"));
  EXPECT_NE(version("a b,card\n"), version("a c,card\n"));
  EXPECT_EQ(version("a b,C\n", ", classes: {C: card}"), version("a b,card\n"));
  EXPECT_EQ(parsed("{like: {file: texts.csv}, name: s, at_least: 0.5}", "a,card\n").front().votes, std::vector<ClassId>());
}

TEST(LikeVoter, RefusesFilesThatAreNone) {
  const auto said = [](const std::string& csv) { return refusal_of("{like: {file: texts.csv}, name: s, at_least: 0.5}", csv); };
  EXPECT_EQ(said("a,card\nb,cart\n"), "texts.csv:2: no class named 'cart'; did you mean 'card'? (in like 's')");
  EXPECT_EQ(said("text,class\n  ,card\n"), "texts.csv:2: the text is empty; take the line out (in like 's')");
  EXPECT_EQ(said("a,card\n\nA,loan\n"),
            "texts.csv:3: the text 'a' already stands for another class in line 1; take one of them out (in like 's')");
  EXPECT_EQ(said("text,class\n"), "texts.csv holds no text; write lines such as: my card was stolen,fraud (in like 's')");
  EXPECT_EQ(said("a,b,card\n"),
            "texts.csv:1: expected two fields, text,class, and found 3; put a text that holds a comma between quotes (in like 's')");
  EXPECT_EQ(said(std::string(70'000, 'a') + ",card\n"), "texts.csv:1: a text of 70000 bytes is too long; at most 65536 (in like 's')");
  std::string many;
  for (int text = 0; text <= 100'000; ++text) many += std::to_string(text) + ",card\n";
  EXPECT_NE(said(many).find("'texts.csv' holds 100001 texts; at most 100000: keep those that differ most"), std::string::npos);
}

TEST(LikeVoter, CountsVectorsThatAreNone) {
  const RemovedAtEnd folder(temporary_name(std::filesystem::temp_directory_path()));
  make_folder(folder.path());
  std::ofstream file(folder.path() / "rows.jsonl");
  file << R"({"id": "a", "text": "x", "split": "train", "v": [1, 0]})"
       << "\n"
       << R"({"id": "b", "text": "x", "split": "train", "v": [2, 0.1]})"
       << "\n"
       << R"({"id": "c", "text": "x", "split": "train", "v": [0, 1]})"
       << "\n"
       << R"({"id": "d", "text": "x", "split": "train", "v": [1, 0, 0]})"
       << "\n"
       << R"({"id": "e", "text": "x", "split": "train", "v": [1, null]})"
       << "\n"
       << R"({"id": "f", "text": "x", "split": "train", "v": [0, 0]})"
       << "\n"
       << R"({"id": "g", "text": "x", "split": "train", "v": null})"
       << "\n"
       << R"({"id": "h", "text": "x", "split": "test", "v": [1, 0]})"
       << "\n";
  file.close();
  ObjectStore objects(folder.path() / "objects");
  ImportOptions import;
  import.files = {folder.path() / "rows.jsonl"};
  import.text = {"text"};
  import.id = "id";
  import.split.by = SplitOptions::By::kField;
  import.split.field = "split";
  const Dataset dataset(objects, import_dataset(objects, import));
  const auto apply_to_it = [&](const std::string& yaml) {
    const std::vector<Source> sources = parsed(yaml);
    const Source* asked[] = {&sources[0]};
    return apply_sources(dataset, asked, {}, {.engine = {.text = {"text"}}});
  };
  const auto refusal = [&](const std::string& yaml) {
    try {
      apply_to_it(yaml);
      return std::string("taken");
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  const Applied applied = apply_to_it("{like: {examples: [a], embedding: v}, name: s, vote: card, at_least: 0.9}");
  EXPECT_EQ(applied.votes[0].unpacked().examples, (Rows{0, 1, 7}));
  ASSERT_EQ(applied.failures[0].count, 3u);
  EXPECT_EQ(applied.failures[0].first[0].what, "field 'v' has 3 numbers, where the examples have 2");
  EXPECT_EQ(applied.failures[0].first[1].what, "field 'v' holds a value that is no finite number");
  EXPECT_EQ(applied.failures[0].first[2].what, "field 'v' is all zeros, which has no direction");
  EXPECT_EQ(apply_to_it("{like: {examples: [c], embedding: v}, name: s, vote: card, nearest: 1}").votes[0].unpacked().examples, (Rows{2}));
  EXPECT_EQ(apply_to_it("{like: {examples: [a]}, name: s, vote: card, at_least: 0.9}").votes[0].size(), 8u);

  EXPECT_EQ(refusal("{like: {examples: [a, y, z]}, name: s, vote: card, at_least: 0.9}"),
            "source 's' in hone.yaml:1: there is no row with the id 'y', 'z' in the data; take it out, or name another example");
  EXPECT_EQ(refusal("{like: {examples: [h]}, name: s, vote: card, at_least: 0.9}"),
            "source 's' in hone.yaml:1: the example 'h' lies in the test split, which may not teach; name one of train or valid");
  EXPECT_EQ(refusal("{like: {examples: [a, d], embedding: v}, name: s, vote: card, at_least: 0.9}"),
            "source 's' in hone.yaml:1: the example 'd' has 3 numbers in 'v', where others have 2");
  EXPECT_EQ(refusal("{like: {examples: [g], embedding: v}, name: s, vote: card, at_least: 0.9}"),
            "source 's' in hone.yaml:1: the example 'g' has no vector in 'v'");
  EXPECT_EQ(refusal("{like: {examples: [f], embedding: v}, name: s, vote: card, at_least: 0.9}"),
            "source 's' in hone.yaml:1: the example 'f': field 'v' is all zeros, which has no direction");
}

TEST(LikeVoter, IsRefusedWithWhatItLacks) {
  const std::string end = " (in like 's')";
  EXPECT_EQ(refusal_of("{like: {}, name: s, vote: card, at_least: 0.5}"),
            "hone.yaml:1:9: names nothing to be like: give texts, a file of texts, or examples by their ids, as in like: {texts: [\"my "
            "card was stolen\"]}" +
                end);
  EXPECT_EQ(refusal_of("{like: {texts: [' ']}, name: s, vote: card, at_least: 0.5}"),
            "hone.yaml:1:17: one of the texts is empty; take it out" + end);
  EXPECT_EQ(refusal_of("{like: {texts: [a]}, name: s, vote: card, at_least: 1.5}"),
            "hone.yaml:1:54: expected a number above 0 and at most 1, found '1.5'" + end);
  EXPECT_EQ(refusal_of("{like: {texts: [a]}, name: s, vote: card, nearest: 0}"),
            "hone.yaml:1:53: expected a number of rows from 1 to 100000000, found '0'" + end);
  EXPECT_NE(refusal_of("{like: {texts: [a]}, name: s, vote: card}").find("says not how like a row must be"), std::string::npos);
  EXPECT_NE(refusal_of("{like: {texts: [a], embedding: v}, name: s, vote: card, at_least: 0.5}").find("a text has no embedding"),
            std::string::npos);
  const auto refuses = [](const std::string& yaml, const std::string& what) {
    EXPECT_NE(refusal_of(yaml, "a,card\n").find(what), std::string::npos) << refusal_of(yaml, "a,card\n");
  };
  refuses("{like: {file: other.csv}, name: s, at_least: 0.5}", "'other.csv' is not there (in like 's')");
  refuses("{like: {file: texts.csv}, name: s, vote: card, at_least: 0.5}", "each text of the file has a class of its own; take vote out");
  refuses("{like: {file: texts.csv, texts: [b]}, name: s, at_least: 0.5}",
          "give a file of texts with their classes, or texts and examples");
  refuses("{like: {file: texts.csv, embedding: v}, name: s, at_least: 0.5}", "a text has no embedding");
  refuses("{like: {texts: [a]}, name: s, vote: card, classes: {C: card}, at_least: 0.5}", "is for the second column of a file of texts");
  refuses("{like: {file: texts.csv}, name: s}", "says not how like a row must be");
  EXPECT_NE(refusal_of("{like: {texts: [a]}, name: s, vote: cart, at_least: 0.5}").find("did you mean 'card'?"), std::string::npos);
}

}  // namespace
}  // namespace hone
