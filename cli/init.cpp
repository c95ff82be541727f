#include "hone/flow/init.h"

#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct InitArguments {
  std::string folder;
  std::string from;
  bool json = false;
};

nlohmann::json columns_json(const SniffedFile& seen) {
  nlohmann::json columns = nlohmann::json::array();
  for (const SniffedColumn& column : seen.columns)
    columns.push_back({{"name", column.name},
                       {"kind", to_string(column.kind)},
                       {"distinct", column.distinct},
                       {"empty", column.empty},
                       {"examples", column.examples}});
  return columns;
}

nlohmann::json init_json(const Initialised& made) {
  return {{"file", made.file.string()},
          {"chosen", {{"text", made.text}, {"id", made.id}, {"label", made.label}, {"group", made.group}}},
          {"classes", made.classes},
          {"assumptions", made.seen.assumptions},
          {"columns", columns_json(made.seen)},
          {"first_rows", made.seen.first_rows}};
}

std::string first_rows(const SniffedFile& seen) {
  std::string text;
  for (std::size_t row = 0; row < seen.first_rows.size(); ++row) {
    text += fmt::format("row {}\n", row + 1);
    for (std::size_t column = 0; column < seen.columns.size(); ++column)
      text += fmt::format("  {}: {}\n", one_line(seen.columns[column].name, 40), one_line(seen.first_rows[row][column], 100));
  }
  return text;
}

std::string choice(std::string_view purpose, const std::optional<SniffedChoice>& chosen) {
  if (!chosen) return fmt::format("  {:<6} none found\n", purpose);
  return fmt::format("  {:<6} {} ({})\n", purpose, one_line(chosen->column, 40), one_line(chosen->reason));
}

void print_init(const Initialised& made) {
  print("assumed\n");
  for (const std::string& assumption : made.seen.assumptions) print("  " + one_line(assumption) + "\n");
  print("columns chosen\n" + choice("text", made.seen.text) + choice("id", made.seen.id) + choice("label", made.seen.label) +
        choice("group", made.seen.group));
  print("the first rows as they were read\n" + first_rows(made.seen));
  print(fmt::format("\nwrote {}; look it over, then: hone run --project {}\n", made.file.string(), made.file.parent_path().string()));
}

int init(const InitArguments& arguments) {
  const Initialised made = init_project(arguments.folder, arguments.from);
  if (arguments.json)
    print_json(init_json(made));
  else
    print_init(made);
  return 0;
}

}  // namespace

Body add_init(CLI::App& command) {
  const auto arguments = std::make_shared<InitArguments>();
  command.add_option("DIR", arguments->folder, "The folder to make the project in")->required();
  command.add_option("--from", arguments->from, "The file to look at: .csv .tsv .jsonl .parquet, text kinds also .gz and .zst")
      ->required()
      ->type_name("FILE");
  add_json_option(command, arguments->json);
  return [arguments] { return init(*arguments); };
}

}  // namespace hone::cli
