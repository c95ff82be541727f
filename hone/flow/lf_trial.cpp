#include "hone/flow/lf_trial.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/random.h"
#include "hone/core/suggest.h"
#include "hone/data/row_texts.h"
#include "hone/flow/failures_json_internal.h"
#include "hone/flow/label_effect_internal.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/main_path.h"
#include "hone/flow/matched_spans_internal.h"
#include "hone/flow/model_voter_internal.h"
#include "hone/flow/slice_rows_internal.h"
#include "hone/stats/proportion.h"
#include "hone/vote/analysis.h"
#include "hone/vote/source_pairs.h"
#include "hone/vote/vote_stage.h"

namespace hone {
namespace {

// The current votes with what they are judged by: gold of train and valid alone.
struct Votes {
  Dataset dataset;
  std::vector<SourceVotes> by_source;
  std::vector<Split> splits;
  Gold gold;
  Answers answers;
  std::vector<std::string> names;                   // Of the answers.
  std::optional<std::vector<std::uint32_t>> slice;  // Rows that are looked at; nothing: all.

  std::uint64_t rows() const { return slice ? slice->size() : dataset.rows(); }
  // Those on rows that are looked at; `some` holds them where they are not all.
  const SourceVotes& seen(const SourceVotes& all, SourceVotes& some) const {
    if (!slice) return all;
    for (std::size_t vote = 0; vote < all.examples.size(); ++vote) {
      if (!std::ranges::binary_search(*slice, all.examples[vote])) continue;
      some.examples.push_back(all.examples[vote]);
      some.classes.push_back(all.classes[vote]);
      if (!all.confidence.empty()) some.confidence.push_back(all.confidence[vote]);
    }
    return some;
  }
};

// Of the project, brought up to its votes.
Dataset current_dataset(Workspace& workspace, int threads, const Progress& progress) {
  const RunResult run = run_project(workspace, {.until = "vote", .dry_run = false, .threads = threads}, progress);
  if (run.error) throw *run.error;
  return workspace.dataset(workspace.needed(data_stage(workspace.project())));
}

std::optional<std::vector<std::uint32_t>> slice_asked(Workspace& workspace, const Dataset& dataset, const std::string& name) {
  if (name.empty()) return std::nullopt;
  return rows_of_slice(workspace, workspace.needed(data_stage(workspace.project())), dataset, name);
}

Votes current_votes(Workspace& workspace, const TrialOptions& options, const Progress& progress) {
  Dataset dataset = current_dataset(workspace, options.threads, progress);
  Votes votes{dataset,
              workspace.votes(workspace.needed("vote")),
              dataset.splits(),
              read_gold(workspace.project(), dataset, GoldUse::kLearning),
              workspace.project().task.answers(),
              workspace.project().task.answer_names(),
              slice_asked(workspace, dataset, options.slice)};
  return votes;
}

std::vector<std::string> names_of(const std::vector<Source>& sources) {
  std::vector<std::string> names;
  for (const Source& source : sources) names.push_back(source.name);
  return names;
}

nlohmann::json share_json(std::uint64_t count, std::uint64_t n) {
  if (n == 0) return nullptr;
  const Interval interval = *wilson(count, n);
  return {{"value", static_cast<double>(count) / static_cast<double>(n)}, {"low", interval.low}, {"high", interval.high}, {"n", n}};
}

// All votes, or those on the rows of a slice.
struct Looked {
  VoteMatrix votes;
  std::vector<ClassId> gold;  // A class or node by row; empty: none.
  ClassSets gold_sets;        // The same where rows may hold several classes.
  std::vector<Split> splits;

  Looked only(std::span<const std::uint32_t> rows) const {
    Looked some{.votes = votes.only(rows), .gold = {}, .gold_sets = {}, .splits = {}};
    for (const std::uint32_t row : rows) {
      if (!gold.empty()) some.gold.push_back(gold[row]);
      if (!gold_sets.empty()) gold_sets.known(row) ? some.gold_sets.add(gold_sets.of(row)) : some.gold_sets.add_unknown();
      some.splits.push_back(splits[row]);
    }
    return some;
  }

