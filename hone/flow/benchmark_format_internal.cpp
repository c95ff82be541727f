#include "hone/flow/benchmark_format_internal.h"

#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBenchmarkFormat = "hone-benchmark/1";

[[noreturn]] void corrupt(const std::string& what) { throw Error(ErrorCode::kCorruptData, what); }

// Runs what may find that JSON is not of the shape that it expects, or says what cannot be.
template <typename Parse>
auto checked(const Parse& parse) {
  try {
    return parse();
  } catch (const nlohmann::json::exception& error) {
    corrupt(error.what());
  } catch (const Error& error) {
    corrupt(error.what());
  }
}

Json fields_json(const BenchmarkFields& fields) {
  return {{"id", fields.id}, {"text", fields.text}, {"gold", fields.gold}, {"stratum", fields.stratum}, {"cluster", fields.cluster}};
}

BenchmarkFields fields_of(const Json& json) {
  BenchmarkFields fields{
      .id = json.at("id"), .text = json.at("text"), .gold = json.at("gold"), .stratum = json.at("stratum"), .cluster = json.at("cluster")};
  if (fields.text.empty()) corrupt("'fields' names no field of text");
  return fields;
}

Json benchmark_rules_json(const BenchmarkRules& rules) {
  return {{"similarity", rules.admission.similarity},
          {"ngram", rules.admission.ngram},
          {"overlap", rules.admission.overlap},
          {"anchor", rules.anchor},
          {"sealed", rules.sealed},
          {"seed", rules.seed}};
}

BenchmarkRules rules_of(const Json& json) {
  const BenchmarkRules rules{.admission = {.similarity = json.at("similarity"),
                                           .ngram = static_cast<std::uint32_t>(whole_number(json, "ngram", UINT32_MAX)),
                                           .overlap = json.at("overlap")},
                             .anchor = json.at("anchor"),
                             .sealed = json.at("sealed"),
                             .seed = whole_number(json, "seed", UINT64_MAX)};
  rules.validate();
  return rules;
}

Json version_json(const BenchmarkVersion& version) {
  return {{"version", version.number}, {"date", version.date}, {"file", version.file}, {"sha256", version.sha256},
          {"digest", version.digest},  {"why", version.why},   {"came", version.came}, {"went", version.went}};
}

BenchmarkVersion version_of(const Json& json) {
  const BenchmarkVersion version{.number = static_cast<std::uint32_t>(whole_number(json, "version", UINT32_MAX)),
                                 .date = json.at("date"),
                                 .file = json.at("file"),
                                 .sha256 = json.at("sha256"),
                                 .digest = json.at("digest"),
                                 .why = json.at("why"),
                                 .came = whole_number(json, "came", UINT32_MAX),
                                 .went = whole_number(json, "went", UINT32_MAX)};
  check_date(version.date);
  return version;
}

std::vector<BenchmarkVersion> versions_of(const Json& json) {
  std::vector<BenchmarkVersion> versions;
  for (const Json& each : json) {
    versions.push_back(version_of(each));
    if (versions.back().number != versions.size())
      corrupt("where version " + std::to_string(versions.size()) + " should stand, 'versions' has version " +
              std::to_string(versions.back().number));
  }
  if (versions.empty()) corrupt("'versions' is empty");
  return versions;
}

BenchmarkItem item_of(const Json& json, const BenchmarkFields& fields) {
  BenchmarkItem item{.id = json.at("id"), .content = {}, .gold = json.at("gold")};
  for (const std::string& field : fields.text) item.content.push_back(json.at("content").at(field));
  item.key = json.value("key", "");
  item.stratum = json.value("stratum", "");
  item.cluster = json.value("cluster", "");
  item.admitted = json.at("admitted");
  item.anchor = json.value("anchor", false);
  item.sealed = json.value("sealed", false);
  if (item_id(fields.text, item.content, item.gold) != item.id)
    corrupt("the content or gold of item " + item.id.substr(0, 80) + " was changed by hand: its id is another's");
  return item;
}

}  // namespace

std::uint64_t whole_number(const Json& json, const char* key, std::uint64_t most) {
  const Json& value = json.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
    corrupt("'" + std::string(key) + "' is no whole number from 0 to " + std::to_string(most));
  return value.get<std::uint64_t>();
}

BenchmarkManifest parse_manifest(const std::string& text) {
  return checked([&] {
    const Json json = Json::parse(text);
    if (json.at("format") != kBenchmarkFormat) corrupt("its format is not " + std::string(kBenchmarkFormat));
    return BenchmarkManifest{fields_of(json.at("fields")), rules_of(json.at("rules")), versions_of(json.at("versions"))};
  });
}

std::string manifest_text(const BenchmarkManifest& manifest) {
  Json versions = Json::array();
  for (const BenchmarkVersion& version : manifest.versions) versions.push_back(version_json(version));
  const Json json{{"format", kBenchmarkFormat},
                  {"fields", fields_json(manifest.fields)},
                  {"rules", benchmark_rules_json(manifest.rules)},
                  {"versions", versions}};
  return json.dump(2) + "\n";
}

VersionLine parse_version_line(std::string_view line, const BenchmarkFields& fields) {
  return checked([&]() -> VersionLine {
    const Json json = Json::parse(line);
    if (!json.contains("retired")) return {item_of(json, fields)};
    VersionLine went{.item = {.id = json.at("id"), .content = {}, .gold = {}}, .came = false};
    went.item.retired = json.at("retired");
    return went;
  });
}

std::string item_line(const BenchmarkItem& item, const BenchmarkFields& fields) {
  Json content = Json::object();
  for (std::size_t field = 0; field < fields.text.size(); ++field) content[fields.text[field]] = item.content[field];
  Json json{{"admitted", item.admitted}, {"content", content}, {"gold", item.gold}, {"id", item.id}};
  if (!item.key.empty()) json["key"] = item.key;
  if (!item.stratum.empty()) json["stratum"] = item.stratum;
  if (!item.cluster.empty()) json["cluster"] = item.cluster;
  if (item.anchor) json["anchor"] = true;
  if (item.sealed) json["sealed"] = true;
  return json.dump() + "\n";
}

std::string retirement_line(const std::string& id, const std::string& why) { return Json{{"id", id}, {"retired", why}}.dump() + "\n"; }

}  // namespace hone
