#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/explain.h"

namespace hone::cli {
namespace {

struct WhyArguments : ProjectOptions {
  std::string row;
};

// Of a multi-label task: "fees 91.0 %, refund 88.2 %".
std::string classes_words(const nlohmann::json& label) {
  std::string words;
  for (const nlohmann::json& name : label.at("classes"))
    words += (words.empty() ? "" : ", ") + one_line(name.get<std::string>()) + " " +
             percent(label.at("probabilities").at(name.get<std::string>()));
  return words.empty() ? "none of the classes" : words;
}

std::string label_words(const nlohmann::json& label) {
  if (label.is_null()) return "no label";
  if (label.contains("classes")) return classes_words(label);
  return fmt::format("{} {}", one_line(label.at("class").get<std::string>()), percent(label.at("probability")));
}

std::string matched_words(const nlohmann::json& vote) {
  std::string words;
  if (!vote.contains("matched")) return words;
  for (const nlohmann::json& span : vote.at("matched"))
    words += (words.empty() ? "" : ", ") + ("'" + one_line(span.at("text").get<std::string>(), 30) + "'");
  return one_line(words, 60);
}

std::string votes_on_classes_text(const nlohmann::json& why) {
  Table table({"source", "votes", "because of", "where"});
  for (const nlohmann::json& vote : why.at("votes"))
    table.add({vote.at("source"), vote.at("class"), matched_words(vote), vote.value("where", "no longer in hone.yaml")});
  return table.text();
}

// With a taxonomy: the label and, where it is another, the deepest node that is certain enough.
std::string label_and_node(const nlohmann::json& label) {
  const std::string words = label_words(label);
  if (label.is_null() || !label.contains("node")) return words;
  const nlohmann::json& node = label.at("node");
  if (node.is_null()) return words + " (no node is certain enough)";
  return node.at("class") == label.at("class") ? words : words + ", surely " + label_words(node);
}

std::string votes_text(const nlohmann::json& why) {
  if (why.at("votes").empty()) return "no source voted on this row, so it has no label\n";
  if (!why.at("votes").front().contains("without_it")) return votes_on_classes_text(why);
  Table table({"source", "votes", "because of", "without it", "where"});
  for (const nlohmann::json& vote : why.at("votes"))
    table.add({vote.at("source"), vote.at("class"), matched_words(vote), label_words(vote.at("without_it")),
               vote.value("where", "no longer in hone.yaml")});
  return table.text();
}

// A class, or the list of those that a row of a multi-label task holds.
std::string names_words(const nlohmann::json& known) {
  if (known.is_string()) return one_line(known.get<std::string>());
  std::string words;
  for (const nlohmann::json& name : known) words += (words.empty() ? "" : ", ") + one_line(name.get<std::string>());
  return words.empty() ? "none of the classes" : words;
}

void print_why(const nlohmann::json& why) {
  const nlohmann::json& place = why.at("place");
  print(fmt::format("row {} ({}), {} line {}, split {}\n", why.at("row").get<std::uint64_t>(), one_line(why.at("id").get<std::string>()),
                    one_line(place.at("file").get<std::string>()), place.at("line").get<std::uint64_t>(),
                    why.at("split").get<std::string>()));
  for (const auto& [name, value] : why.at("fields").items())
    print(fmt::format("  {}: {}\n", one_line(name, 40), value.is_null() ? "(absent)" : one_line(value.get<std::string>(), 160)));
  print("\n" + votes_text(why));
  print(fmt::format("\nlabel       {} by {}\n", label_and_node(why.at("label")), why.at("label_model").get<std::string>()));
  if (why.contains("majority"))
    print(fmt::format("majority    {}\n", why.at("majority").is_null() ? "no label" : one_line(why.at("majority").get<std::string>())));
  if (!why.at("prediction").is_null()) print(fmt::format("prediction  {}\n", label_and_node(why.at("prediction"))));
  const nlohmann::json& gold = why.at("gold");
  print(fmt::format("gold        {}\n", gold.at("class").is_null() ? gold.at("note").get<std::string>() : names_words(gold.at("class"))));
  print("\nmade by\n");
  for (const nlohmann::json& run : why.at("runs"))
    print(fmt::format("  {:<9} {}  {}\n", run.at("stage").get<std::string>(), run.at("ended").get<std::string>(),
                      run.at("key").get<std::string>().substr(0, 12)));
}

int why(const WhyArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  const nlohmann::json explained = explain_row(workspace, arguments.row);
  if (arguments.json)
    print_json(explained);
  else
    print_why(explained);
  return 0;
}

}  // namespace

Body add_why(CLI::App& command) {
  const auto arguments = std::make_shared<WhyArguments>();
  command.add_option("ROW", arguments->row, "A row's id, or its number from 0")->required();
  add_project_options(command, *arguments);
  return [arguments] { return why(*arguments); };
}

}  // namespace hone::cli
