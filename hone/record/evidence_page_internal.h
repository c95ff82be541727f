#pragma once

#include <string>

#include "hone/record/evidence_facts_internal.h"

namespace hone {

/// The bundle's index.html: what was released, when and by whom; numbers with intervals; data, sources, stages with hashes; the checklist;
/// how to verify. No script, nothing from outside; all that comes from data is text. `rows` are those of the labels.
std::string evidence_page(const EvidenceFacts& facts, std::uint64_t rows);

}  // namespace hone
