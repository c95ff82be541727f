#include "hone/flow/compare_predictions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/data/data_testing.h"
#include "hone/eval/comparison.h"

namespace hone {
namespace {

// Two files of predictions in a folder of their own.
class ComparePredictions : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view text) { return write_text(folder_ / name, text); }

  // Right on the items that `right` says, of a hundred whose known answer is x.
  std::filesystem::path answers(const std::string& name, const std::function<bool(int)>& right, int items = 100) {
    std::string text = "id,prediction,gold,part,prompt\n";
    for (int item = 0; item < items; ++item)
      text += "i" + std::to_string(item) + "," + (right(item) ? "x" : "y") + ",x,p" + std::to_string(item % 2) + ",q" +
              std::to_string(item / 4) + "\n";
    return file(name, text);
  }

  std::string refusal(const std::filesystem::path& a, const std::filesystem::path& b, const ComparePredictionsOptions& options = {}) {
    const auto error = error_of([&] { compare_predictions(a, b, options); });
    return error ? error->what() : "nothing was refused";
  }

  TestFolder folder_;
};

TEST_F(ComparePredictions, ComparesAccuracyOnSharedItems) {
  const auto a = answers("a.csv", [](int item) { return item < 85; }),
             b = answers("b.csv", [](int item) { return item < 70 || item >= 95; });
  const nlohmann::json result = compare_predictions(a, b);
  EXPECT_EQ(result.at("metric"), "accuracy");
  EXPECT_EQ(result.at("n"), 100);
  EXPECT_NEAR(result.at("difference"), 0.1, 1e-12);
  EXPECT_NEAR(result.at("p_value"), 0.041389, 0.02);
  EXPECT_EQ(result.at("test"), "mcnemar_mid_p");
  EXPECT_EQ(result.at("verdict"), "better");
  EXPECT_EQ(result.at("discordant"), (nlohmann::json{{"both", 70}, {"only_a", 15}, {"only_b", 5}, {"neither", 10}}));
  EXPECT_EQ(result.at("text"), "better by 10.0 points (1.3 to 19.2)");
  EXPECT_EQ(result.at("unit"), "item");
  EXPECT_TRUE(result.at("clusters").is_null());
}

TEST_F(ComparePredictions, ReadsKnownAnswersFromAFileOfTheirOwn) {
  const auto gold = file("gold.csv", "id,gold\n1,x\n2,y\n3,x\n");
  const auto a =
      file("a.jsonl", "{\"id\": 1, \"prediction\": \"x\"}\n{\"id\": 2, \"prediction\": \"y\"}\n{\"id\": 4, \"prediction\": \"y\"}\n");
  const auto b = file("b.csv", "id,prediction\n2,x\n1,x\n4,y\n5,x\n");
  const nlohmann::json result = compare_predictions(a, b, {.gold = gold});
  EXPECT_EQ(result.at("n"), 2);
  EXPECT_EQ(result.at("discordant").at("only_a"), 1);
  EXPECT_EQ(result.at("left_out").at("without_gold"), (nlohmann::json{{"count", 1}, {"first", {"4"}}}));
  EXPECT_EQ(result.at("left_out").at("only_in_b"), (nlohmann::json{{"count", 1}, {"first", {"5"}}}));
  EXPECT_EQ(result.at("verdict"), "too_few_items");
  EXPECT_EQ(result.at("more_items"), 28);
}

TEST_F(ComparePredictions, NeverDiffersFromItself) {
  const auto a = answers("a.csv", [](int item) { return item % 3 == 0; });
  const nlohmann::json result = compare_predictions(a, a);
  EXPECT_EQ(result.at("verdict"), "never_differ");
  EXPECT_EQ(result.at("p_value"), 1.0);
  EXPECT_GT(result.at("high"), 0.0);
}

TEST_F(ComparePredictions, TakesClustersForTheUnitAndSaysWhatTheyCost) {
  const auto a = answers("a.csv", [](int item) { return item / 4 % 2 == 0; }),
             b = answers("b.csv", [](int item) { return item / 4 % 5 == 0; });
  const nlohmann::json result = compare_predictions(a, b, {.cluster = "prompt"});
  EXPECT_EQ(result.at("unit"), "prompt");
  EXPECT_EQ(result.at("clusters"), 25);
  EXPECT_EQ(result.at("test"), "cluster_t");
  EXPECT_NEAR(result.at("clustering").at("effective_items"), 25.0, 1.0);
  EXPECT_NEAR(result.at("clustering").at("intracluster_correlation"), 1.0, 1e-9);
}

