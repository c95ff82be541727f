// Class imbalance by logit adjustment (Menon, Jayasumana, Rawat, Jain, Veit, Kumar: Long-tail Learning via Logit Adjustment,
// ICLR 2021). Its loss sees z + balance x ln(share of the class), use sees z alone. Since the bias of a class is free, training
// takes the same steps whatever the balance; so it is taken off the bias at the end, which is that paper's post-hoc form. Weights
// per class would do the same for the mean recall of a model that cannot separate the rows, but fade as soon as it can.
#include "hone/train/text_linear_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/train/bag_math.h"
#include "hone/train/lazy_adagrad.h"

namespace hone {
namespace {

// The learning rate ends at this share of its peak.
constexpr double kLastRate = 0.01;

// Mean of the labels' probabilities.
std::vector<double> class_shares(const LabeledRows& rows, std::size_t classes) {
  std::vector<double> shares(classes);
  std::vector<float> target(classes);
  for (const std::uint32_t example : rows.examples) {
    fill_target(*rows.labels, example, target);
    for (std::size_t class_id = 0; class_id < classes; ++class_id) shares[class_id] += target[class_id];
  }
  for (double& share : shares) share /= static_cast<double>(rows.size());
  return shares;
}

// A mini-batch in the three forms that a step needs.
struct Batch {
  Bags texts;                            // Text -> rows of the table.
  Bags touched;                          // Row of the table -> texts that hold it.
  std::vector<std::int64_t> table_rows;  // The rows behind `touched`.
  std::vector<float> targets;            // Texts x classes.
};

// Turns "text -> rows" around, rows in order of first appearance. `slot_of` has a place per row of the table, all -1
// before and after.
void transpose(Batch& batch, std::vector<std::int32_t>& slot_of) {
  batch.table_rows.clear();
  std::vector<std::int64_t> filled;
  for (const std::int64_t row : batch.texts.rows) {
    std::int32_t& slot = slot_of[static_cast<std::size_t>(row)];
    if (slot < 0) {
      slot = static_cast<std::int32_t>(batch.table_rows.size());
      batch.table_rows.push_back(row);
      filled.push_back(0);
    }
    ++filled[static_cast<std::size_t>(slot)];
  }
  Bags& touched = batch.touched;
  touched.clear();
  for (std::int64_t& entries : filled) {
    touched.begin.push_back(touched.begin.back() + entries);
    entries = touched.begin[touched.begin.size() - 2];
  }
  touched.rows.resize(batch.texts.rows.size());
  touched.weights.resize(batch.texts.rows.size());
  for (std::size_t text = 0; text < batch.texts.size(); ++text) {
    for (auto at = static_cast<std::size_t>(batch.texts.begin[text]); at < static_cast<std::size_t>(batch.texts.begin[text + 1]); ++at) {
      const auto place =
          static_cast<std::size_t>(filled[static_cast<std::size_t>(slot_of[static_cast<std::size_t>(batch.texts.rows[at])])]++);
      touched.rows[place] = static_cast<std::int64_t>(text);
      touched.weights[place] = batch.texts.weights[at];
    }
  }
  for (const std::int64_t row : batch.table_rows) slot_of[static_cast<std::size_t>(row)] = -1;
}

class Trainer {
 public:
  Trainer(TextLinear& model, const LabeledRows& train, const LabeledRows& valid, std::uint64_t seed, const Progress& progress)
      : model_(model),
        options_(model.options()),
        train_(train),
        valid_(valid),
        progress_(progress),
        shuffle_(seed, "train.shuffle"),
        table_optimizer_(model.rows(), model.classes(), static_cast<float>(options_.initial_accumulator)),
        bias_optimizer_(1, model.classes(), static_cast<float>(options_.initial_accumulator)),
        slot_of_(model.rows(), -1) {
    start_from(class_shares(train, model.classes()));
  }

  TrainingCourse run();

 private:
  void start_from(const std::vector<double>& shares);
  double train_epoch();
  double step(std::span<const std::uint32_t> rows);
  double descend(std::vector<float>& logits);
  struct Measured {
    double loss = 0.0;
    std::size_t right = 0;
  };
  void measure(Epoch& epoch) const;
  void measure(std::size_t begin, std::size_t end, Measured& all) const;
  bool keep_if_best(const Epoch& epoch);
  double learning_rate() const;
  void report() const;

