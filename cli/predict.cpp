#include "hone/flow/predict.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct PredictArguments : ProjectOptions {
  PredictOptions how;
  std::string file;
  std::string format;
  std::string out = "-";
};

std::string said_of(const Predicted& predicted, const std::string& out) {
  std::string text = fmt::format("{} rows to {}", with_commas(predicted.rows), out);
  if (predicted.bad_rows > 0) text += fmt::format("; {} malformed rows left out", with_commas(predicted.bad_rows));
  return text + "\n";
}

int predict(PredictArguments& arguments) {
  arguments.how.format = typed_format(arguments.out, arguments.format, arguments.json);
  arguments.how.threads = arguments.threads;
  Workspace workspace = open_workspace(arguments);
  if (arguments.out == "-") {
    predict_file(workspace, arguments.file, arguments.how, std::cout, terminal_progress());
    clear_progress();
    return 0;
  }
  const Predicted predicted =
      predict_file(workspace, arguments.file, arguments.how, std::filesystem::path(arguments.out), terminal_progress());
  clear_progress();
  if (arguments.json)
    print_json({{"rows", predicted.rows}, {"bad_rows", predicted.bad_rows}, {"file", arguments.out}});
  else
    print(said_of(predicted, arguments.out));
  return 0;
}

}  // namespace

Body add_predict(CLI::App& command) {
  const auto arguments = std::make_shared<PredictArguments>();
  command
      .add_option("FILE", arguments->file, "Rows with the project's text columns: .csv .tsv .jsonl .parquet, text kinds also .gz and .zst")
      ->required();
  add_project_options(command, *arguments);
  command.add_option("--out", arguments->out, "The file to write; - is standard output")->type_name("FILE")->capture_default_str();
  command.add_option("--format", arguments->format, "jsonl, csv or parquet; without it by the file's ending, else jsonl");
  return [arguments] { return predict(*arguments); };
}

}  // namespace hone::cli
