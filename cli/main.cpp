#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "cli/app.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/core/machine_failure.h"

namespace hone::cli {
namespace {

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = app.get_name();
  for (const CLI::App* chosen : app.get_subcommands()) command += " " + chosen->get_name();
  return std::string(error.what()) + "; `" + command + " --help` shows what there is";
}

// Read from the words themselves: it must be known even where they cannot be parsed.
bool asks_for_json(int argc, char** argv) {
  return std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

int fail(std::string_view code, const std::string& what, int status, bool json) {
  const std::string message = with_way_out(what);
  print_error(message);
  try {
    if (json) print_json({{"error", {{"code", code}, {"message", message}}}});
    finish_output();
  } catch (const Error&) {
    return status;  // Said on standard error; standard output takes nothing.
  }
  return status;
}

int run(int argc, char** argv) {
  if (argc == 1) {
    print_page(overview_page());
    return 2;
  }
  const std::string first = argv[1];
  if (first == "__complete") return complete({argv + 2, argv + argc});
  if (!first.starts_with('-')) command_named(first);  // CLI11 would only say that a command is missing.
  Body chosen;
  const std::unique_ptr<CLI::App> app = make_app(chosen);
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print_page(first.starts_with('-') ? overview_page() : command_page(first));
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) throw UsageError(usage_message(*app, error));
    return app->exit(error);  // Prints the version.
  }
  return chosen();
}

int run_to_end(int argc, char** argv) {
  const bool json = asks_for_json(argc, argv);
  try {
    return in_our_words([&] {
      const int status = run(argc, argv);
      finish_output();
      return status;
    });
  } catch (const UsageError& error) {
    return fail(to_string(error.code()), error.what(), 2, json);
  } catch (const Error& error) {
    return fail(to_string(error.code()), error.what(), 1, json);
  } catch (const Interrupted&) {
    return fail("interrupted", "interrupted; what is finished is kept, and the next run goes on from there", 1, json);
  } catch (const std::exception& error) {
    return fail(to_string(ErrorCode::kInternal), std::string("internal error: ") + error.what(), 1, json);
  }
}

// Where memory ends inside a function of Arrow's that must not throw, nobody can catch it: the words are all that is left.
[[noreturn]] void end_in_words() {
  std::string_view words = "hone: internal error: it had to end at once; please report it with the command and `hone --version`\n";
  try {
    if (const std::exception_ptr cause = std::current_exception()) std::rethrow_exception(cause);
  } catch (const std::bad_alloc&) {
    words = "hone: memory ran out: close other programs, or use a machine with more memory\n";
  } catch (...) {
  }
  static_cast<void>(!write(STDERR_FILENO, words.data(), words.size()));
  std::_Exit(1);
}

}  // namespace
}  // namespace hone::cli

int main(int argc, char** argv) {
  std::set_terminate(hone::cli::end_in_words);
  hone::cli::watch_interrupts();
  const int status = hone::cli::run_to_end(argc, argv);
  hone::cli::end_if_interrupted();
  // Libraries are not asked to take themselves down: where memory had run out, Arrow's allocator falls over in that.
  std::fflush(nullptr);
  std::_Exit(status);
}
