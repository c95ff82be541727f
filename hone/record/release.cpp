#include "hone/record/release.h"

#include <algorithm>
#include <array>

#include "hone/core/build_info.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/core/safe_path.h"
#include "hone/core/suggest.h"
#include "hone/flow/export_labels.h"
#include "hone/flow/main_path.h"
#include "hone/ledger/refs_object.h"
#include "hone/record/checklist.h"
#include "hone/record/inventory.h"
#include "hone/record/named_run.h"
#include "hone/record/pinned_names_internal.h"
#include "hone/record/record_runs.h"
#include "hone/record/refs_internal.h"
#include "hone/record/release_diff.h"

namespace hone {
namespace {

using Json = nlohmann::json;

std::vector<NamedRef> stage_objects(const std::vector<RunRecord>& records) {
  std::vector<NamedRef> objects;
  for (const RunRecord& record : records)
    for (const NamedRef& output : record.outputs) objects.push_back({"stage/" + record.stage + "/" + output.name, output.ref});
  return objects;
}

void add_project_files(Workspace& workspace, std::vector<NamedRef>& objects) {
  for (const std::string& file : workspace.project().files)
    objects.push_back({"project/" + file, workspace.objects().put(SafePath(workspace.project().root, file).read(), "text/plain")});
}

// The rows as `hone export` writes them, so that the very bytes are pinned.
void add_labels(Workspace& workspace, std::vector<NamedRef>& objects) {
  const RemovedAtEnd folder(temporary_name(workspace.objects().temporary_folder()));
  make_folder(folder.path());
  const auto add = [&](const char* name, TableFormat format, std::string_view media) {
    ExportOptions options;
    options.format = format;
    export_labels(workspace, options, folder.path() / name);
    objects.push_back({name, workspace.objects().put_file(folder.path() / name, media)});
  };
  add("labels.parquet", TableFormat::kParquet, kParquetMedia);
  add("labels.jsonl", TableFormat::kJsonl, "application/x-ndjson");
}

// Where the rows came from, as far as a release may say it: a path inside the project, else the name alone.
Json data_files(const Project& project, const DatasetManifest& manifest) {
  Json files = Json::array();
  for (const SourceFile& file : manifest.files) files.push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  return {{"files", files}, {"licence", project.about.licence}};
}

Json release_json(Workspace& workspace, ProjectLedger& ledger, const std::vector<RunRecord>& records, const std::string& name) {
  const Project& project = workspace.project();
  const ObjectRef& dataset = find_record(records, data_stage(project))->output("dataset");
  Json stages = Json::array();
  for (const RunRecord& record : records)
    stages.push_back({{"stage", record.stage}, {"key", record.key}, {"run", recorded_run(ledger, record)}, {"code", record.code_version}});
  return {{"format", "hone-release/1"},
          {"name", name},
          {"project", project.name},
          {"origin", ledger.origin()},
          {"stages", stages},
          {"data", data_files(project, workspace.objects().get_json(dataset).get<DatasetManifest>())},
          {"data_stage", data_stage(project)},
          {"task", {{"kind", project.task.kind}, {"classes", project.task.classes}, {"answers", project.task.answer_names()}}},
          {"summary", workspace.json(find_record(records, "report")->output("report")).at("summary")}};
}

Json taxonomy_json(const Task& task) { return {{"classes", task.classes}, {"answers", task.answer_names()}}; }

Json pins_of(Workspace& workspace, const std::vector<RunRecord>& records) {
  const Project& project = workspace.project();
  const ObjectRef& dataset = find_record(records, data_stage(project))->output("dataset");
  Json pins = {{"dataset", dataset},
               {"taxonomy", workspace.objects().put_json(taxonomy_json(project.task))},
               {"label_model", find_record(records, "label")->output("fit")},
               {"code", "hone " + std::string(kHoneVersion) + " build " + build_id()}};
  if (!project.gold.field.empty()) pins["gold"] = dataset;
  if (const RunRecord* train = find_record(records, "train")) pins["model"] = train->output("model");
  return pins;
}

std::array<std::uint64_t, 3> parts_of(const std::string& version) {
  std::array<std::uint64_t, 3> parts{};
  std::size_t begin = 0;
  for (std::uint64_t& part : parts) {
    part = std::stoull(version.substr(begin));
    begin = version.find('.', begin) + 1;
  }
  return parts;
}

// Semantic versions of data: who holds rows of an older release must look again (major), has less (minor), or the same rows (patch).
std::string next_version(const Release* previous, const Json& diff) {
  if (!previous) return "1.0.0";
  auto [major, minor, patch] = parts_of(previous->version);
  const Json& rows = diff.at("rows");
  if (rows.at("removed") > 0 || rows.at("changed") > 0) return std::to_string(major + 1) + ".0.0";
  if (rows.at("added") > 0) return std::to_string(major) + "." + std::to_string(minor + 1) + ".0";
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch + 1);
}

Release read_release(const ObjectStore& objects, const Event& event) {
  Release release{.seq = event.seq,
                  .name = event.body.at("name"),
                  .version = event.body.at("version"),
                  .time = event.time,
                  .manifest = event.body.at("roots").at(0).get<ObjectRef>(),
                  .objects = {}};
  for (const NamedRef& named : get_refs(objects, release.manifest)) release.objects.emplace(named.name, named.ref);
  return release;
}

std::vector<Event> release_events(ProjectLedger& ledger) {
  std::vector<Event> events;
  for (const std::uint64_t seq : ledger.index().find({.kinds = {"release"}})) events.push_back(ledger.reader().event(seq));
  std::ranges::sort(events, {}, &Event::seq);
  return events;
}

}  // namespace

