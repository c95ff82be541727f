#include "hone/flow/known_votes_internal.h"

#include "hone/core/hash.h"
#include "hone/core/parallel.h"
#include "hone/flow/failures_json_internal.h"
#include "hone/vote/vote_file.h"

namespace hone {
namespace {

// Putting an object is waiting for the disk, which takes several at a time; so this many are on their way together, as long as
// what they unpack and encode, some 20 bytes a vote, stays within bounds.
constexpr std::size_t kPutsTogether = 16, kVotesTogether = (256 << 20) / 20;

int puts_together(std::span<const SaidByVersion> said) {
  std::size_t most = 1;
  for (const SaidByVersion& voter : said) most = std::max(most, voter.votes.size());
  return static_cast<int>(std::clamp<std::size_t>(kVotesTogether / most, 1, kPutsTogether));
}

}  // namespace

StageParts scope_parts(const StageContext& context) {
  const Project& project = context.project();
  return {{"the dataset", context.data().output("dataset").hash},
          {"data.text", names_part(project.data.text)},
          {"data.decimal", std::string(1, project.data.read.decimal)},
          {"data.time_zone", project.data.read.time_zone}};
}

std::string voting_scope(const StageContext& context) {
  const Project& project = context.project();
  Sha256 hash;
  hash.update_sized("hone/vote/scope/v1").update_sized(context.data().output("dataset").hash).update_sized(names_part(project.data.text));
  return hash.update_sized(std::string(1, project.data.read.decimal)).update_sized(project.data.read.time_zone).hex();
}

KnownByVersion known_versions(const StageContext& context, std::string_view stage, const std::string& scope) {
  KnownByVersion known;
  for (const RunRecord& record : context.workspace.runs().all()) {
    if (record.stage != stage || record.outcome != "ok" || record.detail.value("scope", "") != scope) continue;
    for (const auto& [version, entry] : record.detail.at("versions").items()) {
      const ObjectRef ref = entry.at("ref").get<ObjectRef>();
      if (!entry.value("for_now", false) && context.workspace.objects().has(ref))
        known.try_emplace(version, KnownVotes{ref, entry.at("failures")});
    }
  }
  return known;
}

// By way of files in one temporary folder, which the object store takes.
void put_votes(const StageContext& context, std::span<const SaidByVersion> said, KnownByVersion& known) {
  const RemovedAtEnd folder = work_folder(context.workspace);
  std::vector<KnownVotes> put(said.size());
  parallel_for(said.size(), puts_together(said), [&](std::size_t place) {
    const std::filesystem::path file = folder.path() / std::to_string(place);
    const SourceVotes votes = said[place].votes.unpacked();
    write_source_votes({&votes, 1}, file);
    put[place] = {context.workspace.objects().put_file(file, kParquetMedia), failures_json(said[place].failures),
                  said[place].failures.for_now};
  });
  for (std::size_t place = 0; place < said.size(); ++place) known[said[place].version] = std::move(put[place]);
}

nlohmann::json note_votes(const std::string& name, const std::string& version, const KnownByVersion& known, const std::string& prefix,
                          const std::string& what, RunRecord& record) {
  const KnownVotes& said = known.at(version);
  record.outputs.push_back({prefix + "/" + name, said.ref});
  record.detail["versions"][version] = {{"ref", said.ref}, {"failures", said.failures}};
  if (said.for_now) record.detail["versions"][version]["for_now"] = true;
  if (said.for_now) record.detail[kRunAgain] = what + " (" + name + ") failed the last time";
  return {{"name", name}, {"ref", said.ref}, {"failures", said.failures}};
}

}  // namespace hone
