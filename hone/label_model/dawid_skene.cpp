// Rests on:
//   A. P. Dawid, A. M. Skene. Maximum Likelihood Estimation of Observer Error-Rates Using the
//   EM Algorithm. Applied Statistics 28(1), 1979.
// Departs from it in the Dirichlet prior on each row of a confusion matrix and on the class shares, and in gold rows.
#include "hone/label_model/dawid_skene.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/gold_counts_internal.h"
#include "hone/label_model/learned_internal.h"
#include "hone/label_model/majority_internal.h"
#include "hone/label_model/options_internal.h"

namespace hone {
namespace {

constexpr double kMostCells = 5e7;                         // Sources x classes^2: 0.4 GB a table.
constexpr std::size_t kBlockCells = std::size_t{1} << 24;  // All block tables together: 128 MB.
constexpr std::size_t kMostBlocks = 64, kBlockPatterns = 1024;

// From the data alone, so that sums are added in the same order on any number of threads.
std::size_t block_count(std::size_t patterns, std::size_t cells) {
  const std::size_t by_memory = kBlockCells / std::max<std::size_t>(cells, 1);
  return std::clamp<std::size_t>(std::min(patterns / kBlockPatterns, by_memory), 1, kMostBlocks);
}

// Fewer additions of a pass, some tenths of a millisecond, are done sooner than another thread is begun on a busy machine.
constexpr std::size_t kWorkForThreads = std::size_t{1} << 17;

int threads_for(std::size_t work, int threads) { return work < kWorkForThreads ? 1 : threads; }

// The number of classes, known to the compiler where they are few: the loops over them are most of the fit.
template <std::size_t kClasses>
struct FewClasses {
  static constexpr std::size_t size() { return kClasses; }
};
struct ManyClasses {
  std::size_t classes;
  std::size_t size() const { return classes; }
};

template <typename Use>
void with_classes(std::size_t classes, const Use& use) {
  switch (classes) {
    case 2:
      return use(FewClasses<2>{});
    case 3:
      return use(FewClasses<3>{});
    case 4:
      return use(FewClasses<4>{});
    case 5:
      return use(FewClasses<5>{});
    default:
      return use(ManyClasses{classes});
  }
}

// to[class] += weight x from[class]
template <typename Classes>
void add_weighed(const Classes& classes, double weight, const double* from, double* to) {
  for (std::size_t truth = 0; truth < classes.size(); ++truth) to[truth] += weight * from[truth];
}

// What the votes look like to a model that asks for complete, overlapping sources.
struct Overview {
  std::size_t voting = 0, one_class = 0;  // Sources.
  std::uint64_t votes = 0, one_class_votes = 0;
  std::size_t most_on_a_row = 0;
};

Overview look_over(const VotePatterns& votes) {
  struct Seen {
    std::uint64_t votes = 0;
    ClassId first = kNoClass;
    bool several = false;
  };
  std::vector<Seen> by_source(votes.shape().sources);
  Overview overview;
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern) {
    const ExampleVotes on = votes.votes(pattern);
    overview.most_on_a_row = std::max(overview.most_on_a_row, on.size());
    for (const Vote vote : on) {
      Seen& seen = by_source[vote.source];
      seen.votes += votes.count(pattern);
      if (seen.first == kNoClass) seen.first = vote.class_id;
      seen.several |= seen.first != vote.class_id;
    }
  }
  for (const Seen& seen : by_source) {
    overview.voting += seen.votes > 0;
    overview.votes += seen.votes;
    if (seen.votes == 0 || seen.several) continue;
    ++overview.one_class;
    overview.one_class_votes += seen.votes;
  }
  return overview;
}

std::uint64_t votes_cast(const VotePatterns& votes) {
  std::uint64_t cast = 0;
  for (std::size_t pattern = 0; pattern < votes.size(); ++pattern) cast += votes.count(pattern) * votes.votes(pattern).size();
  return cast;
}

// A tenth of the votes: below it one-class sources are mostly people with few votes, which do no harm.
void warn_of_votes(const Overview& overview, std::vector<std::string>& warnings) {
  if (overview.one_class_votes * 10 > overview.votes)
    warnings.push_back("dawid-skene learns nothing from a source that votes for one class only, and these are " +
                       std::to_string(overview.one_class) + " of " + std::to_string(overview.voting) + " sources with " +
                       std::to_string(overview.one_class_votes * 100 / overview.votes) +
                       " % of the votes: its labels may collapse to one class; use majority or weighted-majority for keyword rules");
  if (overview.most_on_a_row == 1 || overview.most_on_a_row == 2)
    warnings.push_back("dawid-skene cannot tell good sources from bad ones here: no row has three votes");
}

}  // namespace

