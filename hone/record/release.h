#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hone/flow/workspace.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// A pinned, signed set: the data, gold, votes, labels, model, report, definitions and code versions that belong together. What it holds
/// stays when `hone gc` collects, and never changes.
struct Release {
  std::uint64_t seq = 0;  // Of its event.
  std::string name;       // Unique in the project, also among named runs: "2026-q1".
  std::string version;    // SemVer: major where rows that were there changed or went, minor where rows came, else patch.
  std::string time;       // Of the event.
  ObjectRef manifest;     // The list of all its objects, by the names below.

  /// The objects: "stage/STAGE/OUTPUT", "project/FILE" (hone.yaml and what it includes), "labels.parquet" and "labels.jsonl" (as `hone
  /// export` writes them), "release.json" (docs/json.md).
  std::map<std::string, ObjectRef, std::less<>> objects;
  /// Throws kNotFound naming the release and the object.
  const ObjectRef& object(std::string_view name) const;
};

struct ReleaseOptions {
  std::string name{};
  std::string because{};   // Why it is made, for who reads the ledger.
  std::string approver{};  // p:…; empty: who acts, which a ledger with `segregation: enforced` refuses.
};

/// Makes a release of the project as it stands. Throws kNotFound when a stage is not up to date, kInvalidArgument for a name that is taken
/// or no name, and what the ledger says against it.
Release make_release(Workspace& workspace, ProjectLedger& ledger, const ReleaseOptions& options);

/// All releases, the oldest first.
std::vector<Release> releases(const ObjectStore& objects, ProjectLedger& ledger);

/// By its name. Throws kNotFound naming the nearest, kCorruptData or kNotFound when its manifest is broken or gone.
Release find_release(const ObjectStore& objects, ProjectLedger& ledger, const std::string& name);

/// Every object that the ledger's events speak of and that gc must leave where it is: what releases hold, what named runs and the baseline
/// of hone.yaml need to be compared with (named_run.h), and the small ones that say what a run was asked (options, environments,
/// definitions, lists).
std::vector<ObjectRef> kept_by_ledger(Workspace& workspace, ProjectLedger& ledger);

}  // namespace hone
