#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hone {

/// Any column of a dataset read as text: strings as they are, numbers, booleans and times as people write them
/// ("0.5", "true", "2026-01-05T09:30:00Z"). Borrows the array for its own lifetime.
class TextColumn {
 public:
  explicit TextColumn(const arrow::Array& column);

  /// The value of a row, or nothing where it is absent. The view is good until the next call.
  std::optional<std::string_view> at(std::int64_t row) const;

 private:
  const arrow::Array& column_;
  mutable std::string text_;  // Holds the value of a column that is not text.
};

}  // namespace hone
