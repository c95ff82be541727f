#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hone/core/progress.h"
#include "hone/flow/workspace.h"

namespace hone {

/// What a stage's result depends on, part by part: a name that can be said to have changed ("LF stolen_card",
/// "file messages.csv", "data.text") and a short value or hash. The stage's key is the hash of all of them.
using StageParts = std::vector<std::pair<std::string, std::string>>;

/// What a stage sees while it runs: the project and the records of the stages before it.
struct StageContext {
  Workspace& workspace;
  const std::vector<RunRecord>& done;  // Of the stages before, in order.
  int threads = 0;
  Progress progress;

  const Project& project() const { return workspace.project(); }
  /// The record of an earlier stage of this run. REQUIRES: it stands before this one.
  const RunRecord& of(std::string_view stage) const;
  /// The record whose dataset the stages after it read: that of data_stage(). REQUIRES: it stands before this one.
  const RunRecord& data() const;
};

/// The stage that gives the dataset as it is voted on: near-duplicates where hone.yaml asks for them, else import.
std::string_view data_stage(const Project& project);

/// One step of the main path.
struct Stage {
  std::string_view name;
  std::string_view what;  // For people: "reads the files into a dataset".
  int version;            // Raised when the stage's code changes its results.
  StageParts (*parts)(const StageContext&);
  void (*run)(const StageContext&, RunRecord&);  // Fills outputs, counts and detail of the record.
};

/// The stages of a project in order: import, near-duplicates (where hone.yaml asks for them), vote, label, train (unless the project trains
/// nothing), grade (where an evaluator is a source), evaluate, report.
std::vector<Stage> main_path(const Project& project);

enum class StageState { kRan, kFresh, kFailed, kWouldRun };
std::string_view to_string(StageState state);  // "ran", "fresh", "failed", "would-run"

struct StageOutcome {
  std::string name;
  StageState state = StageState::kFresh;
  std::string why;       // "LF stolen_card changed"; "nothing it depends on changed"; or the error's message.
  double seconds = 0.0;  // This time; 0 when fresh.
};
void to_json(nlohmann::json& json, const StageOutcome& outcome);

struct RunOptions {
  std::string until;     // Last stage to run; empty: all.
  bool dry_run = false;  // Say what would run and why; write nothing but the memory of file hashes.
  int threads = 0;       // 0: as many as the machine has. No result depends on it.
  bool retry = false;    // Also run stages in which something failed the last time that may not fail again, such as a program that votes.
};

struct RunResult {
  std::vector<StageOutcome> stages;
  std::optional<Error> error;  // Why a stage failed; the stages after it are not listed.
};

/// Brings the project up to date: each stage in order, only if what it depends on is new or what it made is gone. Holds the
/// project's lock meanwhile (kBusy when another process does). Killed at any moment, the next call goes on where it was and ends
/// with the same bytes. Throws for what concerns no stage: kInvalidArgument for an unknown `until`, kBusy, kIo.
RunResult run_project(Workspace& workspace, const RunOptions& options, const Progress& progress = {});

/// The records of the stages that are up to date with hone.yaml and the data as they stand now, in order: what a command may combine with
/// the project's sources and classes. Throws kNotFound, saying what changed, when `needed` is not among them.
std::vector<RunRecord> fresh_records(Workspace& workspace, std::string_view needed);

/// The record of a stage among them, or nullptr.
const RunRecord* find_record(const std::vector<RunRecord>& records, std::string_view stage);

/// Where the report page of a project lies.
std::filesystem::path report_page_path(const Project& project);

}  // namespace hone
