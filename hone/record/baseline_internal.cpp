#include "hone/record/baseline_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/ledger/body_schema.h"
#include "hone/record/ledger_answer_internal.h"
#include "hone/record/pinned_names_internal.h"
#include "hone/record/release.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLeastOfKey = 6;  // Digits of a key that may stand for it.

void take_task(const Json& task, Baseline& baseline) {
  baseline.task_kind = task.at("kind");
  baseline.classes = task.at("classes").get<std::vector<std::string>>();
}

Baseline of_release(Workspace& workspace, const Release& release) {
  Baseline baseline{.kind = Baseline::Kind::kRelease,
                    .name = release.name,
                    .version = release.version,
                    .seq = release.seq,
                    .time = release.time,
                    .task_kind = {},
                    .classes = {},
                    .dataset = {},
                    .patterns = {},
                    .examples = {},
                    .predictions = {}};
  const Json about = workspace.json(release.object("release.json"));
  take_task(about.at("task"), baseline);
  baseline.dataset = release.object("stage/" + about.at("data_stage").get<std::string>() + "/dataset");
  const bool crossed = release.objects.contains("stage/label/cross-fitted.patterns");
  const std::string labels = crossed ? "stage/label/cross-fitted" : "stage/label/labels";
  baseline.patterns = release.object(labels + ".patterns");
  baseline.examples = release.object(labels + ".examples");
  if (release.objects.contains("stage/train/predictions")) baseline.predictions = release.object("stage/train/predictions");
  return baseline;
}

// What the part "task.classes" of a stage's key says (classes_part()): the kind where it is multi-label, then a JSON list; a taxonomy's
// nodes stand behind it.
Json task_of_part(std::string part) {
  constexpr std::string_view kSeveral = "multi-label ";
  const bool several = part.starts_with(kSeveral);
  std::istringstream text(several ? part.substr(kSeveral.size()) : part);
  Json classes;
  text >> classes;
  return {{"kind", several ? "multi-label" : "classification"}, {"classes", classes}};
}

Json task_of_run(Workspace& workspace, const Event& run) {
  const Json options = workspace.json(run.body.at("options").get<ObjectRef>());
  for (const Json& part : options.at("parts"))
    if (part.at(0) == "task.classes") return task_of_part(part.at(1));
  throw Error(ErrorCode::kCorruptData, "the options of the run of event " + std::to_string(run.seq) + " do not name its classes");
}

void check_evaluated(const Event& run) {
  const std::string event = "event " + std::to_string(run.seq);
  const std::string advice = "; `hone log --source evaluate` lists those that did";
  if (run.kind != "stage.run")
    throw Error(ErrorCode::kInvalidArgument,
                "the baseline " + event + " is no run but of kind " + run.kind + "; a baseline is one that evaluated" + advice);
  if (run.body.at("stage") != "evaluate")
    throw Error(ErrorCode::kInvalidArgument, "the baseline " + event + " is a run of the stage " + run.body.at("stage").get<std::string>() +
                                                 ", and a baseline is one that evaluated" + advice);
  if (run.body.at("outcome") != "ok")
    throw Error(ErrorCode::kInvalidArgument, "the baseline " + event + " is a run that did not get to evaluate: it " +
                                                 (run.body.at("outcome") == "failed" ? "failed" : "was interrupted") + advice);
}

ObjectRef needed_input(const Event& run, const char* name) {
  if (const auto ref = ref_in(run, "inputs", name)) return *ref;
  throw Error(ErrorCode::kNotFound, "the run of event " + std::to_string(run.seq) + " is older than the ledger, which does not know its '" +
                                        name + "'; choose another baseline");
}

// A text of digits alone, as the number of an event that is there.
std::optional<std::uint64_t> event_number(ProjectLedger& ledger, const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number >= ledger.index().size()) return std::nullopt;
  return number;
}

// The newest run of evaluate whose key begins so; one that did evaluate comes first.
std::optional<std::uint64_t> run_of_key(ProjectLedger& ledger, const std::string& begin) {
  if (begin.size() < kLeastOfKey || !is_lower_hex(begin, begin.size())) return std::nullopt;
  std::set<std::string> keys;
  std::optional<std::uint64_t> newest, evaluated;
  for (const std::uint64_t seq : ledger.index().find({.kinds = {"stage.run"}, .name = "evaluate"})) {
    const Json body = ledger.reader().event(seq).body;
    if (!body.at("key").get_ref<const std::string&>().starts_with(begin)) continue;
    keys.insert(body.at("key"));
    newest = seq;
    if (body.at("outcome") == "ok") evaluated = seq;
  }
  if (keys.size() > 1)
    throw Error(ErrorCode::kInvalidArgument, "the keys of " + std::to_string(keys.size()) + " runs begin with '" + begin +
                                                 "'; give more of the baseline's, or the number of its event");
  return evaluated ? evaluated : newest;
}