  std::size_t batches() const {
    return (train_.size() + static_cast<std::size_t>(options_.batch) - 1) / static_cast<std::size_t>(options_.batch);
  }

  TextLinear& model_;
  const TextLinearOptions& options_;
  const LabeledRows& train_;
  const LabeledRows& valid_;
  const Progress& progress_;
  RandomStream shuffle_;
  LazyAdagrad table_optimizer_, bias_optimizer_;
  std::vector<std::int32_t> slot_of_;
  std::vector<float> adjustment_;  // By class; taken off the bias at the end.
  Batch batch_;
  SparseRows counts_;  // Of the batch.
  std::size_t steps_ = 0;
  TrainingCourse course_;
  std::vector<float> best_table_, best_bias_;
  double best_loss_ = INFINITY;
};

// The first predictions are the class shares, one row more imagined for each class. A class without any label is not
// helped: nothing would hold it down.
void Trainer::start_from(const std::vector<double>& shares) {
  const auto rows = static_cast<double>(train_.size());
  for (std::size_t class_id = 0; class_id < shares.size(); ++class_id) {
    const double prior = std::log((shares[class_id] * rows + 1.0) / (rows + static_cast<double>(shares.size())));
    model_.bias()[class_id] = static_cast<float>(prior);
    adjustment_.push_back(static_cast<float>(shares[class_id] > 0.0 ? options_.balance * prior : 0.0));
  }
}

TrainingCourse Trainer::run() {
  course_.stopped = "all " + std::to_string(options_.epochs) + " epochs done";
  for (int number = 1; number <= options_.epochs; ++number) {
    Epoch epoch;
    epoch.epoch = number;
    epoch.train_loss = train_epoch();
    epoch.learning_rate = learning_rate();
    measure(epoch);
    course_.curve.push_back(epoch);
    report();
    if (!keep_if_best(epoch) && number - course_.best_epoch >= options_.patience) {
      course_.stopped = "no better loss on the valid split for " + std::to_string(options_.patience) + " epochs";
      break;
    }
  }
  if (!best_table_.empty()) {
    model_.table().swap(best_table_);
    model_.bias().swap(best_bias_);
  }
  for (std::size_t class_id = 0; class_id < adjustment_.size(); ++class_id) model_.bias()[class_id] -= adjustment_[class_id];
  return std::move(course_);
}

double Trainer::train_epoch() {
  std::vector<std::uint32_t> order(train_.size());
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[shuffle_.below(left)]);
  double loss = 0.0;
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    const std::size_t begin = batch * static_cast<std::size_t>(options_.batch);
    loss += step(std::span(order).subspan(begin, std::min(order.size() - begin, static_cast<std::size_t>(options_.batch))));
    report();
  }
  return loss / static_cast<double>(train_.size());
}

double Trainer::step(std::span<const std::uint32_t> rows) {
  const std::size_t classes = model_.classes();
  batch_.texts.clear();
  batch_.targets.resize(rows.size() * classes);
  counts_.clear();
  for (const std::uint32_t row : rows) train_.counts.unpack(row, counts_);
  const SparseRows weighed = model_.weigh(counts_);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    add_bag(weighed, row, batch_.texts);
    fill_target(*train_.labels, train_.examples[rows[row]], std::span(batch_.targets).subspan(row * classes, classes));
  }
  transpose(batch_, slot_of_);
  std::vector<float> logits;
  sum_bags(model_.table(), classes, batch_.texts, logits);
  for (std::size_t at = 0; at < logits.size(); ++at) logits[at] += model_.bias()[at % classes];
  return descend(logits);
}

// One step down the gradient of the batch's summed loss, which it returns.
double Trainer::descend(std::vector<float>& logits) {
  const std::size_t classes = model_.classes();
  const double loss = soft_cross_entropy(logits, batch_.targets, classes);
  std::vector<float> bias_gradient(classes);
  for (std::size_t at = 0; at < logits.size(); ++at) bias_gradient[at % classes] += logits[at];
  std::vector<float> gradients;
  sum_bags(logits, classes, batch_.touched, gradients);
  const auto rate = static_cast<float>(learning_rate());
  table_optimizer_.step(batch_.table_rows, gradients, rate, model_.table());
  const std::int64_t only_row = 0;
  bias_optimizer_.step({&only_row, 1}, bias_gradient, rate, model_.bias());
  ++steps_;
  return loss;
}

