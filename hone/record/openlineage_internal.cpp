// https://openlineage.io/spec/2-0-2/OpenLineage.json; facets of its own names as their schemas have them, ours begin with hone_.
#include "hone/record/openlineage_internal.h"

#include <map>

#include "hone/core/uuid.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSchema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
constexpr std::string_view kVersionSchema =
    "https://openlineage.io/spec/facets/1-0-0/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet";
constexpr std::string_view kEngineSchema =
    "https://openlineage.io/spec/facets/1-1-0/ProcessingEngineRunFacet.json#/$defs/ProcessingEngineRunFacet";
constexpr std::string_view kDatasetFacet = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetFacet";
constexpr std::string_view kRunFacet = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet";
constexpr std::string_view kProducer = "urn:hone:evidence";

Json facet(std::string_view schema, Json members) {
  members["_producer"] = kProducer;
  members["_schemaURL"] = schema;
  return members;
}

class Lineage {
 public:
  explicit Lineage(const EvidenceFacts& facts) : origin_(facts.checkpoint.origin), runs_(facts.runs) {
    for (const Event& run : runs_)
      for (const Json& output : run.body.at("outputs"))
        names_.emplace(output.at("ref").at("hash"), run.body.at("stage").get<std::string>() + "/" + output.at("name").get<std::string>());
  }

  std::string lines() const {
    std::string text;
    for (const Event& run : runs_) text += start(run).dump() + "\n" + end(run).dump() + "\n";
    return text;
  }

 private:
  Json start(const Event& run) const {
    Json event = common(run, "START", run.body.at("started"));
    event["inputs"] = datasets(run.body.at("inputs"));
    event["outputs"] = Json::array();
    return event;
  }

  Json end(const Event& run) const {
    const std::string outcome = run.body.at("outcome");
    Json event = common(run, outcome == "ok" ? "COMPLETE" : outcome == "failed" ? "FAIL" : "ABORT", run.body.at("ended"));
    event["inputs"] = datasets(run.body.at("inputs"));
    event["outputs"] = datasets(run.body.at("outputs"));
    return event;
  }

  Json common(const Event& run, std::string_view type, const Json& time) const {
    const Json& code = run.body.at("code");
    const Json engine = {{"name", "hone"}, {"version", code.at("version")}};
    const Json ours = {{"seq", run.seq},
                       {"actor", run.actor},
                       {"key", run.body.at("key")},
                       {"seed", run.body.at("seed")},
                       {"commit", code.at("commit")},
                       {"build", code.at("build")},
                       {"options_sha256", run.body.at("options").at("hash")},
                       {"environment_sha256", run.body.at("environment").at("hash")}};
    return {{"eventType", type},
            {"eventTime", time},
            {"run",
             {{"runId", uuid_v5(origin_ + "#" + std::to_string(run.seq))},
              {"facets", {{"processing_engine", facet(kEngineSchema, engine)}, {"hone_run", facet(kRunFacet, ours)}}}}},
            {"job", {{"namespace", origin_}, {"name", run.body.at("stage")}}},
            {"producer", kProducer},
            {"schemaURL", kSchema}};
  }

  Json datasets(const Json& named) const {
    Json list = Json::array();
    for (const Json& object : named) list.push_back(dataset(object.at("ref")));
    return list;
  }

  Json dataset(const Json& ref) const {
    const std::string hash = ref.at("hash");
    const auto name = names_.find(hash);
    return {{"namespace", origin_},
            {"name", name == names_.end() ? "object/" + hash : name->second},
            {"facets",
             {{"version", facet(kVersionSchema, {{"datasetVersion", hash}})},
              {"hone_object", facet(kDatasetFacet, {{"sha256", hash}, {"bytes", ref.at("bytes")}, {"media", ref.at("media")}})}}}};
  }

  std::string origin_;
  const std::vector<Event>& runs_;
  std::map<std::string, std::string> names_;
};

}  // namespace

std::string openlineage_lines(const EvidenceFacts& facts) { return Lineage(facts).lines(); }

}  // namespace hone
