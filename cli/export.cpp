#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/record/recorded_export.h"

namespace hone::cli {
namespace {

struct ExportArguments : ProjectOptions {
  ExportOptions what;
  ExportPurpose purpose;
  std::string format;
  std::string out = "-";
};

int export_(ExportArguments& arguments) {
  arguments.what.format = typed_format(arguments.out, arguments.format, arguments.json);
  typed([&] { arguments.what.validate(); });
  Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  if (arguments.out == "-") {
    export_recorded(workspace, ledger, arguments.what, arguments.purpose, std::cout, terminal_progress());
    clear_progress();
    return 0;
  }
  const RecordedExport made =
      export_recorded(workspace, ledger, arguments.what, arguments.purpose, std::filesystem::path(arguments.out), terminal_progress());
  clear_progress();
  if (arguments.json)
    print_json({{"rows", made.rows},
                {"file", arguments.out},
                {"guarded", arguments.what.spreadsheet},
                {"sha256", made.sha256},
                {"event", made.event}});
  else
    print(fmt::format("{} rows to {}\n", with_commas(made.rows), arguments.out));
  return 0;
}

}  // namespace

Body add_export(CLI::App& command) {
  const auto arguments = std::make_shared<ExportArguments>();
  add_project_options(command, *arguments);
  command.add_option("--out", arguments->out, "The file to write; - is standard output")->type_name("FILE")->capture_default_str();
  command.add_option("--format", arguments->format, "jsonl, csv or parquet; without it by the file's ending, else jsonl");
  command.add_option("--columns", arguments->what.columns, "Columns of the data to add to each row")->delimiter(',')->type_name("A,B");
  command.add_flag("--labeled-only", arguments->what.labeled_only, "Leave out rows without a label");
  command.add_option("--recipient", arguments->purpose.recipient, "Who gets the rows, for the ledger; kept where it can be erased")
      ->type_name("TEXT");
  command.add_option("--purpose", arguments->purpose.purpose, "What for, for the ledger")->type_name("TEXT");
  command.add_flag("--spreadsheet", arguments->what.spreadsheet, "CSV: guard cells that a spreadsheet would run as a formula");
  return [arguments] { return export_(*arguments); };
}

}  // namespace hone::cli
