// Locality-sensitive hashing of sketches in bands (Indyk, Motwani 1998; Broder 1997 for resemblance of shingles), in passes that hold
// little:
//
//   1. Read every text: a hash of all of it, and a 32-bit key per band (text_sketch.cpp).
//   2. Texts of one hash are one; from here on the first row of each stands for all.
//   3. Sort each band by its keys. Texts that share a key with another are candidates; the buckets of two and more are kept.
//   4. Read the texts again and keep the shingles of candidates alone.
//   5. In each bucket compare what is not yet linked, exactly, and link what is similar (union-find).
//
// Keys of 32 bits let about one pair in four billion collide by chance, which costs a comparison and nothing else.
#include "hone/data/near_duplicates.h"

#include <algorithm>
#include <bit>
#include <string>

#include "hone/core/error.h"
#include "hone/core/parallel.h"
#include "hone/data/forest_internal.h"
#include "hone/data/radix_sort_internal.h"
#include "hone/data/shingle_sets_internal.h"
#include "hone/data/text_sketch_internal.h"

namespace hone {
namespace {

// Rows of a piece of work for one thread.
constexpr std::size_t kBlockRows = 512;
// In a bucket of more texts each is compared with so many first members of its clusters and so many texts before it.
constexpr std::size_t kAllPairs = 64, kLeaders = 32, kBefore = 32;
// Texts of the buckets that one thread takes at a time.
constexpr std::size_t kBlockEntries = 1 << 14;

std::size_t blocks_of(std::size_t items, std::size_t size) { return (items + size - 1) / size; }

// Rows that are marked, and how many are marked before a row.
class Marks {
 public:
  explicit Marks(std::size_t rows) : words_(rows / 64 + 1) {}
  void set(std::uint32_t row) { words_[row / 64] |= std::uint64_t{1} << row % 64; }
  bool has(std::uint32_t row) const { return words_[row / 64] >> row % 64 & 1; }
  void count() {
    before_.resize(words_.size());
    for (std::size_t word = 1; word < words_.size(); ++word)
      before_[word] = before_[word - 1] + static_cast<std::uint32_t>(std::popcount(words_[word - 1]));
  }
  std::size_t rank(std::uint32_t row) const {
    return before_[row / 64] + static_cast<std::size_t>(std::popcount(words_[row / 64] & ((std::uint64_t{1} << row % 64) - 1)));
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> before_;
};

// A bucket of a band: the rows that share a key.
using Bucket = std::span<std::uint32_t>;

// The buckets of two rows and more, one after the other, each ascending.
struct Buckets {
  std::vector<std::uint32_t> rows;
  std::vector<std::size_t> ends;  // Of each in `rows`.

  std::size_t begin_of(std::size_t bucket) const { return bucket == 0 ? 0 : ends[bucket - 1]; }
  std::span<const std::uint32_t> at(std::size_t bucket) const { return {rows.data() + begin_of(bucket), ends[bucket] - begin_of(bucket)}; }
};

// What one bucket gives: which of its places are linked anew.
struct Links {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rows;
  std::uint64_t compared = 0;
};

// Compares the texts of buckets. One thread each.
class BucketComparer {
 public:
  BucketComparer(const Forest& linked, const Marks& marks, const ShingleSets& sets, double similarity)
      : linked_(linked), marks_(marks), sets_(sets), similarity_(similarity) {}

  void compare(Bucket rows, Links& links) {
    rows_ = rows;
    links_ = &links;
    begin_clusters();
    leaders_.clear();
    for (std::size_t place = 0; place < rows.size(); ++place) {
      is_read_ = false;
      if (rows.size() <= kAllPairs)
        compare_with_all_before(place);
      else
        compare_with_some_before(place);
    }
  }

 private:
  // Places that earlier bands linked are one cluster from the begin.
  void begin_clusters() {
    clusters_ = Forest(rows_.size());
    roots_.clear();
    for (std::size_t place = 0; place < rows_.size(); ++place)
      roots_.emplace_back(linked_.root(rows_[place]), static_cast<std::uint32_t>(place));
    std::sort(roots_.begin(), roots_.end());
    for (std::size_t next = 1; next < roots_.size(); ++next)
      if (roots_[next].first == roots_[next - 1].first) clusters_.unite(roots_[next - 1].second, roots_[next].second);
  }

