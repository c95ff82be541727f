#include "hone/flow/advice_internal.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "hone/core/count.h"
#include "hone/core/json.h"
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
// Half the width of the result's interval: up to here it decides most questions, beyond the second it decides hardly any. By Wilson
// about 400 and 100 rows with gold reach them whatever the rate.
constexpr double kNarrow = 0.05, kWide = 0.1;
constexpr std::size_t kMostSteps = 5;

std::string percent(double share) {
  const auto tenths = static_cast<long>(std::lround(share * 1000.0));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::string with_interval(const json& measure) {
  std::string text = percent(measure.at("value"));
  const std::string n = with_commas(measure.at("n").get<std::uint64_t>());
  if (!measure.at("low").is_number()) return text + " (n = " + n + ")";
  return text + " (" + percent(measure.at("low")) + " to " + percent(measure.at("high")) + ", n = " + n + ")";
}

// A step, and what it is about: {"kind": "source", "name": …}, so that a page can lead there.
json step(std::string title, std::string why, json about) {
  return {{"title", std::move(title)}, {"why", std::move(why)}, {"about", std::move(about)}};
}

json about(const char* kind, const std::string& name = {}, const std::string& other = {}) {
  return {{"kind", kind}, {"name", name}, {"other", other}};
}

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
  return "The sources label " + with_commas(covered) + " of " + with_commas(rows) + " rows; there is no gold to say how many are right.";
}

// Rules alone cannot tell how common their classes are, and who owns the data often can.
void advise_class_shares(const json& report, std::vector<json>& steps) {
  if (report.at("label_model").at("class_shares") != "assumed") return;
  steps.push_back(
      step("Say how common the classes are: task.class_balance in hone.yaml",
           report.at("task").at("kind") == "multi-label"
               ? "where sources are silent about a class it is assumed that they find half of it, since votes for it alone cannot tell"
               : "the label model takes every class to be as common as the others, since rules that vote for one class cannot tell",
           about("label-model")));
}

// Do no harm: what is more than a count of votes has to be better than that.
void advise_majority(const json& report, std::vector<json>& steps) {
  const json& beside = report.at("label_model").at("against_majority");
  if (beside.is_object() && beside.at("recommend") == "majority")
    steps.push_back(step("Use majority vote: label_model: majority", beside.at("text"), about("label-model")));
}

void advise_gold(const json& report, std::vector<json>& steps) {
  const json& gold = report.at("data").at("gold");
  if (gold.at("test") > 0) return;
  steps.push_back(step("Give known classes for about 100 rows of the test split",
                       gold.at("valid") > 0
                           ? "without test gold the result is measured on rows that were looked at while the project was built"
                           : "without gold nothing here can be measured",
                       about("data")));
}

void advise_coverage(const json& report, std::vector<json>& steps) {
  const double rows = report.at("data").at("rows"), covered = report.at("votes").at("covered");
  if (rows == 0 || covered / rows >= kGoodCoverage) return;
  steps.push_back(
      step("Write sources for rows that none votes on", percent(1.0 - covered / rows) + " of the rows have no label", about("votes")));
}

// Sources that were written while looking at the valid split fit it better than rows nobody looked at.
void advise_fit_to_valid(const json& report, std::vector<json>& steps) {
  const json& system = report.at("evaluation").at("label_model");
  if (!system.is_object() || !system.at("valid").is_object() || !system.at("test").is_object()) return;
  const json &valid = system.at("valid").at("accuracy"), &test = system.at("test").at("accuracy");
  if (!valid.at("low").is_number() || !test.at("high").is_number() || valid.at("low") <= test.at("high")) return;
  steps.push_back(step("Write broader sources, from train rows",
                       "the labels are right on " + with_interval(valid) + " of the valid rows but on " + with_interval(test) +
                           " of the test rows: the sources fit the rows they were written on",
                       about("evaluation")));
}

// A slice as a word of a command.
std::string command_word(const std::string& name) {
  const auto is_plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.'; };
  if (std::ranges::all_of(name, is_plain)) return name;
  std::string quoted = "'";
  for (const char c : name) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string try_on_slice(const std::string& slice) {
  return "write a source for it and try it there by `hone lf - --slice " + command_word(slice) + "`";
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
                       "it is right on " + with_interval(metrics.at("accuracy")) + ", the whole on " + percent(whole) + ": " +
                           try_on_slice(worst->at("slice")),
                       about("slice", worst->at("slice"))));
}

