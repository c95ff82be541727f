#pragma once

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hone {

using Texts = std::vector<std::optional<std::string>>;

template <typename Builder, typename Values>
std::shared_ptr<arrow::Array> column(const Values& values, Builder&& builder = Builder()) {
  for (const auto& value : values) (void)(value ? builder.Append(*value) : builder.AppendNull());
  return builder.Finish().ValueOrDie();
}

inline std::shared_ptr<arrow::Array> text_column(const Texts& values) { return column<arrow::StringBuilder>(values); }

inline std::shared_ptr<arrow::RecordBatch> batch_of(const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), arrays.front()->length(), arrays);
}

}  // namespace hone
