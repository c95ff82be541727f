#include "hone/label_model/source_kinds_internal.h"

#include <algorithm>
#include <cmath>

namespace hone {
namespace {

// The other votes on a row are no certain truth: a fifth of what is expected of a source is spread evenly.
constexpr double kNoise = 0.2;
// Fewer expected votes for the classes a source does not name say nothing about it.
constexpr double kLeastExpectedVotes = 5.0;
// It names other classes than its usual one less than a tenth as often as they come up …
constexpr double kRareShare = 0.1;
// … or never names classes that make up so much of what it was asked about.
constexpr double kNeverShare = 0.3;
// A source with fewer votes is not asked what kind of set this is, nor tested for lift.
constexpr double kLeastVotes = 25.0;
// A rule's class stands out on its rows by a quarter of what is possible and by four standard errors.
constexpr double kLeastLift = 0.25, kLiftErrors = 4.0;

// What the votes say about each source. All counts are of rows.
struct Seen {
  std::vector<double> named;      // By token.
  std::vector<double> expected;   // By token: votes for its class expected of a source that could name any.
  std::vector<double> votes;      // By source.
  std::vector<double> elsewhere;  // By source: expected votes for classes it never named.
};

// Votes by class on one row; only the classes in `voted` are not 0.
struct ByClass {
  std::vector<double> votes;
  std::vector<ClassId> voted;

  explicit ByClass(std::size_t classes) : votes(classes) {}

  void count(const FitRows& fit, const FitRows::Row& row, const TokenTable& tokens) {
    for (const ClassId id : voted) votes[id] = 0.0;
    voted.clear();
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) {
      const ClassId id = tokens.voted(fit.token[vote]);
      if (votes[id] == 0.0) voted.push_back(id);
      votes[id] += 1.0;
    }
  }

  /// Share of a class among the other votes, seen from a vote for `own`.
  double share_of_others(ClassId id, ClassId own, std::size_t all) const {
    return (votes[id] - (id == own ? 1.0 : 0.0)) / static_cast<double>(all - 1);
  }
};

Seen look_over(const FitRows& fit, const TokenTable& tokens, std::size_t classes) {
  Seen seen{std::vector<double>(tokens.size()), std::vector<double>(tokens.size()), std::vector<double>(tokens.sources()),
            std::vector<double>(tokens.sources())};
  std::vector<double> even(tokens.sources());  // By source: what is expected of it for every class alike.
  ByClass by_class(classes);
  std::vector<double> beside_own(classes), beside_other(classes);  // By class: votes expected of who voted for it, and of who did not.
  for (const FitRows::Row& row : fit.rows) {
    const double count = row.all, noise = row.votes() > 1 ? kNoise : 1.0;
    by_class.count(fit, row, tokens);
    for (const ClassId id : by_class.voted) {
      if (row.votes() == 1) continue;
      beside_own[id] = count * (1.0 - kNoise) * by_class.share_of_others(id, id, row.votes());
      beside_other[id] = count * (1.0 - kNoise) * by_class.share_of_others(id, kNoClass, row.votes());
    }
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) {
      const std::uint32_t own = fit.token[vote], source = tokens.source(own);
      seen.named[own] += count;
      seen.votes[source] += count;
      even[source] += count * noise / static_cast<double>(classes);
      if (row.votes() == 1) continue;
      for (const ClassId id : by_class.voted)
        if (const std::uint32_t token = tokens.find(source, id); token != TokenTable::kNone)
          seen.expected[token] += id == tokens.voted(own) ? beside_own[id] : beside_other[id];
    }
  }
  for (std::size_t source = 0; source < tokens.sources(); ++source) {
    double named = 0.0;
    for (std::uint32_t token = tokens.begin(source); token < tokens.end(source); ++token) named += seen.expected[token] += even[source];
    seen.elsewhere[source] = seen.votes[source] - named;  // Expectations of a row add up to one vote.
  }
  return seen;
}

std::uint32_t usual_token(const Seen& seen, const TokenTable& tokens, std::size_t source) {
  const auto first = seen.named.begin() + tokens.begin(source), last = seen.named.begin() + tokens.end(source);
  return tokens.begin(source) + static_cast<std::uint32_t>(std::max_element(first, last) - first);
}

