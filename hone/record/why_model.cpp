#include <algorithm>

#include "hone/core/error.h"
#include "hone/flow/main_path.h"
#include "hone/record/why.h"
#include "hone/record/why_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

RunRecord train_record(const Workspace& workspace) {
  if (const auto train = workspace.current("train")) return *train;
  throw Error(ErrorCode::kNotFound, workspace.project().trains() ? "no model was trained yet; `hone run` trains one"
                                                                 : "this project trains no model: hone.yaml says `model: none`");
}

std::uint64_t recorded_train(LedgerAnswer& answer, const RunRecord& train) {
  if (const auto seq = event_of_run(answer, train)) return *seq;
  throw Error(ErrorCode::kNotFound, "the run that trained the model is not in the ledger; `hone run` records it");
}

std::optional<std::uint64_t> run_of_stage(LedgerAnswer& answer, const std::vector<std::uint64_t>& runs, std::string_view stage) {
  std::optional<std::uint64_t> found;
  for (const std::uint64_t run : runs)
    if (answer.event(run).body.at("stage") == stage) found = run;
  return found;
}

// The small objects that a run names are kept; where one is gone all the same, it is said.
Json object_json(const ObjectStore& objects, const Event& run, const char* member, Json& note) {
  const ObjectRef ref = run.body.at(member).get<ObjectRef>();
  note = objects.has(ref) ? "" : "the object " + ref.hash.substr(0, 12) + " that says it is gone";
  return objects.has(ref) ? objects.get_json(ref) : Json();
}

Json model_json(const ObjectStore& objects, LedgerAnswer& answer, std::uint64_t train) {
  const Event& run = answer.event(train);
  Json json{{"hash", *hash_in(run, "outputs", "model")},
            {"base", nullptr},
            {"base_note", "none: it was trained from the start, on the labels below"}};
  const Json options = object_json(objects, run, "options", json["options_note"]);
  json["options"] = options.is_object() ? options.value("options", Json()) : Json();
  json["seed"] = run.body.at("seed");
  json["code"] = run.body.at("code");
  json["hardware"] = object_json(objects, run, "environment", json["hardware_note"]);
  return json;
}

Json labels_json(LedgerAnswer& answer, const std::optional<std::uint64_t>& label) {
  if (!label) return {{"hash", nullptr}, {"made_by", nullptr}, {"note", "the run that made the labels is not in the ledger"}};
  return {{"hash", *hash_in(answer.event(*label), "outputs", "labels.patterns")}, {"made_by", run_json(answer, *label)}, {"note", ""}};
}

Json runs_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& runs) {
  Json list = Json::array();
  for (const std::uint64_t run : runs) list.push_back(run_json(answer, run));
  return list;
}

// Releases whose pins name the model.
Json releases_with(LedgerAnswer& answer, const std::string& model) {
  Json list = Json::array();
  for (const std::uint64_t seq : answer.index().find({.kinds = {"release"}, .object = model}))
    list.push_back(answer.named(seq, {"name", "version"}));
  return list;
}

}  // namespace

Json why_model(Workspace& workspace, ProjectLedger& ledger) {
  const RunRecord record = train_record(workspace);
  LedgerAnswer answer(workspace, ledger);
  const std::uint64_t train = recorded_train(answer, record);
  const std::vector<std::uint64_t> runs = runs_behind(answer, train);
  const auto vote = run_of_stage(answer, runs, "vote"), label = run_of_stage(answer, runs, "label");
  const std::vector<std::uint64_t> sources = vote ? sources_of_run(answer, *vote) : std::vector<std::uint64_t>();
  const std::string model = *hash_in(answer.event(train), "outputs", "model");

  Json json{{"model", model_json(workspace.objects(), answer, train)}, {"notes", Json::array()}};
  json["runs"] = runs_json(answer, runs);
  json["datasets"] = datasets_json(answer, runs);
  json["labels"] = labels_json(answer, label);
  json["sources"] = source_versions_json(answer, sources);
  if (sources.empty()) json["notes"].push_back("which versions of which sources voted is not recorded");
  const auto dataset = ref_in(answer.event(train), "inputs", "dataset");
  const auto gold = dataset ? gold_of(answer, dataset->hash) : std::nullopt;
  json["gold"] = gold ? gold_version_json(answer, *gold) : Json();
  json["gold_note"] = gold ? "" : "no version of gold of this dataset is recorded";
  json["releases"] = releases_with(answer, model);
  Ingredients ingredients{
      .objects = {}, .labels = hash_in(answer.event(train), "inputs", "labels.patterns"), .sources = sources, .gold = gold};
  if (dataset) ingredients.objects = objects_of_dataset(workspace.objects(), *dataset);
  json["later"] = later_json(answer, workspace.objects(), ingredients);
  json["people"] = people_json(answer, answer.events());
  json["events"] = answer.events();
  return json;
}

}  // namespace hone
