#include "hone/record/evidence.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/flow/report_page.h"
#include "hone/ledger/refs_object.h"
#include "hone/record/bundle_folder_internal.h"
#include "hone/record/croissant_internal.h"
#include "hone/record/evidence_facts_internal.h"
#include "hone/record/evidence_page_internal.h"
#include "hone/record/evidence_text_internal.h"
#include "hone/record/openlineage_internal.h"
#include "hone/record/zip_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// Without these there is no evidence.
constexpr std::array<std::string_view, 5> kNeeded = {"release.json", "labels.parquet", "labels.jsonl", "stage/report/report",
                                                     "stage/vote/votes"};

void require_objects(const ObjectStore& objects, const Release& release) {
  for (const std::string_view name : kNeeded) {
    if (!objects.has(release.object(name)))
      throw Error(ErrorCode::kNotFound,
                  "the release '" + release.name + "' no longer holds '" + std::string(name) +
                      "': it was erased or lost, which `hone verify` tells apart; a release that is made now can have evidence");
  }
}

std::string pretty(const Json& json) { return json.dump(1) + "\n"; }

std::uint64_t count_lines(const std::filesystem::path& file) {
  std::ifstream bytes(file, std::ios::binary);
  return static_cast<std::uint64_t>(std::count(std::istreambuf_iterator<char>(bytes), {}, '\n'));
}

// An object by its name, and why it stays where it is; empty: it goes along.
struct Chosen {
  std::string name;
  ObjectRef ref;
  std::string why_not;
};

bool has_failures(const Json& votes) {
  return std::ranges::any_of(votes.at("sources"), [](const Json& source) { return source.at("failures").at("count") != 0; });
}

// By what stands in it, as far as names tell. What is not known here stays.
std::string why_not(const ObjectStore& objects, const std::string& name, const ObjectRef& ref) {
  const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
  if (name == "labels.parquet" || name == "labels.jsonl") return "it is data/" + name;
  if (begins("stage/import/") || begins("stage/near-duplicates/")) return "it holds rows";
  if (begins("stage/evaluate/") || begins("stage/report/")) return "it shows texts of rows; reports/ has it without them";
  if (!objects.has(ref)) return "it was erased or lost";
  if ((name == "stage/vote/votes" || name == "stage/grade/grades") && has_failures(objects.get_json(ref)))
    return "it quotes what sources said of rows on which they failed";
  return begins("stage/vote/") || begins("stage/grade/") || begins("stage/label/") || begins("stage/train/") || begins("project/") ||
                 begins("event/") || name == "release.json"
             ? ""
             : "it is of a kind that may hold rows";
}

// What events of the release say in objects of their own: options, environments, definitions, lists.
std::vector<NamedRef> objects_of_events(const EvidenceFacts& facts) {
  std::vector<NamedRef> named;
  const auto add = [&](const Event& event, const char* member) {
    if (event.body.contains(member))
      named.push_back({"event/" + std::to_string(event.seq) + "/" + member, event.body.at(member).get<ObjectRef>()});
  };
  for (const Event& run : facts.stages) {
    add(run, "options");
    add(run, "environment");
    for (const Json& output : run.body.at("outputs"))
      if (output.at("ref").at("media") == kRefsMedia)
        named.push_back(
            {"event/" + std::to_string(run.seq) + "/" + output.at("name").get<std::string>(), output.at("ref").get<ObjectRef>()});
  }
  for (const Event& source : facts.sources) {
    add(source, "definition");
    add(source, "parameters");
  }
  add(facts.made, "checklist");
  add(facts.made, "diff");
  if (facts.made.body.at("pins").contains("taxonomy"))
    named.push_back({"event/" + std::to_string(facts.made.seq) + "/taxonomy", facts.made.body.at("pins").at("taxonomy").get<ObjectRef>()});
  named.push_back({"event/" + std::to_string(facts.made.seq) + "/manifest", facts.release.manifest});
  return named;
}

std::vector<Chosen> choose_objects(const ObjectStore& objects, const EvidenceFacts& facts) {
  std::vector<Chosen> chosen;
  for (const auto& [name, ref] : facts.release.objects) chosen.push_back({name, ref, why_not(objects, name, ref)});
  for (const NamedRef& named : objects_of_events(facts)) chosen.push_back({named.name, named.ref, why_not(objects, named.name, named.ref)});
  return chosen;
}

// --- The parts, each a step of write_evidence().

void write_data(const ObjectStore& objects, const EvidenceFacts& facts, BundleFolder& bundle) {
  for (const char* name : {"labels.parquet", "labels.jsonl"}) bundle.copy(std::string("data/") + name, objects, facts.release.object(name));
  Json list = Json::array();
  for (const Chosen& object : choose_objects(objects, facts)) {
    Json entry = {{"name", object.name}, {"sha256", object.ref.hash}, {"bytes", object.ref.bytes}, {"media", object.ref.media}};
    if (!object.why_not.empty()) {
      entry["not_here"] = object.why_not;
    } else {
      entry["file"] = "objects/" + object.ref.hash.substr(0, 2) + "/" + object.ref.hash.substr(2);
      const std::string file = "data/" + entry["file"].get<std::string>();
      if (!bundle.files().contains(file)) bundle.copy(file, objects, object.ref);
    }
    list.push_back(std::move(entry));
  }
  bundle.write("data/objects.json", pretty({{"format", "hone-objects/1"}, {"objects", list}}));
}

