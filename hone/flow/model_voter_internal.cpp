#include "hone/flow/model_voter_internal.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <map>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/flow/stages_internal.h"
#include "hone/job/child.h"
#include "hone/job/safetensors.h"
#include "hone/job/train_job.h"

namespace hone {
namespace {

Error trouble(const Source& source, const std::string& what) { return Error(ErrorCode::kInvalidProject, described(source) + ": " + what); }

// The current model of another project, which was made and checked there.
std::filesystem::path model_of_project(const std::filesystem::path& folder, const Project& project, const Source& source) {
  if (std::filesystem::equivalent(folder, project.root))
    throw trouble(source, "a project's own model cannot vote in it: it would learn from itself; name another project");
  const std::string run = "; run it: hone run --project '" + source.model.path + "'";
  const std::filesystem::path state = folder / ".hone";
  const auto train = std::filesystem::exists(state) ? current_record(state, "train") : std::nullopt;
  if (!train) throw trouble(source, "the project '" + source.model.path + "' has no trained model" + run);
  try {
    return ObjectStore(state / "objects").path(train->output("model"));
  } catch (const Error& error) {
    throw trouble(source, std::string(error.what()) + run);
  }
}

std::filesystem::path found_model(const Project& project, const Source& source) {
  const std::filesystem::path named = project.root / source.model.path;
  if (std::filesystem::is_directory(named)) {
    if (std::filesystem::exists(named / "hone.yaml")) return model_of_project(named, project, source);
    if (std::filesystem::exists(named / "model.safetensors")) return named / "model.safetensors";
    throw trouble(source, "the folder '" + source.model.path + "' is no project (hone.yaml) and holds no model.safetensors");
  }
  if (!std::filesystem::exists(named))
    throw trouble(source, "there is no '" + source.model.path + "'; name another project's folder or a .safetensors file that Hone wrote");
  return named;
}

std::vector<std::string> classes_of_model(const std::filesystem::path& file, const Source& source) {
  try {
    const auto json = nlohmann::json::parse(SafetensorsFile(file).metadata("classes"), nullptr, false);
    return json.get<std::vector<std::string>>();
  } catch (const Error& error) {
    throw trouble(source, error.what());
  } catch (const nlohmann::json::exception&) {
    throw trouble(source, "'" + source.model.path + "' does not say its classes: it is no model of ours");
  }
}

// By class of the model; kNoClass where it means none of ours.
std::vector<ClassId> classes_meant(const std::vector<std::string>& classes, const std::vector<std::string>& theirs, const Source& source) {
  std::vector<ClassId> meant;
  const bool is_mapped = source.definition.contains("classes");
  for (const std::string& name : theirs) {
    const auto found = source.class_of_value.find(name);
    if (found == source.class_of_value.end() && !is_mapped)
      throw trouble(source, "the model knows the class '" + name + "', which is none of " + quoted_list(classes) +
                                "; say what its classes mean, as in classes: {'" + name + "': " + classes.front() +
                                "}; it abstains for those left out");
    meant.push_back(found == source.class_of_value.end() ? kNoClass : found->second);
  }
  if (std::ranges::all_of(meant, [](ClassId id) { return id == kNoClass; }))
    throw trouble(source, "classes maps none of the model's classes, which are " + quoted_list(theirs));
  return meant;
}

// Predictions of a whole dataset as votes.
class PredictionVoter : public Voter {
 public:
  PredictionVoter(std::shared_ptr<const SoftLabels> predictions, std::vector<ClassId> meant, float at_least)
      : predictions_(std::move(predictions)), meant_(std::move(meant)), at_least_(at_least) {}

  std::vector<std::string> columns() const override { return {}; }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) override {
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      const ClassId predicted = predictions_->hard(first_row + row);
      const auto sure = static_cast<float>(predictions_->confidence(first_row + row));
      if (predicted != kNoClass && meant_[predicted] != kNoClass && sure >= at_least_)
        said[0].vote(row, meant_[predicted], std::min(sure, 1.0f));
    }
  }

  std::shared_ptr<const SoftLabels> predictions_;
  std::vector<ClassId> meant_;
  float at_least_;
};

std::shared_ptr<const SoftLabels> predicted(Workspace& workspace, const Dataset& dataset, const std::filesystem::path& model,
                                            const std::vector<std::string>& text, int threads, const Progress& progress) {
  const RemovedAtEnd folder = work_folder(workspace);
  TrainJob job;
  job.kind = "predict";
  job.parts = dataset.part_paths();
  job.text = text;
  job.model_file = model;
  job.threads = threads;
  job.output_folder = folder.path();
  run_child(find_hone_train(), job, progress);
  auto predictions = std::make_shared<SoftLabels>(read_soft_labels(folder.path() / "predictions.parquet", {}));
  if (predictions->examples() != dataset.rows())
    throw Error(ErrorCode::kCorruptData,
                "the model predicted on " + with_commas(predictions->examples()) + " of " + with_commas(dataset.rows()) + " rows");
  return predictions;
}

}  // namespace

std::filesystem::path model_file_of(const Project& project, const Source& source, const std::vector<std::string>& classes) {
  std::filesystem::path file = found_model(project, source);
  classes_meant(classes, classes_of_model(file, source), source);
  return file;
}

std::vector<AskedVoter> model_voters(Workspace& workspace, const Dataset& dataset, const SourcesOfClasses& of, int threads,
                                     const Progress& progress) {
  const Project& project = workspace.project();
  std::vector<AskedVoter> voters;
  std::map<std::pair<std::filesystem::path, std::vector<std::string>>, std::shared_ptr<const SoftLabels>> known;
  for (std::size_t place = 0; place < of.sources.size(); ++place) {
    const Source& source = *of.sources[place];
    if (source.kind != Source::Kind::kModel) continue;
    const std::filesystem::path file = found_model(project, source);
    const std::vector<std::string>& text = source.model.fields.empty() ? project.data.text : source.model.fields;
    auto& predictions = known[{file, text}];
    if (!predictions) predictions = predicted(workspace, dataset, file, text, threads, progress);
    voters.push_back({std::make_shared<PredictionVoter>(predictions, classes_meant(of.classes, classes_of_model(file, source), source),
                                                        source.at_least.value_or(0.0f)),
                      {place}});
  }
  return voters;
}

}  // namespace hone
