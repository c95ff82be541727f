#pragma once

#include <string>

#include "hone/core/json.h"
#include "hone/record/ledger_answer_internal.h"

namespace hone {

/// A version of a source, by its source.define: {event…, "name", "version", "type", "code", "because", "author": {actor…}, "earlier":
/// [{"seq", "time", "version", "because"}], the newest first, at most ten, "earlier_left_out"}.
nlohmann::json source_version_json(LedgerAnswer& answer, std::uint64_t seq);

/// The same of each.
nlohmann::json source_versions_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& seqs);

/// An import: the event with rows, source, licence, purpose, legal_basis, pii, consent, retain_until, rejected and id_rule.
nlohmann::json import_json(LedgerAnswer& answer, std::uint64_t seq);

/// A gold version: the event with version, rule, changed, sealed, parent and approver.
nlohmann::json gold_version_json(LedgerAnswer& answer, std::uint64_t seq);

/// A run: the event with stage, key, seed, code, started, ended, outcome and counts.
nlohmann::json run_json(LedgerAnswer& answer, std::uint64_t seq);

/// The datasets that these runs made: [{"hash", "made_by", "import", "note"}], `import` null of one that was derived.
nlohmann::json datasets_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& runs);

/// Where an object comes from: {"hash", "made_by", "note"}. `made_by` is the event that brought it, null with a note where none is
/// recorded.
nlohmann::json pin_json(LedgerAnswer& answer, const std::string& hash);

/// Exports of any of these objects, the newest first, at most twenty: the event with format, rows, file, guarded, purpose, licence,
/// recipient.
nlohmann::json exports_json(LedgerAnswer& answer, const std::vector<std::string>& hashes);

/// Who acted in these events: [{"actor", "who", "who_note", "kinds": {"stage.run": 4}}], by the first of them.
nlohmann::json people_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& seqs);

/// The runs that a run rests on, as the ledger has it, in order; itself last. Each input's last maker before it.
std::vector<std::uint64_t> runs_behind(LedgerAnswer& answer, std::uint64_t run);

}  // namespace hone
