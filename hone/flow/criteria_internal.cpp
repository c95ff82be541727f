#include "hone/flow/criteria_internal.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <numeric>

#include "hone/core/json.h"
#include "hone/data/text_column.h"
#include "hone/eval/criteria.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// The grades of both sides, by row.
struct GradeColumns {
  std::vector<Grade> evaluator, people;
};

Grade grade_of(const Criterion& criterion, std::string_view cell) {
  if (cell.empty()) return Grade::kUnknown;
  return std::ranges::find(criterion.yes, cell) != criterion.yes.end() ? Grade::kYes : Grade::kNo;
}

GradeColumns read_grades(const Criterion& criterion, const Dataset& dataset) {
  std::vector<std::string> columns{criterion.evaluator};
  if (!criterion.people.empty()) columns.push_back(criterion.people);
  for (const std::string& column : columns) dataset.require_column(column);
  GradeColumns grades;
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const TextColumn evaluator(*batch.column(0));
    const TextColumn people(*batch.column(batch.num_columns() - 1));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      grades.evaluator.push_back(grade_of(criterion, evaluator.at(row).value_or("")));
      grades.people.push_back(criterion.people.empty() ? Grade::kUnknown : grade_of(criterion, people.at(row).value_or("")));
    }
  });
  return grades;
}

Json measure_json(double value, const std::optional<Interval>& interval, std::uint64_t n) {
  return {{"value", value}, {"low", interval ? Json(interval->low) : Json()}, {"high", interval ? Json(interval->high) : Json()}, {"n", n}};
}

Json agreement_json(const GradeAgreement& agreement) {
  if (agreement.n == 0) return nullptr;
  return {{"observed", measure_json(agreement.observed, agreement.observed_interval, agreement.n)},
          {"kappa", agreement.kappa ? measure_json(*agreement.kappa, agreement.kappa_interval, agreement.n) : Json()},
          {"ac1", agreement.ac1 ? Json(*agreement.ac1) : Json()},
          {"yes_right", agreement.yes_right},
          {"yes", agreement.yes},
          {"no_right", agreement.no_right},
          {"no", agreement.no}};
}

std::string why_not_corrected(const CriterionCell& cell) {
  if (!cell.why) return "";
  switch (*cell.why) {
    case NotDefined::kNoItems:
      return "the evaluator graded none of these rows";
    case NotDefined::kTooFewLabels:
      return "too few grades by people to correct it: " + std::to_string(cell.agreement.yes) + " yes and " +
             std::to_string(cell.agreement.no) + " no, 10 of each needed";
    case NotDefined::kJudgeNoBetter:
      return "not usable: the evaluator is no better than chance here";
    default:
      return "not corrected: " + std::string(to_string(*cell.why));
  }
}

Json cell_json(const Json& slice, const CriterionCell& cell) {
  return {{"slice", slice},
          {"raw", cell.n > 0 ? measure_json(cell.raw, cell.raw_interval, cell.n) : Json()},
          {"agreement", agreement_json(cell.agreement)},
          {"corrected", cell.corrected ? measure_json(*cell.corrected, cell.corrected_interval, cell.n) : Json()},
          {"method", cell.method},
          {"note", why_not_corrected(cell)}};
}

}  // namespace

Json criteria_json(const StageContext& context, const Dataset& dataset, std::span<const std::uint32_t> clusters) {
  const Project& project = context.project();
  Json list = Json::array();
  if (project.evaluate.criteria.empty()) return list;
  const auto slices = context.workspace.slices(context.of("vote"));
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0u);
  for (const Criterion& criterion : project.evaluate.criteria) {
    const GradeColumns columns = read_grades(criterion, dataset);
    const Grades grades{columns.evaluator, columns.people, clusters};
    const CriterionOptions options{.people_drawn_evenly = criterion.people_drawn_evenly, .seed = project.seed, .threads = context.threads};
    Json cells = Json::array({cell_json(nullptr, grade_criterion(grades, all, options))});
    for (std::size_t slice = 0; slice < slices.size() && slice < project.slices.size(); ++slice)
      cells.push_back(cell_json(project.slices[slice].name, grade_criterion(grades, slices[slice], options)));
    list.push_back({{"criterion", criterion.name},
                    {"evaluator", criterion.evaluator},
                    {"people", criterion.people.empty() ? Json() : Json(criterion.people)},
                    {"people_drawn", criterion.people_drawn_evenly ? "evenly" : "otherwise"},
                    {"cells", cells}});
  }
  return list;
}

std::string criteria_part(const Project& project) {
  Json list = Json::array();
  for (const Criterion& criterion : project.evaluate.criteria)
    list.push_back({criterion.name, criterion.evaluator, criterion.people, criterion.yes, criterion.people_drawn_evenly});
  for (const Slice& slice : project.slices) list.push_back(slice.name);
  return list.dump();
}

}  // namespace hone
