#include "hone/record/evidence.h"

#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/ledger/base64.h"

namespace hone::cli {
namespace {

struct EvidenceArguments : ProjectOptions {
  std::string release, out;
  ExportPurpose purpose;
};

nlohmann::json to_json(const Release& release, const Evidence& made) {
  return {
      {"release", release.name},
      {"version", release.version},
      {"folder", made.folder.string()},
      {"zip", made.zip.string()},
      {"files", made.files},
      {"bytes", made.bytes},
      {"manifest_sha256", made.manifest_sha256},
      {"zip_sha256", made.zip_sha256},
      {"vkey", made.vkey},
      {"origin", made.origin},
      {"size", made.size},
      {"checklist", {{"met", made.checklist.met}, {"not_met", made.checklist.not_met}, {"not_applicable", made.checklist.not_applicable}}},
      {"event", made.event}};
}

std::string text_of(const Release& release, const Evidence& made) {
  return fmt::format("evidence of {} ({}): {} files, {}, in\n  {}\n  {}\n", release.name, release.version, with_commas(made.files),
                     megabytes(made.bytes), made.folder.string(), made.zip.string()) +
         fmt::format("MANIFEST.sha256 has the SHA-256 {}\n", made.manifest_sha256) +
         fmt::format("what an auditor asks: {} met, {} not met, {} not applicable; checklist.md says why\n", made.checklist.met,
                     made.checklist.not_met, made.checklist.not_applicable) +
         fmt::format("who gets it checks it with `hone-verify FOLDER --vkey KEY`; give the key by another road:\n  {}\n", made.vkey);
}

int evidence(const EvidenceArguments& arguments) {
  Workspace workspace = open_workspace(arguments);
  ProjectLedger ledger(workspace.project());
  const Release release = find_release(workspace.objects(), ledger, arguments.release);
  const Evidence made =
      write_evidence(workspace, ledger, release, arguments.out.empty() ? "evidence-" + release.name : arguments.out, arguments.purpose);
  if (arguments.json)
    print_json(to_json(release, made));
  else
    print(text_of(release, made));
  return 0;
}

}  // namespace

Body add_evidence(CLI::App& command) {
  const auto arguments = std::make_shared<EvidenceArguments>();
  command.add_option("RELEASE", arguments->release, "The release, as `hone release` lists it")->required();
  command.add_option("--out", arguments->out, "The folder to write; FOLDER.zip holds the same. Without it evidence-RELEASE, here")
      ->type_name("FOLDER");
  command.add_option("--recipient", arguments->purpose.recipient, "Who gets it, for the ledger; kept where it can be erased")
      ->type_name("TEXT");
  command.add_option("--purpose", arguments->purpose.purpose, "What for, for the ledger")->type_name("TEXT");
  add_project_options(command, *arguments);
  return [arguments] { return evidence(*arguments); };
}

}  // namespace hone::cli
