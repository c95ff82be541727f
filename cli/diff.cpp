#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/record/release_diff.h"

namespace hone::cli {
namespace {

struct DiffArguments : ProjectOptions {
  std::string from, to;
};

std::string names(const nlohmann::json& list) {
  std::string words;
  for (const nlohmann::json& name : list) words += (words.empty() ? "" : ", ") + one_line(name.get<std::string>(), 40);
  return one_line(words, 120);
}

std::string count(const nlohmann::json& number) { return with_commas(number.get<std::uint64_t>()); }

std::string cause_words(const std::string& cause) {
  if (cause == "row") return "the row itself changed";
  if (cause == "votes") return "other votes";
  return "the label model alone, on the same votes";
}

void print_sources(const nlohmann::json& sources) {
  for (const auto& [key, words] :
       {std::pair{"added", "new sources"}, {"removed", "sources that went"}, {"changed", "sources with other votes"}})
    if (!sources.at(key).empty()) print(fmt::format("{}: {}\n", words, names(sources.at(key))));
}

void print_labels(const nlohmann::json& diff) {
  if (diff.at("rows").at("labels_changed") == 0) return print("no row that is in both has another label\n");
  Table causes({"labels changed by", "rows>"});
  for (const nlohmann::json& cause : diff.at("causes"))
    if (cause.at("rows") > 0) causes.add({cause_words(cause.at("cause")), count(cause.at("rows"))});
  print("\n" + causes.text());
  if (!diff.at("by_source").empty()) {
    Table sources({"source that votes otherwise there", "rows>"});
    for (const nlohmann::json& source : diff.at("by_source"))
      sources.add({one_line(source.at("source").get<std::string>(), 60), count(source.at("rows"))});
    print("\n" + sources.text());
  }
  Table rows({"row", "was", "is", "because of"});
  for (const nlohmann::json& row : diff.at("first_changed")) {
    const auto label = [](const nlohmann::json& value) {
      return value.is_null() ? std::string("no label") : one_line(value.get<std::string>(), 40);
    };
    rows.add({one_line(row.at("id").get<std::string>(), 40), label(row.at("from")), label(row.at("to")),
              row.at("cause") == "votes" ? names(row.at("sources")) : cause_words(row.at("cause"))});
  }
  print("\n" + rows.text());
}

void print_diff(const nlohmann::json& diff) {
  const nlohmann::json& rows = diff.at("rows");
  print(fmt::format("{} to {}: {} rows came, {} went, {} changed; {} have another label\n", one_line(diff.at("from").get<std::string>()),
                    one_line(diff.at("to").get<std::string>()), count(rows.at("added")), count(rows.at("removed")),
                    count(rows.at("changed")), count(rows.at("labels_changed"))));
  print_sources(diff.at("sources"));
  print_labels(diff);
  if (diff.at("slices").empty()) return;
  Table slices({"slice", "came>", "went>", "another label>"});
  for (const nlohmann::json& slice : diff.at("slices"))
    slices.add({one_line(slice.at("slice").get<std::string>(), 60), count(slice.at("added")), count(slice.at("removed")),
                count(slice.at("labels_changed"))});
  print("\n" + slices.text());
}

int diff(const DiffArguments& arguments) {
  const Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  const ObjectStore& objects = workspace.objects();
  const nlohmann::json found =
      diff_releases(objects, find_release(objects, ledger, arguments.from), find_release(objects, ledger, arguments.to));
  if (arguments.json)
    print_json(found);
  else
    print_diff(found);
  return 0;
}

}  // namespace

Body add_diff(CLI::App& command) {
  const auto arguments = std::make_shared<DiffArguments>();
  command.add_option("FROM", arguments->from, "A release")->required();
  command.add_option("TO", arguments->to, "A later one")->required();
  add_project_options(command, *arguments);
  return [arguments] { return diff(*arguments); };
}

}  // namespace hone::cli
