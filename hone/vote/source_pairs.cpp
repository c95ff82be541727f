#include "hone/vote/source_pairs.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "hone/core/parallel.h"

namespace hone {
namespace {

constexpr std::uint32_t kLeftOut = UINT32_MAX;

// The `most` sources with the most votes, ascending.
std::vector<std::uint32_t> busiest(const VoteMatrix& votes, std::size_t most) {
  std::vector<std::uint32_t> sources(votes.shape().sources);
  std::iota(sources.begin(), sources.end(), 0u);
  if (sources.size() <= most) return sources;
  std::vector<std::uint64_t> count(sources.size());
  for (std::size_t example = 0; example < votes.shape().examples; ++example)
    for (const Vote vote : votes.on(example)) ++count[vote.source];
  std::ranges::stable_sort(sources, std::greater{}, [&](std::uint32_t source) { return count[source]; });
  sources.resize(most);
  std::ranges::sort(sources);
  return sources;
}

// Every how manieth row is looked at, so that no more than so many pairs of votes are.
std::size_t stride_of(const VoteMatrix& votes, std::uint64_t most_meetings) {
  std::uint64_t meetings = 0;
  for (std::size_t example = 0; example < votes.shape().examples; ++example) {
    const std::uint64_t here = votes.on(example).size();
    meetings += here * (here - 1) / 2 * (here > 0);
  }
  return static_cast<std::size_t>(std::max<std::uint64_t>(1, (meetings + most_meetings - 1) / most_meetings));
}

// Counts of a pair: of one run of rows in 32 bits, which rows cannot exceed, of all in 64.
template <typename Number>
struct Count {
  Number both = 0, differ = 0;
};

// The sources that are counted, each with its place among them.
struct Places {
  Places(std::vector<std::uint32_t> counted, std::size_t of) : sources(std::move(counted)), of_source(of, kLeftOut) {
    for (std::uint32_t place = 0; place < sources.size(); ++place) of_source[sources[place]] = place;
  }
  std::size_t size() const { return sources.size(); }

  std::vector<std::uint32_t> sources;
  std::vector<std::uint32_t> of_source;  // kLeftOut for those that are not counted.
};

// Counts of pairs on a run of rows, kept as a square whose upper half is used.
class PairCounts {
 public:
  PairCounts(const Places& places, const Answers& answers) : places_(places), answers_(answers), counts_(places.size() * places.size()) {}

  void add(const ExampleVotes& votes) {
    here_.clear();
    for (const Vote vote : votes)
      if (places_.of_source[vote.source] != kLeftOut) here_.push_back({places_.of_source[vote.source], vote.class_id});
    for (std::size_t first = 0; first + 1 < here_.size(); ++first) {
      Count<std::uint32_t>* const row = &counts_[here_[first].place * places_.size()];
      for (std::size_t second = first + 1; second < here_.size(); ++second) {
        if (!meet(here_[first].voted, here_[second].voted)) continue;
        Count<std::uint32_t>& count = row[here_[second].place];
        ++count.both;
        count.differ += !answers_.agree(here_[first].voted, here_[second].voted);
      }
    }
  }

  const std::vector<Count<std::uint32_t>>& counts() const { return counts_; }

 private:
  struct Here {
    std::uint32_t place = 0;
    ClassId voted = 0;
  };

  // Where a row may hold several classes, votes about different ones are answers to different questions.
  bool meet(ClassId a, ClassId b) const { return answers_.rows() == Answers::Rows::kOne || answers_.subject(a) == answers_.subject(b); }

  const Places& places_;
  const Answers& answers_;
  std::vector<Count<std::uint32_t>> counts_;
  std::vector<Here> here_;  // On the row that is added.
};

// Whole numbers add up to the same in any order, so blocks need only be few enough for their squares to fit into memory.
constexpr std::size_t kBlockRows = 65536, kMostPairBlocks = 16, kMostPairCounts = std::size_t{1} << 23;

std::size_t blocks_of(std::size_t rows, const Places& places) {
  const std::size_t by_memory = std::max<std::size_t>(1, kMostPairCounts / std::max<std::size_t>(1, places.size() * places.size()));
  return std::clamp<std::size_t>(rows / kBlockRows, 1, std::min(kMostPairBlocks, by_memory));
}

using Counts = std::vector<Count<std::uint64_t>>;

// On `rows` rows, each `stride` after the one before.
Counts count_pairs(const VoteMatrix& votes, const Places& places, std::size_t rows, std::size_t stride, int threads) {
  const std::size_t blocks = blocks_of(rows, places);
  std::vector<PairCounts> counts(blocks, PairCounts(places, votes.answers()));
  parallel_for(blocks, threads, [&](std::size_t block) {
    const BlockRange range = block_range(rows, blocks, block);
    for (std::size_t row = range.begin; row < range.end; ++row) counts[block].add(votes.on(row * stride));
  });
  Counts sums(places.size() * places.size());
  for (const PairCounts& block : counts)
    for (std::size_t cell = 0; cell < sums.size(); ++cell) {
      sums[cell].both += block.counts()[cell].both;
      sums[cell].differ += block.counts()[cell].differ;
    }
  return sums;
}

std::vector<SourcePair> pairs_that_meet(const Counts& counts, const Places& places) {
  std::vector<SourcePair> found;
  for (std::size_t a = 0; a < places.size(); ++a)
    for (std::size_t b = a + 1; b < places.size(); ++b)
      if (const Count<std::uint64_t>& count = counts[a * places.size() + b]; count.both > 0)
        found.push_back({places.sources[a], places.sources[b], count.both, count.differ});
  return found;
}

bool comes_first(const SourcePair& left, const SourcePair& right) {
  return std::tuple(right.differ, right.both, left.a, left.b) < std::tuple(left.differ, left.both, right.a, right.b);
}

}  // namespace

SourcePairs source_pairs(const VoteMatrix& votes, const SourcePairsOptions& options) {
  const Places places(busiest(votes, options.most_sources), votes.shape().sources);
  const std::size_t stride = stride_of(votes, options.most_meetings);
  SourcePairs found;
  found.rows = (votes.shape().examples + stride - 1) / stride;
  found.pairs = pairs_that_meet(count_pairs(votes, places, found.rows, stride, options.threads), places);
  std::ranges::sort(found.pairs, comes_first);
  if (found.pairs.size() <= options.most_pairs) return found;
  found.left_out = found.pairs.size() - options.most_pairs;
  found.pairs.resize(options.most_pairs);
  return found;
}

}  // namespace hone
