#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/data/text_column.h"
#include "hone/vote/condition.h"

namespace hone {

/// True, false, or hanging on a value that cannot be read (Kleene: Introduction to Metamathematics, 1952, section 64).
enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

inline Truth truth(bool holds) { return holds ? Truth::kTrue : Truth::kFalse; }

/// Bounds as values are held against them: dates are read.
class Bounds {
 public:
  /// REQUIRES: a bound that is no number is a date that parse_time() reads; all of them are numbers, or all dates.
  Bounds(const std::vector<Condition::Bound>& bounds, std::string time_zone);

  bool empty() const { return bounds_.empty(); }
  bool are_dates() const { return !bounds_.empty() && !bounds_.front().number; }

  /// Whether all hold.
  bool hold(double value) const;
  /// The same for a value as it is written: kUnknown where it is no number, or no date.
  Truth hold(std::string_view value, char decimal) const;

 private:
  struct Read {
    Condition::Side side;
    std::optional<double> number;
    std::int64_t instant = 0;
  };
  std::vector<Read> bounds_;
  std::string time_zone_;
};

/// A value as it is shown in a complaint: its beginning, in quotes.
std::string quoted_beginning(std::string_view value);

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
  Condition condition_;
  char decimal_;
  Bounds bounds_;
  std::vector<double> numbers_;  // Of equals.
};

bool is_text_column(const arrow::Array& column);

}  // namespace hone
