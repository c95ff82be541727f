#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "hone/eval/comparison.h"

namespace hone {

inline constexpr std::string_view kMajority = "majority";

/// Label models to choose among by gold, where there is some.
struct LabelChoice {
  std::string own = {};                  // The model that stands unless another is better: the project's, or the default.
  bool named = true;                     // Whether somebody chose it.
  std::vector<std::string> worked = {};  // Those that could work on the votes, in the order of the list.
  std::size_t tried = 0;                 // So many were.
  bool has_gold = false;
  std::string_view measure = {};  // What is compared, behind the comparison in a sentence: " in micro F1". Empty: accuracy.
  /// One less another on gold, tested at this level.
  std::function<Comparison(const std::string& a, const std::string& b, double alpha)> compare = {};
};

/// {"name", "by", "text"} as docs/json.md has it. The one that stands is left only for one that is detectably better: the largest of the
/// gains that hold up, each tested at the level that so many tests leave it (Bonferroni). Majority vote needs no correction: it is the one
/// comparison that is asked before any is seen.
nlohmann::json label_choice_json(const LabelChoice& among);

}  // namespace hone
