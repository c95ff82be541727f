#include "hone/flow/report_page.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/flow/main_path.h"

// The bytes of report.html, put into the program by report_page_data.S.
extern "C" const char hone_report_page_begin[];
extern "C" const char hone_report_page_end[];

namespace hone {
namespace {

constexpr std::string_view kMarker = R"({"marker":"hone-report-json"})";

// File names of old disks may be no UTF-8.
std::string text_of(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Of one source or slice; hundreds of them say less than the manifest that lists them.
bool is_of_one(const NamedRef& object) { return object.name.starts_with("source/") || object.name.starts_with("slice/"); }

nlohmann::json objects_json(const std::vector<NamedRef>& objects) {
  nlohmann::json list = nlohmann::json::array();
  for (const NamedRef& object : objects)
    if (!is_of_one(object)) list.push_back({{"name", object.name}, {"hash", object.ref.hash}, {"bytes", object.ref.bytes}});
  return list;
}

// What the record of a stage says of its last run, so that every number can be followed to the bytes it was made from.
nlohmann::json stages_json(const Workspace& workspace) {
  nlohmann::json stages = nlohmann::json::array();
  for (const Stage& stage : main_path(workspace.project())) {
    const auto record = workspace.current(stage.name);
    if (!record) continue;
    stages.push_back({{"name", stage.name},
                      {"what", stage.what},
                      {"state", "ran"},
                      {"why", record->detail.value("why", "")},
                      {"seconds", record->counts.value("ms", 0.0) / 1000.0},
                      {"key", record->key},
                      {"code", record->code_version},
                      {"inputs", objects_json(record->inputs)},
                      {"outputs", objects_json(record->outputs)}});
  }
  return stages;
}

std::filesystem::path facts_file(const Workspace& workspace) { return workspace.project().state() / "report_facts.json"; }

// What the ledger above this floor knows of a report. `check` tells whether the file is still as it was written: it is only a memory, and
// one that is broken is as good as none.
nlohmann::json kept_facts(const std::string& report, const nlohmann::json& facts) {
  nlohmann::json kept{{"format", "hone-report-facts/1"}, {"report", report}, {"facts", facts}};
  kept["check"] = sha256_hex(text_of(kept, -1));
  return kept;
}

// {"lineage", "gates", "history"}, all null where nothing is kept of this report.
nlohmann::json facts_of(const Workspace& workspace, const std::string& report) {
  const nlohmann::json none{{"lineage", nullptr}, {"gates", nullptr}, {"history", nullptr}};
  if (!std::filesystem::exists(facts_file(workspace))) return none;
  const nlohmann::json kept = nlohmann::json::parse(read_file(facts_file(workspace)), nullptr, /*allow_exceptions=*/false);
  if (!kept.is_object() || !kept.contains("facts")) return none;
  return kept == kept_facts(report, kept.at("facts")) ? kept.at("facts") : none;
}

}  // namespace

std::string_view report_page() { return {hone_report_page_begin, static_cast<std::size_t>(hone_report_page_end - hone_report_page_begin)}; }

std::string fill_report_page(std::string_view page, const nlohmann::json& report) {
  const std::size_t marker = page.find(kMarker);
  if (marker == std::string_view::npos) throw Error(ErrorCode::kInternal, "the report page has no place for its numbers");
  std::string filled(page.substr(0, marker));
  for (const char c : text_of(report, -1)) {
    if (c == '<')
      filled += "\\u003c";
    else
      filled += c;
  }
  return filled.append(page.substr(marker + kMarker.size()));
}

nlohmann::json report_json(Workspace& workspace) {
  const RunRecord record = workspace.needed("report");
  nlohmann::json report = workspace.json(record.output("report"));
  report["project"] = workspace.project().name;
  report["stages"] = stages_json(workspace);
  const nlohmann::json facts = facts_of(workspace, record.output("report").hash);
  for (const char* known : {"lineage", "gates", "history"}) report[known] = facts.at(known);
  if (const auto train = workspace.current("train"); train && report["training"].is_object())
    report["training"]["seconds"] = train->counts.value("training_ms", 0.0) / 1000.0;
  return report;
}

void refresh_report_page(Workspace& workspace) {
  if (!workspace.current("report")) return;
  const std::string page = fill_report_page(report_page(), report_json(workspace));
  const std::filesystem::path path = report_page_path(workspace.project());
  if (std::filesystem::exists(path) && read_file(path) == page) return;
  write_file_atomically(path, page);
}

void show_facts(Workspace& workspace, const nlohmann::json& facts) {
  const auto report = workspace.current("report");
  if (!report) return;
  const std::string kept = text_of(kept_facts(report->output("report").hash, facts), 1) + "\n";
  const std::filesystem::path file = facts_file(workspace);
  if (!std::filesystem::exists(file) || read_file(file) != kept) write_file_atomically(file, kept);
  refresh_report_page(workspace);
}

bool shows_facts(const Workspace& workspace) {
  const auto report = workspace.current("report");
  return report && !facts_of(workspace, report->output("report").hash).at("lineage").is_null();
}

std::filesystem::path report_page_path(const Project& project) { return project.state() / "report.html"; }

}  // namespace hone