const ObjectRef& Release::object(std::string_view wanted) const {
  const auto found = objects.find(wanted);
  if (found == objects.end()) throw Error(ErrorCode::kNotFound, "the release '" + name + "' holds no object '" + std::string(wanted) + "'");
  return found->second;
}

std::vector<Release> releases(const ObjectStore& objects, ProjectLedger& ledger) {
  std::vector<Release> all;
  for (const Event& event : release_events(ledger)) all.push_back(read_release(objects, event));
  return all;
}

Release find_release(const ObjectStore& objects, ProjectLedger& ledger, const std::string& name) {
  std::vector<std::string> names;
  for (const Event& event : release_events(ledger)) {
    if (event.body.at("name") == name) return read_release(objects, event);
    names.push_back(event.body.at("name"));
  }
  const std::string advice =
      names.empty() ? "; `hone release NAME` makes one" : suggestion(name, names) + "; `hone log --kind release` lists them";
  throw Error(ErrorCode::kNotFound, "no release named '" + name + "'" + advice);
}

Release make_release(Workspace& workspace, ProjectLedger& ledger, const ReleaseOptions& options) {
  const std::vector<RunRecord> records = fresh_records(workspace, "report");
  record_runs(workspace, ledger);
  record_inventory(ledger);
  ObjectStore& objects = workspace.objects();
  const std::vector<Release> others = releases(objects, ledger);
  check_new_name(ledger, options.name, "release");

  Release made;
  made.name = options.name;
  std::vector<NamedRef> refs = stage_objects(records);
  add_project_files(workspace, refs);
  add_labels(workspace, refs);
  refs.push_back({"release.json", objects.put_json(release_json(workspace, ledger, records, options.name))});
  made.manifest = put_refs(objects, refs);
  for (const NamedRef& named : refs) made.objects.emplace(named.name, named.ref);

  if (options.approver.empty() && !ledger.is_solo())
    throw Error(ErrorCode::kInvalidArgument,
                "this project has segregation: enforced, so a release needs an approver other than who makes it: --approver p:…");
  const Release* previous = others.empty() ? nullptr : &others.back();
  const Json diff = previous ? diff_releases(objects, *previous, made) : Json();
  made.version = next_version(previous, diff);
  Json body = {{"name", made.name},
               {"version", made.version},
               {"what", "labels"},
               {"roots", {made.manifest}},
               {"pins", pins_of(workspace, records)},
               {"checklist", objects.put_json(checklist_json(workspace, ledger))},
               {"approver", options.approver.empty() ? ledger.actor().id : options.approver},
               {"because", options.because.empty() ? "not stated" : options.because}};
  if (previous) {
    body["previous"] = previous->seq;
    body["diff"] = objects.put_json(diff);
  }
  made.seq = ledger.append(ledger.event("release", body, {made.name})).seq;
  ledger.writer().publish();
  made.time = ledger.reader().event(made.seq).time;
  return made;
}

std::vector<ObjectRef> kept_by_ledger(Workspace& workspace, ProjectLedger& ledger) {
  if (!ledger.is_there()) return {};
  std::vector<ObjectRef> kept = kept_for_runs(workspace, ledger);
  for (const Release& release : releases(workspace.objects(), ledger)) {
    kept.push_back(release.manifest);
    for (const auto& [name, ref] : release.objects) kept.push_back(ref);
  }
  LedgerReader& log = ledger.reader();
  log.for_each(0, log.size(), [&](std::uint64_t, std::string_view entry) {
    const Event event = parse_event(entry);
    const auto keep = [&](const Json& holder, const char* member) {
      if (holder.contains(member)) kept.push_back(holder.at(member).get<ObjectRef>());
    };
    for (const char* member : {"options", "environment", "definition", "parameters", "checklist", "diff"})
      if (event.kind == "stage.run" || event.kind == "source.define" || event.kind == "release") keep(event.body, member);
    if (event.kind == "release" && event.body.at("pins").contains("taxonomy")) keep(event.body.at("pins"), "taxonomy");
    if (event.kind == "stage.run")
      for (const Json& output : event.body.at("outputs"))
        if (output.at("ref").at("media") == kRefsMedia) kept.push_back(output.at("ref").get<ObjectRef>());
  });
  return kept;
}

}  // namespace hone
