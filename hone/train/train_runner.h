#pragma once

#include "hone/core/json.h"
#include "hone/core/progress.h"
#include "hone/job/train_job.h"

namespace hone {

inline constexpr const char* kModelFile = "model.safetensors";
inline constexpr const char* kPredictionsFile = "predictions.parquet";

/// Does what the job asks, on up to job.threads threads, and writes its files into job.output_folder: for "train" the model
/// and the predictions for every row of the dataset, for "predict" the predictions. Same job, same bytes in the files,
/// whatever the number of threads.
///
/// Returns what hone-train answers as its result: `predictions` (a file name) and `rows_predicted`; of a training also
/// `model` (a file name) and `training` as in the report (name, options, rows, parameters, seconds, stopped, curve, best_epoch).
/// Throws Error, naming the file, row or option; std::bad_alloc when memory runs out.
nlohmann::json run_train_job(const TrainJob& job, const Progress& progress);

}  // namespace hone
