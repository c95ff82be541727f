#include "hone/vote/analysis.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "hone/core/json.h"
#include "hone/core/parallel.h"

namespace hone {
namespace {

// Votes of one kind: a source, an answer and a confidence.
struct KindCounts {
  std::uint64_t votes = 0;
  std::uint64_t voted = 0;
  std::uint64_t overlapping = 0;
  std::uint64_t conflicting = 0;
};

// What a run of examples holds.
struct BlockCounts {
  std::uint64_t covered = 0, overlapping = 0, conflicting = 0;
  std::vector<KindCounts> by_kind;
};

// Whole numbers add up to the same in any order, so blocks need only be few enough for their counts to fit into memory.
constexpr std::size_t kBlockExamples = 65536, kMostBlocks = 64, kMostCounts = std::size_t{1} << 22;

std::size_t blocks_of(std::size_t examples, std::size_t counts) {
  const std::size_t by_memory = std::max<std::size_t>(1, kMostCounts / std::max<std::size_t>(1, counts));
  return std::clamp<std::size_t>(examples / kBlockExamples, 1, std::min(kMostBlocks, by_memory));
}

bool are_classes(const ExampleVotes& votes, const Answers& answers) {
  if (answers.rows() == Answers::Rows::kSeveral) return false;
  if (answers.size() == answers.classes()) return true;
  return std::ranges::all_of(votes, [&](const Vote& vote) { return answers.is_class(vote.class_id); });
}

// Of one class each: when they are not all alike, each of them has one beside it that differs.
void count_classes(const ExampleVotes& votes, const Answers& answers, BlockCounts& counts) {
  const bool overlaps = votes.size() > 1, conflicts = in_conflict(votes, answers);
  ++counts.covered;
  counts.overlapping += overlaps;
  counts.conflicting += conflicts;
  for (std::size_t place = 0; place < votes.size(); ++place) {
    KindCounts& kind = counts.by_kind[votes.kind(place)];
    ++kind.votes;
    ++kind.voted;
    kind.overlapping += overlaps;
    kind.conflicting += conflicts;
  }
}

// Whether a vote of another source is about the same, and whether one contradicts it.
struct Beside {
  bool overlaps = false, conflicts = false;
};

Beside beside(const Vote& vote, const ExampleVotes& votes, const Answers& answers) {
  Beside found;
  for (const Vote other : votes) {
    if (other.source == vote.source) continue;
    found.overlaps |= answers.rows() == Answers::Rows::kOne || answers.subject(other.class_id) == answers.subject(vote.class_id);
    found.conflicts |= !answers.agree(other.class_id, vote.class_id);
  }
  return found;
}

// The same where votes may be for sets, or several of one source. What holds for an example counts with the source's first vote on it.
void count_sets(const ExampleVotes& votes, const Answers& answers, BlockCounts& counts) {
  Beside on_example;
  for (std::size_t place = 0; place < votes.size();) {
    KindCounts& first = counts.by_kind[votes.kind(place)];
    const std::uint32_t source = votes[place].source;
    Beside of_source;
    for (; place < votes.size() && votes[place].source == source; ++place) {
      const Beside of_vote = beside(votes[place], votes, answers);
      of_source = {of_source.overlaps || of_vote.overlaps, of_source.conflicts || of_vote.conflicts};
      ++counts.by_kind[votes.kind(place)].votes;
    }
    ++first.voted;
    first.overlapping += of_source.overlaps;
    first.conflicting += of_source.conflicts;
    on_example = {on_example.overlaps || of_source.overlaps, on_example.conflicts || of_source.conflicts};
  }
  ++counts.covered;
  counts.overlapping += on_example.overlaps;
  counts.conflicting += on_example.conflicts;
}

void count_votes(const ExampleVotes& votes, const Answers& answers, BlockCounts& counts) {
  if (votes.empty()) return;
  are_classes(votes, answers) ? count_classes(votes, answers, counts) : count_sets(votes, answers, counts);
}

void add(const BlockCounts& counts, std::span<const Vote> kinds, VoteAnalysis& analysis) {
  analysis.covered += counts.covered;
  analysis.overlapping += counts.overlapping;
  analysis.conflicting += counts.conflicting;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const KindCounts& here = counts.by_kind[kind];
    SourceAnalysis& source = analysis.sources[kinds[kind].source];
    analysis.votes += here.votes;
    source.votes += here.votes;
    source.voted += here.voted;
    source.votes_by_class[kinds[kind].class_id] += here.votes;
    source.overlapping += here.overlapping;
    source.conflicting += here.conflicting;
  }
}

VoteAnalysis count_all(const VoteMatrix& votes, std::span<const std::string> names, int threads) {
  assert(names.size() == votes.shape().sources);
  VoteAnalysis analysis;
  analysis.examples = votes.shape().examples;
  for (const std::string& name : names) {
    analysis.sources.emplace_back();
    analysis.sources.back().name = name;
    analysis.sources.back().votes_by_class.resize(votes.answers().size());
  }
  const std::size_t examples = votes.shape().examples, blocks = blocks_of(examples, votes.kinds().size());
  std::vector<BlockCounts> counts(blocks);
  parallel_for(blocks, threads, [&](std::size_t block) {
    counts[block].by_kind.resize(votes.kinds().size());
    const BlockRange range = block_range(examples, blocks, block);
    for (std::size_t example = range.begin; example < range.end; ++example) count_votes(votes.on(example), votes.answers(), counts[block]);
  });
  for (const BlockCounts& block : counts) add(block, votes.kinds(), analysis);
  return analysis;
}

// The examples of each gold class, or group where no more is known, that may be looked at.
std::vector<std::vector<std::uint32_t>> examples_by_gold(std::span<const ClassId> gold, std::span<const Split> splits,
                                                         std::size_t answers) {
  std::vector<std::vector<std::uint32_t>> examples(answers);
  for (std::size_t example = 0; example < gold.size(); ++example)
    if (gold[example] != kNoClass && splits[example] != Split::kTest)
      examples[gold[example]].push_back(static_cast<std::uint32_t>(example));
  return examples;
}

using VotesOfKind = std::pair<std::size_t, std::uint64_t>;

// How many votes of each kind were cast on some examples, kinds ascending; those without votes are left out.
std::vector<VotesOfKind> votes_by_kind(const VoteMatrix& votes, std::span<const std::uint32_t> examples) {
  std::vector<std::uint32_t> counts(votes.kinds().size());
  for (const std::uint32_t example : examples) {
    const ExampleVotes row = votes.on(example);
    for (std::size_t place = 0; place < row.size(); ++place) ++counts[row.kind(place)];
  }
  std::vector<VotesOfKind> cast;
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    if (counts[kind] > 0) cast.emplace_back(kind, counts[kind]);
  return cast;
}

void count_on_gold(SourceAnalysis& source, ClassId by, std::uint64_t votes, std::uint64_t right) {
  source.votes_on_gold += votes;
  source.right_on_gold += right;
  GoldVotes& here = source.by_gold[by];
  here.votes += votes;
  here.right += right;
}

// Gold that is a group says nothing of a vote that allows some of its classes.
void compare_with_gold(const Vote& cast, std::uint64_t votes, ClassId gold, const Answers& answers, VoteAnalysis& analysis) {
  const bool right = answers.covers(cast.class_id, gold);
  if (right || !answers.agree(cast.class_id, gold)) count_on_gold(analysis.sources[cast.source], gold, votes, right ? votes : 0);
}

void compare_all_with_gold(const VoteMatrix& votes, std::span<const ClassId> gold, std::span<const Split> splits, int threads,
                           VoteAnalysis& analysis) {
  const auto examples = examples_by_gold(gold, splits, votes.answers().size());
  std::vector<std::vector<VotesOfKind>> cast(examples.size());
  parallel_for(examples.size(), threads, [&](std::size_t id) {
    if (!examples[id].empty()) cast[id] = votes_by_kind(votes, examples[id]);
  });
  for (std::size_t id = 0; id < cast.size(); ++id)
    for (const auto& [kind, count] : cast[id])
      compare_with_gold(votes.kinds()[kind], count, static_cast<ClassId>(id), votes.answers(), analysis);
}

void compare_all_with_gold(const VoteMatrix& votes, const ClassSets& gold, std::span<const Split> splits, VoteAnalysis& analysis) {
  const Answers& answers = votes.answers();
  for (std::size_t example = 0; example < gold.examples(); ++example) {
    if (!gold.known(example) || splits[example] == Split::kTest) continue;
    for (const Vote vote : votes.on(example)) {
      const ClassId about = answers.subject(vote.class_id);
      count_on_gold(analysis.sources[vote.source], about, 1, gold.holds(example, about) != answers.is_against(vote.class_id));
    }
  }
}

double share(std::uint64_t count, std::uint64_t n) { return n > 0 ? static_cast<double>(count) / static_cast<double>(n) : 0.0; }

nlohmann::json precision_json(const SourceAnalysis& source) {
  if (!source.precision()) return nullptr;
  const Interval interval = *source.precision_interval();
  return {{"value", *source.precision()}, {"low", interval.low}, {"high", interval.high}, {"n", source.votes_on_gold}};
}

nlohmann::json source_json(const SourceAnalysis& source, std::uint64_t examples, std::span<const std::string> answers) {
  nlohmann::json by_class = nlohmann::json::object();
  for (std::size_t class_id = 0; class_id < source.votes_by_class.size(); ++class_id)
    if (source.votes_by_class[class_id] > 0) by_class[answers[class_id]] = source.votes_by_class[class_id];
  nlohmann::json gold_votes = nlohmann::json::object(), gold_right = nlohmann::json::object();
  for (const auto& [gold, here] : source.by_gold) {
    gold_votes[answers[gold]] = here.votes;
    if (here.right > 0) gold_right[answers[gold]] = here.right;
  }
  return {{"name", source.name},
          {"votes", source.votes},
          {"coverage", share(source.voted, examples)},
          {"overlap", share(source.overlapping, examples)},
          {"conflict", share(source.conflicting, examples)},
          {"votes_by_class", by_class},
          {"precision", precision_json(source)},
          {"gold_votes", gold_votes},
          {"gold_right", gold_right}};
}

}  // namespace

