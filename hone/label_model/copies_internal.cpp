#include "hone/label_model/copies_internal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include "hone/core/parallel.h"
#include "hone/label_model/distribution_internal.h"

namespace hone {
namespace {

// A correlation over fewer common rows raises false groups.
constexpr double kLeastCommonRows = 200.0;
// The sources with most votes are compared: their pairs take time.
constexpr std::size_t kMostCompared = 400;
// So many rows tell a correlation to within a hundredth.
constexpr std::size_t kRowsCompared = 20000;
// All pairs of a group correlate at least so.
constexpr double kLeastCorrelation = 0.6;
// References whose own correlation is nearly 0 tell nothing; they must correlate so much, or nobody knows what is normal.
constexpr double kLeastReference = 0.03, kLeastMedianReference = 0.1;
constexpr std::size_t kLeastReferences = 3, kMostReferences = 40;
// Mean excess of a group of copies, and its standard errors in at least half of the pairs.
constexpr double kLeastExcess = 0.3, kStandardErrors = 4.0;
// Tokens of rules: rows that tell a Jaccard index, and the least index.
constexpr double kLeastTokenRows = 10.0, kLeastJaccard = 0.8;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// A square table over the compared sources.
class Pairs {
 public:
  explicit Pairs(std::size_t size) : size_(size), cells_(size * size) {}
  double& at(std::size_t a, std::size_t b) { return cells_[a * size_ + b]; }
  double at(std::size_t a, std::size_t b) const { return cells_[a * size_ + b]; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::vector<double> cells_;
};

struct Correlations {
  std::vector<std::uint32_t> sources;  // Those compared.
  Pairs common, r;                     // Rows on which both vote; 0 where they are too few.

  bool known(std::size_t a, std::size_t b) const { return common.at(a, b) >= kLeastCommonRows; }
};

std::vector<std::uint32_t> compared_sources(const FitRows& fit, const TokenTable& tokens, const std::vector<bool>& selective) {
  std::vector<double> votes(tokens.sources());
  for (const FitRows::Row& row : fit.rows)
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) votes[tokens.source(fit.token[vote])] += row.all;
  std::vector<std::uint32_t> sources;
  for (std::uint32_t source = 0; source < tokens.sources(); ++source)
    if (!selective[source] && votes[source] >= kLeastCommonRows) sources.push_back(source);
  if (sources.size() > kMostCompared) {
    std::ranges::stable_sort(sources, [&](std::uint32_t a, std::uint32_t b) { return votes[a] > votes[b]; });
    sources.resize(kMostCompared);
  }
  return sources;
}

// The votes of the compared sources on some of the rows, by source.
struct ComparedVotes {
  std::size_t rows = 0;
  std::vector<double> count;                     // By row: the rows it stands for.
  std::vector<ClassId> vote;                     // Source x row; kNoClass where it does not vote.
  std::vector<std::vector<std::uint32_t>> cast;  // By source: the rows it votes on.
};

ComparedVotes compared_votes(const FitRows& fit, const TokenTable& tokens, const std::vector<std::uint32_t>& sources) {
  std::vector<std::uint32_t> place(tokens.sources(), TokenTable::kNone);
  for (std::uint32_t number = 0; number < sources.size(); ++number) place[sources[number]] = number;
  const std::size_t stride = std::max<std::size_t>(1, (fit.rows.size() + kRowsCompared - 1) / kRowsCompared);
  ComparedVotes votes{(fit.rows.size() + stride - 1) / stride, {}, {}, std::vector<std::vector<std::uint32_t>>(sources.size())};
  votes.vote.assign(sources.size() * votes.rows, kNoClass);
  for (std::size_t number = 0; number < fit.rows.size(); number += stride) {
    const FitRows::Row& row = fit.rows[number];
    const auto at = static_cast<std::uint32_t>(votes.count.size());
    votes.count.push_back(row.all);
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) {
      const std::uint32_t source = place[tokens.source(fit.token[vote])];
      if (source == TokenTable::kNone) continue;
      votes.vote[source * votes.rows + at] = tokens.voted(fit.token[vote]);
      votes.cast[source].push_back(at);
    }
  }
  return votes;
}

// Two sources on the rows on which both vote.
class PairCounts {
 public:
  explicit PairCounts(std::size_t classes) : by_a_(classes), by_b_(classes) {}

