#include "hone/flow/prediction_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/config.h"
#include "hone/core/error.h"
#include "hone/data/data_testing.h"

namespace hone {
namespace {

using Names = std::vector<std::string>;

// A file of predictions, written into a folder of its own.
class PredictionFile : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view text) { return write_text(folder_ / name, text); }

  PredictionTable read(const std::filesystem::path& path, const PredictionRequest& request) {
    return read_predictions(look_at_predictions(path), request);
  }

  std::string refusal(const std::filesystem::path& path, const PredictionRequest& request) {
    const auto error = error_of([&] { read(path, request); });
    return error ? error->what() : "nothing was refused";
  }

  TestFolder folder_;
};

Names names_of(const NameColumn& column) {
  Names names;
  for (const std::uint32_t name : column.of) names.emplace_back(name == kNoName ? "–" : column.names.name(name));
  return names;
}

Names ids_of(const PredictionTable& table) {
  Names names;
  for (std::uint32_t item = 0; item < table.ids.size(); ++item) names.emplace_back(table.ids.name(item));
  return names;
}

const PredictionRequest kAll{.id = "id", .prediction = "prediction", .gold = "gold", .score = "score", .cluster = "prompt"};

TEST_F(PredictionFile, ReadsTheSameOfEveryFormat) {
  const std::string csv = "id,prediction,gold,score,prompt\nx,1.0,1,0.5,p\ny, card ,card,,q\nz,,loan,1,\n";
  const std::string jsonl =
      "{\"id\": \"x\", \"prediction\": 1.0, \"gold\": 1, \"score\": 0.5, \"prompt\": \"p\"}\n"
      "{\"id\": \"y\", \"prediction\": \"card\", \"gold\": \"card\", \"prompt\": \"q\"}\n{\"id\": \"z\", \"gold\": \"loan\", \"score\": "
      "true}\n";
  for (const auto& path : {file("a.csv", csv), file("a.jsonl", jsonl)}) {
    const PredictionTable table = read(path, kAll);
    EXPECT_TRUE(are(ids_of(table), {"x", "y", "z"})) << path;
    EXPECT_TRUE(are(names_of(table.prediction), {"1", "card", "–"}));
    EXPECT_TRUE(are(names_of(table.gold), {"1", "card", "loan"}));
    EXPECT_TRUE(are(names_of(table.cluster), {"p", "q", "–"}));
    EXPECT_EQ(table.score[0], 0.5);
    EXPECT_TRUE(std::isnan(table.score[1]));
    EXPECT_EQ(table.score[2], 1.0);
    EXPECT_TRUE(table.item_of.empty());
  }
}

TEST_F(PredictionFile, ReadsAListOfClassesInWhateverOrderItIsWritten) {
  const auto jsonl = file("a.jsonl",
                          "{\"id\": 1, \"prediction\": [\"fee\", \"card\"], \"gold\": [\"card\", \"fee\"]}\n"
                          "{\"id\": 2, \"prediction\": [], \"gold\": [\"card\"]}\n{\"id\": 3, \"prediction\": \"[card\"}\n");
  const auto csv = file(
      "a.csv", "id,prediction,gold\n1,\"[\"\"fee\"\", \"\"card\"\"]\",\"[\"\"card\"\",\"\"fee\"\"]\"\n2,[],\"[\"\"card\"\"]\"\n3,[card,\n");
  for (const auto& path : {jsonl, csv}) {
    const PredictionTable table = read(path, kAll);
    EXPECT_TRUE(are(names_of(table.prediction), {R"(["card","fee"])", "[]", "[card"})) << path;
    EXPECT_TRUE(are(names_of(table.gold), {R"(["card","fee"])", R"(["card"])", "–"})) << path;
  }
}

TEST_F(PredictionFile, KnowsWhoWroteIt) {
  const auto lm_eval = look_at_predictions(
      file("samples_t.jsonl",
           "{\"doc_id\": 0, \"doc\": {\"topic\": \"a\"}, \"target\": \"x\", \"resps\": [[\"x\"]], \"filtered_resps\": [\"x\"], "
           "\"filter\": \"none\", \"metrics\": [\"ppl\", \"acc\", \"acc_norm\"], \"ppl\": [1, 2], \"acc\": 1.0, \"acc_norm\": 0.0}\n"));
  EXPECT_EQ(lm_eval.kind, PredictionKind::kLmEval);
  EXPECT_TRUE(are(lm_eval.scores, {"acc", "acc_norm"}));
  const auto inspect = look_at_predictions(file(
      "log.json",
      "{\"eval\": {}, \"samples\": [{\"id\": 1, \"epoch\": 1, \"scores\": {\"match\": {\"value\": \"C\"}}, \"metadata\": {\"n\": 3}}]}"));
  EXPECT_EQ(inspect.kind, PredictionKind::kInspect);
  EXPECT_TRUE(are(inspect.scores, {"match"}));
  const auto table = look_at_predictions(file("a.csv", "id,prediction,s,t\n1,x,0.5,n\n2,y,NaN,m\n"));
  EXPECT_EQ(table.kind, PredictionKind::kTable);
  EXPECT_TRUE(are(table.numbers, {"id", "s"}));
}

