#include "hone/label_model/default_rule_internal.h"

#include <algorithm>
#include <cmath>

namespace hone {
namespace {

// Of all rows, those without votes among them: what a rule that looks for something can hardly reach.
constexpr double kNearlyAll = 0.95;
// Rules of one class meet when they do so by so many standard errors more often than by chance, and half as often as rules would that
// find rows of the class independently of each other. Rules for different things that are one class (`refund`, `chargeback`) do not:
// that one of them is silent says nothing against the other.
constexpr double kMeetingErrors = 4.0, kOfExpected = 0.5;

double all_rows(const FitRows& fit) {
  double rows = 0.0;
  for (const FitRows::Row& row : fit.rows) rows += row.all;
  return rows;
}

// By class: rows on which somebody names it, but for those who always name `usual`.
std::vector<double> rows_by_class(const FitRows& fit, const TokenTable& tokens, ClassId usual, std::size_t classes) {
  std::vector<double> rows(classes);
  std::vector<ClassId> named;
  for (const FitRows::Row& row : fit.rows) {
    named.clear();
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) named.push_back(tokens.voted(fit.token[vote]));
    std::ranges::sort(named);
    const auto repeated = std::ranges::unique(named);
    named.erase(repeated.begin(), repeated.end());
    for (const ClassId id : named)
      if (id != usual) rows[id] += row.all;
  }
  return rows;
}

// By class: pairs of its votes on one row, summed over the rows.
std::vector<double> pairs_by_class(const FitRows& fit, const TokenTable& tokens, std::size_t classes) {
  std::vector<double> pairs(classes);
  std::vector<ClassId> named;
  for (const FitRows::Row& row : fit.rows) {
    named.clear();
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) {
      const ClassId id = tokens.voted(fit.token[vote]);
      pairs[id] += row.all * static_cast<double>(std::ranges::count(named, id));
      named.push_back(id);
    }
  }
  return pairs;
}

// Products of all pairs of some numbers, summed.
class PairSum {
 public:
  void add(double value) {
    sum_ += value;
    squares_ += value * value;
  }
  double products() const { return 0.5 * (sum_ * sum_ - squares_); }

 private:
  double sum_ = 0.0, squares_ = 0.0;
};

// What is to be expected of the rules of one class: shares of the rows on which two of them fire.
struct ClassRules {
  std::size_t count = 0;
  PairSum by_chance;
  PairSum right;  // On rows of the class, were there no others: times the share of the class.
};

std::vector<ClassRules> rules_by_class(const std::vector<double>& fired, double rows, const TokenTable& tokens,
                                       const std::vector<double>& shares) {
  std::vector<ClassRules> rules(shares.size());
  for (std::uint32_t token = 0; token < tokens.size(); ++token) {
    if (fired[token] == 0.0) continue;
    ClassRules& its = rules[tokens.voted(token)];
    const double covered = fired[token] / rows;
    ++its.count;
    its.by_chance.add(covered);
    its.right.add(covered * precision_beside_default(covered, shares[tokens.voted(token)]));
  }
  return rules;
}

// Where the rules of a class meet its share is that of capture and recapture (Lincoln 1930): if rules find rows of the class
// independently, c of them at a time, right ones among them p c, then they meet on p c p' c' / share.
void judge_meetings(const std::vector<ClassRules>& rules, const std::vector<double>& pairs, double rows, DefaultRule& found) {
  found.meetings.assign(pairs.size(), Meetings::kNone);
  for (ClassId id = 0; id < pairs.size(); ++id) {
    const double met = pairs[id] / rows, chance = rules[id].by_chance.products(), right = rules[id].right.products();
    if (id == found.usual || met < kOfExpected * right / found.shares[id]) continue;
    if ((met - chance) * rows < kMeetingErrors * std::sqrt(std::max(chance * rows, 1.0))) continue;
    found.meetings[id] = rules[id].count > 2 ? Meetings::kMany : Meetings::kPair;
    found.shares[id] = std::min(found.shares[id], right / met);
  }
}

}  // namespace

double precision_beside_default(double coverage, double share) {
  // A rule for a rare class is wrong more often than one for a common class that looks as closely.
  constexpr double kNarrow = 0.8, kBroadness = 2.0;
  return 1.0 / (1.0 / kNarrow + coverage / (kBroadness * share));
}

std::optional<DefaultRule> find_default_rule(const FitRows& fit, const TokenTable& tokens, const std::vector<bool>& selective,
                                             double examples, std::size_t classes) {
  const std::vector<double> fired = fit.rows_by_token(tokens.size());
  const double rows = all_rows(fit);
  DefaultRule found;
  for (std::uint32_t token = 0; token < tokens.size(); ++token) {
    if (!selective[tokens.source(token)] || fired[token] < kNearlyAll * examples) continue;
    if (!found.tokens.empty() && tokens.voted(token) != found.usual) return std::nullopt;
    found.usual = tokens.voted(token);
    found.tokens.push_back(token);
  }
  if (found.tokens.empty()) return std::nullopt;
  found.shares = rows_by_class(fit, tokens, found.usual, classes);
  if (std::ranges::max(found.shares) == 0.0) return std::nullopt;
  for (double& share : found.shares) share = (share + 1.0) / (rows + static_cast<double>(classes));
  judge_meetings(rules_by_class(fired, rows, tokens, found.shares), pairs_by_class(fit, tokens, classes), rows, found);
  double rest = 1.0;
  for (std::size_t id = 0; id < classes; ++id) rest -= id == found.usual ? 0.0 : found.shares[id];
  if (rest <= 0.5) return std::nullopt;
  found.shares[found.usual] = rest;
  return found;
}

}  // namespace hone
