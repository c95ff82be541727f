#include <gtest/gtest.h>

#include "hone/core/json.h"
#include "hone/flow/advice_internal.h"

namespace hone {
namespace {

using nlohmann::json;

json measured(double value, double low, double high, int n) { return {{"value", value}, {"low", low}, {"high", high}, {"n", n}}; }

// A report with only what advice reads: a label model that is right on 70 % of 400 test rows, all rows covered.
json sound_report() {
  const json accuracy = measured(0.7, 0.65, 0.74, 400);
  const json metrics = {{"accuracy", accuracy}, {"ece", {{"value", 0.02}, {"low", nullptr}, {"high", nullptr}, {"n", 400}}}};
  const json splits = {{"train", nullptr}, {"valid", metrics}, {"test", metrics}};
  return {
      {"task", {{"kind", "classification"}}},
      {"data",
       {{"rows", 1000},
        {"splits", {{"train", 500}, {"valid", 100}, {"test", 400}}},
        {"gold", {{"train", 0}, {"valid", 100}, {"test", 400}}},
        {"bad_rows", 0},
        {"empty_texts", 0}}},
      {"votes", {{"covered", 1000}}},
      {"label_model",
       {{"warnings", json::array()}, {"class_shares", "votes"}, {"against_majority", {{"recommend", "keep"}, {"text", "It is better."}}}}},
      {"evaluation", {{"model", nullptr}, {"label_model", splits}, {"worst_confusions", json::array()}, {"comparisons", json::array()}}},
      {"slices", json::array()},
      {"sources", json::array()}};
}

json no_unknown_gold() { return {{"unknown_values", 0}, {"first_unknown", json::array()}}; }

json slice(const std::string& name, const json& accuracy, const std::string& note = "") {
  return {{"slice", name}, {"model", nullptr}, {"label_model", {{"accuracy", accuracy}}}, {"note", note}};
}

TEST(Advice, HasNothingToSayOfASoundReport) {
  const json summary = summary_json(sound_report(), no_unknown_gold());
  EXPECT_EQ(summary.at("headline"), "The label model is right on 70.0 % of the test rows.");
  EXPECT_TRUE(summary.at("next_steps").empty()) << summary.dump();
  EXPECT_TRUE(summary.at("warnings").empty());
}

json comparison(const char* b, const char* verdict, const char* text, const char* split = "test") {
  return {{"a", "label model"}, {"b", b}, {"split", split}, {"verdict", verdict}, {"text", text}};
}

TEST(Advice, SaysInASentenceHowTheResultStandsToTheOthers) {
  json report = sound_report();
  EXPECT_EQ(summary_json(report, no_unknown_gold()).at("verdict"), "") << "nothing was compared";
  report["evaluation"]["comparisons"] = {comparison("best source", "better", "better by 4.0 points (1.0 to 7.0)"),
                                         comparison("old model", "no_difference_detectable", "no difference detectable: …"),
                                         comparison("best source", "worse", "of another split", "valid")};
  EXPECT_EQ(summary_json(report, no_unknown_gold()).at("verdict"),
            "It is better by 4.0 points (1.0 to 7.0) than the best source, and not detectably different from the old model.");
}

TEST(Advice, SaysWhetherTheResultCanBeTrustedAndWhy) {
  json report = sound_report();
  const auto trust = [&] { return summary_json(report, no_unknown_gold()).at("trust"); };
  EXPECT_EQ(trust().at("level"), "good");
  EXPECT_EQ(trust().at("reasons").at(0), "400 test rows with gold, from which nothing was learned");
  EXPECT_EQ(trust().at("reasons").at(1), "its 95 % interval reaches about 4.5 points to either side");
  report["data"]["bad_rows"] = 1;
  EXPECT_EQ(trust().at("level"), "fair") << "something was warned of";
  EXPECT_EQ(trust().at("reasons").at(2), "1 warning");
  report["data"]["bad_rows"] = 0;
  json& test = report["evaluation"]["label_model"]["test"];
  test["accuracy"] = measured(0.7, 0.55, 0.84, 40);
  EXPECT_EQ(trust().at("level"), "low") << "14 points either way decide nothing";
  test["accuracy"] = measured(0.7, 0.62, 0.77, 140);
  EXPECT_EQ(trust().at("level"), "fair");
  test = nullptr;
  EXPECT_EQ(trust().at("level"), "low") << "valid rows were seen";
  report["evaluation"]["label_model"] = nullptr;
  EXPECT_EQ(trust().at("level"), "none");
}

TEST(Advice, NamesTheWeakestSliceAmongThoseWithRowsEnough) {
  json report = sound_report();
  EXPECT_TRUE(summary_json(report, no_unknown_gold()).at("weakest_slice").is_null());
  report["slices"] = {slice("short", measured(0.6, 0.5, 0.7, 80)), slice("angry", measured(0.5, 0.4, 0.6, 60)),
                      slice("tiny", measured(0.1, 0.0, 0.4, 9), "too few rows with gold: 9 of 30 needed")};
  EXPECT_EQ(summary_json(report, no_unknown_gold()).at("weakest_slice").at("slice"), "angry");
}

TEST(Advice, AsksForGoldFirstWhereThereIsNone) {
  json report = sound_report();
  report["evaluation"]["label_model"] = nullptr;
  report["data"]["gold"] = {{"train", 0}, {"valid", 0}, {"test", 0}};
  const json summary = summary_json(report, no_unknown_gold());
  EXPECT_TRUE(summary.at("result").is_null());
  EXPECT_NE(summary.at("headline").get<std::string>().find("no gold"), std::string::npos);
  EXPECT_NE(summary.at("next_steps").at(0).at("title").get<std::string>().find("known classes"), std::string::npos);
}

TEST(Advice, SaysThatSourcesFitTheValidSplitBetter) {
  json report = sound_report();
  report["evaluation"]["label_model"]["valid"]["accuracy"] = measured(0.9, 0.85, 0.94, 200);
  const json steps = summary_json(report, no_unknown_gold()).at("next_steps");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.at(0).at("title"), "Write broader sources, from train rows");
}

TEST(Advice, NamesTheSliceThatLiesBelowTheWhole) {
  json report = sound_report();
  report["slices"] = {slice("weak", measured(0.4, 0.3, 0.5, 90)), slice("weaker but tiny", measured(0.1, 0.0, 0.2, 8), "too few rows"),
                      slice("fine", measured(0.68, 0.6, 0.76, 150))};
  EXPECT_EQ(summary_json(report, no_unknown_gold()).at("next_steps").at(0).at("title"), "Work on the slice 'weak'");
}

TEST(Advice, NamesAPoorSourceOnlyWithEnoughVotes) {
  json report = sound_report();
  const auto source = [](const char* name, double precision, int n) {
    return json{{"name", name}, {"coverage", {{"value", 0.1}}}, {"precision", measured(precision, 0.0, 1.0, n)}, {"failed_rows", 0}};
  };
  report["sources"] = {source("few", 0.1, 4), source("poor", 0.3, 40), source("good", 0.9, 40)};
  const json steps = summary_json(report, no_unknown_gold()).at("next_steps");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.at(0).at("title"), "Mend or drop the source 'poor'");
}