void DawidSkeneOptions::validate() const {
  if (!(alpha > 0.0 && std::isfinite(alpha))) throw Error(ErrorCode::kInvalidArgument, "alpha must be a number above 0");
  if (!(tolerance > 0.0)) throw Error(ErrorCode::kInvalidArgument, "tolerance must be above 0");
  if (max_iterations < 1) throw Error(ErrorCode::kInvalidArgument, "max_iterations must be at least 1");
}

DawidSkeneOptions DawidSkeneOptions::from_json(const nlohmann::json& json) {
  DawidSkeneOptions options;
  OptionReader reader("dawid-skene", json);
  reader.number("alpha", options.alpha);
  reader.number("tolerance", options.tolerance);
  reader.integer("max_iterations", options.max_iterations);
  reader.finish();
  return options;
}

DawidSkene::DawidSkene(DawidSkeneOptions options) : options_(options) { options_.validate(); }

double DawidSkene::confusion(std::size_t source, ClassId truth, ClassId voted) const {
  return std::exp(log_confusion_[(source * columns_.size() + columns_.of(voted)) * fitted().classes + truth]);
}

// One pass over all patterns: labels under the current parameters (at first: vote shares), and the counts they make.
class DawidSkene::Expectation {
 public:
  Expectation(const DawidSkene& model, const VotePatterns& votes, const GoldCounts& gold)
      : model_(model), votes_(votes), gold_(gold), classes_(votes.shape().classes) {
    blocks_.resize(block_count(votes.size(), cells()));
    for (std::size_t pattern = 0; pattern < votes.size(); ++pattern) work_ += votes.votes(pattern).size() * classes_;
    for (const Vote& kind : votes.kinds())
      cell_of_kind_.push_back((kind.source * model.columns_.size() + model.columns_.of(kind.class_id)) * classes_);
  }

  const Counts& run(int threads, bool first) {
    parallel_for(blocks_.size(), threads_for(work_, threads),
                 [&](std::size_t block) { with_classes(classes_, [&](const auto& classes) { count_block(classes, block, first); }); });
    add_up(threads);
    return blocks_.front();
  }

 private:
  std::size_t cells() const { return votes_.shape().sources * model_.columns_.size() * classes_; }

  template <typename Classes>
  void count_block(const Classes& classes, std::size_t block, bool first) {
    Counts& counts = blocks_[block];
    counts.votes.assign(cells(), 0.0);
    counts.rows.assign(classes_, 0.0);
    counts.log_likelihood = 0.0;
    const BlockRange range = block_range(votes_.size(), blocks_.size(), block);
    std::span<const GoldCounts::Cell> gold = gold_.of_patterns(range.begin, range.end);
    std::vector<double> label(classes_);
    for (std::size_t pattern = range.begin; pattern < range.end; ++pattern) {
      const ExampleVotes on = votes_.votes(pattern);
      std::size_t known = 0;
      while (known < gold.size() && gold[known].pattern == pattern) ++known;
      if (on.size() > 0) {
        if (first)
          vote_shares(on, votes_.answers(), label);
        else
          counts.log_likelihood += infer(classes, on, label, votes_.count(pattern), gold.first(known));
        to_rows(label, votes_.count(pattern), gold.first(known));
        add(classes, counts, on, label);
      }
      gold = gold.subspan(known);
    }
  }

