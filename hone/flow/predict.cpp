#include "hone/flow/predict.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/flow/table_writer.h"
#include "hone/job/child.h"
#include "hone/job/train_job.h"

namespace hone {
namespace {

const std::vector<TableColumn> kColumns{{"id"},
                                        {"line", ColumnType::kInteger},
                                        {"label"},
                                        {"label_id", ColumnType::kClass},
                                        {"probability", ColumnType::kNumber},
                                        {"probabilities", ColumnType::kShares}};

bool has_column(const std::filesystem::path& file, const ReadOptions& read, const std::string& column) {
  const TableBatch first = open_table(file, read)->next();
  return first.rows && first.rows->schema()->GetFieldIndex(column) >= 0;
}

// The new rows as a dataset of their own: the same readers, limits and complaints as in a run.
ImportOptions import_options(const Project& project, const std::filesystem::path& file) {
  ImportOptions options;
  options.files = {file};
  options.read = project.data.read;
  options.text = project.data.text;
  options.max_bad_rows = project.data.max_bad_rows;
  options.split.share[0] = 1.0;
  options.split.share[1] = options.split.share[2] = 0.0;
  if (!project.data.id.empty() && has_column(file, project.data.read, project.data.id)) options.id = project.data.id;
  return options;
}

// The model in force. One that was trained for other classes or texts than hone.yaml names now would answer another question.
RunRecord fitting_model(const Workspace& workspace) {
  const RunRecord train = workspace.needed("train");
  const Project& project = workspace.project();
  const StageParts now{{"task.classes", classes_part(project.task)}, {"data.text", names_part(project.data.text)}};
  const nlohmann::json& then = train.detail.at("parts");
  for (const auto& part : now)
    if (std::ranges::find(then, nlohmann::json(part)) == then.end())
      throw Error(ErrorCode::kNotFound, part.first + " changed since the model was trained; `hone run` first");
  return train;
}

TrainJob predict_job(Workspace& workspace, const Dataset& rows, int threads, const std::filesystem::path& folder) {
  TrainJob job;
  job.kind = "predict";
  job.parts = rows.part_paths();
  job.text = workspace.project().data.text;
  job.classes = workspace.project().task.classes;
  job.model_file = workspace.checked_path(fitting_model(workspace).output("model"));
  job.threads = threads;
  job.output_folder = folder;
  return job;
}

void write_rows(const Project& project, const Dataset& rows, const SoftLabels& predictions, TableFormat format, TableWriter& writer) {
  const std::vector<std::string> columns{std::string(kIdColumn), std::string(kLineColumn)};
  rows.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    const TextColumn ids(*batch.column(0));
    const auto& lines = static_cast<const arrow::UInt64Array&>(*batch.column(1));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const std::uint64_t number = first_row + static_cast<std::uint64_t>(row);
      writer.add({ids.at(row).value_or(""), lines.Value(row), project.task.classes.at(predictions.hard(number)), predictions.hard(number),
                  predictions.confidence(number), probabilities_cell(predictions, number, project.task.classes, format)});
    }
  });
}

// `out` is the path or the stream that the rows go to.
template <typename Out>
Predicted predict(Workspace& workspace, const std::filesystem::path& file, const PredictOptions& options, Out& out,
                  const Progress& progress) {
  if (!workspace.project().trains())
    throw Error(ErrorCode::kNotFound,
                "this project trains no model (hone.yaml says model: none); write model: text-linear there and run it: hone run");
  const ProjectLock lock(workspace.project().state() / "lock");  // A run would sweep our folder away.
  const RemovedAtEnd folder = work_folder(workspace);
  ObjectStore scratch(folder.path() / "objects");
  const Dataset rows(scratch, import_dataset(scratch, import_options(workspace.project(), file), progress));
  run_child(find_hone_train(), predict_job(workspace, rows, options.threads, folder.path()), progress);
  const SoftLabels predictions = read_soft_labels(folder.path() / "predictions.parquet", {});
  write_table({.columns = kColumns, .format = options.format, .guard = false, .classes = workspace.project().task.classes}, out,
              [&](TableWriter& writer) { write_rows(workspace.project(), rows, predictions, options.format, writer); });
  return {rows.rows(), rows.manifest().bad_rows};
}

}  // namespace

Predicted predict_file(Workspace& workspace, const std::filesystem::path& file, const PredictOptions& options,
                       const std::filesystem::path& out, const Progress& progress) {
  return predict(workspace, file, options, out, progress);
}

Predicted predict_file(Workspace& workspace, const std::filesystem::path& file, const PredictOptions& options, std::ostream& out,
                       const Progress& progress) {
  return predict(workspace, file, options, out, progress);
}

}  // namespace hone
