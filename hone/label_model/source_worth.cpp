#include "hone/label_model/source_worth.h"

#include <algorithm>
#include <utility>

#include "hone/core/parallel.h"

namespace hone {
namespace {

constexpr std::size_t kMostWorthBlocks = 64, kWorthBlockRows = 256;

std::size_t blocks_of(std::size_t rows) { return std::clamp<std::size_t>(rows / kWorthBlockRows, 1, kMostWorthBlocks); }

// The votes of a row, each left out in turn.
class WithoutEach {
 public:
  explicit WithoutEach(const ExampleVotes& votes, const Vote* kinds)
      : kinds_(kinds), tokens_(votes.tokens()), width_(static_cast<unsigned>(tokens_.size() / votes.size())) {
    rest_.assign(tokens_.begin() + width_, tokens_.end());
  }

  // REQUIRES: called for place 0, 1, 2… in turn.
  ExampleVotes without(std::size_t place) {
    if (place > 0)
      std::ranges::copy(tokens_.subspan((place - 1) * width_, width_), rest_.begin() + static_cast<std::ptrdiff_t>((place - 1) * width_));
    return {kinds_, rest_, width_};
  }

 private:
  const Vote* kinds_;
  std::span<const std::byte> tokens_;
  unsigned width_;
  std::vector<std::byte> rest_;  // All tokens but that of the place last asked for.
};

// Calls found(source, label with it, label without it) for every vote of the row.
template <typename Found>
void leave_each_out(const LabelModel::LabelRow& label, const ExampleVotes& votes, const Vote* kinds, std::span<double> distribution,
                    const Found& found) {
  if (votes.empty()) return;
  const ClassId with = label(votes, distribution);
  WithoutEach rest(votes, kinds);
  for (std::size_t place = 0; place < votes.size(); ++place) found(votes[place].source, with, label(rest.without(place), distribution));
}

struct PatternRows {
  std::uint32_t pattern = 0;
  std::uint32_t rows = 0;
};

std::vector<PatternRows> patterns_of_rows(const VotePatterns& votes, std::size_t stride) {
  std::vector<std::uint32_t> rows(votes.size());
  for (std::size_t row = 0; row < votes.pattern_of().size(); row += stride) ++rows[votes.pattern_of()[row]];
  std::vector<PatternRows> patterns;
  for (std::uint32_t pattern = 0; pattern < rows.size(); ++pattern)
    if (rows[pattern] > 0) patterns.push_back({pattern, rows[pattern]});
  return patterns;
}

std::uint64_t work_of(const VotePatterns& votes, std::span<const PatternRows> patterns) {
  std::uint64_t work = 0;
  for (const PatternRows& here : patterns) {
    const std::uint64_t size = votes.votes(here.pattern).size();
    work += size * size * votes.shape().classes;
  }
  return work;
}

// Rows of one pattern are looked at once, so that a longer stride saves less than its part: it grows until the work fits.
std::pair<std::vector<PatternRows>, std::size_t> patterns_within(const VotePatterns& votes, std::uint64_t most_work) {
  std::size_t stride = 1;
  while (true) {
    std::vector<PatternRows> patterns = patterns_of_rows(votes, stride);
    const std::uint64_t work = work_of(votes, patterns);
    if (work <= most_work || stride >= votes.shape().examples) return {std::move(patterns), stride};
    stride *= (work + most_work - 1) / most_work;
  }
}

void add(const std::vector<SourceWorth>& some, std::vector<SourceWorth>& all) {
  for (std::size_t source = 0; source < all.size(); ++source) {
    all[source].votes += some[source].votes;
    all[source].changes += some[source].changes;
    all[source].vanishes += some[source].vanishes;
  }
}

// A source that is right with or without it, or wrong either way, gains nothing.
struct Difference {
  std::uint32_t source = 0, example = 0;
  bool gained = false;
};

}  // namespace

SourcesWorth worth_of_sources(const LabelModel& model, const VotePatterns& votes, const WorthOptions& options) {
  const auto [patterns, stride] = patterns_within(votes, std::max<std::uint64_t>(1, options.most_work));
  const std::size_t blocks = blocks_of(patterns.size()), sources = votes.shape().sources;
  std::vector<std::vector<SourceWorth>> found(blocks, std::vector<SourceWorth>(sources));
  parallel_for(blocks, options.threads, [&, &patterns = patterns](std::size_t block) {
    const BlockRange range = block_range(patterns.size(), blocks, block);
    const LabelModel::LabelRow label = model.label_row();
    std::vector<double> distribution(votes.shape().classes);
    for (std::size_t place = range.begin; place < range.end; ++place) {
      const std::uint32_t rows = patterns[place].rows;
      leave_each_out(label, votes.votes(patterns[place].pattern), votes.kinds().data(), distribution,
                     [&](std::uint32_t source, ClassId with, ClassId without) {
                       SourceWorth& worth = found[block][source];
                       worth.votes += rows;
                       worth.changes += without != kNoClass && without != with ? rows : 0;
                       worth.vanishes += without == kNoClass ? rows : 0;
                     });
    }
  });
  SourcesWorth result{.sources = std::vector<SourceWorth>(sources), .rows = (votes.shape().examples + stride - 1) / stride};
  for (const std::vector<SourceWorth>& some : found) add(some, result.sources);
  return result;
}

void add_gold_worth(const LabelModel& model, const VotePatterns& votes, std::span<const ClassId> gold,
                    std::span<const std::uint32_t> examples, std::vector<GoldWorth>& worth, int threads) {
  const std::size_t blocks = blocks_of(examples.size());
  std::vector<std::vector<Difference>> found(blocks);
  parallel_for(blocks, threads, [&](std::size_t block) {
    const BlockRange range = block_range(examples.size(), blocks, block);
    const LabelModel::LabelRow label = model.label_row();
    std::vector<double> distribution(votes.shape().classes);
    for (const std::uint32_t example : examples.subspan(range.begin, range.end - range.begin))
      leave_each_out(label, votes.votes(votes.pattern_of()[example]), votes.kinds().data(), distribution,
                     [&](std::uint32_t source, ClassId with, ClassId without) {
                       const bool right_with = with == gold[example], right_without = without == gold[example];
                       if (right_with != right_without) found[block].push_back({source, example, right_with});
                     });
  });
  for (const std::vector<Difference>& some : found)
    for (const Difference& difference : some)
      (difference.gained ? worth[difference.source].gained : worth[difference.source].lost).push_back(difference.example);
}

}  // namespace hone
