#include "hone/flow/derived_slices.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/data/text_column.h"
#include "hone/vote/source.h"

namespace hone {
namespace {

// Longer values are cut where a slice is named after them; its definition has them whole.
constexpr std::size_t kNamedBytes = 80;

constexpr std::array<std::pair<std::string_view, Condition::Side>, 4> kConfidenceBounds{{{"above", Condition::Side::kAbove},
                                                                                         {"below", Condition::Side::kBelow},
                                                                                         {"at_least", Condition::Side::kAtLeast},
                                                                                         {"at_most", Condition::Side::kAtMost}}};

const ConfigNode* derived_key(const ConfigNode& entry) {
  if (!entry.is_map()) return nullptr;
  for (const std::string_view key : kDerivedKeys)
    if (const ConfigNode* value = entry.find(key)) return value;
  return nullptr;
}

std::vector<Condition::Bound> parse_confidence(const ConfigNode& node) {
  node.allow_keys({"above", "below", "at_least", "at_most"});
  std::vector<Condition::Bound> bounds;
  for (const auto& [key, side] : kConfidenceBounds) {
    const ConfigNode* bound = node.find(key);
    if (!bound) continue;
    if (bound->number() < 0.0 || bound->number() > 1.0) throw bound->error("a confidence is a probability, from 0 to 1");
    bounds.push_back({side, bound->text(), bound->number()});
  }
  if (bounds.empty()) throw node.error("'confidence' compares nothing; add above, below, at_least or at_most");
  return bounds;
}

void check_systems(const ConfigNode& node) {
  std::vector<std::string> systems = node.is_list() ? node.texts() : std::vector<std::string>();
  std::ranges::sort(systems);
  if (systems != std::vector<std::string>{"labels", "model"})
    throw node.error("expected [model, labels]: the trained model and the label model are what can disagree");
}

std::string name_of_derived(const ConfigNode& entry, const DerivedSlice& slice) {
  const ConfigNode *name = entry.find("slice"), *same = entry.find("name");
  if (name && same) throw same->error("'slice' and 'name' are the same key here; take one out");
  if (name || same) return parse_slice_name(name ? *name : *same);
  if (slice.kind != DerivedSlice::Kind::kEach) entry.at("slice");  // Says that it is missing.
  return parse_slice_name(entry.at("each"), "; the column's is not one: add slice: NAME");
}

DerivedSlice parse_derived(const ConfigNode& entry) {
  entry.allow_keys({"slice", "name", "each", "confidence", "disagree"});
  DerivedSlice slice;
  if (std::ranges::count_if(kDerivedKeys, [&](std::string_view key) { return entry.find(key) != nullptr; }) > 1)
    throw entry.error("'each', 'confidence' and 'disagree' do not go together; write a slice for each");
  if (const ConfigNode* field = entry.find("each")) {
    slice.field = field->text();
    if (slice.field.empty()) throw field->error("expected the name of a column");
  } else if (const ConfigNode* confidence = entry.find("confidence")) {
    slice.kind = DerivedSlice::Kind::kConfidence;
    slice.bounds = parse_confidence(*confidence);
  } else {
    slice.kind = DerivedSlice::Kind::kDisagree;
    check_systems(entry.at("disagree"));
  }
  slice.name = name_of_derived(entry, slice);
  slice.file = entry.file();
  slice.line = entry.line();
  slice.definition = entry.to_json();
  return slice;
}

// One line of a value as it is shown in a name.
std::string named_value(std::string_view value) {
  std::size_t end = std::min(value.size(), kNamedBytes);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  std::string name(value.substr(0, end));
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return end < value.size() ? name + "…" : name;
}

// The same with a number behind it where it is taken.
std::string free_name(const std::string& name, std::set<std::string>& taken) {
  std::string free = name;
  for (int number = 2; !taken.insert(free).second; ++number) free = name + " (" + std::to_string(number) + ")";
  return free;
}

// Calls visit(row, value) for all rows; the empty value is a missing one.
template <typename Visit>
void for_each_value(const Dataset& dataset, const std::string& field, const Visit& visit) {
  dataset.for_each_batch(std::vector<std::string>{field}, [&](const arrow::RecordBatch& batch, std::uint64_t first) {
    const TextColumn values(*batch.column(0));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row)
      visit(static_cast<std::uint32_t>(first + static_cast<std::uint64_t>(row)), values.at(row).value_or(std::string_view()));
  });
}

struct ValueHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Held>
using ByValue = std::unordered_map<std::string, Held, ValueHash, std::equal_to<>>;

// The largest values first, of equal ones the lower by its bytes. The missing one, if there is any, is always among them.
std::vector<std::string> values_to_show(const ByValue<std::uint64_t>& counts) {
  std::vector<std::pair<std::uint64_t, std::string_view>> sorted;
  for (const auto& [value, rows] : counts)
    if (!value.empty() && rows >= kLeastValueRows) sorted.emplace_back(rows, value);
  std::ranges::sort(sorted, [](const auto& a, const auto& b) { return std::pair(b.first, a.second) < std::pair(a.first, b.second); });
  if (sorted.size() > kMostValues) sorted.resize(kMostValues);
  std::vector<std::string> shown;
  for (const auto& [rows, value] : sorted) shown.emplace_back(value);
  if (counts.contains(std::string_view())) shown.emplace_back();
  return shown;
}

nlohmann::json definition_of_value(const std::string& field, const std::string& value) {
  if (value.empty()) return {{"where", {{"field", field}, {"present", false}}}};
  return {{"where", {{"equals", value}, {"field", field}}}};
}

void derive_by_value(const DerivedSlice& slice, const Dataset& dataset, const std::vector<Split>& splits, DerivedSlices& derived) {
  ByValue<std::uint64_t> counts;
  for_each_value(dataset, slice.field, [&](std::uint32_t, std::string_view value) {
    const auto known = counts.find(value);
    ++(known != counts.end() ? known : counts.emplace(value, 0).first)->second;
  });
  const std::vector<std::string> shown = values_to_show(counts);
  const std::size_t missing = counts.contains(std::string_view()) ? 1 : 0;
  ValuesOfField values{slice.name, slice.field, counts.size() - missing, shown.size() - missing, {}};
  ByValue<std::size_t> places;
  std::set<std::string> names;
  for (const std::string& value : shown) {
    places.emplace(value, derived.slices.size());
    const std::string name = slice.name + ": " + (value.empty() ? "(missing)" : named_value(value));
    derived.slices.push_back({free_name(name, names), definition_of_value(slice.field, value), {}, {}});
  }
  for_each_value(dataset, slice.field, [&](std::uint32_t row, std::string_view value) {
    if (const auto place = places.find(value); place != places.end())
      derived.slices[place->second].rows.push_back(row);
    else
      ++values.other_rows[static_cast<std::size_t>(splits[row])];
  });
  derived.values.push_back(std::move(values));
}

bool lies_within(double value, const std::vector<Condition::Bound>& bounds) {
  return std::ranges::all_of(bounds, [value](const Condition::Bound& bound) {
    switch (bound.side) {
      case Condition::Side::kAbove:
        return value > *bound.number;
      case Condition::Side::kBelow:
        return value < *bound.number;
      case Condition::Side::kAtLeast:
        return value >= *bound.number;
      case Condition::Side::kAtMost:
        return value <= *bound.number;
    }
    return false;
  });
}

DerivedRows derive_by_systems(const DerivedSlice& slice, std::uint64_t rows, const SystemsSaid& said) {
  DerivedRows derived{slice.name, slice.definition, {}, {}};
  const bool asks_confidence = slice.kind == DerivedSlice::Kind::kConfidence;
  if (!asks_confidence && !said.disagree) {
    derived.note = "no trained model";
    return derived;
  }
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::optional<double> confidence = asks_confidence ? said.confidence(row) : std::nullopt;
    if (asks_confidence ? confidence && lies_within(*confidence, slice.bounds) : said.disagree(row)) derived.rows.push_back(row);
  }
  return derived;
}

}  // namespace

