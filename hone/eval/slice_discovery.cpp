// Slices are found on one half of the rows and tested on the other, so that the test does not see the choice (D. R. Cox, A note on
// data-splitting for the evaluation of significance levels, Biometrika 62, 1975). The search takes slices one by one:
// the best part of the rows that no earlier slice holds, by likelihood ratio less the logarithm of how many parts of its kind there are (a
// code length, after J. Rissanen 1978), so that a pair of terms must say more than the best of its many rivals would by chance. The test is
// Fisher's exact one, one-sided (R. A. Fisher 1935); where rows hang together it is that on effective numbers of rows, and Welch's t on
// means of clusters (CR2) must agree. Holm's procedure (1979) holds for any dependence of the tests.
#include "hone/eval/slice_discovery.h"

#include <algorithm>
#include <bit>
#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/eval/judged_internal.h"
#include "hone/eval/slice_terms_internal.h"
#include "hone/stats/clustered.h"
#include "hone/stats/multiple.h"
#include "hone/stats/proportion.h"

namespace hone {
namespace {

using Bits = std::vector<std::uint64_t>;

constexpr std::size_t kNoPlace = std::numeric_limits<std::size_t>::max();
// Fewer wrong rows than that are no pattern of failure, whatever the rate.
constexpr std::uint64_t kLeastErrors = 3;
constexpr std::size_t kMostAlso = 3;

Bits bits_for(std::size_t items) { return Bits((items + 63) / 64); }
void set_bit(Bits& bits, std::size_t item) { bits[item / 64] |= std::uint64_t{1} << (item % 64); }
bool has_bit(const Bits& bits, std::size_t item) { return (bits[item / 64] >> (item % 64) & 1) != 0; }

std::uint64_t ones(const Bits& bits) {
  std::uint64_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::uint64_t>(std::popcount(word));
  return count;
}

std::uint64_t ones_of_both(const Bits& a, const Bits& b) {
  std::uint64_t count = 0;
  for (std::size_t word = 0; word < a.size(); ++word) count += static_cast<std::uint64_t>(std::popcount(a[word] & b[word]));
  return count;
}

std::uint64_t ones_of_three(const Bits& a, const Bits& b, const Bits& c) {
  std::uint64_t count = 0;
  for (std::size_t word = 0; word < a.size(); ++word) count += static_cast<std::uint64_t>(std::popcount(a[word] & b[word] & c[word]));
  return count;
}

// Which half each row is in. One bit of a hash of the id; of a cluster the lowest hash of its rows speaks for all.
struct Halves {
  std::vector<std::uint8_t> searched;      // By row.
  std::vector<std::uint32_t> place;        // By row: its place in its half.
  std::vector<std::uint32_t> found, test;  // Rows.
};

Halves halves_of(const DiscoveryRows& rows) {
  constexpr std::string_view kKey = "hone/slice-discovery/half/v1\n";
  std::vector<std::uint64_t> hashes;
  hashes.reserve(rows.ids.size());
  for (const std::string& id : rows.ids) hashes.push_back(sha256_prefix(std::string(kKey) + id));
  if (!rows.clusters.empty()) {
    std::map<std::uint32_t, std::uint64_t> lowest;
    for (std::size_t row = 0; row < hashes.size(); ++row) {
      const auto [place, is_new] = lowest.try_emplace(rows.clusters[row], hashes[row]);
      place->second = std::min(place->second, hashes[row]);
    }
    for (std::size_t row = 0; row < hashes.size(); ++row) hashes[row] = lowest.at(rows.clusters[row]);
  }
  Halves halves;
  for (std::uint32_t row = 0; row < hashes.size(); ++row) {
    halves.searched.push_back(static_cast<std::uint8_t>(hashes[row] & 1));
    std::vector<std::uint32_t>& half = halves.searched[row] != 0 ? halves.found : halves.test;
    halves.place.push_back(static_cast<std::uint32_t>(half.size()));
    half.push_back(row);
  }
  return halves;
}

bool holds_text_cluster(std::span<const SliceTerm> terms) {
  return std::ranges::find(terms, SliceTerm::Kind::kTextCluster, &SliceTerm::kind) != terms.end();
}

// One term, or two: places in the list of frequent terms.
struct Pick {
  std::size_t a = kNoPlace, b = kNoPlace;
  double score = -std::numeric_limits<double>::infinity();

