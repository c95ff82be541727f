#include "cli/complete.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "cli/app.h"
#include "cli/help.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/flow/benchmark.h"
#include "hone/flow/compare_predictions.h"
#include "hone/flow/main_path.h"
#include "hone/label_model/label_model.h"
#include "hone/ledger/event_kinds.h"

namespace hone::cli {
namespace {

struct Candidate {
  std::string word;
  std::string what = {};
};
using Candidates = std::vector<Candidate>;

// What was typed before the word to complete.
struct Typed {
  std::string command;
  std::vector<std::string> before;  // Behind the command.
  std::string current;
};

Project project_of(const Typed& typed) {
  const auto option = std::ranges::find(typed.before, "--project");
  const bool named = option != typed.before.end() && option + 1 != typed.before.end();
  return load_project(named ? std::filesystem::path(*(option + 1)) : find_project("."));
}

// --- What may stand as the value of an option or argument.

Candidates files(const Typed&) { return {{":files"}}; }
Candidates folders(const Typed&) { return {{":folders"}}; }
Candidates formats(const Typed&) { return {{"jsonl"}, {"csv"}, {"parquet"}}; }
Candidates shells(const Typed&) { return {{"bash"}, {"zsh"}, {"fish"}}; }

Candidates stages(const Typed& typed) {
  Candidates all;
  for (const Stage& stage : main_path(project_of(typed))) all.push_back({std::string(stage.name), std::string(stage.what)});
  return all;
}

Candidates models(const Typed&) {
  Candidates all;
  for (const LabelModelInfo& model : label_models()) all.push_back({std::string(model.name), std::string(model.what)});
  return all;
}

Candidates sources(const Typed& typed) {
  Candidates all{{"-", "a draft from standard input"}};
  for (const Source& source : project_of(typed).sources) all.push_back({source.name, source.file + ":" + std::to_string(source.line)});
  return all;
}

Candidates kinds(const Typed&) {
  Candidates all;
  for (const EventKind& kind : event_kinds()) all.push_back({std::string(kind.name)});
  return all;
}

// What events are about by name, as far as hone.yaml has it.
Candidates things(const Typed& typed) {
  Candidates all = stages(typed);
  for (const Source& source : project_of(typed).sources) all.push_back({source.name, source.file + ":" + std::to_string(source.line)});
  return all;
}

Candidates slices(const Typed& typed) {
  Candidates all;
  for (const Slice& slice : project_of(typed).slices) all.push_back({slice.name});
  return all;
}

// The last of the names between commas is completed.
Candidates columns(const Typed& typed) {
  Workspace workspace(project_of(typed));
  const std::size_t comma = typed.current.rfind(',');
  const std::string before = comma == std::string::npos ? "" : typed.current.substr(0, comma + 1);
  Candidates all;
  for (const std::string& column : workspace.dataset(workspace.needed("import")).column_names()) all.push_back({before + column});
  return all;
}

Candidates help_pages(const Typed&) {
  Candidates all;
  for (const Topic& topic : topics()) all.push_back({std::string(topic.name), std::string(topic.what)});
  for (const Command& command : commands()) all.push_back({std::string(command.name), std::string(command.what)});
  return all;
}

Candidates metrics(const Typed&) {
  Candidates all;
  for (const std::string& name : built_in_metrics()) all.push_back({name});
  return all;
}

Candidates benchmark_actions(const Typed&) { return {{"create"}, {"admit"}, {"run"}, {"refresh"}, {"retire"}, {"show"}}; }

Candidates benchmarks(const Typed& typed) {
  std::filesystem::path root = ".";
  try {
    root = project_of(typed).root;
  } catch (const Error&) {  // Benchmarks need no project.
  }
  Candidates all;
  for (const std::string& name : benchmark_names(root)) all.push_back({name});
  return all;
}

Candidates baselines(const Typed&) { return {{"label-model"}, {"majority"}, {":files"}}; }

struct Value {
  std::string_view command;  // Empty: any.
  std::string_view name;     // Of the option or argument.
  Candidates (*candidates)(const Typed&);
};
constexpr Value kValues[] = {
    {"", "--project", folders},
    {"", "--format", formats},
    {"", "--out", files},
    {"init", "DIR", folders},
    {"init", "--from", files},
    {"run", "--until", stages},
    {"lf", "NAME", sources},
    {"export", "--columns", columns},
    {"predict", "FILE", files},
    {"aggregate", "VOTES", files},
    {"aggregate", "--gold", files},
    {"aggregate", "--model", models},
    {"benchmark", "ACTION", benchmark_actions},
    {"benchmark", "NAME", benchmarks},
    {"benchmark", "--items", files},
    {"benchmark", "--own", files},
    {"benchmark", "--baseline", baselines},
    {"benchmark", "--predictions", files},
    {"benchmark", "--from", files},
    {"compare", "A", files},
    {"compare", "B", files},
    {"compare", "--gold", files},
    {"compare", "--metric", metrics},
    {"label-models", "--votes", files},
    {"label-models", "--gold", files},
    {"lf", "--slice", slices},
    {"help", "TOPIC", help_pages},
    {"completion", "SHELL", shells},
    {"why", "--slice", slices},
    {"why", "--proof", folders},
    {"log", "--kind", kinds},
    {"log", "--source", things},
};

Candidates values_of(const Typed& typed, const std::string& name) {
  for (const Value& value : kValues)
    if ((value.command.empty() || value.command == typed.command) && value.name == name) return value.candidates(typed);
  return {};
}

// --- Which of them the word to complete is.

const CLI::Option* option_named(const CLI::App& app, const std::string& word) {
  return word.starts_with('-') && word.size() > 1 ? app.get_option_no_throw(word) : nullptr;
}

bool takes_value(const CLI::Option* option) { return option && option->get_items_expected_max() > 0; }

Candidates option_candidates(const CLI::App& app) {
  Candidates all;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) all.push_back({"--" + name, option->get_description()});
  return all;
}

// The argument that the word to complete is, by the number of those before it.
std::string argument_at(const CLI::App& app, const std::vector<std::string>& before) {
  std::size_t place = 0;
  for (std::size_t word = 0; word < before.size(); ++word) {
    if (takes_value(option_named(app, before[word])))
      ++word;
    else if (!before[word].starts_with('-') || before[word] == "-")
      ++place;
  }
  for (const CLI::Option* option : app.get_options())
    if (!option->nonpositional() && place-- == 0) return option->get_name(true);
  return {};
}

Candidates candidates(const Typed& typed) {
  Body unused;
  const auto app = make_app(unused);
  if (typed.command.empty() && typed.current.starts_with('-')) return option_candidates(*app);
  if (typed.command.empty()) {
    Candidates all;
    for (const Command& command : commands()) all.push_back({std::string(command.name), std::string(command.what)});
    return all;
  }
  const auto found = app->get_subcommands([&](CLI::App* sub) { return sub->get_name() == typed.command; });
  if (found.empty()) return {};
  const CLI::App& command = *found.front();
  if (!typed.before.empty() && takes_value(option_named(command, typed.before.back()))) return values_of(typed, typed.before.back());
  if (typed.current.starts_with("-") && typed.current != "-") return option_candidates(command);
  const std::string argument = argument_at(command, typed.before);
  return argument.empty() ? option_candidates(command) : values_of(typed, argument);
}

// Some shells cut `--until=label` at the sign.
Typed read(std::vector<std::string> words) {
  if (words.empty() || words.back() == "=") words.emplace_back();
  std::erase(words, "=");
  Typed typed;
  typed.current = words.back();
  words.pop_back();
  if (words.empty()) return typed;
  typed.command = words.front();
  typed.before.assign(words.begin() + 1, words.end());
  return typed;
}

// `--until=la` in one word: completed behind the sign, and given back with what stands before it.
Candidates candidates_of(Typed typed) {
  const std::size_t sign = typed.current.starts_with("--") ? typed.current.find('=') : std::string::npos;
  if (sign == std::string::npos) return candidates(typed);
  const std::string before = typed.current.substr(0, sign + 1);
  typed.before.push_back(typed.current.substr(0, sign));
  typed.current = typed.current.substr(sign + 1);
  Candidates found = candidates(typed);
  for (Candidate& candidate : found)
    if (!candidate.word.starts_with(':')) candidate.word.insert(0, before);
  return found;
}

}  // namespace

int complete(std::vector<std::string> words) {
  const Typed typed = read(std::move(words));
  try {
    for (const Candidate& candidate : candidates_of(typed))
      if (candidate.word.starts_with(':') || candidate.word.starts_with(typed.current))
        print_styled(candidate.word + (candidate.what.empty() ? "" : "\t" + one_line(candidate.what, 80)) + "\n");
  } catch (const Error&) {
    return 0;  // No project here, or one that is being edited.
  }
  return 0;
}

}  // namespace hone::cli
