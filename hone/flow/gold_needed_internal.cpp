#include "hone/flow/gold_needed_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "hone/core/count.h"
#include "hone/core/json.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

// A difference of two points is one in fifty labels, about what makes a label model worth its trouble.
constexpr double kDifference = 0.02;

std::string in_words(const Disagreement& seen, double differ, std::optional<std::uint64_t> rows, std::uint64_t differing) {
  const std::string share = fmt::format("{} and {} name different classes on {:.1f} % of the rows", seen.a, seen.b, 100.0 * differ);
  if (seen.differ == 0) return fmt::format("{} and {} name the same class on every row", seen.a, seen.b);
  if (!rows) return share + ": neither can be better by 2 points";
  return fmt::format("{}: {} gold rows drawn at random would show a difference of 2 points, or {} drawn among the rows where they differ",
                     share, with_commas(*rows), with_commas(differing));
}

}  // namespace

nlohmann::json gold_needed_json(const Disagreement& seen) {
  const double differ = seen.rows > 0 ? static_cast<double>(seen.differ) / static_cast<double>(seen.rows) : 0.0;
  const std::optional<std::uint64_t> rows = items_needed(kDifference, differ);
  const auto differing = static_cast<std::uint64_t>(std::ceil(static_cast<double>(rows.value_or(0)) * differ));
  return {{"difference", kDifference},
          {"differ", differ},
          {"rows", rows ? nlohmann::json(*rows) : nlohmann::json()},
          {"differing_rows", rows ? nlohmann::json(differing) : nlohmann::json()},
          {"text", in_words(seen, differ, rows, differing)}};
}

}  // namespace hone
