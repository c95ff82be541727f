// hone-verify: checks a ledger without Hone, for whoever trusts nobody. It shares no source with what writes ledgers.
//
// To be read in this order: bytes (hashes, signatures, encodings), file (reading, never more than is there), note (signed checkpoints,
// policies, proofs), tree (Merkle tree), canonical (the text of an event), refs_list (objects that list others), kinds (what events may
// say), layout (which file holds what), scan (one segment), whole (all of them), rules (what needs several events), keys (who may sign),
// bundle, payload, witness, and verify, which walks through the steps in their order. findings, sorter and order are the tools they share.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "verify/verify.h"

namespace hone::verify {
namespace {

constexpr std::string_view kHelp =
    R"help(hone-verify LEDGER --vkey KEY | --policy FILE [options]

Checks a ledger of Hone: that every entry is there, unchanged and in order, under a signature; that the rules hold for all of them; and that
it is the history which others have seen. It writes nothing, and believes only the keys that you give.

LEDGER is a project or its .hone/ledger, a published tree (checkpoint, tile/...), or an unpacked evidence bundle (MANIFEST.sha256).
With --proof it may be one entry's file.

  --vkey KEY            a key that you believe: name+id+base64, the log's first or any later one; may stand several times
  --policy FILE         a c2sp.org/tlog-policy: logs that you believe, and the witnesses that must have seen them
  --trusted CHECKPOINT  a checkpoint of this log that was kept elsewhere; may stand several times
  --objects DIR         the folder of objects; of a project its own
  --payload DB          personal payloads: payload.db (are they there?), or a folder of opened ones (are they what was committed to?)
  --all-signatures      verify the signature of every record of `commits`, not only of those that decide
  --proof FILE          a c2sp.org/tlog-proof of an entry; may stand several times
  --witness STATE       be a witness: refuse what contradicts what STATE saw last, else remember it and print a cosignature
  --json                print one JSON object
  --threads N           segments checked at the same time; what is printed does not depend on it
  --help, --version

What is wrong is counted, and the first 20 shown with step, entry, file and offset. The last line begins with VERIFIED, INCOMPLETE or FAILED.

exit status  0  verified
             1  wrong: tampered with, inconsistent, a rule broken
             2  usage
             3  a file cannot be read
             4  right as far as looked, but something could not be checked: no anchor, a missing object, an unknown kind

example: hone-verify my-project --vkey "$(cat log.vkey)" --trusted checkpoint.2026-01-04
)help";

struct Usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

unsigned thread_count(std::string_view text) {
  const auto count = decimal(text);
  if (!count || *count == 0 || *count > 64) throw Usage("--threads needs a number from 1 to 64");
  return static_cast<unsigned>(*count);
}

Options parse(std::span<char*> words) {
  Options options;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    const auto value = [&]() -> std::string {
      if (at + 1 == words.size()) throw Usage("'" + std::string(word) + "' needs a value");
      return words[++at];
    };
    if (word == "--vkey")
      options.vkeys.push_back(value());
    else if (word == "--policy")
      options.policy = value();
    else if (word == "--trusted")
      options.trusted.emplace_back(value());
    else if (word == "--objects")
      options.objects = value();
    else if (word == "--payload")
      options.payload = value();
    else if (word == "--proof")
      options.proofs.emplace_back(value());
    else if (word == "--witness")
      options.witness = value();
    else if (word == "--threads")
      options.threads = thread_count(value());
    else if (word == "--all-signatures")
      options.all_signatures = true;
    else if (word == "--json")
      options.json = true;
    else if (word.starts_with("-") || !options.ledger.empty())
      throw Usage("'" + std::string(word) + "' is not understood");
    else
      options.ledger = word;
  }
  if (options.ledger.empty()) throw Usage("which ledger? name its folder");
  if (options.vkeys.empty() && options.policy.empty()) throw Usage("which keys are believed? --vkey KEY or --policy FILE");
  return options;
}

constexpr std::string_view kSteps[] = {"",      "keys",  "newest checkpoint", "outside checkpoints", "entries", "roots",
                                       "tiles", "rules", "objects",           "commitments"};

// What files say may be anything: no terminal is told what to do, and no text reads otherwise than it is.
std::string shown(std::string_view text) {
  std::string safe;
  for (const char c : text) safe += c >= ' ' && static_cast<unsigned char>(c) < 0x7F ? c : '?';
  return safe;
}