  bool is_pair() const { return b != kNoPlace; }
};

// Which slices are asked for: those that have rows enough for a test, or those that have too few.
enum class Wanted { kTestable, kSmall };

// The search on one half. Rows of slices that were picked are closed, and count no more.
class Search {
 public:
  Search(const DiscoveryRows& rows, const Halves& halves, const FrequentTerms& terms, const SliceDiscoveryOptions& options,
         std::uint64_t least)
      : rows_(rows), halves_(halves), terms_(terms), options_(options), least_(least), open_(bits_for(halves.found.size())) {
    for (std::size_t place = 0; place < halves.found.size(); ++place) set_bit(open_, place);
    for (const TermRows& term : terms.terms) {
      found_.push_back(bits_for(halves.found.size()));
      test_.push_back(bits_for(halves.test.size()));
      for (const std::uint32_t row : term.rows) set_bit(halves.searched[row] != 0 ? found_.back() : test_.back(), halves.place[row]);
    }
  }

  // Terms and pairs that are looked at.
  std::uint64_t candidates() const { return terms_.counted + pairs(); }

  // The one with the most evidence among open rows; nothing when none has any.
  std::optional<Pick> best(Wanted wanted) {
    gather_open_errors();
    Pick best;
    for (std::size_t a = 0; a < terms_.terms.size(); ++a) consider({a, kNoPlace}, wanted, best);
    for (std::size_t a = 0; a < terms_.terms.size(); ++a)
      for (std::size_t b = a + 1; b < terms_.terms.size(); ++b) consider({a, b}, wanted, best);
    return best.a == kNoPlace ? std::nullopt : std::optional(best);
  }

  // The simplest term that comes to much the same rows; the pick itself when there is none.
  Pick simplified(const Pick& pick, Wanted wanted) const {
    Pick simplest = pick;
    for (std::size_t term = 0; term < terms_.terms.size(); ++term) {
      const Pick single{term, kNoPlace, pick.score};
      if (alike(single, pick) >= options_.alike && is_simpler(single, simplest) && is_wanted(single, wanted)) simplest = single;
    }
    return simplest;
  }

  // Others that come to much the same rows, the simplest first.
  std::vector<std::vector<SliceTerm>> also(const Pick& pick) const {
    std::vector<Pick> others;
    for (std::size_t term = 0; term < terms_.terms.size(); ++term)
      if (term != pick.a && term != pick.b && alike({term}, pick) >= options_.alike) others.push_back({term});
    std::ranges::stable_sort(others, [this](const Pick& a, const Pick& b) { return is_simpler(a, b); });
    if (others.size() > kMostAlso) others.resize(kMostAlso);
    std::vector<std::vector<SliceTerm>> named;
    for (const Pick& other : others) named.push_back(terms(other));
    return named;
  }

  void close(const Pick& pick) {
    for (std::size_t word = 0; word < open_.size(); ++word)
      open_[word] &= ~(found_[pick.a][word] & (pick.is_pair() ? found_[pick.b][word] : ~std::uint64_t{0}));
  }

  std::vector<SliceTerm> terms(const Pick& pick) const {
    std::vector<SliceTerm> terms{terms_.terms[pick.a].term};
    if (pick.is_pair()) terms.push_back(terms_.terms[pick.b].term);
    return terms;
  }

 private:
  std::uint64_t pairs() const { return terms_.terms.size() * (terms_.terms.size() - (terms_.terms.empty() ? 0 : 1)) / 2; }

