#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <span>

#include "cli/command.h"

namespace hone::cli {

/// All commands, in the order in which help shows them.
std::span<const Command> commands();

/// Throws UsageError naming the nearest command unless there is one of this name.
const Command& command_named(const std::string& name);

/// The command line with every command and its options. Parsing it leaves the body of the command that was typed in `chosen`, which
/// must outlive it.
std::unique_ptr<CLI::App> make_app(Body& chosen);

}  // namespace hone::cli
