#include "hone/vote/vote_matrix.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <string>

#include "hone/core/error.h"

namespace hone {
namespace {

Error bad_votes(std::size_t source, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, "votes of source " + std::to_string(source) + ": " + what);
}

void check_examples(const SourceVotes& votes, std::size_t source, std::size_t examples) {
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
    if (votes.examples[vote] >= examples)
      throw bad_votes(source,
                      "example " + std::to_string(votes.examples[vote]) + " is outside the " + std::to_string(examples) + " examples");
    if (vote > 0 && votes.examples[vote] <= votes.examples[vote - 1])
      throw bad_votes(source, "examples must ascend, each once; " + std::to_string(votes.examples[vote]) + " follows " +
                                  std::to_string(votes.examples[vote - 1]));
  }
}

void check_source(const SourceVotes& votes, std::size_t source, const VoteShape& shape) {
  if (votes.classes.size() != votes.examples.size()) throw bad_votes(source, "as many classes as examples are needed");
  if (!votes.confidence.empty() && votes.confidence.size() != votes.examples.size())
    throw bad_votes(source, "as many confidences as examples are needed, or none");
  check_examples(votes, source, shape.examples);
  for (const ClassId voted : votes.classes)
    if (voted >= shape.classes)
      throw bad_votes(source, "class " + std::to_string(voted) + " is outside the " + std::to_string(shape.classes) + " classes");
  for (const float confidence : votes.confidence)
    if (!(confidence > 0.0f && confidence <= 1.0f)) throw bad_votes(source, "confidence must lie in (0, 1]");
}

bool is_uncertain(const SourceVotes& votes) {
  return std::ranges::any_of(votes.confidence, [](float confidence) { return confidence != 1.0f; });
}

}  // namespace

VoteMatrix::VoteMatrix(std::size_t examples, std::size_t classes, std::span<const SourceVotes> sources)
    : shape_{.examples = examples, .sources = sources.size(), .classes = classes} {
  if (examples > std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorCode::kInvalidArgument, "a vote matrix holds at most 2^32 - 1 examples");
  // Counting sort by example; going through the sources in order leaves them ascending on each example.
  begin_.assign(examples + 1, 0);
  for (std::size_t source = 0; source < sources.size(); ++source) {
    check_source(sources[source], source, shape_);
    for (const std::uint32_t example : sources[source].examples) ++begin_[example + 1];
  }
  for (std::size_t example = 0; example < examples; ++example) begin_[example + 1] += begin_[example];
  sources_.resize(begin_.back());
  classes_.resize(begin_.back());
  if (std::ranges::any_of(sources, is_uncertain)) confidence_.assign(begin_.back(), 1.0f);

  std::vector<std::uint64_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t source = 0; source < sources.size(); ++source) {
    const SourceVotes& votes = sources[source];
    for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
      const std::uint64_t place = next[votes.examples[vote]]++;
      sources_[place] = static_cast<std::uint32_t>(source);
      classes_[place] = votes.classes[vote];
      if (!votes.confidence.empty() && !confidence_.empty()) confidence_[place] = votes.confidence[vote];
    }
  }
}

ExampleVotes VoteMatrix::on(std::size_t example) const {
  assert(example < shape_.examples);
  const std::uint64_t first = begin_[example], votes = begin_[example + 1] - first;
  ExampleVotes found{std::span(sources_).subspan(first, votes), std::span(classes_).subspan(first, votes), {}};
  if (has_confidence()) found.confidence = std::span(confidence_).subspan(first, votes);
  return found;
}

}  // namespace hone
