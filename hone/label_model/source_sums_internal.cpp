#include "hone/label_model/source_sums_internal.h"

#include <cmath>

#include "hone/label_model/distribution_internal.h"

namespace hone {
namespace {

// Share of the weighted vote in what the posterior says of a row when sources are judged: keeps EM from drifting.
constexpr double kAnchor = 0.4;
// A gold row counts as three.
constexpr double kGoldRows = 3.0;

void add_up(std::vector<double>& to, const std::vector<double>& from) {
  for (std::size_t place = 0; place < to.size(); ++place) to[place] += from[place];
}

void unfold_row(double* row, std::span<const double> shares) {
  const double rest = row[shares.size()];
  for (std::size_t id = 0; id < shares.size(); ++id) row[id] += rest * shares[id];
}

}  // namespace

double reliability(std::size_t votes, std::size_t classes) {
  const double chance = 1.0 / static_cast<double>(classes), beyond = (kStartAccuracy - chance) / (1.0 - chance);
  const double of_one = beyond * beyond, all = static_cast<double>(votes) * of_one;
  return all / (1.0 - of_one + all);
}

void SourceSums::clear(const TokenTable& tokens, const SetTokens& sets, const ClassColumns& columns) {
  counts.assign(tokens.size() * columns.columns(), 0.0);
  mass.assign(tokens.size() + sets.size(), 0.0);
  own_mass.assign(tokens.size() + sets.size(), 0.0);
  worth.assign(tokens.sources(), 0.0);
  prior.assign(columns.columns(), 0.0);
  prior_rows = moved = 0.0;
}

void SourceSums::add(const SourceSums& other) {
  add_up(counts, other.counts);
  add_up(mass, other.mass);
  add_up(own_mass, other.own_mass);
  add_up(worth, other.worth);
  add_up(prior, other.prior);
  prior_rows += other.prior_rows;
  moved += other.moved;
}

void SourceSums::unfold(const ClassColumns& columns, std::span<const double> shares) {
  if (columns.in_full()) return;
  for (std::size_t row = 0; row < counts.size(); row += columns.columns()) unfold_row(&counts[row], shares);
  unfold_row(prior.data(), shares);
}

const SourceSums& SourceSumming::run(Posteriors posteriors, int threads) {
  blocks_.resize(rows_.blocks());
  parallel_for(rows_.blocks(), threads, [&](std::size_t block) {
    blocks_[block].clear(tokens_, sets_, likelihood_.columns);
    likelihood_.columns.with_layout([&](const auto& layout) { sum_block(layout, posteriors, rows_.block(block), blocks_[block]); });
  });
  for (std::size_t block = 1; block < blocks_.size(); ++block) blocks_.front().add(blocks_[block]);
  blocks_.front().unfold(likelihood_.columns, likelihood_.shares);
  return blocks_.front();
}

// By place of the row. Where nobody votes for a class the class shares stand for the votes, and votes for sets take away from what they
// leave out.
template <typename Layout>
void SourceSumming::weighted_vote(const Layout& layout, const RowVotes& votes, double* shares) const {
  const std::size_t places = layout.places(votes);
  std::fill_n(shares, places, 0.0);
  double sum = 0.0;
  for (std::size_t vote = 0; vote < votes.token.size(); ++vote) {
    const double counts = start_.of_class[votes.token[vote]] * votes.weight[vote];
    shares[votes.place[vote]] += counts;
    sum += counts;
  }
  if (sum > 0.0) {
    for (std::size_t place = 0; place < places; ++place) shares[place] /= sum;
  } else {
    layout.add_prior(votes, likelihood_.shares, likelihood_.log_shares, shares);
    exponentiate({shares, places});
  }
  if (!votes.set_token.empty()) weigh_sets(layout, votes, {shares, places});
}

template <typename Layout>
void SourceSumming::weigh_sets(const Layout& layout, const RowVotes& votes, std::span<double> shares) const {
  for (double& share : shares) share = std::log(share);
  for (std::size_t vote = 0; vote < votes.set_token.size(); ++vote)
    layout.gather(votes, votes.set_weight[vote], &start_.of_set[(votes.set_token[vote] - sets_.begin()) * likelihood_.columns.columns()],
                  shares.data());
  exponentiate(shares);
}

template <typename Layout>
void SourceSumming::sum_block(const Layout& layout, Posteriors posteriors, BlockRange range, SourceSums& sums) const {
  std::vector<double> weighted(rows_.most_places()), scratch(rows_.most_places());
  for (std::size_t number = range.begin; number < range.end; ++number) {
    const RowVotes votes = rows_.votes_of(number);
    if (posteriors == Posteriors::kWeightedVote)
      weighted_vote(layout, votes, rows_.posterior(number));
    else
      move_posterior(layout, number, sums, scratch.data());
    if (all_tell_shares_ || rows_.complete_weight(number) > 0.0) add_classes(layout, number, scratch.data(), sums);
    if (rows_.complete_weight(number) > 0.0) {
      weighted_vote(layout, votes, weighted.data());
      add_complete(layout, number, weighted.data(), scratch.data(), sums);
    }
    add_masses(number, sums);
  }
}

template <typename Layout>
void SourceSumming::move_posterior(const Layout& layout, std::size_t number, SourceSums& sums, double* scratch) const {
  const RowVotes votes = rows_.votes_of(number);
  const std::size_t places = layout.places(votes);
  likelihood_.log_posterior(layout, votes, rows_.complete_weight(number), scratch);
  exponentiate({scratch, places});
  double* posterior = rows_.posterior(number);
  double distance = 0.0;
  for (std::size_t place = 0; place < places; ++place) {
    distance += std::abs(scratch[place] - posterior[place]);
    posterior[place] = scratch[place];
  }
  sums.moved += rows_.row(number).open * distance;
}

// How many rows of each class the row counts for in the class shares.
template <typename Layout>
void SourceSumming::add_classes(const Layout& layout, std::size_t number, double* masses, SourceSums& sums) const {
  const FitRows::Row& row = rows_.row(number);
  const RowVotes votes = rows_.votes_of(number);
  const std::size_t places = layout.places(votes);
  const double* posterior = rows_.posterior(number);
  for (std::size_t place = 0; place < places; ++place) masses[place] = row.open * posterior[place];
  for (const GoldCounts::Cell& cell : rows_.gold_of(number)) masses[place_of(votes, cell.truth)] += static_cast<double>(cell.rows);
  layout.spread(votes, likelihood_.shares, masses);
  layout.scatter(votes, 1.0, masses, sums.prior.data());
  sums.prior_rows += row.all;
}

// The same where complete sources are judged: a lone vote says nothing about its source.
template <typename Layout>
void SourceSumming::add_complete(const Layout& layout, std::size_t number, const double* weighted_vote, double* masses,
                                 SourceSums& sums) const {
  const FitRows::Row& row = rows_.row(number);
  const RowVotes votes = rows_.votes_of(number);
  const std::size_t places = layout.places(votes);
  const double* posterior = rows_.posterior(number);
  const double open = row.votes() > 1 ? trust_ * row.open : 0.0;
  for (std::size_t place = 0; place < places; ++place)
    masses[place] = open * ((1.0 - kAnchor) * posterior[place] + kAnchor * weighted_vote[place]);
  for (const GoldCounts::Cell& cell : rows_.gold_of(number))
    masses[place_of(votes, cell.truth)] += kGoldRows * static_cast<double>(cell.rows);
  layout.spread(votes, likelihood_.shares, masses);
  for (std::size_t vote = 0; vote < votes.token.size(); ++vote)
    if (telling_[votes.token[vote]])
      layout.scatter(votes, votes.weight[vote], masses, &sums.counts[votes.token[vote] * likelihood_.columns.columns()]);
}

void SourceSumming::add_masses(std::size_t number, SourceSums& sums) const {
  const FitRows::Row& row = rows_.row(number);
  const RowVotes votes = rows_.votes_of(number);
  const double* posterior = rows_.posterior(number);
  const double worth =
      row.all * likelihood_.temper(rows_.complete_weight(number)) * reliability(row.all_votes() - 1, likelihood_.columns.classes());
  for (std::size_t vote = 0; vote < votes.token.size(); ++vote) {
    if (votes.weight[vote] == 0.0f) continue;
    const std::uint32_t token = votes.token[vote];
    const double mass = row.open * posterior[votes.place[vote]];
    double right = 0.0;
    for (const GoldCounts::Cell& cell : rows_.gold_of(number))
      right += cell.truth == tokens_.voted(token) ? static_cast<double>(cell.rows) : 0.0;
    sums.mass[token] += mass;
    sums.own_mass[token] += mass + right;
    sums.worth[tokens_.source(token)] += worth;
  }
  if (!votes.set_token.empty()) add_set_masses(number, worth, sums);
}

void SourceSumming::add_set_masses(std::size_t number, double worth, SourceSums& sums) const {
  const RowVotes votes = rows_.votes_of(number);
  const double* posterior = rows_.posterior(number);
  const std::size_t places = likelihood_.columns.places(votes.classes.size());
  for (const std::uint32_t token : votes.set_token) {
    double inside = 0.0, right = 0.0;
    for (std::size_t place = 0; place < places; ++place)
      if (holds_place(sets_.answers(), sets_.answer(token), votes.classes, place)) inside += posterior[place];
    for (const GoldCounts::Cell& cell : rows_.gold_of(number))
      if (sets_.holds(token, cell.truth)) right += static_cast<double>(cell.rows);
    const double mass = rows_.row(number).open * inside;
    sums.mass[token] += mass;
    sums.own_mass[token] += mass + right;
    sums.worth[sets_.source(token)] += worth;
  }
}

}  // namespace hone
