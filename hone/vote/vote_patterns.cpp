// Distinct rows by open addressing with linear probing over a table of pattern numbers (Knuth: The Art of Computer
// Programming, vol. 3, section 6.4, algorithm L). Only the lookups go through the hash; numbers are given by first
// appearance, so that the hash leaves no trace in the result.
#include "hone/vote/vote_patterns.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace hone {
namespace {

constexpr std::uint32_t kFree = 0xFFFFFFFF;

// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators. OOPSLA 2014).
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) + 0x9E3779B97F4A7C15u;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
  return hash ^ (hash >> 31);
}

std::uint64_t hash_of(const ExampleVotes& votes) {
  std::uint64_t hash = votes.size();
  for (std::size_t vote = 0; vote < votes.size(); ++vote) {
    hash = mix(hash, std::uint64_t{votes.sources[vote]} << 16 | votes.classes[vote]);
    if (!votes.confidence.empty()) hash = mix(hash, std::bit_cast<std::uint32_t>(votes.confidence[vote]));
  }
  return hash;
}

bool same(const ExampleVotes& a, const ExampleVotes& b) {
  return std::ranges::equal(a.sources, b.sources) && std::ranges::equal(a.classes, b.classes) &&
         std::ranges::equal(a.confidence, b.confidence);
}

// Where each pattern lies, by the hash of its votes; grows before it is half full.
class PatternTable {
 public:
  /// The place of the pattern for which `is_same(number)` holds, or the free one where it belongs.
  template <typename IsSame>
  std::uint32_t& find(std::uint64_t hash, const IsSame& is_same) {
    std::size_t place = hash & (places_.size() - 1);
    while (places_[place] != kFree && !(hashes_[places_[place]] == hash && is_same(places_[place])))
      place = (place + 1) & (places_.size() - 1);
    return places_[place];
  }

  void add(std::uint64_t hash, std::uint32_t& place) {
    place = static_cast<std::uint32_t>(hashes_.size());
    hashes_.push_back(hash);
    if (2 * hashes_.size() > places_.size()) grow();
  }

 private:
  void grow() {
    places_.assign(2 * places_.size(), kFree);
    for (std::uint32_t pattern = 0; pattern < hashes_.size(); ++pattern)
      find(hashes_[pattern], [](std::uint32_t) { return false; }) = pattern;
  }

  std::vector<std::uint32_t> places_ = std::vector<std::uint32_t>(64, kFree);
  std::vector<std::uint64_t> hashes_;
};

}  // namespace

VotePatterns::VotePatterns(const VoteMatrix& votes_of_examples) : shape_(votes_of_examples.shape()) {
  PatternTable table;
  pattern_of_.reserve(shape_.examples);
  for (std::size_t example = 0; example < shape_.examples; ++example) {
    const ExampleVotes row = votes_of_examples.on(example);
    const std::uint64_t hash = hash_of(row);
    std::uint32_t& place = table.find(hash, [&](std::uint32_t pattern) { return same(votes(pattern), row); });
    const std::uint32_t pattern = place == kFree ? static_cast<std::uint32_t>(size()) : place;
    if (place == kFree) {
      table.add(hash, place);
      sources_.insert(sources_.end(), row.sources.begin(), row.sources.end());
      classes_.insert(classes_.end(), row.classes.begin(), row.classes.end());
      confidence_.insert(confidence_.end(), row.confidence.begin(), row.confidence.end());
      begin_.push_back(sources_.size());
      counts_.push_back(0);
    }
    ++counts_[pattern];
    pattern_of_.push_back(pattern);
  }
}

ExampleVotes VotePatterns::votes(std::size_t pattern) const {
  assert(pattern < size());
  const std::uint64_t first = begin_[pattern], count = begin_[pattern + 1] - first;
  ExampleVotes found{std::span(sources_).subspan(first, count), std::span(classes_).subspan(first, count), {}};
  if (!confidence_.empty()) found.confidence = std::span(confidence_).subspan(first, count);
  return found;
}

}  // namespace hone
