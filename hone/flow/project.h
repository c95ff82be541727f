#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hone/core/config.h"
#include "hone/core/json.h"
#include "hone/core/safe_path.h"
#include "hone/data/import.h"
#include "hone/eval/criteria.h"
#include "hone/flow/derived_slices.h"
#include "hone/vote/source.h"
#include "hone/vote/task.h"

namespace hone {

/// Which rows' known labels are read, and from where.
struct GoldOptions {
  std::string field;                           // Column that holds class names; empty: no gold.
  std::map<std::string, std::string> classes;  // Value of the column -> class or node. Empty: the values are such names.
  std::string separator;                       // Multi-label: between the classes of a row; empty: one, or a JSON list of them.
  std::string none;                            // Multi-label: the value that says that a row holds no class; empty: only a JSON list can.
  std::string drawn;                           // Column of each row's chance of being drawn for gold; empty: all had the same.
  bool use[kSplits] = {false, true, true};     // Train gold is not read unless named.

  /// The class that a value of the column means, or the inner node of the taxonomy; kNoClass for a value that means neither.
  ClassId answer_of(std::string_view value, const Task& task) const;
};

/// What is done about rows of one text, or nearly: `data.near_duplicates`. Where splits go by hash, all rows of a group go to one.
struct NearDuplicateRules {
  enum class Copies { kKeep, kDrop };        // kDrop: of each group one row stays; of splits that are given only train rows go.
  enum class Straddling { kReport, kDrop };  // Where splits are given. kDrop: train rows go that have a duplicate in valid or test.
  double similarity = 0.9;                   // As NearDuplicateOptions has it.
  Copies copies = Copies::kKeep;
  Straddling straddling = Straddling::kReport;
};

/// Where the rows come from and what they may be used for, as the ledger's data.import has it: `data.about`. No label depends on it.
struct DataAbout {
  std::string licence, purpose, legal_basis, pii, consent, retain_until;  // Empty: not stated.
  std::set<std::string> personal;                                         // Columns with personal data.
};

/// How the project's ledger is kept: `ledger`. Fixed when the log begins.
struct LedgerSettings {
  std::string origin;  // "bank.example/complaints"; empty: hone.invalid/ and the project's ID.
  bool solo = true;    // One person alone may approve what they did.
};

/// What must hold of the results, or `hone run` ends with status 1: no worse than the baseline by so much, or at least so good.
struct GateOptions {
  enum class Of { kMain, kModel, kLabels };  // The trained model where there is one, else the label model.
  std::string metric = "accuracy";           // Or "macro-f1"; of a multi-label task also "micro-f1".
  std::string slice = {};                    // Empty: all rows.
  Of of = Of::kMain;
  std::optional<double> not_worse_by = {};  // A share: 2 points are 0.02. One of these two is set.
  std::optional<double> at_least = {};
};

/// What an evaluator (a judge model, a rule) grades outputs by, and where people graded them, too. The evaluator is a column of grades,
/// empty where it gave none, or a source that votes yes or no on each row and has no say in the labels.
struct Criterion {
  std::string name;                                  // "helpful".
  std::string evaluator;                             // The column, or the name of the source, which no other criterion's has.
  std::optional<Source> source = {};                 // Its classes are those of grading_task().
  Grade otherwise = Grade::kUnknown;                 // What it says by abstaining where it did not fail: nothing, yes or no.
  std::string people;                                // The column of people's grades; empty: nobody gave any.
  std::vector<std::string> yes{"yes", "true", "1"};  // Values of columns that mean that the criterion is met; all others that it is not.
  bool people_drawn_evenly = false;                  // People's rows are an even draw from all rows.
};

/// What evaluators that are sources vote on: whether a criterion is met, yes (class 0) or no.
const Task& grading_task();

struct EvaluateOptions {
  std::vector<std::string> metrics{"accuracy", "macro-f1", "ece"};  // What the short result shows; the report has all.
  std::string baseline = {};                                        // A release, or an earlier run; empty: the newest release.
  std::vector<GateOptions> gates = {};
  std::vector<Criterion> criteria = {};
};

/// Everything a run depends on: hone.yaml and the files it includes, checked.
struct Project {
  std::filesystem::path root;
  std::string name;  // Of the folder.

  ImportOptions data;
  DataAbout about;
  std::optional<NearDuplicateRules> near_duplicates;  // Nothing: they are not looked for.
  Task task;
  GoldOptions gold;
  std::vector<Source> sources;
  std::string label_model;  // Empty: default_label_model().
  nlohmann::json label_model_options = nlohmann::json::object();
  nlohmann::json model = {{"name", "text-linear"}};  // name "none": nothing is trained.
  std::vector<Slice> slices;
  std::vector<DerivedSlice> derived_slices;  // Their names are no others'.
  EvaluateOptions evaluate;
  LedgerSettings ledger;
  std::uint64_t seed = 1;

  /// hone.yaml and every file inside the project that it names, but data and models: paths from `root`.
  std::set<std::string> files;

  std::filesystem::path state() const { return root / ".hone"; }
  std::filesystem::path erased_file() const { return state() / "erased.json"; }
  /// Whether an evaluator is a source, which must be asked.
  bool grades() const;
  bool trains() const { return model.at("name").get_ref<const std::string&>() != "none"; }
};

/// The nearest folder at or above `from` that holds hone.yaml. Throws kNotFound saying what to do.
std::filesystem::path find_project(const std::filesystem::path& from);

/// Reads and checks ROOT/hone.yaml. Every error is kInvalidProject with file, line and column; unknown keys name the nearest.
/// Included files lie inside the project folder: one that leads out, by .., by an absolute path or by a link, is refused.
Project load_project(const std::filesystem::path& root);

/// Whether a source looks at the column that holds gold.
bool reads_gold(const Project& project, const Source& source);

/// What hone.yaml's entry alone does not say of a source: gold may teach, but what is measured does not vote, so a source that reads gold
/// votes on train rows alone, whatever it does not say; and the bytes of the files of a program that votes are part of its version. Throws
/// kInvalidProject, naming the source, when its `splits` name others, or its `files` none. load_project() does this to every source; drafts
/// need it too.
void complete_source(const Project& project, Source& source);

/// Reads files of terms inside the project's folder; throws kInvalidProject with the place of the entry.
FileReader file_reader(const std::filesystem::path& root);

/// The files under `root` that a relative glob names, by byte order, with the same refusal; nothing that is no file.
std::vector<SafePath> files_inside(const std::filesystem::path& root, const std::string& glob, const ConfigNode& where);

/// A key of hone.yaml as `hone init` comments it and docs/project.md lists it.
struct ProjectKey {
  std::string_view key;    // "data.files"
  std::string_view value;  // "messages.csv, a glob, or a list of them"
  std::string_view what;
};
const std::vector<ProjectKey>& project_keys();

}  // namespace hone
