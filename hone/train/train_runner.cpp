#include "hone/train/train_runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/train/bag_math.h"
#include "hone/train/example_reader.h"
#include "hone/train/text_linear.h"
#include "hone/train/text_linear_training.h"

namespace hone {
namespace {

const std::vector<std::string> kModels{"text-linear"};

TextLinearOptions options_of(const nlohmann::json& model) {
  const std::string name = model.is_object() ? model.value("name", kModels.front()) : "";
  if (std::ranges::find(kModels, name) == kModels.end())
    throw Error(ErrorCode::kInvalidArgument, "no model named '" + name + "'" + suggestion(name, kModels));
  return model.get<TextLinearOptions>();
}

// What the rows of a dataset are learned from and measured on.
struct TrainingRows {
  LabeledRows train;
  LabeledRows valid;
};

// The labels that early stopping goes by: gold where a row of it is known, else the soft labels.
class TrainingReader {
 public:
  TrainingReader(const TrainJob& job, const TextLinearOptions& options, const SoftLabels& labels, const SoftLabels& valid_labels)
      : job_(job),
        hasher_(options),
        labels_(labels),
        valid_labels_(valid_labels),
        rows_{{PackedRows(job.output_folder)}, {PackedRows(job.output_folder)}} {
    rows_.train.labels = &labels;
    rows_.valid.labels = &valid_labels;
  }

  TrainingRows read(const Progress& progress) {
    const std::uint64_t rows = read_examples(job_.parts, job_.text, WithSplits::kYes, [&](const TextBatch& batch) {
      add(batch, Split::kTrain, labels_, rows_.train);
      add(batch, Split::kValid, valid_labels_, rows_.valid);
      if (progress)
        progress({.stage = "read", .done = batch.first_row + batch.texts.size(), .total = labels_.examples(), .unit = "rows", .note = {}});
    });
    require_rows("labels", labels_, rows);
    require_rows("gold", valid_labels_, rows);
    rows_.train.counts.finish();
    rows_.valid.counts.finish();
    return std::move(rows_);
  }

 private:
  void add(const TextBatch& batch, Split split, const SoftLabels& labels, LabeledRows& rows) {
    std::vector<std::string_view> texts;
    for (std::size_t row = 0; row < batch.texts.size(); ++row) {
      const std::size_t example = batch.first_row + row;
      if (batch.splits[row] != split || example >= labels.examples() || labels.hard(example) == kNoClass) continue;
      texts.push_back(batch.texts[row]);
      rows.examples.push_back(static_cast<std::uint32_t>(example));
    }
    rows.counts.append(hasher_.count(texts, job_.threads));
  }

  static void require_rows(const char* what, const SoftLabels& labels, std::uint64_t rows) {
    if (labels.examples() != rows)
      throw Error(ErrorCode::kCorruptData, std::string("the ") + what + " are of " + std::to_string(labels.examples()) +
                                               " examples, the dataset has " + std::to_string(rows));
  }

