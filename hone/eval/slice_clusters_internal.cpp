// Spherical k-means (I. S. Dhillon, D. S. Modha: Concept decompositions for large sparse text data using clustering, Machine Learning 42,
// 2001) over the words of each text, weighed by (1 + ln of how often) x ln(rows / rows with the word), with the seeding of k-means++ (D.
// Arthur, S. Vassilvitskii, 2007; the squared distance of two directions is twice one less their cosine). A cluster is no condition, so
// each is then said by its words: of those that tell it best from the other texts, by likelihood ratio, the ones that come nearest to it,
// and how many of them must stand in a text. Rows and words are taken in an order that hangs on ids and spellings alone, so that sums come
// out the same whatever the order of the data.
#include "hone/eval/slice_clusters_internal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "hone/core/hash.h"
#include "hone/core/random.h"
#include "hone/eval/slice_terms_internal.h"

namespace hone {
namespace {

constexpr std::size_t kMostClusteredRows = 10'000;
// Broad clusters, and narrow ones: of a slice's size nothing is known.
constexpr std::array<std::size_t, 4> kClusterCounts{8, 16, 32, 64};
constexpr int kMostRounds = 15;
constexpr std::size_t kMostClusterWords = 12;
constexpr std::uint64_t kMostNeeded = 3;
// Words that are tried for each cluster.
constexpr std::size_t kMostTelling = 40;
// By how much, and by how many rows, each further word must bring them nearer: less is chance, and makes the condition longer.
constexpr double kLeastGain = 0.01, kLeastRowsGained = 2.0;
// Words that hold on other rows than the cluster's say something, but not the cluster (Jaccard's index).
constexpr double kLeastAlike = 0.4;
// Several words that hold on much the same rows as one of them say no more than that one (Jaccard's index).
constexpr double kSameAsOne = 0.7;

struct Entry {
  std::uint32_t word = 0;  // In the vocabulary.
  std::uint32_t count = 0;
  float weight = 0.0f;
};

// Texts as sparse directions over a vocabulary, in an order that hangs on ids and spellings alone.
struct Directions {
  std::vector<std::string> vocabulary;  // By spelling.
  std::vector<std::size_t> begin{0};
  std::vector<Entry> entries;