TEST_F(PredictionFile, ReadsAKeyOfNestedObjects) {
  const auto path = file("samples_t.jsonl",
                         "{\"doc_id\": 0, \"doc\": {\"topic\": \"a\"}, \"target\": \"x\", \"resps\": []}\n"
                         "{\"doc_id\": 1, \"doc\": \"no object\", \"target\": \"x\", \"resps\": []}\n");
  const PredictionTable table = read(path, {.id = "doc_id", .cluster = "doc.topic"});
  EXPECT_TRUE(are(names_of(table.cluster), {"a", "–"}));
}

TEST_F(PredictionFile, ReadsOneFilterOfLmEval) {
  const auto row = [](int id, const std::string& filter, int acc) {
    return "{\"doc_id\": " + std::to_string(id) + ", \"target\": \"x\", \"resps\": [], \"filter\": \"" + filter +
           "\", \"metrics\": [\"acc\"], \"acc\": " + std::to_string(acc) + "}\n";
  };
  const auto path = file("samples_t.jsonl", row(0, "strict", 0) + row(1, "strict", 0) + row(0, "flexible", 1) + row(1, "flexible", 1));
  EXPECT_TRUE(
      has(refusal(path, {.id = "doc_id", .score = "acc"}), "for each of the filters 'strict' and 'flexible'; choose one with --filter"));
  const PredictionTable table = read(path, {.id = "doc_id", .score = "acc", .filter = "flexible"});
  EXPECT_TRUE(are(table.score, {1.0, 1.0}));
  EXPECT_TRUE(has(refusal(path, {.id = "doc_id", .score = "acc", .filter = "flexibel"}), "no filter 'flexibel'; did you mean 'flexible'?"));
}

TEST_F(PredictionFile, RefusesAnIdThatStandsThereTwiceWithBothLines) {
  EXPECT_TRUE(
      has(refusal(file("a.csv", "id,score\nx,1\ny,1\nx,0\n"), kAll), "a.csv':4: the id 'x' stands there a second time (first in line 2)"));
}

TEST_F(PredictionFile, TakesSeveralAnswersOfAnItemByEpoch) {
  const PredictionTable table = read(file("a.csv", "id,epoch,score\nx,1,1\ny,1,0\nx,2,0\ny,2,0\n"), kAll);
  EXPECT_TRUE(are(ids_of(table), {"x", "y"}));
  EXPECT_TRUE(are(table.item_of, {0, 1, 0, 1}));
  EXPECT_TRUE(are(table.score, {1, 0, 0, 0}));
  EXPECT_TRUE(
      has(refusal(file("b.csv", "id,epoch,score\nx,1,1\nx,1,0\n"), kAll), "b.csv':3: the id 'x' stands there a second time in epoch '1'"));
}

TEST_F(PredictionFile, TakesScoresThatAreNotFiniteForMissingAndCountsThem) {
  const PredictionTable table = read(file("a.jsonl",
                                          "{\"id\": 1, \"score\": NaN}\n{\"id\": 2, \"score\": -Infinity}\n{\"id\": 3, \"score\": null}\n"
                                          "{\"id\": 4, \"score\": \"inf\"}\n{\"id\": 5, \"score\": 1}\n"),
                                     kAll);
  EXPECT_EQ(table.not_finite, 3u);
  EXPECT_EQ(table.not_finite_line, 1u);
  EXPECT_TRUE(std::isnan(table.score[2]));
  EXPECT_EQ(table.score[4], 1.0);
}

TEST_F(PredictionFile, RefusesScoresThatAreNoNumbersWithTheirLine) {
  EXPECT_TRUE(has(refusal(file("a.csv", "id,score\nx,1\ny,high\n"), kAll), "a.csv':3: 'high' in 'score' is not a number"));
  EXPECT_TRUE(has(refusal(file("b.csv", "id,score\nx,1e200\n"), kAll), "b.csv':2: the score in 'score' is beyond 1e100"));
}

TEST_F(PredictionFile, ReadsProbabilitiesAsObjectsAndAsColumns) {
  const PredictionRequest request{.id = "id", .probabilities = "probabilities"};
  const auto jsonl = file("a.jsonl", "{\"id\": 1, \"probabilities\": {\"x\": 0.25, \"y\": 0.75}}\n{\"id\": 2}\n");
  const auto csv = file("a.csv", "id,probabilities.x,probabilities.y\n1,0.25,0.75\n2,,\n");
  const auto text = file("b.csv", "id,probabilities\n1,\"{\"\"x\"\": 0.25, \"\"y\"\": 0.75}\"\n2,\n");
  for (const auto& path : {jsonl, csv, text}) {
    const PredictionTable table = read(path, request);
    EXPECT_TRUE(are(table.probabilities.begins, {0, 2, 2})) << path;
    EXPECT_TRUE(are(table.probabilities.shares, {0.25f, 0.75f}));
    EXPECT_EQ(table.probabilities.names.name(1), "y");
  }
}