  void gather_open_errors() {
    std::vector<std::uint32_t> place_of(halves_.found.size());
    whole_ = {ones(open_), 0};
    for (std::size_t place = 0; place < halves_.found.size(); ++place)
      if (has_bit(open_, place) && rows_.errors[halves_.found[place]] != 0) place_of[place] = static_cast<std::uint32_t>(++whole_.errors);
    errors_.assign(terms_.terms.size(), bits_for(whole_.errors));
    for (std::size_t term = 0; term < terms_.terms.size(); ++term)
      for (const std::uint32_t row : terms_.terms[term].rows)
        if (halves_.searched[row] != 0 && place_of[halves_.place[row]] != 0) set_bit(errors_[term], place_of[halves_.place[row]] - 1);
    least_errors_[0] = least_errors_[1] = kLeastErrors;
  }

  // What the best of so many candidates reaches by chance, roughly.
  double penalty(bool is_pair) const { return std::log(static_cast<double>(is_pair ? pairs() : terms_.counted)); }

  void consider(const Pick& pick, Wanted wanted, Pick& best) {
    const bool is_pair = pick.is_pair();
    const std::uint64_t errors = is_pair ? ones_of_both(errors_[pick.a], errors_[pick.b]) : ones(errors_[pick.a]);
    if (errors < least_errors_[is_pair]) return;
    const std::uint64_t rows = is_pair ? ones_of_three(found_[pick.a], found_[pick.b], open_) : ones_of_both(found_[pick.a], open_);
    const double found = evidence({rows, errors}, whole_), score = found - penalty(is_pair);
    if (found <= 0.0 || score <= best.score || !is_wanted(pick, wanted)) return;
    best = {pick.a, pick.b, score};
    for (const bool of_pairs : {false, true}) raise_least_errors(of_pairs, score);
  }

  // With fewer errors a slice cannot beat `score`, even if all of its rows are wrong.
  void raise_least_errors(bool is_pair, double score) {
    std::uint64_t& least = least_errors_[is_pair];
    while (least < whole_.errors && evidence({least, least}, whole_) - penalty(is_pair) <= score) ++least;
  }

  std::uint64_t count(const std::vector<Bits>& half, const Pick& pick) const {
    return pick.is_pair() ? ones_of_both(half[pick.a], half[pick.b]) : ones(half[pick.a]);
  }

  bool is_wanted(const Pick& pick, Wanted wanted) const {
    const std::uint64_t tested = count(test_, pick);
    if (count(found_, pick) < least_) return false;
    if (wanted == Wanted::kSmall) return tested < options_.least_items;
    return tested >= options_.least_items && halves_.test.size() - tested >= options_.least_items;
  }

  // Jaccard's index over the rows of both halves.
  double alike(const Pick& single, const Pick& pick) const {
    std::uint64_t common = 0, a = 0, b = 0;
    for (const std::vector<Bits>* half : {&found_, &test_}) {
      const Bits& mine = (*half)[single.a];
      common += pick.is_pair() ? ones_of_three(mine, (*half)[pick.a], (*half)[pick.b]) : ones_of_both(mine, (*half)[pick.a]);
      a += ones(mine);
      b += count(*half, pick);
    }
    return a + b == common ? 0.0 : static_cast<double>(common) / static_cast<double>(a + b - common);
  }

  // What holds no group of words, then what is no pair, then what has fewer words.
  bool is_simpler(const Pick& a, const Pick& b) const {
    if (holds_text_cluster(terms(a)) != holds_text_cluster(terms(b))) return holds_text_cluster(terms(b));
    if (a.is_pair() != b.is_pair()) return b.is_pair();
    return terms_.terms[a.a].words < terms_.terms[b.a].words;
  }

  const DiscoveryRows& rows_;
  const Halves& halves_;
  const FrequentTerms& terms_;
  const SliceDiscoveryOptions& options_;
  std::uint64_t least_;
  std::vector<Bits> found_, test_;  // By term, over the rows of each half.
  std::vector<Bits> errors_;        // By term, over the wrong ones among open rows.
  Bits open_;
  TermCounts whole_;  // Open rows.
  std::uint64_t least_errors_[2] = {kLeastErrors, kLeastErrors};
};

// The chance of so many errors in the part, or more, if errors fell on rows without regard to it.
double fisher(std::uint64_t rows, std::uint64_t errors, std::uint64_t rest_rows, std::uint64_t rest_errors) {
  if (errors == 0 || rows == 0 || rest_rows == 0) return 1.0;
  const std::uint64_t all = rows + rest_rows, wrong = errors + rest_errors;
  const std::uint64_t least =
      wrong + rows > all ? wrong + rows - all : 0;  // Fewer cannot lie in the part: the rest would not hold the others.
  if (errors <= least) return 1.0;
  const boost::math::hypergeometric_distribution<> chance(wrong, rows, all);
  return std::clamp(boost::math::cdf(boost::math::complement(chance, errors - 1)), 0.0, 1.0);
}

// Rows of one side of a test.
struct Side {
  std::vector<double> errors;
  std::vector<std::uint32_t> clusters;

