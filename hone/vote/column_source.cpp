#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions change.
constexpr std::string_view kColumnEngine = "column/1", kWithConfidence = "column-confidence/1";

void read_confidence(const ConfigNode& entry, Source& column) {
  if (const ConfigNode* confidence = entry.find("confidence")) column.confidence = confidence->text();
  const ConfigNode* at_least = entry.find("at_least");
  if (!at_least) return;
  if (column.confidence.empty())
    throw at_least->error("at_least is a bound on confidences: name the column that holds them, as in confidence: score");
  column.at_least = parse_confidence(*at_least);
}

// What a column does where rows may hold several classes.
void read_several(const ConfigNode& entry, const Task& task, Source& column) {
  for (const char* key : {"separator", "others"})
    if (const ConfigNode* node = entry.find(key); node && !task.is_multi_label())
      throw node->error(std::string(key) + " is for a task of kind multi-label; take it out");
  if (const ConfigNode* separator = entry.find("separator")) {
    column.separator = separator->text();
    if (column.separator.empty()) throw separator->error("names no separator; write what stands between two classes, such as ';'");
  }
  if (const ConfigNode* others = entry.find("others")) {
    if (others->text() != "against") throw others->error("expected against, found '" + others->text() + "'");
    column.against_others = true;
  }
}

}  // namespace

Source parse_column(const ConfigNode& entry, const Task& task) {
  entry.allow_keys({"column", "name", "classes", "confidence", "at_least", "separator", "others", "splits"});
  Source column;
  column.kind = Source::Kind::kColumn;
  column.field = entry.at("column").text();
  const ConfigNode* name = entry.find("name");
  column.name = name ? parse_source_name(*name) : parse_source_name(entry.at("column"), "; give the source a 'name' of its own");
  naming_it("column '" + column.field + "'", [&] {
    column.class_of_value = parse_class_of_value(entry.find("classes"), task);
    read_confidence(entry, column);
    read_several(entry, task, column);
    return 0;
  });
  column.answers = task.answers();
  column.definition = entry.to_json();
  column.version =
      column.confidence.empty()
          ? source_version(kColumnEngine, column.field, column.class_of_value)
          : source_version(kWithConfidence, {column.field, column.confidence, column.at_least.value_or(0.0f)}, column.class_of_value);
  if (task.is_multi_label())
    column.version = source_version(column.version, column.separator, {column.against_others, task.classes.size()});
  return column;
}

}  // namespace hone