std::string place(const Finding& finding) {
  std::string text;
  if (finding.seq >= 0) text += "entry " + std::to_string(finding.seq) + ": ";
  if (!finding.file.empty()) text += finding.file + (finding.offset >= 0 ? " at byte " + std::to_string(finding.offset) : "") + ": ";
  return text;
}

std::string line(const Finding& finding) {
  const auto step = static_cast<std::size_t>(finding.step);
  return "step " + std::to_string(step) + " (" + std::string(kSteps[step]) + "): " + shown(place(finding) + finding.text);
}

void print_findings(std::string_view what, const Findings& findings) {
  for (const Finding& finding : findings.first()) std::cout << what << ": " << line(finding) << "\n";
  if (findings.count() > findings.first().size()) std::cout << what << ": and " << findings.count() - findings.first().size() << " more\n";
}

// Which finding says most about where to look: a root only says between which sizes, a tile the very entry.
const Finding& telling(const Findings& findings) {
  for (const Step step : {Step::kEntries, Step::kTiles, Step::kRules, Step::kObjects, Step::kCommitments}) {
    for (const Finding& finding : findings.first()) {
      if (finding.step == step && finding.seq >= 0) return finding;
    }
  }
  return *findings.first().begin();
}

std::string last_line(const Outcome& outcome) {
  if (outcome.status() == 1) {
    const Finding& finding = telling(outcome.verdicts.wrong);
    const std::string where = finding.seq >= 0 ? "FAILED at entry " + std::to_string(finding.seq) : "FAILED";
    return where + ": " + shown((finding.file.empty() ? "" : finding.file + ": ") + finding.text);
  }
  std::string text = outcome.status() == 0 ? "VERIFIED" : "INCOMPLETE";
  text += " size " + std::to_string(outcome.size) + " root " + (outcome.root ? base64(text_of(*outcome.root)) : "-");
  text += outcome.anchored ? " anchored to " + std::to_string(outcome.anchored->size) +
                                 (outcome.anchored->time.empty() ? "" : " (" + outcome.anchored->time.substr(0, 10) + ")")
                           : " no anchor";
  text += " objects " + std::to_string(outcome.objects_there) + "/" + std::to_string(outcome.objects_named) + " erased " +
          std::to_string(outcome.erased) + " doubtful " + std::to_string(outcome.doubtful);
  if (outcome.status() == 4) text += ": " + std::to_string(outcome.verdicts.unchecked.count()) + " things could not be checked";
  return shown(text);
}

// What was written between two anchors was written between their times, whatever clock it names.
void print_intervals(const Outcome& outcome) {
  const std::size_t first = outcome.anchors.size() > Findings::kShown ? outcome.anchors.size() - Findings::kShown : 0;
  std::uint64_t before = first == 0 ? 0 : outcome.anchors[first - 1].size;
  for (std::size_t at = first; at < outcome.anchors.size(); ++at) {
    const Anchor& anchor = outcome.anchors[at];
    if (anchor.size > before) {
      std::cout << "anchor: entries " << before << " to " << anchor.size - 1 << " were there at "
                << shown(anchor.time.empty() ? "a time unknown" : anchor.time) << " (" << shown(anchor.by) << ")\n";
    }
    before = std::max(before, anchor.size);
  }
}

void print(const Outcome& outcome) {
  if (!outcome.origin.empty()) std::cout << "log: " << shown(outcome.origin) << "\n";
  if (!outcome.log.continues.empty()) std::cout << "continues: " << shown(outcome.log.continues) << "\n";
  print_intervals(outcome);
  for (const std::string& text : outcome.log.not_met) std::cout << "not met: " << shown(text) << "\n";
  if (outcome.log.not_met_count > outcome.log.not_met.size())
    std::cout << "not met: and " << outcome.log.not_met_count - outcome.log.not_met.size() << " more\n";
  for (const std::string& note : outcome.notes) std::cout << "note: " << shown(note) << "\n";
  print_findings("not checked", outcome.verdicts.unchecked);
  print_findings("wrong", outcome.verdicts.wrong);
  if (!outcome.cosignature.empty()) std::cout << "witness: " << outcome.witness_key << "\n" << outcome.cosignature << "\n";
  std::cout << last_line(outcome) << "\n";
}

// ---- JSON, written by hand: it is small, and what it holds is shown text.
std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : shown(text)) json += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return json + "\"";
}

template <class Range, class F>
std::string list(const Range& range, F f) {
  std::string json = "[";
  for (const auto& item : range) json += (json.size() > 1 ? "," : "") + f(item);
  return json + "]";
}