  std::uint64_t count() const { return static_cast<std::uint64_t>(std::accumulate(errors.begin(), errors.end(), 0.0)); }
  double rate() const { return errors.empty() ? 0.0 : static_cast<double>(count()) / static_cast<double>(errors.size()); }
  bool hangs_together() const {
    std::vector<std::uint32_t> sorted = clusters;
    std::ranges::sort(sorted);
    return std::ranges::adjacent_find(sorted) != sorted.end();
  }
  ClusteredMean mean() const { return clustered_mean(sum_by_cluster(errors, clusters)).value(); }
};

Measure rate_of(const Side& side) {
  const std::uint64_t n = side.errors.size();
  if (n == 0) return {};
  return with_interval(side.rate(), n, side.hangs_together() ? rate_interval(side.mean()) : wilson(side.count(), n));
}

// How many rows that stand alone say as much; without any spread between clusters, one each.
double effective_rows(const ClusteredMean& mean) {
  if (mean.standard_error == 0.0) return static_cast<double>(mean.clusters);
  const double spread = mean.mean * (1.0 - mean.mean) / (mean.standard_error * mean.standard_error);
  return std::clamp(spread, 1.0, static_cast<double>(mean.items));
}

double p_of_clusters(const ClusteredMean& part, const ClusteredMean& rest) {
  if (part.is_rough() || rest.is_rough() || part.mean <= rest.mean) return 1.0;
  const double rows = std::floor(effective_rows(part)), rest_rows = std::floor(effective_rows(rest));
  const auto whole = [](double count) { return static_cast<std::uint64_t>(count); };
  const double exact = fisher(whole(rows), whole(std::floor(part.mean * rows)), whole(rest_rows), whole(std::ceil(rest.mean * rest_rows)));
  const double a = part.standard_error * part.standard_error, b = rest.standard_error * rest.standard_error;
  if (a + b == 0.0) return exact;
  const double degrees = (a + b) * (a + b) / (a * a / part.degrees_of_freedom + b * b / rest.degrees_of_freedom);
  const boost::math::students_t student(degrees);
  return std::max(exact, boost::math::cdf(boost::math::complement(student, (part.mean - rest.mean) / std::sqrt(a + b))));
}

double p_of(const Side& part, const Side& rest) {
  if (part.errors.empty() || rest.errors.empty()) return 1.0;
  std::vector<std::uint32_t> both = part.clusters;
  both.insert(both.end(), rest.clusters.begin(), rest.clusters.end());
  if (Side{{}, std::move(both)}.hangs_together()) return p_of_clusters(part.mean(), rest.mean());
  return fisher(part.errors.size(), part.count(), rest.errors.size(), rest.count());
}

// The rows of a half within a slice and outside of it, but for those that are closed.
struct Sides {
  Side part, rest;
};

Sides sides_of(const DiscoveryRows& rows, std::span<const std::uint32_t> half, std::span<const std::uint32_t> slice,
               std::span<const std::uint32_t> closed) {
  Sides sides;
  for (const std::uint32_t row : half) {
    if (std::ranges::binary_search(closed, row)) continue;
    Side& side = std::ranges::binary_search(slice, row) ? sides.part : sides.rest;
    side.errors.push_back(rows.errors[row] != 0 ? 1.0 : 0.0);
    side.clusters.push_back(rows.clusters.empty() ? row : rows.clusters[row]);
  }
  return sides;
}

void measure_slice(const Sides& sides, DiscoveredSlice& slice) {
  slice.errors = sides.part.count();
  slice.rest_errors = sides.rest.count();
  slice.error_rate = rate_of(sides.part);
  slice.rest_error_rate = rate_of(sides.rest);
}

// By ascending p, each corrected for all that were tested.
void adjust_by_holm(std::vector<DiscoveredSlice>& slices) {
  std::ranges::stable_sort(slices, {}, [](const DiscoveredSlice& slice) { return *slice.p; });
  std::vector<double> p;
  for (const DiscoveredSlice& slice : slices) p.push_back(*slice.p);
  const std::vector<double> adjusted = holm(p);
  for (std::size_t place = 0; place < slices.size(); ++place) slices[place].p = adjusted[place];
}

double jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::vector<std::uint32_t> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  const std::size_t together = a.size() + b.size() - common.size();
  return together == 0 ? 1.0 : static_cast<double>(common.size()) / static_cast<double>(together);
}

// Of those that come to much the same rows the simplest stays: terms before groups of words, one before two, a short one before a long one.
std::vector<DiscoveredSlice> merged(std::vector<DiscoveredSlice> slices, double alike) {
  const auto bytes = [](const DiscoveredSlice& slice) { return described(slice.terms).size(); };
  std::ranges::stable_sort(slices, {}, [&](const DiscoveredSlice& slice) {
    return std::tuple(holds_text_cluster(slice.terms), slice.terms.size(), bytes(slice));
  });
  std::vector<DiscoveredSlice> kept;
  for (DiscoveredSlice& slice : slices) {
    const auto same = std::ranges::find_if(kept, [&](const DiscoveredSlice& other) { return jaccard(other.rows, slice.rows) >= alike; });
    if (same == kept.end())
      kept.push_back(std::move(slice));
    else if (std::ranges::find(same->also, slice.terms) == same->also.end() && same->also.size() < kMostAlso)
      same->also.push_back(slice.terms);
  }
  return kept;
}

void name_slices(std::vector<DiscoveredSlice>& slices, std::set<std::string>& taken) {
  for (DiscoveredSlice& slice : slices) {
    slice.name = slice_name(slice.terms, taken);
    slice.definition = slice_definition(slice.name, slice.terms);
  }
}

// One call of discover_slices(), when there is something to look for.
class Discovery {
 public:
  Discovery(const DiscoveryRows& rows, const SliceDiscoveryOptions& options, SliceDiscovery& result)
      : rows_(rows), options_(options), result_(result), halves_(halves_of(rows)), least_(least_rows()) {
    result_.found_on = halves_.found.size();
    result_.tested_on = halves_.test.size();
  }

