#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/job/child.h"
#include "hone/job/child_process.h"
#include "hone/record/project_ledger.h"

namespace hone::cli {
namespace {

struct VerifyArguments : ProjectOptions {
  std::string vkey, policy;
  std::vector<std::string> trusted;
};

std::filesystem::path find_hone_verify() {
  std::filesystem::path program = folder_of_this_program() / "hone-verify";
  if (::access(program.c_str(), X_OK) == 0) return program;
  throw Error(ErrorCode::kNotFound, "there is no '" + program.string() + "', which checks ledgers; take the whole package");
}

// Who gives neither key nor policy believes the log's own key and knows of no anchor: the verifier prints that as a weakness.
std::string own_policy(ProjectLedger& ledger) {
  return "log " + ledger.reader().event(0).body.at("vkey").get<std::string>() + "\nquorum none\n";
}

std::vector<std::string> verifier_words(const VerifyArguments& arguments, const Project& project, const std::filesystem::path& policy) {
  std::vector<std::string> words{find_hone_verify().string(), project.root.string()};
  const auto add = [&](const char* option, const std::string& value) { words.insert(words.end(), {option, value}); };
  if (!arguments.vkey.empty()) add("--vkey", arguments.vkey);
  if (!arguments.policy.empty()) add("--policy", arguments.policy);
  if (arguments.vkey.empty() && arguments.policy.empty()) add("--policy", policy.string());
  for (const std::string& checkpoint : arguments.trusted) add("--trusted", checkpoint);
  if (std::filesystem::exists(project.state() / "payload.db")) add("--payload", (project.state() / "payload.db").string());
  if (arguments.json) words.emplace_back("--json");
  return words;
}

// Its output is written as it comes: it has looked after control characters itself.
int run_verifier(const std::vector<std::string>& words) {
  std::vector<std::string> environment;
  for (const char* name : {"PATH", "TMPDIR", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  ChildProcess verifier({.words = words, .environment = environment});
  verifier.exchange({.take_out = [](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); },
                     .take_error = [](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stderr); }});
  const int status = verifier.wait();
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  throw Error(ErrorCode::kChildFailed, "hone-verify was ended by signal " + std::to_string(WTERMSIG(status)));
}

int verify(const VerifyArguments& arguments) {
  const Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  const RemovedAtEnd policy(temporary_name(std::filesystem::temp_directory_path()));
  if (arguments.vkey.empty() && arguments.policy.empty()) write_file_atomically(policy.path(), own_policy(ledger), 0600);
  return run_verifier(verifier_words(arguments, workspace.project(), policy.path()));
}

}  // namespace

Body add_verify(CLI::App& command) {
  const auto arguments = std::make_shared<VerifyArguments>();
  command.add_option("--vkey", arguments->vkey, "The key to believe; without it the log's own")->type_name("KEY");
  command.add_option("--policy", arguments->policy, "Keys of the log and of witnesses (tlog-policy)")->type_name("FILE");
  command.add_option("--trusted", arguments->trusted, "A checkpoint that was kept outside; may be given more than once")->type_name("FILE");
  add_project_options(command, *arguments);
  return [arguments] { return verify(*arguments); };
}

}  // namespace hone::cli
