#include "cli/ledger.h"

#include "hone/flow/project.h"

namespace hone::cli {

LedgerPlace ledger_place(const ProjectOptions& options) {
  const std::filesystem::path root = options.project.empty() ? find_project(".") : std::filesystem::path(options.project);
  return {.folder = root / ".hone" / "ledger", .index = root / ".hone" / "index.db"};
}

LedgerReader open_ledger(const LedgerPlace& place) {
  try {
    return LedgerReader(place.folder);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    throw Error(ErrorCode::kNotFound, std::string(error.what()) + "; `hone run` writes it");
  }
}

}  // namespace hone::cli
