#include "hone/label_model/fit_rows_internal.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "hone/core/parallel.h"

namespace hone {
namespace {

// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators. OOPSLA 2014).
std::uint64_t mix(std::uint64_t word) {
  word += 0x9E3779B97F4A7C15u;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
  return word ^ (word >> 31);
}

// Of the class and confidence alone: that sources change places must change no draw.
std::vector<std::uint64_t> hashes_by_kind(std::span<const Vote> kinds) {
  std::vector<std::uint64_t> hashes;
  for (const Vote& kind : kinds) hashes.push_back(mix(std::uint64_t{kind.class_id} << 32 | std::bit_cast<std::uint32_t>(kind.confidence)));
  return hashes;
}

double uniform_of(const ExampleVotes& votes, std::uint64_t count, const std::vector<std::uint64_t>& by_kind) {
  std::uint64_t sum = mix(count);
  for (std::size_t place = 0; place < votes.size(); ++place) sum += by_kind[votes.kind(place)];
  return static_cast<double>(mix(sum) >> 11) * 0x1p-53;
}

// The draws of all patterns, asked for in order: many of them at a time, by all threads.
class DrawnAhead {
 public:
  DrawnAhead(const VotePatterns& votes, int threads) : votes_(votes), threads_(threads), by_kind_(hashes_by_kind(votes.kinds())) {}

  double at(std::size_t pattern) {
    if (pattern >= first_ + draws_.size()) draw_from(pattern);
    return draws_[pattern - first_];
  }

 private:
  static constexpr std::size_t kAhead = std::size_t{1} << 17, kBlock = std::size_t{1} << 13;

  void draw_from(std::size_t first) {
    first_ = first;
    draws_.resize(std::min(kAhead, votes_.size() - first));
    parallel_for((draws_.size() + kBlock - 1) / kBlock, threads_, [&](std::size_t block) {
      const std::size_t end = std::min(draws_.size(), (block + 1) * kBlock);
      for (std::size_t place = block * kBlock; place < end; ++place)
        draws_[place] = uniform_of(votes_.votes(first_ + place), votes_.count(first_ + place), by_kind_);
    });
  }