  // A distribution to expected rows by class; those with gold count whole for it.
  static void to_rows(std::vector<double>& label, std::uint64_t count, std::span<const GoldCounts::Cell> gold) {
    std::uint64_t open = count;
    for (const GoldCounts::Cell& cell : gold) open -= cell.rows;
    for (double& share : label) share *= static_cast<double>(open);
    for (const GoldCounts::Cell& cell : gold) label[cell.truth] += static_cast<double>(cell.rows);
  }

  // As the model's own, whose votes may be such as nobody cast while it was fitted. Returns the log-likelihood of `count` such rows, of
  // which those with gold stand for one class.
  template <typename Classes>
  double infer(const Classes& classes, const ExampleVotes& on, std::vector<double>& label, std::uint64_t count,
               std::span<const GoldCounts::Cell> gold) const {
    std::ranges::copy(model_.log_prior_, label.begin());
    for (std::size_t place = 0; place < on.size(); ++place) {
      const std::size_t kind = on.kind(place);
      add_weighed(classes, votes_.kinds()[kind].confidence, &model_.log_confusion_[cell_of_kind_[kind]], label.data());
    }
    double known = 0.0;
    std::uint64_t open = count;
    for (const GoldCounts::Cell& cell : gold) {
      known += static_cast<double>(cell.rows) * label[cell.truth];
      open -= cell.rows;
    }
    const double largest = std::ranges::max(label);
    return known + static_cast<double>(open) * (largest + std::log(exponentiate(label)));
  }

  template <typename Classes>
  void add(const Classes& classes, Counts& counts, const ExampleVotes& on, const std::vector<double>& rows) const {
    add_weighed(classes, 1.0, rows.data(), counts.rows.data());
    for (std::size_t place = 0; place < on.size(); ++place) {
      const std::size_t kind = on.kind(place);
      add_weighed(classes, votes_.kinds()[kind].confidence, rows.data(), &counts.votes[cell_of_kind_[kind]]);
    }
  }

  void add_up(int threads) {
    Counts& total = blocks_.front();
    parallel_for(kMostBlocks, threads_for(blocks_.size() * total.votes.size(), threads), [&](std::size_t part) {
      const BlockRange range = block_range(total.votes.size(), kMostBlocks, part);
      for (std::size_t block = 1; block < blocks_.size(); ++block)
        for (std::size_t cell = range.begin; cell < range.end; ++cell) total.votes[cell] += blocks_[block].votes[cell];
    });
    for (std::size_t block = 1; block < blocks_.size(); ++block) {
      for (std::size_t truth = 0; truth < classes_; ++truth) total.rows[truth] += blocks_[block].rows[truth];
      total.log_likelihood += blocks_[block].log_likelihood;
    }
  }

  const DawidSkene& model_;
  const VotePatterns& votes_;
  const GoldCounts& gold_;
  std::size_t classes_;
  std::size_t work_ = 0;                   // Of a pass, in additions.
  std::vector<std::size_t> cell_of_kind_;  // By kind of vote: where its counts begin, by truth.
  std::vector<Counts> blocks_;
};

FitReport DawidSkene::learn(const VotePatterns& votes, const LabelEvidence& evidence, int threads) {
  check_table_size("dawid-skene", votes.shape(), 2, kMostCells);
  const GoldCounts gold(votes, evidence.gold);
  FitReport report;
  report.converged = false;
  report.used_gold = gold.rows() > 0;
  warn_of_votes(look_over(votes), report.warnings);

  columns_ = AnswerColumns(votes.shape().classes, votes.kinds());
  Expectation expectation(*this, votes, gold);
  const Counts* counts = nullptr;
  const double enough = options_.tolerance * static_cast<double>(votes_cast(votes));
  double reached = -std::numeric_limits<double>::infinity();
  while (!report.converged && report.iterations < options_.max_iterations) {
    const bool first = report.iterations == 0;
    counts = &expectation.run(threads, first);
    if (!first) {
      const double log_posterior = counts->log_likelihood + log_density_;
      report.converged = log_posterior - std::exchange(reached, log_posterior) <= enough;
    }
    maximize(*counts, evidence, threads);
    ++report.iterations;
  }
  if (!report.converged)
    report.warnings.push_back("dawid-skene was still moving after " + std::to_string(report.iterations) +
                              " iterations; raise max_iterations");
  report.class_prior = prior_;
  report.sources = beliefs(*counts, count_gold_votes(votes, gold));
  return report;
}

