#include "hone/vote/vote_matrix.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "hone/core/error.h"

namespace hone {
namespace {

Error bad_votes(std::size_t source, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, "votes of source " + std::to_string(source) + ": " + what);
}

// Whether a vote may stand behind the one before it.
bool follows(const SourceVotes& votes, std::size_t vote, Answers::Rows rows) {
  if (votes.examples[vote] != votes.examples[vote - 1]) return votes.examples[vote] > votes.examples[vote - 1];
  return rows == Answers::Rows::kSeveral && votes.classes[vote] > votes.classes[vote - 1];
}

void check_examples(const SourceVotes& votes, std::size_t source, std::size_t examples, const Answers& answers) {
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
    if (votes.examples[vote] >= examples)
      throw bad_votes(source,
                      "example " + std::to_string(votes.examples[vote]) + " is outside the " + std::to_string(examples) + " examples");
    if (vote > 0 && !follows(votes, vote, answers.rows()))
      throw bad_votes(source, "examples must ascend, each once; " + std::to_string(votes.examples[vote]) + " follows " +
                                  std::to_string(votes.examples[vote - 1]));
  }
}

void check_source(const SourceVotes& votes, std::size_t source, const VoteShape& shape) {
  if (votes.classes.size() != votes.examples.size()) throw bad_votes(source, "as many classes as examples are needed");
  if (!votes.confidence.empty() && votes.confidence.size() != votes.examples.size())
    throw bad_votes(source, "as many confidences as examples are needed, or none");
  check_examples(votes, source, shape.examples, shape.answers);
  for (const ClassId voted : votes.classes)
    if (voted >= shape.answers.size())
      throw bad_votes(source,
                      shape.answers.size() == shape.classes
                          ? "class " + std::to_string(voted) + " is outside the " + std::to_string(shape.classes) + " classes"
                          : "answer " + std::to_string(voted) + " is outside the " + std::to_string(shape.answers.size()) + " answers");
  for (const float confidence : votes.confidence)
    if (!(confidence > 0.0f && confidence <= 1.0f)) throw bad_votes(source, "confidence must lie in (0, 1]");
}

Vote vote_at(const SourceVotes& votes, std::size_t source, std::size_t place) {
  return {static_cast<std::uint32_t>(source), votes.classes[place], votes.confidence.empty() ? 1.0f : votes.confidence[place]};
}

bool before(const Vote& a, const Vote& b) {
  return std::tie(a.source, a.class_id, a.confidence) < std::tie(b.source, b.class_id, b.confidence);
}

// The kinds of votes a source cast, ascending.
std::vector<Vote> kinds_of(const SourceVotes& votes, std::size_t source, std::size_t answers) {
  std::vector<Vote> kinds;
  if (votes.confidence.empty()) {
    std::vector<bool> cast(answers);
    for (const ClassId voted : votes.classes) cast[voted] = true;
    for (std::size_t id = 0; id < answers; ++id)
      if (cast[id]) kinds.push_back({static_cast<std::uint32_t>(source), static_cast<ClassId>(id), 1.0f});
    return kinds;
  }
  for (std::size_t vote = 0; vote < votes.classes.size(); ++vote) kinds.push_back(vote_at(votes, source, vote));
  std::ranges::sort(kinds, before);
  kinds.erase(std::ranges::unique(kinds).begin(), kinds.end());
  return kinds;
}

unsigned width_for(std::size_t kinds) { return kinds <= 0x100 ? 1 : kinds <= 0x10000 ? 2 : 4; }

void put_token(std::byte* at, std::size_t token, unsigned width) {
  const auto number = static_cast<std::uint32_t>(token);
  if (width == 1) {
    *at = static_cast<std::byte>(number);
  } else if (width == 2) {
    const auto half = static_cast<std::uint16_t>(number);
    std::memcpy(at, &half, sizeof half);
  } else {
    std::memcpy(at, &number, sizeof number);
  }
}

}  // namespace

VoteMatrix::VoteMatrix(std::size_t examples, Answers answers, std::span<const SourceVotes> sources)
    : VoteMatrix(examples, std::move(answers), sources.size(), [sources](std::size_t source) { return sources[source]; }) {}

VoteMatrix::VoteMatrix(std::size_t examples, Answers answers, std::size_t sources, const VotesOf& votes_of) {
  if (examples > std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorCode::kInvalidArgument, "a vote matrix holds at most 2^32 - 1 examples");
  auto data = std::make_shared<Data>();
  data->shape = {.examples = examples, .sources = sources, .classes = answers.classes(), .answers = answers};
  // Counting sort by example; going through the sources in order leaves them ascending on each example. begin[e + 2] counts the
  // votes on e, so that after the sums begin[e + 1] says where the next vote on e goes, and in the end where they stop.
  std::vector<std::uint64_t>& begin = data->begin;
  begin.assign(examples + 2, 0);
  for (std::size_t source = 0; source < sources; ++source) {
    const SourceVotes votes = votes_of(source);
    check_source(votes, source, data->shape);
    for (const std::uint32_t example : votes.examples) ++begin[example + 2];
    const std::vector<Vote> kinds = kinds_of(votes, source, answers.size());
    data->kinds.insert(data->kinds.end(), kinds.begin(), kinds.end());
  }
  for (std::size_t example = 2; example < begin.size(); ++example) begin[example] += begin[example - 1];
  data->width = width_for(data->kinds.size());
  data->tokens.resize(begin.back() * data->width);

  for (std::size_t source = 0; source < sources; ++source) {
    const SourceVotes votes = votes_of(source);
    auto kind = std::ranges::lower_bound(data->kinds, Vote{static_cast<std::uint32_t>(source), 0, 0.0f}, before);
    for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
      const Vote cast = vote_at(votes, source, vote);
      if (kind == data->kinds.end() || *kind != cast) kind = std::ranges::lower_bound(data->kinds, cast, before);
      const std::size_t example = votes.examples[vote];
      if (kind == data->kinds.end() || example >= examples || begin[example + 1] * data->width == data->tokens.size())
        throw Error(ErrorCode::kCorruptData, "the votes of source " + std::to_string(source) + " changed while they were read");
      const std::uint64_t place = begin[example + 1]++;
      put_token(&data->tokens[place * data->width], static_cast<std::size_t>(kind - data->kinds.begin()), data->width);
    }
  }
  begin.pop_back();
  data_ = std::move(data);
}

ExampleVotes VoteMatrix::on(std::size_t example) const {
  assert(example < shape().examples);
  const std::uint64_t first = data_->begin[example] * data_->width, end = data_->begin[example + 1] * data_->width;
  return {data_->kinds.data(), std::span(data_->tokens).subspan(first, end - first), data_->width};
}

VoteMatrix VoteMatrix::only(std::span<const std::uint32_t> examples) const {
  auto data = std::make_shared<Data>();
  data->shape = {.examples = examples.size(), .sources = shape().sources, .classes = shape().classes, .answers = answers()};
  data->kinds = data_->kinds;
  data->width = data_->width;
  data->begin.reserve(examples.size() + 1);
  data->begin.push_back(0);
  for (const std::uint32_t example : examples) {
    const std::span<const std::byte> tokens = on(example).tokens();
    data->tokens.insert(data->tokens.end(), tokens.begin(), tokens.end());
    data->begin.push_back(data->tokens.size() / data->width);
  }
  VoteMatrix some;
  some.data_ = std::move(data);
  return some;
}

}  // namespace hone