bool is_candidate(const Seen& seen, const TokenTable& tokens, std::size_t source, std::size_t classes) {
  const std::uint32_t usual = usual_token(seen, tokens, source);
  const double expected_others = seen.votes[source] - seen.expected[usual], others = seen.votes[source] - seen.named[usual];
  if (expected_others >= kLeastExpectedVotes && others <= kRareShare * expected_others) return true;
  return tokens.of_source(source) < classes && seen.elsewhere[source] >= kLeastExpectedVotes &&
         seen.elsewhere[source] >= kNeverShare * seen.votes[source];
}

// How often the others name a source's usual class on its rows, against how often it is named at all.
struct Lift {
  std::vector<double> rows, share;  // By source: votes for the usual class beside others, and the others' mean share for it.
  std::vector<double> base;         // By class: mean share over rows with two votes.
};

Lift measure_lift(const FitRows& fit, const TokenTable& tokens, const std::vector<ClassId>& usual, std::size_t classes) {
  Lift lift{std::vector<double>(usual.size()), std::vector<double>(usual.size()), std::vector<double>(classes)};
  double rows = 0.0;
  ByClass by_class(classes);
  for (const FitRows::Row& row : fit.rows) {
    if (row.votes() < 2) continue;
    const double count = row.all;
    by_class.count(fit, row, tokens);
    rows += count;
    for (const ClassId id : by_class.voted) lift.base[id] += count * by_class.votes[id] / static_cast<double>(row.votes());
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) {
      const std::uint32_t source = tokens.source(fit.token[vote]);
      const ClassId voted = tokens.voted(fit.token[vote]);
      if (voted != usual[source]) continue;
      lift.rows[source] += count;
      lift.share[source] += count * by_class.share_of_others(voted, voted, row.votes());
    }
  }
  for (double& share : lift.base) share = rows > 0.0 ? share / rows : 1.0 / static_cast<double>(classes);
  for (std::size_t source = 0; source < usual.size(); ++source) lift.share[source] /= std::max(lift.rows[source], 1.0);
  return lift;
}

bool stands_out(const Lift& lift, std::size_t source, ClassId usual) {
  const double base = lift.base[usual], gain = lift.share[source] - base;
  const double error = std::sqrt(std::max(base * (1.0 - base), 1e-9) / std::max(lift.rows[source], 1.0));
  return lift.rows[source] >= kLeastVotes && gain >= kLeastLift * (1.0 - base) && gain >= kLiftErrors * error;
}

// Candidates hold more than half of the votes of all sources that vote often.
bool is_set_of_rules(const Seen& seen, const std::vector<bool>& candidate) {
  double all = 0.0, held = 0.0;
  for (std::size_t source = 0; source < candidate.size(); ++source) {
    if (seen.votes[source] < kLeastVotes) continue;
    all += seen.votes[source];
    if (candidate[source]) held += seen.votes[source];
  }
  return held > 0.5 * all;
}

std::vector<bool> by_votes(const FitRows& fit, const TokenTable& tokens, std::size_t classes) {
  const Seen seen = look_over(fit, tokens, classes);
  std::vector<bool> selective(tokens.sources());
  std::vector<ClassId> usual(tokens.sources(), kNoClass);
  for (std::size_t source = 0; source < tokens.sources(); ++source) {
    if (seen.votes[source] == 0.0) continue;
    usual[source] = tokens.voted(usual_token(seen, tokens, source));
    selective[source] = is_candidate(seen, tokens, source, classes);
  }
  if (is_set_of_rules(seen, selective)) {
    for (std::size_t source = 0; source < tokens.sources(); ++source)
      if (tokens.of_source(source) == 1) selective[source] = true;
    return selective;
  }
  // Among people, one who always answers the same is no rule: the others do not name his class more often on his rows.
  const Lift lift = measure_lift(fit, tokens, usual, classes);
  for (std::size_t source = 0; source < tokens.sources(); ++source)
    if (selective[source]) selective[source] = stands_out(lift, source, usual[source]);
  return selective;
}

}  // namespace

std::vector<bool> selective_sources(const FitRows& fit, const TokenTable& tokens, std::size_t classes,
                                    std::span<const SourceKind> declared) {
  const auto is_unknown = [](SourceKind kind) { return kind == SourceKind::kUnknown; };
  std::vector<bool> selective(tokens.sources());
  if (declared.empty() || std::ranges::any_of(declared, is_unknown)) selective = by_votes(fit, tokens, classes);
  for (std::size_t source = 0; source < declared.size(); ++source)
    if (!is_unknown(declared[source])) selective[source] = declared[source] == SourceKind::kSelective;
  return selective;
}

}  // namespace hone
