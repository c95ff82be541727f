#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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
  return {{"data",
           {{"rows", 1000},
            {"splits", {{"train", 500}, {"valid", 100}, {"test", 400}}},
            {"gold", {{"train", 0}, {"valid", 100}, {"test", 400}}},
            {"bad_rows", 0},
            {"empty_texts", 0}}},
          {"votes", {{"covered", 1000}}},
          {"label_model", {{"warnings", json::array()}}},
          {"evaluation", {{"model", nullptr}, {"label_model", splits}, {"worst_confusions", json::array()}}},
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

}  // namespace
}  // namespace hone
