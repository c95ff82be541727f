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
  std::string slice;
  std::size_t hits = 10;
  bool pairs = false;
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

// Pairs that are printed; --json has up to 2,000.
constexpr std::size_t kPairs = 25;

void print_pairs(const nlohmann::json& pairs, std::uint64_t examples) {
  Table table({"pair that differs most", "and", "both vote>", "differ>", "agree"});
  const std::size_t shown = std::min(kPairs, pairs.at("list").size());
  for (std::size_t place = 0; place < shown; ++place) {
    const nlohmann::json& pair = pairs.at("list").at(place);
    table.add({pair.at("a"), pair.at("b"), with_commas(pair.at("both").get<std::uint64_t>()),
               with_commas(pair.at("differ").get<std::uint64_t>()), measure(pair.at("agreement"))});
  }
  if (shown == 0) return print("\nno two sources vote on the same row\n");
  print("\n" + table.text());
  const std::uint64_t rows = pairs.at("rows"), more = pairs.at("list").size() - shown + pairs.at("left_out").get<std::uint64_t>();
  if (more > 0) print(fmt::format("and {} more pairs\n", with_commas(more)));
  if (rows < examples) print(fmt::format("pairs were counted on {} of the rows, evenly spaced\n", with_commas(rows)));
}

std::string of_slice(const nlohmann::json& looked) {
  return looked.at("slice").is_string() ? " of the slice " + one_line(looked.at("slice").get<std::string>(), 40) : "";
}

void print_analysis(const nlohmann::json& analysis) {
  Table table({"source", "votes for", "coverage>", "overlap>", "conflict>", "precision on train and valid gold", "n>", "failed>"});
  for (const nlohmann::json& source : analysis.at("sources"))
    table.add({source.at("name"), polarity(source), percent(source.at("coverage")), percent(source.at("overlap")),
               percent(source.at("conflict")), measure(source.at("precision")), votes_on_gold(source.at("precision")),
               with_commas(source.at("failures").at("count").get<std::uint64_t>())});
  print(table.text());
  print(fmt::format("\n{} rows{}: {} with a vote, {} with two or more, {} with votes that differ\n",
                    with_commas(analysis.at("examples").get<std::uint64_t>()), of_slice(analysis), percent(analysis.at("covered")),
                    percent(analysis.at("overlap")), percent(analysis.at("conflict"))));
  if (analysis.contains("pairs")) print_pairs(analysis.at("pairs"), analysis.at("examples"));
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

// A class, or those that a row of a multi-label task holds.
std::string known_words(const nlohmann::json& known) {
  if (known.is_string()) return known.get<std::string>();
  std::string words;
  for (const nlohmann::json& name : known) words += (words.empty() ? "" : ", ") + name.get<std::string>();
  return words.empty() ? "none of the classes" : words;
}

std::string hit_line(const nlohmann::json& hit) {
  const bool says_more = !hit.at("gold").is_null() && hit.at("gold") != hit.at("votes");
  const std::string gold = says_more ? " (is " + one_line(known_words(hit.at("gold")), 40) + ")" : "";
  return fmt::format("  {}{}: {}\n", one_line(hit.at("id").get<std::string>(), 40), gold, one_line(marked(hit), 160));
}

void print_hits(const nlohmann::json& trial) {
  std::string wrong, right, unknown;
  for (const nlohmann::json& hit : trial.at("hits"))
    (hit.at("right").is_null() ? unknown : hit.at("right").get<bool>() ? right : wrong) += hit_line(hit);
  if (!wrong.empty()) print("\nwrong on\n" + wrong);
  if (!right.empty()) print("\nright on\n" + right);
  if (!unknown.empty()) print("\nothers that it votes on, from train and valid\n" + unknown);
}

void print_against(const nlohmann::json& trial) {
  std::vector<nlohmann::json> others(trial.at("against").begin(), trial.at("against").end());
  std::erase_if(others, [](const nlohmann::json& other) { return other.at("both") == 0; });
  std::ranges::stable_sort(others, std::greater(), [](const nlohmann::json& other) { return other.at("differ").get<std::uint64_t>(); });
  if (others.empty()) return;
  Table table({"beside", "both vote>", "differ>", "agree"});
  for (std::size_t other = 0; other < std::min<std::size_t>(others.size(), 10); ++other)
    table.add({others[other].at("source"), with_commas(others[other].at("both").get<std::uint64_t>()),
               with_commas(others[other].at("differ").get<std::uint64_t>()), measure(others[other].at("agreement"))});
  print("\n" + table.text("  "));
}

void print_labels(const nlohmann::json& labels, std::uint64_t rows) {
  const auto number = [&](const char* key) { return labels.at(key).get<std::uint64_t>(); };
  print(fmt::format("  with it the label model ({}) gives another label to {} and a first one to {} of {} rows{}\n",
                    labels.at("model").get<std::string>(), with_commas(number("flips")), with_commas(number("new")),
                    with_commas(number("rows")), number("rows") < rows ? " looked at" : ""));
  if (number("gold") > 0 && number("flips") + number("new") > 0)
    print(fmt::format("  of {} with train or valid gold {} become right by it and {} wrong\n", with_commas(number("gold")),
                      with_commas(number("fixed")), with_commas(number("broken"))));
}

void print_trial(const nlohmann::json& trial) {
  print(fmt::format("{} ({})\n  {}\n", one_line(trial.at("name").get<std::string>()), one_line(trial.at("where").get<std::string>()),
                    one_line(trial.at("definition").dump(), 300)));
  const auto number = [&](const char* key) { return trial.at(key).get<std::uint64_t>(); };
  print(fmt::format("  votes on {} of {} rows{} ({})\n", with_commas(number("votes")), with_commas(number("rows")), of_slice(trial),
                    percent(trial.at("coverage"))));
  print(fmt::format("  {} of them are new, {} have other votes, {} have one that differs\n", with_commas(number("newly_covered")),
                    with_commas(number("votes") - number("newly_covered")), with_commas(number("conflicting"))));
  const nlohmann::json& precision = trial.at("precision");
  print(number("votes") == 0 ? std::string("  so nothing is known of it: look for words of train rows, as `hone why ROW` shows them\n")
        : precision.is_object()
            ? fmt::format("  right on {} of its votes on train and valid gold (n = {})\n", measure(precision), votes_on_gold(precision))
            : std::string("  no train or valid gold on its rows: precision unknown\n"));
  if (number("votes") > 0 && trial.at("labels").is_object()) print_labels(trial.at("labels"), number("rows"));
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
  if (!arguments.name.empty() && arguments.pairs) throw UsageError("--pairs belongs to the table of all sources: leave the name out");
  Workspace workspace = open_workspace(arguments);
  if (arguments.name.empty()) {
    const AnalysisOptions asked{.slice = arguments.slice, .pairs = arguments.pairs, .threads = arguments.threads};
    const nlohmann::json analysis = analyze_sources(workspace, asked, terminal_progress());
    clear_progress();
    arguments.json ? print_json(analysis) : print_analysis(analysis);
    return 0;
  }
  const TrialOptions options{.slice = arguments.slice, .hits = arguments.hits, .threads = arguments.threads};
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
  command.add_option("--slice", arguments->slice, "Look at the rows of one slice alone, with a name or a draft too")->type_name("NAME");
  command.add_flag("--pairs", arguments->pairs, "Also show how often any two sources agree");
  add_project_options(command, *arguments);
  return [arguments] { return lf(*arguments); };
}

}  // namespace hone::cli