TEST(Advice, WarnsOfAnEmptySplit) {
  json report = sound_report();
  report["data"]["splits"]["valid"] = 0;
  EXPECT_NE(summary_json(report, no_unknown_gold()).at("warnings").at(0).get<std::string>().find("the valid split"), std::string::npos);
}

TEST(Advice, WarnsOfGoldThatIsNoClass) {
  const json summary = summary_json(sound_report(), {{"unknown_values", 3}, {"first_unknown", {"carrd"}}});
  EXPECT_NE(summary.at("warnings").at(0).get<std::string>().find("'carrd'"), std::string::npos);
}

TEST(Advice, AsksForTheClassSharesFirstWhereTheyWereAssumed) {
  json report = sound_report();
  report["votes"]["covered"] = 100;
  report["label_model"]["class_shares"] = "assumed";
  const json steps = summary_json(report, no_unknown_gold()).at("next_steps");
  ASSERT_GE(steps.size(), 2u);
  EXPECT_NE(steps.at(0).at("title").get<std::string>().find("task.class_balance"), std::string::npos) << steps.dump();
  EXPECT_EQ(steps.at(0).at("about").at("kind"), "label-model");
}

TEST(Advice, RecommendsMajorityVoteWhereItIsBetter) {
  json report = sound_report();
  report["label_model"]["against_majority"] = {{"recommend", "majority"}, {"text", "The label model is worse by 3.0 points (1.0 to 5.0)."}};
  const json steps = summary_json(report, no_unknown_gold()).at("next_steps");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.at(0).at("title"), "Use majority vote: label_model: majority");
  EXPECT_EQ(steps.at(0).at("why"), "The label model is worse by 3.0 points (1.0 to 5.0).");
}

