#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "hone/flow/workspace.h"
#include "hone/record/checklist.h"
#include "hone/record/project_ledger.h"
#include "hone/record/recorded_export.h"
#include "hone/record/release.h"

namespace hone {

/// What write_evidence() wrote.
struct Evidence {
  std::filesystem::path folder, zip;
  std::uint64_t files = 0, bytes = 0;  // Of the folder.
  std::string manifest_sha256;         // Of MANIFEST.sha256, which stands for all of it.
  std::string zip_sha256;
  std::string vkey;        // By which the log is checked,
  std::string origin;      // its name,
  std::uint64_t size = 0;  // and how many events of it are inside.
  ChecklistCounts checklist;
  std::uint64_t event = 0;  // The read.export.
};

/// Writes what an auditor needs of a release into a folder, and beside it the same as FOLDER.zip: labels, the release's objects without
/// texts of rows, the log up to the release, descriptions for other programs (Croissant, OpenLineage), report, diff, inventory, checklist,
/// a page for people, and a list of hashes. docs/audit.md says how it is checked.
///
/// All of it comes from the release and the log up to the checkpoint that covers it, so the same program writes the same bytes again,
/// however much was run since. That it left is a read.export event, durable before folder and ZIP get their names.
///
/// Throws kInvalidArgument where folder or ZIP are there already, kNotFound where the release no longer holds what is needed (erased, or
/// lost), kCorruptData for a broken object, and as export_recorded().
///
///     const Evidence made = write_evidence(workspace, ledger, find_release(workspace.objects(), ledger, "2026-q1"), "evidence-2026-q1");
Evidence write_evidence(Workspace& workspace, ProjectLedger& ledger, const Release& release, const std::filesystem::path& folder,
                        const ExportPurpose& purpose = {});

}  // namespace hone
