#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hone/core/config.h"
#include "hone/data/import.h"
#include "hone/vote/source.h"
#include "hone/vote/task.h"

namespace hone {

/// Which rows' known labels are read, and from where.
struct GoldOptions {
  std::string field;                        // Column that holds class names; empty: no gold.
  bool use[kSplits] = {false, true, true};  // Train gold is not read unless named.
};

struct EvaluateOptions {
  std::vector<std::string> metrics{"accuracy", "macro-f1", "ece"};  // What the short result shows; the report has all.
};

/// Everything a run depends on: hone.yaml and the files it includes, checked.
struct Project {
  std::filesystem::path root;
  std::string name;  // Of the folder.

  ImportOptions data;
  Task task;
  GoldOptions gold;
  std::vector<Source> sources;
  std::string label_model;  // Empty: the default for what is known.
  nlohmann::json label_model_options = nlohmann::json::object();
  nlohmann::json model = {{"name", "text-linear"}};  // name "none": nothing is trained.
  std::vector<Slice> slices;
  EvaluateOptions evaluate;
  std::uint64_t seed = 1;

  std::filesystem::path state() const { return root / ".hone"; }
  bool trains() const { return model.at("name") != "none"; }
};

/// The nearest folder at or above `from` that holds hone.yaml. Throws kNotFound saying what to do.
std::filesystem::path find_project(const std::filesystem::path& from);

/// Reads and checks ROOT/hone.yaml. Every error is kInvalidProject with file, line and column; unknown keys name the nearest.
/// Included files lie inside the project folder: one that leads out, by .., by an absolute path or by a link, is refused.
Project load_project(const std::filesystem::path& root);

/// Whether a source looks at the column that holds gold.
bool reads_gold(const Project& project, const Source& source);

/// Gold may teach, but what is measured does not vote: a source that reads gold votes on train rows alone, whatever it does not say. Throws
/// kInvalidProject, naming the source, when its `splits` name others. load_project() does this to every source; drafts need it too.
void keep_gold_to_train(const Project& project, Source& source);

/// The files under `root` that a relative glob names, by byte order, with the same refusal.
std::vector<std::filesystem::path> files_inside(const std::filesystem::path& root, const std::string& glob, const ConfigNode& where);

/// A key of hone.yaml as `hone init` comments it and docs/project.md lists it.
struct ProjectKey {
  std::string_view key;    // "data.files"
  std::string_view value;  // "messages.csv, a glob, or a list of them"
  std::string_view what;
};
const std::vector<ProjectKey>& project_keys();

}  // namespace hone
