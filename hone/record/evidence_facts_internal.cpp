#include "hone/record/evidence_facts_internal.h"

#include <algorithm>
#include <map>

#include "hone/core/error.h"
#include "hone/flow/main_path.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kAnchorsNamed = 10;

// The log up to the checkpoint.
class LogThen {
 public:
  LogThen(ProjectLedger& ledger, std::uint64_t size) : ledger_(ledger), size_(size) {}

  std::vector<Event> all(std::string kind) { return events({.kinds = {std::move(kind)}, .before_seq = size_}); }

  std::optional<Event> newest(EventFilter filter) {
    filter.before_seq = size_;
    filter.order = EventFilter::Order::kNewestFirst;
    filter.limit = 1;
    std::vector<Event> found = events(filter);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  }

  std::vector<std::uint64_t> anchors() {
    auto seqs =
        ledger_.index().find({.kinds = {"anchor"}, .before_seq = size_, .order = EventFilter::Order::kNewestFirst, .limit = kAnchorsNamed});
    std::ranges::sort(seqs);
    return seqs;
  }

 private:
  std::vector<Event> events(const EventFilter& filter) {
    std::vector<Event> found;
    const std::vector<std::uint64_t> seqs = ledger_.index().find(filter);
    LedgerReader& log = ledger_.reader();
    for (const std::uint64_t seq : seqs) found.push_back(log.event(seq));
    return found;
  }

  ProjectLedger& ledger_;
  std::uint64_t size_;
};

// The last key of the log whose good signature the checkpoint bears.
std::string key_of(LedgerReader& log, const SignedNote& note) {
  std::string signer;
  for (const std::string& key : log.keys())
    if (check_note(note, VerifierKey::parse(key)) == NoteCheck::kGood) signer = key;
  if (signer.empty())
    throw Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: no key of the log signed the checkpoint that covers the release");
  return signer;
}

// A row stands in a report as an object with its text beside an id, or beside examples of rows like it.
void leave_out_texts(Json& json) {
  if (json.is_object() && json.contains("text") && json["text"].is_string() && (json.contains("id") || json.contains("examples")))
    json["text"] = EvidenceFacts::kLeftOut;
  if (json.is_structured())
    for (Json& part : json) leave_out_texts(part);
}

Json objects_json(const Json& named) {
  Json list = Json::array();
  for (const Json& object : named)
    list.push_back({{"name", object.at("name")}, {"hash", object.at("ref").at("hash")}, {"bytes", object.at("ref").at("bytes")}});
  return list;
}

// What a stage does, in words, whether or not the project has it now.
std::string what_stage_does(const std::string& name) {
  Project all;
  all.near_duplicates.emplace();
  for (const Stage& stage : main_path(all))
    if (stage.name == name) return std::string(stage.what);
  return {};
}

// The options' object may be gone from a project that lost objects; then why the stage ran is not known.
std::string why_it_ran(const ObjectStore& objects, const Event& run) {
  const auto options = run.body.at("options").get<ObjectRef>();
  return objects.has(options) ? objects.get_json(options).value("why", "") : "";
}

double seconds_of(const Event& run, const char* count) { return run.body.at("counts").value(count, 0.0) / 1000.0; }

Json stages_json(const ObjectStore& objects, const std::vector<Event>& stages) {
  Json list = Json::array();
  for (const Event& run : stages)
    list.push_back({{"name", run.body.at("stage")},
                    {"what", what_stage_does(run.body.at("stage"))},
                    {"state", "ran"},
                    {"why", why_it_ran(objects, run)},
                    {"seconds", seconds_of(run, "ms")},
                    {"key", run.body.at("key")},
                    {"code", run.body.at("code").at("version")},
                    {"inputs", objects_json(run.body.at("inputs"))},
                    {"outputs", objects_json(run.body.at("outputs"))}});
  return list;
}

// As report_json() makes it of a project's last run, from what the log says of the release's.
Json report_of(const ObjectStore& objects, const EvidenceFacts& facts) {
  Json report = objects.get_json(facts.release.object("stage/report/report"));
  leave_out_texts(report);
  report["data"]["first_bad_rows"] = Json::array();  // A reason may quote what stands in the row.
  report["project"] = facts.about.at("project");
  report["stages"] = stages_json(objects, facts.stages);
  for (const Event& run : facts.stages)
    if (run.body.at("stage") == "train" && report["training"].is_object()) report["training"]["seconds"] = seconds_of(run, "training_ms");
  return report;
}

std::vector<Event> stages_of(const std::vector<Event>& runs, const Json& about) {
  std::map<std::uint64_t, const Event*> by_seq;
  for (const Event& run : runs) by_seq.emplace(run.seq, &run);
  std::vector<Event> stages;
  for (const Json& stage : about.at("stages")) {
    const auto found = by_seq.find(stage.at("run").get<std::uint64_t>());
    if (found == by_seq.end())
      throw Error(ErrorCode::kCorruptData, "the release names event " + stage.at("run").dump() + " as a run, and it is none of the log's");
    stages.push_back(*found->second);
  }
  return stages;
}

std::vector<Event> sources_of(const ObjectStore& objects, const Release& release, LogThen& log) {
  std::vector<Event> sources;
  const Json votes = objects.get_json(release.object("stage/vote/votes"));
  for (const Json& source : votes.at("sources"))
    if (auto definition = log.newest({.kinds = {"source.define"}, .name = source.at("name").get<std::string>()}))
      sources.push_back(std::move(*definition));
  return sources;
}

}  // namespace

EvidenceFacts gather_evidence(const ObjectStore& objects, ProjectLedger& ledger, const Release& release) {
  LedgerReader& reader = ledger.reader();
  EvidenceFacts facts;
  facts.release = release;
  facts.made = reader.event(release.seq);
  facts.about = objects.get_json(release.object("release.json"));
  facts.checklist = objects.get_json(facts.made.body.at("checklist").get<ObjectRef>());
  if (facts.made.body.contains("diff")) facts.diff = objects.get_json(facts.made.body.at("diff").get<ObjectRef>());
  facts.note = reader.note_covering(release.seq);
  facts.checkpoint = Checkpoint::parse(facts.note.text);
  facts.vkey = key_of(reader, facts.note);

  LogThen log(ledger, facts.checkpoint.size);
  facts.runs = log.all("stage.run");
  facts.stages = stages_of(facts.runs, facts.about);
  facts.sources = sources_of(objects, release, log);
  facts.import = log.newest({.kinds = {"data.import"}, .object = release.object("stage/import/dataset").hash});
  facts.gold = log.newest({.kinds = {"gold.commit"}});
  facts.inventory = log.newest({.kinds = {"admin.inventory"}});
  facts.anchors = log.anchors();
  facts.report = report_of(objects, facts);
  return facts;
}

}  // namespace hone