Error unknown_baseline(const std::string& name, const std::vector<PinnedName>& pinned) {
  std::vector<std::string> names;
  for (const PinnedName& known : pinned) names.push_back(known.name);
  return Error(ErrorCode::kNotFound,
               "no release and no run is named '" + name + "', as evaluate.baseline says" + (names.empty() ? "" : suggestion(name, names)) +
                   "; `hone release NAME` makes a release, `hone run --name NAME` names a run, and `hone log --source "
                   "evaluate` shows the numbers of earlier runs, which will do too");
}

Baseline of_named_run(Workspace& workspace, ProjectLedger& ledger, std::uint64_t seq) {
  const Event event = ledger.reader().event(seq);
  Baseline baseline = baseline_of_run(workspace, ledger, event.body.at("run"));
  baseline.name = event.body.at("name");
  baseline.seq = seq;
  baseline.time = event.time;
  return baseline;
}

Baseline find_named(Workspace& workspace, ProjectLedger& ledger, const std::string& name) {
  const std::vector<PinnedName> pinned = pinned_names(ledger);
  const auto known = std::ranges::find(pinned, name, &PinnedName::name);
  if (known != pinned.end())
    return known->kind == "release" ? of_release(workspace, find_release(workspace.objects(), ledger, name))
                                    : of_named_run(workspace, ledger, known->seq);
  if (!ledger.is_there()) throw unknown_baseline(name, pinned);
  if (const auto number = event_number(ledger, name)) return baseline_of_run(workspace, ledger, *number);
  if (const auto run = run_of_key(ledger, name)) return baseline_of_run(workspace, ledger, *run);
  throw unknown_baseline(name, pinned);
}

void check_objects(const ObjectStore& objects, const Baseline& baseline) {
  for (const NamedRef& needed : objects_of_baseline(objects, baseline))
    if (!objects.has(needed.ref))
      throw Error(ErrorCode::kNotFound,
                  "the baseline is " + baseline.words() + ", whose " + needed.name +
                      " is not there any more: `hone gc` removes runs that have no name, and `hone erase` what shows an "
                      "erased row; choose another baseline, and name runs that should stay by `hone run --name NAME`");
}

}  // namespace

std::string Baseline::words() const {
  if (kind == Kind::kRelease) return "the release '" + name + "'";
  return name.empty() ? "the run of event " + std::to_string(seq) : "the run '" + name + "'";
}

Baseline baseline_of_run(Workspace& workspace, ProjectLedger& ledger, std::uint64_t seq) {
  const Event run = ledger.reader().event(seq);
  check_evaluated(run);
  const bool crossed = ref_in(run, "inputs", "cross-fitted.patterns").has_value();
  Baseline baseline{.kind = Baseline::Kind::kRun,
                    .name = {},
                    .version = {},
                    .seq = seq,
                    .time = run.time,
                    .task_kind = {},
                    .classes = {},
                    .dataset = needed_input(run, "dataset"),
                    .patterns = needed_input(run, crossed ? "cross-fitted.patterns" : "labels.patterns"),
                    .examples = needed_input(run, crossed ? "cross-fitted.examples" : "labels.examples"),
                    .predictions = ref_in(run, "inputs", "predictions")};
  take_task(task_of_run(workspace, run), baseline);
  return baseline;
}

std::vector<NamedRef> objects_of_baseline(const ObjectStore& objects, const Baseline& baseline) {
  std::vector<NamedRef> needed{
      {"dataset", baseline.dataset}, {"labels.patterns", baseline.patterns}, {"labels.examples", baseline.examples}};
  if (objects.has(baseline.dataset)) {
    const DatasetManifest manifest = objects.get_json(baseline.dataset).get<DatasetManifest>();
    for (const DatasetManifest::Part& part : manifest.parts)
      needed.push_back({fmt::format("dataset/part/{:06}", needed.size() - 3), part.ref});
  }
  if (baseline.predictions) needed.push_back({"predictions", *baseline.predictions});
  return needed;
}

std::optional<Baseline> find_baseline(Workspace& workspace, ProjectLedger& ledger) {
  const std::string& name = workspace.project().evaluate.baseline;
  std::optional<Baseline> baseline;
  if (!name.empty()) {
    baseline = find_named(workspace, ledger, name);
  } else if (ledger.is_there()) {
    const auto newest = ledger.index().last("release");
    if (newest) baseline = of_release(workspace, find_release(workspace.objects(), ledger, ledger.reader().event(*newest).body.at("name")));
  }
  if (baseline) check_objects(workspace.objects(), *baseline);
  return baseline;
}

}  // namespace hone
