// Rests on:
//   A. Ratner, B. Hancock, J. Dunnmon, F. Sala, S. Pandey, C. Re. Training Complex Models with Multi-Task Weak Supervision. AAAI 2019,
//   arXiv 1810.02840: the moments of pairs of votes as a matrix of low rank that is completed off the blocks of one source.
// Departs from it in how the completion is found: not gradient descent, which depends on its rate and its number of steps, but the exact
// minimum over one token's parameters given all others, for all tokens at once, moved half of the way (as Heron's rule takes a square
// root); it keeps the symmetry of sources and needs no rate.
#include "hone/label_model/metal_internal.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/gold_counts_internal.h"
#include "hone/label_model/learned_internal.h"
#include "hone/label_model/options_internal.h"

namespace hone {
namespace {

constexpr std::size_t kMostTokens = 5000;
constexpr std::size_t kLeastSources = 3;
// Probabilities stay away from 0 and 1, so that no vote is proof; the least is also what an unseen vote is believed to have.
constexpr double kLeastRate = 1e-4, kMostRate = 1.0 - 1e-4;
// Keeps the parameters of a token where nothing else says where they should be.
constexpr double kRidge = 1e-9;
constexpr std::size_t kMostRateParts = 64;

// Solves A x = b for a symmetric positive definite A by Cholesky's decomposition, in place; b becomes x.
void solve(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t size = b.size();
  for (std::size_t column = 0; column < size; ++column) {
    for (std::size_t row = column; row < size; ++row) {
      double sum = a[row * size + column];
      for (std::size_t inner = 0; inner < column; ++inner) sum -= a[row * size + inner] * a[column * size + inner];
      a[row * size + column] = row == column ? std::sqrt(std::max(sum, 1e-300)) : sum / a[column * size + column];
    }
  }
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t inner = 0; inner < row; ++inner) b[row] -= a[row * size + inner] * b[inner];
    b[row] /= a[row * size + row];
  }
  for (std::size_t row = size; row-- > 0;) {
    for (std::size_t inner = row + 1; inner < size; ++inner) b[row] -= a[inner * size + row] * b[inner];
    b[row] /= a[row * size + row];
  }
}

std::vector<double> class_shares(const LabelEvidence& evidence, const GoldCounts& gold, std::size_t classes) {
  if (!evidence.prior.empty()) return evidence.prior;
  std::vector<double> shares(classes);
  const auto imagined = static_cast<double>(classes);
  for (std::size_t id = 0; id < classes; ++id)
    shares[id] = (static_cast<double>(gold.rows_by_class()[id]) + 1.0) / (static_cast<double>(gold.rows()) + imagined);
  return shares;
}

}  // namespace

void MetalOptions::validate() const {
  if (!(start_precision > 0.0 && start_precision < 1.0))
    throw Error(ErrorCode::kInvalidArgument, "start_precision must lie between 0 and 1");
  if (!(tolerance > 0.0)) throw Error(ErrorCode::kInvalidArgument, "tolerance must be above 0");
  if (max_iterations < 1) throw Error(ErrorCode::kInvalidArgument, "max_iterations must be at least 1");
}

MetalOptions MetalOptions::from_json(const nlohmann::json& json) {
  MetalOptions options;
  OptionReader reader("metal", json);
  reader.number("start_precision", options.start_precision);
  reader.number("tolerance", options.tolerance);
  reader.integer("max_iterations", options.max_iterations);
  reader.finish();
  return options;
}

Metal::Metal(MetalOptions options) : options_(options) { options_.validate(); }

double Metal::rate(std::size_t source, ClassId answer, ClassId truth) const {
  return rate_[tokens_.find(static_cast<std::uint32_t>(source), answer) * fitted().classes + truth];
}

// Minimises |O - mu P mu'|^2 off the blocks of one source + |mu pi - diag O|^2 over mu = P(vote | class), P = diag(pi). Votes for sets,
// which hold so little of a class, are measured against those for classes and do not move them.
class Metal::Completion {
 public:
  Completion(const FitRows& rows, const TokenTable& tokens, const Answers& answers, const std::vector<double>& shares, double examples,
             double start_precision)
      : tokens_(tokens), answers_(answers), shares_(shares), pairs_(tokens.size() * tokens.size()), cast_(tokens.size()) {
    count(rows, examples);
    start(start_precision);
  }

  /// Whether so many sources vote for classes, and any two of them on the same row.
  bool is_identified(std::size_t least_sources) const {
    std::size_t sources = 0;
    for (std::size_t source = 0; source < tokens_.sources(); ++source)
      sources += tokens_.of_source(source) > 0 && !is_set(tokens_.begin(source));  // Classes come first.
    return sources >= least_sources && any_overlap();
  }