std::vector<SourceBelief> DawidSkene::beliefs(const Counts& counts, const GoldVotes& gold) const {
  const std::size_t classes = fitted().classes;
  std::vector<SourceBelief> beliefs(fitted().sources);
  for (std::size_t source = 0; source < beliefs.size(); ++source) {
    double right = 0.0, all = 0.0;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const std::span row(&counts.votes[(source * columns_.size() + column) * classes], classes);
      for (double cell : row) all += cell;
      fitted().answers.for_each_class(columns_.answer(column), [&](ClassId id) { right += row[id]; });
    }
    if (all > 0.0) beliefs[source].accuracy = right / all;
    set_gold_interval(beliefs[source], gold.right[source], gold.cast[source]);
  }
  return beliefs;
}

void DawidSkene::maximize(const Counts& counts, const LabelEvidence& evidence, int threads) {
  const std::size_t classes = fitted().classes;
  double rows = 0.0;
  for (double count : counts.rows) rows += count;
  prior_ = evidence.prior;
  if (prior_.empty())
    for (double count : counts.rows) prior_.push_back((count + options_.alpha) / (rows + static_cast<double>(classes) * options_.alpha));
  log_prior_ = log_shares(prior_);

  log_confusion_.resize(counts.votes.size());
  std::vector<double> density(fitted().sources);
  parallel_for(fitted().sources, threads_for(counts.votes.size(), threads), [&](std::size_t source) {
    const std::size_t cells = columns_.size() * classes;
    const double* seen = &counts.votes[source * cells];
    double* logs = &log_confusion_[source * cells];
    std::vector<double> total(classes, static_cast<double>(columns_.size()) * options_.alpha);
    for (std::size_t cell = 0; cell < cells; ++cell) total[cell % classes] += seen[cell];
    for (std::size_t cell = 0; cell < cells; ++cell)
      density[source] += logs[cell] = std::log((seen[cell] + options_.alpha) / total[cell % classes]);
  });
  log_density_ = options_.alpha * std::accumulate(density.begin(), density.end(), 0.0);
  if (evidence.prior.empty()) log_density_ += options_.alpha * std::accumulate(log_prior_.begin(), log_prior_.end(), 0.0);
}

LabelModel::Infer DawidSkene::inference() const {
  return [this](const ExampleVotes& votes, std::span<double> distribution) { infer(votes, distribution); };
}

void DawidSkene::infer(const ExampleVotes& votes, std::span<double> distribution) const {
  const std::size_t classes = fitted().classes;
  std::ranges::copy(log_prior_, distribution.begin());
  for (const Vote vote : votes) {
    const std::size_t column = columns_.of(vote.class_id);
    if (column == AnswerColumns::kNone) continue;  // Nobody said so while it was fitted.
    const double* logs = &log_confusion_[(vote.source * columns_.size() + column) * classes];
    for (std::size_t truth = 0; truth < classes; ++truth) distribution[truth] += vote.confidence * logs[truth];
  }
  exponentiate(distribution);
}

void DawidSkene::write_learned(LearnedWriter& writer) const { writer(columns_, log_confusion_, log_prior_); }

void DawidSkene::read_learned(LearnedReader& reader) {
  reader(columns_, log_confusion_, log_prior_);
  LearnedReader::expect(columns_.fits(fitted().answers), "its columns are of other answers");
  LearnedReader::expect(log_confusion_.size() == fitted().sources * columns_.size() * fitted().classes, "its table is of other sources");
  LearnedReader::expect(log_prior_.size() == fitted().classes, "its shares are of other classes");
}

}  // namespace hone
