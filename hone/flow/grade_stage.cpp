#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/flow/criteria_internal.h"
#include "hone/flow/known_votes_internal.h"
#include "hone/flow/matched_spans_internal.h"
#include "hone/flow/model_voter_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

std::vector<const Source*> evaluators_of(const Project& project) {
  std::vector<const Source*> evaluators;
  for (const Criterion& criterion : project.evaluate.criteria)
    if (criterion.source) evaluators.push_back(&*criterion.source);
  return evaluators;
}

// The votes of an evaluator, and the rows on which it failed as votes for kFailedGrade: where it merely abstains, `otherwise` may say
// what that means.
PackedVotes with_failed(const PackedVotes& votes, std::span<const std::uint32_t> failed) {
  const SourceVotes said = votes.unpacked();
  PackedVotes both;
  std::size_t next = 0;
  const auto add_failed_before = [&](std::uint64_t row) {
    for (; next < failed.size() && failed[next] < row; ++next) both.add(failed[next], kFailedGrade);
  };
  for (std::size_t vote = 0; vote < said.examples.size(); ++vote) {
    add_failed_before(said.examples[vote]);
    both.add(said.examples[vote], said.classes[vote]);  // How sure it is does not count.
  }
  add_failed_before(std::uint64_t{1} << 32);
  return both;
}

// What is told of this stage, not of the vote stage.
Progress as_grading(const Progress& progress) {
  if (!progress) return {};
  return [&progress](ProgressEvent event) {
    if (event.stage == "vote") event.stage = "grade";
    progress(event);
  };
}

std::size_t ask_evaluators(const StageContext& context, const std::vector<const Source*>& all, KnownByVersion& known) {
  const std::vector<const Source*> evaluators = not_known<Source>(all, known);
  if (evaluators.empty()) return 0;
  const Progress progress = as_grading(context.progress);
  const Dataset dataset = context.workspace.dataset(context.data());
  ApplyOptions options = apply_options(context.project(), context.threads);
  options.per_example = BatchVotes::PerExample::kOneClass;
  options.keep_failed = true;
  options.given = model_voters(context.workspace, dataset, {evaluators, grading_task().classes}, context.threads, progress);
  const Applied applied = apply_sources(dataset, evaluators, {}, options, progress);
  std::vector<PackedVotes> grades;
  for (std::size_t source = 0; source < evaluators.size(); ++source)
    grades.push_back(with_failed(applied.votes[source], applied.failed[source]));
  std::vector<SaidByVersion> said;
  for (std::size_t source = 0; source < evaluators.size(); ++source)
    said.push_back({evaluators[source]->version, grades[source], applied.failures[source]});
  put_votes(context, said, known);
  return evaluators.size();
}

}  // namespace

StageParts grade_parts(const StageContext& context) {
  StageParts parts = scope_parts(context);
  for (const Source* evaluator : evaluators_of(context.project())) parts.emplace_back("evaluator " + evaluator->name, evaluator->version);
  return parts;
}

void run_grade(const StageContext& context, RunRecord& record) {
  const std::vector<const Source*> evaluators = evaluators_of(context.project());
  const std::string scope = voting_scope(context);
  KnownByVersion known = known_versions(context, "grade", scope);
  const std::size_t asked = ask_evaluators(context, evaluators, known);
  record.detail["scope"] = scope;
  record.detail["versions"] = nlohmann::json::object();
  nlohmann::json sources = nlohmann::json::array();
  for (const Source* evaluator : evaluators)
    sources.push_back(note_votes(evaluator->name, evaluator->version, known, "evaluator", "a program that grades", record));
  record.outputs.insert(record.outputs.begin(),
                        {"grades", context.workspace.objects().put_json({{"format", "hone-grades/1"}, {"sources", sources}})});
  record.counts = {{"evaluators", evaluators.size()}, {"asked", asked}};
}

}  // namespace hone
