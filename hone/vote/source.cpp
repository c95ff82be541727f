#include "hone/vote/source.h"

#include <algorithm>

#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions change.
constexpr std::string_view kConditionEngine = "condition/1";

Source parse_lf(const ConfigNode& entry, const Task& task) {
  Source lf;
  lf.name = parse_source_name(entry.at("lf"));
  naming_it("LF '" + lf.name + "'", [&] {
    lf.condition = parse_condition(entry, {"lf", "vote", "vote_not", "splits"});
    lf.votes = parse_votes(entry, task);
    return 0;
  });
  lf.definition = entry.to_json();
  lf.version = source_version(kConditionEngine, canonical_json(lf.condition), canonical_answers(lf.votes));
  return lf;
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

template <Source (*parse)(const ConfigNode& entry, const Task& task)>
std::vector<Source> one_source(const ConfigNode& entry, const Task& task, const FileReader&) {
  return {parse(entry, task)};
}

std::vector<Source> one_like(const ConfigNode& entry, const Task& task, const FileReader& read) { return {parse_like(entry, task, read)}; }

struct KindEntry {
  Source::Kind kind;
  std::string_view key;  // That tells it.
  std::vector<Source> (*parse)(const ConfigNode& entry, const Task& task, const FileReader& read);
};
constexpr KindEntry kKinds[] = {
    {Source::Kind::kLf, "lf", one_source<parse_lf>},
    {Source::Kind::kColumn, "column", one_source<parse_column>},
    {Source::Kind::kProcess, "process", one_source<parse_process>},
    {Source::Kind::kLike, "like", one_like},
    {Source::Kind::kModel, "model", one_source<parse_model>},
    {Source::Kind::kDictionary, "dictionary", parse_dictionary},
};

const KindEntry* kind_of(const ConfigNode& entry) {
  const auto found = std::ranges::find_if(kKinds, [&](const KindEntry& kind) { return entry.find(kind.key) != nullptr; });
  return found == std::end(kKinds) ? nullptr : &*found;
}

std::string known_keys() {
  std::string keys;
  for (const KindEntry& kind : kKinds) keys += std::string(kind.key) + ", ";
  return keys.substr(0, keys.size() - 2) + " and include";
}

// Adds to a list whose names must differ.
template <typename Named>
void add_unique(std::vector<Named>& list, std::map<std::string, std::size_t>& places, Named added, const ConfigNode& entry,
                const std::string& what) {
  const auto [place, is_new] = places.try_emplace(added.name, list.size());
  if (!is_new) {
    const Named& first = list[place->second];
    throw entry.error("there is already a " + what + " named '" + added.name + "' at " + first.file + ":" + std::to_string(first.line) +
                      "; give one of them another name");
  }
  list.push_back(std::move(added));
}

void check_kind(const ConfigNode& entry) {
  if (!entry.is_map()) throw entry.error("expected a source such as {lf: NAME, vote: CLASS, any: [word]}");
  if (kind_of(entry)) return;
  throw entry.error("a source begins with one of " + known_keys() + ", as in {lf: NAME, vote: CLASS, any: [word]}");
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
  std::set<std::string> fields = fields_read(source.condition);
  for (const std::string& field : {source.field, source.confidence, source.like.embedding})
    if (!field.empty()) fields.insert(field);
  fields.insert(source.process.fields.begin(), source.process.fields.end());
  fields.insert(source.model.fields.begin(), source.model.fields.end());
  return fields;
}

bool is_source(const ConfigNode& entry) { return entry.is_map() && kind_of(entry); }

std::string_view to_string(Source::Kind kind) { return std::ranges::find(kKinds, kind, &KindEntry::kind)->key; }

std::string described(const Source& source) {
  return placed(source.kind == Source::Kind::kLf ? "LF" : "source", source.name, source.file, source.line);
}

std::string described(const Slice& slice) { return placed("slice", slice.name, slice.file, slice.line); }

std::vector<Source> parse_source(const ConfigNode& entry, const Task& task, const FileReader& read) {
  check_kind(entry);
  std::vector<Source> sources = kind_of(entry)->parse(entry, task, read);
  for (Source& source : sources) {
    if (const ConfigNode* splits = entry.find("splits"))
      naming_it("source '" + source.name + "'", [&] { return read_splits(*splits, source), 0; });
    if (!source.votes_everywhere()) source.version = source_version(source.version, "splits", source.splits);
    source.file = entry.file();
    source.line = entry.line();
  }
  return sources;
}

std::vector<Source> parse_sources(const ConfigNode& list, const Task& task, const IncludeReader& include, const FileReader& read) {
  std::vector<Source> sources;
  std::map<std::string, std::size_t> places;
  const auto add = [&](const ConfigNode& entry) {
    for (Source& source : parse_source(entry, task, read)) add_unique(sources, places, std::move(source), entry, "source");
  };
  for (const ConfigNode& entry : list.items()) {
    if (!entry.is_map() || !entry.find("include")) {
      add(entry);
      continue;
    }
    entry.allow_keys({"include"});
    for (const auto& [file, included] : include(entry.at("include").text(), entry))
      for (const ConfigNode& inner : included.items()) {
        if (inner.is_map() && inner.find("include")) throw inner.error("an included file cannot include others; include them in hone.yaml");
        add(inner);
      }
  }
  return sources;
}

std::string parse_slice_name(const ConfigNode& node, const std::string& hint) { return parse_source_name(node, hint); }

std::vector<Slice> parse_slices(const ConfigNode& list, std::span<const std::string_view> others) {
  std::vector<Slice> slices;
  std::map<std::string, std::size_t> places;
  for (const ConfigNode& entry : list.items()) {
    if (entry.is_map() && std::ranges::any_of(others, [&](std::string_view key) { return entry.find(key) != nullptr; })) continue;
    Slice slice;
    slice.name = parse_slice_name(entry.at("slice"));
    slice.condition = naming_it("slice '" + slice.name + "'", [&] { return parse_condition(entry, {"slice"}); });
    slice.file = entry.file();
    slice.line = entry.line();
    slice.definition = entry.to_json();
    slice.version = source_version(kConditionEngine, canonical_json(slice.condition), nullptr);
    add_unique(slices, places, std::move(slice), entry, "slice");
  }
  return slices;
}

}  // namespace hone
