#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/label_comparison.h"

namespace hone::cli {
namespace {

struct LabelModelsArguments : ProjectOptions {
  VoteTableFiles files;
  std::vector<std::string> shares;  // CLASS=SHARE
};

bool is_multi_label(const nlohmann::json& result) { return result.at("kind") == "multi-label"; }

// In points of a hundred, the model less majority vote.
std::string beside_majority(const nlohmann::json& comparison) {
  if (!comparison.is_object()) return "–";
  const std::string text = fmt::format("{:+.1f}", 100.0 * comparison.at("difference").get<double>());
  if (!comparison.at("low").is_number()) return text + " (no interval)";
  return text +
         fmt::format(" ({:+.1f} to {:+.1f})", 100.0 * comparison.at("low").get<double>(), 100.0 * comparison.at("high").get<double>());
}

void print_set_measures(const nlohmann::json& result) {
  Table table({"label model", "whole rows right", "micro F1", "macro F1", "log loss", "points of micro F1 beside majority vote"});
  for (const nlohmann::json& model : result.at("models"))
    if (model.at("failed").is_null())
      table.add({model.at("name"), measure(model.at("accuracy")), measure(model.at("micro_f1")), measure(model.at("macro_f1")),
                 decimal_measure(model.at("log_loss")), beside_majority(model.at("micro_f1_against_majority"))});
  print("\n" + table.text());
}

// A row for each class, a column for each model; --json has the intervals and what each is beside majority vote.
void print_classes(const nlohmann::json& result) {
  std::vector<std::string> headings{"F1 of the class", "gold>"};
  std::vector<const nlohmann::json*> by_model;
  for (const nlohmann::json& model : result.at("models")) {
    if (!model.at("failed").is_null()) continue;
    headings.push_back(model.at("name").get<std::string>() + ">");
    by_model.push_back(&model.at("per_class"));
  }
  Table table(headings);
  for (std::size_t id = 0; id < by_model.front()->size(); ++id) {
    const nlohmann::json& first = by_model.front()->at(id);
    std::vector<std::string> cells{first.at("class"), with_commas(first.at("gold").get<std::uint64_t>())};
    for (const nlohmann::json* classes : by_model) {
      const nlohmann::json& f1 = classes->at(id).at("f1");
      cells.push_back(f1.is_object() ? percent(f1.at("value")) : "–");
    }
    table.add(cells);
  }
  print("\n" + table.text());
}

void print_measures(const nlohmann::json& result) {
  if (result.at("gold") == 0) return;
  if (is_multi_label(result)) {
    print_set_measures(result);
    return print_classes(result);
  }
  Table table({"label model", "accuracy", "log loss", "ECE", "points beside majority vote"});
  for (const nlohmann::json& model : result.at("models"))
    if (model.at("failed").is_null())
      table.add({model.at("name"), measure(model.at("accuracy")), decimal_measure(model.at("log_loss")), measure(model.at("ece")),
                 beside_majority(model.at("against_majority"))});
  print("\n" + table.text());
}

void print_agreement(const nlohmann::json& agreement, const char* what) {
  std::vector<std::string> headings{what};
  for (const std::string name : agreement.at("models")) headings.push_back(name + ">");
  Table table(headings);
  for (std::size_t a = 0; a < agreement.at("models").size(); ++a) {
    std::vector<std::string> cells{agreement.at("models").at(a)};
    for (const nlohmann::json& share : agreement.at("shares").at(a)) cells.push_back(share.is_number() ? percent(share) : "–");
    table.add(cells);
  }
  print("\n" + table.text());
}

void print_label_models(const nlohmann::json& result) {
  const auto number = [&](const char* key) { return with_commas(result.at(key).get<std::uint64_t>()); };
  print(fmt::format("{} rows, {} with a vote; {} sources, {} classes; {} gold rows{}\n", number("rows"), number("covered"),
                    number("sources"), number("classes"), number("gold"),
                    result.at("gold") == 0 ? "" : " of train and valid, which no fit that labels them has seen"));
  print_measures(result);
  print_agreement(result.at("agreement"), is_multi_label(result) ? "names the same classes as" : "names the same class as");
  print(fmt::format("\nchoose {}: {}\n", result.at("choice").at("name").get<std::string>(),
                    result.at("choice").at("text").get<std::string>()));
  if (result.at("gold_needed").is_object())
    print("how much gold would tell: " + result.at("gold_needed").at("text").get<std::string>() + "\n");
  for (const nlohmann::json& model : result.at("models"))
    if (!model.at("failed").is_null())
      print_error(model.at("name").get<std::string>() + " is left out: " + model.at("failed").get<std::string>());
  for (const nlohmann::json& note : result.at("notes")) print_error("note: " + note.get<std::string>());
}

int label_models(LabelModelsArguments& arguments) {
  if (arguments.files.votes.empty() && !arguments.files.gold.empty())
    throw UsageError("--gold belongs to a table of votes: give --votes FILE too; a project's gold stands in its hone.yaml");
  if (arguments.files.votes.empty() && !arguments.shares.empty())
    throw UsageError(
        "--class-balance belongs to a table of votes: give --votes FILE too; a project declares task.class_balance in its hone.yaml");
  arguments.files.class_balance = class_shares(arguments.shares);
  if (!arguments.files.votes.empty() && !arguments.project.empty()) throw UsageError("give --votes FILE or --project DIR, not both");
  nlohmann::json result;
  if (arguments.files.votes.empty()) {
    Workspace workspace = open_workspace(arguments);
    result = compare_label_models(workspace, arguments.threads, terminal_progress());
  } else {
    result = compare_label_models(arguments.files, arguments.threads, terminal_progress());
  }
  clear_progress();
  arguments.json ? print_json(result) : print_label_models(result);
  return 0;
}

}  // namespace

Body add_label_models(CLI::App& command) {
  const auto arguments = std::make_shared<LabelModelsArguments>();
  command.add_option("--votes", arguments->files.votes, "A table of votes, as `hone aggregate` reads it, instead of a project")
      ->type_name("FILE");
  command.add_option("--gold", arguments->files.gold, "Known answers for --votes: item,truth or item,label")->type_name("FILE");
  add_class_balance_option(command, arguments->shares);
  add_project_options(command, *arguments);
  return [arguments] { return label_models(*arguments); };
}

}  // namespace hone::cli
