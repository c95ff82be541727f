#pragma once

#include <string>

#include "hone/record/evidence_facts_internal.h"

namespace hone {

/// OpenLineage 2-0-2: for each stage.run of the log a START and a COMPLETE, FAIL or ABORT, a line of JSON each, in the order of the log. A
/// run's ID is the UUID of version 5 of ORIGIN#SEQ. A dataset is named STAGE/OUTPUT by the run that made it first, and has its hash as a
/// version. It is lineage by run; that of single labels stays in the log.
std::string openlineage_lines(const EvidenceFacts& facts);

}  // namespace hone
