#include "hone/core/json.h"
#include "hone/flow/known_votes_internal.h"
#include "hone/flow/matched_spans_internal.h"
#include "hone/flow/model_voter_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

template <typename Asked>
std::vector<const Asked*> pointers_to(const std::vector<Asked>& all) {
  std::vector<const Asked*> pointers;
  for (const Asked& asked : all) pointers.push_back(&asked);
  return pointers;
}

// Asks those that are not known, all of them in one reading of the data, and remembers what they said.
std::size_t ask(const StageContext& context, KnownByVersion& known) {
  const Project& project = context.project();
  const std::vector<const Source*> sources = not_known<Source>(pointers_to(project.sources), known);
  const std::vector<const Slice*> slices = not_known<Slice>(pointers_to(project.slices), known);
  if (sources.empty() && slices.empty()) return 0;
  const Dataset dataset = context.workspace.dataset(context.data());
  ApplyOptions options = apply_options(project, context.threads);
  options.given = model_voters(context.workspace, dataset, {sources, project.task.classes}, context.threads, context.progress);
  const Applied applied = apply_sources(dataset, sources, slices, options, context.progress);
  std::vector<SaidByVersion> said;
  for (std::size_t source = 0; source < sources.size(); ++source)
    said.push_back({sources[source]->version, applied.votes[source], applied.failures[source]});
  for (std::size_t slice = 0; slice < slices.size(); ++slice)
    said.push_back({slices[slice]->version, applied.slices[slice], applied.slice_failures[slice]});
  put_votes(context, said, known);
  return sources.size();
}

template <typename Asked>
nlohmann::json manifest(const std::vector<Asked>& all, const KnownByVersion& known, const std::string& prefix, RunRecord& record) {
  nlohmann::json list = nlohmann::json::array();
  for (const Asked& asked : all) list.push_back(note_votes(asked.name, asked.version, known, prefix, "a program that votes", record));
  return list;
}

}  // namespace

StageParts vote_parts(const StageContext& context) {
  const Project& project = context.project();
  StageParts parts = scope_parts(context);
  for (const Source& source : project.sources)
    parts.emplace_back((source.kind == Source::Kind::kLf ? "LF " : "source ") + source.name, source.version);
  for (const Slice& slice : project.slices) parts.emplace_back("slice " + slice.name, slice.version);
  return parts;
}

void run_vote(const StageContext& context, RunRecord& record) {
  const Project& project = context.project();
  check_columns(project.derived_slices, context.workspace.dataset(context.data()));  // They are read later, after minutes of training.
  const std::string scope = voting_scope(context);
  KnownByVersion known = known_versions(context, "vote", scope);
  const std::size_t asked = ask(context, known);
  record.detail["scope"] = scope;
  record.detail["versions"] = nlohmann::json::object();
  ObjectStore& objects = context.workspace.objects();
  const nlohmann::json sources = manifest(project.sources, known, "source", record);
  const nlohmann::json slices = manifest(project.slices, known, "slice", record);
  record.outputs.insert(record.outputs.begin(), {{"votes", objects.put_json({{"format", "hone-votes/1"}, {"sources", sources}})},
                                                 {"slices", objects.put_json({{"format", "hone-slices/1"}, {"slices", slices}})}});
  record.counts = {{"sources", project.sources.size()}, {"asked", asked}};
}

}  // namespace hone
