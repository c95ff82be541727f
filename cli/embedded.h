#pragma once

#include <string_view>

namespace hone::cli {

/// Files of the source tree that lie in the program, put there by embedded_data.S. Each name is that of its file.
std::string_view docs_help();     // docs/help.md
std::string_view docs_project();  // docs/project.md
std::string_view docs_formats();  // docs/formats.md
std::string_view docs_json();     // docs/json.md
std::string_view completion_bash();
std::string_view completion_zsh();
std::string_view completion_fish();

}  // namespace hone::cli