  /// Returns how far the parameter moved that moved most.
  double step(int threads) {
    const std::size_t classes = shares_.size();
    const std::vector<double> all = outer_sum(0, tokens_.size());
    std::vector<double> next(mu_.size());
    const std::size_t parts = std::min(kMostRateParts, tokens_.sources());
    parallel_for(parts, threads, [&](std::size_t part) {
      const BlockRange range = block_range(tokens_.sources(), parts, part);
      for (std::size_t source = range.begin; source < range.end; ++source) move_source(source, all, next);
    });
    double moved = 0.0;
    for (std::size_t cell = 0; cell < mu_.size(); ++cell) {
      next[cell] = 0.5 * (mu_[cell] + std::clamp(next[cell], kLeastRate, kMostRate));
      moved = std::max(moved, std::abs(next[cell] - mu_[cell]));
    }
    (void)classes;
    mu_ = std::move(next);
    return moved;
  }

  const std::vector<double>& rates() const { return mu_; }
  /// Share of the rows on which the token occurs.
  double cast(std::size_t token) const { return cast_[token]; }

 private:
  bool any_overlap() const {
    for (std::size_t token = 0; token < tokens_.size(); ++token)
      for (std::size_t other = 0; other < token; ++other)
        if (!is_set(token) && !is_set(other) && pairs_[token * tokens_.size() + other] > 0.0) return true;
    return false;
  }

  // Shares of the rows; a vote of confidence c counts as c.
  void count(const FitRows& rows, double examples) {
    for (const FitRows::Row& row : rows.rows)
      for (std::uint64_t a = row.begin; a < row.end; ++a) {
        const double weight = row.all / examples * rows.weight[a];
        cast_[rows.token[a]] += weight;
        for (std::uint64_t b = row.begin; b < row.end; ++b)
          if (a != b) pairs_[rows.token[a] * tokens_.size() + rows.token[b]] += weight * rows.weight[b];
      }
  }

  // Votes are right to a share: for the class they name, or the set, more rows than chance, and the others have the rest evenly. A vote
  // for a set is as hard on what it leaves out as one for a class is.
  void start(double precision) {
    const std::size_t classes = shares_.size();
    mu_.resize(tokens_.size() * classes);
    for (std::size_t token = 0; token < tokens_.size(); ++token) {
      const ClassId answer = tokens_.voted(token);
      double named = 0.0;
      answers_.for_each_class(answer, [&](ClassId id) { named += shares_[id]; });
      const double share = std::clamp(named, 1e-9, 1.0 - 1e-9);
      const double right =
          answers_.is_class(answer) ? precision : 1.0 - (1.0 - precision) * (1.0 - share) / (1.0 - 1.0 / static_cast<double>(classes));
      for (std::size_t truth = 0; truth < classes; ++truth)
        mu_[token * classes + truth] =
            std::clamp(answers_.allows(answer, static_cast<ClassId>(truth)) ? right * cast_[token] / share
                                                                            : (1.0 - right) * cast_[token] / (1.0 - share),
                       kLeastRate, kMostRate);
    }
  }

  // Sum over tokens for classes of b b', b = mu pi by class.
  std::vector<double> outer_sum(std::size_t begin, std::size_t end) const {
    const std::size_t classes = shares_.size();
    std::vector<double> sum(classes * classes);
    for (std::size_t token = begin; token < end; ++token) {
      if (is_set(token)) continue;
      for (std::size_t a = 0; a < classes; ++a)
        for (std::size_t b = 0; b < classes; ++b)
          sum[a * classes + b] += mu_[token * classes + a] * shares_[a] * mu_[token * classes + b] * shares_[b];
    }
    return sum;
  }

  void move_source(std::size_t source, const std::vector<double>& all, std::vector<double>& next) const {
    const std::size_t classes = shares_.size();
    const std::vector<double> own = outer_sum(tokens_.begin(source), tokens_.end(source));
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token) {
      std::vector<double> a(classes * classes), b(classes);
      for (std::size_t row = 0; row < classes; ++row) {
        for (std::size_t column = 0; column < classes; ++column)
          a[row * classes + column] = 2.0 * (all[row * classes + column] - own[row * classes + column]) + shares_[row] * shares_[column];
        b[row] = shares_[row] * cast_[token] + kRidge * mu_[token * classes + row];
        a[row * classes + row] += kRidge;
      }
      for (std::size_t other = 0; other < tokens_.size(); ++other) {
        if (tokens_.source(other) == source || is_set(other)) continue;
        const double together = 2.0 * pairs_[token * tokens_.size() + other];
        for (std::size_t row = 0; row < classes; ++row) b[row] += together * mu_[other * classes + row] * shares_[row];
      }
      is_set(token) ? solve_for_set(tokens_.voted(token), a, b) : solve(a, b);
      std::ranges::copy(b, next.begin() + static_cast<std::ptrdiff_t>(token * classes));
    }
  }

  bool is_set(std::size_t token) const { return !answers_.is_class(tokens_.voted(token)); }

  // A vote for a set has one rate for all of its classes and one for all others: what it does not tell apart is not learned of it.
  void solve_for_set(ClassId answer, const std::vector<double>& a, std::vector<double>& b) const {
    const std::size_t classes = b.size();
    std::vector<std::size_t> side(classes);
    for (std::size_t id = 0; id < classes; ++id) side[id] = answers_.allows(answer, static_cast<ClassId>(id)) ? 1 : 0;
    std::vector<double> sums(4), rates(2);
    for (std::size_t row = 0; row < classes; ++row) {
      rates[side[row]] += b[row];
      for (std::size_t column = 0; column < classes; ++column) sums[side[row] * 2 + side[column]] += a[row * classes + column];
    }
    for (std::size_t one : {0u, 1u}) sums[one * 3] += kRidge;  // A side without classes.
    solve(sums, rates);
    for (std::size_t id = 0; id < classes; ++id) b[id] = rates[side[id]];
  }

  const TokenTable& tokens_;
  const Answers& answers_;
  const std::vector<double>& shares_;
  std::vector<double> pairs_;  // Token x token.
  std::vector<double> cast_;   // By token.
  std::vector<double> mu_;     // Token x class.
};

