#include "hone/record/named_run.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/flow/main_path.h"
#include "hone/record/baseline_internal.h"
#include "hone/record/pinned_names_internal.h"
#include "hone/record/record_runs.h"
#include "hone/record/refs_internal.h"

namespace hone {
namespace {

std::vector<Event> naming_events(ProjectLedger& ledger) {
  std::vector<Event> events;
  if (!ledger.is_there()) return events;
  for (const std::uint64_t seq : ledger.index().find({.kinds = {"run.name"}})) events.push_back(ledger.reader().event(seq));
  return events;
}

std::vector<NamedRef> kept_objects(const ObjectStore& objects, const Event& naming) {
  const ObjectRef list = naming.body.at("objects").get<ObjectRef>();
  return objects.has(list) ? get_refs(objects, list) : std::vector<NamedRef>();
}

}  // namespace

void check_run_name(ProjectLedger& ledger, const std::string& name) { check_new_name(ledger, name, "run"); }

NamedRun name_run(Workspace& workspace, ProjectLedger& ledger, const std::string& name) {
  check_run_name(ledger, name);
  const std::uint64_t run = recorded_run(ledger, *find_record(fresh_records(workspace, "evaluate"), "evaluate"));
  const Baseline kept = baseline_of_run(workspace, ledger, run);
  const ObjectRef list = put_refs(workspace.objects(), objects_of_baseline(workspace.objects(), kept));
  return {.seq = ledger.append(ledger.event("run.name", {{"name", name}, {"run", run}, {"objects", list}}, {name})).seq,
          .name = name,
          .run = run};
}

std::vector<ObjectRef> kept_for_runs(Workspace& workspace, ProjectLedger& ledger) {
  std::vector<ObjectRef> kept;
  for (const Event& naming : naming_events(ledger)) {
    kept.push_back(naming.body.at("objects").get<ObjectRef>());
    for (const NamedRef& object : kept_objects(workspace.objects(), naming)) kept.push_back(object.ref);
  }
  try {
    if (const auto baseline = find_baseline(workspace, ledger))
      for (const NamedRef& object : objects_of_baseline(workspace.objects(), *baseline)) kept.push_back(object.ref);
  } catch (const Error& error) {  // `hone run` says that there is no such baseline; nothing can be kept for it.
    if (error.code() != ErrorCode::kNotFound && error.code() != ErrorCode::kInvalidArgument) throw;
  }
  return kept;
}

std::vector<std::string> named_runs_with(const ObjectStore& objects, ProjectLedger& ledger, const std::set<std::string>& hashes) {
  std::vector<std::string> names;
  for (const Event& naming : naming_events(ledger)) {
    const std::vector<NamedRef> kept = kept_objects(objects, naming);
    if (std::ranges::any_of(kept, [&](const NamedRef& object) { return hashes.contains(object.ref.hash); }))
      names.push_back(naming.body.at("name"));
  }
  return names;
}

}  // namespace hone
