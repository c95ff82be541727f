#include "hone/record/record_runs.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <tuple>

#include "hone/core/build_info.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/flow/main_path.h"
#include "hone/ledger/refs_object.h"
#include "hone/record/gold_version_internal.h"
#include "hone/record/refs_internal.h"
#include "hone/vote/vote_file.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// What was seen at the last look, in .hone/recorded.json. Only a memory: without it all is looked at again, and nothing written twice.
struct LastLook {
  std::int64_t runs_changed_ns = -1;  // Of the folder of run records.
  std::int64_t looked_ns = 0;         // 0: never.
  std::string settings;               // Hash of hone.yaml.
};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::filesystem::path memory_file(const Workspace& workspace) { return workspace.project().state() / "recorded.json"; }

LastLook read_last_look(const Workspace& workspace) {
  if (!std::filesystem::exists(memory_file(workspace))) return {};
  const Json json = Json::parse(read_file(memory_file(workspace)), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("ledger", Json()) != Json("hone-recorded/1")) return {};
  const auto number = [&](const char* key) {
    return json.contains(key) && json[key].is_number_integer() ? json[key].get<std::int64_t>() : -1;
  };
  const auto text = [&](const char* key) { return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : ""; };
  return {number("runs_changed_ns"), std::max<std::int64_t>(number("looked_ns"), 0), text("settings")};
}

LastLook look(const Workspace& workspace) {
  LastLook now;
  now.runs_changed_ns = stamp_of(workspace.runs().folder()).modified_ns;
  now.looked_ns = now_ns();
  now.settings = sha256_hex_of_file(workspace.project().root / "hone.yaml");
  return now;
}

// A folder that was changed within this tick of its file system's clock may change again and show the same time: the look waits for the
// next one. Ten milliseconds are a tick of the slowest kernels.
constexpr std::int64_t kTickNs = 10'000'000;

void wait_for_next_tick(const Workspace& workspace) {
  const std::int64_t age = now_ns() - stamp_of(workspace.runs().folder()).modified_ns;
  if (age >= 0 && age < kTickNs) std::this_thread::sleep_for(std::chrono::nanoseconds(kTickNs - age));
}

void remember(const Workspace& workspace, const LastLook& now) {
  const Json json = {
      {"ledger", "hone-recorded/1"}, {"runs_changed_ns", now.runs_changed_ns}, {"looked_ns", now.looked_ns}, {"settings", now.settings}};
  write_file_atomically(memory_file(workspace), json.dump(1) + "\n");
}

// Records written since the last look, the oldest run first; two seconds more, for disks that count whole ones.
std::vector<RunRecord> records_since(const Workspace& workspace, std::int64_t looked_ns) {
  constexpr std::int64_t kCoarsestTickNs = 2'000'000'000;
  std::vector<RunRecord> records;
  for (const std::string& key : workspace.runs().keys()) {
    const std::filesystem::path file = workspace.runs().folder() / (key + ".json");
    if (!std::filesystem::exists(file) || stamp_of(file).changed_ns < looked_ns - kCoarsestTickNs) continue;
    if (auto record = workspace.runs().find(key)) records.push_back(std::move(*record));
  }
  std::ranges::sort(records, [](const RunRecord& left, const RunRecord& right) {
    return std::tie(left.started, left.ended, left.key) < std::tie(right.started, right.ended, right.key);
  });
  return records;
}

std::string run_token(const RunRecord& record) { return token_of("stage.run", {record.key, record.started}); }

// Writes what is not there yet. One event may name another of the same call, so each that is named is waited for.
class Taking {
 public:
  Taking(Workspace& workspace, ProjectLedger& ledger)
      : workspace_(workspace), project_(workspace.project()), ledger_(ledger), known_(ledger.index()) {}

  std::uint64_t events() const { return events_; }

  void settings(const std::string& hash) {
    const auto before = ledger_.latest("admin.config", "hone.yaml");
    const Json from = before && before->body.contains("to") ? before->body["to"] : Json();
    if (from == hash) return;
    Json body = {{"setting", "hone.yaml"}, {"to", hash}};
    if (!from.is_null()) body["from"] = from;
    send(ledger_.event("admin.config", body, {hash, before ? std::to_string(before->seq) : ""}));
  }