  const TrainJob& job_;
  NgramHasher hasher_;
  const SoftLabels& labels_;
  const SoftLabels& valid_labels_;
  TrainingRows rows_;
};

void require_two_classes(const LabeledRows& train, const std::vector<std::string>& classes) {
  if (train.size() == 0)
    throw Error(ErrorCode::kInvalidArgument,
                "no row of the train split has a label: there is nothing to learn from; see which sources vote on it");
  const ClassId first = train.labels->hard(train.examples.front());
  if (std::ranges::all_of(train.examples, [&](std::uint32_t example) { return train.labels->hard(example) == first; }))
    throw Error(ErrorCode::kInvalidArgument,
                "all " + std::to_string(train.size()) + " labels of the train split are '" + classes.at(first) +
                    "': a model needs at least two classes; write sources that vote for others, or model: none");
}

// Waking threads for a mini-batch pays only where its sums take a millisecond or so; below, one thread is faster.
int threads_of_steps(const TextLinear& model, const LabeledRows& train, int threads) {
  constexpr std::uint64_t kWorthwhile = std::uint64_t{1} << 22;  // Multiplications, about 1 ms of one core.
  const std::uint64_t entries = train.counts.entries() / train.size() * static_cast<std::uint64_t>(model.options().batch);
  return entries * model.classes() >= kWorthwhile ? threads : 1;
}

bool has_gold(const SoftLabels& gold) {
  for (std::size_t example = 0; example < gold.examples(); ++example)
    if (gold.hard(example) != kNoClass) return true;
  return false;
}

void predict_all(const TextLinear& model, const TrainJob& job, const Progress& progress, std::uint64_t total, SoftLabels& predictions) {
  const NgramHasher hasher(model.options());
  std::vector<double> distribution(model.classes());
  read_examples(job.parts, job.text, WithSplits::kNo, [&](const TextBatch& batch) {
    const std::vector<std::string_view> texts(batch.texts.begin(), batch.texts.end());
    const std::vector<float> logs = model.predict(model.weigh(hasher.count(texts, job.threads)));
    for (std::size_t row = 0; row < texts.size(); ++row) {
      const auto log_p = std::span(logs).subspan(row * model.classes(), model.classes());
      std::ranges::transform(log_p, distribution.begin(), [](float value) { return std::exp(static_cast<double>(value)); });
      predictions.add_pattern(distribution, static_cast<ClassId>(std::ranges::max_element(log_p) - log_p.begin()));
    }
    if (progress) progress({.stage = "predict", .done = batch.first_row + texts.size(), .total = total, .unit = "rows", .note = {}});
  });
}

nlohmann::json write_predictions(const TextLinear& model, const TrainJob& job, const Progress& progress, std::uint64_t total) {
  SoftLabels predictions(model.classes());
  predict_all(model, job, progress, total, predictions);
  write_soft_labels(predictions, job.output_folder / kPredictionsFile, {});
  return {{"predictions", kPredictionsFile}, {"rows_predicted", predictions.examples()}};
}

nlohmann::json or_null(const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }

nlohmann::json to_report(const TrainingCourse& course) {
  nlohmann::json curve = nlohmann::json::array();
  for (const Epoch& epoch : course.curve)
    curve.push_back({{"epoch", epoch.epoch},
                     {"train_loss", epoch.train_loss},
                     {"valid_loss", or_null(epoch.valid_loss)},
                     {"valid_accuracy", or_null(epoch.valid_accuracy)},
                     {"learning_rate", epoch.learning_rate}});
  return {{"curve", curve}, {"best_epoch", course.best_epoch}, {"stopped", course.stopped}};
}

nlohmann::json train(const TrainJob& job, const Progress& progress) {
  const auto began = std::chrono::steady_clock::now();
  const TextLinearOptions options = options_of(job.model);
  const SoftLabels labels = read_soft_labels(job.label_patterns, job.label_examples);
  if (labels.classes() != job.classes.size())
    throw Error(ErrorCode::kCorruptData,
                "the labels are of " + std::to_string(labels.classes()) + " classes, the job names " + std::to_string(job.classes.size()));
  SoftLabels gold;
  if (!job.valid_gold.empty()) gold = read_gold(job.valid_gold, job.classes.size());
  TrainingRows rows = TrainingReader(job, options, labels, has_gold(gold) ? gold : labels).read(progress);
  require_two_classes(rows.train, job.classes);

  TextLinear model(options, job.classes, rows.train.counts);
  set_math_threads(threads_of_steps(model, rows.train, thread_count(job.threads)));
  nlohmann::json report = to_report(train_text_linear(model, rows.train, rows.valid, job.seed, progress));
  report.update({{"name", kModels.front()}, {"options", options}, {"rows", rows.train.size()}, {"parameters", model.parameters()}});
  set_math_threads(thread_count(job.threads));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  report["seconds"] = seconds.count();

  model.save(job.output_folder / kModelFile);
  nlohmann::json result = write_predictions(model, job, progress, labels.examples());
  result.update({{"model", kModelFile}, {"training", report}});
  return result;
}

}  // namespace

nlohmann::json run_train_job(const TrainJob& job, const Progress& progress) {
  set_math_threads(thread_count(job.threads));
  make_folder(job.output_folder);
  if (job.kind == "train") return train(job, progress);
  if (job.kind == "predict") return write_predictions(TextLinear::load(job.model_file), job, progress, 0);
  throw Error(ErrorCode::kInvalidArgument, "hone-train knows the jobs 'train' and 'predict', not '" + job.kind + "'");
}

}  // namespace hone
