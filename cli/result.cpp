#include "cli/result.h"

#include <fmt/format.h>

#include <array>

#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct Metric {
  std::string_view name;  // In hone.yaml.
  std::string_view key;   // In the report.
  std::string_view title;
  bool is_share;
};

constexpr std::array kMetrics{Metric{"accuracy", "accuracy", "accuracy", true},  Metric{"micro-f1", "micro_f1", "micro F1", true},
                              Metric{"macro-f1", "macro_f1", "macro F1", true},  Metric{"weighted-f1", "weighted_f1", "weighted F1", true},
                              Metric{"log-loss", "log_loss", "log loss", false}, Metric{"ece", "ece", "ECE", true},
                              Metric{"coverage", "coverage", "coverage", true}};

const Metric& metric_named(const std::string& name) {
  for (const Metric& metric : kMetrics)
    if (metric.name == name) return metric;
  return kMetrics.front();
}

std::string shown(const nlohmann::json& metrics, const Metric& metric) {
  if (!metrics.is_object() || !metrics.contains(metric.key) || !metrics.at(std::string(metric.key)).is_object()) return "–";
  const nlohmann::json& value = metrics.at(std::string(metric.key));
  return metric.is_share ? measure(value) : decimal_measure(value);
}

// The split that the short result is about: test where it has gold, else valid.
std::string_view result_split(const nlohmann::json& evaluation) {
  for (const std::string_view split : {"test", "valid"})
    if (evaluation.at("label_model").is_object() && evaluation.at("label_model").at(std::string(split)).is_object()) return split;
  return "";
}

std::string metrics_table(const nlohmann::json& report, const Project& project, std::string_view split) {
  std::vector<std::string> headings{"", ""};
  for (const std::string& name : project.evaluate.metrics) headings.emplace_back(metric_named(name).title);
  Table table(headings);
  const nlohmann::json& evaluation = report.at("evaluation");
  const auto add = [&](std::string title, std::string name, const nlohmann::json& system) {
    if (!system.is_object()) return;
    std::vector<std::string> cells{std::move(title), std::move(name)};
    for (const std::string& metric : project.evaluate.metrics) cells.push_back(shown(system.at(std::string(split)), metric_named(metric)));
    table.add(cells);
  };
  const nlohmann::json& best = evaluation.at("best_source");
  add("best source", best.is_object() ? best.at("name").get<std::string>() : "", best);
  add("label model", report.at("label_model").at("name"), evaluation.at("label_model"));
  add("trained model", report.at("training").is_object() ? report.at("training").at("name").get<std::string>() : "",
      evaluation.at("model"));
  return table.text("  ");
}

}  // namespace

std::string result_text(const nlohmann::json& report, const Project& project) {
  const nlohmann::json& summary = report.at("summary");
  std::string text = "\n" + summary.at("headline").get<std::string>() + "\n";
  const std::string_view split = result_split(report.at("evaluation"));
  if (!split.empty()) {
    const auto rows = report.at("data").at("gold").at(std::string(split)).get<std::uint64_t>();
    text += fmt::format("\nOn {} ({} rows with gold; 95 % intervals; a row without a label counts as wrong)\n", split, with_commas(rows));
    text += metrics_table(report, project, split);
    for (const nlohmann::json& comparison : report.at("evaluation").at("comparisons"))
      if (comparison.at("split") == split)
        text += fmt::format("  {} against {}: {}\n", comparison.at("a").get<std::string>(), comparison.at("b").get<std::string>(),
                            comparison.at("text").get<std::string>());
  }
  int number = 0;
  for (const nlohmann::json& step : summary.at("next_steps")) {
    if (number == 0) text += "\nWhat to do next\n";
    text += fmt::format("  {}. {}: {}\n", ++number, step.at("title").get<std::string>(), step.at("why").get<std::string>());
  }
  for (const nlohmann::json& warning : summary.at("warnings")) text += "\nwarning: " + warning.get<std::string>();
  return text + (summary.at("warnings").empty() ? "" : "\n");
}

std::string near_duplicates_text(const nlohmann::json& found) {
  const auto count = [](const nlohmann::json& number) { return with_commas(number.get<std::uint64_t>()); };
  std::string text = fmt::format("\nNear-duplicates at similarity {}: {} groups of {} rows, {} of them of equal texts ({} rows)\n",
                                 found.at("similarity").get<double>(), count(found.at("groups")), count(found.at("rows")),
                                 count(found.at("exact").at("groups")), count(found.at("exact").at("rows")));
  const nlohmann::json &before = found.at("straddling_before"), &after = found.at("straddling_after");
  if (before.at("groups") > 0)
    text += fmt::format("  {} groups lay in more than one split ({} pairs of train and test rows), now {} ({}); {} rows moved\n",
                        count(before.at("groups")), count(before.at("pairs").at("train_test")), count(after.at("groups")),
                        count(after.at("pairs").at("train_test")), count(found.at("moved_rows")));
  const nlohmann::json& dropped = found.at("dropped");
  if (found.at("copies") == "drop" || found.at("straddling") == "drop")
    text += fmt::format("  left out: {} rows of train, {} of valid, {} of test\n", count(dropped.at("train")), count(dropped.at("valid")),
                        count(dropped.at("test")));
  return text;
}

}  // namespace hone::cli
