#include "hone/record/lineage.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "hone/core/error.h"
#include "hone/data/dataset.h"
#include "hone/flow/main_path.h"
#include "hone/record/ledger_answer_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// More of them side by side nobody reads; one more node says how many there are.
constexpr std::size_t kFilesShown = 6;
constexpr std::size_t kSourcesShown = 12;

// The output that stands for what a stage made.
struct MainOutput {
  std::string_view stage, output, type, title;
};
constexpr std::array kMainOutputs{
    MainOutput{"import", "dataset", "dataset", "dataset"},
    MainOutput{"near-duplicates", "dataset", "dataset", "dataset, regrouped"},
    MainOutput{"vote", "votes", "object", "votes"},
    MainOutput{"label", "labels.patterns", "object", "labels"},
    MainOutput{"train", "model", "model", "model"},
    MainOutput{"grade", "grades", "object", "grades"},
    MainOutput{"evaluate", "evaluation", "object", "evaluation"},
    MainOutput{"report", "report", "object", "report"},
};

// A run of a stage: the body of its event, or, where it was not recorded, its record, which has the same form.
struct StageRun {
  Json body;
  std::optional<std::uint64_t> seq;
};

std::string count_words(std::size_t count, const std::string& one) { return std::to_string(count) + " " + one + (count == 1 ? "" : "s"); }

std::string said(const std::string& name, const Json& body, const char* member) {
  const std::string text = body.at(member).get<std::string>();
  return name + " " + (text.empty() ? "not stated" : text);
}

// Nodes and edges in the order in which they were found, each once.
class Graph {
 public:
  // The node's ID. A second one of the same ID is the first.
  std::string add(std::string id, std::string_view type, const std::string& name, const std::string& note = "") {
    if (places_.emplace(id, nodes_.size()).second)
      nodes_.push_back(
          {{"id", id}, {"type", type}, {"name", name}, {"seq", nullptr}, {"time", nullptr}, {"hash", nullptr}, {"note", note}});
    return id;
  }
  void set(const std::string& id, const char* key, Json value) { nodes_.at(places_.at(id))[key] = std::move(value); }
  void set_event(const std::string& id, const Event& event) {
    set(id, "seq", event.seq);
    set(id, "time", event.time);
  }
  void add_note(const std::string& id, const std::string& more) {
    std::string note = nodes_.at(places_.at(id)).at("note").get<std::string>();
    set(id, "note", note.empty() ? more : note + "; " + more);
  }
  void link(const std::string& from, std::string_view rel, const std::string& to) {
    if (from != to && linked_.emplace(from, rel, to).second) edges_.push_back({{"from", from}, {"to", to}, {"rel", rel}});
  }

  const Json& nodes() const { return nodes_; }
  const Json& edges() const { return edges_; }

 private:
  Json nodes_ = Json::array(), edges_ = Json::array();
  std::map<std::string, std::size_t> places_;
  std::set<std::tuple<std::string, std::string, std::string>> linked_;
};

class LineageBuilder {
 public:
  LineageBuilder(const ObjectStore& objects, LedgerAnswer& answer) : objects_(objects), answer_(answer) {}

  void add(const StageRun& run) {
    const std::string stage = run.body.at("stage");
    const std::string id = add_run(run, stage);
    const std::string made = add_outputs(run, stage, id);
    if (stage == "import") add_import(run, id, made);
    if (stage == "vote") add_sources(run, id);
    add_inputs(run, id);
    if (reads_gold(run)) gold_readers_.push_back(id);
  }

  // After the runs: the gold version that they read.
  void add_gold() {
    if (dataset_.empty()) return;
    const auto seq = gold_of(answer_, dataset_);
    if (!seq) {
      if (!gold_readers_.empty()) notes_.push_back("which version of the gold was read is not recorded");
      return;
    }
    const std::string id = add_gold_version(*seq);
    graph_.link(id, "wasDerivedFrom", "object:" + dataset_);
    for (const std::string& run : gold_readers_) graph_.link(run, "used", id);
    const Json& body = answer_.event(*seq).body;
    if (body.contains("parent")) graph_.link(id, "wasRevisionOf", add_gold_version(body.at("parent").get<std::uint64_t>()));
  }

  void add_release(const Release& release) {
    const std::string id = add_release_node(release.seq);
    for (const std::string& made : main_objects_) graph_.link(id, "wasDerivedFrom", made);
    const Json& body = answer_.event(release.seq).body;
    link_agent(id, body.at("approver").get<std::string>());
    if (body.contains("previous")) graph_.link(id, "wasRevisionOf", add_release_node(body.at("previous").get<std::uint64_t>()));
  }