  void compare_with_all_before(std::size_t place) {
    for (std::size_t other = 0; other < place; ++other) compare_places(place, other);
  }

  void compare_with_some_before(std::size_t place) {
    const auto here = static_cast<std::uint32_t>(place);
    for (const std::uint32_t leader : leaders_) compare_places(place, leader);
    for (std::size_t other = place - std::min(place, kBefore); other < place; ++other) compare_places(place, other);
    if (leaders_.size() < kLeaders && clusters_.find(here) == here) leaders_.push_back(here);
  }

  void compare_places(std::size_t place, std::size_t other) {
    const auto a = static_cast<std::uint32_t>(place), b = static_cast<std::uint32_t>(other);
    if (clusters_.find(a) == clusters_.find(b)) return;
    if (!is_read_) mine_ = sets_.at(marks_.rank(rows_[place]), my_buffer_);
    is_read_ = true;
    ++links_->compared;
    if (!at_least_as_similar(mine_, sets_.at(marks_.rank(rows_[other]), its_buffer_), similarity_)) return;
    clusters_.unite(a, b);
    links_->rows.emplace_back(rows_[place], rows_[other]);
  }

  const Forest& linked_;
  const Marks& marks_;
  const ShingleSets& sets_;
  double similarity_;
  Bucket rows_;
  Links* links_ = nullptr;
  Forest clusters_{0};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> roots_;
  std::vector<std::uint32_t> leaders_;
  bool is_read_ = false;  // Whether mine_ is the set of the place at hand.
  std::span<const std::uint32_t> mine_;
  std::vector<std::uint32_t> my_buffer_, its_buffer_;
};

class Finder {
 public:
  Finder(std::uint64_t rows, const TextStream& stream, const NearDuplicateOptions& options, int threads, const Progress& progress)
      : rows_(rows),
        stream_(stream),
        options_(options),
        threads_(threads),
        progress_(progress),
        banding_(banding_for(options.similarity)),
        hashes_(rows),
        keys_(rows * banding_.bands),
        first_of_(rows),
        linked_(rows) {}

  NearDuplicates run() {
    read_sketches();
    find_equal_texts();
    if (banding_.bands > 0) link_similar_texts();
    return number_groups();
  }

 private:
  // --- Reading.

  // Calls visit(first_row, texts) for every batch.
  template <typename Visit>
  void for_each_batch(std::uint64_t passed, const Visit& visit) {
    std::uint64_t first = 0;
    stream_([&](std::span<const std::string_view> texts) {
      if (first + texts.size() > rows_) refuse_count();
      visit(first, texts);
      first += texts.size();
      report(passed + first);
    });
    if (first != rows_) refuse_count();
  }

  // Calls work(block, range) for pieces of a batch, several at a time.
  template <typename Work>
  void in_blocks(std::size_t texts, const Work& work) const {
    const std::size_t blocks = blocks_of(texts, kBlockRows);
    parallel_for(blocks, threads_, [&](std::size_t block) { work(block, block_range(texts, blocks, block)); });
  }

  [[noreturn]] void refuse_count() const {
    throw Error(ErrorCode::kInvalidArgument, "near-duplicates: the texts are not " + std::to_string(rows_) + " as was said");
  }

  void report(std::uint64_t done) const {
    if (progress_)
      progress_({.stage = "near-duplicates", .done = done, .total = rows_ * (banding_.bands > 0 ? 2 : 1), .unit = "rows", .note = {}});
  }

  void read_sketches() {
    for_each_batch(0, [&](std::uint64_t first, std::span<const std::string_view> texts) {
      in_blocks(texts.size(), [&](std::size_t, const BlockRange& range) {
        TextSketcher sketcher(banding_);
        for (std::size_t text = range.begin; text < range.end; ++text)
          hashes_[first + text] = sketcher.sketch(texts[text], keys_of(first + text));
      });
    });
  }

  std::span<std::uint32_t> keys_of(std::uint64_t row) { return {keys_.data() + row * banding_.bands, banding_.bands}; }

  bool says_something(std::uint32_t row) const { return hashes_[row] != 0; }
  bool stands_for_others(std::uint32_t row) const { return says_something(row) && first_of_[row] == row; }

  // --- Equal texts: one hash of 64 bits, and one key of the first band.