  void count(const ComparedVotes& votes, std::size_t a, std::size_t b) {
    std::ranges::fill(by_a_, 0.0);
    std::ranges::fill(by_b_, 0.0);
    rows_ = agree_ = 0.0;
    if (votes.cast[a].size() > votes.cast[b].size()) std::swap(a, b);
    const ClassId* of_a = &votes.vote[a * votes.rows];
    const ClassId* of_b = &votes.vote[b * votes.rows];
    for (const std::uint32_t row : votes.cast[a]) {
      if (of_b[row] == kNoClass) continue;
      const double count = votes.count[row];
      rows_ += count;
      agree_ += of_a[row] == of_b[row] ? count : 0.0;
      by_a_[of_a[row]] += count;
      by_b_[of_b[row]] += count;
    }
  }

  double rows() const { return rows_; }

  /// Of the votes as one-hot vectors.
  double correlation() const {
    double product = 0.0, variance_a = 0.0, variance_b = 0.0;
    for (std::size_t id = 0; id < by_a_.size(); ++id) {
      const double p = by_a_[id] / rows_, q = by_b_[id] / rows_;
      product += p * q;
      variance_a += p * (1.0 - p);
      variance_b += q * (1.0 - q);
    }
    return (agree_ / rows_ - product) / std::sqrt(std::max(variance_a * variance_b, 1e-9));
  }

