#include "hone/flow/matched_spans_internal.h"

#include <algorithm>

namespace hone {
namespace {

std::optional<std::string> value_of(const RowFields& fields, const std::string& name) {
  const auto found = std::ranges::find(fields, name, &RowFields::value_type::first);
  return found == fields.end() ? std::nullopt : found->second;
}

nlohmann::json span_json(const std::string& field, const std::string& text, const TextSpan& span) {
  return {{"field", field}, {"begin", span.begin}, {"end", span.end}, {"text", text.substr(span.begin, span.end - span.begin)}};
}

void add_spans(const ConditionEngine& engine, const std::string& field, const std::string& text, nlohmann::json& spans) {
  for (const TextSpan& span : engine.spans(0, field, text)) spans.push_back(span_json(field, text, span));
}

}  // namespace

EngineOptions engine_options(const Project& project) {
  return {.text = project.data.text, .decimal = project.data.read.decimal, .time_zone = project.data.read.time_zone};
}

ApplyOptions apply_options(const Project& project, int threads) {
  ApplyOptions options{.engine = engine_options(project), .threads = threads};
  options.folder = project.root;
  if (project.task.is_multi_label()) options.per_example = BatchVotes::PerExample::kSeveralClasses;
  return options;
}

std::string text_of(const Project& project, const RowFields& fields) {
  std::string text;
  for (std::size_t column = 0; column < project.data.text.size(); ++column)
    text += (column > 0 ? "\n" : "") + value_of(fields, project.data.text[column]).value_or("");
  return text;
}

MatchedSpans::MatchedSpans(const Project& project, const Source& source) : project_(project), source_(source) {
  if (source.dictionary) terms_.emplace(source.dictionary);
  if (source.kind != Source::Kind::kLf) return;
  const std::vector<const Condition*> condition{&source.condition};
  engine_.emplace(condition, engine_options(project));
}

nlohmann::json MatchedSpans::in(const RowFields& fields) const {
  if (terms_) return of_terms(fields);
  nlohmann::json spans = nlohmann::json::array();
  if (!engine_) return spans;
  add_spans(*engine_, "", text_of(project_, fields), spans);
  for (const std::string& column : engine_->columns()) {
    const auto value = value_of(fields, column);
    const bool is_text = std::ranges::find(project_.data.text, column) != project_.data.text.end();
    if (value && !is_text) add_spans(*engine_, column, *value, spans);
  }
  return spans;
}

nlohmann::json MatchedSpans::of_terms(const RowFields& fields) const {
  nlohmann::json spans = nlohmann::json::array();
  const std::string text = source_.field.empty() ? text_of(project_, fields) : value_of(fields, source_.field).value_or("");
  const ClassId only = source_.votes.empty() ? kNoClass : source_.votes.front();
  for (const TextSpan& span : terms_->spans(text, only)) spans.push_back(span_json(source_.field, text, span));
  return spans;
}

std::vector<std::string> MatchedSpans::columns() const {
  std::vector<std::string> columns = project_.data.text;
  if (terms_ && !source_.field.empty() && std::ranges::find(columns, source_.field) == columns.end()) columns.push_back(source_.field);
  if (engine_)
    for (const std::string& column : engine_->columns())
      if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  return columns;
}

nlohmann::json matched_spans(const Project& project, const Source& source, const RowFields& fields) {
  return MatchedSpans(project, source).in(fields);
}

}  // namespace hone
