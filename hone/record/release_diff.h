#pragma once

#include "hone/core/json.h"
#include "hone/record/release.h"

namespace hone {

/// What changed from one release to another, as plain data (docs/json.md: diff): rows by id that came, went, or changed in a field; rows
/// whose label changed, by slice and by cause: the row itself changed; another vote, and of which sources; or the label model alone, on the
/// same votes. Sources that came, went or vote otherwise. The main numbers of both. The first twenty changed rows by id.
/// Memory: about 40 bytes a row of either. Throws kNotFound or kCorruptData for objects that are gone or broken.
nlohmann::json diff_releases(const ObjectStore& objects, const Release& from, const Release& to);

}  // namespace hone
