#include <algorithm>

#include "hone/record/release.h"
#include "hone/record/why.h"
#include "hone/record/why_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kAnchorsNamed = 5;

// Objects and bytes by the first part of their names, and which of all are gone.
Json contents_json(const ObjectStore& objects, const Release& release) {
  Json gone = Json::array(), stages = Json::object();
  std::uint64_t bytes = 0;
  for (const auto& [name, ref] : release.objects) {
    const std::string part = name.starts_with("stage/") ? name.substr(6, name.find('/', 6) - 6) : name.substr(0, name.find('/'));
    Json& sum = stages[part];
    if (sum.is_null()) sum = {{"objects", 0}, {"bytes", 0}};
    sum["objects"] = sum["objects"].get<std::uint64_t>() + 1;
    sum["bytes"] = sum["bytes"].get<std::uint64_t>() + ref.bytes;
    bytes += ref.bytes;
    if (!objects.has(ref)) gone.push_back(name);
  }
  return {{"objects", release.objects.size()}, {"bytes", bytes}, {"by_part", stages}, {"gone", gone}};
}

Json pins_json(LedgerAnswer& answer, const Json& pins) {
  Json json = Json::object();
  for (const auto& [name, pin] : pins.items()) json[name] = pin.is_object() ? pin_json(answer, pin.at("hash")) : pin;
  return json;
}

// An object that the release's event names, or null where it is gone.
Json named_object(const ObjectStore& objects, const Json& body, const char* member) {
  if (!body.contains(member)) return nullptr;
  const ObjectRef ref = body.at(member).get<ObjectRef>();
  return objects.has(ref) ? objects.get_json(ref) : Json();
}

Json diff_json(const ObjectStore& objects, LedgerAnswer& answer, const Json& body) {
  if (!body.contains("previous")) return nullptr;
  const Json diff = named_object(objects, body, "diff");
  Json json = {{"from", answer.named(body.at("previous").get<std::uint64_t>(), {"name", "version"})},
               {"note", diff.is_null() ? "what changed is gone: the object is not there" : ""}};
  for (const char* part : {"rows", "causes", "by_source", "slices", "sources"}) json[part] = diff.is_null() ? Json() : diff.at(part);
  return json;
}

// Points of the checklist that are not met.
Json open_points(const ObjectStore& objects, const Json& body, Json& note) {
  const Json checklist = named_object(objects, body, "checklist");
  note = checklist.is_null() ? "the checklist of this release is gone" : "";
  Json open = Json::array();
  if (checklist.is_object())
    for (const Json& point : checklist.at("points"))
      if (point.at("answer") == "not met")
        open.push_back({{"number", point.at("number")}, {"asked", point.at("asked")}, {"because", point.at("because")}});
  return open;
}

// A checkpoint above an event covers it; an anchor, once somebody else holds that checkpoint.
Json anchors_json(LedgerAnswer& answer, std::uint64_t seq) {
  Json list = Json::array();
  for (const std::uint64_t anchor : answer.index().find({.kinds = {"anchor"}, .after_seq = seq}))
    if (list.size() < kAnchorsNamed && answer.event(anchor).body.at("size") > seq)
      list.push_back(answer.named(anchor, {"size", "root", "place"}));
  return list;
}

Json approval_json(LedgerAnswer& answer, ProjectLedger& ledger, const Event& event) {
  Json json = answer.person(event.body.at("approver"));
  const bool is_another = event.body.at("approver") != event.actor;
  json["independent"] = is_another;
  json["note"] = is_another         ? ""
                 : ledger.is_solo() ? "who made it approved it: this ledger is kept by one person alone"
                                    : "who made it approved it";
  return json;
}

// What the release was made from, as later_json() asks for it.
Ingredients ingredients_of(LedgerAnswer& answer, const Release& release, const Json& about) {
  Ingredients found;
  for (const auto& [name, ref] : release.objects) found.objects.push_back(ref.hash);
  found.labels = release.object("stage/label/labels.patterns").hash;
  found.gold = gold_of(answer, release.object("stage/" + about.at("data_stage").get<std::string>() + "/dataset").hash);
  for (const Json& stage : about.at("stages"))
    if (stage.at("stage") == "vote") found.sources = sources_of_run(answer, stage.at("run"));
  return found;
}

std::vector<std::uint64_t> runs_of(const Json& about) {
  std::vector<std::uint64_t> runs;
  for (const Json& stage : about.at("stages")) runs.push_back(stage.at("run").get<std::uint64_t>());
  return runs;
}

Json release_runs_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& runs) {
  Json list = Json::array();
  for (const std::uint64_t run : runs) list.push_back(run_json(answer, run));
  return list;
}

// The machines that its runs ran on, each once; null stands for one whose object is gone.
Json hardware_json(const ObjectStore& objects, LedgerAnswer& answer, const std::vector<std::uint64_t>& runs) {
  Json list = Json::array();
  for (const std::uint64_t run : runs) {
    Json machine = named_object(objects, answer.event(run).body, "environment");
    if (std::ranges::find(list, machine) == list.end()) list.push_back(std::move(machine));
  }
  return list;
}

}  // namespace

Json why_release(Workspace& workspace, ProjectLedger& ledger, const std::string& name) {
  LedgerAnswer answer(workspace, ledger);
  const ObjectStore& objects = workspace.objects();
  const Release release = find_release(objects, ledger, name);
  const Event& event = answer.event(release.seq);
  const Json about = objects.get_json(release.object("release.json"));
  const Ingredients ingredients = ingredients_of(answer, release, about);
  Json json = answer.named(release.seq, {"name", "version", "what", "because"});
  json["manifest"] = release.manifest.hash;
  json["approver"] = approval_json(answer, ledger, event);
  json["contents"] = contents_json(objects, release);
  json["pins"] = pins_json(answer, event.body.at("pins"));
  json["runs"] = release_runs_json(answer, runs_of(about));
  json["datasets"] = datasets_json(answer, runs_of(about));
  json["sources"] = source_versions_json(answer, ingredients.sources);
  json["hardware"] = hardware_json(objects, answer, runs_of(about));
  json["summary"] = about.at("summary");
  json["changed"] = diff_json(objects, answer, event.body);
  json["open_points"] = open_points(objects, event.body, json["open_points_note"]);
  json["checkpoint"] = {{"size", answer.size()}, {"covers", answer.size() > release.seq}};
  json["anchors"] = anchors_json(answer, release.seq);
  json["anchors_note"] = json["anchors"].empty() ? "no anchor covers it: nobody outside is recorded to hold a checkpoint of it" : "";
  json["exports"] = exports_json(answer, {release.manifest.hash, release.object("stage/label/labels.patterns").hash});
  json["later"] = later_json(answer, objects, ingredients);
  json["people"] = people_json(answer, answer.events());
  json["events"] = answer.events();
  return json;
}

}  // namespace hone
