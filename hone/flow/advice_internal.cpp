#include "hone/flow/advice_internal.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hone/core/suggest.h"

namespace hone {
namespace {

using nlohmann::json;

// Below this share of labeled rows, writing more sources is worth more than anything else.
constexpr double kGoodCoverage = 0.8;
// Votes on gold from which on a precision is worth acting upon, and the share that a source should reach.
constexpr std::uint64_t kEnoughVotes = 10;
constexpr double kPoorPrecision = 0.5;
constexpr double kPoorCalibration = 0.1;
constexpr std::size_t kMostSteps = 5;

std::string percent(double share) {
  const auto tenths = static_cast<long>(std::lround(share * 1000.0));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::string with_interval(const json& measure) {
  std::string text = percent(measure.at("value"));
  const std::string n = std::to_string(measure.at("n").get<std::uint64_t>());
  if (!measure.at("low").is_number()) return text + " (n = " + n + ")";
  return text + " (" + percent(measure.at("low")) + " to " + percent(measure.at("high")) + ", n = " + n + ")";
}

json step(std::string title, std::string why) { return {{"title", std::move(title)}, {"why", std::move(why)}}; }

// The system and split that the headline is about: the model where one was trained, on test where it has gold.
json main_result(const json& report) {
  const json& evaluation = report.at("evaluation");
  const bool has_model = evaluation.at("model").is_object();
  const json& system = has_model ? evaluation.at("model") : evaluation.at("label_model");
  if (!system.is_object()) return nullptr;
  for (const char* split : {"test", "valid", "train"})
    if (system.at(split).is_object())
      return {{"system", has_model ? "trained model" : "label model"}, {"split", split}, {"accuracy", system.at(split).at("accuracy")}};
  return nullptr;
}

std::string headline(const json& report, const json& result) {
  if (result.is_object())
    return "The " + result.at("system").get<std::string>() + " is right on " + percent(result.at("accuracy").at("value")) + " of the " +
           result.at("split").get<std::string>() + " rows.";
  const std::uint64_t rows = report.at("data").at("rows"), covered = report.at("votes").at("covered");
  return "The sources label " + std::to_string(covered) + " of " + std::to_string(rows) +
         " rows; there is no gold to say how many are right.";
}

void advise_gold(const json& report, std::vector<json>& steps) {
  const json& gold = report.at("data").at("gold");
  if (gold.at("test") > 0) return;
  steps.push_back(step("Give known classes for about 100 rows of the test split",
                       gold.at("valid") > 0
                           ? "without test gold the result is measured on rows that were looked at while the project was built"
                           : "without gold nothing here can be measured"));
}

void advise_coverage(const json& report, std::vector<json>& steps) {
  const double rows = report.at("data").at("rows"), covered = report.at("votes").at("covered");
  if (rows == 0 || covered / rows >= kGoodCoverage) return;
  steps.push_back(step("Write sources for rows that none votes on", percent(1.0 - covered / rows) + " of the rows have no label"));
}

// Sources that were written while looking at the valid split fit it better than rows nobody looked at.
void advise_fit_to_valid(const json& report, std::vector<json>& steps) {
  const json& system = report.at("evaluation").at("label_model");
  if (!system.is_object() || !system.at("valid").is_object() || !system.at("test").is_object()) return;
  const json &valid = system.at("valid").at("accuracy"), &test = system.at("test").at("accuracy");
  if (!valid.at("low").is_number() || !test.at("high").is_number() || valid.at("low") <= test.at("high")) return;
  steps.push_back(step("Write broader sources, from train rows", "the labels are right on " + with_interval(valid) +
                                                                     " of the valid rows but on " + with_interval(test) +
                                                                     " of the test rows: the sources fit the rows they were written on"));
}

// The slice whose interval lies lowest, if all of it lies below the whole.
void advise_slice(const json& report, const json& result, std::vector<json>& steps) {
  if (!result.is_object()) return;
  const double whole = result.at("accuracy").at("value");
  const json* worst = nullptr;
  double worst_high = whole;
  for (const json& slice : report.at("slices")) {
    const json& metrics = slice.at("model").is_object() ? slice.at("model") : slice.at("label_model");
    if (!metrics.is_object() || !slice.at("note").get<std::string>().empty()) continue;
    const json& accuracy = metrics.at("accuracy");
    if (!accuracy.at("high").is_number() || accuracy.at("high").get<double>() >= worst_high) continue;
    worst = &slice;
    worst_high = accuracy.at("high");
  }
  if (!worst) return;
  const json& metrics = worst->at("model").is_object() ? worst->at("model") : worst->at("label_model");
  steps.push_back(step("Work on the slice '" + worst->at("slice").get<std::string>() + "'",
                       "it is right on " + with_interval(metrics.at("accuracy")) + ", the whole on " + percent(whole)));
}

void advise_confusion(const json& report, std::vector<json>& steps) {
  const json& confusions = report.at("evaluation").at("worst_confusions");
  if (confusions.empty()) return;
  const json& worst = confusions.front();
  steps.push_back(step("Tell '" + worst.at("gold").get<std::string>() + "' from '" + worst.at("predicted").get<std::string>() + "'",
                       std::to_string(worst.at("count").get<std::uint64_t>()) + " " +
                           report.at("evaluation").at("errors_split").get<std::string>() + " rows (" + percent(worst.at("share_of_gold")) +
                           " of '" + worst.at("gold").get<std::string>() + "') are taken for '" + worst.at("predicted").get<std::string>() +
                           "': read them below and write a source for what they have in common"));
}

// The source whose precision lies lowest among those that are surely poor.
void advise_source(const json& report, std::vector<json>& steps) {
  const json* worst = nullptr;
  for (const json& source : report.at("sources")) {
    const json& precision = source.at("precision");
    if (!precision.is_object() || precision.at("n").get<std::uint64_t>() < kEnoughVotes ||
        precision.at("value").get<double>() >= kPoorPrecision)
      continue;
    if (!worst || precision.at("value") < worst->at("precision").at("value")) worst = &source;
  }
  if (worst)
    steps.push_back(step("Mend or drop the source '" + worst->at("name").get<std::string>() + "'",
                         "it is right on " + with_interval(worst->at("precision")) + " of its votes"));
}

void advise_silent(const json& report, std::vector<json>& steps) {
  std::vector<std::string> silent;
  for (const json& source : report.at("sources"))
    if (source.at("coverage").at("value") == 0.0) silent.push_back(source.at("name"));
  if (!silent.empty()) steps.push_back(step("Look at sources that never vote", quoted_list(silent, 5) + " voted on no row"));
}

void advise_calibration(const json& report, const json& result, std::vector<json>& steps) {
  if (!result.is_object()) return;
  const json& system =
      report.at("evaluation").at("model").is_object() ? report.at("evaluation").at("model") : report.at("evaluation").at("label_model");
  const json& ece = system.at(result.at("split").get<std::string>()).at("ece");
  if (!ece.is_object() || ece.at("value").get<double>() < kPoorCalibration) return;
  steps.push_back(step("Do not take its probabilities at their word", "they are off by " + percent(ece.at("value")) + " on average (ECE)"));
}

json next_steps(const json& report, const json& result) {
  std::vector<json> steps;
  advise_gold(report, steps);
  advise_coverage(report, steps);
  advise_fit_to_valid(report, steps);
  advise_slice(report, result, steps);
  advise_confusion(report, steps);
  advise_source(report, steps);
  advise_silent(report, steps);
  advise_calibration(report, result, steps);
  if (steps.size() > kMostSteps) steps.resize(kMostSteps);
  return steps;
}

json warnings(const json& report, const json& gold) {
  json list = report.at("label_model").at("warnings");
  if (const std::uint64_t unknown = gold.at("unknown_values"); unknown > 0)
    list.push_back(std::to_string(unknown) + " rows hold a gold value that is no class of the task, such as " +
                   quoted_list(gold.at("first_unknown").get<std::vector<std::string>>()) + "; they count as unknown");
  for (const auto& [split, rows] : report.at("data").at("splits").items())
    if (rows == 0) list.push_back("no row fell into the " + split + " split; data.split and data.group decide that");
  if (const std::uint64_t bad = report.at("data").at("bad_rows"); bad > 0)
    list.push_back(std::to_string(bad) + " malformed rows were left out; the section on the data shows the first");
  if (const std::uint64_t empty = report.at("data").at("empty_texts"); empty > 0)
    list.push_back(std::to_string(empty) + " rows have no text");
  for (const json& source : report.at("sources"))
    if (const std::uint64_t failed = source.at("failed_rows"); failed > 0)
      list.push_back("the source '" + source.at("name").get<std::string>() + "' failed on " + std::to_string(failed) +
                     " rows and abstained there; `hone lf " + source.at("name").get<std::string>() + "` shows the first");
  return list;
}

}  // namespace

json summary_json(const json& report, const json& gold) {
  const json result = main_result(report);
  return {{"headline", headline(report, result)},
          {"result", result},
          {"next_steps", next_steps(report, result)},
          {"warnings", warnings(report, gold)}};
}

}  // namespace hone
