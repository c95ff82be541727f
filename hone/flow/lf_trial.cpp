#include "hone/flow/lf_trial.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/core/suggest.h"
#include "hone/flow/failures_json_internal.h"
#include "hone/flow/main_path.h"
#include "hone/flow/matched_spans_internal.h"
#include "hone/vote/analysis.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

// The current votes with what they are judged by: gold of train and valid alone.
struct Votes {
  Dataset dataset;
  std::vector<SourceVotes> by_source;
  std::vector<Split> splits;
  Gold gold;
};

Votes current_votes(Workspace& workspace, int threads, const Progress& progress) {
  const RunResult run = run_project(workspace, {.until = "vote", .dry_run = false, .threads = threads}, progress);
  if (run.error) throw *run.error;
  Dataset dataset = workspace.dataset(workspace.needed("import"));
  Votes votes{dataset, workspace.votes(workspace.needed("vote")), dataset.splits(),
              read_gold(workspace.project(), dataset, GoldUse::kLearning)};
  return votes;
}

std::vector<std::string> names_of(const std::vector<Source>& sources) {
  std::vector<std::string> names;
  for (const Source& source : sources) names.push_back(source.name);
  return names;
}

nlohmann::json analysis_json(const Project& project, const Votes& votes, std::span<const SourceVotes> by_source,
                             const std::vector<std::string>& names) {
  const VoteMatrix matrix(votes.dataset.rows(), project.task.classes.size(), by_source);
  return to_json(analyze_votes(matrix, names, votes.gold.classes, votes.splits), project.task.classes);
}

// Rows on which both vote, and on which they differ.
nlohmann::json against_json(const std::string& name, const SourceVotes& mine, const SourceVotes& other) {
  std::uint64_t both = 0, differ = 0;
  for (std::size_t my_vote = 0, its_vote = 0; my_vote < mine.examples.size() && its_vote < other.examples.size();) {
    if (mine.examples[my_vote] == other.examples[its_vote]) {
      ++both;
      differ += mine.classes[my_vote++] != other.classes[its_vote++];
    } else if (mine.examples[my_vote] < other.examples[its_vote]) {
      ++my_vote;
    } else {
      ++its_vote;
    }
  }
  return {{"source", name}, {"both", both}, {"differ", differ}};
}

std::vector<bool> covered_by(const std::vector<const SourceVotes*>& sources, std::uint64_t rows) {
  std::vector<bool> covered(rows, false);
  for (const SourceVotes* source : sources)
    for (const std::uint32_t row : source->examples) covered[row] = true;
  return covered;
}

std::uint64_t newly_covered(const SourceVotes& mine, const std::vector<const SourceVotes*>& others, std::uint64_t rows) {
  const std::vector<bool> covered = covered_by(others, rows);
  return static_cast<std::uint64_t>(std::ranges::count_if(mine.examples, [&](std::uint32_t row) { return !covered[row]; }));
}

// Some rows it votes on, drawn evenly, never of the test split: LFs are written before test is looked at.
std::vector<std::size_t> drawn_votes(const SourceVotes& mine, const Votes& votes, std::size_t limit, std::uint64_t seed) {
  std::vector<std::size_t> places;
  for (std::size_t vote = 0; vote < mine.examples.size(); ++vote)
    if (votes.splits[mine.examples[vote]] != Split::kTest) places.push_back(vote);
  const RandomStream draw(seed, "lf.hits");
  const std::size_t shown = std::min(limit, places.size());
  std::ranges::partial_sort(places, places.begin() + static_cast<std::ptrdiff_t>(shown), {},
                            [&](std::size_t vote) { return draw.at(mine.examples[vote]); });
  places.resize(shown);
  std::ranges::sort(places);
  return places;
}

nlohmann::json hits_json(const Project& project, const Source& source, const SourceVotes& mine, const Votes& votes,
                         const TrialOptions& options) {
  nlohmann::json hits = nlohmann::json::array();
  for (const std::size_t vote : drawn_votes(mine, votes, options.hits, project.seed)) {
    const std::uint32_t row = mine.examples[vote];
    const RowFields fields = votes.dataset.row(row);
    const auto id = std::ranges::find(fields, kIdColumn, &RowFields::value_type::first);
    const ClassId gold = votes.gold.classes.empty() ? kNoClass : votes.gold.classes[row];
    hits.push_back({{"row", row},
                    {"id", id == fields.end() ? "" : id->second.value_or("")},
                    {"text", text_of(project, fields)},
                    {"votes", project.task.classes[mine.classes[vote]]},
                    {"gold", gold == kNoClass ? nlohmann::json() : nlohmann::json(project.task.classes[gold])},
                    {"matched", matched_spans(project, source, fields)}});
  }
  return hits;
}

