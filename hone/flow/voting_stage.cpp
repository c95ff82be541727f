#include <algorithm>
#include <map>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/flow/failures_json_internal.h"
#include "hone/flow/matched_spans_internal.h"
#include "hone/flow/model_voter_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/vote_file.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

// What was already asked, and of whom: a source or slice of the same version over the same texts has the same votes.
struct Known {
  ObjectRef ref;
  nlohmann::json failures;  // {"count", "first": [{"row", "what"}]}
  bool for_now = false;     // A later run asks again.
};
using KnownByVersion = std::map<std::string, Known>;

// Whatever besides its own definition decides what a source says.
std::string scope_of(const StageContext& context) {
  const Project& project = context.project();
  Sha256 hash;
  hash.update_sized("hone/vote/scope/v1").update_sized(context.data().output("dataset").hash).update_sized(names_part(project.data.text));
  return hash.update_sized(std::string(1, project.data.read.decimal)).update_sized(project.data.read.time_zone).hex();
}

KnownByVersion known_versions(const StageContext& context, const std::string& scope) {
  KnownByVersion known;
  for (const RunRecord& record : context.workspace.runs().all()) {
    if (record.stage != "vote" || record.outcome != "ok" || record.detail.value("scope", "") != scope) continue;
    for (const auto& [version, entry] : record.detail.at("versions").items()) {
      const ObjectRef ref = entry.at("ref").get<ObjectRef>();
      if (!entry.value("for_now", false) && context.workspace.objects().has(ref))
        known.try_emplace(version, Known{ref, entry.at("failures")});
    }
  }
  return known;
}

template <typename Voter>
std::vector<const Voter*> not_known(const std::vector<Voter>& all, const KnownByVersion& known) {
  std::vector<const Voter*> missing;
  for (const Voter& voter : all)
    if (!known.contains(voter.version) &&
        std::ranges::find(missing, voter.version, [](const Voter* other) { return other->version; }) == missing.end())
      missing.push_back(&voter);
  return missing;
}

// What a source or slice said, and where it goes.
struct Said {
  const std::string& version;
  const PackedVotes& votes;
  const ApplyFailures& failures;
};

// Putting an object is waiting for the disk, which takes several at a time; so this many are on their way together, as long as
// what they unpack and encode, some 20 bytes a vote, stays within bounds.
constexpr std::size_t kPutsTogether = 16, kVotesTogether = (256 << 20) / 20;

int puts_together(const std::vector<Said>& said) {
  std::size_t most = 1;
  for (const Said& voter : said) most = std::max(most, voter.votes.size());
  return static_cast<int>(std::clamp<std::size_t>(kVotesTogether / most, 1, kPutsTogether));
}

// By way of files in one temporary folder, which the object store takes.
void put_votes(const StageContext& context, const std::vector<Said>& said, KnownByVersion& known) {
  const RemovedAtEnd folder = work_folder(context.workspace);
  std::vector<Known> put(said.size());
  parallel_for(said.size(), puts_together(said), [&](std::size_t place) {
    const std::filesystem::path file = folder.path() / std::to_string(place);
    const SourceVotes votes = said[place].votes.unpacked();
    write_source_votes({&votes, 1}, file);
    put[place] = {context.workspace.objects().put_file(file, kParquetMedia), failures_json(said[place].failures),
                  said[place].failures.for_now};
  });
  for (std::size_t place = 0; place < said.size(); ++place) known[said[place].version] = std::move(put[place]);
}

// Asks those that are not known, all of them in one reading of the data, and remembers what they said.
std::size_t ask(const StageContext& context, KnownByVersion& known) {
  const Project& project = context.project();
  const std::vector<const Source*> sources = not_known(project.sources, known);
  const std::vector<const Slice*> slices = not_known(project.slices, known);
  if (sources.empty() && slices.empty()) return 0;
  const Dataset dataset = context.workspace.dataset(context.data());
  ApplyOptions options = apply_options(project, context.threads);
  options.given = model_voters(context.workspace, dataset, sources, context.threads, context.progress);
  const Applied applied = apply_sources(dataset, sources, slices, options, context.progress);
  std::vector<Said> said;
  for (std::size_t source = 0; source < sources.size(); ++source)
    said.push_back({sources[source]->version, applied.votes[source], applied.failures[source]});
  for (std::size_t slice = 0; slice < slices.size(); ++slice)
    said.push_back({slices[slice]->version, applied.slices[slice], applied.slice_failures[slice]});
  put_votes(context, said, known);
  return sources.size();
}

// The manifest names votes by content alone: sources that say the same as before leave it, and all after it, unchanged.
template <typename Voter>
nlohmann::json manifest(const std::vector<Voter>& voters, const KnownByVersion& known, const std::string& prefix, RunRecord& record) {
  nlohmann::json list = nlohmann::json::array();
  for (const Voter& voter : voters) {
    const Known& said = known.at(voter.version);
    list.push_back({{"name", voter.name}, {"ref", said.ref}, {"failures", said.failures}});
    record.outputs.push_back({prefix + voter.name, said.ref});
    record.detail["versions"][voter.version] = {{"ref", said.ref}, {"failures", said.failures}};
    if (said.for_now) record.detail["versions"][voter.version]["for_now"] = true;
    if (said.for_now) record.detail[kRunAgain] = "a program that votes (" + voter.name + ") failed the last time";
  }
  return list;
}

}  // namespace

StageParts vote_parts(const StageContext& context) {
  const Project& project = context.project();
  StageParts parts{{"the dataset", context.data().output("dataset").hash},
                   {"data.text", names_part(project.data.text)},
                   {"data.decimal", std::string(1, project.data.read.decimal)},
                   {"data.time_zone", project.data.read.time_zone}};
  for (const Source& source : project.sources)
    parts.emplace_back((source.kind == Source::Kind::kLf ? "LF " : "source ") + source.name, source.version);
  for (const Slice& slice : project.slices) parts.emplace_back("slice " + slice.name, slice.version);
  return parts;
}

void run_vote(const StageContext& context, RunRecord& record) {
  const Project& project = context.project();
  check_columns(project.derived_slices, context.workspace.dataset(context.data()));  // They are read later, after minutes of training.
  const std::string scope = scope_of(context);
  KnownByVersion known = known_versions(context, scope);
  const std::size_t asked = ask(context, known);
  record.detail["scope"] = scope;
  record.detail["versions"] = nlohmann::json::object();
  ObjectStore& objects = context.workspace.objects();
  const nlohmann::json sources = manifest(project.sources, known, "source/", record);
  const nlohmann::json slices = manifest(project.slices, known, "slice/", record);
  record.outputs.insert(record.outputs.begin(), {{"votes", objects.put_json({{"format", "hone-votes/1"}, {"sources", sources}})},
                                                 {"slices", objects.put_json({{"format", "hone-slices/1"}, {"slices", slices}})}});
  record.counts = {{"sources", project.sources.size()}, {"asked", asked}};
}

}  // namespace hone