  // What an erasure took away of all this.
  void add_erasures() {
    std::vector<std::string> hashes;
    for (const auto& [hash, node] : node_of_) hashes.push_back(hash);
    for (const Json& erased : erasures_of(answer_, objects_, hashes)) {
      const Json& event = erased.at("done").is_null() ? erased.at("order") : erased.at("done");
      const std::uint64_t seq = event.at("seq");
      const std::string id =
          graph_.add("run:" + std::to_string(seq), "run", "erasure", erased.at("done").is_null() ? "ordered, not yet done" : "");
      graph_.set_event(id, answer_.event(seq));
      graph_.link(node_of_.at(erased.at("object")), "wasInvalidatedBy", id);
      link_agent(id, answer_.event(seq).actor);
    }
  }

  Json json() const { return {{"nodes", graph_.nodes()}, {"edges", graph_.edges()}, {"notes", notes_}}; }

 private:
  std::string add_run(const StageRun& run, const std::string& stage) {
    const std::string version = run.body.at("code").at("version");
    const std::string id = graph_.add(run.seq ? "run:" + std::to_string(*run.seq) : "run:" + stage, "run", stage, version);
    graph_.add_note(id, "outcome " + run.body.at("outcome").get<std::string>());
    if (!run.seq) {
      graph_.add_note(id, "this run is not in the ledger");
      return id;
    }
    const Event& event = answer_.event(*run.seq);
    graph_.set_event(id, event);
    if (event.body.at("counts").contains("inputs_not_recorded"))
      graph_.add_note(id, event.body.at("counts").at("inputs_not_recorded").dump() + " of its inputs are older than the ledger");
    link_agent(id, event.actor);
    link_program(id, event.body.at("code"));
    return id;
  }

  // "hone 0.1.0 vote/2" was run by the program "hone 0.1.0".
  void link_program(const std::string& run, const Json& code) {
    const std::string version = code.at("version"), build = code.at("build");
    const std::string program = version.substr(0, version.rfind(' '));
    graph_.link(run, "wasAssociatedWith",
                graph_.add("program:" + program + " " + build, "program", program,
                           "commit " + code.at("commit").get<std::string>() + ", build " + build));
  }

  void link_agent(const std::string& id, const std::string& actor) {
    const bool is_program = actor.starts_with("s:");
    const char* what = is_program                ? "a part of the program"
                       : actor.starts_with("p:") ? "a person, by the ID of the log"
                                                 : "who holds this key";
    graph_.link(id, "wasAssociatedWith", graph_.add(actor, is_program ? "program" : "person", actor.substr(2), what));
  }

  // The node that stands for what the run made. Its other outputs are found by it.
  std::string add_outputs(const StageRun& run, const std::string& stage, const std::string& run_id) {
    const auto main = std::ranges::find(kMainOutputs, stage, &MainOutput::stage);
    std::string made, others;
    for (const Json& output : run.body.at("outputs"))
      if (main != kMainOutputs.end() && output.at("name") == main->output) {
        if (node_of_.contains(output.at("ref").at("hash"))) return made_nothing_new(run_id);
        made = add_object(*main, output.at("ref").get<ObjectRef>());
      }
    if (made.empty()) return made;
    for (const Json& output : run.body.at("outputs")) {
      const std::string name = output.at("name");
      if (!node_of_.emplace(output.at("ref").at("hash"), made).second || name.find('/') != std::string::npos || name == "parts") continue;
      others += (others.empty() ? "" : ", ") + name;
    }
    if (!others.empty()) graph_.add_note(made, "with " + others);
    if (run.seq) graph_.set_event(made, answer_.event(*run.seq));
    graph_.link(made, "wasGeneratedBy", run_id);
    main_objects_.push_back(made);
    return made;
  }

  std::string made_nothing_new(const std::string& run_id) {
    graph_.add_note(run_id, "it made what was there before, byte by byte");
    return "";
  }

  std::string add_object(const MainOutput& main, const ObjectRef& ref) {
    const std::string id = graph_.add("object:" + ref.hash, main.type, std::string(main.title));
    graph_.set(id, "hash", ref.hash);
    node_of_.emplace(ref.hash, id);
    if (main.type != "dataset") return id;
    dataset_ = ref.hash;
    for (const std::string& part : objects_of_dataset(objects_, ref)) node_of_.emplace(part, id);
    return id;
  }

  void add_inputs(const StageRun& run, const std::string& id) {
    for (const Json& input : run.body.at("inputs")) {
      const auto found = node_of_.find(input.at("ref").at("hash").get<std::string>());
      if (found != node_of_.end()) graph_.link(id, "used", found->second);
    }
  }

