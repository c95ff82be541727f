#include "hone/data/text_column.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include <charconv>

namespace hone {
namespace {

template <typename Number>
void write_number(Number value, std::string& text) {
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  text.assign(buffer, error == std::errc() ? end : buffer);
}

}  // namespace

TextColumn::TextColumn(const arrow::Array& column) : column_(column) {}

std::optional<std::string_view> TextColumn::at(std::int64_t row) const {
  if (column_.IsNull(row)) return std::nullopt;
  switch (column_.type_id()) {
    case arrow::Type::STRING:
      return static_cast<const arrow::StringArray&>(column_).GetView(row);
    case arrow::Type::LARGE_STRING:
      return static_cast<const arrow::LargeStringArray&>(column_).GetView(row);
    case arrow::Type::INT64:
      write_number(static_cast<const arrow::Int64Array&>(column_).Value(row), text_);
      break;
    case arrow::Type::DOUBLE:
      write_number(static_cast<const arrow::DoubleArray&>(column_).Value(row), text_);
      break;
    case arrow::Type::BOOL:
      text_ = static_cast<const arrow::BooleanArray&>(column_).Value(row) ? "true" : "false";
      break;
    default: {
      const auto scalar = column_.GetScalar(row);
      text_ = scalar.ok() ? (*scalar)->ToString() : std::string();
    }
  }
  return text_;
}

}  // namespace hone