  const VotePatterns& votes_;
  int threads_;
  std::vector<std::uint64_t> by_kind_;
  std::size_t first_ = 0;
  std::vector<double> draws_;
};

// kNone for votes that say nothing.
std::vector<std::uint32_t> tokens_by_kind(std::span<const Vote> kinds, const TokenTable& tokens, const SetTokens& sets) {
  std::vector<std::uint32_t> by_kind;
  for (const Vote& kind : kinds) {
    const ClassId named = sets.answers().only_class(kind.class_id);
    by_kind.push_back(named != kNoClass ? tokens.find(kind.source, named) : sets.find(kind.source, kind.class_id));
  }
  return by_kind;
}

}  // namespace

TokenTable::TokenTable(std::size_t sources, std::span<const Vote> kinds) {
  std::size_t kind = 0;
  for (std::size_t source = 0; source < sources; ++source) {
    for (; kind < kinds.size() && kinds[kind].source == source; ++kind) {
      if (size() > begin_.back() && classes_.back() == kinds[kind].class_id) continue;  // Cast with another confidence.
      sources_.push_back(static_cast<std::uint32_t>(source));
      classes_.push_back(kinds[kind].class_id);
    }
    begin_.push_back(static_cast<std::uint32_t>(classes_.size()));
  }
}

bool TokenTable::fits(std::size_t sources) const {
  return begin_.size() == sources + 1 && begin_.front() == 0 && std::ranges::is_sorted(begin_) && begin_.back() == classes_.size() &&
         sources_.size() == classes_.size();
}

std::uint32_t TokenTable::find(std::uint32_t source, ClassId voted) const {
  const std::uint32_t likely = begin_[source] + voted;  // Where it is when the source named every class below it.
  if (likely < begin_[source + 1] && classes_[likely] == voted) return likely;
  const auto first = classes_.begin() + begin_[source], last = classes_.begin() + begin_[source + 1];
  const auto place = std::lower_bound(first, last, voted);
  return place == last || *place != voted ? kNone : static_cast<std::uint32_t>(place - classes_.begin());
}

void FitRows::add_votes(const ExampleVotes& on, std::span<const std::uint32_t> token_by_kind, const TokenTable& tokens, RowClasses& named) {
  for (std::size_t vote = 0; vote < on.size(); ++vote) {
    const std::uint32_t cast = token_by_kind[on.kind(vote)];
    if (cast >= tokens.size()) continue;
    token.push_back(cast);
    weight.push_back(on[vote].confidence);
    place.push_back(named.place_of(tokens.voted(cast)));
  }
}

void FitRows::add_sets(const ExampleVotes& on, std::span<const std::uint32_t> token_by_kind, const SetTokens& sets, RowClasses& named) {
  for (std::size_t vote = 0; vote < on.size(); ++vote) {
    const Vote cast = on[vote];
    if (sets.answers().only_class(cast.class_id) != kNoClass) continue;
    name_places(sets.answers(), cast.class_id, named);
    const std::uint32_t set = token_by_kind[on.kind(vote)];
    if (set == SetTokens::kNone) continue;  // It says nothing.
    token.push_back(set);
    weight.push_back(cast.confidence);
    place.push_back(0);
  }
}

FitRows::FitRows(const VotePatterns& votes, const TokenTable& tokens, const SetTokens& sets, const GoldCounts& known_gold,
                 const ClassColumns& columns, std::size_t most, int threads) {
  const std::vector<std::uint32_t> by_kind = tokens_by_kind(votes.kinds(), tokens, sets);
  DrawnAhead drawn(votes, threads);
  const double step = votes.size() > most ? static_cast<double>(votes.shape().examples) / static_cast<double>(most) : 0.0;
  gold.assign(known_gold.cells().begin(), known_gold.cells().end());
  std::size_t first_gold = 0;
  RowClasses row_classes(columns);
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern) {
    std::size_t last_gold = first_gold;
    double gold_rows = 0.0;
    for (; last_gold < gold.size() && gold[last_gold].pattern == pattern; ++last_gold)
      gold_rows += static_cast<double>(gold[last_gold].rows);
    const ExampleVotes on = votes.votes(pattern);
    double open = static_cast<double>(votes.count(pattern)) - gold_rows;
    if (step > 0.0) open = step * std::floor(open / step + drawn.at(pattern));
    if (!on.empty() && (open > 0.0 || last_gold > first_gold)) {
      const std::uint64_t begin = token.size(), first_class = classes.size();
      row_classes.clear();
      add_votes(on, by_kind, tokens, row_classes);
      const std::uint64_t end = token.size();
      if (end - begin < on.size()) add_sets(on, by_kind, sets, row_classes);
      for (std::size_t cell = first_gold; cell < last_gold; ++cell) row_classes.place_of(gold[cell].truth);
      classes.insert(classes.end(), row_classes.classes().begin(), row_classes.classes().end());
      rows.push_back({begin, end, token.size(), first_class, classes.size(), open, open + gold_rows, first_gold, last_gold});
    }
    first_gold = last_gold;
  }
}

void FitRows::keep_gold(std::span<const std::uint64_t> rows_by_cell) {
  for (std::size_t cell = 0; cell < gold.size(); ++cell) gold[cell].rows = rows_by_cell[cell];
  for (Row& row : rows) {
    row.open = row.all;
    for (const GoldCounts::Cell& cell : gold_of(row)) row.open -= static_cast<double>(cell.rows);
  }
}

std::vector<double> FitRows::rows_by_token(std::size_t tokens) const {
  std::vector<double> counted(tokens);
  for (const Row& row : rows)
    for (const std::uint32_t fired : tokens_of(row))
      if (fired < tokens) counted[fired] += row.all;
  return counted;
}

}  // namespace hone
