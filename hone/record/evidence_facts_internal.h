#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/ledger/checkpoint.h"
#include "hone/ledger/event.h"
#include "hone/ledger/signed_note.h"
#include "hone/record/project_ledger.h"
#include "hone/record/release.h"

namespace hone {

/// What a bundle of evidence is written from. All of it comes from the release and from the log up to the checkpoint with which the
/// release was acknowledged: nothing that happens later changes it.
struct EvidenceFacts {
  Release release;
  Event made;             // The release's event.
  nlohmann::json about;   // release.json.
  nlohmann::json report;  // As `hone report --json`, without the texts of rows.
  nlohmann::json checklist;
  nlohmann::json diff;  // Null: no release stands before.

  SignedNote note;  // The checkpoint,
  Checkpoint checkpoint;
  std::string vkey;  // and the key that signed it.

  std::vector<Event> runs;             // All stage.run events, the oldest first.
  std::vector<Event> stages;           // Of them, those whose results the release holds, in the order of the stages.
  std::vector<Event> sources;          // The source.define of each that votes in the release, in its order.
  std::optional<Event> import;         // Where the rows came from.
  std::optional<Event> gold;           // The newest gold.commit,
  std::optional<Event> inventory;      // and admin.inventory.
  std::vector<std::uint64_t> anchors;  // The newest ten.

  /// The folder's name inside the ZIP, and of croissant.json: "evidence-2026-q1-1.0.0".
  std::string name() const { return "evidence-" + release.name + "-" + release.version; }
  /// What stands in place of a text of a row.
  static constexpr std::string_view kLeftOut = "(not in the bundle)";
};

/// Throws kNotFound or kCorruptData for objects that are gone or broken.
EvidenceFacts gather_evidence(const ObjectStore& objects, ProjectLedger& ledger, const Release& release);

}  // namespace hone
