#include <filesystem>
#include <set>

#include "hone/vote/dictionary.h"
#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions and files change.
constexpr std::string_view kDictionaryEngine = "dictionary/1";

Dictionary::Spelling spelling_of(const ConfigNode& entry) {
  const ConfigNode* fuzzy = entry.find("fuzzy");
  if (!fuzzy || fuzzy->text() == "0") return Dictionary::Spelling::kExact;
  if (fuzzy->text() == "1") return Dictionary::Spelling::kOneEdit;
  throw fuzzy->error("expected 0 or 1, found '" + fuzzy->text() + "': at most one edit is forgiven");
}

std::string name_of(const ConfigNode& entry) {
  if (const ConfigNode* name = entry.find("name")) return parse_source_name(*name);
  const ConfigNode& path = entry.at("dictionary");
  try {
    return parse_source_name(ConfigNode::scalar(std::filesystem::path(path.text()).stem().string()));
  } catch (const Error&) {
    throw path.error("the file's name is none for a source; give it a 'name' of its own");
  }
}

// All classes together where `only` is none.
Source source_of(const Source& shared, const std::string& name, ClassId only) {
  Source source = shared;
  source.name = name;
  if (only != kNoClass) source.votes = {only};
  source.version =
      source_version(kDictionaryEngine, {source.dictionary->hash, static_cast<int>(source.dictionary->spelling), source.field, only},
                     source.class_of_value);
  return source;
}

std::vector<Source> one_for_each_class(const Source& shared, const Task& task, const ConfigNode& where) {
  const std::set<ClassId> classes(shared.dictionary->classes.begin(), shared.dictionary->classes.end());
  std::vector<Source> sources;
  for (const ClassId id : classes) {
    const std::string suffix = task.name_of(id);
    try {
      sources.push_back(source_of(shared, parse_source_name(ConfigNode::scalar(shared.name + "." + suffix)), id));
    } catch (const Error&) {
      throw where.error("'" + shared.name + "." + suffix +
                        "' is no name for a source: the name of the class does not go into one; use per_class: false");
    }
  }
  return sources;
}

}  // namespace

std::vector<Source> parse_dictionary(const ConfigNode& entry, const Task& task, const FileReader& read) {
  entry.allow_keys({"dictionary", "name", "field", "classes", "fuzzy", "per_class", "splits"});
  Source shared;
  shared.kind = Source::Kind::kDictionary;
  shared.name = name_of(entry);
  shared.definition = entry.to_json();
  return naming_it("dictionary '" + shared.name + "'", [&] {
    if (const ConfigNode* field = entry.find("field")) shared.field = field->text();
    shared.class_of_value = parse_class_of_value(entry.find("classes"), task);
    const ConfigNode& path = entry.at("dictionary");
    if (!read) throw path.error("a file of terms cannot be read here; ask from inside a project");
    shared.dictionary = std::make_shared<const Dictionary>(
        read_dictionary(read(path.text(), path), path.text(), shared.class_of_value, spelling_of(entry)));
    const ConfigNode* per_class = entry.find("per_class");
    if (per_class && per_class->boolean()) return one_for_each_class(shared, task, *per_class);
    return std::vector<Source>{source_of(shared, shared.name, kNoClass)};
  });
}

}  // namespace hone
