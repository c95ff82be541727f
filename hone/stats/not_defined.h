#pragma once

#include <cassert>
#include <string_view>
#include <utility>
#include <variant>

namespace hone {

/// Why a number is not given.
enum class NotDefined {
  kNoItems,
  kOneCluster,        // Nothing to measure a spread with.
  kTooFewClusters,    // Fewer than the method needs.
  kNoSpread,          // All clusters alike: a width of zero would be shown.
  kOneClass,          // Only one class occurs or was used.
  kSeparable,         // No two items are out of order: the interval would have no width.
  kNoOverlap,         // No unit was rated twice.
  kTooFewItems,       // Fewer than the method needs.
  kTooFewAnswers,     // Fewer than are asked about: pass@k of fewer than k.
  kTooFewSlices,      // To learn from them how slices differ.
  kTooFewLabels,      // By people, to correct a judge with.
  kJudgeNoBetter,     // The judge is no better than chance.
  kTooManyUndefined,  // The metric has no value in too many resamples.
  kNoRandomStratum,   // Items were chosen, none drawn: they say nothing of the others.
};
/// In snake_case, as JSON shows it: "one_cluster".
std::string_view to_string(NotDefined why);

/// A value, or why there is none.
template <typename T>
class Defined {
 public:
  Defined(T value) : content_(std::move(value)) {}
  Defined(NotDefined why = NotDefined::kNoItems) : content_(why) {}

  explicit operator bool() const { return content_.index() == 0; }
  bool has_value() const { return content_.index() == 0; }

  /// REQUIRES: has_value().
  const T& operator*() const {
    assert(has_value());
    return *std::get_if<0>(&content_);
  }
  const T* operator->() const { return &**this; }

  /// REQUIRES: not has_value().
  NotDefined why() const {
    assert(!has_value());
    return *std::get_if<1>(&content_);
  }

 private:
  std::variant<T, NotDefined> content_;
};

}  // namespace hone
