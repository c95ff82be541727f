#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/config.h"
#include "hone/core/json.h"
#include "hone/vote/source.h"

namespace hone {

// What the kinds of sources have in common when they are read. Every complaint names file and line.

/// `hint` says what else to do about a name that is none.
std::string parse_source_name(const ConfigNode& node, const std::string& hint = {});

/// The answer that a name means: a class, or an inner node of the taxonomy.
ClassId parse_voted_class(const ConfigNode& node, const Task& task);

/// What `vote` and `vote_not` of an entry say together, ascending: one answer, or several where rows may hold several classes.
std::vector<ClassId> parse_votes(const ConfigNode& entry, const Task& task);
/// For versions. One answer is its number.
nlohmann::json canonical_answers(const std::vector<ClassId>& answers);

/// What `classes: {VALUE: CLASS}` says, where CLASS may be "not CLASS"; without it the answers by their own names. A class comes before an
/// answer of the same name.
std::map<std::string, ClassId, std::less<>> parse_class_of_value(const ConfigNode* classes, const Task& task);

/// A number above 0 and at most 1.
float parse_confidence(const ConfigNode& node);

/// `asked` is what the votes follow from, in one form; `engine` changes when the votes of unchanged definitions do.
std::string source_version(std::string_view engine, const nlohmann::json& asked, const nlohmann::json& classes);

/// What `parse` gives; its complaints say which source they are about: files get long.
template <typename Parse>
auto naming_it(const std::string& what, const Parse& parse) {
  try {
    return parse();
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) + " (in " + what + ")");
  }
}

// One reader for each kind of source; what is common to all (splits, the place) is read elsewhere.
Source parse_column(const ConfigNode& entry, const Task& task);
Source parse_process(const ConfigNode& entry, const Task& task);
Source parse_like(const ConfigNode& entry, const Task& task, const FileReader& read);
Source parse_model(const ConfigNode& entry, const Task& task);
/// One source, or one for each class that the file names.
std::vector<Source> parse_dictionary(const ConfigNode& entry, const Task& task, const FileReader& read);

}  // namespace hone