TEST_F(ComparePredictions, LooksAtSlicesOfFieldsAndConditions) {
  const auto a = answers("a.csv", [](int item) { return item % 2 == 0; }), b = answers("b.csv", [](int) { return false; });
  const nlohmann::json result = compare_predictions(
      a, b, {.slices = {"part", "{slice: early, where: {field: prompt, equals: [q0, q1]}}", "{where: {field: prompt, equals: zz}}"}});
  ASSERT_EQ(result.at("slices").size(), 4u);
  EXPECT_EQ(result.at("slices").at(0).at("slice"), "part=p0");
  EXPECT_EQ(result.at("slices").at(0).at("verdict"), "better");
  EXPECT_NEAR(result.at("slices").at(0).at("corrected_p").get<double>(), 2 * result.at("slices").at(0).at("p_value").get<double>(), 1e-12);
  EXPECT_EQ(result.at("slices").at(1).at("verdict"), "never_differ");
  EXPECT_EQ(result.at("slices").at(2).at("slice"), "early");
  EXPECT_EQ(result.at("slices").at(2).at("n"), 8);
  EXPECT_TRUE(result.at("slices").at(2).at("corrected_p").is_null());
  EXPECT_EQ(result.at("slices").at(3).at("text"), "no items");
  EXPECT_EQ(result.at("slices_corrected_for"), 2);
}

TEST_F(ComparePredictions, ComparesScoresAndOtherNumbers) {
  std::string a = "id,score,words\n", b = a;
  for (int item = 0; item < 50; ++item) {
    a += std::to_string(item) + "," + std::to_string(3 + item % 3) + "," + std::to_string(item) + "\n";
    b += std::to_string(item) + "," + std::to_string(2 + item % 2) + "," + std::to_string(item + 1 + item % 3) + "\n";
  }
  const auto file_a = file("a.csv", a), file_b = file("b.csv", b);
  const nlohmann::json result = compare_predictions(file_a, file_b, {.range = ScoreRange{1, 5}});
  EXPECT_EQ(result.at("metric"), "score");
  EXPECT_EQ(result.at("range"), (nlohmann::json{1.0, 5.0}));
  EXPECT_NEAR(result.at("points").at("size"), 0.04, 1e-12);
  EXPECT_EQ(result.at("verdict"), "better");
  EXPECT_EQ(compare_predictions(file_a, file_b, {.metric = "words"}).at("verdict"), "worse");
  const nlohmann::json losses = compare_predictions(file_a, file_b, {.metric = "words", .lower_is_better = true});
  EXPECT_EQ(losses.at("verdict"), "better");
  EXPECT_LT(losses.at("difference"), 0.0);
  EXPECT_TRUE(has(losses.at("warnings").at(0).get<std::string>(), "points are hundredths of the range of 'words' in these files"));
  EXPECT_TRUE(has(refusal(file_a, file_b, {.metric = "score", .range = ScoreRange{0, 1}}),
                  "has scores from 2.0 to 5.0, which lie outside --range"));
}

// Of one item: log loss -ln 0.5 and Brier score 0.25 + 0.25; of the other -ln 1e-12 and 2.
TEST_F(ComparePredictions, MeasuresProbabilitiesOfTheKnownClass) {
  const auto a = file("a.jsonl",
                      "{\"id\": 1, \"gold\": \"x\", \"probabilities\": {\"x\": 0.5, \"y\": 0.5}}\n"
                      "{\"id\": 2, \"gold\": \"y\", \"probabilities\": {\"x\": 1}}\n");
  const auto b = file("b.jsonl", "{\"id\": 1, \"probabilities\": {\"x\": 1, \"y\": 0}}\n{\"id\": 2, \"probabilities\": {\"y\": 1}}\n");
  const nlohmann::json loss = compare_predictions(a, b, {.metric = "log-loss"});
  EXPECT_NEAR(loss.at("a").at("value"), (std::log(2.0) + 12 * std::log(10.0)) / 2, 1e-6);
  EXPECT_NEAR(loss.at("b").at("value"), 0.0, 1e-12);
  EXPECT_EQ(loss.at("points").at("name"), "nats");
  EXPECT_TRUE(loss.at("lower_is_better"));
  EXPECT_TRUE(has(loss.at("warnings").at(0).get<std::string>(), "1 probability of the known class in 'a.jsonl' is below 1e-12"));
  EXPECT_NEAR(compare_predictions(a, b, {.metric = "brier"}).at("a").at("value"), 1.25, 1e-6);
}

