#include "hone/record/recorded_export.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/flow/main_path.h"
#include "hone/record/record_runs.h"

namespace hone {
namespace {

constexpr std::size_t kLongestText = 1000;

std::string said(const std::string& text) {
  if (text.size() > kLongestText)
    throw Error(ErrorCode::kInvalidArgument, "what an export is for has more than 1,000 bytes; say it shorter");
  return text.empty() ? "not stated" : text;
}

std::string format_name(TableFormat format) {
  switch (format) {
    case TableFormat::kJsonl:
      return "jsonl";
    case TableFormat::kCsv:
      return "csv";
    case TableFormat::kParquet:
      return "parquet";
  }
  return "unknown";
}

// A message about the temporary file, as one about what it becomes.
std::string with_name(std::string message, const std::filesystem::path& temporary, const std::string& shown) {
  const std::string own = temporary.string();
  if (const std::size_t place = message.find(own); place != std::string::npos) message.replace(place, own.size(), shown);
  return message;
}

// Fills the temporary file, which will be `shown`, and writes the event.
RecordedExport make(Workspace& workspace, ProjectLedger& ledger, const ExportOptions& options, const ExportPurpose& purpose,
                    const std::filesystem::path& temporary, const std::string& shown, const Progress& progress) {
  RecordedExport made;
  try {
    made.rows = export_labels(workspace, options, temporary, progress);
  } catch (const Error& error) {
    throw Error(error.code(), with_name(error.what(), temporary, shown));
  }
  made.sha256 = sha256_hex_of_file(temporary);
  record_runs(workspace, ledger);
  const ExportedFile file{.what = workspace.needed("label").output("labels.patterns"),
                          .rows = made.rows,
                          .format = format_name(options.format),
                          .guarded = options.spreadsheet,
                          .sha256 = made.sha256};
  made.event = record_export(workspace.project(), ledger, file, purpose);
  return made;
}

}  // namespace

std::uint64_t record_export(const Project& project, ProjectLedger& ledger, const ExportedFile& file, const ExportPurpose& purpose) {
  const std::string why = said(purpose.purpose);
  const Commitment recipient = ledger.payloads().put(ledger.actor().id, said(purpose.recipient));
  const std::string& licence = project.about.licence;
  return ledger
      .append(ledger.event("read.export", {{"what", file.what},
                                           {"rows", file.rows},
                                           {"format", file.format},
                                           {"guarded", file.guarded},
                                           {"file", file.sha256},
                                           {"recipient", recipient.to_json()},
                                           {"purpose", why},
                                           {"licence", licence.empty() ? "not stated" : licence}}))
      .seq;
}

RecordedExport export_recorded(Workspace& workspace, ProjectLedger& ledger, const ExportOptions& options, const ExportPurpose& purpose,
                               const std::filesystem::path& file, const Progress& progress) {
  const RemovedAtEnd temporary(temporary_name(std::filesystem::absolute(file).parent_path()));
  const RecordedExport made = make(workspace, ledger, options, purpose, temporary.path(), file.string(), progress);
  publish_file(temporary.path(), file, 0644);
  return made;
}

RecordedExport export_recorded(Workspace& workspace, ProjectLedger& ledger, const ExportOptions& options, const ExportPurpose& purpose,
                               std::ostream& out, const Progress& progress) {
  if (options.format == TableFormat::kParquet) throw Error(ErrorCode::kInvalidArgument, "Parquet needs a file, not a stream");
  const RemovedAtEnd temporary(temporary_name(workspace.project().state()));
  const RecordedExport made =
      make(workspace, ledger, options, purpose, temporary.path(), "a file in the project, before standard output", progress);
  std::ifstream rows(temporary.path(), std::ios::binary);
  if (made.rows > 0) out << rows.rdbuf();
  if (!out.flush())
    throw Error(ErrorCode::kIo, std::string("cannot write to standard output: ") + std::strerror(errno) +
                                    "; the rows are recorded as exported, and did not all get there");
  return made;
}

}  // namespace hone