  std::size_t rows() const { return begin.size() - 1; }
  std::span<const Entry> of(std::size_t row) const { return std::span(entries).subspan(begin[row], begin[row + 1] - begin[row]); }
};

struct DrawnRows {
  std::vector<std::uint32_t> rows;
  std::size_t of = 0;  // So many from which they were drawn.
};

DrawnRows rows_to_cluster(const TokenizedTexts& texts, std::span<const std::string> ids, std::span<const std::uint8_t> searched) {
  constexpr std::string_view kKey = "hone/slice-discovery/clusters/v1\n";
  std::vector<std::pair<std::uint64_t, std::uint32_t>> drawn;
  for (std::uint32_t row = 0; row < ids.size(); ++row)
    if (searched[row] != 0 && !texts.of(row).empty()) drawn.emplace_back(sha256_prefix(std::string(kKey) + ids[row]), row);
  std::ranges::sort(drawn,
                    [&](const auto& a, const auto& b) { return std::tie(a.first, ids[a.second]) < std::tie(b.first, ids[b.second]); });
  DrawnRows kept{.rows = {}, .of = drawn.size()};
  if (drawn.size() > kMostClusteredRows) drawn.resize(kMostClusteredRows);
  for (const auto& [hash, row] : drawn) kept.rows.push_back(row);
  return kept;
}

// How often each word stands in a text, by the words' numbers.
std::vector<std::pair<std::uint32_t, std::uint32_t>> counted_words(std::span<const SliceToken> tokens) {
  std::vector<std::uint32_t> words;
  for (const SliceToken token : tokens) words.push_back(token.word);
  std::ranges::sort(words);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> counted;
  for (const std::uint32_t word : words) {
    if (counted.empty() || counted.back().first != word) counted.emplace_back(word, 0u);
    ++counted.back().second;
  }
  return counted;
}

std::vector<std::uint32_t> rows_by_word(const TokenizedTexts& texts, std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> with_word(texts.words().size());
  for (const std::uint32_t row : rows)
    for (const auto& [word, count] : counted_words(texts.of(row))) ++with_word[word];
  return with_word;
}

Directions directions_of(const TokenizedTexts& texts, std::span<const std::uint32_t> rows, std::uint64_t least) {
  const std::vector<std::uint32_t> with_word = rows_by_word(texts, rows);
  std::vector<std::uint32_t> kept;
  for (std::uint32_t word = 0; word < with_word.size(); ++word)
    if (with_word[word] >= least && with_word[word] < rows.size() && is_stable_term(texts.words().text(word))) kept.push_back(word);
  std::ranges::sort(kept, {}, [&](std::uint32_t word) { return texts.words().text(word); });
  constexpr std::uint32_t kNotKept = 0xFFFFFFFF;
  std::vector<std::uint32_t> place(with_word.size(), kNotKept);
  Directions directions;
  for (const std::uint32_t word : kept) {
    place[word] = static_cast<std::uint32_t>(directions.vocabulary.size());
    directions.vocabulary.emplace_back(texts.words().text(word));
  }
  for (const std::uint32_t row : rows) {
    const std::size_t first = directions.entries.size();
    for (const auto& [word, count] : counted_words(texts.of(row))) {
      if (place[word] == kNotKept) continue;
      const double rarity = std::log(static_cast<double>(rows.size()) / static_cast<double>(with_word[word]));
      directions.entries.push_back({place[word], count, static_cast<float>((1.0 + std::log(static_cast<double>(count))) * rarity)});
    }
    const std::span<Entry> added = std::span(directions.entries).subspan(first);
    std::ranges::sort(added, {}, &Entry::word);
    double squares = 0.0;
    for (const Entry& entry : added) squares += static_cast<double>(entry.weight) * static_cast<double>(entry.weight);
    for (Entry& entry : added) entry.weight = static_cast<float>(static_cast<double>(entry.weight) / std::sqrt(squares));
    directions.begin.push_back(directions.entries.size());
  }
  return directions;
}

// Spherical k-means. A row without a word of the vocabulary is in the first cluster: it is like none.
class Clustering {
 public:
  Clustering(const Directions& directions, std::size_t clusters) : directions_(directions), of_row_(directions.rows(), 0) {
    seed(clusters);
    for (int round = 0; round < kMostRounds && assign(); ++round) average();
  }

  std::size_t clusters() const { return clusters_; }
  const std::vector<std::uint32_t>& of_row() const { return of_row_; }

 private:
  // Rows to begin with: each with a chance that grows with its distance from those before.
  void seed(std::size_t clusters) {
    RandomStream dice(0, "slice-discovery/clusters/" + std::to_string(clusters));
    std::vector<double> distance(directions_.rows(), 1.0);
    std::vector<std::size_t> seeds;
    while (seeds.size() < clusters) {
      const double all = std::accumulate(distance.begin(), distance.end(), 0.0);
      if (all <= 0.0) break;
      double left = dice.uniform() * all;
      std::size_t row = 0;
      while (row + 1 < distance.size() && (left -= distance[row]) >= 0.0) ++row;
      seeds.push_back(row);
      measure_from(row, distance);
    }
    clusters_ = seeds.size();
    centers_.assign(directions_.vocabulary.size() * clusters_, 0.0f);
    for (std::size_t cluster = 0; cluster < clusters_; ++cluster)
      for (const Entry& entry : directions_.of(seeds[cluster])) center(entry.word)[cluster] = entry.weight;
  }

