#include "hone/flow/main_path.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "hone/core/build_info.h"
#include "hone/core/clock.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/machine_failure.h"
#include "hone/core/suggest.h"
#include "hone/flow/report_page.h"
#include "hone/flow/stages_internal.h"

namespace hone {
namespace {

std::string key_of(const Stage& stage, const StageParts& parts) {
  Sha256 hash;
  hash.update_sized("hone/stage/v1").update_sized(stage.name).update_sized(std::to_string(stage.version));
  for (const auto& [name, value] : parts) hash.update_sized(name).update_sized(value);
  return hash.hex();
}

// "a, b and c changed", at most three names.
std::string said_of(const std::vector<std::string>& names, std::string_view verb) {
  if (names.empty()) return {};
  std::string said;
  const std::size_t shown = std::min<std::size_t>(names.size(), 3);
  for (std::size_t name = 0; name < shown; ++name) {
    if (name > 0) said += name + 1 == names.size() ? " and " : ", ";
    said += names[name];
  }
  if (shown < names.size()) said += " and " + std::to_string(names.size() - shown) + " more";
  return said + " " + std::string(verb);
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences)
    if (!sentence.empty()) text += (text.empty() ? "" : "; ") + sentence;
  return text;
}

// Why the parts differ from those of the record that counted before.
std::string difference(const Stage& stage, const StageParts& now, const std::optional<RunRecord>& before) {
  if (!before) return "has not run before";
  if (before->detail.value("version", 0) != stage.version) return "Hone's code for this stage changed";
  std::map<std::string, std::string> old;
  for (const auto& part : before->detail.value("parts", nlohmann::json::array())) old[part.at(0)] = part.at(1);
  std::vector<std::string> changed, added, removed;
  for (const auto& [name, value] : now) {
    const auto found = old.find(name);
    if (found == old.end())
      added.push_back(name);
    else if (found->second != value)
      changed.push_back(name);
    old.erase(name);
  }
  for (const auto& part : before->detail.value("parts", nlohmann::json::array()))
    if (old.contains(part.at(0))) removed.push_back(part.at(0));
  const std::string why = joined({said_of(changed, "changed"), said_of(added, "added"), said_of(removed, "removed")});
  return why.empty() ? "the order of its parts changed" : why;
}

// The first output of a record that is not on disk.
const NamedRef* missing_output(const ObjectStore& objects, const RunRecord& record) {
  const auto gone = std::ranges::find_if(record.outputs, [&](const NamedRef& output) { return !objects.has(output.ref); });
  return gone == record.outputs.end() ? nullptr : &*gone;
}

// A stage reads only sound objects: all broken ones are removed at once, and the stages that make them run again.
void check_inputs(Workspace& workspace, const std::vector<RunRecord>& done) {
  std::vector<std::string> removed;
  for (const RunRecord& record : done) {
    const std::vector<std::string> broken = workspace.remove_broken(record);
    removed.insert(removed.end(), broken.begin(), broken.end());
  }
  if (!removed.empty())
    throw Error(ErrorCode::kCorruptData,
                (removed.size() == 1 ? "the object " : "the objects ") + quoted_list(removed) +
                    (removed.size() == 1 ? " was broken and has been removed" : " were broken and have been removed"));
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

RunRecord begin_record(const Stage& stage, const std::string& key, const StageParts& parts, const StageContext& context) {
  RunRecord record;
  record.stage = stage.name;
  record.key = key;
  record.seed = context.project().seed;
  record.code_version = "hone " HONE_VERSION " " + std::string(stage.name) + "/" + std::to_string(stage.version);
  record.started = utc_now();
  record.detail = {{"version", stage.version},
                   {"parts", parts},
                   {"program", {{"commit", kHoneCommit}, {"build", build_id()}}},
                   {"environment", environment_json()}};
  for (const RunRecord& before : context.done)
    for (const NamedRef& output : before.outputs)
      if (output.name.find('/') == std::string::npos) record.inputs.push_back(output);
  return record;
}

// Walks the stages: plans each from its parts, runs it when needed, and explains. A broken object found on the way
// starts the walk again, now without it.
class Walk {
 public:
  Walk(Workspace& workspace, const RunOptions& options, const Progress& progress)
      : workspace_(workspace), options_(options), progress_(progress) {}

  RunResult run() {
    const std::vector<Stage> stages = main_path(workspace_.project());
    for (const Stage& stage : stages) {
      if (!step(stage)) break;
      if (stage.name == options_.until) break;
    }
    return std::move(result_);
  }

  // The same, and the records of the stages that are up to date.
  RunResult run(std::vector<RunRecord>& fresh) {
    RunResult result = run();
    fresh = std::move(done_);
    return result;
  }

 private:
  StageContext context() const { return {workspace_, done_, options_.threads, progress_}; }

  bool step(const Stage& stage) {
    if (stale_upstream_) return would_run(stage);
    const auto start = std::chrono::steady_clock::now();
    StageOutcome outcome{.name = std::string(stage.name), .state = StageState::kFresh, .why = {}, .seconds = 0.0};
    try {
      const StageParts parts = stage.parts(context());
      const std::string key = key_of(stage, parts);
      const std::optional<RunRecord> known = workspace_.runs().find(key);
      const NamedRef* gone = known ? missing_output(workspace_.objects(), *known) : nullptr;
      const std::string again = known && options_.retry ? known->detail.value(kRunAgain, "") : "";
      if (known && known->outcome == "ok" && !gone && again.empty()) {
        take(stage, *known);
        outcome.why = "nothing it depends on changed";
        result_.stages.push_back(outcome);
        return true;
      }
      outcome.why = gone             ? "its object " + gone->ref.hash.substr(0, 12) + " (" + gone->name + ") is missing"
                    : !again.empty() ? again
                                     : difference(stage, parts, workspace_.current(stage.name));
      if (options_.dry_run) return note_would_run(outcome);
      check_inputs(workspace_, done_);
      take(stage, make(stage, key, parts, outcome.why));
      outcome.state = StageState::kRan;
    } catch (const Error& error) {
      outcome.state = StageState::kFailed;
      outcome.why = error.what();
      result_.error = error;
    }
    outcome.seconds = seconds_since(start);
    result_.stages.push_back(outcome);
    return outcome.state == StageState::kRan;
  }

  bool note_would_run(StageOutcome outcome) {
    outcome.state = StageState::kWouldRun;
    result_.stages.push_back(std::move(outcome));
    stale_upstream_ = true;
    return true;
  }

  // What stands after a stage that would run cannot be known before it did.
  bool would_run(const Stage& stage) {
    result_.stages.push_back(
        {.name = std::string(stage.name), .state = StageState::kWouldRun, .why = "if what comes before it changes", .seconds = 0.0});
    return true;
  }

  RunRecord make(const Stage& stage, const std::string& key, const StageParts& parts, const std::string& why) {
    const auto start = std::chrono::steady_clock::now();
    RunRecord record = begin_record(stage, key, parts, context());
    record.detail["why"] = why;
    try {
      in_our_words([&] { stage.run(context(), record); });
    } catch (const Error& error) {
      note_failure(std::move(record), error);
      throw;
    }
    record.ended = utc_now();
    record.counts["ms"] = static_cast<std::int64_t>(1000.0 * seconds_since(start));
    workspace_.runs().put(record);
    return record;
  }

  // A failed run leaves a record too. Where the disk is the trouble it cannot, and the first error is the one to tell.
  void note_failure(RunRecord record, const Error& error) {
    record.ended = utc_now();
    record.outcome = "failed";
    record.outputs.clear();
    record.detail["error"] = error.what();
    try {
      workspace_.runs().put(record);
    } catch (const Error&) {
    }
  }

  void take(const Stage& stage, const RunRecord& record) {
    if (!options_.dry_run) workspace_.set_current(stage.name, record.key);
    done_.push_back(record);
  }

  Workspace& workspace_;
  const RunOptions& options_;
  const Progress& progress_;
  std::vector<RunRecord> done_;
  RunResult result_;
  bool stale_upstream_ = false;
};

void check_until(const std::string& until, const Project& project) {
  if (until.empty()) return;
  std::vector<std::string> names;
  for (const Stage& stage : main_path(project)) names.emplace_back(stage.name);
  if (std::ranges::find(names, until) == names.end())
    throw Error(ErrorCode::kInvalidArgument, "no stage named '" + until + "'" + suggestion(until, names));
}

bool is_temporary(const std::filesystem::path& path) { return path.filename().string().starts_with(".tmp-"); }

// What an earlier process left half done when it was killed. Objects and records are written under the lock alone, so that whatever
// is unfinished there is left over; in .hone/ itself a reader may be writing what it learned, but not since before the lock was taken.
void sweep_temporary(const Workspace& workspace, std::filesystem::file_time_type lock_since) {
  using Entry = std::filesystem::directory_entry;
  std::vector<std::filesystem::path> left;
  const auto look = [&](const std::filesystem::path& folder, const auto& is_left) {
    for (const Entry& entry : std::filesystem::directory_iterator(folder))
      if (is_left(entry)) left.push_back(entry.path());
  };
  const auto is_unfinished = [](const Entry& entry) { return is_temporary(entry.path()); };
  look(workspace.objects().temporary_folder(), [](const Entry&) { return true; });
  for (const Entry& shard : std::filesystem::directory_iterator(workspace.objects().folder()))
    if (shard.is_directory()) look(shard.path(), is_unfinished);
  look(workspace.runs().folder(), is_unfinished);
  const auto is_old = [&](const Entry& entry) {
    std::error_code gone;  // A file that its writer has just put in place has no time, and nothing is removed under its old name.
    return is_temporary(entry.path()) && entry.last_write_time(gone) < lock_since;
  };
  look(workspace.project().state(), is_old);
  if (const std::filesystem::path ledger = workspace.project().state() / "ledger"; std::filesystem::exists(ledger))
    for (const Entry& entry : std::filesystem::recursive_directory_iterator(ledger))
      if (is_old(entry)) left.push_back(entry.path());
  for (const std::filesystem::path& path : left) std::filesystem::remove_all(path);
}

// A walk and, when it came to the end, the page: the report's object may be the broken one.
RunResult walk_and_show(Workspace& workspace, const RunOptions& options, const Progress& progress) {
  RunResult result = Walk(workspace, options, progress).run();
  if (result.error) return result;
  try {
    refresh_report_page(workspace);
  } catch (const Error& error) {
    result.error = error;
  }
  return result;
}

RunResult walk_until_sound(Workspace& workspace, const RunOptions& options, const Progress& progress) {
  // Each further walk follows the removal of a broken object, and removed objects are made anew: a few are enough, and a disk
  // that breaks what was just written must not keep us here.
  RunResult result = walk_and_show(workspace, options, progress);
  for (int again = 0; again < 3 && result.error && result.error->code() == ErrorCode::kCorruptData; ++again) {
    const std::string found = result.error->what();
    RunResult next = walk_and_show(workspace, options, progress);
    for (StageOutcome& stage : next.stages)
      if (stage.state == StageState::kRan && stage.why.ends_with("is missing")) stage.why += ": " + found;
    result = std::move(next);
  }
  return result;
}

}  // namespace

const RunRecord& StageContext::of(std::string_view stage) const {
  for (const RunRecord& record : done)
    if (record.stage == stage) return record;
  throw Error(ErrorCode::kInternal, "the stage '" + std::string(stage) + "' does not stand before this one");
}

const RunRecord& StageContext::data() const { return of(data_stage(project())); }

std::string_view data_stage(const Project& project) { return project.near_duplicates ? "near-duplicates" : "import"; }

namespace {

std::vector<Stage> all_stages() {
  return {
      {"import", "reads the files into a dataset", 3, import_parts, run_import},
      {"near-duplicates", "finds rows of one text, or nearly", 2, near_duplicates_parts, run_near_duplicates},
      {"vote", "asks every source for its votes", 2, vote_parts, run_vote},
      {"label", "weighs the votes into labels", 9, label_parts, run_label},
      {"train", "trains a model on the labels", 1, train_parts, run_train},
      {"grade", "asks every evaluator for its grades", 1, grade_parts, run_grade},
      {"evaluate", "measures labels and model on gold", 10, evaluate_parts, run_evaluate},
      {"report", "writes the report", 9, report_parts, run_report},
  };
}

// The names of all that a project may have.
std::vector<std::string_view> stage_names() {
  std::vector<std::string_view> names;
  for (const Stage& stage : all_stages()) names.push_back(stage.name);
  return names;
}

}  // namespace

std::vector<Stage> main_path(const Project& project) {
  std::vector<Stage> stages = all_stages();
  const auto leave_out = [&](std::string_view name) { std::erase_if(stages, [&](const Stage& stage) { return stage.name == name; }); };
  if (!project.near_duplicates) leave_out("near-duplicates");
  if (!project.trains()) leave_out("train");
  if (!project.grades()) leave_out("grade");
  return stages;
}

std::string_view to_string(StageState state) {
  switch (state) {
    case StageState::kRan:
      return "ran";
    case StageState::kFresh:
      return "fresh";
    case StageState::kFailed:
      return "failed";
    case StageState::kWouldRun:
      return "would-run";
  }
  return "unknown";
}

void to_json(nlohmann::json& json, const StageOutcome& outcome) {
  json = {{"name", outcome.name}, {"state", to_string(outcome.state)}, {"why", outcome.why}, {"seconds", outcome.seconds}};
}

RunResult run_project(Workspace& workspace, const RunOptions& options, const Progress& progress) {
  check_until(options.until, workspace.project());
  if (options.dry_run) return Walk(workspace, options, progress).run();
  const ProjectLock lock(workspace.project().state() / "lock");
  sweep_temporary(workspace, lock.since());
  workspace.keep_current(stage_names());
  return walk_until_sound(workspace, options, progress);
}

std::vector<RunRecord> fresh_records(Workspace& workspace, std::string_view needed) {
  std::vector<RunRecord> fresh;
  const RunResult plan = Walk(workspace, {.until = {}, .dry_run = true, .threads = 1}, {}).run(fresh);
  const auto has = [&](std::string_view stage) { return std::ranges::find(fresh, stage, &RunRecord::stage) != fresh.end(); };
  if (has(needed)) return fresh;
  if (plan.error) throw *plan.error;
  const auto stale = std::ranges::find(plan.stages, StageState::kWouldRun, &StageOutcome::state);
  throw Error(ErrorCode::kNotFound, "the stage '" + stale->name + "' is not up to date (" + stale->why + "); `hone run` first");
}

const RunRecord* find_record(const std::vector<RunRecord>& records, std::string_view stage) {
  const auto found = std::ranges::find(records, stage, &RunRecord::stage);
  return found == records.end() ? nullptr : &*found;
}

}  // namespace hone
