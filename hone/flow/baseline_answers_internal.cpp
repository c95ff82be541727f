#include "hone/flow/baseline_answers_internal.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <unordered_map>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/flow/main_path.h"
#include "hone/flow/prediction_file.h"
#include "hone/label_model/label_model.h"
#include "hone/vote/vote_patterns.h"

namespace hone {
namespace {

constexpr std::string_view kLabelModel = "label-model", kMajority = "majority";

BaselineAnswers answers_in_file(const AdmitOptions& options, const CandidateItems& candidates) {
  PredictionLayout layout = look_at_predictions(options.baseline);
  PredictionRequest request{.id = "id", .prediction = "prediction"};
  for (const std::string& field : {request.id, request.prediction})
    if (!has_field(layout, field)) throw Error(ErrorCode::kNotFound, missing_field(layout, field, {}));
  if (has_field(layout, "probabilities")) request.probabilities = "probabilities";
  const PredictionTable table = read_predictions(layout, request);
  BaselineAnswers answers{.of = std::vector<BaselineAnswers::Answer>(candidates.rows.size())};
  AnswerReader read;
  for (std::size_t place = 0; place < candidates.rows.size(); ++place) {
    const BenchmarkItem& item = candidates.rows[place].item;
    std::uint32_t row = table.ids.find(item.id);
    if (row == kNoName && !item.key.empty()) row = table.ids.find(item.key);
    if (row == kNoName || !table.item_of.empty() || table.prediction.of[row] == kNoName) continue;
    ++answers.answered;
    const std::string_view said = table.prediction.names.name(table.prediction.of[row]);
    BaselineAnswers::Answer& answer = answers.of[place];
    if (!request.probabilities.empty())
      for (std::uint64_t share = table.probabilities.begins[row]; share < table.probabilities.begins[row + 1]; ++share)
        if (table.probabilities.names.name(table.probabilities.classes[share]) == said)
          answer.probability = table.probabilities.shares[share];
    answer.is_trivial = said == read(item.gold) && answer.probability >= options.sure;
  }
  return answers;
}

SoftLabels labels_of_project(Workspace& workspace, std::string_view baseline, int threads) {
  if (baseline == kLabelModel) return workspace.labels(workspace.needed("label"));
  const Dataset dataset = workspace.dataset(workspace.needed(data_stage(workspace.project())));
  const VoteMatrix votes = workspace.vote_matrix(workspace.needed("vote"), dataset.rows());
  const VotePatterns patterns(votes);
  const auto model = make_label_model("majority");
  model->fit(patterns, {}, threads);
  return model->predict(patterns, threads);
}

// Rows of the dataset by the candidates' own ids.
std::vector<std::pair<std::uint32_t, std::uint64_t>> candidate_rows(const Dataset& dataset, const CandidateItems& candidates) {
  std::unordered_map<std::string_view, std::uint32_t> wanted;
  for (std::uint32_t place = 0; place < candidates.rows.size(); ++place)
    if (!candidates.rows[place].item.key.empty()) wanted.emplace(candidates.rows[place].item.key, place);
  std::vector<std::pair<std::uint32_t, std::uint64_t>> rows;
  const std::vector<std::string> columns{std::string(kIdColumn)};
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    const TextColumn ids(*batch.column(0));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row)
      if (const auto found = wanted.find(ids.at(row).value_or("")); found != wanted.end())
        rows.emplace_back(found->second, first_row + static_cast<std::uint64_t>(row));
  });
  return rows;
}

BaselineAnswers answers_of_project(const AdmitOptions& options, Workspace* workspace, const CandidateItems& candidates) {
  if (!workspace)
    throw Error(ErrorCode::kNotFound, "the baseline '" + options.baseline +
                                          "' is that of a project's rows, and there is no project here; give a file of predictions");
  const Project& project = workspace->project();
  if (project.task.is_multi_label())
    throw Error(ErrorCode::kInvalidArgument,
                "rows of this project may hold several classes, of which no baseline is computed; give a file of predictions");
  const SoftLabels labels = labels_of_project(*workspace, options.baseline, options.threads);
  BaselineAnswers answers{.of = std::vector<BaselineAnswers::Answer>(candidates.rows.size())};
  for (const auto& [place, row] : candidate_rows(workspace->dataset(workspace->needed(data_stage(project))), candidates)) {
    const ClassId said = labels.hard(row);
    if (said == kNoClass) continue;
    ++answers.answered;
    const double probability = labels.confidence(row);
    answers.of[place] = {project.task.classes.at(said) == candidates.rows[place].item.gold && probability >= options.sure, probability};
  }
  return answers;
}

}  // namespace

BaselineAnswers baseline_answers(const AdmitOptions& options, Workspace* workspace, const CandidateItems& candidates) {
  const bool is_computed = options.baseline == kLabelModel || options.baseline == kMajority;
  BaselineAnswers answers = is_computed ? answers_of_project(options, workspace, candidates) : answers_in_file(options, candidates);
  if (answers.answered > 0) return answers;
  throw Error(ErrorCode::kNotFound, "the baseline '" + options.baseline +
                                        "' says nothing about any of these items: they are found by their own ids, which --id names");
}

}  // namespace hone