  void measure_from(std::size_t seed, std::vector<double>& distance) const {
    std::vector<float> weights(directions_.vocabulary.size());
    for (const Entry& entry : directions_.of(seed)) weights[entry.word] = entry.weight;
    for (std::size_t row = 0; row < distance.size(); ++row) {
      double cosine = directions_.of(row).empty() ? 1.0 : 0.0;
      for (const Entry& entry : directions_.of(row)) cosine += static_cast<double>(entry.weight) * static_cast<double>(weights[entry.word]);
      distance[row] = row == seed ? 0.0 : std::min(distance[row], std::max(0.0, 1.0 - cosine));
    }
  }

  // Whether any row changed its cluster.
  bool assign() {
    bool changed = false;
    std::vector<float> cosines(clusters_);
    for (std::size_t row = 0; row < of_row_.size(); ++row) {
      std::ranges::fill(cosines, 0.0f);
      for (const Entry& entry : directions_.of(row)) {
        const std::span<const float> center = std::as_const(*this).center(entry.word);
        for (std::size_t cluster = 0; cluster < clusters_; ++cluster) cosines[cluster] += entry.weight * center[cluster];
      }
      const auto nearest = static_cast<std::uint32_t>(std::ranges::max_element(cosines) - cosines.begin());
      changed = changed || nearest != of_row_[row];
      of_row_[row] = nearest;
    }
    return changed;
  }

  void average() {
    std::ranges::fill(centers_, 0.0f);
    for (std::size_t row = 0; row < of_row_.size(); ++row)
      for (const Entry& entry : directions_.of(row)) center(entry.word)[of_row_[row]] += entry.weight;
    std::vector<double> squares(clusters_);
    for (std::size_t place = 0; place < centers_.size(); ++place)
      squares[place % clusters_] += static_cast<double>(centers_[place]) * static_cast<double>(centers_[place]);
    for (std::size_t place = 0; place < centers_.size(); ++place)
      if (squares[place % clusters_] > 0.0)
        centers_[place] = static_cast<float>(static_cast<double>(centers_[place]) / std::sqrt(squares[place % clusters_]));
  }

  std::span<float> center(std::uint32_t word) { return std::span(centers_).subspan(word * clusters_, clusters_); }
  std::span<const float> center(std::uint32_t word) const { return std::span(centers_).subspan(word * clusters_, clusters_); }

  const Directions& directions_;
  std::size_t clusters_ = 0;
  std::vector<float> centers_;  // Row-major, words x clusters.
  std::vector<std::uint32_t> of_row_;
};

// How many rows of a cluster hold each word: row-major, words x clusters.
std::vector<std::uint32_t> held_words(const Directions& directions, const Clustering& clustering) {
  std::vector<std::uint32_t> held(directions.vocabulary.size() * clustering.clusters());
  for (std::size_t row = 0; row < directions.rows(); ++row)
    for (const Entry& entry : directions.of(row)) ++held[entry.word * clustering.clusters() + clustering.of_row()[row]];
  return held;
}

// Where a word stands, and how often.
struct Posting {
  std::uint32_t row = 0;
  std::uint32_t count = 0;
};

// Says clusters by their words: so many of a few stand in a text.
class Namer {
 public:
  Namer(const Directions& directions, const Clustering& clustering)
      : directions_(directions),
        clustering_(clustering),
        held_(held_words(directions, clustering)),
        postings_(directions.vocabulary.size()),
        sizes_(clustering.clusters()),
        stand_(directions.rows()) {
    for (const std::uint32_t cluster : clustering.of_row()) ++sizes_[cluster];
    for (std::uint32_t row = 0; row < directions.rows(); ++row)
      for (const Entry& entry : directions.of(row)) postings_[entry.word].push_back({row, entry.count});
  }

  std::uint64_t size(std::uint32_t cluster) const { return sizes_[cluster]; }

