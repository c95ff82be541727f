#pragma once

#include <string>

#include "hone/record/evidence_facts_internal.h"

namespace hone {

/// The bundle's README.txt: what is in it, how it is checked with and without Hone, what that proves, and what is not inside.
std::string evidence_readme(const EvidenceFacts& facts);

/// diff/diff.md: what changed since the release before, for people. REQUIRES: there was one.
std::string diff_markdown(const nlohmann::json& diff);

}  // namespace hone