  // 1. Terms of the half that is searched. 2. The best slices there, one by one. 3. Their test on the other half. 4. Those that are too
  // small for one, if they are beyond chance where they were found. 5. Alike ones become one.
  void run() {
    const FrequentTerms terms = frequent_terms(rows_, {halves_.searched, least_, options_.most_features});
    Search search(rows_, halves_, terms, options_, least_);
    result_.candidates = search.candidates();
    std::vector<DiscoveredSlice> tested = pick(search, Wanted::kTestable, options_.most_tested);
    result_.tested = tested.size();
    adjust_by_holm(tested);
    std::erase_if(tested, [this](const DiscoveredSlice& slice) { return *slice.p > options_.alpha; });
    result_.slices = merged(std::move(tested), options_.alike);
    std::ranges::stable_sort(result_.slices, {}, [](const DiscoveredSlice& slice) { return *slice.p; });
    result_.small = merged(pick(search, Wanted::kSmall, options_.most_small), options_.alike);
  }

 private:
  std::uint64_t least_rows() const { return std::max<std::uint64_t>(options_.least_found, halves_.found.size() / 1000); }

  std::vector<DiscoveredSlice> pick(Search& search, Wanted wanted, std::size_t most) {
    std::vector<DiscoveredSlice> slices;
    while (slices.size() < most) {
      const std::optional<Pick> best = search.best(wanted);
      if (!best) break;
      const Pick simplest = search.simplified(*best, wanted);
      DiscoveredSlice slice;
      slice.terms = search.terms(simplest);
      slice.also = search.also(simplest);
      slice.rows = rows_of(rows_, slice.terms);
      if (wanted == Wanted::kSmall && !is_beyond_chance(slice)) break;
      judge(slice, wanted);
      close(slice.rows);
      slices.push_back(std::move(slice));
      search.close(simplest);
      search.close(*best);
    }
    return slices;
  }

