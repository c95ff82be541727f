#include <algorithm>

#include "hone/core/error.h"
#include "hone/data/dataset.h"
#include "hone/flow/explain.h"
#include "hone/flow/main_path.h"
#include "hone/record/release.h"
#include "hone/record/why.h"
#include "hone/record/why_internal.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/soft_sets.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// Each older one may mean reading other labels; who wants more asks for a release by name.
constexpr std::size_t kReleasesLookedAt = 20;

std::vector<RunRecord> records_of(const Workspace& workspace, const Json& explained) {
  std::vector<RunRecord> records;
  for (const Json& run : explained.at("runs")) {
    auto record = workspace.runs().find(run.at("key").get<std::string>());
    if (!record)
      throw Error(ErrorCode::kNotFound,
                  "the record of the stage '" + run.at("stage").get<std::string>() + "' is gone; `hone run` makes it again");
    records.push_back(std::move(*record));
  }
  return records;
}

void add_runs(LedgerAnswer& answer, const std::vector<RunRecord>& records, Json& explained) {
  for (Json& run : explained.at("runs")) {
    const RunRecord* record = find_record(records, run.at("stage").get<std::string>());
    const auto seq = record ? event_of_run(answer, *record) : std::nullopt;
    run["recorded"] = answer.named(seq);
    run["recorded_note"] = seq ? "" : "this run is not in the ledger; `hone run` records it";
  }
}

// The version of this source that voted: the newest one, or, where it was defined anew since, one of those before.
std::optional<std::uint64_t> version_that_voted(LedgerAnswer& answer, const std::string& name, const std::vector<std::uint64_t>& voted) {
  for (auto seq = answer.index().latest("source.define", name); seq;) {
    if (std::ranges::find(voted, *seq) != voted.end()) return seq;
    const Json& body = answer.event(*seq).body;
    seq = body.contains("supersedes") ? std::optional(body.at("supersedes").get<std::uint64_t>()) : std::nullopt;
  }
  return std::nullopt;
}

void add_versions(LedgerAnswer& answer, const std::optional<std::uint64_t>& vote_run, Json& explained) {
  const std::vector<std::uint64_t> voted = vote_run ? sources_of_run(answer, *vote_run) : std::vector<std::uint64_t>();
  for (Json& vote : explained.at("votes")) {
    const auto seq = version_that_voted(answer, vote.at("source"), voted);
    vote["defined"] = seq ? source_version_json(answer, *seq) : Json();
    vote["defined_note"] = seq ? "" : "which version of this source voted is not recorded";
  }
}

Json import_of_row(LedgerAnswer& answer, const std::vector<RunRecord>& records, Json& recorded) {
  const RunRecord* import = find_record(records, "import");
  const auto seq = import ? import_of(answer, import->output("dataset").hash) : std::nullopt;
  recorded["import_note"] = seq ? "" : "the import of this row is not recorded";
  return seq ? import_json(answer, *seq) : Json();
}

Json gold_of_row(LedgerAnswer& answer, const Workspace& workspace, const std::string& dataset, Json& recorded) {
  const auto seq = gold_of(answer, dataset);
  recorded["gold_note"] = seq                                      ? ""
                          : workspace.project().gold.field.empty() ? "this project has no gold"
                                                                   : "no version of the gold of this dataset is recorded";
  return seq ? gold_version_json(answer, *seq) : Json();
}

// What makes a row's label in a release: two releases that have all of it in common say the same of the row.
struct LabelObjects {
  ObjectRef dataset, patterns, examples;
  bool operator==(const LabelObjects&) const = default;
};

LabelObjects label_objects(const ObjectStore& objects, const Release& release) {
  const std::string stage = objects.get_json(release.object("release.json")).at("data_stage");
  return {release.object("stage/" + stage + "/dataset"), release.object("stage/label/labels.patterns"),
          release.object("stage/label/labels.examples")};
}

// The label of the row with this ID: {"holds_row", "label"}; the label is a class, a list of them, or null.
Json label_in(const ObjectStore& objects, const Release& release, const LabelObjects& of, const std::string& id) {
  const Json task = objects.get_json(release.object("release.json")).at("task");
  const auto row = Dataset(objects, of.dataset).find_id(id);
  if (!row) return {{"holds_row", false}, {"label", nullptr}, {"probability", nullptr}};
  if (task.at("kind") == "multi-label") {
    const SoftSets sets = read_soft_sets(objects.path(of.patterns), objects.path(of.examples));
    Json classes = Json::array();
    for (const ClassId held : sets.labeled(*row) ? sets.hard(*row) : std::vector<ClassId>()) classes.push_back(task.at("classes").at(held));
    return {{"holds_row", true}, {"label", sets.labeled(*row) ? classes : Json()}, {"probability", nullptr}};
  }
  const SoftLabels labels = read_soft_labels(objects.path(of.patterns), objects.path(of.examples));
  const ClassId hard = labels.hard(*row);
  if (hard == kNoClass) return {{"holds_row", true}, {"label", nullptr}, {"probability", nullptr}};
  return {{"holds_row", true}, {"label", task.at("classes").at(hard)}, {"probability", labels.confidence(*row)}};
}