FitReport Metal::learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) {
  const std::size_t classes = votes.shape().classes;
  tokens_ = TokenTable(votes.shape().sources, votes.kinds());
  if (tokens_.size() > kMostTokens)
    throw Error(ErrorCode::kInvalidArgument, "label model 'metal' compares every kind of vote with every other, and there are " +
                                                 std::to_string(tokens_.size()) + " (source and class), more than its limit of " +
                                                 std::to_string(kMostTokens) + "; use 'hone', or fewer sources or classes");
  const GoldCounts gold(votes, evidence.gold);
  FitReport report;
  report.class_prior = class_shares(evidence, gold, classes);
  report.used_gold = gold.rows() > 0 && evidence.prior.empty();
  report.assumed_balance = evidence.prior.empty() && gold.rows() == 0;
  const ClassColumns columns(classes);
  const FitRows rows(votes, tokens_, SetTokens(), GoldCounts(votes, {}), columns, patterns_to_fit(tokens_.size() * classes));
  const auto examples = static_cast<double>(std::max<std::size_t>(1, votes.shape().examples));
  Completion completion(rows, tokens_, votes.answers(), report.class_prior, examples, options_.start_precision);
  if (!completion.is_identified(kLeastSources)) {
    report.warnings.push_back(
        "metal needs three sources that vote on the same rows: how right each is cannot be told, so every vote is taken "
        "to be right as often as it was assumed before");
  } else {
    report.converged = false;
    while (!report.converged && report.iterations < options_.max_iterations) {
      ++report.iterations;
      report.converged = completion.step(threads) < options_.tolerance;
    }
  }
  if (report.assumed_balance)
    report.warnings.push_back("metal takes all classes to be as common as each other; declare task.class_balance, or give some gold");
  rate_ = completion.rates();
  log_rate_ = rate_;
  for (double& rate : log_rate_) rate = std::log(rate);
  log_prior_ = log_shares(report.class_prior);
  report.sources.resize(tokens_.sources());
  for (std::size_t source = 0; source < tokens_.sources(); ++source) {
    double right = 0.0, all = 0.0;
    for (std::uint32_t token = tokens_.begin(source); token < tokens_.end(source); ++token) {
      votes.answers().for_each_class(tokens_.voted(token),
                                     [&](ClassId id) { right += rate_[token * classes + id] * report.class_prior[id]; });
      for (std::size_t truth = 0; truth < classes; ++truth) all += rate_[token * classes + truth] * report.class_prior[truth];
    }
    if (all > 0.0) report.sources[source].accuracy = std::min(1.0, right / all);
  }
  return report;
}

LabelModel::Infer Metal::inference() const {
  return [this](const ExampleVotes& votes, std::span<double> distribution) {
    std::ranges::copy(log_prior_, distribution.begin());
    for (const Vote vote : votes) {
      const std::uint32_t token = tokens_.find(vote.source, vote.class_id);
      if (token == TokenTable::kNone) continue;  // Nothing was learned of such a vote.
      const double* logs = &log_rate_[token * distribution.size()];
      for (std::size_t truth = 0; truth < distribution.size(); ++truth) distribution[truth] += vote.confidence * logs[truth];
    }
    exponentiate(distribution);
  };
}

void Metal::write_learned(LearnedWriter& writer) const { writer(tokens_, log_rate_, log_prior_); }

void Metal::read_learned(LearnedReader& reader) {
  reader(tokens_, log_rate_, log_prior_);
  LearnedReader::expect(tokens_.fits(fitted().sources), "its votes are of other sources");
  LearnedReader::expect(log_rate_.size() == tokens_.size() * fitted().classes, "its rates are of other votes");
  LearnedReader::expect(log_prior_.size() == fitted().classes, "its shares are of other classes");
}

}  // namespace hone
