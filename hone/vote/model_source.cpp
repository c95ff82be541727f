#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions and models change.
constexpr std::string_view kModelEngine = "model/1";

}  // namespace

Source parse_model(const ConfigNode& entry, const Task& task) {
  entry.allow_keys({"model", "name", "at_least", "classes", "fields", "splits"});
  Source source;
  source.kind = Source::Kind::kModel;
  source.name = parse_source_name(entry.at("name"));
  naming_it("model '" + source.name + "'", [&] {
    source.model.path = entry.at("model").text();
    if (source.model.path.empty()) throw entry.at("model").error("names no model; give another project's folder or a .safetensors file");
    if (const ConfigNode* fields = entry.find("fields")) source.model.fields = fields->texts();
    if (const ConfigNode* at_least = entry.find("at_least")) source.at_least = parse_confidence(*at_least);
    source.class_of_value = parse_class_of_value(entry.find("classes"), task);
    return 0;
  });
  source.definition = entry.to_json();
  // Which model it is, its bytes say, not its path: the floor above adds them.
  source.version = source_version(kModelEngine, {source.model.fields, source.at_least.value_or(0.0f)}, source.class_of_value);
  return source;
}

}  // namespace hone