  void add_import(const StageRun& run, const std::string& run_id, const std::string& dataset) {
    if (dataset.empty()) return;
    const auto imported = import_of(answer_, dataset_);
    if (imported) {
      const Event& event = answer_.event(*imported);
      graph_.set_event(dataset, event);
      graph_.add_note(dataset, event.body.at("rows").dump() + " rows; " + said("licence", event.body, "licence") + "; " +
                                   said("purpose", event.body, "purpose"));
    } else {
      graph_.add_note(dataset, "no import of it is recorded");
    }
    add_files(dataset_ref(run), imported, run_id);
  }

  static ObjectRef dataset_ref(const StageRun& run) {
    for (const Json& output : run.body.at("outputs"))
      if (output.at("name") == "dataset") return output.at("ref").get<ObjectRef>();
    return {};
  }

  void add_files(const ObjectRef& dataset, const std::optional<std::uint64_t>& imported, const std::string& run_id) {
    if (!objects_.has(dataset)) return add_files_as_recorded(imported, run_id);
    const std::vector<SourceFile> files = objects_.get_json(dataset).get<DatasetManifest>().files;
    const std::size_t shown = files.size() <= kFilesShown ? files.size() : kFilesShown - 1;
    for (std::size_t place = 0; place < shown; ++place) {
      const std::string id = graph_.add("file:" + std::to_string(place), "file", files[place].name, count_words(files[place].rows, "row"));
      add_file(id, files[place].sha256, imported, run_id);
    }
    if (shown == files.size()) return;
    const std::string id = graph_.add("file:others", "file", std::to_string(files.size() - shown) + " more files",
                                      "the dataset's manifest lists each with its hash");
    add_file(id, "", imported, run_id);
  }

  void add_file(const std::string& id, const std::string& hash, const std::optional<std::uint64_t>& imported, const std::string& run_id) {
    if (!hash.empty()) graph_.set(id, "hash", hash);
    if (imported) graph_.set_event(id, answer_.event(*imported));
    graph_.link(run_id, "used", id);
  }

  // The manifest is gone; the event still says what was read.
  void add_files_as_recorded(const std::optional<std::uint64_t>& imported, const std::string& run_id) {
    if (!imported)
      return notes_.push_back("which files were read cannot be told: the dataset's manifest is gone, and no import is recorded");
    const Json& source = answer_.event(*imported).body.at("source");
    const std::string id = graph_.add("file:0", "file", source.at("uri"), "the dataset's manifest is gone");
    add_file(id, source.at("sha256"), imported, run_id);
  }

  void add_sources(const StageRun& run, const std::string& run_id) {
    const std::vector<std::uint64_t> seqs = run.seq ? sources_of_run(answer_, *run.seq) : std::vector<std::uint64_t>();
    if (seqs.empty()) return add_unknown_sources(run_id);
    const std::size_t shown = seqs.size() <= kSourcesShown ? seqs.size() : kSourcesShown - 1;
    for (std::size_t place = 0; place < shown; ++place) graph_.link(run_id, "used", add_source(seqs[place]));
    if (shown < seqs.size()) add_other_sources({seqs.begin() + static_cast<std::ptrdiff_t>(shown), seqs.end()}, run_id);
    add_earlier_sources(seqs, shown);
  }

  void add_unknown_sources(const std::string& run_id) {
    graph_.link(run_id, "used", graph_.add("source:unknown", "source", "sources", "which versions voted is not recorded"));
  }

  static std::string source_id(std::uint64_t seq) { return "source:" + std::to_string(seq); }

  std::string add_source(std::uint64_t seq) {
    const Event& event = answer_.event(seq);
    const std::string id = graph_.add(source_id(seq), "source", event.body.at("name"),
                                      event.body.at("type").get<std::string>() + ", version " +
                                          event.body.at("version").get<std::string>() + ", " + event.body.at("because").get<std::string>());
    graph_.set_event(id, event);
    graph_.set(id, "hash", event.body.at("code"));
    link_agent(id, event.body.at("author"));
    return id;
  }

  void add_other_sources(const std::vector<std::uint64_t>& seqs, const std::string& run_id) {
    std::map<std::string, std::size_t> types;
    for (const std::uint64_t seq : seqs) ++types[answer_.event(seq).body.at("type")];
    std::string note;
    for (const auto& [type, count] : types) note += (note.empty() ? "" : ", ") + std::to_string(count) + " " + type;
    const auto [first, last] = std::ranges::minmax(seqs);
    note += "; defined in events " + std::to_string(first) + " to " + std::to_string(last);
    graph_.link(run_id, "used", graph_.add("source:others", "source", std::to_string(seqs.size()) + " more sources", note));
  }

