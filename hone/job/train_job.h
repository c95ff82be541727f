#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hone/core/json.h"

namespace hone {

/// What hone-train is asked: one JSON file. Paths are absolute or relative to the process's folder and never
/// enter an output, so that the same inputs give the same bytes anywhere.
struct TrainJob {
  std::string kind = "train";                // "train", or "predict" (then only parts, text, model_file, threads and output_folder count)
  std::vector<std::filesystem::path> parts;  // Parquet files of the examples, in order; see hone/data/dataset.h for hone_split.
  std::vector<std::string> text;             // Text columns, in order; joined by a line feed.
  std::vector<std::string> classes;          // Names, by class id.
  std::filesystem::path label_patterns;      // Soft labels to learn from, as hone/vote/soft_labels.h writes them …
  std::filesystem::path label_examples;      // … (two files).
  std::filesystem::path valid_gold;          // Optional: Parquet, one column `gold` (uint16, null where unknown), a row per example; only
                                             // rows of the valid split are set. Early stop goes by it, else by the soft labels of valid.
  std::filesystem::path model_file;          // predict: the model.safetensors to use.
  nlohmann::json model = nlohmann::json::object();  // {"name": "text-linear", …options}
  std::uint64_t seed = 0;
  int threads = 0;                      // 0: as many as the machine has.
  std::filesystem::path output_folder;  // There: model.safetensors (train) and predictions.parquet.
};
void to_json(nlohmann::json& json, const TrainJob& job);
/// Throws kInvalidArgument, naming the field.
void from_json(const nlohmann::json& json, TrainJob& job);

}  // namespace hone