json discovered(const char* name, const json& known_as, const json& p) {
  return {{"slice", name},
          {"what", "“top up”"},
          {"definition", "- {slice: top_up, any: [\"top up\"]}"},
          {"known_as", known_as},
          {"error_rate", measured(0.4, 0.3, 0.51, 80)},
          {"rest_error_rate", measured(0.1, 0.08, 0.13, 420)},
          {"p", p},
          {"note", p.is_null() ? "too few rows" : ""}};
}

TEST(Advice, SaysWhatToDoWithADiscoveredSlice) {
  json report = sound_report();
  report["evaluation"]["discovered_slices"] = {
      {"system", "label_model"}, {"slices", {discovered("without_verdict", nullptr, nullptr), discovered("top_up", nullptr, 0.001)}}};
  const json steps = summary_json(report, no_unknown_gold()).at("next_steps");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.at(0).at("title"), "Make “top up” a slice, and work on it");
  EXPECT_EQ(steps.at(0).at("why"),
            "the label model is wrong on 40.0 % (30.0 % to 51.0 %, n = 80) of its valid rows, on 10.0 % (8.0 % to 13.0 %, n = 420) of the "
            "others: put `- {slice: top_up, any: [\"top up\"]}` under slices in hone.yaml, write a source for it and try it there by `hone "
            "lf - --slice top_up`");
  EXPECT_EQ(steps.at(0).at("about").at("kind"), "discovered-slice");
}

TEST(Advice, SaysOnceWhatToDoWithADiscoveredSliceThatIsKnown) {
  json report = sound_report();
  report["evaluation"]["discovered_slices"] = {{"system", "model"}, {"slices", {discovered("top_up", "top ups", 0.001)}}};
  const json steps = summary_json(report, no_unknown_gold()).at("next_steps");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.at(0).at("title"), "Work on the slice 'top ups' (“top up”)");
  EXPECT_TRUE(steps.at(0).at("why").get<std::string>().ends_with("by `hone lf - --slice 'top ups'`")) << steps.dump();
  report["slices"] = {slice("top ups", measured(0.4, 0.3, 0.5, 90))};
  EXPECT_EQ(summary_json(report, no_unknown_gold()).at("next_steps").size(), 1u) << "its accuracy on test said it already";
}

TEST(Advice, WarnsOfProbabilitiesOnlyWhereChanceDoesNotExplainTheirError) {
  json report = sound_report();
  json& ece = report["evaluation"]["label_model"]["test"]["ece"];
  ece = measured(0.15, 0.0, 0.2, 40);
  EXPECT_TRUE(summary_json(report, no_unknown_gold()).at("next_steps").empty());
  ece = measured(0.15, 0.09, 0.2, 400);
  EXPECT_EQ(summary_json(report, no_unknown_gold()).at("next_steps").at(0).at("why"),
            "they are off by 15.0 % (9.0 % to 20.0 %, n = 400) on average (ECE)");
}

}  // namespace
}  // namespace hone