void write_log(LedgerReader& log, const EvidenceFacts& facts, BundleFolder& bundle) {
  log.publish(bundle.path("ledger"), facts.note);
  bundle.add_folder("ledger");
  bundle.write("policy", "log " + facts.vkey + "\nquorum none\n");
}

void write_reports(const EvidenceFacts& facts, BundleFolder& bundle) {
  bundle.write("reports/report.json", pretty(facts.report));
  bundle.write("reports/report.html", fill_report_page(report_page(), facts.report));
  bundle.write("checklist.json", pretty(facts.checklist));
  bundle.write("checklist.md", checklist_markdown(facts.checklist));
  if (facts.diff.is_null()) return;
  bundle.write("diff/diff.json", pretty(facts.diff));
  bundle.write("diff/diff.md", diff_markdown(facts.diff));
}

Json inventory_json(const EvidenceFacts& facts) {
  Json code = Json::array();
  for (const Event& run : facts.stages)
    code.push_back({{"stage", run.body.at("stage")}, {"event", run.seq}, {"code", run.body.at("code")}});
  Json json = {{"format", "hone-inventory/1"}, {"event", nullptr}, {"parts", Json::array()}, {"code", code}};
  if (facts.inventory) {
    json["event"] = facts.inventory->seq;
    json["parts"] = facts.inventory->body.at("parts");
  }
  return json;
}

void write_descriptions(const EvidenceFacts& facts, BundleFolder& bundle) {
  bundle.write("croissant.json", pretty(croissant_json(facts, bundle)));
  bundle.write("openlineage.ndjson", openlineage_lines(facts));
  bundle.write("inventory.json", pretty(inventory_json(facts)));
}

std::vector<std::string> all_names(const BundleFolder& bundle) {
  std::vector<std::string> names;
  for (const auto& [name, file] : bundle.files()) names.push_back(name);
  return names;
}

std::filesystem::path zip_of(const std::filesystem::path& folder) { return folder.string() + ".zip"; }

// "evidence/" and "evidence" are one folder.
std::filesystem::path plain(const std::filesystem::path& folder) {
  const std::filesystem::path absolute = std::filesystem::absolute(folder).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

void require_new(const std::filesystem::path& path) {
  std::error_code unreadable;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, unreadable)))
    throw Error(ErrorCode::kInvalidArgument,
                "'" + path.string() + "' is there already; take it away, or name another place with --out FOLDER");
}

void put_in_place(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) throw Error(ErrorCode::kIo, "cannot put '" + to.string() + "' in place: " + error.message());
}

}  // namespace

// 1. Look whether all is there, and gather it.
// 2. In a temporary folder beside the place: data, log, reports, descriptions, the page, README.
// 3. The list of hashes, then the ZIP, of everything.
// 4. The event that says that they leave; then they get their names.
Evidence write_evidence(Workspace& workspace, ProjectLedger& ledger, const Release& release, const std::filesystem::path& folder,
                        const ExportPurpose& purpose) {
  const std::filesystem::path place = plain(folder);
  require_new(place);
  require_new(zip_of(place));
  const ObjectStore& objects = workspace.objects();
  require_objects(objects, release);
  const EvidenceFacts facts = gather_evidence(objects, ledger, release);

  make_folder(place.parent_path());
  const RemovedAtEnd scratch(temporary_name(place.parent_path()));
  BundleFolder bundle(scratch.path() / "bundle");
  write_data(objects, facts, bundle);
  const std::uint64_t rows = count_lines(bundle.path("data/labels.jsonl"));
  write_log(ledger.reader(), facts, bundle);
  write_reports(facts, bundle);
  write_descriptions(facts, bundle);
  bundle.write("index.html", evidence_page(facts, rows));
  bundle.write("README.txt", evidence_readme(facts));

  Evidence made;
  const std::string manifest = bundle.manifest();
  made.manifest_sha256 = sha256_hex(manifest);
  bundle.write("MANIFEST.sha256", manifest);
  made.files = bundle.files().size();
  made.bytes = bundle.bytes();
  const std::filesystem::path zip = scratch.path() / "zip";
  write_zip(bundle.path(), all_names(bundle), facts.name(), zip);
  made.zip_sha256 = sha256_hex_of_file(zip);

  const ExportedFile leaving{.what = release.object("stage/label/labels.patterns"),
                             .rows = rows,
                             .format = "evidence",
                             .guarded = false,
                             .sha256 = made.zip_sha256};
  made.event = record_export(workspace.project(), ledger, leaving, purpose);
  put_in_place(bundle.path(), place);
  publish_file(zip, zip_of(place), 0644);
  made.folder = place;
  made.zip = zip_of(place);
  made.vkey = facts.vkey;
  made.origin = facts.checkpoint.origin;
  made.size = facts.checkpoint.size;
  made.checklist = count_answers(facts.checklist);
  return made;
}

}  // namespace hone