 private:
  double rows_ = 0.0, agree_ = 0.0;
  std::vector<double> by_a_, by_b_;  // By class: how each votes there.
};

Correlations correlations(const FitRows& fit, const TokenTable& tokens, const std::vector<bool>& selective, std::size_t classes,
                          int threads) {
  const std::vector<std::uint32_t> sources = compared_sources(fit, tokens, selective);
  const std::size_t size = sources.size();
  Correlations found{sources, Pairs(size), Pairs(size)};
  if (size < 2) return found;
  const ComparedVotes votes = compared_votes(fit, tokens, sources);
  parallel_for(size, threads, [&](std::size_t a) {
    PairCounts counts(classes);
    for (std::size_t b = 0; b < a; ++b) {
      counts.count(votes, a, b);
      found.common.at(a, b) = found.common.at(b, a) = counts.rows();
      if (found.known(a, b)) found.r.at(a, b) = found.r.at(b, a) = counts.correlation();
    }
  });
  return found;
}

// --- Groups of sources that all correlate strongly.

using Groups = std::vector<std::vector<std::size_t>>;  // Places among the compared sources; singletons too.

struct Pair {
  double r = 0.0;
  std::size_t a = 0, b = 0;
};

std::vector<Pair> strong_pairs(const Correlations& of) {
  std::vector<Pair> pairs;
  for (std::size_t a = 0; a < of.sources.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (of.r.at(a, b) >= kLeastCorrelation) pairs.push_back({of.r.at(a, b), a, b});
  std::ranges::sort(pairs, [](const Pair& x, const Pair& y) { return std::tie(y.r, x.a, x.b) < std::tie(x.r, y.a, y.b); });
  return pairs;
}

// Greedy complete linkage, the strongest pair first.
Groups linked(const Correlations& of) {
  std::vector<std::size_t> group(of.sources.size());
  std::iota(group.begin(), group.end(), 0u);
  Groups members(of.sources.size());
  for (std::size_t source = 0; source < members.size(); ++source) members[source] = {source};
  for (const Pair& pair : strong_pairs(of)) {
    const std::size_t into = group[pair.a], from = group[pair.b];
    if (into == from) continue;
    const auto strong = [&](std::size_t a) {
      return std::ranges::all_of(members[from], [&](std::size_t b) { return of.r.at(a, b) >= kLeastCorrelation; });
    };
    if (!std::ranges::all_of(members[into], strong)) continue;
    for (const std::size_t source : members[from]) {
      members[into].push_back(source);
      group[source] = into;
    }
    members[from].clear();
  }
  std::erase_if(members, [](const auto& of_group) { return of_group.empty(); });
  return members;
}

// The member that correlates most with everybody, of equal ones the first.
std::size_t representative(const Correlations& of, const std::vector<std::size_t>& group) {
  std::size_t best = 0;
  double most = -std::numeric_limits<double>::infinity();
  std::vector<std::size_t> ordered = group;
  std::ranges::sort(ordered);
  for (const std::size_t source : ordered) {
    double sum = 0.0;
    for (std::size_t other = 0; other < of.sources.size(); ++other) sum += of.r.at(source, other);
    if (sum > most) {
      most = sum;
      best = source;
    }
  }
  return best;
}

struct Grouped {
  Groups groups;
  std::vector<std::size_t> group_of;         // By compared source.
  std::vector<std::size_t> representatives;  // By group.

  std::vector<std::size_t> others(std::size_t group) const {
    std::vector<std::size_t> found;
    for (std::size_t other = 0; other < groups.size(); ++other)
      if (other != group) found.push_back(representatives[other]);
    return found;
  }
};

Grouped grouped(const Correlations& of) {
  Grouped result{linked(of), std::vector<std::size_t>(of.sources.size()), {}};
  for (std::size_t group = 0; group < result.groups.size(); ++group) {
    for (const std::size_t source : result.groups[group]) result.group_of[source] = group;
    result.representatives.push_back(representative(of, result.groups[group]));
  }
  return result;
}

// How much a source correlates with the truth, as sources of other groups see it: r_sa r_sb / r_ab is its square for independent a, b.
double loading(const Correlations& of, const Grouped& in, std::size_t source) {
  std::vector<std::size_t> references;
  for (const std::size_t other : in.others(in.group_of[source]))
    if (of.known(source, other) && references.size() < kMostReferences) references.push_back(other);
  std::vector<double> squares;
  for (std::size_t a = 0; a < references.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      const double between = of.r.at(references[a], references[b]);
      if (of.known(references[a], references[b]) && std::abs(between) > kLeastReference)
        squares.push_back(of.r.at(source, references[a]) * of.r.at(source, references[b]) / between);
    }
  return squares.empty() ? kUnknown : std::sqrt(std::clamp(median(std::move(squares)), 0.0, 1.0));
}

// Whether there are enough independent others to say what is normal.
bool has_references(const Correlations& of, const std::vector<std::size_t>& others) {
  if (others.size() < kLeastReferences) return false;
  std::vector<double> mutual;
  for (std::size_t a = 0; a < others.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (of.known(others[a], others[b])) mutual.push_back(of.r.at(others[a], others[b]));
  return mutual.size() >= kLeastReferences && median(std::move(mutual)) >= kLeastMedianReference;
}

enum class Verdict { kCopies, kExplained, kUncheckable };

Verdict judge(const Correlations& of, const Grouped& in, std::size_t group, const std::vector<double>& loadings) {
  if (!has_references(of, in.others(group))) return Verdict::kUncheckable;
  const std::vector<std::size_t>& members = in.groups[group];
  double sum = 0.0;
  std::size_t pairs = 0, unsure = 0;
  for (std::size_t a = 0; a < members.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      const std::size_t x = members[a], y = members[b];
      const double excess = of.r.at(x, y) - loadings[x] * loadings[y];
      if (std::isnan(excess)) return Verdict::kUncheckable;
      sum += excess;
      ++pairs;
      unsure += excess < kStandardErrors / std::sqrt(of.common.at(x, y));
    }
  return sum >= kLeastExcess * static_cast<double>(pairs) && 2 * unsure <= pairs ? Verdict::kCopies : Verdict::kExplained;
}

// What is left of a correlation when the truth is taken out, as a share of what could be left.
double link_strength(const Correlations& of, const std::vector<double>& loadings, std::size_t a, std::size_t b) {
  const double explained = loadings[a] * loadings[b];
  return std::clamp((of.r.at(a, b) - explained) / std::max(1.0 - explained, 0.05), 0.0, 1.0);
}

std::vector<std::uint32_t> tokens_of(std::uint32_t source, const TokenTable& tokens, const SetTokens& sets) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t token = tokens.begin(source); token < tokens.end(source); ++token) all.push_back(token);
  for (std::uint32_t token = sets.begin(source); token < sets.end(source); ++token) all.push_back(token);
  return all;
}

void link_sources(const TokenTable& tokens, const SetTokens& sets, std::uint32_t a, std::uint32_t b, double strength, Copies& copies) {
  const std::vector<std::uint32_t> its = tokens_of(b, tokens, sets);
  for (const std::uint32_t mine : tokens_of(a, tokens, sets))
    for (const std::uint32_t other : its) copies.link(mine, other, strength);
}

CopyGroup named(const Correlations& of, const std::vector<std::size_t>& members) {
  CopyGroup group;
  for (const std::size_t member : members) group.sources.push_back(of.sources[member]);
  std::ranges::sort(group.sources);
  group.worth = static_cast<double>(members.size());
  return group;
}

void find_source_copies(const FitRows& fit, const TokenTable& tokens, const SetTokens& sets, const std::vector<bool>& selective,
                        std::size_t classes, int threads, FoundCopies& found) {
  const Correlations of = correlations(fit, tokens, selective, classes, threads);
  const Grouped in = grouped(of);
  std::vector<double> loadings;
  for (std::size_t source = 0; source < of.sources.size(); ++source) loadings.push_back(loading(of, in, source));
  for (std::size_t group = 0; group < in.groups.size(); ++group) {
    const std::vector<std::size_t>& members = in.groups[group];
    if (members.size() < 2) continue;
    const Verdict verdict = judge(of, in, group, loadings);
    if (verdict == Verdict::kExplained) continue;
    CopyGroup said = named(of, members);
    said.checked = verdict == Verdict::kCopies;
    if (said.checked) said.worth = 0.0;
    for (std::size_t a = 0; said.checked && a < members.size(); ++a) {
      double links = 0.0;
      for (std::size_t b = 0; b < members.size(); ++b) {
        if (a == b) continue;
        const double strength = link_strength(of, loadings, members[a], members[b]);
        links += strength;
        if (a < b) link_sources(tokens, sets, of.sources[members[a]], of.sources[members[b]], strength, found.copies);
      }
      said.worth += 1.0 / (1.0 + links);
    }
    found.groups.push_back(std::move(said));
  }
}

// --- Rules of one class or set that fire on nearly the same rows.

using TokenPair = std::pair<std::uint32_t, std::uint32_t>;

// Those that are compared so.
class RuleTokens {
 public:
  RuleTokens(const TokenTable& tokens, const SetTokens& sets, const std::vector<bool>& selective)
      : tokens_(tokens), sets_(sets), selective_(selective) {}

