#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/flow/table_writer.h"
#include "hone/flow/workspace.h"

namespace hone::cli {

/// What was typed is wrong in itself, whatever the files hold: exit status 2. Every other error is status 1.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(ErrorCode::kInvalidArgument, message) {}
};

/// Looks at what was typed by way of the library: its refusal is then a UsageError.
template <typename Check>
auto typed(const Check& check) {
  try {
    return check();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidArgument && error.code() != ErrorCode::kNotFound) throw;
    throw UsageError(error.what());
  }
}

/// What a command does once its arguments are read; returns the exit status: 0 done, 1 failed, 2 usage. What it throws, main.cpp
/// turns into one of these, and with --json into {"error": …} on standard output.
using Body = std::function<int()>;

/// A command: a file beside this one, and a line in app.cpp. `add` declares its arguments and returns its body.
struct Command {
  std::string_view name;
  std::string_view what;
  std::string_view example;
  Body (*add)(CLI::App& command);
};

Body add_init(CLI::App& command);
Body add_run(CLI::App& command);
Body add_status(CLI::App& command);
Body add_lf(CLI::App& command);
Body add_why(CLI::App& command);
Body add_log(CLI::App& command);
Body add_report(CLI::App& command);
Body add_export(CLI::App& command);
Body add_predict(CLI::App& command);
Body add_aggregate(CLI::App& command);
Body add_label_models(CLI::App& command);
Body add_compare(CLI::App& command);
Body add_benchmark(CLI::App& command);
Body add_release(CLI::App& command);
Body add_diff(CLI::App& command);
Body add_verify(CLI::App& command);
Body add_ledger(CLI::App& command);
Body add_replay(CLI::App& command);
Body add_erase(CLI::App& command);
Body add_evidence(CLI::App& command);
Body add_gc(CLI::App& command);
Body add_reindex(CLI::App& command);
Body add_help(CLI::App& command);
Body add_completion(CLI::App& command);

/// Options that most commands share, by value in each command's own struct.
struct ProjectOptions {
  std::string project;  // --project DIR; empty: the nearest parent with hone.yaml.
  bool json = false;
  int threads = 0;
};
void add_project_options(CLI::App& command, ProjectOptions& options);
void add_threads_option(CLI::App& command, int& threads);
void add_json_option(CLI::App& command, bool& json);
/// --class-balance CLASS=SHARE, of a table of votes; class_shares() reads what was typed, or throws UsageError.
void add_class_balance_option(CLI::App& command, std::vector<std::string>& shares);
std::map<std::string, double> class_shares(const std::vector<std::string>& typed);

/// The format of rows that go to `out` ("-": standard output): the one named, else by the file's ending, else JSONL. Throws UsageError for
/// one that there is not, for Parquet on standard output, and for `json`, where standard output is taken by the rows.
TableFormat typed_format(const std::string& out, const std::string& format, bool json);

/// The project's workspace. Throws when there is none or hone.yaml is wrong.
Workspace open_workspace(const ProjectOptions& options);

}  // namespace hone::cli
