#include <charconv>
#include <utility>

#include "cli/command.h"

namespace hone::cli {
namespace {

// "fraud=0.02": the class may hold further signs of equality.
std::pair<std::string, double> class_share(const std::string& text) {
  const std::size_t sign = text.rfind('=');
  double share = 0.0;
  const char* end = text.data() + text.size();
  if (sign == std::string::npos || std::from_chars(text.data() + sign + 1, end, share).ptr != end || sign + 1 == text.size())
    throw UsageError("--class-balance takes CLASS=SHARE, as in fraud=0.02, not '" + text + "'");
  return {text.substr(0, sign), share};
}

}  // namespace

void add_threads_option(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads to use; 0: as many as the machine has. No result depends on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

void add_json_option(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print one JSON value instead of text (docs/json.md)");
}

void add_class_balance_option(CLI::App& command, std::vector<std::string>& shares) {
  command.add_option("--class-balance", shares, "What is known of the share of a class; may be given again")->type_name("CLASS=SHARE");
}

std::map<std::string, double> class_shares(const std::vector<std::string>& typed) {
  std::map<std::string, double> shares;
  for (const std::string& share : typed) shares.insert(class_share(share));
  return shares;
}

void add_project_options(CLI::App& command, ProjectOptions& options) {
  command.add_option("--project", options.project, "The project's folder; without it the nearest parent that holds hone.yaml")
      ->type_name("DIR");
  add_json_option(command, options.json);
  add_threads_option(command, options.threads);
}

TableFormat typed_format(const std::string& out, const std::string& format, bool json) {
  const bool to_output = out == "-";
  if (to_output && json) throw UsageError("the rows themselves go to standard output; give --out FILE with --json");
  if (format.empty()) return to_output ? TableFormat::kJsonl : typed([&] { return format_of(out); });
  const TableFormat chosen = typed([&] { return format_named(format); });
  if (to_output && chosen == TableFormat::kParquet) throw UsageError("Parquet cannot go to standard output; give --out FILE");
  return chosen;
}

Workspace open_workspace(const ProjectOptions& options) {
  const std::filesystem::path root = options.project.empty() ? find_project(".") : std::filesystem::path(options.project);
  return Workspace(load_project(root));
}

}  // namespace hone::cli
