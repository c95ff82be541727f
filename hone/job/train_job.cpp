#include "hone/job/train_job.h"

#include <algorithm>
#include <climits>
#include <set>

#include "hone/core/error.h"
#include "hone/core/suggest.h"

namespace hone {
namespace {

const std::vector<std::string> kFields = {"kind",       "parts",      "text",  "classes", "label_patterns", "label_examples",
                                          "valid_gold", "model_file", "model", "seed",    "threads",        "output_folder"};

Error bad_field(std::string_view field, const std::string& why) {
  return Error(ErrorCode::kInvalidArgument, "the job's '" + std::string(field) + "' " + why);
}

void check_names(const nlohmann::json& json) {
  if (!json.is_object()) throw Error(ErrorCode::kInvalidArgument, "a job is a JSON object");
  for (const auto& [name, value] : json.items())
    if (std::ranges::find(kFields, name) == kFields.end())
      throw Error(ErrorCode::kInvalidArgument, "a job has no field '" + name + "'" + suggestion(name, kFields));
}

std::string text_of(const nlohmann::json& value, std::string_view field) {
  if (!value.is_string()) throw bad_field(field, "is not a text");
  return value.get<std::string>();
}

std::string text_field(const nlohmann::json& json, const char* field, std::string fallback = {}) {
  const auto found = json.find(field);
  return found == json.end() ? fallback : text_of(*found, field);
}

std::vector<std::string> texts_field(const nlohmann::json& json, const char* field) {
  std::vector<std::string> texts;
  const auto found = json.find(field);
  if (found == json.end()) return texts;
  if (!found->is_array()) throw bad_field(field, "is not a list of texts");
  for (const nlohmann::json& item : *found) texts.push_back(text_of(item, field));
  return texts;
}

std::uint64_t whole_field(const nlohmann::json& json, const char* field, std::uint64_t limit) {
  const auto found = json.find(field);
  if (found == json.end()) return 0;
  const bool negative = found->is_number_integer() && !found->is_number_unsigned() && *found < 0;
  if (!found->is_number_integer() || negative || found->get<std::uint64_t>() > limit)
    throw bad_field(field, "is not a whole number from 0 to " + std::to_string(limit));
  return found->get<std::uint64_t>();
}

nlohmann::json model_field(const nlohmann::json& json) {
  const auto found = json.find("model");
  if (found == json.end()) return nlohmann::json::object();
  if (!found->is_object()) throw bad_field("model", "is not an object {name, …options}");
  return *found;
}

void require_path(const std::filesystem::path& path, std::string_view field) {
  if (path.empty()) throw bad_field(field, "is missing");
}

void check_classes(const std::vector<std::string>& classes) {
  if (classes.size() < 2) throw bad_field("classes", "names fewer than two classes");
  if (classes.size() > USHRT_MAX) throw bad_field("classes", "names more than 65,535 classes");
  if (std::set<std::string>(classes.begin(), classes.end()).size() != classes.size()) throw bad_field("classes", "names a class twice");
}

void check(const TrainJob& job) {
  if (job.kind != "train" && job.kind != "predict") throw bad_field("kind", "is '" + job.kind + "'; there are: 'train' and 'predict'");
  if (job.parts.empty()) throw bad_field("parts", "names no Parquet file");
  if (std::ranges::any_of(job.parts, &std::filesystem::path::empty)) throw bad_field("parts", "holds an empty path");
  if (job.text.empty()) throw bad_field("text", "names no column");
  require_path(job.output_folder, "output_folder");
  if (job.kind == "predict") return require_path(job.model_file, "model_file");
  check_classes(job.classes);
  require_path(job.label_patterns, "label_patterns");
  require_path(job.label_examples, "label_examples");
  if (!job.model.contains("name") || !job.model["name"].is_string()) throw bad_field("model", "has no 'name'");
}

}  // namespace

void to_json(nlohmann::json& json, const TrainJob& job) {
  json = {{"kind", job.kind},   {"text", job.text}, {"classes", job.classes},
          {"model", job.model}, {"seed", job.seed}, {"threads", job.threads}};
  json["parts"] = nlohmann::json::array();
  for (const std::filesystem::path& part : job.parts) json["parts"].push_back(part.string());
  const auto put = [&](const char* field, const std::filesystem::path& path) {
    if (!path.empty()) json[field] = path.string();
  };
  put("label_patterns", job.label_patterns);
  put("label_examples", job.label_examples);
  put("valid_gold", job.valid_gold);
  put("model_file", job.model_file);
  put("output_folder", job.output_folder);
}

void from_json(const nlohmann::json& json, TrainJob& job) {
  check_names(json);
  TrainJob read;
  read.kind = text_field(json, "kind", read.kind);
  for (const std::string& part : texts_field(json, "parts")) read.parts.emplace_back(part);
  read.text = texts_field(json, "text");
  read.classes = texts_field(json, "classes");
  read.label_patterns = text_field(json, "label_patterns");
  read.label_examples = text_field(json, "label_examples");
  read.valid_gold = text_field(json, "valid_gold");
  read.model_file = text_field(json, "model_file");
  read.model = model_field(json);
  read.seed = whole_field(json, "seed", UINT64_MAX);
  read.threads = static_cast<int>(whole_field(json, "threads", INT_MAX));
  read.output_folder = text_field(json, "output_folder");
  check(read);
  job = std::move(read);
}

}  // namespace hone
