#include "hone/eval/criteria.h"

#include <algorithm>
#include <string>

#include "hone/core/error.h"
#include "hone/stats/agreement.h"
#include "hone/stats/clustered.h"
#include "hone/stats/judge_correction.h"

namespace hone {
namespace {

constexpr std::uint64_t kReplicates = 2000;  // Enough for an interval that is shown with one decimal.

struct Graded {
  std::vector<double> scores;  // 1 for yes.
  std::vector<std::uint32_t> clusters;
};

// The grades of one side on rows that `take` wants.
template <typename Take>
Graded graded(std::span<const Grade> grades, const Grades& all, std::span<const std::uint32_t> rows, const Take& take) {
  Graded found;
  for (const std::uint32_t row : rows) {
    if (!take(row)) continue;
    found.scores.push_back(grades[row] == Grade::kYes ? 1.0 : 0.0);
    if (!all.clusters.empty()) found.clusters.push_back(all.clusters[row]);
  }
  return found;
}

double mean_of(const std::vector<double>& scores) {
  double sum = 0.0;
  for (const double score : scores) sum += score;
  return scores.empty() ? 0.0 : sum / static_cast<double>(scores.size());
}

std::optional<Interval> interval_of_rate(const Graded& of, double alpha) {
  if (of.scores.empty()) return std::nullopt;
  if (of.clusters.empty() && alpha == 0.05) return wilson(static_cast<std::uint64_t>(std::ranges::count(of.scores, 1.0)), of.scores.size());
  std::vector<std::uint32_t> alone(of.scores.size());
  for (std::uint32_t row = 0; row < alone.size(); ++row) alone[row] = row;
  const auto mean = clustered_mean(sum_by_cluster(of.scores, of.clusters.empty() ? alone : of.clusters));
  return mean ? rate_interval(*mean, alpha) : std::nullopt;
}

void check_grades(const Grades& grades, std::span<const std::uint32_t> rows, const CriterionOptions& options) {
  const std::size_t n = grades.evaluator.size();
  if (grades.people.size() != n || (!grades.clusters.empty() && grades.clusters.size() != n))
    throw Error(ErrorCode::kInvalidArgument, "a criterion needs as many grades by people, and clusters, as by the evaluator");
  if (std::ranges::any_of(rows, [n](std::uint32_t row) { return row >= n; }))
    throw Error(ErrorCode::kInvalidArgument, "a row of a criterion is out of range");
  if (!(options.alpha > 0.0 && options.alpha < 1.0)) throw Error(ErrorCode::kInvalidArgument, "alpha must lie between 0 and 1");
}

std::vector<ClassNumber> as_classes(const std::vector<double>& scores) {
  std::vector<ClassNumber> classes;
  for (const double score : scores) classes.push_back(score > 0.0 ? 1 : 0);
  return classes;
}

void take_kappa(const Graded& evaluator, const Graded& people, const CriterionOptions& options, GradeAgreement& agreement) {
  const std::vector<ClassNumber> first = as_classes(evaluator.scores), second = as_classes(people.scores);
  if (const auto kappa = cohen_kappa(rater_table(first, second, 2))) agreement.kappa = kappa->value;
  std::vector<std::uint32_t> units;
  std::vector<ClassNumber> given;
  for (std::uint32_t row = 0; row < first.size(); ++row) {
    units.insert(units.end(), {row, row});
    given.insert(given.end(), {first[row], second[row]});
  }
  if (const auto ac1 = gwet_ac1({units, given, 2})) agreement.ac1 = ac1->value;
  const auto interval =
      agreement_interval(table_cells(first, second, 2, evaluator.clusters), kappa_metric(Distance::kNominal),
                         {.replicates = kReplicates, .seed = options.seed, .alpha = options.alpha, .threads = options.threads});
  if (interval) agreement.kappa_interval = *interval;
}

GradeAgreement agreement_of(const Graded& evaluator, const Graded& people, const CriterionOptions& options) {
  GradeAgreement agreement;
  agreement.n = people.scores.size();
  if (agreement.n == 0) return agreement;
  Graded agree{{}, evaluator.clusters};
  for (std::size_t row = 0; row < people.scores.size(); ++row) {
    const bool same = evaluator.scores[row] == people.scores[row];
    agree.scores.push_back(same ? 1.0 : 0.0);
    ++(people.scores[row] > 0.0 ? agreement.yes : agreement.no);
    if (same) ++(people.scores[row] > 0.0 ? agreement.yes_right : agreement.no_right);
  }
  agreement.observed = mean_of(agree.scores);
  agreement.observed_interval = interval_of_rate(agree, options.alpha);
  take_kappa(evaluator, people, options, agreement);
  return agreement;
}

// Whether PPI++ gave a number.
bool corrected_by_ppi(const Graded& judged, const Graded& people, const Graded& others, const CriterionOptions& options,
                      CriterionCell& cell) {
  const auto found = ppi_mean({people.scores, judged.scores, people.clusters}, {others.scores, others.clusters}, options.alpha);
  if (!found) return false;
  cell.method = "ppi";
  cell.corrected = std::clamp(found->mean, 0.0, 1.0);
  cell.corrected_interval = Interval{std::clamp(found->interval.low, 0.0, 1.0), std::clamp(found->interval.high, 0.0, 1.0)};
  return true;
}

void correct_by_error_rates(const Graded& all, const CriterionOptions& options, CriterionCell& cell) {
  const GradeAgreement& seen = cell.agreement;
  const auto yes = static_cast<std::uint64_t>(std::ranges::count(all.scores, 1.0));
  const auto found =
      rogan_gladen(yes, all.scores.size(),
                   {.yes_right = seen.yes_right, .yes_labeled = seen.yes, .no_right = seen.no_right, .no_labeled = seen.no}, options.alpha);
  if (!found) {
    cell.why = found.why();
    return;
  }
  cell.method = "rogan_gladen";
  cell.corrected = found->rate;
  cell.corrected_interval = found->interval;
}

}  // namespace

CriterionCell grade_criterion(const Grades& grades, std::span<const std::uint32_t> rows, const CriterionOptions& options) {
  check_grades(grades, rows, options);
  const auto by_evaluator = [&](std::uint32_t row) { return grades.evaluator[row] != Grade::kUnknown; };
  const auto by_both = [&](std::uint32_t row) { return by_evaluator(row) && grades.people[row] != Grade::kUnknown; };
  const auto by_it_alone = [&](std::uint32_t row) { return by_evaluator(row) && grades.people[row] == Grade::kUnknown; };
  const Graded all = graded(grades.evaluator, grades, rows, by_evaluator);
  const Graded judged = graded(grades.evaluator, grades, rows, by_both), people = graded(grades.people, grades, rows, by_both);
  CriterionCell cell;
  cell.n = all.scores.size();
  cell.raw = mean_of(all.scores);
  cell.raw_interval = interval_of_rate(all, options.alpha);
  cell.agreement = agreement_of(judged, people, options);
  if (cell.n == 0) {
    cell.why = NotDefined::kNoItems;
    return cell;
  }
  const Graded others = graded(grades.evaluator, grades, rows, by_it_alone);
  if (options.people_drawn_evenly && corrected_by_ppi(judged, people, others, options, cell)) return cell;
  correct_by_error_rates(all, options, cell);
  return cell;
}

}  // namespace hone
