#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/config.h"
#include "hone/core/json.h"
#include "hone/data/dataset.h"
#include "hone/vote/condition.h"

namespace hone {

/// A slice that is no condition: evaluation makes it of a column's values, or of what the systems say.
///
///     {slice: product, each: product}                    one slice for each value of the column, and one for rows without
///     {slice: unsure, confidence: {below: 0.6}}          by the probability of the trained model's class, else the label model's
///     {slice: at_odds, disagree: [model, labels]}        rows on which the trained model and the label model name different classes
///
/// `name` may stand for `slice`, and neither beside `each`, whose name then is the column's.
struct DerivedSlice {
  enum class Kind { kEach, kConfidence, kDisagree };
  std::string name;
  Kind kind = Kind::kEach;
  std::string field;                     // kEach
  std::vector<Condition::Bound> bounds;  // kConfidence
  std::string file;
  int line = 0;
  nlohmann::json definition;
};

/// The keys that tell a derived slice from a condition.
inline constexpr std::array<std::string_view, 3> kDerivedKeys{"each", "confidence", "disagree"};

/// Those entries of a list of slices that are derived. Throws kInvalidProject with file and line.
std::vector<DerivedSlice> parse_derived_slices(const ConfigNode& list);

/// Throws kNotFound, naming the slice and the nearest column, where a column is not there.
void check_columns(const std::vector<DerivedSlice>& slices, const Dataset& dataset);

/// Values of a column that are slices, the largest first: more would be read by nobody. Of those with fewer rows nothing can be said.
inline constexpr std::size_t kMostValues = 200;
inline constexpr std::uint64_t kLeastValueRows = 10;

/// What the systems say of a row, for slices that ask.
struct SystemsSaid {
  std::function<std::optional<double>(std::uint32_t)> confidence;  // Nothing for a row without a label.
  std::function<bool(std::uint32_t)> disagree;                     // Null where there is no trained model beside the label model.
};

/// A slice with its rows.
struct DerivedRows {
  std::string name;  // "product: card": of data, one line, and no other slice's.
  nlohmann::json definition;
  std::vector<std::uint32_t> rows;  // Ascending.
  std::string note;                 // Why there are none: "no trained model"; else empty.
};

/// How the values of a column fell to slices.
struct ValuesOfField {
  std::string slice, field;
  std::uint64_t values = 0;                // Distinct ones; a missing value is none.
  std::uint64_t shown = 0;                 // Of these.
  std::uint64_t other_rows[kSplits] = {};  // Rows of the others.
};

struct DerivedSlices {
  std::vector<DerivedRows> slices;
  std::vector<ValuesOfField> values;
};

/// Reads the columns that are asked for, twice. A million distinct values take some hundred bytes each.
DerivedSlices derive_slices(const std::vector<DerivedSlice>& slices, const Dataset& dataset, const SystemsSaid& said);

void to_json(nlohmann::json& json, const ValuesOfField& values);

}  // namespace hone
