#pragma once

#include <arrow/type_fwd.h>

#include <optional>
#include <string>
#include <string_view>

#include "hone/data/text_column.h"
#include "hone/vote/condition.h"

namespace hone {

/// True, false, or hanging on a value that cannot be read (Kleene: Introduction to Metamathematics, 1952, section 64).
enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

inline Truth truth(bool holds) { return holds ? Truth::kTrue : Truth::kFalse; }

/// A `where` as rows are asked: the bound of a date read, numbers of `equals` read.
class FieldTest {
 public:
  /// REQUIRES: a condition of kind kPresent, kEquals or kBound; a date that parse_time() reads.
  FieldTest(const Condition& condition, char decimal, std::string time_zone);

  Truth holds(const arrow::Array& column, const TextColumn& values, std::int64_t row) const;

  /// Why the value of a row was kUnknown.
  std::string complaint(std::string_view value) const;

 private:
  Truth equals(std::string_view value, bool is_text) const;
  Truth is_within(std::string_view value, bool is_text) const;
  template <typename Value>
  bool is_on_side(Value value, Value bound) const;

  Condition condition_;
  char decimal_;
  std::string time_zone_;
  std::int64_t instant_ = 0;     // Of a bound that is a date.
  std::vector<double> numbers_;  // Of equals.
};

bool is_text_column(const arrow::Array& column);

}  // namespace hone
