#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// What results are compared with: a release, or an earlier run that came as far as its evaluation.
struct Baseline {
  enum class Kind { kRelease, kRun };
  Kind kind = Kind::kRelease;
  std::string name;       // Empty: a run without one.
  std::string version;    // Of a release.
  std::uint64_t seq = 0;  // The event of the release, of a run's name, or of its evaluation where it has none.
  std::string time;       // Of that event.

  std::string task_kind;
  std::vector<std::string> classes;
  ObjectRef dataset;
  ObjectRef patterns, examples;  // Of the labels; cross-fitted where the label model used gold.
  std::optional<ObjectRef> predictions;

  /// "the release '2026-q1'", "the run 'before-dedup'", "the run of event 12".
  std::string words() const;
};

/// The baseline that hone.yaml names: a release or a named run, else a run by the number of its evaluate event or the beginning of its key;
/// without a name the newest release, nothing before there is any. Throws kNotFound, naming the nearest, when there is none of that name,
/// or when what it needs was removed; kInvalidArgument for a run of another stage, one that failed, or a key that several begin with.
std::optional<Baseline> find_baseline(Workspace& workspace, ProjectLedger& ledger);

/// The run whose evaluate stage is this event of the ledger. Throws as find_baseline() does.
Baseline baseline_of_run(Workspace& workspace, ProjectLedger& ledger, std::uint64_t run);

/// All objects that a comparison needs: the parts of the dataset too, as long as it is there to name them.
std::vector<NamedRef> objects_of_baseline(const ObjectStore& objects, const Baseline& baseline);

}  // namespace hone
