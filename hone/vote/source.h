#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hone/core/config.h"
#include "hone/core/json.h"
#include "hone/data/dataset.h"
#include "hone/vote/condition.h"
#include "hone/vote/dictionary.h"
#include "hone/vote/task.h"

namespace hone {

/// A program that votes: what it is started with, and what it is asked.
struct ProcessSettings {
  std::vector<std::string> command;      // The program and its arguments; no shell. It runs in the project's folder.
  std::string function;                  // Which of its functions is meant; the source's name when hone.yaml names none.
  std::vector<std::string> fields;       // The columns that it is given; empty: the project's text.
  std::vector<std::string> environment;  // Names of variables that it gets besides the usual ones.
  std::vector<std::string> files;        // Globs inside the project: files that change what it votes.
  double seconds = 60;                   // How long it may take for a batch of rows.
  std::vector<std::string> classes;      // The task's, by id.
};

/// A model that Hone trained.
struct ModelSettings {
  std::string path;                 // Another project's folder, a .safetensors file, or a folder with model.safetensors.
  std::vector<std::string> fields;  // The columns that it reads as its text; empty: the project's.
};

/// What rows must be like.
struct LikeSettings {
  std::vector<std::string> texts;
  std::vector<std::string> examples;  // Ids of rows of the data.
  std::string embedding;              // The column of vectors that is compared; empty: texts are.
  std::uint64_t nearest = 0;          // So many rows that are most like; 0: all that are like enough.
};

/// Something that votes, as hone.yaml declares it. Plain data.
struct Source {
  enum class Kind {
    kLf,          // Votes `votes` where its condition holds.
    kColumn,      // Votes what a field says.
    kProcess,     // Votes what a program answers.
    kLike,        // Votes `votes` on rows that are like given ones, or the class of the nearest of texts that have one.
    kModel,       // Votes what a trained model predicts, as sure as the model is.
    kDictionary,  // Votes for the class of the longest term that stands in the text; or `votes`, where one of its terms does.
  };
  std::string name;  // Unique among a project's sources.
  Kind kind = Kind::kLf;

  /// kLf; kLike: unless its texts have classes; kDictionary of one class: answers, ascending; one, unless rows may hold several classes.
  std::vector<ClassId> votes;
  Condition condition;

  std::string field;              // kColumn; kDictionary: the column that it reads; empty: the project's text.
  std::string confidence;         // kColumn: the field that says how sure each vote is; empty: all are certain.
  std::optional<float> at_least;  // kColumn, kModel: what is less sure is an abstention; kLike: what is less like.
  /// kColumn, kProcess, kModel: the answer of each value or name; any other abstains, and counts if not empty. kLike: of each text.
  std::map<std::string, ClassId, std::less<>> class_of_value;
  /// kColumn, where rows may hold several classes: what stands between the values of a field that holds several. Empty: it holds one, or
  /// a JSON list of them.
  std::string separator;
  bool against_others = false;  // kColumn, likewise: a value votes against every class that it does not name.
  Answers answers;              // kColumn: what the task's votes may say.

  ProcessSettings process;                       // kProcess
  LikeSettings like;                             // kLike
  ModelSettings model;                           // kModel
  std::shared_ptr<const Dictionary> dictionary;  // kDictionary; shared by the sources of one entry.

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

/// "lf", "column", …: the key in hone.yaml that tells the kind.
std::string_view to_string(Source::Kind kind);

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

/// The bytes of a file inside the project's folder, which the floor above knows. `where` is the entry, for errors.
using FileReader = std::function<std::string(const std::string& path, const ConfigNode& where)>;

/// Reads a list of
///     - {lf: NAME, vote: CLASS, …a condition}                  vote_not: CLASS votes against it, for all others
///     - {column: FIELD, name: NAME, classes: {VALUE: CLASS}}   name: else the field; classes: else the task's own; "not CLASS" is against
///     - {process: [PROGRAM, …], name: NAME, …}                 what it runs is not looked at here
///     - {model: PATH, name: NAME, at_least: 0.9}               what lies there is not looked at here
///     - {like: {texts: […]}, name: NAME, vote: CLASS, at_least: 0.6}
///     - {dictionary: terms.csv, name: NAME, …}                the file is read here (like: {file: …}, too) and part of the version
///     - {include: 'lfs/*.yaml'}                                files that hold such lists; they include nothing further
/// in the order of the files. CLASS may be an inner node of the taxonomy, which stands for the classes below it. In a multi-label task an
/// LF may vote for and against several classes at once, lists in place of a name, and a column may hold several values. All but the last
/// may hold `splits: [train]`, a list of the splits they vote on. Throws kInvalidProject with file and line: for two sources of one name
/// (naming both places), a class that is not there (naming the nearest), a bad name, and all that parse_condition() refuses.
std::vector<Source> parse_sources(const ConfigNode& list, const Task& task, const IncludeReader& include, const FileReader& read = {});

/// One entry of such a list, but for an include: one source, or several of a dictionary's where it says so.
std::vector<Source> parse_source(const ConfigNode& entry, const Task& task, const FileReader& read = {});

/// Whether a map has a key that tells the kind of a source.
bool is_source(const ConfigNode& entry);

/// Reads a list of {slice: NAME, …a condition}; the same errors. Entries with one of the keys `others` are somebody else's and passed over.
std::vector<Slice> parse_slices(const ConfigNode& list, std::span<const std::string_view> others = {});

/// A slice's name, of letters, digits and a few signs; `hint` ends the error of another one.
std::string parse_slice_name(const ConfigNode& node, const std::string& hint = {});

}  // namespace hone
