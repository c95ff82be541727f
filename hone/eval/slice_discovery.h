#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/eval/evaluation.h"

namespace hone {

/// How well a group of words stands for a cluster of alike texts, on those that were clustered.
struct ClusterFit {
  std::uint64_t rows = 0;     // Of the cluster.
  std::uint64_t held = 0;     // Of these, those on which the group holds,
  std::uint64_t outside = 0;  // and others on which it does.

  bool operator==(const ClusterFit&) const = default;
};

/// What a discovered slice is made of: words that stand in the text, the value of a field, or a cluster of texts by the words that tell it.
struct SliceTerm {
  enum class Kind { kWords, kValue, kMissing, kTextCluster };
  Kind kind = Kind::kWords;
  std::string field;  // kValue and kMissing.
  std::string text;   // kWords: one to three words as they stand in the case-folded text; kValue: the value.
  // kTextCluster: so many of these words stand in the case-folded text, each counted as often as it does.
  std::vector<std::string> words = {};
  std::uint64_t at_least = 0;
  ClusterFit cluster = {};

  bool operator==(const SliceTerm&) const = default;
};

/// A column of the rows, by row; nothing where a row has no value. An empty value is a missing one, as it is in conditions.
struct SliceField {
  std::string name;
  std::vector<std::optional<std::string>> values;
};

/// Rows with gold, and whether a system is wrong on each. Borrows everything for the call.
struct DiscoveryRows {
  std::span<const std::string> ids;                   // They say which half of the rows a row falls into.
  std::span<const std::optional<std::string>> texts;  // As conditions read them; nothing where there is no text.
  std::span<const SliceField> fields;                 // May be empty.
  std::span<const std::uint8_t> errors;               // 1: wrong.
  std::span<const std::uint32_t> clusters;            // Rows of one number hang together. Empty: each stands alone.
};

struct SliceDiscoveryOptions {
  double alpha = 0.05;              // Of any finding at all where there is nothing to find (Holm), in (0, 1).
  std::uint64_t least_items = 30;   // Rows of a slice on the half where it is tested; with fewer it gets no verdict.
  std::uint64_t least_found = 10;   // Rows of a slice on the half where it is found, or a thousandth of that half.
  std::size_t most_tested = 10;     // Each slice that is tested costs power for all of them.
  std::size_t most_features = 600;  // Terms that pairs are made of: those with the most evidence.
  std::size_t most_small = 3;       // Slices without a verdict that are told of.
  double alike = 0.7;               // Jaccard's index from which two slices are one; in (0.5, 1].

  void validate() const;  // Throws kInvalidArgument, naming the field.
};

/// A group of rows on which the system fails more often than elsewhere. All numbers but `rows` are of the half on which it was tested and
/// not found, so that they do not flatter.
struct DiscoveredSlice {
  std::vector<SliceTerm> terms;              // One, or two that both hold.
  std::string name;                          // Made of the terms; fit for hone.yaml, and no other finding's.
  std::string definition;                    // The line for hone.yaml: "- {slice: top_up, any: [\"top up\"]}".
  std::vector<std::vector<SliceTerm>> also;  // What else comes to much the same rows; at most three.
  std::vector<std::uint32_t> rows;           // All of its rows, of both halves, ascending.
  std::uint64_t errors = 0, rest_errors = 0;
  Measure error_rate, rest_error_rate;  // With n; nothing is known of a slice without a row on that half, whose n is then 0.
  std::optional<double> p;              // One-sided, adjusted by Holm; nothing where there is no verdict.
  std::string note;                     // Why there is no verdict: "too few: 18 of 30 needed".
};

/// What was looked for, and what came of it.
struct SliceDiscovery {
  std::uint64_t rows = 0, errors = 0;
  std::uint64_t found_on = 0, tested_on = 0;  // Rows of the two halves.
  std::uint64_t candidates = 0;               // Terms and pairs of them that were looked at.
  std::uint64_t tested = 0;
  std::vector<DiscoveredSlice> slices;  // The least p first.
  std::vector<DiscoveredSlice> small;   // Strong on one half, with too few rows on the other for a verdict.
  std::string note;                     // Why nothing was looked for: "too few rows with gold: 42 of 60 needed"; else empty.
};

/// The least rows with gold that are looked at: what two halves need for one slice with a verdict.
inline constexpr std::uint64_t kLeastDiscoveryRows = 60;

/// Finds slices of one or two terms on one half of the rows (by a keyed hash of their ids; a cluster is in one half) and tests the few with
/// most evidence on the other. The same rows, in any number of threads of the caller, give the same findings; a slice's definition, read
/// as a condition over the same texts and fields, holds on exactly its rows. `taken` are names that are not given. Throws kInvalidArgument
/// where the spans differ in length. O(words) and O(most_features^2 x rows / 64) per slice that is tested.
///
///   const SliceDiscovery found = discover_slices({ids, texts, fields, errors, clusters});
SliceDiscovery discover_slices(const DiscoveryRows& rows, const SliceDiscoveryOptions& options = {},
                               std::span<const std::string> taken = {});

/// In words: "“top up”", "channel is “chat”", "channel is missing", "at least 2 of “lost”, “stolen”", two of them with "and" between.
std::string described(std::span<const SliceTerm> terms);

}  // namespace hone