bool in_conflict(const ExampleVotes& votes, const Answers& answers) {
  return std::ranges::any_of(votes, [&](const Vote& vote) {
    if (vote.class_id == votes[0].class_id) return false;
    return std::ranges::any_of(votes, [&](const Vote& other) { return !answers.agree(vote.class_id, other.class_id); });
  });
}

std::optional<double> SourceAnalysis::precision() const {
  if (votes_on_gold == 0) return std::nullopt;
  return share(right_on_gold, votes_on_gold);
}

VoteAnalysis analyze_votes(const VoteMatrix& votes, std::span<const std::string> names, std::span<const ClassId> gold,
                           std::span<const Split> splits, int threads) {
  assert(gold.empty() || (gold.size() == votes.shape().examples && splits.size() == gold.size()));
  VoteAnalysis analysis = count_all(votes, names, threads);
  if (!gold.empty()) compare_all_with_gold(votes, gold, splits, threads, analysis);
  return analysis;
}

VoteAnalysis analyze_set_votes(const VoteMatrix& votes, std::span<const std::string> names, const ClassSets& gold,
                               std::span<const Split> splits, int threads) {
  assert(votes.answers().rows() == Answers::Rows::kSeveral);
  assert(gold.empty() || (gold.examples() == votes.shape().examples && splits.size() == gold.examples()));
  VoteAnalysis analysis = count_all(votes, names, threads);
  compare_all_with_gold(votes, gold, splits, analysis);
  return analysis;
}

nlohmann::json to_json(const VoteAnalysis& analysis, std::span<const std::string> answers) {
  nlohmann::json sources = nlohmann::json::array();
  for (const SourceAnalysis& source : analysis.sources) sources.push_back(source_json(source, analysis.examples, answers));
  return {{"examples", analysis.examples},
          {"covered", share(analysis.covered, analysis.examples)},
          {"overlap", share(analysis.overlapping, analysis.examples)},
          {"conflict", share(analysis.conflicting, analysis.examples)},
          {"votes", analysis.votes},
          {"sources", sources}};
}

}  // namespace hone