std::string to_json(const Finding& finding) {
  std::string json = "{\"step\":" + std::to_string(static_cast<int>(finding.step));
  if (finding.seq >= 0) json += ",\"seq\":" + std::to_string(finding.seq);
  if (!finding.file.empty()) json += ",\"file\":" + json_text(finding.file);
  if (finding.offset >= 0) json += ",\"offset\":" + std::to_string(finding.offset);
  return json + ",\"text\":" + json_text(finding.text) + "}";
}

std::string to_json(const Findings& findings) {
  return "{\"count\":" + std::to_string(findings.count()) +
         ",\"first\":" + list(findings.first(), [](const Finding& f) { return to_json(f); }) + "}";
}

std::string to_json(const Anchor& anchor) {
  return "{\"size\":" + std::to_string(anchor.size) + ",\"time\":" + json_text(anchor.time) + ",\"by\":" + json_text(anchor.by) + "}";
}

void print_json(const Outcome& outcome) {
  const auto number = [](std::string_view key, std::uint64_t value) { return ",\"" + std::string(key) + "\":" + std::to_string(value); };
  std::string json =
      "{\"status\":" + std::to_string(outcome.status()) + ",\"origin\":" + json_text(outcome.origin) + number("size", outcome.size);
  if (outcome.root) json += ",\"root\":" + json_text(base64(text_of(*outcome.root)));
  if (outcome.anchored) json += ",\"anchored\":" + to_json(*outcome.anchored);
  json += ",\"anchors\":" + list(outcome.anchors, [](const Anchor& anchor) { return to_json(anchor); });
  json += number("objects_named", outcome.objects_named) + number("objects_there", outcome.objects_there) +
          number("commitments_named", outcome.commitments_named) + number("commitments_held", outcome.commitments_held) +
          number("erased", outcome.erased) + number("doubtful", outcome.doubtful) + number("unknown_kinds", outcome.unknown_kinds) +
          number("unknown_keys", outcome.unknown_keys) + number("anchor_events", outcome.log.anchors) +
          number("not_met_count", outcome.log.not_met_count);
  if (!outcome.log.continues.empty()) json += ",\"continues\":" + json_text(outcome.log.continues);
  json += ",\"doubtful_ranges\":" + list(outcome.log.doubtful, [](const Doubtful& range) {
            return "[" + std::to_string(range.begin) + "," + std::to_string(range.end) + "]";
          });
  json += ",\"not_met\":" + list(outcome.log.not_met, json_text) + ",\"notes\":" + list(outcome.notes, json_text);
  json += ",\"wrong\":" + to_json(outcome.verdicts.wrong) + ",\"unchecked\":" + to_json(outcome.verdicts.unchecked);
  if (!outcome.cosignature.empty()) {  // An em dash, then a name and base64: nothing that JSON escapes.
    json += ",\"witness\":" + json_text(outcome.witness_key) + ",\"cosignature\":\"" + outcome.cosignature + "\"";
  }
  std::cout << json + ",\"last_line\":" + json_text(last_line(outcome)) + "}\n";
}

int run(std::span<char*> words) {
  for (const std::string_view word : words) {
    if (word == "--help" || word == "-h") return std::cout << kHelp, 0;
    if (word == "--version") return std::cout << "hone-verify " HONE_VERSION "\n", 0;
  }
  const Options options = parse(words);
  const Outcome outcome = verify(options);
  options.json ? print_json(outcome) : print(outcome);
  std::cout.flush();
  if (!std::cout) throw Unreadable("standard output cannot be written");
  return outcome.status();
}

}  // namespace
}  // namespace hone::verify

int main(int argc, char** argv) {
  using namespace hone::verify;
  const auto fail = [](int status, const char* what) { return std::fprintf(stderr, "hone-verify: %s\n", what), status; };
  try {
    return run(std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0));
  } catch (const Usage& wrong) {
    return fail(2, (std::string(wrong.what()) + "; hone-verify --help says more").c_str());
  } catch (const Malformed& wrong) {
    return fail(2, wrong.what());
  } catch (const Unreadable& wrong) {
    return fail(3, wrong.what());
  } catch (const std::bad_alloc&) {
    return fail(3, "not enough memory");
  } catch (const std::filesystem::filesystem_error& wrong) {
    return fail(3, wrong.what());
  } catch (const std::exception& wrong) {
    return fail(3, (std::string("internal error: ") + wrong.what()).c_str());
  }
}