  void sources() {
    std::vector<const Source*> missing;
    std::vector<std::optional<std::uint64_t>> superseded;
    for (const Source& source : project_.sources) {
      const auto before = ledger_.latest("source.define", source.name);
      if (before && before->body.at("code") == source.version) continue;
      missing.push_back(&source);
      superseded.push_back(before ? std::optional(before->seq) : std::nullopt);
    }
    if (missing.empty()) return;
    const ObjectRef definitions = workspace_.objects().put_json(definitions_json(missing));
    std::size_t next = 0;
    const auto give = [&]() -> std::optional<NewEvent> {
      if (next == missing.size()) return std::nullopt;
      NewEvent event = definition(*missing[next], superseded[next], definitions);
      ++next;
      return event;
    };
    events_ += ledger_.writer().append_all(give).size();
  }

  // All runs at once, which become durable together; then what hangs on them and names them.
  void runs(std::vector<RunRecord> records) {
    std::erase_if(records, [&](const RunRecord& record) { return ledger_.reader().find_token(run_token(record)).has_value(); });
    for (const RunRecord& record : records) {
      if (record.outcome == "ok" && record.stage == "import") import(record);
      send(run_event(record));
    }
    wait();
    for (const RunRecord& record : records) {
      if (record.outcome == "ok" && record.stage == "vote") votes(record);
      if (record.outcome == "ok" && record.stage == "evaluate") gold();
    }
    wait();
  }

 private:
  void send(NewEvent event) { sent_.push_back(ledger_.writer().append(std::move(event))); }

  void wait() {
    for (std::future<LedgerReceipt>& receipt : sent_)
      if (!receipt.get().repeated) ++events_;
    sent_.clear();
  }

  static Json definitions_json(const std::vector<const Source*>& sources) {
    Json list = Json::array();
    for (const Source* source : sources)
      list.push_back({{"name", source->name},
                      {"kind", to_string(source->kind)},
                      {"definition", source->definition},
                      {"version", source->version},
                      {"where", source->file + ":" + std::to_string(source->line)}});
    return {{"format", "hone-definitions/1"}, {"sources", list}};
  }

  static std::string type_of(const Source& source) {
    if (source.kind == Source::Kind::kModel) return "model";
    return source.kind == Source::Kind::kProcess || source.kind == Source::Kind::kColumn ? "external" : "lf";
  }

  NewEvent definition(const Source& source, std::optional<std::uint64_t> before, const ObjectRef& definitions) {
    Json body = {{"name", source.name},
                 {"version", source.version.substr(0, 16)},
                 {"type", type_of(source)},
                 {"definition", definitions},
                 {"code", source.version},
                 {"parameters", definitions},
                 {"author", ledger_.actor().id},
                 {"because", "declared in " + source.file + ":" + std::to_string(source.line)},
                 {"splits_visible", {"train", "valid"}}};  // What `hone lf` shows of the data.
    if (before) body["supersedes"] = *before;
    return ledger_.event("source.define", body, {source.name, source.version, before ? std::to_string(*before) : ""});
  }

  void import(const RunRecord& record) {
    const ObjectRef& dataset = record.output("dataset");
    if (!workspace_.objects().has(dataset)) return;  // Collected since; the run still says which it was.
    const DatasetManifest manifest = workspace_.objects().get_json(dataset).get<DatasetManifest>();
    send(ledger_.event("data.import", import_body(dataset, manifest), {dataset.hash, run_token(record)}));
  }

  Json import_body(const ObjectRef& dataset, const DatasetManifest& manifest) const {
    const DataAbout& about = project_.about;
    const auto said = [](const std::string& text) { return text.empty() ? "not stated" : text; };
    return {{"dataset", dataset},
            {"rows", manifest.rows},
            {"columns", columns_json(manifest)},
            {"source", files_json(dataset, manifest)},
            {"licence", said(about.licence)},
            {"purpose", said(about.purpose)},
            {"legal_basis", said(about.legal_basis)},
            {"pii", said(about.pii)},
            {"consent", said(about.consent)},
            {"retain_until", said(about.retain_until)},
            {"rejected", {{"count", manifest.bad_rows + manifest.skipped_rows}}},
            {"id_rule", project_.data.id.empty() ? "hash of the text fields" : "column " + project_.data.id}};
  }

  // An entry has 16 KiB; the manifest, which `dataset` names, has all columns.
  static constexpr std::size_t kColumnsNamed = 100;