TEST_F(ComparePredictions, RefusesProbabilitiesOfOtherClasses) {
  const auto a = file("a.jsonl", "{\"id\": 1, \"gold\": \"x\", \"probabilities\": {\"X\": 0.5, \"y\": 0.5}}\n");
  EXPECT_TRUE(has(refusal(a, a, {.metric = "log-loss"}),
                  "are of classes that do not include 'x', which is a known answer; there are: 'X' and 'y'"));
  const auto b = file("b.jsonl", "{\"id\": 1, \"gold\": \"x\", \"probabilities\": {\"x\": 0.5, \"odd\": 0.5}}\n");
  EXPECT_TRUE(has(compare_predictions(b, b, {.metric = "brier"}).at("warnings").at(0).get<std::string>(),
                  "of classes that are no item's known answer: 'odd'"));
}

TEST_F(ComparePredictions, ComparesMacroF1) {
  const auto rows = [&](const std::string& name, int right) {
    std::string text = "id,prediction,gold\n";
    for (int item = 0; item < 90; ++item) {
      const std::string gold(1, static_cast<char>('x' + item % 3)), other(1, static_cast<char>('x' + (item + 1) % 3));
      text += std::to_string(item) + "," + (item / 3 % 10 < right ? gold : other) + "," + gold + "\n";
    }
    return file(name, text);
  };
  const nlohmann::json result = compare_predictions(rows("a.csv", 9), rows("b.csv", 5), {.metric = "macro-f1"});
  EXPECT_NEAR(result.at("a").at("value"), 0.9, 1e-12);
  EXPECT_NEAR(result.at("difference"), 0.4, 1e-12);
  EXPECT_EQ(result.at("test"), "swap");
  EXPECT_EQ(result.at("verdict"), "better");
  EXPECT_TRUE(has(
      refusal(file("e.csv", "id,epoch,prediction,gold\n1,1,x,x\n1,2,y,x\n"), file("f.csv", "id,prediction\n1,x\n"), {.metric = "macro-f1"}),
      "macro-f1 needs one answer per item; '"));
}

TEST_F(ComparePredictions, NamesClassesThatAreTooRareForF1) {
  const auto a = file("a.csv", "id,prediction,gold\n1,x,x\n2,y,y\n");
  EXPECT_TRUE(has(compare_predictions(a, a, {.metric = "macro-f1"}).at("warnings").dump(),
                  "classes with fewer than 5 items, whose F1 hangs on single ones: 'x' and 'y'"));
}

TEST_F(ComparePredictions, ComparesAurocOfTwoClasses) {
  const auto rows = [&](const std::string& name, double shift, bool as_score) {
    std::string text = as_score ? "id,score,gold\n" : "id,probabilities.no,probabilities.yes,gold\n";
    for (int item = 0; item < 100; ++item) {
      const bool yes = item % 2 == 0;
      const double score = 0.01 * (item * 37 % 50) + (yes ? shift : 0.0);
      text += std::to_string(item) + "," + (as_score ? "" : std::to_string(1.0 - score) + ",") + std::to_string(score) + "," +
              (yes ? "yes" : "no") + "\n";
    }
    return file(name, text);
  };
  const auto a = rows("a.csv", 0.3, false), b = rows("b.csv", 0.05, true);
  const nlohmann::json result = compare_predictions(a, b, {.metric = "auroc"});
  EXPECT_EQ(result.at("test"), "jackknife_t");
  EXPECT_EQ(result.at("verdict"), "better");
  EXPECT_TRUE(has(result.at("warnings").dump(), "auroc is of the class 'yes'"));
  const nlohmann::json other = compare_predictions(a, a, {.metric = "auroc", .positive = "no"});
  EXPECT_NEAR(other.at("a").at("value").get<double>(), result.at("a").at("value").get<double>(), 1e-6);
  EXPECT_EQ(other.at("verdict"), "never_differ");
  EXPECT_TRUE(has(refusal(a, b, {.metric = "auroc", .positive = "yess"}), "no known answer is 'yess'; did you mean 'yes'?"));
}

