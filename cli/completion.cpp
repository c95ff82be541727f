#include <memory>

#include "cli/command.h"
#include "cli/embedded.h"
#include "cli/terminal.h"
#include "hone/core/suggest.h"

namespace hone::cli {
namespace {

struct CompletionArguments {
  std::string shell;
  bool json = false;
};

std::string_view script_of(const std::string& shell) {
  if (shell == "bash") return completion_bash();
  if (shell == "zsh") return completion_zsh();
  if (shell == "fish") return completion_fish();
  const std::vector<std::string> known{"bash", "zsh", "fish"};
  throw UsageError("no completion for the shell '" + shell + "'" + suggestion(shell, known));
}

int completion(const CompletionArguments& arguments) {
  const std::string_view script = script_of(arguments.shell);
  if (arguments.json)
    print_json({{"shell", arguments.shell}, {"script", script}});
  else
    print(script);
  return 0;
}

}  // namespace

Body add_completion(CLI::App& command) {
  const auto arguments = std::make_shared<CompletionArguments>();
  command.add_option("SHELL", arguments->shell, "bash, zsh or fish")->required();
  add_json_option(command, arguments->json);
  return [arguments] { return completion(*arguments); };
}

}  // namespace hone::cli
