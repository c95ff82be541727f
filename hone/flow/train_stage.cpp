#include <arrow/array/builder_primitive.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/data/checked_memory.h"
#include "hone/flow/stages_internal.h"
#include "hone/job/child.h"
#include "hone/job/train_job.h"

namespace hone {
namespace {

void check(const arrow::Status& status) {
  if (!status.ok()) throw Error(ErrorCode::kIo, "cannot write the gold of the valid split for training: " + status.ToString());
}

// One column `gold`, a row per example, set on rows of the valid split alone: the trainer never sees other gold.
void write_valid_gold(const std::vector<ClassId>& gold, const std::vector<Split>& splits, const std::filesystem::path& file) {
  arrow::UInt16Builder builder;
  for (std::size_t row = 0; row < splits.size(); ++row) {
    const bool set = splits[row] == Split::kValid && gold[row] != kNoClass;
    check(set ? builder.Append(gold[row]) : builder.AppendNull());
  }
  std::shared_ptr<arrow::Array> column;
  check(builder.Finish(&column));
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("gold", arrow::uint16())}), {column});
  const auto out = arrow::io::FileOutputStream::Open(file.string());
  check(out.status());
  check(parquet::arrow::WriteTable(*table, checked_memory(), *out, 1 << 20,
                                   parquet::WriterProperties::Builder().memory_pool(checked_memory())->build()));
  check((*out)->Close());
}

// Known train classes, where hone.yaml lets them be read, stand above what the label model made of the votes.
SoftLabels with_gold(const SoftLabels& labels, const std::vector<ClassId>& gold, const std::vector<Split>& splits) {
  SoftLabels merged(labels.classes());
  std::vector<double> distribution(labels.classes());
  for (std::size_t pattern = 0; pattern < labels.patterns(); ++pattern) {
    for (std::size_t id = 0; id < labels.classes(); ++id)
      distribution[id] = labels.probability_in_pattern(pattern, static_cast<ClassId>(id));
    merged.add_pattern(distribution, labels.hard_of_pattern(pattern));
  }
  for (std::size_t id = 0; id < labels.classes(); ++id) {
    distribution.assign(labels.classes(), 0.0);
    distribution[id] = 1.0;
    merged.add_pattern(distribution, static_cast<ClassId>(id));
  }
  std::vector<std::uint32_t> pattern_of(labels.examples());
  for (std::size_t row = 0; row < pattern_of.size(); ++row) {
    const bool known = splits[row] == Split::kTrain && gold[row] != kNoClass;
    pattern_of[row] = known ? static_cast<std::uint32_t>(labels.patterns() + gold[row]) : labels.pattern(row);
  }
  merged.set_examples(std::move(pattern_of));
  return merged;
}

// What the job learns from, written into `folder` where it differs from what the label stage made.
void give_labels(const StageContext& context, const Gold& gold, const std::vector<Split>& splits, const std::filesystem::path& folder,
                 TrainJob& job) {
  const RunRecord& label = context.of("label");
  if (gold.rows[static_cast<std::size_t>(Split::kTrain)] == 0) {
    job.label_patterns = context.workspace.checked_path(label.output("labels.patterns"));
    job.label_examples = context.workspace.checked_path(label.output("labels.examples"));
    return;
  }
  job.label_patterns = folder / "label_patterns";
  job.label_examples = folder / "label_examples";
  write_soft_labels(with_gold(context.workspace.labels(label), gold.classes, splits), job.label_patterns, job.label_examples);
}

TrainJob make_job(const StageContext& context, const std::filesystem::path& folder) {
  const Project& project = context.project();
  const Dataset dataset = context.workspace.dataset(context.data());
  TrainJob job;
  job.parts = dataset.part_paths();
  job.text = project.data.text;
  job.classes = project.task.classes;
  job.model = project.model;
  job.seed = project.seed;
  job.threads = context.threads;
  job.output_folder = folder;
  const Gold gold = read_gold(project, dataset, GoldUse::kLearning);
  const std::vector<Split> splits = dataset.splits();
  give_labels(context, gold, splits, folder, job);
  if (gold.rows[static_cast<std::size_t>(Split::kValid)] > 0) {
    job.valid_gold = folder / "valid_gold";
    write_valid_gold(gold.classes, splits, job.valid_gold);
  }
  return job;
}

}  // namespace

StageParts train_parts(const StageContext& context) {
  const Project& project = context.project();
  const RunRecord& label = context.of("label");
  return {{"the dataset", context.data().output("dataset").hash},
          {"the labels", label.output("labels.patterns").hash + " " + label.output("labels.examples").hash},
          {"task.classes", classes_part(project.task)},
          {"model", project.model.dump()},
          {"data.text", names_part(project.data.text)},
          {"gold", gold_part(context)},
          {"seed", std::to_string(project.seed)}};
}

void run_train(const StageContext& context, RunRecord& record) {
  const RemovedAtEnd folder = work_folder(context.workspace);
  const TrainJob job = make_job(context, folder.path());
  const nlohmann::json result = run_child(find_hone_train(), job, context.progress);
  nlohmann::json training = result.at("training");
  ObjectStore& objects = context.workspace.objects();
  record.options = context.project().model;
  record.outputs.push_back({"model", objects.put_file(folder.path() / "model.safetensors", kSafetensorsMedia)});
  record.outputs.push_back({"predictions", objects.put_file(folder.path() / "predictions.parquet", kParquetMedia)});
  // How long it took is no result: it stands in the record, so that the object's bytes repeat.
  record.counts = {{"training_ms", static_cast<std::int64_t>(1000.0 * training.value("seconds", 0.0))},
                   {"rows", training.value("rows", 0)}};
  training["seconds"] = 0.0;
  record.outputs.push_back({"training", objects.put_json(training)});
}

}  // namespace hone