  void find_equal_texts() {
    std::vector<std::uint64_t> entries;
    entries.reserve(rows_);
    for (std::uint32_t row = 0; row < rows_; ++row) {
      first_of_[row] = row;
      if (says_something(row)) entries.push_back((hashes_[row] & ~std::uint64_t{0xFFFFFFFF}) | row);
    }
    radix_sort<32>(entries, spare_);
    for_each_bucket(entries, [&](std::size_t begin, std::size_t end) { join_equal({entries.data() + begin, end - begin}); });
  }

  bool are_equal(std::uint32_t a, std::uint32_t b) {
    return hashes_[a] == hashes_[b] && (banding_.bands == 0 || keys_of(a)[0] == keys_of(b)[0]);
  }

  // Entries of one upper half of the hash, by row: all of them are equal but for a chance of one in four billion.
  void join_equal(std::span<const std::uint64_t> entries) {
    std::vector<std::uint32_t> different;
    for (const std::uint64_t entry : entries) {
      const auto row = static_cast<std::uint32_t>(entry);
      const auto same = std::ranges::find_if(different, [&](std::uint32_t other) { return are_equal(row, other); });
      if (same == different.end())
        different.push_back(row);
      else
        first_of_[row] = *same;
    }
  }

  /// Calls visit(begin, end) for every run of two or more entries that agree in the upper half.
  template <typename Visit>
  static void for_each_bucket(const std::vector<std::uint64_t>& entries, const Visit& visit) {
    for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
      while (end < entries.size() && entries[end] >> 32 == entries[begin] >> 32) ++end;
      if (end - begin > 1) visit(begin, end);
    }
  }

  // --- Similar texts.

  void link_similar_texts() {
    Marks marks(rows_);
    std::vector<Buckets> bands;
    for (std::size_t band = 0; band < banding_.bands; ++band) bands.push_back(buckets_of(band, marks));
    for (auto* done : {&entries_, &spare_}) std::vector<std::uint64_t>().swap(*done);
    std::vector<std::uint32_t>().swap(keys_);
    marks.count();
    ShingleSets sets(options_.set_memory, options_.spill_folder);
    read_sets(marks, sets);
    for (const Buckets& buckets : bands) link_band(buckets, marks, sets);
  }

  // Marks what lies in them.
  Buckets buckets_of(std::size_t band, Marks& marks) {
    sort_band(band);
    Buckets buckets;
    for_each_bucket(entries_, [&](std::size_t begin, std::size_t end) {
      for (std::size_t entry = begin; entry < end; ++entry) {
        buckets.rows.push_back(static_cast<std::uint32_t>(entries_[entry]));
        marks.set(buckets.rows.back());
      }
      buckets.ends.push_back(buckets.rows.size());
    });
    return buckets;
  }

  // Key and row of every text, by key and within a key by row.
  void sort_band(std::size_t band) {
    entries_.clear();
    for (std::uint32_t row = 0; row < rows_; ++row)
      if (stands_for_others(row)) entries_.push_back(std::uint64_t{keys_of(row)[band]} << 32 | row);
    radix_sort<32>(entries_, spare_);
  }

  void read_sets(const Marks& marks, ShingleSets& sets) {
    for_each_batch(rows_, [&](std::uint64_t first, std::span<const std::string_view> texts) {
      std::vector<std::vector<std::vector<std::uint32_t>>> found(blocks_of(texts.size(), kBlockRows));
      in_blocks(texts.size(), [&](std::size_t block, const BlockRange& range) {
        TextSketcher sketcher(banding_);
        for (std::size_t text = range.begin; text < range.end; ++text) {
          if (!marks.has(static_cast<std::uint32_t>(first + text))) continue;
          const auto set = sketcher.shingles(texts[text]);
          found[block].emplace_back(set.begin(), set.end());
        }
      });
      for (const auto& block : found)
        for (const auto& set : block) sets.append(set);
    });
  }

