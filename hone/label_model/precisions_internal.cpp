#include "hone/label_model/precisions_internal.h"

#include <algorithm>
#include <cmath>

#include "hone/label_model/confusions_internal.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/surprise_internal.h"

namespace hone {
namespace {

// A narrow rule begins at so much; one as broad as twice its class at half of what is left; none below a little more than chance.
constexpr double kNarrow = 0.9, kBroadness = 2.0, kLeastOverChance = 1.1;
// What the rows say counts against so many imagined votes, and against four times its own where only rules vote: a rule's own vote
// is in the posterior that judges it, and free EM runs away.
constexpr double kImaginedVotes = 10.0, kDistrust = 4.0;
// Gold of a class's rules together against so many imagined votes.
constexpr double kClassGold = 5.0;

double bounded(double p) { return std::clamp(p, kLeastAccuracy, kMostAccuracy); }

}  // namespace

Precisions::Precisions(const TokenTable& tokens, const std::vector<bool>& selective, Fired fired, double examples, double complete_share)
    : tokens_(tokens), selective_(selective), fired_(std::move(fired)), examples_(examples), complete_share_(complete_share) {}

double Precisions::floor(std::size_t classes) { return kLeastOverChance / static_cast<double>(classes); }

double Precisions::of_coverage(double coverage, double class_share, std::size_t classes) {
  return std::max(floor(classes), 1.0 / (1.0 / kNarrow + coverage / (kBroadness * class_share)));
}

double Precisions::imagined_votes(double rows, double complete_share) { return kImaginedVotes + kDistrust * (1.0 - complete_share) * rows; }

std::vector<double> Precisions::prior(std::span<const double> class_shares) const {
  std::vector<double> precision(tokens_.size());
  for (std::size_t token = 0; token < tokens_.size(); ++token)
    precision[token] = prior(token, class_shares[tokens_.voted(token)], class_shares.size());
  return precision;
}

// A vote for the usual class is none against it.
double Precisions::prior(std::size_t token, double share, std::size_t classes) const {
  const double coverage = fired_.rows[token] / examples_;
  if (default_ == nullptr) return of_coverage(coverage, share, classes);
  const double precision = std::max(floor(classes), precision_beside_default(coverage, share));
  return tokens_.voted(token) == default_->usual ? std::max(precision, std::min(kLeastOverChance * share, kMostAccuracy)) : precision;
}

// Where enough rules meet and their silence counts, what they say of each other is evidence.
double Precisions::imagined_against(std::size_t token, double rows) const {
  const bool many_meet = default_ != nullptr && default_->meetings[tokens_.voted(token)] == Meetings::kMany;
  return many_meet ? kImaginedVotes : imagined_votes(rows, complete_share_);
}

std::vector<double> Precisions::learned(std::span<const double> class_shares, std::span<const double> mass, std::size_t classes) const {
  std::vector<double> precision = prior(class_shares);
  for (std::size_t token = 0; token < tokens_.size(); ++token) {
    const double rows = fired_.open[token];
    const double imagined = imagined_against(token, rows);
    if (!mass.empty()) precision[token] = (mass[token] + imagined * precision[token]) / (rows + imagined);
    precision[token] = bounded(precision[token]);
  }
  shift_to_gold(precision, classes);
  move_each_to_gold(precision);
  return precision;
}

// Each on its own, as far as rules differ on gold beyond chance.
void Precisions::move_each_to_gold(std::vector<double>& precision) const {
  Surprise surprise;
  double known = 0.0;
  for (std::size_t token = 0; token < tokens_.size(); ++token) {
    const double rows = fired_.gold[token];
    if (!selective_[tokens_.source(token)] || rows == 0.0) continue;
    surprise.add(fired_.gold_right[token] - rows * precision[token], rows * precision[token] * (1.0 - precision[token]));
    known += 1.0;
  }
  const double trust = surprise.beyond_chance(known);
  for (std::size_t token = 0; token < tokens_.size(); ++token)
    precision[token] =
        bounded((trust * fired_.gold_right[token] + kTokenGold * precision[token]) / (trust * fired_.gold[token] + kTokenGold));
}

// All rules of a class together toward what gold says of them.
void Precisions::shift_to_gold(std::vector<double>& precision, std::size_t classes) const {
  std::vector<double> fired(classes), right(classes), expected(classes);
  for (std::size_t token = 0; token < tokens_.size(); ++token) {
    if (!selective_[tokens_.source(token)]) continue;
    fired[tokens_.voted(token)] += fired_.gold[token];
    right[tokens_.voted(token)] += fired_.gold_right[token];
    expected[tokens_.voted(token)] += fired_.gold[token] * precision[token];
  }
  for (std::size_t token = 0; token < tokens_.size(); ++token) {
    const ClassId id = tokens_.voted(token);
    if (fired[id] == 0.0) continue;
    const double before = expected[id] / fired[id], after = (right[id] + kClassGold * before) / (fired[id] + kClassGold);
    precision[token] = logistic(logit(precision[token]) + logit(bounded(after)) - logit(bounded(before)));
  }
}

}  // namespace hone
