#include "hone/record/evidence_text_internal.h"

#include <fmt/format.h>

#include "hone/core/count.h"
#include "hone/ledger/base64.h"
#include "hone/record/checklist.h"
#include "hone/record/escaped_text_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

std::string number_text(const Json& number) { return with_commas(number.get<std::uint64_t>()); }

constexpr std::string_view kContents = R"(What is in it
  index.html          all of it on one page, for people; no script
  MANIFEST.sha256     the SHA-256 of every other file
  data/               labels.parquet and labels.jsonl, a row for each example; objects/, the release's own objects by hash;
                      objects.json, which lists them by name, and says of each that is not here why
  croissant.json      the labels described for other programs (Croissant 1.1, RAI 1.0)
  openlineage.ndjson  every run of a stage for other programs (OpenLineage 2-0-2)
  ledger/             the log as a tree of tlog-tiles (https://c2sp.org/tlog-tiles), up to the release
  policy              the log's key as a tlog-policy (https://c2sp.org/tlog-policy); "quorum none": no witness need have seen the log
  reports/            the report of the release: report.json, and report.html, which draws it
  diff/               what changed since the release before: diff.json and diff.md; not there in the first release
  inventory.json      third-party parts of the program, and the versions of the code that ran
  checklist.md, .json 24 questions of a model-risk or QA reader, answered met, not met or not applicable
)";

constexpr std::string_view kWithout = R"(
How to check it without Hone
  sha256sum -c MANIFEST.sha256
says of each file whether it is what was packed. The list itself could have been written anew by whoever changed a file: what
stands against that is the log.

ledger/checkpoint is a signed note (https://c2sp.org/signed-note): the log's name, its size, and the root of its Merkle tree
(RFC 6962) in base64. ledger/tile/entries/ holds the entries, each behind its length in two bytes; SHA-256(00 || entry) is a leaf.
Any tool that reads tlog-tiles recomputes the root from them and checks the signature. Entry )";

constexpr std::string_view kProves = R"text(
What that proves, and what not
It proves that the log is whole and unchanged since the release, that the release names the objects here by their hashes, and that
the log followed its rules. It does not prove that what was written was true, that nothing was left unwritten, or that there is no
second log. Against another history stands only a checkpoint that somebody outside holds: bring one with --trusted.

What is not inside
  The texts of the rows, and all their columns but the ids: they stay with the project. Their hashes are in the log.
  Gold of the test split. Labels of test rows are the label model's.
  Texts of rows in the report: in their place stands "(not in the bundle)".
  Names, accounts, recipients of exports: the log only commits to them.
  The signing key.
What is inside and may be personal: ids of rows, as far as they say who somebody is; words and terms in the definitions of sources;
the trained model, which learned from the texts.
)text";

}  // namespace

std::string evidence_readme(const EvidenceFacts& facts) {
  const ChecklistCounts counts = count_answers(facts.checklist);
  std::string text =
      fmt::format("Evidence of release {} (version {}) of the project {}\nMade {} by {}, approved by {}: event {} of the log {}\n\n",
                  facts.release.name, facts.release.version, facts.about.at("project").get<std::string>(), facts.made.time,
                  facts.made.actor, facts.made.body.at("approver").get<std::string>(), facts.made.seq, facts.checkpoint.origin);
  text += kContents;
  text += kWithout;
  text += fmt::format(
      "{} is the release.\n\nHow to check it with Hone's verifier, which is a program of its own\n  hone-verify . --vkey '{}'\n",
      facts.made.seq, facts.vkey);
  text +=
      "checks files, signature, entries, roots, rules. That key stands here so that you can compare it: believe the one that reached you "
      "by\n"
      "another road. Status 4 and INCOMPLETE mean: right as far as looked, and no checkpoint was brought that was kept outside.\n"
      "  hone-verify . --vkey KEY --trusted CHECKPOINT      with one: status 0 and VERIFIED\n"
      "  hone-verify . --vkey KEY --objects data/objects    also the objects; those that are not in the bundle are counted as not "
      "checked\n";
  text += fmt::format("The log had {} entries and the root {} when the release was acknowledged.\n", facts.checkpoint.size,
                      to_base64(bytes_of(facts.checkpoint.root)));
  text += kProves;
  text += fmt::format(
      "\nThe checklist: {} met, {} not met, {} not applicable. SR 11-7 is rescinded and is not answered; no answer says that a law is "
      "met.\n",
      counts.met, counts.not_met, counts.not_applicable);
  return text;
}

std::string diff_markdown(const Json& diff) {
  const Json& rows = diff.at("rows");
  std::string text = fmt::format(
      "# From {} to {}\n\n| rows | |\n|---|---|\n| before | {} |\n| now | {} |\n| came | {} |\n| went | {} |\n| changed in a field | {} "
      "|\n| got another label | {} |\n",
      markdown_cell(diff.at("from").get<std::string>()), markdown_cell(diff.at("to").get<std::string>()), number_text(rows.at("from")),
      number_text(rows.at("to")), number_text(rows.at("added")), number_text(rows.at("removed")), number_text(rows.at("changed")),
      number_text(rows.at("labels_changed")));
  text += "\n| cause of another label | rows |\n|---|---|\n";
  for (const Json& cause : diff.at("causes"))
    text += fmt::format("| {} | {} |\n", markdown_cell(cause.at("cause").get<std::string>()), number_text(cause.at("rows")));
  text += "\n| slice | came | went | another label |\n|---|---|---|---|\n";
  for (const Json& slice : diff.at("slices"))
    text += fmt::format("| {} | {} | {} | {} |\n", markdown_cell(slice.at("slice").get<std::string>()), number_text(slice.at("added")),
                        number_text(slice.at("removed")), number_text(slice.at("labels_changed")));
  return text + "\nBy row, for the first of them: diff.json.\n";
}

}  // namespace hone
