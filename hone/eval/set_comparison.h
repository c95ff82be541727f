#pragma once

#include <span>
#include <string>

#include "hone/eval/comparison.h"
#include "hone/eval/set_evaluation.h"

namespace hone {

/// Two labelings of the same rows, of which each may hold several classes, beside what is true. Borrows everything for the call.
struct SetPair {
  struct Side {
    std::string name;
    const SoftSets& labels;
  };
  Side a, b;
  const ClassSets& gold;
  std::span<const std::uint32_t> groups;  // As Judged has them.
  std::string split;
};

// The difference of A and B on those of `rows`, ascending, that have gold, with its 95 % interval. They throw kInvalidArgument when gold or
// groups do not fit the labels.

/// Of rows with every class right, as compare() has it. A row without a label is wrong.
Comparison compare_whole_rows(const SetPair& pair, std::span<const std::uint32_t> rows, const VerdictOptions& options = {});

/// Of rows on which it is right whether they hold the class, likewise.
Comparison compare_on_class(const SetPair& pair, ClassId id, std::span<const std::uint32_t> rows, const VerdictOptions& options = {});

/// Of the F1 over all classes at once, or the mean of the classes' own: to first order a mean over rows (Taylor linearization: W. G.
/// Cochran, Sampling Techniques, 1977, section 6.4), so Student's t of the clusters. That needs answers as well as rows: fewer than
/// `least_items` classes held in gold get no verdict.
enum class F1Kind { kMicro, kMacro };
Comparison compare_f1(const SetPair& pair, F1Kind kind, std::span<const std::uint32_t> rows, const VerdictOptions& options = {});

}  // namespace hone
