#include "hone/flow/criteria_internal.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <numeric>

#include "hone/core/json.h"
#include "hone/data/text_column.h"
#include "hone/eval/criteria.h"
#include "hone/vote/vote_file.h"

namespace hone {
namespace {

using Json = nlohmann::json;

Grade grade_of(const Criterion& criterion, std::string_view cell) {
  if (cell.empty()) return Grade::kUnknown;
  return std::ranges::find(criterion.yes, cell) != criterion.yes.end() ? Grade::kYes : Grade::kNo;
}

// By row; nobody's where no column is named.
std::vector<Grade> grades_in_column(const Criterion& criterion, const std::string& column, const Dataset& dataset) {
  if (column.empty()) return std::vector<Grade>(dataset.rows(), Grade::kUnknown);
  dataset.require_column(column);
  std::vector<Grade> grades;
  const std::vector<std::string> columns{column};
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const TextColumn cells(*batch.column(0));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) grades.push_back(grade_of(criterion, cells.at(row).value_or("")));
  });
  return grades;
}

// What the grade stage keeps of an evaluator that is a source.
struct SourceGrades {
  std::vector<Grade> grades;
  Json failures;
};

// An abstention says what the criterion says it does, on rows that the evaluator is asked about.
std::vector<Grade> grades_of_abstention(const Criterion& criterion, const Dataset& dataset) {
  std::vector<Grade> grades(dataset.rows(), criterion.otherwise);
  if (criterion.source->votes_everywhere()) return grades;
  const std::vector<Split> splits = dataset.splits();
  for (std::size_t row = 0; row < grades.size(); ++row)
    if (!criterion.source->splits[static_cast<std::size_t>(splits[row])]) grades[row] = Grade::kUnknown;
  return grades;
}

SourceGrades grades_of_source(const StageContext& context, const Criterion& criterion, const Dataset& dataset) {
  const Json manifest = context.workspace.json(context.of("grade").output("grades"));
  const Json& sources = manifest.at("sources");
  const auto entry = std::ranges::find_if(sources, [&](const Json& source) { return source.at("name") == criterion.evaluator; });
  const SourceVotes votes = read_source_votes(context.workspace.checked_path(entry->at("ref").get<ObjectRef>()), 0);
  SourceGrades found{grades_of_abstention(criterion, dataset), entry->at("failures")};
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote)
    found.grades[votes.examples[vote]] = votes.classes[vote] == kFailedGrade ? Grade::kUnknown
                                         : votes.classes[vote] == 0          ? Grade::kYes
                                                                             : Grade::kNo;
  return found;
}

Json otherwise_json(Grade otherwise) { return otherwise == Grade::kUnknown ? Json() : Json(otherwise == Grade::kYes ? "yes" : "no"); }

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
    const SourceGrades evaluator = criterion.source ? grades_of_source(context, criterion, dataset)
                                                    : SourceGrades{grades_in_column(criterion, criterion.evaluator, dataset), nullptr};
    const std::vector<Grade> people = grades_in_column(criterion, criterion.people, dataset);
    const Grades grades{evaluator.grades, people, clusters};
    const CriterionOptions options{.people_drawn_evenly = criterion.people_drawn_evenly, .seed = project.seed, .threads = context.threads};
    Json cells = Json::array({cell_json(nullptr, grade_criterion(grades, all, options))});
    for (std::size_t slice = 0; slice < slices.size() && slice < project.slices.size(); ++slice)
      cells.push_back(cell_json(project.slices[slice].name, grade_criterion(grades, slices[slice], options)));
    list.push_back({{"criterion", criterion.name},
                    {"evaluator", criterion.evaluator},
                    {"kind", to_string(criterion.source ? criterion.source->kind : Source::Kind::kColumn)},
                    {"otherwise", otherwise_json(criterion.otherwise)},
                    {"failures", evaluator.failures},
                    {"people", criterion.people.empty() ? Json() : Json(criterion.people)},
                    {"people_drawn", criterion.people_drawn_evenly ? "evenly" : "otherwise"},
                    {"cells", cells}});
  }
  return list;
}

std::string criteria_part(const Project& project) {
  Json list = Json::array();
  for (const Criterion& criterion : project.evaluate.criteria)
    list.push_back({criterion.name, criterion.evaluator, criterion.people, criterion.yes, criterion.people_drawn_evenly,
                    otherwise_json(criterion.otherwise)});
  for (const Slice& slice : project.slices) list.push_back(slice.name);
  return list.dump();
}

}  // namespace hone
