#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hone/core/config.h"
#include "hone/data/dataset.h"
#include "hone/vote/condition.h"
#include "hone/vote/task.h"

namespace hone {

/// Something that votes, as hone.yaml declares it. Plain data.
struct Source {
  enum class Kind {
    kLf,      // Votes `vote` where its condition holds.
    kColumn,  // Votes what a field says.
  };
  std::string name;  // Unique among a project's sources.
  Kind kind = Kind::kLf;

  ClassId vote = kNoClass;  // kLf
  Condition condition;

  std::string field;  // kColumn
  /// kColumn: the class of each value. Any other value is an abstention; one that is not empty is counted.
  std::map<std::string, ClassId, std::less<>> class_of_value;

  bool splits[kSplits] = {true, true, true};  // Where it votes; elsewhere it abstains.
  bool votes_everywhere() const { return splits[0] && splits[1] && splits[2]; }

  std::string file;  // Where it is declared.
  int line = 0;

  /// As it is declared, without places, keys in order, numbers in one form.
  nlohmann::json definition;
  /// SHA-256 over what the definition asks, the class ids it votes for, the splits it votes on where those are not all, and the version of
  /// the engine of its kind; not over the name. With the dataset, the project's text fields, decimal sign and time zone it fixes the votes.
  std::string version;
};

/// A named subset of the examples: those on which the condition holds.
struct Slice {
  std::string name;
  Condition condition;
  std::string file;
  int line = 0;
  nlohmann::json definition;
  std::string version;
};

/// The fields that a condition or a source reads by name, besides the project's text.
std::set<std::string> fields_read(const Condition& condition);
std::set<std::string> fields_read(const Source& source);

/// "LF 'stolen_card' in hone.yaml:12", for messages.
std::string described(const Source& source);
std::string described(const Slice& slice);

/// The files that `include: PATTERN` means, in a fixed order, each parsed: the floor above knows the project's folder.
/// `where` is the entry, for errors.
using IncludeReader = std::function<std::vector<std::pair<std::string, ConfigNode>>(const std::string& pattern, const ConfigNode& where)>;

/// Reads a list of
///     - {lf: NAME, vote: CLASS, …a condition}
///     - {column: FIELD, name: NAME, classes: {VALUE: CLASS}}   name: else the field; classes: else the task's own
///     - {include: 'lfs/*.yaml'}                                files that hold such lists; they include nothing further
/// in the order of the files. The first two may hold `splits: [train]`, a list of the splits they vote on. Throws kInvalidProject with file
/// and line: for two sources of one name (naming both places), a class that is not there (naming the nearest), a bad name, and all that
/// parse_condition() refuses.
std::vector<Source> parse_sources(const ConfigNode& list, const Task& task, const IncludeReader& include);

/// Reads a list of {slice: NAME, …a condition}; the same errors.
std::vector<Slice> parse_slices(const ConfigNode& list);

}  // namespace hone
