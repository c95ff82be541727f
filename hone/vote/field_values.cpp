#include <arrow/array.h>
#include <arrow/type.h>

#include <algorithm>

#include "hone/core/unicode.h"
#include "hone/data/value.h"
#include "hone/vote/field_values_internal.h"

namespace hone {
namespace {

// Columns that are no text were written by a program, not a person of some country.
constexpr char kProgramDecimal = '.';

template <typename Value>
bool is_on_side(Condition::Side side, Value value, Value bound) {
  switch (side) {
    case Condition::Side::kAbove:
      return value > bound;
    case Condition::Side::kBelow:
      return value < bound;
    case Condition::Side::kAtLeast:
      return value >= bound;
    case Condition::Side::kAtMost:
      return value <= bound;
  }
  return false;
}

}  // namespace

bool is_text_column(const arrow::Array& column) {
  return column.type_id() == arrow::Type::STRING || column.type_id() == arrow::Type::LARGE_STRING;
}

Bounds::Bounds(const std::vector<Condition::Bound>& bounds, std::string time_zone) : time_zone_(std::move(time_zone)) {
  for (const Condition::Bound& bound : bounds)
    bounds_.push_back({bound.side, bound.number, bound.number ? 0 : parse_time(bound.text, time_zone_).value()});
}

bool Bounds::hold(double value) const {
  return std::ranges::all_of(bounds_, [value](const Read& bound) { return is_on_side(bound.side, value, *bound.number); });
}

Truth Bounds::hold(std::string_view value, char decimal) const {
  if (!are_dates()) {
    const auto number = parse_number(value, decimal);
    return number ? truth(hold(*number)) : Truth::kUnknown;
  }
  const auto instant = parse_time(value, time_zone_);
  if (!instant) return Truth::kUnknown;
  return truth(std::ranges::all_of(bounds_, [&](const Read& bound) { return is_on_side(bound.side, *instant, bound.instant); }));
}

std::string quoted_beginning(std::string_view value) {
  constexpr std::size_t kShown = 40;
  std::size_t end = std::min(value.size(), kShown);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return "'" + std::string(value.substr(0, end)) + (end < value.size() ? "…'" : "'");
}

FieldTest::FieldTest(const Condition& condition, char decimal, std::string time_zone)
    : condition_(condition),
      decimal_(decimal),
      bounds_(condition.kind == Condition::Kind::kBound ? std::vector{condition.bound} : std::vector<Condition::Bound>(),
              std::move(time_zone)) {
  std::ranges::sort(condition_.values);
  for (const std::string& value : condition.values)
    if (const auto number = parse_number(value, kProgramDecimal)) numbers_.push_back(*number);
}

Truth FieldTest::holds(const arrow::Array& column, const TextColumn& values, std::int64_t row) const {
  const std::optional<std::string_view> value = values.at(row);
  if (!value) return Truth::kFalse;
  if (condition_.kind == Condition::Kind::kPresent) return truth(!value->empty());
  if (condition_.kind == Condition::Kind::kEquals) return equals(*value, is_text_column(column));
  return is_within(*value, is_text_column(column));
}

Truth FieldTest::equals(std::string_view value, bool is_text) const {
  if (std::ranges::binary_search(condition_.values, value)) return Truth::kTrue;
  if (is_text || numbers_.empty()) return Truth::kFalse;
  const auto number = parse_number(value, kProgramDecimal);
  return truth(number && std::ranges::find(numbers_, *number) != numbers_.end());
}

Truth FieldTest::is_within(std::string_view value, bool is_text) const {
  if (condition_.measure == Condition::Measure::kWords) return truth(bounds_.hold(static_cast<double>(count_words(value))));
  if (condition_.measure == Condition::Measure::kCharacters) return truth(bounds_.hold(static_cast<double>(count_characters(value))));
  return value.empty() ? Truth::kFalse : bounds_.hold(value, is_text ? decimal_ : kProgramDecimal);
}

std::string FieldTest::complaint(std::string_view value) const {
  return "field '" + condition_.field + "': " + quoted_beginning(value) + " is not a " + (condition_.bound.number ? "number" : "date");
}

}  // namespace hone
