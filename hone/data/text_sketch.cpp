// The sketch is that of Dahlgaard, Knudsen and Thorup: Fast Similarity Sketching (FOCS 2017, arXiv:1704.04370). Like one-permutation
// hashing (Li, Owen, Zhang 2012) it throws every shingle into one of the values and keeps the least hash there; values that are still empty
// are filled in further rounds with new hashes, not by copies of their neighbours as densification does (Shrivastava 2017), so that also a
// text of few shingles has values that vary as those of independent hash functions do. A value of two texts is equal with exactly the
// probability of their Jaccard index. It takes O(n + k log k) for n shingles and k values, where k hash functions take O(n k).
#include <algorithm>
#include <cmath>
#include <limits>

#include "hone/data/radix_sort_internal.h"
#include "hone/data/text_sketch_internal.h"

namespace hone {
namespace {

constexpr std::size_t kShingle = 5;
constexpr double kFound = 0.99;
constexpr std::uint64_t kEmpty = std::numeric_limits<std::uint64_t>::max();
// From here on it pays to look for repeats before a second round, as in "aaaa…".
constexpr std::size_t kManyHashes = 1024;

// The golden ratio's 64 bits, odd: base of the rolling hash and step between rounds (as in SplitMix64; Steele, Lea, Flood 2014).
constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15u;

// David Stafford's variant 13 of MurmurHash3's 64-bit finalizer, that of SplitMix64.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

constexpr std::uint64_t power(std::uint64_t base, std::size_t exponent) { return exponent == 0 ? 1 : base * power(base, exponent - 1); }

// A polynomial, four symbols at a time: else each multiplication waits for the one before.
std::uint64_t hash_of(std::span<const char32_t> symbols) {
  constexpr std::uint64_t kSquare = power(kBase, 2), kCube = power(kBase, 3), kFourth = power(kBase, 4);
  std::uint64_t hash = symbols.size();
  std::size_t place = 0;
  for (; place + 4 <= symbols.size(); place += 4)
    hash = hash * kFourth + (symbols[place] * kCube + symbols[place + 1] * kSquare) + (symbols[place + 2] * kBase + symbols[place + 3]);
  for (; place < symbols.size(); ++place) hash = hash * kBase + symbols[place];
  hash = mixed(hash);
  return hash == 0 ? 1 : hash;  // 0 stands for nothing.
}

double found(double similarity, const Banding& banding) {
  return 1.0 - std::pow(1.0 - std::pow(similarity, static_cast<double>(banding.rows)), static_cast<double>(banding.bands));
}

}  // namespace

Banding banding_for(double similarity) {
  if (similarity >= 1.0) return {};
  Banding best{1, 1};
  for (std::size_t rows = 1; rows <= kMostSketchValues; ++rows)
    for (std::size_t bands = 1; bands <= kMostBands && bands * rows <= kMostSketchValues; ++bands)
      if (found(similarity, {bands, rows}) >= kFound) {
        best = {bands, rows};
        break;
      }
  return best;
}

std::uint64_t TextSketcher::sketch(std::string_view text, std::span<std::uint32_t> keys) {
  const std::span<const char32_t> symbols = normalizer_.normalize(text);
  if (symbols.empty()) {
    std::ranges::fill(keys, 0);
    return 0;
  }
  if (banding_.bands > 0) {
    hash_shingles(symbols);
    fill_sketch();
    write_keys(keys);
  }
  return hash_of(symbols);
}

// A rolling polynomial over five symbols, mixed: one multiplication to move on, two to mix.
void TextSketcher::hash_shingles(std::span<const char32_t> symbols) {
  constexpr std::uint64_t kOldest = power(kBase, kShingle);
  const std::size_t first = std::min(symbols.size(), kShingle);
  count_ = symbols.size() - first + 1;
  if (hashes_.size() < count_) hashes_.resize(count_);
  std::uint64_t rolling = 0;
  for (std::size_t place = 0; place < first; ++place) rolling = rolling * kBase + symbols[place];
  hashes_[0] = mixed(rolling);
  for (std::size_t place = 1; place < count_; ++place) {
    rolling = rolling * kBase + symbols[place + kShingle - 1] - symbols[place - 1] * kOldest;
    hashes_[place] = mixed(rolling);
  }
}

void TextSketcher::fill_sketch() {
  std::fill_n(values_.begin(), banding_.values(), kEmpty);
  filled_ = 0;
  fill_round(0);
  if (filled_ < banding_.values() && count_ > kManyHashes) drop_repeats();
  for (std::uint64_t round = 1; filled_ < banding_.values(); ++round) fill_round(round);
}

// Round 0 takes the hashes as they are, later ones multiply them, which is enough since they are mixed already. After as many rounds as
// there are values, each further one fills a value of its own, so that it ends. The round stands above the hash in a value: what an earlier
// round has filled stays.
void TextSketcher::fill_round(std::uint64_t round) {
  const std::uint64_t values = banding_.values(), multiplier = round == 0 ? 1 : mixed(round) | 1;
  const std::size_t forced = round < values ? 0 : round - values, spread = round < values ? values : 0;
  // In registers: a value that is written might else be the count.
  std::size_t filled = filled_;
  for (const std::uint64_t each : std::span(hashes_.data(), count_)) {
    const std::uint64_t hash = each * multiplier;
    std::uint64_t& kept = values_[forced + (((hash >> 32) * spread) >> 32)];
    // Without a branch: which values are still empty cannot be foretold.
    filled += kept == kEmpty;
    kept = std::min(kept, round << 32 | (hash & 0xFFFFFFFFu));
  }
  filled_ = filled;
}

void TextSketcher::drop_repeats() {
  std::sort(hashes_.begin(), hashes_.begin() + static_cast<std::ptrdiff_t>(count_));
  count_ = static_cast<std::size_t>(std::unique(hashes_.begin(), hashes_.begin() + static_cast<std::ptrdiff_t>(count_)) - hashes_.begin());
}

void TextSketcher::write_keys(std::span<std::uint32_t> keys) const {
  for (std::size_t band = 0; band < banding_.bands; ++band) {
    std::uint64_t hash = band;
    for (std::size_t row = 0; row < banding_.rows; ++row) hash = (hash ^ values_[band * banding_.rows + row]) * kBase;
    keys[band] = static_cast<std::uint32_t>(mixed(hash) >> 32);
  }
}

std::span<const std::uint32_t> TextSketcher::shingles(std::string_view text) {
  set_.clear();
  const std::span<const char32_t> symbols = normalizer_.normalize(text);
  if (symbols.empty()) return {};
  hash_shingles(symbols);
  for (std::size_t place = 0; place < count_; ++place) set_.push_back(static_cast<std::uint32_t>(hashes_[place] >> 32));
  if (set_.size() < 256)
    std::sort(set_.begin(), set_.end());
  else
    radix_sort(set_, spare_);
  set_.erase(std::unique(set_.begin(), set_.end()), set_.end());
  return set_;
}

double jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::size_t common = 0;
  for (std::size_t in_a = 0, in_b = 0; in_a < a.size() && in_b < b.size();) {
    const std::uint32_t left = a[in_a], right = b[in_b];
    common += left == right;
    in_a += left <= right;
    in_b += right <= left;
  }
  const std::size_t all = a.size() + b.size() - common;
  return all == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(all);
}

// Similar enough means at least so many in common; each element that only one of the two has brings the end nearer.
bool at_least_as_similar(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, double similarity) {
  if (a.empty() || b.empty()) return false;
  const double both = static_cast<double>(a.size() + b.size());
  const auto needed = static_cast<std::size_t>(std::ceil(similarity / (1.0 + similarity) * both - 1e-9));
  if (needed > std::min(a.size(), b.size())) return false;
  std::size_t may_miss_a = a.size() - needed, may_miss_b = b.size() - needed;
  std::size_t in_a = 0, in_b = 0;
  while (in_a < a.size() && in_b < b.size()) {
    const std::uint32_t left = a[in_a], right = b[in_b];
    if (left < right) {
      if (may_miss_a-- == 0) return false;
    } else if (right < left) {
      if (may_miss_b-- == 0) return false;
    }
    in_a += left <= right;
    in_b += right <= left;
  }
  return a.size() - in_a <= may_miss_a && b.size() - in_b <= may_miss_b;
}

}  // namespace hone
