#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/lf_trial.h"

namespace hone::cli {
namespace {

struct LfArguments : ProjectOptions {
  std::string name;
  std::size_t hits = 10;
};

std::string polarity(const nlohmann::json& source) {
  std::string text;
  for (const auto& [name, votes] : source.at("votes_by_class").items())
    if (votes > 0) text += (text.empty() ? "" : " ") + name;
  return one_line(text, 30);
}

std::string votes_on_gold(const nlohmann::json& precision) {
  return precision.is_object() ? with_commas(precision.at("n").get<std::uint64_t>()) : "0";
}

void print_analysis(const nlohmann::json& analysis) {
  Table table({"source", "votes for", "coverage>", "overlap>", "conflict>", "precision on train and valid gold", "n>", "failed>"});
  for (const nlohmann::json& source : analysis.at("sources"))
    table.add({source.at("name"), polarity(source), percent(source.at("coverage")), percent(source.at("overlap")),
               percent(source.at("conflict")), measure(source.at("precision")), votes_on_gold(source.at("precision")),
               with_commas(source.at("failures").at("count").get<std::uint64_t>())});
  print(table.text());
  print(fmt::format("\n{} rows: {} with a vote, {} with two or more, {} with votes that differ\n",
                    with_commas(analysis.at("examples").get<std::uint64_t>()), percent(analysis.at("covered")),
                    percent(analysis.at("overlap")), percent(analysis.at("conflict"))));
}

// The text with the matched words between guillemets.
std::string marked(const nlohmann::json& hit) {
  std::string text = hit.at("text");
  nlohmann::json spans = hit.at("matched");
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    if (!span->at("field").get<std::string>().empty()) continue;
    text.insert(span->at("end").get<std::size_t>(), "»");
    text.insert(span->at("begin").get<std::size_t>(), "«");
  }
  return text;
}

void print_hits(const nlohmann::json& trial) {
  print("\nsome rows of train and valid that it votes on\n");
  for (const nlohmann::json& hit : trial.at("hits")) {
    const std::string gold =
        hit.at("gold").is_null()
            ? ""
            : (hit.at("gold") == hit.at("votes") ? " (right)" : " (gold: " + one_line(hit.at("gold").get<std::string>()) + ")");
    print(fmt::format("  {}{}: {}\n", one_line(hit.at("id").get<std::string>()), gold, one_line(marked(hit), 160)));
  }
}

void print_against(const nlohmann::json& trial) {
  std::vector<nlohmann::json> others(trial.at("against").begin(), trial.at("against").end());
  std::erase_if(others, [](const nlohmann::json& other) { return other.at("both") == 0; });
  std::ranges::stable_sort(others, std::greater(), [](const nlohmann::json& other) { return other.at("differ").get<std::uint64_t>(); });
  if (others.empty()) return;
  Table table({"beside", "both vote>", "differ>"});
  for (std::size_t other = 0; other < std::min<std::size_t>(others.size(), 10); ++other)
    table.add({others[other].at("source"), with_commas(others[other].at("both").get<std::uint64_t>()),
               with_commas(others[other].at("differ").get<std::uint64_t>())});
  print("\n" + table.text("  "));
}

void print_trial(const nlohmann::json& trial) {
  print(fmt::format("{} ({})\n  {}\n", one_line(trial.at("name").get<std::string>()), one_line(trial.at("where").get<std::string>()),
                    one_line(trial.at("definition").dump(), 300)));
  print(fmt::format("  votes on {} of {} rows ({}); {} of them have no other vote\n", with_commas(trial.at("votes").get<std::uint64_t>()),
                    with_commas(trial.at("rows").get<std::uint64_t>()), percent(trial.at("coverage")),
                    with_commas(trial.at("newly_covered").get<std::uint64_t>())));
  const nlohmann::json& precision = trial.at("precision");
  print(precision.is_object()
            ? fmt::format("  right on {} of its votes on train and valid gold (n = {})\n", measure(precision), votes_on_gold(precision))
            : std::string("  no train or valid gold on its rows: precision unknown\n"));
  if (trial.at("failures").at("count") > 0) {
    print(fmt::format("  failed on {} rows and abstained there, such as\n",
                      with_commas(trial.at("failures").at("count").get<std::uint64_t>())));
    for (const nlohmann::json& failure : trial.at("failures").at("first"))
      print(fmt::format("    row {}: {}\n", failure.at("row").get<std::uint64_t>(), one_line(failure.at("what").get<std::string>(), 120)));
  }
  print_against(trial);
  print_hits(trial);
}

int lf(const LfArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  if (arguments.name.empty()) {
    const nlohmann::json analysis = analyze_sources(workspace, arguments.threads, terminal_progress());
    clear_progress();
    arguments.json ? print_json(analysis) : print_analysis(analysis);
    return 0;
  }
  const TrialOptions options{.hits = arguments.hits, .threads = arguments.threads};
  nlohmann::json trial;
  if (arguments.name == "-")
    trial = try_draft(workspace, std::string(std::istreambuf_iterator<char>(std::cin), {}), options, terminal_progress());
  else
    trial = try_source(workspace, arguments.name, options, terminal_progress());
  clear_progress();
  arguments.json ? print_json(trial) : print_trial(trial);
  return 0;
}

}  // namespace

Body add_lf(CLI::App& command) {
  const auto arguments = std::make_shared<LfArguments>();
  command.add_option("NAME", arguments->name,
                     "A source of the project, or - for a draft in YAML on standard input; without it all sources");
  command.add_option("--hits", arguments->hits, "How many rows it votes on to show")->check(CLI::Range(0, 1000))->capture_default_str();
  add_project_options(command, *arguments);
  return [arguments] { return lf(*arguments); };
}

}  // namespace hone::cli