TEST_F(ComparePredictions, HasNoAurocOfOneClassAndAsksWhichOfThree) {
  const auto one = file("a.csv", "id,score,gold\n1,0.5,x\n2,0.6,x\n"), three = file("b.csv", "id,score,gold\n1,0.5,x\n2,0.6,y\n3,0.5,z\n");
  const nlohmann::json result = compare_predictions(one, one, {.metric = "auroc"});
  EXPECT_EQ(result.at("verdict"), "not_defined");
  EXPECT_EQ(result.at("text"), "not defined: only one class occurs, 'x'");
  EXPECT_TRUE(has(refusal(three, three, {.metric = "auroc"}),
                  "the known answers are of 3; name the one that is told from all others with --positive: 'x', 'y' and 'z'"));
}

TEST_F(ComparePredictions, DecidesWithAMargin) {
  const auto a = answers(
                 "a.csv", [](int item) { return item != 7; }, 1000),
             b = answers(
                 "b.csv", [](int item) { return item != 9; }, 1000);
  const nlohmann::json result = compare_predictions(a, b, {.margin = 2});
  EXPECT_EQ(result.at("verdict"), "same_within_margin");
  EXPECT_EQ(result.at("text"), "the same within 2.0 points");
  EXPECT_EQ(result.at("not_worse").at("verdict"), "passes");
  EXPECT_EQ(compare_predictions(a, b, {.margin = 0.1}).at("not_worse").at("verdict"), "undecided");
}

TEST_F(ComparePredictions, HoldsOnlyWhereMissingAnswersCannotTurnIt) {
  const auto rows = [&](const std::string& name, const std::function<std::string(int)>& said) {
    std::string text = "id,prediction,gold\n";
    for (int item = 0; item < 100; ++item) text += std::to_string(item) + "," + said(item) + ",x\n";
    return file(name, text);
  };
  const auto a = rows("a.csv", [](int item) { return item < 60 ? "x" : item < 75 ? "" : "y"; });
  // Filled worst for A, 10 of 10 that differ are still A's; or 20 of 35.
  const auto b = rows("b.csv", [](int item) { return item < 50 ? "x" : "y"; });
  const auto c = rows("c.csv", [](int item) { return (item >= 10 && item < 50) || (item >= 60 && item < 75) ? "x" : "y"; });
  const nlohmann::json holds = compare_predictions(a, b), open = compare_predictions(a, c);
  EXPECT_EQ(holds.at("missing").at("a"), 15);
  EXPECT_EQ(holds.at("n"), 85);
  EXPECT_EQ(holds.at("verdict"), "better");
  EXPECT_EQ(open.at("verdict"), "not_decided");
  EXPECT_EQ(open.at("text"), "not decided: 15 scores are missing");
}

TEST_F(ComparePredictions, DoesNotCompareWhereKnownAnswersDiffer) {
  const auto a = file("a.csv", "id,prediction,gold\n1,x,x\n2,y,y\n"), b = file("b.csv", "id,prediction,gold\n1,x,x\n2,y,x\n");
  const nlohmann::json result = compare_predictions(a, b);
  EXPECT_EQ(result.at("verdict"), "not_comparable");
  EXPECT_TRUE(result.at("difference").is_null());
  EXPECT_EQ(result.at("text"),
            "not comparable: the known answers of the two files differ on 1 item: '2' is 'y' in A and 'x' in B (--gold FILE gives "
            "those that count)");
  EXPECT_EQ(compare_predictions(a, b, {.gold = a}).at("n"), 2);
}

