#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/ledger/event_proof.h"
#include "hone/record/ledger_care.h"

namespace hone::cli {
namespace {

struct LedgerArguments : ProjectOptions {
  std::string action, what, because, place;
  std::optional<std::uint64_t> size;
  bool compromised = false;
};

struct Opened {
  Workspace& workspace;
  ProjectLedger& ledger;
  const LedgerArguments& arguments;

  void show(const nlohmann::json& json, const std::string& text) const { arguments.json ? print_json(json) : print(text); }
  const std::string& needed(const char* what) const {
    if (arguments.what.empty()) throw UsageError("`hone ledger " + arguments.action + "` needs " + what);
    return arguments.what;
  }
};

void key(const Opened& opened) {
  const std::vector<std::string> keys = opened.ledger.reader().keys();
  opened.show({{"vkey", keys.back()}, {"keys", keys}}, keys.back() + "\n");
}

void checkpoint(const Opened& opened) {
  const LedgerReader& log = opened.ledger.reader();
  opened.show({{"origin", log.checkpoint().origin}, {"size", log.size()}, {"checkpoint", log.note().to_string()}}, log.note().to_string());
}

void publish(const Opened& opened) {
  const std::string& folder = opened.needed("a folder");
  opened.ledger.reader().publish(folder);
  opened.show({{"folder", folder}, {"size", opened.ledger.reader().size()}},
              fmt::format("{} events published to {}\n", with_commas(opened.ledger.reader().size()), folder));
}

std::uint64_t event_number(const Opened& opened) {
  const std::string& text = opened.needed("the number of an event, as `hone log` shows it");
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos && text.size() < 16;
  if (!is_number) throw UsageError("'" + one_line(text, 40) + "' is no event's number");
  const std::uint64_t seq = std::stoull(text), size = opened.ledger.reader().size();
  if (seq >= size) throw Error(ErrorCode::kNotFound, "there is no event " + text + "; the log has " + std::to_string(size));
  return seq;
}

void proof(const Opened& opened) {
  const std::uint64_t seq = event_number(opened);
  LedgerReader& log = opened.ledger.reader();
  if (opened.arguments.place.empty()) {
    const std::string text = proof_of_event(log, seq);
    return opened.show({{"event", seq}, {"entry", log.entry(seq)}, {"proof", text}}, text);
  }
  write_proof(log, seq, opened.arguments.place);
  opened.show({{"event", seq}, {"folder", opened.arguments.place}},
              fmt::format("{0}.json and {0}.tlog-proof in {1}\n", seq, opened.arguments.place));
}

void rotate(const Opened& opened) {
  const std::string vkey = rotate_ledger_key(opened.ledger, opened.arguments.compromised, opened.arguments.size.value_or(0));
  opened.show({{"vkey", vkey}}, vkey + "\n");
}

void reopen(const Opened& opened) {
  const std::string origin = reopen_ledger(opened.ledger, opened.arguments.because);
  opened.show({{"origin", origin}}, fmt::format("a new log {} goes on; `hone run` takes in what the project holds\n", origin));
}

void anchor(const Opened& opened) {
  const std::uint64_t seq = anchor_ledger(opened.workspace.objects(), opened.ledger, opened.needed("the file that came back"),
                                          opened.arguments.place, opened.arguments.size);
  opened.show({{"event", seq}}, fmt::format("event {}\n", with_commas(seq)));
}

struct Action {
  std::string_view name;
  void (*run)(const Opened&);
};
constexpr std::array kActions{Action{"key", key},      Action{"checkpoint", checkpoint}, Action{"publish", publish},
                              Action{"proof", proof},  Action{"rotate", rotate},         Action{"reopen", reopen},
                              Action{"anchor", anchor}};

int ledger(const LedgerArguments& arguments) {
  const auto* const action = std::ranges::find(kActions, arguments.action, &Action::name);
  if (action == kActions.end())
    throw UsageError("no action '" + one_line(arguments.action, 40) +
                     "'; there are key, checkpoint, publish, proof, rotate, reopen and anchor");
  Workspace workspace = open_workspace(arguments);
  ProjectLedger opened(workspace.project());
  action->run({workspace, opened, arguments});
  return 0;
}

}  // namespace

Body add_ledger(CLI::App& command) {
  const auto arguments = std::make_shared<LedgerArguments>();
  command.add_option("ACTION", arguments->action, "key, checkpoint, publish, proof, rotate, reopen or anchor")->required();
  command.add_option("WHAT", arguments->what, "publish: a folder; proof: an event's number; anchor: the file that came back");
  command.add_option("--to", arguments->place, "proof: a folder to write entry and proof to")->type_name("FOLDER");
  command.add_option("--place", arguments->place, "anchor: who holds it, as in 'mailbox of the auditor'")->type_name("TEXT");
  command
      .add_option("--size", arguments->size, "anchor: of how many events it speaks; rotate --compromised: the last size that others hold")
      ->type_name("N");
  command.add_flag("--compromised", arguments->compromised, "rotate: others may have had the old key");
  command.add_option("--because", arguments->because, "reopen: why a new log is begun")->type_name("TEXT");
  add_project_options(command, *arguments);
  return [arguments] { return ledger(*arguments); };
}

}  // namespace hone::cli
