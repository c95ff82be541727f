#include "hone/stats/not_defined.h"

namespace hone {

std::string_view to_string(NotDefined why) {
  switch (why) {
    case NotDefined::kNoItems:
      return "no_items";
    case NotDefined::kOneCluster:
      return "one_cluster";
    case NotDefined::kTooFewClusters:
      return "too_few_clusters";
    case NotDefined::kNoSpread:
      return "no_spread";
    case NotDefined::kOneClass:
      return "one_class";
    case NotDefined::kSeparable:
      return "separable";
    case NotDefined::kNoOverlap:
      return "no_overlap";
    case NotDefined::kTooFewItems:
      return "too_few_items";
    case NotDefined::kTooFewAnswers:
      return "too_few_answers";
    case NotDefined::kTooFewSlices:
      return "too_few_slices";
    case NotDefined::kTooFewLabels:
      return "too_few_labels";
    case NotDefined::kJudgeNoBetter:
      return "judge_no_better_than_chance";
    case NotDefined::kTooManyUndefined:
      return "too_many_undefined";
    case NotDefined::kNoRandomStratum:
      return "no_random_stratum";
  }
  return "";
}

}  // namespace hone
