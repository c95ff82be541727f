#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/stats/not_defined.h"
#include "hone/stats/proportion.h"

namespace hone {

/// Whether an output meets a criterion ("helpful"), as somebody says.
enum class Grade : std::uint8_t { kNo, kYes, kUnknown };

/// The grades of one criterion by row: an evaluator's (a judge model, a rule), and people's where there are some. Rows of one cluster
/// number hang together; empty: each stands alone. Borrows everything for the call.
struct Grades {
  std::span<const Grade> evaluator;
  std::span<const Grade> people;
  std::span<const std::uint32_t> clusters;
};

struct CriterionOptions {
  bool people_drawn_evenly = false;  // People's rows are an even draw from the rows: then PPI++, else Rogan-Gladen.
  double alpha = 0.05;
  std::uint64_t seed = 0;
  int threads = 1;
};

/// How far evaluator and people agree, on rows that both graded.
struct GradeAgreement {
  std::uint64_t n = 0;
  double observed = 0.0;                        // Share of rows on which they agree,
  std::optional<Interval> observed_interval{};  // Wilson, by clusters where there are some.
  std::optional<double> kappa{}, ac1{};         // Nothing where only one grade was used.
  std::optional<Interval> kappa_interval{};     // Bootstrap over rows or clusters, from 30 on.
  std::uint64_t yes_right = 0, yes = 0;         // Of what people say is yes, the evaluator says yes;
  std::uint64_t no_right = 0, no = 0;           // likewise no.
};

/// One criterion on one set of rows.
struct CriterionCell {
  std::uint64_t n = 0;  // Graded by the evaluator.
  double raw = 0.0;     // Share that it says yes of.
  std::optional<Interval> raw_interval{};
  GradeAgreement agreement{};
  std::string method{};  // "ppi" or "rogan_gladen"; empty where nothing could be corrected.
  std::optional<double> corrected{};
  std::optional<Interval> corrected_interval{};
  std::optional<NotDefined> why{};  // There is no corrected number.
};

/// The share of rows that meet the criterion: as the evaluator has it, and corrected by people's grades for its errors (PPI++ where their
/// rows were drawn evenly, as long as the two differ somewhere; else Rogan-Gladen, which takes its error rates from them). Looks at `rows`
/// alone. Throws kInvalidArgument for lengths that differ, a row out of range or alpha not in (0, 1).
CriterionCell grade_criterion(const Grades& grades, std::span<const std::uint32_t> rows, const CriterionOptions& options = {});

}  // namespace hone