TEST_F(ComparePredictions, ReadsLmEvalAndSeesOtherQuestions) {
  const auto row = [](int id, double acc, const std::string& hash) {
    return "{\"doc_id\": " + std::to_string(id) + ", \"doc\": {\"topic\": \"t" + std::to_string(id % 2) +
           "\"}, \"target\": \"1\", \"arguments\": {}, " +
           "\"resps\": [[\"1\"]], \"filtered_resps\": [\"1\"], \"filter\": \"none\", \"metrics\": [\"acc\", \"acc_norm\"], \"doc_hash\": "
           "\"" +
           hash + "\", \"acc\": " + std::to_string(acc) + ", \"acc_norm\": 0.0}\n";
  };
  std::string a, b, other;
  for (int id = 0; id < 40; ++id) {
    a += row(id, id < 30 ? 1.0 : 0.0, std::to_string(id));
    b += row(id, id < 15 ? 1.0 : 0.0, std::to_string(id));
    other += row(id, 1.0, std::to_string(id + 1));
  }
  const auto file_a = file("samples_a.jsonl", a), file_b = file("samples_b.jsonl", b);
  const nlohmann::json result = compare_predictions(file_a, file_b, {.slices = {"doc.topic"}});
  EXPECT_EQ(result.at("metric"), "acc");
  EXPECT_EQ(result.at("verdict"), "better");
  EXPECT_EQ(result.at("slices").at(1).at("slice"), "doc.topic=t1");
  EXPECT_TRUE(has(compare_predictions(file_a, file("other.jsonl", other)).at("text").get<std::string>(),
                  "asked other questions under the same ids, on 40"));
  EXPECT_TRUE(has(refusal(file_a, file_b, {.metric = "accuracy"}), "compare its scores with --metric: 'acc' and 'acc_norm'"));
}

TEST_F(ComparePredictions, ReadsLogsOfInspectWithTheMeanOverEpochs) {
  const auto log = [](double shift) {
    std::string samples;
    for (int sample = 0; sample < 40; ++sample)
      for (int epoch = 1; epoch <= 2; ++epoch)
        samples += (samples.empty() ? "" : ",") + std::string("{\"id\": ") + std::to_string(sample) +
                   ", \"epoch\": " + std::to_string(epoch) + ", \"target\": \"t\", \"scores\": {\"match\": {\"value\": \"" +
                   (sample * epoch % 10 < shift ? "C" : "I") + "\"}}}";
    return "{\"eval\": {}, \"samples\": [" + samples + "]}";
  };
  const nlohmann::json result = compare_predictions(file("a.json", log(6)), file("b.json", log(3)));
  EXPECT_EQ(result.at("metric"), "match");
  EXPECT_EQ(result.at("n"), 40);
  EXPECT_EQ(result.at("test"), "paired_t");
  EXPECT_EQ(result.at("verdict"), "better");
}

TEST_F(ComparePredictions, SaysWhatIsMissingAndWhatIsNear) {
  const auto a = file("a.csv", "id,prediction,score,text\n1,x,1,a b\n2,y,0,c\n"), b = file("b.csv", "id,prediction,score\n1,x,1\n2,y,0\n");
  const auto c = file("c.csv", "key,predicted\n1,x\n"), d = file("d.csv", "id,answer\n1,x\n");
  EXPECT_TRUE(has(refusal(a, c), "c.csv' has no field 'id'"));
  EXPECT_TRUE(has(refusal(a, b, {.metric = "acuracy"}), "no metric 'acuracy'; did you mean 'accuracy'?"));
  EXPECT_TRUE(has(refusal(a, b, {.metric = "scor"}), "no metric 'scor'; did you mean 'score'?"));
  EXPECT_TRUE(has(refusal(a, b, {.metric = "accuracy"}), "accuracy needs known answers: give --gold FILE"));
  EXPECT_TRUE(has(refusal(a, b, {.metric = "text"}), "b.csv' has no field 'text'"));
  EXPECT_TRUE(has(refusal(a, b, {.cluster = "prompt"}), "no file has a field 'prompt'; there are: 'id'"));
  EXPECT_TRUE(has(refusal(a, b, {.slices = {"txet"}}), "no file has a field 'txet'; did you mean 'text'?"));
  EXPECT_TRUE(has(refusal(a, b, {.slices = {"{where: {field: nowhere, above: 1}}"}}), "no file has a field 'nowhere'"));
  EXPECT_TRUE(has(refusal(a, b, {.slices = {"{wher: 1}"}}), "--slice:1:8: unknown key 'wher'; did you mean 'where'?"));
  EXPECT_TRUE(has(refusal(a, b, {.metric = "log-loss", .gold_field = "prediction"}), "a.csv' has no field 'probabilities'"));
  EXPECT_TRUE(
      has(refusal(d, d), "d.csv' has no field 'prediction'; there are: 'id' and 'answer' (--prediction names another), and no score"));
  EXPECT_TRUE(has(refusal(a, folder_ / "none.csv"), "no file '"));
}