TEST_F(PredictionFile, RefusesProbabilitiesThatAreNoneWithTheirLine) {
  const PredictionRequest request{.id = "id", .probabilities = "probabilities"};
  const auto said = [&](const std::string& value) {
    return refusal(file("a.jsonl", "{\"id\": 1, \"probabilities\": " + value + "}\n"), request);
  };
  EXPECT_TRUE(has(said("{\"x\": 0.8, \"y\": 0.5}"), "a.jsonl':1: the probabilities sum to 1.3, not to 1"));
  EXPECT_TRUE(has(said("{\"x\": 1.5}"), "a.jsonl':1: the probability '1.5' of 'x' is no number from 0 to 1"));
  EXPECT_TRUE(has(said("{\"x\": NaN}"), "the probability 'NaN' of 'x' is no number from 0 to 1"));
  EXPECT_TRUE(has(said("[0.5, 0.5]"), "'probabilities' is not an object of classes with their probabilities"));
  EXPECT_TRUE(has(said("{\"x\": 0.333, \"y\": 0.333, \"z\": 0.333}"), "nothing was refused"));
}

TEST_F(PredictionFile, RefusesAFieldWithTooManyValuesAsSlicesBeforeReadingAllOfIt) {
  std::string text = "id,kind\n";
  for (int row = 0; row < 20'000; ++row) text += std::to_string(row) + ",k" + std::to_string(row) + "\n";
  EXPECT_TRUE(has(refusal(file("a.csv", text), {.id = "id", .slices = {"kind"}}), "'kind' has more than 1,000 different values in"));
}

TEST_F(PredictionFile, EvaluatesConditionsOnItsFields) {
  const Condition condition = parse_condition(ConfigNode::parse_yaml("{where: {field: words, above: 10}}", "x"));
  const auto path = file("a.csv", "id,words\nx,4\ny,40\nz,many\n");
  const PredictionTable table = read(path, {.id = "id", .conditions = {&condition}});
  EXPECT_TRUE(are(table.holding[0], {1}));
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_TRUE(has(table.notes[0], "1 item is in no slice of a condition that cannot read a value there"));
  EXPECT_TRUE(has(table.notes[0], "a.csv':4: "));
}

TEST_F(PredictionFile, SaysWhatIsWrongWithAFile) {
  const auto said = [&](const std::filesystem::path& path) { return refusal(path, kAll); };
  EXPECT_TRUE(has(said(folder_ / "none.csv"), "no file '"));
  EXPECT_TRUE(has(said(file("a.xlsx", "x")), "cannot tell the format of 'a.xlsx'"));
  EXPECT_TRUE(has(said(file("a.eval", "PK")), "is a packed log of inspect_ai; write it as JSON first"));
  EXPECT_TRUE(has(said(file("a.csv", "")), "has no rows; a file of predictions has a row for each item"));
  EXPECT_TRUE(has(said(file("b.csv", "id,score\n")), "has no rows"));
  EXPECT_TRUE(has(said(file("c.jsonl", "{\"id\": \n")), "has no row that could be used; the first, in line 1: a value is missing"));
  EXPECT_TRUE(has(said(file("d.jsonl", "{\"id\": 1, \"score\": 1}\n{\"id\": 2, \"score\": 1\n")), "1 row of '"));
  EXPECT_TRUE(has(said(file("d.jsonl", "{\"id\": 1, \"score\": 1}\n{\"id\": 2, \"score\": 1\n")), "d.jsonl:2: '}' is missing"));
  EXPECT_TRUE(has(said(file("e.jsonl", "{\"id\": 1}\n{\"id\": \"\xFF\"}\n")), "e.jsonl:2: the line is not valid UTF-8"));
  EXPECT_TRUE(has(said(file("f.jsonl", "{\"id\": 1}\n{\"id\": \"" + std::string(17 << 20, 'x') + "\"}\n")),
                  "f.jsonl:2: the line is longer than 16 MiB"));
  EXPECT_TRUE(has(said(file("g.csv", "id,score\n,1\n")), "g.csv:2: no id"));
}

TEST_F(PredictionFile, RepairsInvalidUtf8OfCsvAndSaysSo) {
  const PredictionTable table = read(file("a.csv", "id,prediction\nx,caf\xE9\n"), kAll);
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_TRUE(has(table.notes[0], "1 field of 'a.csv' had invalid UTF-8"));
}

TEST_F(PredictionFile, FindsAFieldThatComesLate) {
  std::string text;
  for (int row = 0; row < 2000; ++row) text += "{\"id\": " + std::to_string(row) + "}\n";
  PredictionLayout layout = look_at_predictions(file("a.jsonl", text + "{\"id\": \"last\", \"late\": 1}\n"));
  EXPECT_TRUE(has_field(layout, "late"));
  EXPECT_FALSE(has_field(layout, "never"));
  EXPECT_TRUE(has(missing_field(layout, "lat", "--id"), "has no field 'lat'; did you mean 'late'? (--id names another)"));
}

}  // namespace
}  // namespace hone
