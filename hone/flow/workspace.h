#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "hone/core/progress.h"
#include "hone/data/dataset.h"
#include "hone/flow/project.h"
#include "hone/store/object_store.h"
#include "hone/store/run_record.h"
#include "hone/vote/class_sets.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/soft_sets.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// The record that counts for a stage in the project whose .hone/ folder is `state`, or nothing before its first run.
std::optional<RunRecord> current_record(const std::filesystem::path& state, std::string_view stage);

/// A project with what was made of it: objects, run records, and which record of each stage counts now.
/// Reading takes no lock; writing happens under ProjectLock, which run_project() and collect() take.
class Workspace {
 public:
  /// Opens .hone/, making it when it is not there, and adds the bytes of the models that vote to the versions of their sources. Throws kIo
  /// where the folder cannot be written, kInvalidProject for a source whose model is not there.
  explicit Workspace(Project project);

  const Project& project() const { return project_; }
  ObjectStore& objects() { return objects_; }
  const ObjectStore& objects() const { return objects_; }
  RunStore& runs() { return runs_; }
  const RunStore& runs() const { return runs_; }

  /// The record that counts for a stage, or nothing before its first run.
  std::optional<RunRecord> current(std::string_view stage) const;
  void set_current(std::string_view stage, const std::string& key);
  /// Forgets records of what is no stage, as of a damaged name: they would keep objects for ever.
  void keep_current(const std::vector<std::string_view>& stages);
  /// Of all stages. Throws kNotFound when there are records and it is not known which of them count.
  std::vector<std::string> current_keys() const;

  /// The same for results that a command needs: throws kNotFound telling to run the project.
  RunRecord needed(std::string_view stage) const;

  /// Where an object lies, after its bytes were checked, once per workspace. One that is broken is removed, so that the next run
  /// makes it again, and kCorruptData names it.
  std::filesystem::path checked_path(const ObjectRef& ref);
  /// The same of many, checked side by side.
  std::vector<std::filesystem::path> checked_paths(std::span<const ObjectRef> refs);

  /// Removes the outputs of a record that are broken, so that its stage runs again, and gives their hashes.
  std::vector<std::string> remove_broken(const RunRecord& record);

  /// SHA-256 of a source file; remembered as long as its stamp (hone/core/file.h) stays the same.
  std::string hash_of_source(const std::filesystem::path& file);

  // What stages made, read back and checked.
  Dataset dataset(const RunRecord& import);
  std::vector<SourceVotes> votes(const RunRecord& vote);
  VoteMatrix vote_matrix(const RunRecord& vote, std::uint64_t rows);      // The same, holding one source's votes at a time.
  std::vector<Vote> votes_on(const RunRecord& vote, std::uint32_t row);   // On one row, by source; reads all of them.
  std::vector<std::vector<std::uint32_t>> slices(const RunRecord& vote);  // Rows by slice, ascending.
  SoftLabels labels(const RunRecord& label, const std::string& name = "labels");
  SoftLabels judged_labels(const RunRecord& label);  // What is judged by gold: cross-fitted where the label model used it.
  SoftLabels predictions(const RunRecord& train);
  // The same of a multi-label task.
  SoftSets set_labels(const RunRecord& label, const std::string& name = "labels");
  SoftSets judged_sets(const RunRecord& label);
  SoftSets set_predictions(const RunRecord& train);
  nlohmann::json json(const ObjectRef& ref);

 private:
  void add_model_to_version(Source& source, const std::vector<std::string>& classes);
  std::vector<std::filesystem::path> vote_files(const RunRecord& vote);  // By source.
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
  std::vector<ClassId> groups;              // By row: the inner node that is known where the class is not; empty when no row has one.
  ClassSets sets;                           // In place of classes, where rows may hold several: by row; empty when the project has no gold.
  std::uint64_t rows[kSplits] = {0, 0, 0};  // With gold, by split; rows of which a node is known do not count.
  std::uint64_t nodes = 0;                  // Rows of which an inner node of the taxonomy is known, not the class.
  std::uint64_t unknown_values = 0;         // Non-empty values that are no class.
  std::vector<std::string> first_unknown;   // At most five of them.

  bool any() const { return rows[0] + rows[1] + rows[2] > 0; }
  /// What is known by row: a class or a node.
  std::vector<ClassId> answers() const;
  /// Whether a vote is right; nothing where that is not known.
  std::optional<bool> right(std::size_t row, ClassId answer, const Answers& answers) const;
};

/// Which gold may be looked at. Test gold is for evaluation alone.
enum class GoldUse { kLearning, kEvaluation };

/// Reads the gold column. Train and valid gold only as hone.yaml's gold.use says; test gold only for kEvaluation.
Gold read_gold(const Project& project, const Dataset& dataset, GoldUse use);

/// The same of one row, whose gold column says `cell`.
Gold gold_of_cell(const Project& project, std::string_view cell, Split split, GoldUse use);

}  // namespace hone
