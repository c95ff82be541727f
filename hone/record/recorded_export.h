#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "hone/core/progress.h"
#include "hone/flow/export_labels.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// Who gets the rows, and what for: read.export says so.
struct ExportPurpose {
  std::string recipient;  // A name may stand here: it is kept among the payloads, under a commitment. Empty: not stated.
  std::string purpose;    // Not personal. Empty: not stated.
};

struct RecordedExport {
  std::uint64_t rows = 0;
  std::uint64_t event = 0;
  std::string sha256;  // Of the file.
};

/// A file of rows that is about to leave.
struct ExportedFile {
  ObjectRef what;  // The labels that it holds.
  std::uint64_t rows = 0;
  std::string format;  // "jsonl", "evidence".
  bool guarded = false;
  std::string sha256;
};

/// Writes read.export, durably, and gives its number. Call it before the file gets its name.
std::uint64_t record_export(const Project& project, ProjectLedger& ledger, const ExportedFile& file, const ExportPurpose& purpose);

/// export_labels(), written down: the rows are complete on disk, under a temporary name, and the event read.export with their hash is
/// durable, before the file gets its name. Throws as export_labels() and ProjectLedger::writer() do; then there is no file.
RecordedExport export_recorded(Workspace& workspace, ProjectLedger& ledger, const ExportOptions& options, const ExportPurpose& purpose,
                               const std::filesystem::path& file, const Progress& progress = {});

/// The same to a stream, by way of a file in the project.
RecordedExport export_recorded(Workspace& workspace, ProjectLedger& ledger, const ExportOptions& options, const ExportPurpose& purpose,
                               std::ostream& out, const Progress& progress = {});

}  // namespace hone