// Releases, the newest first, with the row's label in each.
class RowInReleases {
 public:
  RowInReleases(const ObjectStore& objects, LedgerAnswer& answer, const std::string& id) : objects_(objects), answer_(answer), id_(id) {}

  Json find(ProjectLedger& ledger, Json& notes) {
    const EventFilter filter{.kinds = {"release"}, .order = EventFilter::Order::kNewestFirst};
    const std::vector<std::uint64_t> seqs = answer_.index().find(filter);
    Json list = Json::array();
    for (std::size_t place = 0; place < std::min(seqs.size(), kReleasesLookedAt); ++place) list.push_back(look(ledger, seqs[place]));
    if (seqs.size() > kReleasesLookedAt)
      notes.push_back(std::to_string(seqs.size() - kReleasesLookedAt) +
                      " older releases were not looked at; `hone why --release NAME` explains one");
    return list;
  }

  // What exports of the row would name: the manifests and labels of the releases that hold it.
  const std::vector<std::string>& objects_with_row() const { return with_row_; }

 private:
  Json look(ProjectLedger& ledger, std::uint64_t seq) {
    Json json = answer_.named(seq, {"name", "version"});
    json.update({{"holds_row", nullptr}, {"label", nullptr}, {"probability", nullptr}, {"note", ""}});
    try {
      const Release release = find_release(objects_, ledger, json.at("name"));
      json.update(label_of(release));
      if (json.at("holds_row") == true) with_row_.insert(with_row_.end(), {release.manifest.hash, before_.back().first.patterns.hash});
    } catch (const Error& error) {
      json["note"] = std::string("what it holds cannot be read: ") + error.what();
    }
    return json;
  }

  Json label_of(const Release& release) {
    const LabelObjects of = label_objects(objects_, release);
    const auto known = std::ranges::find(before_, of, &std::pair<LabelObjects, Json>::first);
    Json label = known != before_.end() ? known->second : label_in(objects_, release, of, id_);
    before_.emplace_back(of, label);
    return label;
  }

  const ObjectStore& objects_;
  LedgerAnswer& answer_;
  std::string id_;
  std::vector<std::pair<LabelObjects, Json>> before_;
  std::vector<std::string> with_row_;
};

Json recorded_json(Workspace& workspace, ProjectLedger& ledger, LedgerAnswer& answer, const std::vector<RunRecord>& records,
                   const Json& explained) {
  Json recorded{{"notes", Json::array()}};
  const RunRecord &data = *find_record(records, data_stage(workspace.project())), &label = *find_record(records, "label");
  const std::string dataset = data.output("dataset").hash, labels = label.output("labels.patterns").hash;
  recorded["import"] = import_of_row(answer, records, recorded);
  recorded["gold"] = gold_of_row(answer, workspace, dataset, recorded);
  RowInReleases releases(workspace.objects(), answer, explained.at("id"));
  recorded["releases"] = releases.find(ledger, recorded["notes"]);
  std::vector<std::string> objects = releases.objects_with_row();
  objects.push_back(labels);
  recorded["exports"] = exports_json(answer, objects);
  return recorded;
}

// That a row was erased is no secret to who knows its id; what it said is gone.
Json explained_or_erased(Workspace& workspace, std::string_view row) {
  try {
    return explain_row(workspace, row);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound || !workspace.project().data.erased.holds(row)) throw;
    throw Error(ErrorCode::kNotFound, "no row with the id '" + std::string(row) +
                                          "': it was erased; `hone log --kind erase.order` says when, and on what ground");
  }
}

}  // namespace

Json why_row(Workspace& workspace, ProjectLedger& ledger, std::string_view row) {
  Json explained = explained_or_erased(workspace, row);
  explained["recorded"] = nullptr;
  explained["recorded_note"] = "nothing is recorded yet; `hone run` begins the ledger";
  if (!ledger.is_there()) return explained;
  LedgerAnswer answer(workspace, ledger);
  const std::vector<RunRecord> records = records_of(workspace, explained);
  add_runs(answer, records, explained);
  const RunRecord* vote = find_record(records, "vote");
  add_versions(answer, vote ? event_of_run(answer, *vote) : std::nullopt, explained);
  explained["recorded_note"] = "";
  explained["recorded"] = recorded_json(workspace, ledger, answer, records, explained);
  explained["recorded"]["events"] = answer.events();
  return explained;
}

}  // namespace hone
