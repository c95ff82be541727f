#include "hone/vote/analysis.h"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

namespace hone {
namespace {

bool has_conflict(const ExampleVotes& votes) {
  return std::ranges::any_of(votes.classes, [&](ClassId voted) { return voted != votes.classes.front(); });
}

// When the votes on an example are not all alike, each of them has one beside it that differs.
void count_votes(const ExampleVotes& votes, VoteAnalysis& analysis) {
  const bool overlaps = votes.size() > 1, conflicts = has_conflict(votes);
  analysis.votes += votes.size();
  analysis.covered += votes.size() > 0;
  analysis.overlapping += overlaps;
  analysis.conflicting += conflicts;
  for (std::size_t vote = 0; vote < votes.size(); ++vote) {
    SourceAnalysis& source = analysis.sources[votes.sources[vote]];
    ++source.votes;
    ++source.votes_by_class[votes.classes[vote]];
    source.overlapping += overlaps;
    source.conflicting += conflicts;
  }
}

void compare_with_gold(const ExampleVotes& votes, ClassId gold, VoteAnalysis& analysis) {
  for (std::size_t vote = 0; vote < votes.size(); ++vote) {
    SourceAnalysis& source = analysis.sources[votes.sources[vote]];
    ++source.votes_on_gold;
    source.right_on_gold += votes.classes[vote] == gold;
  }
}

double share(std::uint64_t count, std::uint64_t n) { return n > 0 ? static_cast<double>(count) / static_cast<double>(n) : 0.0; }

nlohmann::json precision_json(const SourceAnalysis& source) {
  if (!source.precision()) return nullptr;
  const Interval interval = *source.precision_interval();
  return {{"value", *source.precision()}, {"low", interval.low}, {"high", interval.high}, {"n", source.votes_on_gold}};
}

nlohmann::json source_json(const SourceAnalysis& source, std::uint64_t examples, std::span<const std::string> classes) {
  nlohmann::json by_class = nlohmann::json::object();
  for (std::size_t class_id = 0; class_id < source.votes_by_class.size(); ++class_id)
    if (source.votes_by_class[class_id] > 0) by_class[classes[class_id]] = source.votes_by_class[class_id];
  return {{"name", source.name},
          {"votes", source.votes},
          {"coverage", share(source.votes, examples)},
          {"overlap", share(source.overlapping, examples)},
          {"conflict", share(source.conflicting, examples)},
          {"votes_by_class", by_class},
          {"precision", precision_json(source)}};
}

}  // namespace

std::optional<double> SourceAnalysis::precision() const {
  if (votes_on_gold == 0) return std::nullopt;
  return share(right_on_gold, votes_on_gold);
}

VoteAnalysis analyze_votes(const VoteMatrix& votes, std::span<const std::string> names, std::span<const ClassId> gold,
                           std::span<const Split> splits) {
  const VoteShape& shape = votes.shape();
  assert(names.size() == shape.sources);
  assert(gold.empty() || (gold.size() == shape.examples && splits.size() == shape.examples));
  VoteAnalysis analysis;
  analysis.examples = shape.examples;
  for (const std::string& name : names) {
    analysis.sources.emplace_back();
    analysis.sources.back().name = name;
    analysis.sources.back().votes_by_class.resize(shape.classes);
  }
  for (std::size_t example = 0; example < shape.examples; ++example) {
    const ExampleVotes row = votes.on(example);
    count_votes(row, analysis);
    if (!gold.empty() && gold[example] != kNoClass && splits[example] != Split::kTest) compare_with_gold(row, gold[example], analysis);
  }
  return analysis;
}

nlohmann::json to_json(const VoteAnalysis& analysis, std::span<const std::string> classes) {
  nlohmann::json sources = nlohmann::json::array();
  for (const SourceAnalysis& source : analysis.sources) sources.push_back(source_json(source, analysis.examples, classes));
  return {{"examples", analysis.examples},
          {"covered", share(analysis.covered, analysis.examples)},
          {"overlap", share(analysis.overlapping, analysis.examples)},
          {"conflict", share(analysis.conflicting, analysis.examples)},
          {"votes", analysis.votes},
          {"sources", sources}};
}

}  // namespace hone
