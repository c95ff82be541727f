#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "hone/core/error.h"
#include "hone/vote/pattern_files_internal.h"

namespace hone::pattern_files {
namespace {

std::shared_ptr<arrow::Schema> examples_schema() { return arrow::schema({arrow::field("pattern", arrow::uint32(), false)}); }

template <typename Values>
auto values_at(const arrow::Array& column, std::int64_t row) {
  const auto& lists = static_cast<const arrow::ListArray&>(column);
  const auto& values = static_cast<const Values&>(*lists.values());
  return std::span(values.raw_values() + lists.value_offset(row), static_cast<std::size_t>(lists.value_length(row)));
}

}  // namespace

std::shared_ptr<arrow::Array> finish(arrow::ArrayBuilder& builder) {
  auto array = builder.Finish();
  if (!array.ok()) throw Error(ErrorCode::kInternal, "labels by pattern: " + array.status().message());
  return std::move(array).ValueUnsafe();
}

std::vector<std::shared_ptr<arrow::Field>> ListedBuilder::fields() {
  return {arrow::field("classes", arrow::list(arrow::uint16())), arrow::field("probabilities", arrow::list(arrow::float32()))};
}

void ListedBuilder::add(std::span<const ClassId> classes, std::span<const float> probabilities) {
  (void)classes_.Append();
  (void)class_values_->AppendValues(classes.data(), static_cast<std::int64_t>(classes.size()));
  (void)probabilities_.Append();
  (void)probability_values_->AppendValues(probabilities.data(), static_cast<std::int64_t>(probabilities.size()));
}

std::vector<std::shared_ptr<arrow::Array>> ListedBuilder::finish() {
  return {pattern_files::finish(classes_), pattern_files::finish(probabilities_)};
}

ListedColumns::ListedColumns(const parquet_files::Reader& reader, const arrow::Table& table)
    : classes_(reader.list_column(table, "classes", *arrow::uint16())),
      probabilities_(reader.list_column(table, "probabilities", *arrow::float32())) {}

std::span<const ClassId> ListedColumns::classes(std::int64_t row) const { return values_at<arrow::UInt16Array>(*classes_, row); }

std::span<const float> ListedColumns::probabilities(std::int64_t row) const { return values_at<arrow::FloatArray>(*probabilities_, row); }

void write_examples(std::size_t examples, const std::function<std::uint32_t(std::size_t example)>& pattern_of,
                    const std::filesystem::path& path) {
  parquet_files::Writer writer(path, examples_schema());
  by_groups(examples, [&](std::size_t begin, std::size_t end) {
    arrow::UInt32Builder pattern;
    for (std::size_t example = begin; example < end; ++example) (void)pattern.Append(pattern_of(example));
    writer.add(*arrow::Table::Make(examples_schema(), {finish(pattern)}));
  });
  writer.finish({});
}

std::vector<std::uint32_t> read_examples(const std::filesystem::path& path, std::size_t patterns) {
  const parquet_files::Reader reader(path);
  std::vector<std::uint32_t> pattern_of;
  for (int group = 0; group < reader.groups(); ++group) {
    const auto table = reader.group(group);
    const auto column = reader.column(*table, "pattern", *arrow::uint32());
    const auto& values = static_cast<const arrow::UInt32Array&>(*column);
    if (values.null_count() > 0) reader.fail("an example has no pattern");
    pattern_of.insert(pattern_of.end(), values.raw_values(), values.raw_values() + values.length());
  }
  if (std::ranges::any_of(pattern_of, [&](std::uint32_t pattern) { return pattern >= patterns; }))
    reader.fail("an example's pattern is not there");
  return pattern_of;
}

}  // namespace hone::pattern_files
