#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/json.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/vote_stage.h"

namespace hone {

/// What a source said when it was last asked: of the same version over the same texts it has the same votes.
struct KnownVotes {
  ObjectRef ref;
  nlohmann::json failures;  // As failures_json() gives them.
  bool for_now = false;     // A later run asks again.
};
using KnownByVersion = std::map<std::string, KnownVotes>;

/// The parts of a stage that asks sources: whatever besides their definitions decides what they say.
StageParts scope_parts(const StageContext& context);

/// The same as one hash.
std::string voting_scope(const StageContext& context);

/// What the runs of a stage know whose scope was the same.
KnownByVersion known_versions(const StageContext& context, std::string_view stage, const std::string& scope);

/// Those of which nothing is known, one of each version.
template <typename Asked>
std::vector<const Asked*> not_known(std::span<const Asked* const> all, const KnownByVersion& known) {
  std::vector<const Asked*> missing;
  for (const Asked* asked : all)
    if (!known.contains(asked->version) &&
        std::ranges::find(missing, asked->version, [](const Asked* other) { return other->version; }) == missing.end())
      missing.push_back(asked);
  return missing;
}

/// What a source or slice said, and where it goes. Borrows everything.
struct SaidByVersion {
  const std::string& version;
  const PackedVotes& votes;
  const ApplyFailures& failures;
};

/// Puts votes into the object store, and adds them to those that are known.
void put_votes(const StageContext& context, std::span<const SaidByVersion> said, KnownByVersion& known);

/// Names the votes of one of a stage's sources among the outputs of its record, as PREFIX/NAME, and remembers which version they are of.
/// The entry of the manifest names them by content alone: sources that say the same as before leave it, and all after it, unchanged. `what`
/// is what failed, where it is to be asked again: "a program that votes".
nlohmann::json note_votes(const std::string& name, const std::string& version, const KnownByVersion& known, const std::string& prefix,
                          const std::string& what, RunRecord& record);

}  // namespace hone
