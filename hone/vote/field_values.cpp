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

}  // namespace

bool is_text_column(const arrow::Array& column) {
  return column.type_id() == arrow::Type::STRING || column.type_id() == arrow::Type::LARGE_STRING;
}

FieldTest::FieldTest(const Condition& condition, char decimal, std::string time_zone)
    : condition_(condition), decimal_(decimal), time_zone_(std::move(time_zone)) {
  if (condition.kind == Condition::Kind::kBound && !condition.bound.number) instant_ = parse_time(condition.bound.text, time_zone_).value();
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

template <typename Value>
bool FieldTest::is_on_side(Value value, Value bound) const {
  switch (condition_.bound.side) {
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

Truth FieldTest::is_within(std::string_view value, bool is_text) const {
  const std::optional<double> bound = condition_.bound.number;
  if (condition_.measure == Condition::Measure::kWords) return truth(is_on_side(static_cast<double>(count_words(value)), *bound));
  if (condition_.measure == Condition::Measure::kCharacters) return truth(is_on_side(static_cast<double>(count_characters(value)), *bound));
  if (value.empty()) return Truth::kFalse;
  if (!bound) {
    const auto instant = parse_time(value, time_zone_);
    return instant ? truth(is_on_side(*instant, instant_)) : Truth::kUnknown;
  }
  const auto number = parse_number(value, is_text ? decimal_ : kProgramDecimal);
  return number ? truth(is_on_side(*number, *bound)) : Truth::kUnknown;
}

std::string FieldTest::complaint(std::string_view value) const {
  constexpr std::size_t kShown = 40;
  std::size_t end = std::min(value.size(), kShown);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return "field '" + condition_.field + "': '" + std::string(value.substr(0, end)) + (end < value.size() ? "…" : "") + "' is not a " +
         (condition_.bound.number ? "number" : "date");
}

}  // namespace hone
