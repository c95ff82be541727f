#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hone/core/progress.h"
#include "hone/data/dataset.h"
#include "hone/flow/project.h"
#include "hone/store/object_store.h"
#include "hone/store/run_record.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// A project with what was made of it: objects, run records, and which record of each stage counts now.
/// Reading takes no lock; writing happens under ProjectLock, which run_project() and collect() take.
class Workspace {
 public:
  /// Opens .hone/, making it when it is not there. Throws kIo where the folder cannot be written.
  explicit Workspace(Project project);

  const Project& project() const { return project_; }
  ObjectStore& objects() { return objects_; }
  const ObjectStore& objects() const { return objects_; }
  RunStore& runs() { return runs_; }
  const RunStore& runs() const { return runs_; }

  /// The record that counts for a stage, or nothing before its first run.
  std::optional<RunRecord> current(std::string_view stage) const;
  void set_current(std::string_view stage, const std::string& key);
  /// Of all stages. Throws kNotFound when there are records and it is not known which of them count.
  std::vector<std::string> current_keys() const;

  /// The same for results that a command needs: throws kNotFound telling to run the project.
  RunRecord needed(std::string_view stage) const;

  /// Where an object lies, after its bytes were checked, once per workspace. One that is broken is removed, so that the next run
  /// makes it again, and kCorruptData names it.
  std::filesystem::path checked_path(const ObjectRef& ref);

  /// Removes the outputs of a record that are broken, so that its stage runs again, and gives their hashes.
  std::vector<std::string> remove_broken(const RunRecord& record);

  /// SHA-256 of a source file; remembered as long as its size, time of change and inode stay the same.
  std::string hash_of_source(const std::filesystem::path& file);

  // What stages made, read back and checked.
  Dataset dataset(const RunRecord& import);
  std::vector<SourceVotes> votes(const RunRecord& vote);
  std::vector<std::vector<std::uint32_t>> slices(const RunRecord& vote);  // Rows by slice, ascending.
  SoftLabels labels(const RunRecord& label, const std::string& name = "labels");
  SoftLabels predictions(const RunRecord& train);
  nlohmann::json json(const ObjectRef& ref);

 private:
  void save(const std::filesystem::path& file, const nlohmann::json& value) const;

  Project project_;
  std::filesystem::path state_;
  ObjectStore objects_;
  RunStore runs_;
  std::set<std::string> sound_;  // Hashes of objects whose bytes were checked.
};

/// The gold class of every row, kNoClass where unknown or where its split is not wanted.
struct Gold {
  std::vector<ClassId> classes;             // By row; empty when the project has no gold.
  std::uint64_t rows[kSplits] = {0, 0, 0};  // With gold, by split.
  std::uint64_t unknown_values = 0;         // Non-empty values that are no class.
  std::vector<std::string> first_unknown;   // At most five of them.

  bool any() const { return rows[0] + rows[1] + rows[2] > 0; }
};

/// Which gold may be looked at. Test gold is for evaluation alone.
enum class GoldUse { kLearning, kEvaluation };

/// Reads the gold column. Train and valid gold only as hone.yaml's gold.use says; test gold only for kEvaluation.
Gold read_gold(const Project& project, const Dataset& dataset, GoldUse use);

}  // namespace hone
