// http://mlcommons.org/croissant/1.1 and http://mlcommons.org/croissant/RAI/1.0. The context is the one that their validator asks for.
#include "hone/record/croissant_internal.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/record/escaped_text_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr const char* kLabelsFile = "data/labels.parquet";
constexpr const char* kLabelRows = "data/labels.jsonl";

Json context() {
  Json context = {{"@language", "en"},
                  {"@vocab", "https://schema.org/"},
                  {"sc", "https://schema.org/"},
                  {"cr", "http://mlcommons.org/croissant/"},
                  {"rai", "http://mlcommons.org/croissant/RAI/"},
                  {"dct", "http://purl.org/dc/terms/"},
                  {"conformsTo", "dct:conformsTo"},
                  {"data", {{"@id", "cr:data"}, {"@type", "@json"}}},
                  {"dataType", {{"@id", "cr:dataType"}, {"@type", "@vocab"}}},
                  {"examples", {{"@id", "cr:examples"}, {"@type", "@json"}}}};
  for (const char* name :
       {"annotation", "arrayShape", "citeAs",       "column",       "containedIn", "equivalentProperty", "excludes",  "extract",
        "field",      "fileObject", "fileProperty", "fileSet",      "format",      "includes",           "isArray",   "isLiveDataset",
        "jsonPath",   "key",        "md5",          "parentField",  "path",        "readLines",          "recordSet", "references",
        "regex",      "repeated",   "replace",      "samplingRate", "sdVersion",   "separator",          "source",    "subField",
        "transform",  "unArchive",  "value"})
    context[name] = std::string("cr:") + name;
  return context;
}

// What an export's columns hold (hone/flow/export_labels.h).
struct Column {
  std::string_view name, type, what;
  bool is_list = false;
};
constexpr std::array kColumns = {
    Column{"id", "sc:Text", "The row's id in the project"},
    Column{"split", "sc:Text", "train, valid or test"},
    Column{"label", "sc:Text", "The class; absent where no source voted"},
    Column{"label_id", "sc:Integer", "The place of the class in the task's list, from 0"},
    Column{"labels", "sc:Text", "The classes that the row holds", true},
    Column{"label_ids", "sc:Integer", "Their places in the task's list, from 0", true},
    Column{"probability", "sc:Float", "Of the label, as the label model gives it"},
    Column{"probabilities", "sc:Float", "Of all classes, in the order of the task's list", true},
    Column{"node", "sc:Text", "The deepest node of the taxonomy that is certain enough"},
    Column{"node_probability", "sc:Float", "Of that node"},
    Column{"origin", "sc:Text", "label-model, gold or none. Test rows are never gold"},
    Column{"sources", "sc:Text", "Who voted, and for what"},
    Column{"provenance", "sc:Text", "SHA-256 of the object of all labels"},
};

// The names of the columns that this export has, of its first row.
Json columns_of(const BundleFolder& files) {
  std::ifstream rows(files.path(kLabelRows));
  std::string row;
  std::getline(rows, row);
  const Json parsed = Json::parse(row, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) throw Error(ErrorCode::kCorruptData, "the labels of the release are not what `hone export` writes");
  return parsed;
}

Json field_json(const Column& column) {
  Json field = {{"@type", "cr:Field"},     {"@id", "labels/" + std::string(column.name)},
                {"name", column.name},     {"description", column.what},
                {"dataType", column.type}, {"source", {{"fileObject", {{"@id", kLabelsFile}}}, {"extract", {{"column", column.name}}}}}};
  if (column.is_list) {
    field["isArray"] = true;
    field["arrayShape"] = "-1";
  }
  return field;
}

Json records_json(const BundleFolder& files) {
  const Json there = columns_of(files);
  Json fields = Json::array();
  for (const Column& column : kColumns)
    if (there.contains(column.name)) fields.push_back(field_json(column));
  return {{{"@type", "cr:RecordSet"},
           {"@id", "labels"},
           {"name", "labels"},
           {"description", "A row for each example, in the order of the dataset"},
           {"key", {{"@id", "labels/id"}}},
           {"field", fields}}};
}

// Of Parquet both names: the registered one, and the one by which the validator's reader knows it.
Json format_of_file(const std::string& name) {
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  if (ends(".parquet")) return {kParquetMedia, "application/x-parquet"};
  if (ends(".jsonl")) return "application/jsonlines";
  if (ends(".json")) return "application/json";
  return "application/octet-stream";
}

