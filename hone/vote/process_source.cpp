#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions and programs change.
constexpr std::string_view kProcessEngine = "process/1";

constexpr double kMostSeconds = 24 * 3600;

std::vector<std::string> words_of(const ConfigNode& node) {
  const std::vector<std::string> words = node.texts();
  if (words.empty() || words.front().empty())
    throw node.error("names no program; give it with its arguments, as in process: [python3, lfs/mine.py]");
  for (const std::string& word : words)
    if (word.find('\0') != std::string::npos) throw node.error("an argument cannot hold a zero byte");
  return words;
}

double seconds_of(const ConfigNode& node) {
  const double seconds = node.number();
  if (!(seconds > 0.0 && seconds <= kMostSeconds))
    throw node.error("expected seconds above 0 and at most " + std::to_string(static_cast<int>(kMostSeconds)) + ", found '" + node.text() +
                     "'");
  return seconds;
}

ProcessSettings settings_of(const ConfigNode& entry, const std::string& name, const Task& task) {
  ProcessSettings process;
  process.command = words_of(entry.at("process"));
  process.function = name;
  process.classes = task.classes;
  if (const ConfigNode* function = entry.find("function")) process.function = function->text();
  if (const ConfigNode* fields = entry.find("fields")) process.fields = fields->texts();
  if (const ConfigNode* environment = entry.find("environment")) process.environment = environment->texts();
  if (const ConfigNode* files = entry.find("files")) process.files = files->texts();
  if (const ConfigNode* seconds = entry.find("seconds")) process.seconds = seconds_of(*seconds);
  return process;
}

}  // namespace

Source parse_process(const ConfigNode& entry, const Task& task) {
  entry.allow_keys({"process", "name", "function", "fields", "classes", "environment", "files", "seconds", "splits"});
  Source source;
  source.kind = Source::Kind::kProcess;
  source.name = parse_source_name(entry.at("name"));
  naming_it("process '" + source.name + "'", [&] {
    source.process = settings_of(entry, source.name, task);
    source.class_of_value = parse_class_of_value(entry.find("classes"), task);
    return 0;
  });
  source.definition = entry.to_json();
  const ProcessSettings& process = source.process;
  source.version = source_version(
      kProcessEngine, {process.command, process.function, process.fields, process.environment, process.seconds, process.classes},
      source.class_of_value);
  return source;
}

}  // namespace hone
