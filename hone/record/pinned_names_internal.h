#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hone/record/project_ledger.h"

namespace hone {

/// What a name stands for: releases and runs that were named (named_run.h) share one set of names, so that a name means one thing.
struct PinnedName {
  std::string name;
  std::string kind;       // Of its event: "release" or "run.name".
  std::uint64_t seq = 0;  // Its event.
};

/// All names, in the order in which they were given. Empty before there is a ledger.
std::vector<PinnedName> pinned_names(ProjectLedger& ledger);

/// Throws kInvalidArgument where no `what` ("release", "run") can be called so: it is no name, or taken.
void check_new_name(ProjectLedger& ledger, const std::string& name, std::string_view what);

}  // namespace hone