double Trainer::learning_rate() const {
  const double total = static_cast<double>(batches()) * options_.epochs;
  const double warm = options_.warm_up * total;
  const double done = static_cast<double>(steps_) + 1.0;
  if (done < warm) return options_.learning_rate * done / warm;
  return options_.learning_rate * std::max(kLastRate, 1.0 - (1.0 - kLastRate) * (done - warm) / (total - warm));
}

void Trainer::measure(Epoch& epoch) const {
  constexpr std::size_t kTogether = 4096;
  if (valid_.size() == 0) return;
  Measured all;
  for (std::size_t begin = 0; begin < valid_.size(); begin += kTogether) measure(begin, std::min(begin + kTogether, valid_.size()), all);
  epoch.valid_loss = all.loss / static_cast<double>(valid_.size());
  epoch.valid_accuracy = static_cast<double>(all.right) / static_cast<double>(valid_.size());
}

void Trainer::measure(std::size_t begin, std::size_t end, Measured& all) const {
  const std::size_t classes = model_.classes();
  SparseRows counts;
  for (std::size_t row = begin; row < end; ++row) valid_.counts.unpack(row, counts);
  const std::vector<float> logs = model_.predict(model_.weigh(counts));
  std::vector<float> target(classes), adjusted(classes);
  for (std::size_t row = begin; row < end; ++row) {
    fill_target(*valid_.labels, valid_.examples[row], target);
    for (std::size_t class_id = 0; class_id < classes; ++class_id) {
      const float log_p = logs[(row - begin) * classes + class_id];
      adjusted[class_id] = log_p - adjustment_[class_id];
      if (target[class_id] > 0.0f) all.loss -= static_cast<double>(target[class_id]) * log_p;
    }
    all.right += std::ranges::max_element(adjusted) - adjusted.begin() == valid_.labels->hard(valid_.examples[row]);
  }
}

bool Trainer::keep_if_best(const Epoch& epoch) {
  if (!epoch.valid_loss) {
    course_.best_epoch = epoch.epoch;
    return true;
  }
  if (!(*epoch.valid_loss < best_loss_)) return false;
  best_loss_ = *epoch.valid_loss;
  course_.best_epoch = epoch.epoch;
  best_table_ = model_.table();
  best_bias_ = model_.bias();
  return true;
}

void Trainer::report() const {
  if (!progress_) return;
  ProgressEvent event{
      .stage = "train", .done = course_.curve.size(), .total = static_cast<std::uint64_t>(options_.epochs), .unit = "epochs", .note = {}};
  if (!course_.curve.empty()) event.note = "loss " + std::to_string(course_.curve.back().train_loss);
  progress_(event);
}

}  // namespace

void fill_target(const SoftLabels& labels, std::size_t example, std::span<float> target) {
  const std::size_t pattern = labels.pattern(example);
  const auto listed = labels.listed_classes(pattern);
  const auto probabilities = labels.listed_probabilities(pattern);
  const std::size_t others = target.size() - listed.size();
  std::ranges::fill(target, others == 0 ? 0.0f : static_cast<float>(labels.rest(pattern) / static_cast<double>(others)));
  for (std::size_t at = 0; at < listed.size(); ++at) target[listed[at]] = probabilities[at];
}

double soft_cross_entropy(std::span<float> logits, std::span<const float> targets, std::size_t classes) {
  log_softmax_rows(logits, classes);
  double loss = 0.0;
  for (std::size_t at = 0; at < logits.size(); ++at) {
    if (targets[at] > 0.0f) loss -= static_cast<double>(targets[at]) * logits[at];
    logits[at] = std::exp(logits[at]) - targets[at];
  }
  return loss;
}

TrainingCourse train_text_linear(TextLinear& model, const LabeledRows& train, const LabeledRows& valid, std::uint64_t seed,
                                 const Progress& progress) {
  if (train.size() == 0) throw Error(ErrorCode::kInvalidArgument, "no row of the train split has a label: there is nothing to learn from");
  return Trainer(model, train, valid, seed, progress).run();
}

}  // namespace hone