  Json columns_json(const DatasetManifest& manifest) const {
    Json columns = Json::array();
    for (std::size_t column = 0; column < std::min(manifest.columns.size(), kColumnsNamed); ++column) {
      const std::string& name = manifest.columns[column].name;
      columns.push_back(
          {{"name", name.substr(0, 64)}, {"type", manifest.columns[column].type}, {"personal", project_.about.personal.contains(name)}});
    }
    return columns;
  }

  // Of several files the manifest is named, which has each one's name, length and hash.
  static Json files_json(const ObjectRef& dataset, const DatasetManifest& manifest) {
    if (manifest.files.size() == 1) {
      const SourceFile& file = manifest.files.front();
      return {{"uri", "file:" + file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}};
    }
    return {{"uri", "files:" + std::to_string(manifest.files.size())}, {"sha256", dataset.hash}, {"bytes", dataset.bytes}};
  }

  NewEvent run_event(const RunRecord& record) {
    const Json program = record.detail.value("program", Json::object());
    Json inputs = Json::array();
    std::uint64_t unknown = 0;
    for (const NamedRef& input : own(record.inputs))
      is_known(input.ref.hash) ? inputs.push_back({{"name", input.name}, {"ref", input.ref}}) : void(++unknown);
    Json outputs = Json::array();
    for (const NamedRef& output : outputs_of(record)) outputs.push_back({{"name", output.name}, {"ref", output.ref}});
    for (const Json& output : outputs) brought_.insert(output["ref"]["hash"].get<std::string>());
    Json counts = counts_of(record);
    if (unknown > 0) counts["inputs_not_recorded"] = unknown;
    return ledger_.event(
        "stage.run",
        {{"stage", record.stage},
         {"key", record.key},
         {"inputs", inputs},
         {"outputs", outputs},
         {"options", workspace_.objects().put_json(options_json(record))},
         {"seed", static_cast<std::int64_t>(record.seed & ((std::uint64_t{1} << 53) - 1))},
         {"code",
          {{"version", record.code_version}, {"commit", program.value("commit", "unknown")}, {"build", program.value("build", "unknown")}}},
         {"environment", workspace_.objects().put_json(record.detail.value("environment", Json{{"machine", "unknown"}}))},
         {"started", record.started},
         {"ended", record.ended},
         {"outcome", record.outcome},
         {"counts", counts}},
        {record.key, record.started});
  }

  // Those of a record older than the ledger may be outputs of runs whose records are gone.
  bool is_known(const std::string& hash) { return brought_.contains(hash) || known_.made(hash).has_value(); }

  static std::vector<NamedRef> own(const std::vector<NamedRef>& refs) {
    std::vector<NamedRef> named;
    std::ranges::copy_if(refs, std::back_inserter(named), [](const NamedRef& ref) { return ref.name.find('/') == std::string::npos; });
    return named;
  }

  // The parts of what is made of parts, such as the votes of a thousand sources, are listed in one object.
  std::vector<NamedRef> outputs_of(const RunRecord& record) {
    std::vector<NamedRef> outputs = own(record.outputs), parts;
    std::ranges::copy_if(record.outputs, std::back_inserter(parts),
                         [](const NamedRef& ref) { return ref.name.find('/') != std::string::npos; });
    if (!parts.empty()) outputs.push_back({"parts", put_refs(workspace_.objects(), parts)});
    return outputs;
  }

  static Json counts_of(const RunRecord& record) {
    Json counts = Json::object();
    for (const auto& [name, value] : record.counts.items())
      if (value.is_number_unsigned() || (value.is_number_integer() && value >= 0)) counts[name] = value;
    return counts;
  }

  // Options, and the parts of the key with their hashes: what explains why the stage ran.
  static Json options_json(const RunRecord& record) {
    Json options = {
        {"options", record.options}, {"parts", record.detail.value("parts", Json::array())}, {"why", record.detail.value("why", "")}};
    if (record.detail.contains("error")) options["error"] = record.detail["error"];
    return options;
  }

  // What votes is known of the sources that stand in hone.yaml now: of an older run it is not.
  bool votes_now(const RunRecord& record) const {
    const Json versions = record.detail.value("versions", Json::object());
    return !project_.sources.empty() && workspace_.current("vote").value_or(RunRecord()).key == record.key &&
           std::ranges::all_of(project_.sources, [&](const Source& source) { return versions.contains(source.version); });
  }