  std::size_t all() const { return tokens_.size() + sets_.size(); }
  bool is_rule(std::uint32_t token) const { return selective_[source(token)]; }
  std::uint32_t source(std::uint32_t token) const { return token < tokens_.size() ? tokens_.source(token) : sets_.source(token); }
  ClassId answer(std::uint32_t token) const { return token < tokens_.size() ? tokens_.voted(token) : sets_.answer(token); }

 private:
  const TokenTable& tokens_;
  const SetTokens& sets_;
  const std::vector<bool>& selective_;
};

// Rows on which both tokens of a pair fire, of pairs that can still reach the least index.
std::map<TokenPair, double> common_rows(const FitRows& fit, const RuleTokens& tokens, const std::vector<double>& rows) {
  const auto may_be_copies = [&](std::uint32_t a, std::uint32_t b) {
    return tokens.answer(a) == tokens.answer(b) && std::min(rows[a], rows[b]) >= kLeastJaccard * std::max(rows[a], rows[b]);
  };
  std::map<TokenPair, double> common;
  std::vector<std::uint32_t> present;
  for (const FitRows::Row& row : fit.rows) {
    present.clear();
    for (const std::uint32_t token : fit.tokens_of(row))
      if (tokens.is_rule(token) && rows[token] >= kLeastTokenRows) present.push_back(token);
    for (std::size_t a = 0; a < present.size(); ++a)
      for (std::size_t b = a + 1; b < present.size(); ++b)
        if (may_be_copies(present[a], present[b])) common[{present[a], present[b]}] += row.all;
  }
  return common;
}

// Tokens that are linked, directly or through others, are one group.
void group_tokens(const std::map<TokenPair, double>& links, const RuleTokens& tokens, std::vector<CopyGroup>& groups) {
  std::map<std::uint32_t, std::uint32_t> least;  // By token: the least one that is known to be in its group.
  std::map<std::uint32_t, double> sum;
  const auto root = [&](std::uint32_t token) {
    while (least.at(token) != token) token = least.at(token);
    return token;
  };
  for (const auto& [pair, strength] : links) {
    for (const std::uint32_t token : {pair.first, pair.second}) {
      least.try_emplace(token, token);
      sum[token] += strength;
    }
    const std::uint32_t a = root(pair.first), b = root(pair.second);
    least[std::max(a, b)] = std::min(a, b);
  }
  std::map<std::uint32_t, CopyGroup> by_root;
  for (const auto& [token, links_of_it] : sum) {
    CopyGroup& group = by_root[root(token)];
    group.sources.push_back(tokens.source(token));
    group.worth += 1.0 / (1.0 + links_of_it);
  }
  for (auto& [token, group] : by_root) groups.push_back(std::move(group));
}

void find_token_copies(const FitRows& fit, const RuleTokens& tokens, FoundCopies& found) {
  const std::vector<double> rows = fit.rows_by_token(tokens.all());
  std::map<TokenPair, double> links;
  for (const auto& [pair, common] : common_rows(fit, tokens, rows)) {
    const double jaccard = common / (rows[pair.first] + rows[pair.second] - common);
    if (jaccard < kLeastJaccard) continue;
    found.copies.link(pair.first, pair.second, jaccard);
    links.emplace(pair, jaccard);
  }
  group_tokens(links, tokens, found.groups);
}

}  // namespace

void Copies::link(std::uint32_t a, std::uint32_t b, double strength) {
  if (strength <= 0.0) return;
  links_[a].push_back({b, strength});
  links_[b].push_back({a, strength});
  any_ = true;
}

void Copies::discounts(std::span<const std::uint32_t> tokens, std::span<double> discounts) const {
  for (std::size_t vote = 0; vote < tokens.size(); ++vote) {
    double said_again = 0.0;
    for (const Link& link : links_[tokens[vote]])
      if (std::ranges::find(tokens, link.other) != tokens.end()) said_again += link.strength;
    discounts[vote] = 1.0 / (1.0 + said_again);
  }
}

FoundCopies find_copies(const FitRows& fit, const TokenTable& tokens, const SetTokens& sets, const std::vector<bool>& selective,
                        std::size_t classes, int threads) {
  FoundCopies found{Copies(tokens.size() + sets.size()), {}};
  find_source_copies(fit, tokens, sets, selective, classes, threads, found);
  find_token_copies(fit, RuleTokens(tokens, sets, selective), found);
  return found;
}

}  // namespace hone
