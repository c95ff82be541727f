#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/page.h"

namespace hone::cli {

/// What `hone` alone and `hone --help` show.
Page overview_page();

/// What `hone NAME --help` shows: what it does, its arguments and options as CLI11 knows them, what docs/help.md says more, an example.
/// Throws UsageError for a command that there is not.
Page command_page(const std::string& name);

/// A page that is no command's: a section of docs/, so that help, manual and docs say the same.
struct Topic {
  std::string_view name;
  std::string_view what;
};
std::vector<Topic> topics();

/// Throws UsageError, naming the nearest topic or command.
Page topic_page(const std::string& name);

/// The manual in roff: all commands and topics.
std::string manual();

/// To standard output: as wide as the terminal and with bold where it is one (and NO_COLOR is not set), else plain and 80 wide.
void print_page(const Page& page);

}  // namespace hone::cli