  // The words, and how many of them must stand, that come nearest to the cluster as far as they were tried; nothing when none come near, or
  // one word does as well as all of them.
  std::optional<SliceTerm> name(std::uint32_t cluster) {
    const std::vector<std::uint32_t> telling = telling_words(cluster);
    Saying best;
    for (std::uint64_t needed = 1; needed <= kMostNeeded; ++needed)
      if (Saying saying = nearest(cluster, telling, needed); saying.alike > best.alike) best = std::move(saying);
    if (best.alike < kLeastAlike || best.words.size() < 2 || best.is_one_word) return std::nullopt;
    SliceTerm term{.kind = SliceTerm::Kind::kTextCluster, .field = {}, .text = {}};
    for (const std::uint32_t word : best.words) term.words.push_back(directions_.vocabulary[word]);
    term.at_least = best.needed;
    term.cluster = {sizes_[cluster], best.holds.inside, best.holds.outside};
    return term;
  }

 private:
  // Rows of the cluster and others.
  struct Held {
    std::uint64_t inside = 0, outside = 0;
  };
  struct Saying {
    std::vector<std::uint32_t> words;
    std::uint64_t needed = 1;
    Held holds;
    double alike = 0.0;
    bool is_one_word = false;
  };

  std::vector<std::uint32_t> telling_words(std::uint32_t cluster) const {
    std::vector<std::pair<double, std::uint32_t>> told;
    for (std::uint32_t word = 0; word < postings_.size(); ++word) {
      const double tells =
          evidence({postings_[word].size(), held_[word * clustering_.clusters() + cluster]}, {directions_.rows(), sizes_[cluster]});
      if (tells > 0.0) told.emplace_back(-tells, word);
    }
    std::ranges::sort(told);
    std::vector<std::uint32_t> words;
    for (std::size_t place = 0; place < std::min(told.size(), kMostTelling); ++place) words.push_back(told[place].second);
    return words;
  }

  // Climbs from the most telling words: one is taken in or left out at a time, as long as that comes nearer.
  Saying nearest(std::uint32_t cluster, std::span<const std::uint32_t> telling, std::uint64_t needed) {
    Saying saying{.words = {}, .needed = needed, .holds = {}};
    const auto turn = [&](std::uint32_t word) {
      const Held holds = after_turning(saying, word, cluster);
      const bool is_in = put(saying, word);
      saying.holds = holds;
      for (const Posting& at : postings_[word]) stand_[at.row] = is_in ? stand_[at.row] + at.count : stand_[at.row] - at.count;
      saying.alike = alike(holds, cluster);
    };
    for (const std::uint32_t word : telling.first(std::min<std::size_t>(telling.size(), 2 * needed))) turn(word);
    for (bool is_nearer = true; is_nearer;) {
      is_nearer = false;
      double best = saying.alike;
      std::uint32_t best_word = 0;
      const double least = saying.alike + std::max(kLeastGain, kLeastRowsGained / static_cast<double>(sizes_[cluster]));
      for (const std::uint32_t word : telling) {
        if (saying.words.size() == kMostClusterWords && !holds_word(saying, word)) continue;
        const bool comes_in = !holds_word(saying, word);
        const double after = alike(after_turning(saying, word, cluster), cluster);
        if (after <= best || (comes_in && after < least)) continue;
        best = after;
        best_word = word;
        is_nearer = true;
      }
      if (is_nearer) turn(best_word);
    }
    saying.is_one_word = is_one_word(saying);
    for (const std::uint32_t word : saying.words)
      for (const Posting& at : postings_[word]) stand_[at.row] = 0;
    return saying;
  }

  static bool holds_word(const Saying& saying, std::uint32_t word) { return std::ranges::find(saying.words, word) != saying.words.end(); }

  // Takes the word in, or out where it is in; whether it is in then.
  static bool put(Saying& saying, std::uint32_t word) {
    if (std::erase(saying.words, word) > 0) return false;
    saying.words.push_back(word);
    return true;
  }

