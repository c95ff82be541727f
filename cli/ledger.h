#pragma once

#include <filesystem>

#include "cli/command.h"
#include "hone/ledger/ledger_reader.h"

namespace hone::cli {

/// Where a project's ledger and the index of it lie. hone.yaml is not read: a copy of the ledger alone will do with --project.
struct LedgerPlace {
  std::filesystem::path folder, index;
};
LedgerPlace ledger_place(const ProjectOptions& options);

/// Throws kNotFound saying what to do where there is none.
LedgerReader open_ledger(const LedgerPlace& place);

}  // namespace hone::cli