  // Threads take buckets of about as many texts each; what they found is linked in the order of buckets.
  void link_band(const Buckets& buckets, const Marks& marks, const ShingleSets& sets) {
    const std::vector<std::size_t> blocks = blocks_of_buckets(buckets);
    std::vector<Links> links(blocks.size() - 1);
    parallel_for(links.size(), threads_, [&](std::size_t block) {
      BucketComparer comparer(linked_, marks, sets, options_.similarity);
      std::vector<std::uint32_t> rows;
      for (std::size_t bucket = blocks[block]; bucket < blocks[block + 1]; ++bucket)
        comparer.compare(in_order(buckets.at(bucket), rows), links[block]);
    });
    for (const Links& found : links) {
      for (const auto& [a, b] : found.rows) linked_.unite(a, b);
      compared_ += found.compared;
    }
  }

  // Where each block of buckets begins, and the end.
  static std::vector<std::size_t> blocks_of_buckets(const Buckets& buckets) {
    std::vector<std::size_t> blocks{0};
    std::size_t taken = 0;
    for (std::size_t bucket = 0; bucket < buckets.ends.size(); ++bucket) {
      taken += buckets.at(bucket).size();
      if (taken < kBlockEntries) continue;
      blocks.push_back(bucket + 1);
      taken = 0;
    }
    if (blocks.back() < buckets.ends.size()) blocks.push_back(buckets.ends.size());
    return blocks;
  }

  // In large buckets which texts are compared depends on their order, so that it is made to depend on the texts alone.
  Bucket in_order(std::span<const std::uint32_t> bucket, std::vector<std::uint32_t>& rows) const {
    rows.assign(bucket.begin(), bucket.end());
    if (rows.size() > kAllPairs)
      std::ranges::sort(rows, [&](std::uint32_t a, std::uint32_t b) { return hashes_[a] != hashes_[b] ? hashes_[a] < hashes_[b] : a < b; });
    return rows;
  }

  // --- Numbering.

  NearDuplicates number_groups() {
    NearDuplicates result;
    result.compared = compared_;
    std::vector<std::uint32_t> rows_of_root(rows_);
    for (std::uint32_t row = 0; row < rows_; ++row) {
      if (says_something(row))
        ++rows_of_root[root_of(row)];
      else
        ++result.silent_rows;
    }
    result.group_of.assign(rows_, NearDuplicates::kAlone);
    for (std::uint32_t row = 0; row < rows_; ++row) {
      const std::uint32_t root = root_of(row);
      if (!says_something(row) || rows_of_root[root] < 2) continue;
      if (root == row) {
        result.group_of[row] = static_cast<std::uint32_t>(result.groups.size());
        result.groups.push_back({.first_row = row, .rows = rows_of_root[root], .texts = 0});
      }
      result.group_of[row] = result.group_of[root];
      result.groups[result.group_of[row]].texts += stands_for_others(row);
    }
    return result;
  }

  // The first row of a group: roots are the smallest of their sets, and the first row of a text stands for it.
  std::uint32_t root_of(std::uint32_t row) { return linked_.find(first_of_[row]); }

  std::uint64_t rows_;
  const TextStream& stream_;
  const NearDuplicateOptions& options_;
  int threads_;
  const Progress& progress_;
  Banding banding_;
  std::vector<std::uint64_t> hashes_;    // By row; 0: says nothing.
  std::vector<std::uint32_t> keys_;      // Rows x bands.
  std::vector<std::uint32_t> first_of_;  // By row: the first row of the same text.
  Forest linked_;
  std::vector<std::uint64_t> entries_, spare_;
  std::uint64_t compared_ = 0;
};

}  // namespace

void NearDuplicateOptions::validate() const {
  if (!(similarity >= 0.5 && similarity <= 1.0))
    throw Error(ErrorCode::kInvalidArgument, "similarity: must lie between 0.5 and 1, not " + std::to_string(similarity));
}

NearDuplicates find_near_duplicates(std::uint64_t rows, const TextStream& stream, const NearDuplicateOptions& options, int threads,
                                    const Progress& progress) {
  options.validate();
  if (rows >= NearDuplicates::kAlone)
    throw Error(ErrorCode::kInvalidArgument, std::to_string(rows) + " rows are too many; near-duplicates are found among at most 2^32 - 2");
  return Finder(rows, stream, options, threads, progress).run();
}

double text_similarity(std::string_view a, std::string_view b) {
  TextSketcher sketcher({});
  const auto set = sketcher.shingles(a);
  const std::vector<std::uint32_t> kept(set.begin(), set.end());
  return jaccard(kept, sketcher.shingles(b));
}

}  // namespace hone
