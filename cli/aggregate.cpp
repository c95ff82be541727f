#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/aggregate_votes.h"
#include "hone/flow/table_writer.h"

namespace hone::cli {
namespace {

struct AggregateArguments {
  AggregateOptions how;
  std::string votes, out;
  std::vector<std::string> shares;  // NAME=SHARE
  bool json = false;
};

void print_aggregate(const nlohmann::json& result) {
  print(fmt::format("{}: {} rows, {} with a label, {} votes of {} sources, {} classes, {}\n", result.at("model").get<std::string>(),
                    with_commas(result.at("rows").get<std::uint64_t>()), with_commas(result.at("covered").get<std::uint64_t>()),
                    with_commas(result.at("votes").get<std::uint64_t>()), with_commas(result.at("sources").size()),
                    result.at("classes").size(), seconds(result.at("seconds"))));
  if (result.at("accuracy").is_object()) {
    print(fmt::format("accuracy {} of {} covered rows with gold, log loss {}", measure(result.at("accuracy")),
                      with_commas(result.at("accuracy").at("n").get<std::uint64_t>()), decimal_measure(result.at("log_loss"))));
    print(result.at("ece").is_object() ? fmt::format(", ECE {}\n", measure(result.at("ece"))) : "\n");
  }
  for (const nlohmann::json& warning : result.at("warnings")) print_error("warning: " + warning.get<std::string>());
}

int run(AggregateArguments& arguments) {
  arguments.how.class_balance = class_shares(arguments.shares);
  typed([&] { return make_label_model(arguments.how.model); });
  if (!arguments.out.empty()) typed([&] { return format_of(arguments.out); });
  const AggregatedVotes done = aggregate_votes(arguments.votes, arguments.how);
  if (!arguments.out.empty()) write_labels(done, arguments.out);
  arguments.json ? print_json(done) : print_aggregate(done);
  return 0;
}

std::string model_names() {
  std::string names;
  for (const LabelModelInfo& model : label_models()) names += (names.empty() ? "" : ", ") + std::string(model.name);
  return names;
}

}  // namespace

Body add_aggregate(CLI::App& command) {
  const auto arguments = std::make_shared<AggregateArguments>();
  command
      .add_option("VOTES", arguments->votes,
                  "Wide (a column per source; optional id, split, gold) or long (example,source,class or item,worker,label); .csv .tsv "
                  ".jsonl .parquet")
      ->required();
  command.add_option("--gold", arguments->how.gold, "Known answers that measure the model: item,truth or item,label")->type_name("FILE");
  command
      .add_option("--known", arguments->how.known,
                  "Known answers that the model learns from, in the same form; their rows are not measured")
      ->type_name("FILE");
  add_class_balance_option(command, arguments->shares);
  command.add_option("--model", arguments->how.model, "The label model: " + model_names())->type_name("NAME")->capture_default_str();
  command.add_option("--out", arguments->out, "Write the labels: .jsonl, .csv or .parquet")->type_name("FILE");
  add_threads_option(command, arguments->how.threads);
  add_json_option(command, arguments->json);
  return [arguments] { return run(*arguments); };
}

}  // namespace hone::cli
