#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hone/data/near_duplicates.h"

namespace hone {

/// Why an item is not admitted to a benchmark; of several reasons the first in this order.
enum class Refusal : std::uint8_t {
  kNone,
  kEmptyText,      // Normalization (hone/core/normal_text.h) leaves nothing of it.
  kNoGold,         // No answer is known.
  kNotAnswerable,  // Somebody said that it has no answer, or its gold is no class.
  kKeyTaken,       // The owner's own name of it is that of another item.
  kTrivial,        // A baseline gets it right, and is sure.
  kAlreadyThere,   // Content and gold are those of another item.
  kContradiction,  // The normalized text is that of another item with other gold: one of the two is wrong. Of two candidates both go.
  kNearDuplicate,  // Similar to another item, or equal but for writing, or linked to one by a chain of similar texts.
  kOwnRow,         // The same of a row that we train on.
  kOwnNgrams,      // So many of its n-grams stand in rows that we train on.
};
std::string_view to_string(Refusal refusal);  // "near-duplicate"

/// An item as the gate sees it. Borrows.
struct GateItem {
  std::string_view id;    // Of content and gold.
  std::string_view text;  // All of its content that is text.
  std::string_view gold;
  Refusal known = Refusal::kNone;  // What is known before: kNotAnswerable, kKeyTaken, kTrivial.
};

/// Rows that systems of ours are trained on.
struct OwnTexts {
  std::uint64_t rows = 0;
  TextStream visit = {};  // May be empty where there are no rows.
};

struct AdmissionOptions {
  /// Texts at least so similar are duplicates (NearDuplicateOptions::similarity), 0.5 to 1.
  double similarity = 0.9;

  /// Words of an n-gram, 1 or more: between the 13 of Brown et al. (2020, appendix C) for long documents and their 8 for short ones. An
  /// item of fewer words has none, and similarity alone speaks.
  std::uint32_t ngram = 8;

  /// The share of an item's n-grams that stand in own rows from which on it is refused, in (0, 1]. A common phrase is no leak.
  double overlap = 0.5;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// What became of a candidate.
struct Admission {
  enum class Other : std::uint8_t { kNobody, kStanding, kCandidate, kOwn };

  Refusal why = Refusal::kNone;
  Other other = Other::kNobody;  // Whom it is like, and its number.
  std::uint64_t number = 0;
  double share = 0.0;  // kOwnNgrams: of its n-grams.
};

/// Which candidates may become items beside those that stand (retired ones among them: they do not come back): a verdict for each. The
/// first of several duplicates is admitted. Reads own texts three times, never holds them; memory is that of find_near_duplicates() over
/// all texts and 12 bytes for each n-gram of a candidate. Same input, same verdicts, whatever the threads.
std::vector<Admission> judge_admission(std::span<const GateItem> candidates, std::span<const GateItem> standing, const OwnTexts& own,
                                       const AdmissionOptions& options, int threads = 0);

}  // namespace hone