// What is wrong on more valid rows than elsewhere, as a test on rows that it was not found on says: the first that is. One that hone.yaml
// has by now, and that was named already, is not named again.
void advise_discovered(const json& report, std::vector<json>& steps) {
  const json& found = report.at("evaluation").value("discovered_slices", json());
  if (!found.is_object()) return;
  for (const json& slice : found.at("slices")) {
    if (!slice.at("p").is_number() || !slice.at("note").get<std::string>().empty()) continue;
    const bool is_known = slice.at("known_as").is_string();
    const std::string name = is_known ? slice.at("known_as") : slice.at("slice");
    const auto is_named = [&](const json& step) { return step.at("about").at("kind") == "slice" && step.at("about").at("name") == name; };
    if (is_known && std::ranges::any_of(steps, is_named)) continue;
    const std::string system = found.at("system") == "model" ? "trained model" : "label model";
    const std::string fails = "the " + system + " is wrong on " + with_interval(slice.at("error_rate")) + " of its valid rows, on " +
                              with_interval(slice.at("rest_error_rate")) + " of the others: ";
    const std::string what = slice.at("what");
    const std::string first = is_known ? "" : "put `" + slice.at("definition").get<std::string>() + "` under slices in hone.yaml, ";
    steps.push_back(step(is_known ? "Work on the slice '" + name + "' (" + what + ")" : "Make " + what + " a slice, and work on it",
                         fails + first + try_on_slice(name), is_known ? about("slice", name) : about("discovered-slice", name)));
    return;
  }
}

void advise_confusion(const json& report, std::vector<json>& steps) {
  const json& confusions = report.at("evaluation").at("worst_confusions");
  if (confusions.empty()) return;
  const json& worst = confusions.front();
  steps.push_back(step("Tell '" + worst.at("gold").get<std::string>() + "' from '" + worst.at("predicted").get<std::string>() + "'",
                       with_commas(worst.at("count").get<std::uint64_t>()) + " " +
                           report.at("evaluation").at("errors_split").get<std::string>() + " rows (" + percent(worst.at("share_of_gold")) +
                           " of '" + worst.at("gold").get<std::string>() + "') are taken for '" + worst.at("predicted").get<std::string>() +
                           "': read them below and write a source for what they have in common",
                       about("confusion", worst.at("gold"), worst.at("predicted"))));
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
                         "it is right on " + with_interval(worst->at("precision")) + " of its votes", about("source", worst->at("name"))));
}

void advise_silent(const json& report, std::vector<json>& steps) {
  std::vector<std::string> silent;
  for (const json& source : report.at("sources"))
    if (source.at("coverage").at("value") == 0.0) silent.push_back(source.at("name"));
  if (!silent.empty())
    steps.push_back(step("Look at sources that never vote", quoted_list(silent, 5) + " voted on no row", about("source", silent.front())));
}

void advise_calibration(const json& report, const json& result, std::vector<json>& steps) {
  if (!result.is_object()) return;
  const json& system =
      report.at("evaluation").at("model").is_object() ? report.at("evaluation").at("model") : report.at("evaluation").at("label_model");
  const json& ece = system.at(result.at("split").get<std::string>()).at("ece");
  if (!ece.is_object() || ece.at("value").get<double>() < kPoorCalibration) return;
  if (!ece.at("low").is_number() || ece.at("low").get<double>() == 0.0) return;  // Chance alone could have made it.
  steps.push_back(step("Do not take its probabilities at their word", "they are off by " + with_interval(ece) + " on average (ECE)",
                       about("calibration")));
}

json next_steps(const json& report, const json& result) {
  std::vector<json> steps;
  advise_class_shares(report, steps);
  advise_majority(report, steps);
  advise_gold(report, steps);
  advise_coverage(report, steps);
  advise_fit_to_valid(report, steps);
  advise_slice(report, result, steps);
  advise_discovered(report, steps);
  advise_confusion(report, steps);
  advise_source(report, steps);
  advise_silent(report, steps);
  advise_calibration(report, result, steps);
  if (steps.size() > kMostSteps) steps.resize(kMostSteps);
  return steps;
}

// Duplicates that a given split tears apart.
void warn_of_straddling(const json& report, json& list) {
  const json& found = report.value("near_duplicates", json());
  if (!found.is_object() || found.at("straddling_after").at("groups") == 0) return;
  const json& pairs = found.at("straddling_after").at("pairs");
  const std::uint64_t train_valid = pairs.at("train_valid"), train_test = pairs.at("train_test"), valid_test = pairs.at("valid_test");
  std::string said = counted(found.at("straddling_after").at("groups"), "group of near-duplicates lies", "groups of near-duplicates lie") +
                     " in more than one split (pairs of rows: train and valid " + with_commas(train_valid) + ", train and test " +
                     with_commas(train_test) + ", valid and test " + with_commas(valid_test) +
                     "), which makes results look better than they are";
  if (train_valid + train_test > 0 && found.at("straddling") == "report")
    said += "; data.near_duplicates: {straddling: drop} leaves their train rows out";
  list.push_back(said);
}

// Of a multi-label task a row may hold such a value beside classes.
std::string unknown_gold(const json& report, std::uint64_t values, const std::string& such_as) {
  if (report.at("task").at("kind") == "multi-label")
    return with_commas(values) + " values of gold are no class of the task, such as " + such_as + "; they are left out of their rows";
  return with_commas(values) + " rows hold a gold value that is no class of the task, such as " + such_as + "; they count as unknown";
}