  // On what the saying would hold with the word turned: in where it is out, out where it is in.
  Held after_turning(const Saying& saying, std::uint32_t word, std::uint32_t cluster) const {
    const bool comes_in = !holds_word(saying, word);
    Held holds = saying.holds;
    for (const Posting& at : postings_[word]) {
      const bool before = stand_[at.row] >= saying.needed;
      const bool after = (comes_in ? stand_[at.row] + at.count : stand_[at.row] - at.count) >= saying.needed;
      if (before == after) continue;
      std::uint64_t& rows = clustering_.of_row()[at.row] == cluster ? holds.inside : holds.outside;
      rows = after ? rows + 1 : rows - 1;
    }
    return holds;
  }

  // Jaccard's index with the cluster.
  double alike(const Held& holds, std::uint32_t cluster) const {
    return static_cast<double>(holds.inside) / static_cast<double>(sizes_[cluster] + holds.outside);
  }

  // Whether it holds on much the same rows as one of its words does.
  bool is_one_word(const Saying& saying) const {
    const std::uint64_t holding = saying.holds.inside + saying.holds.outside;
    return std::ranges::any_of(saying.words, [&](std::uint32_t word) {
      const auto both = static_cast<std::uint64_t>(
          std::ranges::count_if(postings_[word], [&](const Posting& at) { return stand_[at.row] >= saying.needed; }));
      return static_cast<double>(both) >= kSameAsOne * static_cast<double>(postings_[word].size() + holding - both);
    });
  }

  const Directions& directions_;
  const Clustering& clustering_;
  std::vector<std::uint32_t> held_;
  std::vector<std::vector<Posting>> postings_;  // By word.
  std::vector<std::uint64_t> sizes_;
  std::vector<std::uint64_t> stand_;  // By row, how many of the words of the saying that is tried stand there; else 0.
};

}  // namespace

std::vector<SliceTerm> text_clusters(const TokenizedTexts& texts, std::span<const std::string> ids, std::span<const std::uint8_t> searched,
                                     std::uint64_t least) {
  const auto [rows, of] = rows_to_cluster(texts, ids, searched);
  if (rows.empty()) return {};
  least = std::max<std::uint64_t>(1, least * rows.size() / of);
  const Directions directions = directions_of(texts, rows, least);
  std::vector<SliceTerm> terms;
  for (const std::size_t clusters : kClusterCounts) {
    if (rows.size() < 2 * least * clusters) break;  // On average twice as many rows as it needs.
    const Clustering clustering(directions, clusters);
    Namer namer(directions, clustering);
    for (std::uint32_t cluster = 0; cluster < clustering.clusters(); ++cluster) {
      if (namer.size(cluster) < least) continue;
      const auto term = namer.name(cluster);
      const auto is_same = [&](const SliceTerm& other) { return other.words == term->words && other.at_least == term->at_least; };
      if (term && std::ranges::none_of(terms, is_same)) terms.push_back(*term);
    }
  }
  return terms;
}

std::vector<std::vector<std::uint32_t>> rows_of_text_clusters(const TokenizedTexts& texts, std::span<const SliceTerm> groups) {
  std::vector<std::vector<std::uint32_t>> with_word(texts.words().size()), rows(groups.size());
  for (std::uint32_t group = 0; group < groups.size(); ++group)
    for (const std::string& word : groups[group].words)
      if (const auto number = texts.words().find(word)) with_word[*number].push_back(group);
  std::vector<std::uint64_t> stand(groups.size());
  for (std::uint32_t row = 0; row < texts.rows(); ++row) {
    for (const SliceToken token : texts.of(row))
      for (const std::uint32_t group : with_word[token.word])
        if (++stand[group] == groups[group].at_least) rows[group].push_back(row);
    for (const SliceToken token : texts.of(row))
      for (const std::uint32_t group : with_word[token.word]) stand[group] = 0;
  }
  return rows;
}

}  // namespace hone