TEST_F(ComparePredictions, RefusesFilesThatHaveNothingInCommon) {
  const auto a = file("a.csv", "id,score\na1,1\n"), b = file("b.csv", "id,score\nb1,1\n"), gold = file("gold.csv", "id,gold\ng1,x\n");
  EXPECT_TRUE(has(refusal(a, b), "share no id; ids are compared as they are written: 'a1' is the first of one, 'b1' of the other"));
  const auto c = file("c.csv", "id,prediction\na1,x\n");
  EXPECT_TRUE(has(refusal(c, c, {.gold = gold}), "no item that both files have, such as 'a1', has a known answer in '"));
  const auto e = file("e.csv", "id,prediction,gold\na1,x,\n");
  EXPECT_TRUE(has(refusal(e, e), "has a known answer in the files"));
}

TEST_F(ComparePredictions, RefusesMarginsAndRangesThatMakeNoSense) {
  const auto a = answers("a.csv", [](int) { return true; });
  for (const double margin : {-1.0, 0.0, std::nan(""), 101.0, std::numeric_limits<double>::infinity()})
    EXPECT_TRUE(has(refusal(a, a, {.margin = margin}),
                    "--margin is a number of points (hundredths of the score's range; of log-loss nats) above 0"));
  EXPECT_TRUE(has(refusal(a, a, {.range = ScoreRange{5, 1}}), "--range is LOW:HIGH"));
  EXPECT_TRUE(has(refusal(a, a, {.least_items = 0}), "--least-items must be at least 1"));
}

TEST_F(ComparePredictions, WarnsOfOneClassAndOfItemsWithoutCluster) {
  const auto a = file("a.csv", "id,prediction,gold,prompt\n1,x,x,p\n2,x,x,\n");
  const nlohmann::json result = compare_predictions(a, a, {.cluster = "prompt"});
  EXPECT_TRUE(has(result.at("warnings").dump(), "1 item has no 'prompt' and stands alone"));
  EXPECT_TRUE(has(result.at("warnings").dump(), "all known answers are 'x'"));
}

TEST_F(ComparePredictions, SaysWhichItemsOnlyOneFileHas) {
  const auto a = file("a.csv", "id,prediction,gold\na1,x,x\nboth,x,x\na2,y,x\n"), b = file("b.csv", "id,prediction\nb1,x\nboth,y\n");
  const nlohmann::json result = compare_predictions(a, b);
  EXPECT_EQ(result.at("n"), 1);
  EXPECT_EQ(result.at("left_out").at("only_in_a"), (nlohmann::json{{"count", 2}, {"first", {"a1", "a2"}}}));
  EXPECT_EQ(result.at("left_out").at("only_in_b"), (nlohmann::json{{"count", 1}, {"first", {"b1"}}}));
}

TEST_F(ComparePredictions, HasNoVerdictWhereAllItemsAreOfOneCluster) {
  std::string text = "id,prediction,gold,document\n";
  for (int item = 0; item < 60; ++item) text += std::to_string(item) + "," + (item % 3 == 0 ? "x" : "y") + ",x,the one\n";
  const auto b = file("b.csv", text);
  std::string better = text;
  for (std::size_t place = 0; (place = better.find(",y,", place)) != std::string::npos;) better.replace(place, 3, ",x,");
  const nlohmann::json result = compare_predictions(file("a.csv", better), b, {.cluster = "document"});
  EXPECT_EQ(result.at("clusters"), 1);
  EXPECT_EQ(result.at("verdict"), "too_few_clusters");
  EXPECT_TRUE(result.at("low").is_null());
  EXPECT_TRUE(result.at("p_value").is_null());
  EXPECT_TRUE(has(result.at("text").get<std::string>(), "too few clusters: 1 of 10 needed"));
}