Json distribution_json(const BundleFolder& files) {
  Json list = Json::array();
  for (const auto& [name, file] : files.files())
    if (name.starts_with("data/"))
      list.push_back({{"@type", "cr:FileObject"},
                      {"@id", name},
                      {"name", name},
                      {"contentUrl", name},
                      {"contentSize", std::to_string(file.bytes) + " B"},
                      {"encodingFormat", format_of_file(name)},
                      {"sha256", file.sha256}});
  return list;
}

std::string told(const EvidenceFacts& facts, const char* member) {
  return facts.import ? facts.import->body.at(member).get<std::string>() : "not stated";
}

Json creator_json(const std::string& actor) {
  return {{"@type", actor.starts_with("p:") ? "sc:Person" : "sc:Organization"},
          {"name", actor},
          {"description", "As the ledger names who made the release"}};
}

std::string description(const EvidenceFacts& facts) {
  const Json& data = facts.report.at("data");
  return "Labels of " + counted(data.at("rows").get<std::uint64_t>(), "row") + " in " +
         counted(facts.about.at("task").at("classes").size(), "class", "classes") + ", release " + facts.release.name + " of the project " +
         facts.about.at("project").get<std::string>() + ". " + facts.report.at("summary").at("headline").get<std::string>() +
         " Texts of the rows are not inside. The URL is the name of the ledger, not an address.";
}

std::string citation(const EvidenceFacts& facts) {
  return facts.release.name + " (" + facts.release.version + ") of " + facts.about.at("project").get<std::string>() + ", event " +
         std::to_string(facts.made.seq) + " of the log " + facts.checkpoint.origin + ", " + facts.made.time.substr(0, 10);
}

std::string personal_columns(const EvidenceFacts& facts) {
  std::string names;
  if (facts.import)
    for (const Json& column : facts.import->body.at("columns"))
      if (column.at("personal").get<bool>()) names += (names.empty() ? "" : ", ") + column.at("name").get<std::string>();
  return names.empty() ? "no column was declared personal" : "declared personal: " + names;
}

std::string source_words(const EvidenceFacts& facts) {
  std::string text;
  for (const Json& file : facts.about.at("data").at("files"))
    text += (text.empty() ? "" : "; ") + file.at("name").get<std::string>() + " (SHA-256 " + file.at("sha256").get<std::string>() + ")";
  return text;
}

std::string annotation_words(const EvidenceFacts& facts) {
  return counted(facts.sources.size(), "source") + " voted, " + facts.report.at("label_model").at("name").get<std::string>() +
         " weighed the votes; each is defined by an event of the ledger";
}

void add_rai(const EvidenceFacts& facts, Json& json) {
  json["rai:dataCollection"] = "Imported from files; how they came about is the supplier's to say. Consent: " + told(facts, "consent") +
                               ". Legal basis: " + told(facts, "legal_basis");
  json["rai:dataCollectionRawData"] = source_words(facts);
  json["rai:dataAnnotationProtocol"] = annotation_words(facts);
  json["rai:machineAnnotationTools"] = {"hone, " + facts.made.body.at("pins").value("code", "version unknown")};
  json["rai:personalSensitiveInformation"] = {"class of personal data: " + told(facts, "pii"), personal_columns(facts)};
  json["rai:dataUseCases"] = {told(facts, "purpose")};
  json["rai:dataReleaseMaintenancePlan"] = {"kept until: " + told(facts, "retain_until")};
  json["rai:dataLimitations"] = facts.report.at("summary").at("warnings");
  for (const Json& note : facts.report.at("evaluation").at("notes")) json["rai:dataLimitations"].push_back(note);
  if (json["rai:dataLimitations"].empty()) json["rai:dataLimitations"].push_back("none was noted by the report");
}

}  // namespace

Json croissant_json(const EvidenceFacts& facts, const BundleFolder& files) {
  Json json = {{"@context", context()},
               {"@type", "sc:Dataset"},
               {"conformsTo", {"http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"}},
               {"name", facts.name()},
               {"description", description(facts)},
               {"license", told(facts, "licence")},
               {"url", "https://" + facts.checkpoint.origin},
               {"creator", creator_json(facts.made.actor)},
               {"datePublished", facts.made.time},
               {"version", facts.release.version},
               {"citeAs", citation(facts)},
               {"isLiveDataset", false},
               {"distribution", distribution_json(files)},
               {"recordSet", records_json(files)}};
  add_rai(facts, json);
  return json;
}

}  // namespace hone