struct Tried {
  const Source& source;
  const SourceVotes& votes;
  nlohmann::json failures;
};

nlohmann::json trial_json(const Project& project, const Tried& tried, const Votes& votes, const TrialOptions& options) {
  std::vector<const SourceVotes*> others;
  std::vector<SourceVotes> all{tried.votes};
  std::vector<std::string> names{tried.source.name};
  nlohmann::json against = nlohmann::json::array();
  for (std::size_t other = 0; other < votes.by_source.size(); ++other) {
    if (project.sources[other].name == tried.source.name) continue;
    others.push_back(&votes.by_source[other]);
    all.push_back(votes.by_source[other]);
    names.push_back(project.sources[other].name);
    against.push_back(against_json(names.back(), tried.votes, votes.by_source[other]));
  }
  nlohmann::json trial = analysis_json(project, votes, all, names).at("sources").at(0);
  trial["definition"] = tried.source.definition;
  trial["where"] = tried.source.file + ":" + std::to_string(tried.source.line);
  trial["rows"] = votes.dataset.rows();
  trial["newly_covered"] = newly_covered(tried.votes, others, votes.dataset.rows());
  trial["against"] = against;
  trial["failures"] = tried.failures;
  trial["hits"] = hits_json(project, tried.source, tried.votes, votes, options);
  return trial;
}

// A draft is one entry of `sources`, or a list with one; its name may be left out.
Source parse_draft(const Project& project, std::string_view yaml) {
  ConfigNode node = ConfigNode::parse_yaml(yaml, "draft");
  if (node.is_map()) {
    nlohmann::json entry = node.to_json_as_written();
    if (!entry.contains("lf") && !entry.contains("column")) entry["lf"] = "draft";
    node = ConfigNode::parse_yaml("[" + entry.dump() + "]", "draft");
  }
  const auto no_include = [](const std::string&, const ConfigNode& where) -> std::vector<std::pair<std::string, ConfigNode>> {
    throw where.error("a draft includes no files");
  };
  std::vector<Source> sources = parse_sources(node, project.task, no_include);
  if (sources.size() != 1)
    throw Error(ErrorCode::kInvalidProject, "a draft is one labeling function, such as {lf: draft, vote: CLASS, any: [word]}");
  return sources.front();
}

}  // namespace

nlohmann::json analyze_sources(Workspace& workspace, int threads, const Progress& progress) {
  const Votes votes = current_votes(workspace, threads, progress);
  const Project& project = workspace.project();
  nlohmann::json json = analysis_json(project, votes, votes.by_source, names_of(project.sources));
  const nlohmann::json said = workspace.json(workspace.needed("vote").output("votes"));
  for (std::size_t source = 0; source < project.sources.size(); ++source) {
    nlohmann::json& entry = json.at("sources").at(source);
    entry["failures"] = said.at("sources").at(source).at("failures");
    entry["where"] = project.sources[source].file + ":" + std::to_string(project.sources[source].line);
  }
  return json;
}

nlohmann::json try_source(Workspace& workspace, const std::string& name, const TrialOptions& options, const Progress& progress) {
  const Project& project = workspace.project();
  const auto found = std::ranges::find(project.sources, name, &Source::name);
  if (found == project.sources.end())
    throw Error(ErrorCode::kNotFound, "no source named '" + name + "'" + suggestion(name, names_of(project.sources)));
  const Votes votes = current_votes(workspace, options.threads, progress);
  const auto place = static_cast<std::size_t>(found - project.sources.begin());
  const nlohmann::json said = workspace.json(workspace.needed("vote").output("votes"));
  return trial_json(project, {*found, votes.by_source[place], said.at("sources").at(place).at("failures")}, votes, options);
}

nlohmann::json try_draft(Workspace& workspace, std::string_view yaml, const TrialOptions& options, const Progress& progress) {
  const Project& project = workspace.project();
  Source draft = parse_draft(project, yaml);
  keep_gold_to_train(project, draft);
  const Votes votes = current_votes(workspace, options.threads, progress);
  const std::vector<const Source*> asked{&draft};
  const Applied applied =
      apply_sources(votes.dataset, asked, {}, {.engine = engine_options(project), .threads = options.threads}, progress);
  return trial_json(project, {draft, applied.votes[0], failures_json(applied.failures[0])}, votes, options);
}

}  // namespace hone
