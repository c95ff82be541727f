#include "hone/flow/matched_spans_internal.h"

#include <algorithm>

namespace hone {
namespace {

std::optional<std::string> value_of(const RowFields& fields, const std::string& name) {
  const auto found = std::ranges::find(fields, name, &RowFields::value_type::first);
  return found == fields.end() ? std::nullopt : found->second;
}

void add_spans(const ConditionEngine& engine, const std::string& field, const std::string& text, nlohmann::json& spans) {
  for (const TextSpan& span : engine.spans(0, field, text))
    spans.push_back({{"field", field}, {"begin", span.begin}, {"end", span.end}, {"text", text.substr(span.begin, span.end - span.begin)}});
}

}  // namespace

EngineOptions engine_options(const Project& project) {
  return {.text = project.data.text, .decimal = project.data.read.decimal, .time_zone = project.data.read.time_zone};
}

std::string text_of(const Project& project, const RowFields& fields) {
  std::string text;
  for (std::size_t column = 0; column < project.data.text.size(); ++column)
    text += (column > 0 ? "\n" : "") + value_of(fields, project.data.text[column]).value_or("");
  return text;
}

nlohmann::json matched_spans(const Project& project, const Source& source, const RowFields& fields) {
  nlohmann::json spans = nlohmann::json::array();
  if (source.kind != Source::Kind::kLf) return spans;
  const std::vector<const Condition*> condition{&source.condition};
  const ConditionEngine engine(condition, engine_options(project));
  add_spans(engine, "", text_of(project, fields), spans);
  for (const std::string& column : engine.columns()) {
    const auto value = value_of(fields, column);
    const bool is_text = std::ranges::find(project.data.text, column) != project.data.text.end();
    if (value && !is_text) add_spans(engine, column, *value, spans);
  }
  return spans;
}

}  // namespace hone