  VoteAnalysis analysis(std::span<const std::string> names, int threads) const {
    if (votes.answers().rows() == Answers::Rows::kSeveral) return analyze_set_votes(votes, names, gold_sets, splits, threads);
    return analyze_votes(votes, names, gold, splits, threads);
  }
};

Looked looked_at(Workspace& workspace, const Dataset& dataset) {
  Gold gold = read_gold(workspace.project(), dataset, GoldUse::kLearning);
  return {.votes = workspace.vote_matrix(workspace.needed("vote"), dataset.rows()),
          .gold = gold.answers(),
          .gold_sets = std::move(gold.sets),
          .splits = dataset.splits()};
}

// Meetings of two votes, so many that ten million rows with twenty votes each are all looked at.
constexpr std::uint64_t kMostMeetings = 4'000'000'000;

nlohmann::json pairs_json(const VoteMatrix& votes, const std::vector<std::string>& names, int threads) {
  const SourcePairs found = source_pairs(votes, {.most_meetings = kMostMeetings, .threads = threads});
  nlohmann::json list = nlohmann::json::array();
  for (const SourcePair& pair : found.pairs)
    list.push_back({{"a", names[pair.a]},
                    {"b", names[pair.b]},
                    {"both", pair.both},
                    {"differ", pair.differ},
                    {"agreement", share_json(pair.both - pair.differ, pair.both)}});
  return {{"list", list}, {"left_out", found.left_out}, {"rows", found.rows}};
}

// Rows on which both vote, and on which they contradict each other.
nlohmann::json against_json(const std::string& name, const SourceVotes& mine, const SourceVotes& other, const Answers& answers) {
  std::uint64_t both = 0, differ = 0;
  const bool several = answers.rows() == Answers::Rows::kSeveral;
  for (std::size_t my_vote = 0, first = 0; my_vote < mine.examples.size(); ++my_vote) {
    while (first < other.examples.size() && other.examples[first] < mine.examples[my_vote]) ++first;
    for (std::size_t its_vote = first; its_vote < other.examples.size() && other.examples[its_vote] == mine.examples[my_vote]; ++its_vote) {
      const ClassId mine_says = mine.classes[my_vote], it_says = other.classes[its_vote];
      if (several && answers.subject(mine_says) != answers.subject(it_says)) continue;  // Answers to different questions.
      ++both;
      differ += !answers.agree(mine_says, it_says);
    }
  }
  return {{"source", name}, {"both", both}, {"differ", differ}, {"agreement", share_json(both - differ, both)}};
}

std::vector<bool> covered_by(std::span<const VotingSource> sources, std::uint64_t rows) {
  std::vector<bool> covered(rows, false);
  for (const VotingSource& source : sources)
    for (const std::uint32_t row : source.votes->examples) covered[row] = true;
  return covered;
}

std::uint64_t newly_covered(const SourceVotes& mine, std::span<const VotingSource> others, std::uint64_t rows) {
  const std::vector<bool> covered = covered_by(others, rows);
  return static_cast<std::uint64_t>(std::ranges::count_if(mine.examples, [&](std::uint32_t row) { return !covered[row]; }));
}

// What gold says of a vote.
enum class Verdict { kWrong, kRight, kUnknown };

Verdict verdict_on(const SourceVotes& mine, std::size_t vote, const Votes& votes) {
  const std::optional<bool> right = votes.gold.right(mine.examples[vote], mine.classes[vote], votes.answers);
  if (!right) return Verdict::kUnknown;
  return *right ? Verdict::kRight : Verdict::kWrong;
}

// How many of `limit` rows are wrong, right and unknown: wrong ones teach most, and what one kind lacks the others fill.
std::array<std::size_t, 3> shares_of(std::size_t limit, const std::array<std::size_t, 3>& there) {
  std::array<std::size_t, 3> shares{std::min(there[0], (limit + 1) / 2), std::min(there[1], (limit + 2) / 4), 0};
  std::size_t left = limit - std::min(limit, shares[0] + shares[1]);
  for (const std::size_t verdict : {2, 0, 1}) {
    const std::size_t more = std::min(left, there[verdict] - shares[verdict]);
    shares[verdict] += more;
    left -= more;
  }
  return shares;
}

// Some rows it votes on, drawn evenly among the wrong, the right and the unknown, in that order; never of the test split: LFs are
// written before test is looked at.
std::vector<std::size_t> drawn_votes(const SourceVotes& mine, const Votes& votes, std::size_t limit, std::uint64_t seed) {
  std::array<std::vector<std::size_t>, 3> places;
  for (std::size_t vote = 0; vote < mine.examples.size(); ++vote)
    if (votes.splits[mine.examples[vote]] != Split::kTest) places[static_cast<std::size_t>(verdict_on(mine, vote, votes))].push_back(vote);
  const RandomStream draw(seed, "lf.hits");
  const auto shares = shares_of(limit, {places[0].size(), places[1].size(), places[2].size()});
  std::vector<std::size_t> drawn;
  for (std::size_t verdict = 0; verdict < places.size(); ++verdict) {
    std::vector<std::size_t>& some = places[verdict];
    std::ranges::partial_sort(some, some.begin() + static_cast<std::ptrdiff_t>(shares[verdict]), {},
                              [&](std::size_t vote) { return draw.at(mine.examples[vote]); });
    some.resize(shares[verdict]);
    std::ranges::sort(some);
    drawn.insert(drawn.end(), some.begin(), some.end());
  }
  return drawn;
}

nlohmann::json hit_json(const SourceVotes& mine, std::size_t vote, const Votes& votes) {
  const std::uint32_t row = mine.examples[vote];
  const std::optional<bool> right = votes.gold.right(row, mine.classes[vote], votes.answers);
  return {{"row", row},
          {"votes", votes.names[mine.classes[vote]]},
          {"gold", gold_json(votes.gold, row, votes.names)},
          {"right", right ? nlohmann::json(*right) : nlohmann::json()}};
}

nlohmann::json hits_json(const Project& project, const Source& source, const SourceVotes& mine, const Votes& votes,
                         const TrialOptions& options) {
  const std::vector<std::size_t> drawn = drawn_votes(mine, votes, options.hits, project.seed);
  std::vector<std::uint32_t> rows;
  for (const std::size_t vote : drawn) rows.push_back(mine.examples[vote]);
  std::ranges::sort(rows);
  const MatchedSpans spans(project, source);
  std::vector<std::string> columns = spans.columns();
  columns.emplace_back(kIdColumn);
  const std::vector<RowTexts> texts = row_texts(votes.dataset, rows, columns);
  nlohmann::json hits = nlohmann::json::array();
  for (const std::size_t vote : drawn) {
    const RowTexts& values = texts[static_cast<std::size_t>(std::ranges::lower_bound(rows, mine.examples[vote]) - rows.begin())];
    RowFields fields;
    for (std::size_t column = 0; column < columns.size(); ++column) fields.emplace_back(columns[column], values[column]);
    nlohmann::json hit = hit_json(mine, vote, votes);
    hit["id"] = values.back().value_or("");
    hit["text"] = text_of(project, fields);
    hit["matched"] = spans.in(fields);
    hits.push_back(std::move(hit));
  }
  return hits;
}

struct Tried {
  const Source& source;
  const SourceVotes& votes;
  nlohmann::json failures;
};

// The source beside the others.
nlohmann::json analysis_json(const Tried& tried, std::span<const VotingSource> others, const Votes& votes, const TrialOptions& options) {
  std::vector<std::string> names{tried.source.name};
  for (const VotingSource& other : others) names.push_back(other.source->name);
  const auto votes_of = [&](std::size_t source) { return source == 0 ? tried.votes : *others[source - 1].votes; };
  Looked looked{.votes = VoteMatrix(votes.dataset.rows(), votes.answers, names.size(), votes_of),
                .gold = votes.gold.answers(),
                .gold_sets = votes.gold.sets,
                .splits = votes.splits};
  if (votes.slice) looked = looked.only(*votes.slice);
  return to_json(looked.analysis(names, options.threads), votes.names).at("sources").at(0);
}

nlohmann::json labels_json(const Project& project, const Tried& tried, std::span<const VotingSource> others, const Votes& votes,
                           const TrialOptions& options) {
  if (project.task.is_multi_label()) return nullptr;  // Not told.
  const VotesOfProject all{project, votes.dataset.rows(), votes.gold.classes, votes.slice ? &*votes.slice : nullptr};
  return label_effect_json(all, others, {&tried.source, &tried.votes}, options.threads);
}

nlohmann::json trial_json(const Project& project, const Tried& tried, const Votes& votes, const TrialOptions& options) {
  std::vector<VotingSource> others, others_seen;
  SourceVotes mine_held;
  std::vector<SourceVotes> held(votes.by_source.size());
  const SourceVotes& seen = votes.seen(tried.votes, mine_held);
  nlohmann::json against = nlohmann::json::array();
  for (std::size_t other = 0; other < votes.by_source.size(); ++other) {
    const Source& source = project.sources[other];
    if (source.name == tried.source.name) continue;
    const SourceVotes& its_seen = votes.seen(votes.by_source[other], held[other]);
    others.push_back({&source, &votes.by_source[other]});
    others_seen.push_back({&source, &its_seen});
    against.push_back(against_json(source.name, seen, its_seen, votes.answers));
  }
  nlohmann::json trial = analysis_json(tried, others, votes, options);
  trial["definition"] = tried.source.definition;
  trial["where"] = tried.source.file + ":" + std::to_string(tried.source.line);
  trial["slice"] = votes.slice ? nlohmann::json(options.slice) : nlohmann::json();
  trial["rows"] = votes.rows();
  trial["newly_covered"] = newly_covered(seen, others_seen, votes.dataset.rows());
  const double conflict = trial.at("conflict");  // A share of the rows that are looked at.
  trial["conflicting"] = static_cast<std::uint64_t>(std::llround(conflict * static_cast<double>(votes.rows())));
  trial["against"] = against;
  trial["labels"] = labels_json(project, tried, others, votes, options);
  trial["failures"] = tried.failures;
  trial["hits"] = hits_json(project, tried.source, seen, votes, options);
  return trial;
}

// A draft is one entry of `sources`, or a list with one; its name may be left out.
Source parse_draft(const Project& project, std::string_view yaml) {
  ConfigNode node = ConfigNode::parse_yaml(yaml, "draft");
  if (node.is_map()) {
    nlohmann::json entry = node.to_json_as_written();
    if (!is_source(node)) entry["lf"] = "draft";
    if (!entry.contains("lf") && !entry.contains("column") && !entry.contains("name")) entry["name"] = "draft";
    node = ConfigNode::parse_yaml("[" + entry.dump() + "]", "draft");
  }
  const auto no_include = [](const std::string&, const ConfigNode& where) -> std::vector<std::pair<std::string, ConfigNode>> {
    throw where.error("a draft includes no files; give one entry, such as {lf: draft, vote: CLASS, any: [word]}");
  };
  std::vector<Source> sources = parse_sources(node, project.task, no_include, file_reader(project.root));
  if (sources.size() != 1)
    throw Error(ErrorCode::kInvalidProject, "a draft is one labeling function, such as {lf: draft, vote: CLASS, any: [word]}");
  return sources.front();
}

}  // namespace

nlohmann::json analyze_sources(Workspace& workspace, const AnalysisOptions& options, const Progress& progress) {
  const Project& project = workspace.project();
  const Dataset dataset = current_dataset(workspace, options.threads, progress);
  Looked looked = looked_at(workspace, dataset);
  const auto slice = slice_asked(workspace, dataset, options.slice);
  if (slice) looked = looked.only(*slice);
  const std::vector<std::string> names = names_of(project.sources);
  nlohmann::json json = to_json(looked.analysis(names, options.threads), project.task.answer_names());
  json["slice"] = slice ? nlohmann::json(options.slice) : nlohmann::json();
  if (options.pairs) json["pairs"] = pairs_json(looked.votes, names, options.threads);
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
    throw Error(ErrorCode::kNotFound, "no source named '" + name + "'" + suggestion(name, names_of(project.sources)) +
                                          "; `hone lf` shows all, `hone lf -` tries a draft");
  const Votes votes = current_votes(workspace, options, progress);
  const auto place = static_cast<std::size_t>(found - project.sources.begin());
  const nlohmann::json said = workspace.json(workspace.needed("vote").output("votes"));
  return trial_json(project, {*found, votes.by_source[place], said.at("sources").at(place).at("failures")}, votes, options);
}

nlohmann::json try_draft(Workspace& workspace, std::string_view yaml, const TrialOptions& options, const Progress& progress) {
  const Project& project = workspace.project();
  Source draft = parse_draft(project, yaml);
  complete_source(project, draft);
  const Votes votes = current_votes(workspace, options, progress);
  const std::vector<const Source*> asked{&draft};
  const ProjectLock lock(project.state() / "lock");  // A run would sweep away what a model predicts.
  ApplyOptions apply = apply_options(project, options.threads);
  apply.given = model_voters(workspace, votes.dataset, {asked, project.task.classes}, options.threads, progress);
  const Applied applied = apply_sources(votes.dataset, asked, {}, apply, progress);
  return trial_json(project, {draft, applied.votes[0].unpacked(), failures_json(applied.failures[0])}, votes, options);
}

}  // namespace hone
