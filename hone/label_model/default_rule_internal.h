#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hone/label_model/fit_rows_internal.h"

namespace hone {

/// How the rules of one class stand to each other.
enum class Meetings : std::uint8_t {
  kNone,  // They look for different things (`refund`, `chargeback`), or there is one: silence of one says nothing against another.
  kPair,  // Two that meet: the silence of one counts, but how precise they are cannot be told (two rates, three unknowns).
  kMany,  // Three and more that meet: their meetings tell how precise each is and how common the class is.
};

/// A rule that names one class on nearly every row is no opinion about the row: it says which class is the usual one. It holds where
/// nobody says anything else, and where somebody does its vote counts nothing. With it rules do say something of how common classes
/// are: one that is not the usual one is taken to be at most as common as the rows on which its rules fire (as many as they miss they
/// take wrongly), the usual one has the rest. And it makes the silence of the others an opinion: where rules of one class meet as often
/// as rules that look for the same rows would, one that fires alone is mostly wrong.
struct DefaultRule {
  std::vector<std::uint32_t> tokens;  // One for each such rule; all name one class.
  ClassId usual = kNoClass;
  std::vector<double> shares;      // Of the classes, before anything is known of the rows.
  std::vector<Meetings> meetings;  // By class.

  bool rules_meet(ClassId id) const { return meetings[id] != Meetings::kNone; }
};

/// How precise a rule is that fires on so large a share of the rows, before its votes are known.
double precision_beside_default(double coverage, double share_of_class);

/// `examples` counts the rows without votes, too. Nothing when there is none, when such rules name different classes, or when the others'
/// rules fire on half of the rows and more.
std::optional<DefaultRule> find_default_rule(const FitRows& fit, const TokenTable& tokens, const std::vector<bool>& selective,
                                             double examples, std::size_t classes);

}  // namespace hone