std::vector<DerivedSlice> parse_derived_slices(const ConfigNode& list) {
  std::vector<DerivedSlice> slices;
  for (const ConfigNode& entry : list.items())
    if (derived_key(entry)) slices.push_back(parse_derived(entry));
  return slices;
}

void check_columns(const std::vector<DerivedSlice>& slices, const Dataset& dataset) {
  for (const DerivedSlice& slice : slices)
    if (slice.kind == DerivedSlice::Kind::kEach && !dataset.has_column(slice.field))
      throw Error(ErrorCode::kNotFound, "slice '" + slice.name + "' in " + slice.file + ":" + std::to_string(slice.line) +
                                            " reads the field '" + slice.field + "', which the data does not have" +
                                            suggestion(slice.field, dataset.column_names()));
}

DerivedSlices derive_slices(const std::vector<DerivedSlice>& slices, const Dataset& dataset, const SystemsSaid& said) {
  DerivedSlices derived;
  if (slices.empty()) return derived;
  check_columns(slices, dataset);
  const std::vector<Split> splits = dataset.splits();
  for (const DerivedSlice& slice : slices) {
    if (slice.kind == DerivedSlice::Kind::kEach)
      derive_by_value(slice, dataset, splits, derived);
    else
      derived.slices.push_back(derive_by_systems(slice, dataset.rows(), said));
  }
  return derived;
}

void to_json(nlohmann::json& json, const ValuesOfField& values) {
  json = {{"slice", values.slice},
          {"field", values.field},
          {"values", values.values},
          {"shown", values.shown},
          {"other_rows", {{"train", values.other_rows[0]}, {"valid", values.other_rows[1]}, {"test", values.other_rows[2]}}}};
}

}  // namespace hone
