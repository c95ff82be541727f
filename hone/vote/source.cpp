#include "hone/vote/source.h"

#include <algorithm>

#include "hone/core/hash.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions change.
constexpr std::string_view kConditionEngine = "condition/1";
constexpr std::string_view kColumnEngine = "column/1";

constexpr std::size_t kMaxNameBytes = 128;

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' ||
         byte == '-';
}

std::string parse_name(const ConfigNode& node, const std::string& hint = {}) {
  const std::string& name = node.text();
  if (name.empty() || name.size() > kMaxNameBytes || !std::ranges::all_of(name, is_name_byte))
    throw node.error("'" + name.substr(0, kMaxNameBytes) + "' is no name: use letters a to z, digits, '_', '.' and '-', at most " +
                     std::to_string(kMaxNameBytes) + hint);
  return name;
}

ClassId parse_class(const ConfigNode& node, const Task& task) {
  const std::string& name = node.text();
  try {
    return task.id_of(name);
  } catch (const Error& error) {
    throw node.error(error.what());
  }
}

// `asked` is what the votes follow from, in one form.
std::string version_of(std::string_view engine, const nlohmann::json& asked, const nlohmann::json& classes) {
  return Sha256().update_sized(engine).update_sized(asked.dump()).update_sized(classes.dump()).hex();
}

// The same complaint, saying which one it is about: files get long.
template <typename Parse>
auto naming(const std::string& what, const Parse& parse) {
  try {
    return parse();
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) + " (in " + what + ")");
  }
}

Source parse_lf(const ConfigNode& entry, const Task& task) {
  Source lf;
  lf.name = parse_name(entry.at("lf"));
  naming("LF '" + lf.name + "'", [&] {
    lf.condition = parse_condition(entry, {"lf", "vote", "splits"});
    lf.vote = parse_class(entry.at("vote"), task);
    return 0;
  });
  lf.definition = entry.to_json();
  lf.version = version_of(kConditionEngine, canonical_json(lf.condition), lf.vote);
  return lf;
}

std::map<std::string, ClassId, std::less<>> parse_classes(const ConfigNode* classes, const Task& task) {
  std::map<std::string, ClassId, std::less<>> class_of_value;
  if (classes)
    for (const auto& [value, name] : classes->entries()) class_of_value[value] = parse_class(name, task);
  else
    for (const std::string& name : task.classes) class_of_value[name] = task.id_of(name);
  return class_of_value;
}

Source parse_column(const ConfigNode& entry, const Task& task) {
  entry.allow_keys({"column", "name", "classes", "splits"});
  Source column;
  column.kind = Source::Kind::kColumn;
  column.field = entry.at("column").text();
  const ConfigNode* name = entry.find("name");
  column.name = name ? parse_name(*name) : parse_name(entry.at("column"), "; give the source a 'name' of its own");
  naming("column '" + column.field + "'", [&] {
    column.class_of_value = parse_classes(entry.find("classes"), task);
    return 0;
  });
  column.definition = entry.to_json();
  column.version = version_of(kColumnEngine, column.field, column.class_of_value);
  return column;
}

Split parse_split(const ConfigNode& node) {
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    if (node.text() == to_string(split)) return split;
  throw node.error("no split named '" + node.text() + "'; there are: 'train', 'valid' and 'test'");
}

void read_splits(const ConfigNode& node, Source& source) {
  for (bool& split : source.splits) split = false;
  const auto add = [&](const ConfigNode& name) { source.splits[static_cast<std::size_t>(parse_split(name))] = true; };
  if (node.is_scalar()) return add(node);
  if (node.items().empty()) throw node.error("names no split; leave 'splits' out for a source that votes on all");
  for (const ConfigNode& name : node.items()) add(name);
}

Source parse_source(const ConfigNode& entry, const Task& task) {
  Source source = entry.find("column") ? parse_column(entry, task) : parse_lf(entry, task);
  if (const ConfigNode* splits = entry.find("splits"))
    naming("source '" + source.name + "'", [&] { return read_splits(*splits, source), 0; });
  if (!source.votes_everywhere()) source.version = version_of(source.version, "splits", source.splits);
  source.file = entry.file();
  source.line = entry.line();
  return source;
}

// Adds to a list whose names must differ.
template <typename Named>
void add_unique(std::vector<Named>& list, std::map<std::string, std::size_t>& places, Named added, const ConfigNode& entry,
                const std::string& what) {
  const auto [place, is_new] = places.try_emplace(added.name, list.size());
  if (!is_new) {
    const Named& first = list[place->second];
    throw entry.error("there is already a " + what + " named '" + added.name + "' at " + first.file + ":" + std::to_string(first.line));
  }
  list.push_back(std::move(added));
}

void check_kind(const ConfigNode& entry) {
  if (!entry.is_map()) throw entry.error("expected a source such as {lf: NAME, vote: CLASS, any: [word]}");
  if (entry.find("lf") || entry.find("column") || entry.find("include")) return;
  throw entry.error("a source begins with one of lf, column and include");
}

void add_fields(const Condition& condition, std::set<std::string>& fields) {
  if (!condition.field.empty()) fields.insert(condition.field);
  for (const Condition& part : condition.parts) add_fields(part, fields);
}

std::string placed(const std::string& what, const std::string& name, const std::string& file, int line) {
  return what + " '" + name + "' in " + file + ":" + std::to_string(line);
}

}  // namespace

std::set<std::string> fields_read(const Condition& condition) {
  std::set<std::string> fields;
  add_fields(condition, fields);
  return fields;
}

std::set<std::string> fields_read(const Source& source) {
  return source.kind == Source::Kind::kColumn ? std::set<std::string>{source.field} : fields_read(source.condition);
}

std::string described(const Source& source) {
  return placed(source.kind == Source::Kind::kLf ? "LF" : "source", source.name, source.file, source.line);
}

std::string described(const Slice& slice) { return placed("slice", slice.name, slice.file, slice.line); }

std::vector<Source> parse_sources(const ConfigNode& list, const Task& task, const IncludeReader& include) {
  std::vector<Source> sources;
  std::map<std::string, std::size_t> places;
  const auto add = [&](const ConfigNode& entry) { add_unique(sources, places, parse_source(entry, task), entry, "source"); };
  for (const ConfigNode& entry : list.items()) {
    check_kind(entry);
    if (!entry.find("include")) {
      add(entry);
      continue;
    }
    entry.allow_keys({"include"});
    for (const auto& [file, included] : include(entry.at("include").text(), entry))
      for (const ConfigNode& inner : included.items()) {
        check_kind(inner);
        if (inner.find("include")) throw inner.error("an included file cannot include others");
        add(inner);
      }
  }
  return sources;
}

std::vector<Slice> parse_slices(const ConfigNode& list) {
  std::vector<Slice> slices;
  std::map<std::string, std::size_t> places;
  for (const ConfigNode& entry : list.items()) {
    Slice slice;
    slice.name = parse_name(entry.at("slice"));
    slice.condition = naming("slice '" + slice.name + "'", [&] { return parse_condition(entry, {"slice"}); });
    slice.file = entry.file();
    slice.line = entry.line();
    slice.definition = entry.to_json();
    slice.version = version_of(kConditionEngine, canonical_json(slice.condition), nullptr);
    add_unique(slices, places, std::move(slice), entry, "slice");
  }
  return slices;
}

}  // namespace hone
