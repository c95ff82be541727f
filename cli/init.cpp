#include "hone/flow/init.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"

namespace hone::cli {
namespace {

struct InitArguments {
  std::string folder;
  std::string from;
  SniffOptions columns;
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

nlohmann::json starters_json(const std::vector<Starter>& starters) {
  nlohmann::json list = nlohmann::json::array();
  for (const Starter& starter : starters)
    list.push_back(
        {{"lf", starter.name}, {"vote", starter.class_name}, {"any", starter.words}, {"rows", starter.rows}, {"right", starter.right}});
  return list;
}

nlohmann::json init_json(const Initialised& made) {
  return {{"file", made.file.string()},
          {"chosen", {{"text", made.text}, {"id", made.id}, {"label", made.label}, {"group", made.group}}},
          {"classes", made.classes},
          {"sources", starters_json(made.starters)},
          {"drafts", starters_json(made.drafts)},
          {"trains", made.trains},
          {"assumptions", made.seen.assumptions},
          {"columns", columns_json(made.seen)},
          {"first_rows", made.seen.first_rows}};
}

// A row with hundreds of columns is shown by those that were chosen and a few more.
constexpr std::size_t kShownColumns = 12;

std::string first_rows(const Initialised& made) {
  const SniffedFile& seen = made.seen;
  std::string text;
  for (std::size_t row = 0; row < seen.first_rows.size(); ++row) {
    text += fmt::format("row {}\n", row + 1);
    std::size_t shown = 0, left_out = 0;
    for (std::size_t column = 0; column < seen.columns.size(); ++column) {
      const std::string& name = seen.columns[column].name;
      const bool is_chosen = name == made.text || name == made.id || name == made.label || name == made.group;
      if (!is_chosen && shown >= kShownColumns) {
        ++left_out;
        continue;
      }
      ++shown;
      text += fmt::format("  {}: {}\n", one_line(name, 40), one_line(seen.first_rows[row][column], 100));
    }
    if (left_out > 0) text += fmt::format("  and {} more columns\n", with_commas(left_out));
  }
  return text;
}

// `kept` is empty where the rows spoke against the choice.
std::string choice(std::string_view purpose, const std::optional<SniffedChoice>& chosen, const std::string& kept) {
  if (!chosen || kept.empty()) return fmt::format("  {:<6} none found\n", purpose);
  return fmt::format("  {:<6} {} ({})\n", purpose, one_line(chosen->column, 40), one_line(chosen->reason));
}

std::string classes_text(const Initialised& made) {
  constexpr std::size_t kShown = 12;
  std::string text;
  for (std::size_t place = 0; place < std::min(kShown, made.classes.size()); ++place)
    text += (place > 0 ? ", " : "") + one_line(made.classes[place], 40);
  if (made.classes.size() > kShown) text += fmt::format(" and {} more", made.classes.size() - kShown);
  return text;
}

std::string starters_text(const Initialised& made) {
  const bool labeled = !made.label.empty();
  std::vector<std::string> headings{"", "votes for", "where it reads", "train rows>"};
  if (labeled) headings.emplace_back("of this class>");
  Table table(headings);
  for (const Starter& starter : made.starters) {
    std::vector<std::string> cells{starter.name, one_line(starter.class_name, 30), starter.words.front(), with_commas(starter.rows)};
    if (labeled) cells.push_back(with_commas(starter.right));
    table.add(cells);
  }
  return table.text("  ");
}

// A path as a shell takes it.
std::string shell_word(const std::string& path) {
  return path.find_first_of(" '\"$&;()*?[]<>|\\`!#~") == std::string::npos ? path : "'" + path + "'";
}

std::string next_commands(const Initialised& made) {
  const std::string folder = shell_word(made.file.parent_path().string());
  const std::string example = made.starters.empty() ? "word" : made.starters.front().words.front();
  return fmt::format(
      "\nwrote {}; look it over, then\n  hone run --project {}\n  hone lf --project {}\n  echo '{{vote: {}, any: [{}]}}' | hone lf - "
      "--project {}\n",
      made.file.string(), folder, folder, made.classes.front(), example, folder);
}

void print_init(const Initialised& made) {
  print("assumed\n");
  for (const std::string& assumption : made.seen.assumptions) print("  " + one_line(assumption, 300) + "\n");
  print("columns chosen\n" + choice("text", made.seen.text, made.text) + choice("id", made.seen.id, made.id) +
        choice("label", made.seen.label, made.label) + choice("group", made.seen.group, made.group));
  print("classes\n  " + classes_text(made) + "\n");
  if (!made.starters.empty()) print("first labeling functions\n" + starters_text(made));
  print("the first rows as they were read\n" + first_rows(made));
  print(next_commands(made));
}

int init(const InitArguments& arguments) {
  const Initialised made = init_project(arguments.folder, arguments.from, arguments.columns);
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
  const auto add = [&](const char* name, std::optional<std::string>& column, const char* what) {
    command.add_option(name, column, what)->type_name("COLUMN");
  };
  add("--text", arguments->columns.text, "The column of texts, where it is not the one that looks like them");
  add("--id", arguments->columns.id, "The column that names rows; '' for none");
  add("--label", arguments->columns.label, "The column of known classes; '' for none");
  add("--group", arguments->columns.group, "The column of what belongs together (customer, document); '' for none");
  add_json_option(command, arguments->json);
  return [arguments] { return init(*arguments); };
}

}  // namespace hone::cli