  // What the sources were before, as one node: each step back is in the log.
  void add_earlier_sources(const std::vector<std::uint64_t>& seqs, std::size_t shown) {
    const auto was_another = [&](std::uint64_t seq) { return answer_.event(seq).body.contains("supersedes"); };
    const std::size_t revised = static_cast<std::size_t>(std::ranges::count_if(seqs, was_another));
    if (revised == 0) return;
    const std::string id = graph_.add("source:earlier", "source", "earlier versions", "of " + count_words(revised, "source"));
    for (std::size_t place = 0; place < seqs.size(); ++place)
      if (was_another(seqs[place])) graph_.link(place < shown ? source_id(seqs[place]) : "source:others", "wasRevisionOf", id);
  }

  // The parts of a run's key say whether gold could reach its result.
  bool reads_gold(const StageRun& run) const {
    for (const Json& part : parts_of(run))
      if (part.is_array() && part.size() == 2 && part[0] == "gold") return part[1] != "none";
    return false;
  }

  Json parts_of(const StageRun& run) const {
    if (!run.seq) return run.body.at("detail").value("parts", Json::array());
    const ObjectRef options = run.body.at("options").get<ObjectRef>();
    return objects_.has(options) ? objects_.get_json(options).value("parts", Json::array()) : Json::array();
  }

  std::string add_gold_version(std::uint64_t seq) {
    const Event& event = answer_.event(seq);
    const std::string id = graph_.add("gold:" + std::to_string(seq), "gold",
                                      "gold " + event.body.at("version").get<std::string>().substr(0, 8), event.body.at("rule"));
    graph_.set_event(id, event);
    graph_.set(id, "hash", event.body.at("table").at("hash"));
    link_agent(id, event.actor);
    return id;
  }

  std::string add_release_node(std::uint64_t seq) {
    const Event& event = answer_.event(seq);
    const std::string id =
        graph_.add("release:" + std::to_string(seq), "release", event.body.at("name"),
                   "version " + event.body.at("version").get<std::string>() + ", because: " + event.body.at("because").get<std::string>());
    graph_.set_event(id, event);
    graph_.set(id, "hash", event.body.at("roots").at(0).at("hash"));
    link_agent(id, event.actor);
    return id;
  }

  const ObjectStore& objects_;
  LedgerAnswer& answer_;
  Graph graph_;
  std::vector<std::string> notes_, gold_readers_, main_objects_;
  std::map<std::string, std::string> node_of_;  // By an object's hash.
  std::string dataset_;                         // That was voted on: the last that a run made.
};

std::vector<StageRun> current_runs(const Workspace& workspace, LedgerAnswer& answer) {
  std::vector<StageRun> runs;
  for (const Stage& stage : main_path(workspace.project()))
    if (const auto record = workspace.current(stage.name)) {
      const auto seq = event_of_run(answer, *record);
      runs.push_back({seq ? answer.event(*seq).body : Json(*record), seq});
    }
  return runs;
}

std::vector<StageRun> runs_of(const ObjectStore& objects, LedgerAnswer& answer, const Release& release) {
  std::vector<StageRun> runs;
  const Json about = objects.get_json(release.object("release.json"));
  for (const Json& stage : about.at("stages")) {
    const std::uint64_t seq = stage.at("run");
    runs.push_back({answer.event(seq).body, seq});
  }
  return runs;
}

// The newest release, where it holds the report that is shown.
std::optional<Release> release_of_report(const Workspace& workspace, ProjectLedger& ledger, LedgerAnswer& answer) {
  const auto newest = answer.index().last("release");
  const auto report = workspace.current("report");
  if (!newest || !report) return std::nullopt;
  try {
    Release release = find_release(workspace.objects(), ledger, answer.event(*newest).body.at("name"));
    if (release.object("stage/report/report") == report->output("report")) return release;
  } catch (const Error&) {  // Its objects are gone; then it is not known whether it is of this report.
  }
  return std::nullopt;
}

}  // namespace

Json lineage_json(Workspace& workspace, ProjectLedger& ledger, const Release* release) {
  if (!ledger.is_there()) return nullptr;
  LedgerAnswer answer(workspace, ledger);
  LineageBuilder lineage(workspace.objects(), answer);
  for (const StageRun& run : release ? runs_of(workspace.objects(), answer, *release) : current_runs(workspace, answer)) lineage.add(run);
  lineage.add_gold();
  if (release)
    lineage.add_release(*release);
  else if (const auto made = release_of_report(workspace, ledger, answer))
    lineage.add_release(*made);
  lineage.add_erasures();
  Json json = lineage.json();
  json["format"] = "hone-lineage/1";
  json["release"] = release ? Json(release->name) : Json();
  json["origin"] = ledger.origin();
  json["size"] = answer.size();
  return json;
}

}  // namespace hone
