#include "hone/record/erase.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/flow/main_path.h"
#include "hone/ledger/commitment.h"
#include "hone/record/named_run.h"
#include "hone/record/object_search_internal.h"
#include "hone/record/record_runs.h"
#include "hone/record/release.h"

namespace hone {
namespace {

using Json = nlohmann::json;
using RowFields = std::vector<std::pair<std::string, std::optional<std::string>>>;  // As Dataset::row() gives them.

// By refs of up to 170 bytes within an entry's 16 KiB.
constexpr std::size_t kObjectsOrdered = 60;

constexpr const char* kMethod =
    "objects removed from the store, payloads and their key deleted with secure_delete, later imports leave the row out";

// What is erased, and where it is.
struct Erasure {
  std::string id;
  std::string example;             // Its key in the ledger.
  std::vector<ObjectRef> objects;  // That hold it.
  std::vector<std::string> payloads;
};

std::vector<RowFields> rows_of(Workspace& workspace, const std::string& id, std::vector<ObjectRef>& datasets) {
  std::vector<RowFields> rows;
  for (const RunRecord& record : workspace.runs().all())
    for (const NamedRef& output : record.outputs) {
      if (output.name != "dataset" || std::ranges::find(datasets, output.ref) != datasets.end()) continue;
      datasets.push_back(output.ref);
      try {
        const Dataset dataset(workspace.objects(), output.ref);
        if (const auto row = dataset.find_id(id)) rows.push_back(dataset.row(*row));
      } catch (const Error&) {  // Collected or erased already: it holds nothing.
      }
    }
  return rows;
}

// The texts by which an object is known to show the row: its id, and every field long enough to mean it alone.
std::set<std::string> marks_of(const Project& project, const std::string& id, const std::vector<RowFields>& rows) {
  std::set<std::string> marks{id};
  for (const RowFields& row : rows)
    for (const auto& [name, value] : row)
      if (value && std::ranges::find(project.data.text, name) != project.data.text.end() && !value->empty()) marks.insert(*value);
  return marks;
}

std::vector<ObjectRef> objects_with(Workspace& workspace, ProjectLedger& ledger, const std::set<std::string>& marks,
                                    const std::string& id) {
  std::vector<ObjectRef> found;
  const std::map<std::string, ObjectRef> known = refs_in_ledger(ledger);
  for (const ObjectRef& object : workspace.objects().list()) {
    if (!holds_row(workspace.objects().path(object), id, marks)) continue;
    const auto named = known.find(object.hash);
    found.push_back(named == known.end() ? ObjectRef{object.hash, object.bytes, "application/octet-stream"} : named->second);
  }
  return found;
}

Json refs_json(const std::vector<ObjectRef>& objects, std::size_t first) {
  Json refs = Json::array();
  for (std::size_t place = first; place < std::min(first + kObjectsOrdered, objects.size()); ++place)
    refs.push_back({{"old", objects[place]}});
  return refs;
}

std::string approver_of(ProjectLedger& ledger, const std::string& named) { return named.empty() ? ledger.actor().id : named; }

// One order for each sixty objects, at least one.
std::vector<std::uint64_t> order(ProjectLedger& ledger, const Erasure& erasure, const EraseOptions& options) {
  const Commitment who = ledger.payloads().put(ledger.actor().id, options.requested_by.empty() ? "not stated" : options.requested_by);
  std::vector<std::uint64_t> orders;
  for (std::size_t first = 0; first == 0 || first < erasure.objects.size(); first += kObjectsOrdered)
    orders.push_back(ledger
                         .append(ledger.event("erase.order", {{"commits", Json::array()},
                                                              {"objects", refs_json(erasure.objects, first)},
                                                              {"ground", options.ground},
                                                              {"requested_by", who.to_json()},
                                                              {"approver", approver_of(ledger, options.approver)}}))
                         .seq);
  return orders;
}

void done(ProjectLedger& ledger, const std::vector<std::uint64_t>& orders, const Erasure& erasure) {
  for (std::size_t place = 0; place < orders.size(); ++place)
    ledger.append(ledger.event("erase.done",
                               {{"order", orders[place]},
                                {"counts",
                                 {{"objects", refs_json(erasure.objects, place * kObjectsOrdered).size()},
                                  {"payloads", place == 0 ? erasure.payloads.size() : 0}}},
                                {"method", kMethod}},
                               {std::to_string(orders[place])}));
}

void leave_out_from_now_on(const Project& project, const std::string& id) {
  ErasedRows erased = ErasedRows::read(project.erased_file());
  erased.add(id);
  erased.write(project.erased_file());
}

// Releases and named runs that hold one of the objects; exports of them. Read before anything is removed.
Json dependants(Workspace& workspace, ProjectLedger& ledger, const Erasure& erasure, const std::vector<RowFields>& rows) {
  std::set<std::string> hashes;
  for (const ObjectRef& object : erasure.objects) hashes.insert(object.hash);
  Json found = {{"releases", Json::array()},
                {"runs", named_runs_with(workspace.objects(), ledger, hashes)},
                {"models", Json::array()},
                {"exports", Json::array()}};
  std::set<std::string> models, labels;
  for (const Release& release : releases(workspace.objects(), ledger)) {
    if (std::ranges::none_of(release.objects, [&](const auto& object) { return hashes.contains(object.second.hash); })) continue;
    found["releases"].push_back(release.name);
    if (release.objects.contains("stage/train/model")) models.insert(release.object("stage/train/model").hash);
    labels.insert(release.object("stage/label/labels.patterns").hash);
  }
  if (const auto train = workspace.current("train"); train && !rows.empty())
    for (const NamedRef& output : train->outputs)
      if (output.name == "model") models.insert(output.ref.hash);
  if (const auto label = workspace.current("label")) labels.insert(label->output("labels.patterns").hash);
  for (const std::string& model : models) found["models"].push_back(model);
  for (const std::uint64_t seq : ledger.index().find({.kinds = {"read.export"}}))
    if (labels.contains(ledger.reader().event(seq).body.at("what").at("hash").get<std::string>())) found["exports"].push_back(seq);
  return found;
}

Json files_that_hold_it(const std::vector<RowFields>& rows) {
  std::set<std::string> lines;
  for (const RowFields& row : rows)
    for (const auto& [name, value] : row)
      if (name == kLineColumn) lines.insert(value.value_or(""));
  return lines;
}

}  // namespace

nlohmann::json erase_row(Workspace& workspace, ProjectLedger& ledger, const EraseOptions& options, const Progress& progress) {
  if (options.ground.empty())
    throw Error(ErrorCode::kInvalidArgument, "why is it erased? Give --reason TEXT; who asked goes to --requested-by");
  if (options.ground.size() > 1000) throw Error(ErrorCode::kInvalidArgument, "the reason has more than 1,000 bytes; say it shorter");
  const Project& project = workspace.project();
  record_runs(workspace, ledger);
  std::vector<ObjectRef> datasets;
  const std::vector<RowFields> rows = rows_of(workspace, options.row, datasets);
  const bool was_erased = project.data.erased.holds(options.row);
  if (rows.empty() && !was_erased)
    throw Error(ErrorCode::kNotFound, "no row with the id '" + options.row + "' in any dataset of this project; `hone why ROW` shows ids");

  Erasure erasure{.id = options.row, .example = example_key(ledger.payloads().id_key(), options.row), .objects = {}, .payloads = {}};
  {
    const ProjectLock lock(project.state() / "lock");
    erasure.objects = objects_with(workspace, ledger, marks_of(project, options.row, rows), options.row);
    erasure.payloads = ledger.payloads().ids_of(erasure.example);
  }
  Json result = {
      {"row", options.row}, {"depended_on_it", dependants(workspace, ledger, erasure, rows)}, {"lines", files_that_hold_it(rows)}};
  leave_out_from_now_on(project, options.row);
  const std::vector<std::uint64_t> orders = order(ledger, erasure, options);
  ledger.payloads().erase_subject(erasure.example);
  {
    const ProjectLock lock(project.state() / "lock");
    for (const ObjectRef& object : erasure.objects) workspace.objects().remove(object);
    std::filesystem::remove(report_page_path(project));  // It may show the row; the run makes it anew.
  }
  Workspace without(load_project(project.root));
  const RunResult run = run_project(without, {.until = {}, .dry_run = false, .threads = options.threads, .retry = false}, progress);
  record_runs(without, ledger);
  done(ledger, orders, erasure);
  result["orders"] = orders;
  result["objects_removed"] = erasure.objects.size();
  result["payloads_removed"] = erasure.payloads.size();
  result["error"] = run.error ? Json{{"code", to_string(run.error->code())}, {"message", run.error->what()}} : Json();
  return result;
}

void record_collection(ProjectLedger& ledger, const std::vector<ObjectRef>& removed) {
  if (!ledger.is_there()) return;
  const std::map<std::string, ObjectRef> known = refs_in_ledger(ledger);
  Erasure erasure;
  for (const ObjectRef& object : removed)
    if (const auto named = known.find(object.hash); named != known.end()) erasure.objects.push_back(named->second);
  if (erasure.objects.empty()) return;
  EraseOptions options;
  options.ground = "housekeeping: no release, no named run and no run that counts needs it";
  done(ledger, order(ledger, erasure, options), erasure);
}

}  // namespace hone