  // A slice must fail more often than the rest as a whole, and without the rows of those that were picked before it: else it would be told
  // of for what it shares with them.
  void judge(DiscoveredSlice& slice, Wanted wanted) const {
    const Sides whole = sides_of(rows_, halves_.test, slice.rows, {}), open = sides_of(rows_, halves_.test, slice.rows, closed_);
    measure_slice(whole, slice);
    if (wanted == Wanted::kTestable)
      slice.p = std::max(p_of(whole.part, whole.rest), p_of(open.part, open.rest));
    else
      slice.note = "too few: " + std::to_string(slice.error_rate.n) + " of " + std::to_string(options_.least_items) + " needed";
  }

  // On the half where it was found, with regard to all that were looked at there.
  bool is_beyond_chance(const DiscoveredSlice& slice) const {
    const Sides open = sides_of(rows_, halves_.found, slice.rows, closed_);
    return p_of(open.part, open.rest) * static_cast<double>(result_.candidates) <= options_.alpha;
  }

  void close(const std::vector<std::uint32_t>& rows) {
    std::vector<std::uint32_t> all;
    std::ranges::set_union(closed_, rows, std::back_inserter(all));
    closed_ = std::move(all);
  }

  const DiscoveryRows& rows_;
  const SliceDiscoveryOptions& options_;
  SliceDiscovery& result_;
  Halves halves_;
  std::uint64_t least_;
  std::vector<std::uint32_t> closed_;  // Rows of slices that were picked, ascending.
};

void check_lengths(const DiscoveryRows& rows) {
  const auto check = [&](std::size_t length, const std::string& what) {
    if (length != rows.errors.size())
      throw Error(ErrorCode::kInvalidArgument,
                  "there are errors for " + std::to_string(rows.errors.size()) + " rows and " + what + " for " + std::to_string(length));
  };
  check(rows.ids.size(), "ids");
  check(rows.texts.size(), "texts");
  for (const SliceField& field : rows.fields) check(field.values.size(), "values of '" + field.name + "'");
  if (!rows.clusters.empty()) check(rows.clusters.size(), "clusters");
}

}  // namespace

void SliceDiscoveryOptions::validate() const {
  if (!(alpha > 0.0 && alpha < 1.0)) throw Error(ErrorCode::kInvalidArgument, "alpha: must lie between 0 and 1");
  if (!(alike > 0.5 && alike <= 1.0)) throw Error(ErrorCode::kInvalidArgument, "alike: must be above 0.5 and at most 1");
  if (least_items == 0 || least_found == 0) throw Error(ErrorCode::kInvalidArgument, "least_items, least_found: must be at least 1");
}

SliceDiscovery discover_slices(const DiscoveryRows& rows, const SliceDiscoveryOptions& options, std::span<const std::string> taken) {
  options.validate();
  check_lengths(rows);
  SliceDiscovery result;
  result.rows = rows.errors.size();
  result.errors = static_cast<std::uint64_t>(std::ranges::count_if(rows.errors, [](std::uint8_t error) { return error != 0; }));
  if (result.rows < kLeastDiscoveryRows)
    result.note = "too few rows with gold: " + std::to_string(result.rows) + " of " + std::to_string(kLeastDiscoveryRows) + " needed";
  else if (result.errors < kLeastErrors)
    result.note = result.errors == 0 ? "no row is wrong" : "too few wrong rows: " + std::to_string(result.errors);
  else if (result.errors == result.rows)
    result.note = "every row is wrong";
  if (!result.note.empty()) return result;
  Discovery(rows, options, result).run();
  std::set<std::string> names(taken.begin(), taken.end());
  name_slices(result.slices, names);
  name_slices(result.small, names);
  return result;
}

}  // namespace hone