json warnings(const json& report, const json& gold) {
  json list = report.at("label_model").at("warnings");
  if (const std::uint64_t unknown = gold.at("unknown_values"); unknown > 0)
    list.push_back(unknown_gold(report, unknown, quoted_list(gold.at("first_unknown").get<std::vector<std::string>>())));
  if (const std::uint64_t nodes = gold.value("nodes", std::uint64_t{0}); nodes > 0)
    list.push_back(
        counted(nodes, "row holds", "rows hold") +
        " an inner node of the taxonomy as gold, so that its class is not known: precision of sources and accuracy by level count "
        "them, nothing else does");
  for (const auto& [split, rows] : report.at("data").at("splits").items())
    if (rows == 0) list.push_back("no row fell into the " + split + " split; data.split and data.group decide that");
  if (const std::uint64_t bad = report.at("data").at("bad_rows"); bad > 0)
    list.push_back(with_commas(bad) + " malformed rows were left out; the section on the data shows the first");
  if (const std::uint64_t empty = report.at("data").at("empty_texts"); empty > 0)
    list.push_back(with_commas(empty) + " rows have no text; data.skip_empty_texts: true leaves them out");
  warn_of_straddling(report, list);
  for (const json& source : report.at("sources"))
    if (const std::uint64_t failed = source.at("failed_rows"); failed > 0)
      list.push_back("the source '" + source.at("name").get<std::string>() + "' failed on " + with_commas(failed) +
                     " rows and abstained there; `hone lf " + source.at("name").get<std::string>() + "` shows the first");
  return list;
}

// One comparison as a part of a sentence that began with "It is".
std::string compared_in_words(const json& comparison) {
  const std::string other = "the " + comparison.at("b").get<std::string>();
  const std::string verdict = comparison.at("verdict");
  if (verdict == "better" || verdict == "worse") return comparison.at("text").get<std::string>() + " than " + other;
  if (verdict == "never_differ") return "never of another mind than " + other;
  if (verdict == "too_few_items" || verdict == "too_few_clusters") return "not to be compared with " + other + " on so few rows";
  if (verdict == "not_defined") return "not to be compared with " + other + ", as all groups differ alike";
  return "not detectably different from " + other;
}

// How the system of the headline stands to the ones it was made from, on the same rows.
std::string verdict(const json& report, const json& result) {
  if (!result.is_object()) return {};
  std::string said;
  for (const json& comparison : report.at("evaluation").at("comparisons")) {
    if (comparison.at("a") != result.at("system") || comparison.at("split") != result.at("split")) continue;
    said += (said.empty() ? "It is " : ", and ") + compared_in_words(comparison);
  }
  return said.empty() ? said : said + ".";
}

std::string split_reason(const std::string& split, const std::string& n) {
  if (split == "test") return n + " test rows with gold, from which nothing was learned";
  return "only " + n + " " + split + " rows with gold, which were seen while the project was built: there is no test gold";
}

// Whether the result may be acted upon, and why: how many rows measured it, how wide its interval is, and what was warned of.
json trust(const json& result, std::size_t warnings) {
  if (!result.is_object()) return {{"level", "none"}, {"reasons", {"there is no gold, so nothing was measured"}}};
  const json& accuracy = result.at("accuracy");
  const std::string split = result.at("split");
  std::vector<std::string> reasons{split_reason(split, with_commas(accuracy.at("n").get<std::uint64_t>()))};
  const bool has_interval = accuracy.at("low").is_number() && accuracy.at("high").is_number();
  const double half = has_interval ? (accuracy.at("high").get<double>() - accuracy.at("low").get<double>()) / 2.0 : 1.0;
  const std::string points = percent(half).substr(0, percent(half).size() - 2);
  reasons.push_back(has_interval ? "its 95 % interval reaches about " + points + " points to either side"
                                 : "too few groups for an interval");
  if (warnings > 0) reasons.push_back(counted(warnings, "warning", "warnings"));
  const char* level = split != "test" || half > kWide ? "low" : half > kNarrow || warnings > 0 ? "fair" : "good";
  return {{"level", level}, {"reasons", reasons}};
}

// The slice with the lowest accuracy among those with rows enough for a verdict.
json weakest_slice(const json& report) {
  json weakest;
  for (const json& slice : report.at("slices")) {
    const json& metrics = slice.at("model").is_object() ? slice.at("model") : slice.at("label_model");
    if (!metrics.is_object() || !slice.at("note").get<std::string>().empty()) continue;
    if (weakest.is_object() && metrics.at("accuracy").at("value") >= weakest.at("accuracy").at("value")) continue;
    weakest = {{"slice", slice.at("slice")}, {"accuracy", metrics.at("accuracy")}};
  }
  return weakest;
}

}  // namespace

json summary_json(const json& report, const json& gold) {
  const json result = main_result(report), warned = warnings(report, gold);
  return {{"headline", headline(report, result)},
          {"verdict", verdict(report, result)},
          {"trust", trust(result, warned.size())},
          {"result", result},
          {"weakest_slice", weakest_slice(report)},
          {"next_steps", next_steps(report, result)},
          {"warnings", warned}};
}

}  // namespace hone