  void votes(const RunRecord& record) {
    if (!votes_now(record)) return;
    const ObjectRef dataset = dataset_of(record);
    const std::uint64_t rows = workspace_.objects().get_json(dataset).at("rows").get<std::uint64_t>();
    const std::uint64_t run = recorded_run(ledger_, record), data = recorded_dataset(ledger_, dataset);
    for (std::size_t first = 0; first < project_.sources.size(); first += kSourcesNamed) {
      const std::size_t end = std::min(first + kSourcesNamed, project_.sources.size());
      Json seqs = Json::array();
      std::uint64_t cast = 0, voted = 0;
      for (std::size_t place = first; place < end; ++place) {
        const std::string& name = project_.sources[place].name;
        seqs.push_back(ledger_.index().latest("source.define", name).value());
        const std::filesystem::path file = workspace_.checked_path(record.output("source/" + name));
        const std::uint64_t votes = count_source_votes(file);
        cast += votes;
        voted += project_.task.is_multi_label() ? count_voted_examples(file) : votes;
      }
      send(ledger_.event("vote.batch",
                         {{"run", run},
                          {"dataset", data},
                          {"matrix", record.output("votes")},
                          {"sources", seqs},
                          {"rows", rows},
                          {"votes", cast},
                          {"abstained", rows * (end - first) - voted}},
                         {run_token(record), std::to_string(first)}));
    }
  }
  static constexpr std::size_t kSourcesNamed = 1000;  // By numbers of up to ten digits, within an entry's 16 KiB.

  static ObjectRef dataset_of(const RunRecord& record) {
    const auto is_dataset = [](const NamedRef& input) { return input.name == "dataset"; };
    const auto last = std::find_if(record.inputs.rbegin(), record.inputs.rend(), is_dataset);  // The derived one stands behind its origin.
    return last->ref;
  }

  void gold() {
    if (project_.gold.field.empty()) return;
    const RunRecord data = workspace_.needed(data_stage(project_));
    const GoldVersion now = gold_version(workspace_, data.output("dataset"));
    const auto parent = ledger_.index().last("gold.commit");
    const std::optional<Event> before = parent ? std::optional(ledger_.reader().event(*parent)) : std::nullopt;
    if (before && before->body.at("version") == now.version) return;
    const GoldTable table =
        read_gold_table(workspace_, now, before ? std::optional(before->body.at("table").get<ObjectRef>()) : std::nullopt);
    Json body = {{"version", now.version},        {"table", table.ref},       {"rule", now.rule},
                 {"counts", table.counts},        {"changed", table.changed}, {"sealed", now.has_test},
                 {"approver", ledger_.actor().id}};
    if (parent) body["parent"] = *parent;
    send(ledger_.event("gold.commit", body, {now.version, parent ? std::to_string(*parent) : ""}));
  }

  Workspace& workspace_;
  const Project& project_;
  ProjectLedger& ledger_;
  EventIndex& known_;  // What the log had when this began, but for sources, which it is told of.
  std::vector<std::future<LedgerReceipt>> sent_;
  std::uint64_t events_ = 0;
  std::set<std::string> brought_;  // By events of this call.
};

bool is_anything_new(const LastLook& before, const LastLook& now, ProjectLedger& ledger) {
  return !ledger.is_there() || before.runs_changed_ns != now.runs_changed_ns || before.settings != now.settings;
}

}  // namespace

Recorded record_runs(Workspace& workspace, ProjectLedger& ledger) {
  const LastLook before = read_last_look(workspace);
  if (!is_anything_new(before, look(workspace), ledger)) return {};
  wait_for_next_tick(workspace);
  const LastLook now = look(workspace);
  const bool is_first = !ledger.is_there();
  const std::vector<RunRecord> records = records_since(workspace, is_first ? 0 : before.looked_ns);
  ledger.writer();
  Taking taking(workspace, ledger);
  taking.settings(now.settings);
  taking.sources();
  taking.runs(records);
  remember(workspace, now);
  return {taking.events(), ledger.reader().size()};
}

std::uint64_t recorded_run(ProjectLedger& ledger, const RunRecord& record) {
  if (const auto seq = ledger.reader().find_token(run_token(record))) return *seq;
  throw Error(ErrorCode::kNotFound, "the run of the stage '" + record.stage + "' that counts is not in the ledger; `hone run` records it");
}

std::uint64_t recorded_dataset(ProjectLedger& ledger, const ObjectRef& dataset) {
  if (const auto seq = ledger.index().made(dataset.hash)) return *seq;
  throw Error(ErrorCode::kNotFound, "the dataset " + dataset.hash.substr(0, 12) + " is not in the ledger; `hone run` records it");
}

}  // namespace hone
