#pragma once

#include "hone/core/json.h"
#include "hone/record/bundle_folder_internal.h"
#include "hone/record/evidence_facts_internal.h"

namespace hone {

/// Croissant 1.1 with the RAI 1.0 vocabulary: the data files of the bundle with their hashes, the columns of its labels, and what the
/// import says of the rows. `files` are those that it names: all below data/.
nlohmann::json croissant_json(const EvidenceFacts& facts, const BundleFolder& files);

}  // namespace hone