TEST_F(ComparePredictions, HasNoIntervalWhereAllScoresDifferAlike) {
  const auto scores = [&](const std::string& name, const std::string& score) {
    std::string text = "id,score\n";
    for (int item = 0; item < 60; ++item) text += std::to_string(item) + "," + score + "\n";
    return file(name, text);
  };
  const nlohmann::json result = compare_predictions(scores("a.csv", "3"), scores("b.csv", "2"), {.range = ScoreRange{1, 5}});
  EXPECT_EQ(result.at("verdict"), "not_defined");
  EXPECT_EQ(result.at("difference"), 1.0);
  EXPECT_TRUE(result.at("low").is_null());
  EXPECT_TRUE(result.at("smallest_detectable").is_null());
}

TEST_F(ComparePredictions, TakesOneScoreForAllItemsForAnAurocOfOneHalf) {
  std::string ties = "id,score,gold\n", told = ties;
  for (int item = 0; item < 60; ++item) {
    const std::string gold = item % 2 == 0 ? "no" : "yes";
    ties += std::to_string(item) + ",0.5," + gold + "\n";
    told += std::to_string(item) + "," + (item % 10 < 7 ? std::to_string(item % 2) : "0.5") + "," + gold + "\n";
  }
  const auto a = file("a.csv", ties), b = file("b.csv", told);
  EXPECT_EQ(compare_predictions(a, a, {.metric = "auroc"}).at("verdict"), "never_differ");
  const nlohmann::json result = compare_predictions(a, b, {.metric = "auroc"});
  EXPECT_EQ(result.at("a").at("value"), 0.5);
  EXPECT_EQ(result.at("verdict"), "worse");
}

TEST_F(ComparePredictions, GivesTheSameWithAnyNumberOfThreads) {
  const auto a = answers("a.csv", [](int item) { return item % 3 == 0; }), b = answers("b.csv", [](int item) { return item % 4 == 0; });
  const auto result = [&](int threads) {
    return compare_predictions(a, b, {.cluster = "prompt", .slices = {"part"}, .threads = threads}).dump();
  };
  EXPECT_EQ(result(1), result(8));
}

// Labels of two classes, of which the first is right on every item.
SoftLabels labels_right_on(const std::function<bool(int)>& right, int items) {
  SoftLabels labels(2);
  labels.add_pattern(std::vector<double>{1.0, 0.0}, 0);
  labels.add_pattern(std::vector<double>{0.0, 1.0}, 1);
  std::vector<std::uint32_t> patterns;
  for (int item = 0; item < items; ++item) patterns.push_back(right(item) ? 0 : 1);
  labels.set_examples(patterns);
  return labels;
}

// A report's comparison and `hone compare` ask one test and give one verdict, in the same words.
TEST_F(ComparePredictions, SaysWhatAReportSaysOfTheSameData) {
  using Right = std::function<bool(int)>;
  const std::vector<std::pair<Right, Right>> pairs{
      {[](int item) { return item < 85; }, [](int item) { return item < 70 || item >= 95; }},
      {[](int item) { return item % 7 != 0; }, [](int item) { return item % 5 != 0; }},
      {[](int item) { return item < 30; }, [](int item) { return item < 30; }},
      {[](int) { return true; }, [](int) { return false; }},
  };
  for (const int items : {20, 100})
    for (const auto& [a_right, b_right] : pairs)
      for (const bool clustered : {false, true}) {
        const nlohmann::json said =
            compare_predictions(answers("a.csv", a_right, items), answers("b.csv", b_right, items), {.cluster = clustered ? "prompt" : ""});
        const SoftLabels a = labels_right_on(a_right, items), b = labels_right_on(b_right, items);
        std::vector<std::uint32_t> rows, groups;
        for (int item = 0; item < items; ++item) {
          rows.push_back(static_cast<std::uint32_t>(item));
          if (clustered) groups.push_back(static_cast<std::uint32_t>(item / 4));
        }
        const nlohmann::json shown = compare({"a", a}, {"b", b}, std::vector<ClassId>(rows.size(), 0), groups, rows, "test");
        for (const char* key : {"n", "verdict", "text", "difference", "low", "high"}) EXPECT_EQ(shown.at(key), said.at(key)) << key << said;
        EXPECT_EQ(shown.at("p"), said.at("p_value"));
      }
}

}  // namespace
}  // namespace hone
