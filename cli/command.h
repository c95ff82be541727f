#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/flow/workspace.h"

namespace hone::cli {

/// What a command does once its arguments are read; returns the exit status: 0 done, 1 failed, 2 usage. What it throws, main()
/// turns into one of these.
using Body = std::function<int()>;

/// A command: a file beside this one, and a line in main.cpp. `add` declares its arguments and returns its body.
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
Body add_report(CLI::App& command);
Body add_export(CLI::App& command);
Body add_predict(CLI::App& command);
Body add_aggregate(CLI::App& command);
Body add_gc(CLI::App& command);

/// Options that most commands share, by value in each command's own struct.
struct ProjectOptions {
  std::string project;  // --project DIR; empty: the nearest parent with hone.yaml.
  bool json = false;
  int threads = 0;
};
void add_project_options(CLI::App& command, ProjectOptions& options);
void add_threads_option(CLI::App& command, int& threads);
void add_json_option(CLI::App& command, bool& json);

/// The project's workspace. Throws when there is none or hone.yaml is wrong.
Workspace open_workspace(const ProjectOptions& options);

}  // namespace hone::cli
