#include "hone/vote/soft_labels.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>
#include <string>

#include "hone/core/error.h"
#include "hone/vote/parquet_internal.h"

namespace hone {
namespace {

constexpr std::string_view kClassesKey = "hone.classes";

// Sixteen floats in [0, 1] add up to 1 within 16 times half a unit in the last place of 1 (2^-25 each).
constexpr double kRounding = 16 * 0x1p-25;

// The classes of greatest probability, at most kMaxListed; of equal ones the lower class. Impossible classes are never listed.
std::vector<ClassId> most_probable(std::span<const double> distribution) {
  std::vector<ClassId> classes;
  for (std::size_t class_id = 0; class_id < distribution.size(); ++class_id)
    if (distribution[class_id] > 0.0) classes.push_back(static_cast<ClassId>(class_id));
  if (classes.size() <= SoftLabels::kMaxListed) return classes;
  const auto last = classes.begin() + SoftLabels::kMaxListed;
  std::ranges::nth_element(
      classes, last, [&](ClassId a, ClassId b) { return distribution[a] != distribution[b] ? distribution[a] > distribution[b] : a < b; });
  classes.erase(last, classes.end());
  std::ranges::sort(classes);
  return classes;
}

void append(arrow::ListBuilder& lists, arrow::UInt16Builder& values, std::span<const ClassId> classes) {
  (void)lists.Append();
  (void)values.AppendValues(classes.data(), static_cast<std::int64_t>(classes.size()));
}

void append(arrow::ListBuilder& lists, arrow::FloatBuilder& values, std::span<const float> probabilities) {
  (void)lists.Append();
  (void)values.AppendValues(probabilities.data(), static_cast<std::int64_t>(probabilities.size()));
}

void append_hard(arrow::UInt16Builder& column, ClassId hard) { (void)(hard == kNoClass ? column.AppendNull() : column.Append(hard)); }

std::shared_ptr<arrow::Array> finish(arrow::ArrayBuilder& builder) {
  auto array = builder.Finish();
  if (!array.ok()) throw Error(ErrorCode::kInternal, "soft labels: " + array.status().message());
  return std::move(array).ValueUnsafe();
}

std::shared_ptr<arrow::Table> patterns_table(const SoftLabels& labels) {
  arrow::UInt16Builder hard;
  auto class_values = std::make_shared<arrow::UInt16Builder>();
  auto probability_values = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder classes(arrow::default_memory_pool(), class_values), probabilities(arrow::default_memory_pool(), probability_values);
  for (std::size_t pattern = 0; pattern < labels.patterns(); ++pattern) {
    append_hard(hard, labels.hard_of_pattern(pattern));
    append(classes, *class_values, labels.listed_classes(pattern));
    append(probabilities, *probability_values, labels.listed_probabilities(pattern));
  }
  const auto schema = arrow::schema({arrow::field("hard", arrow::uint16()), arrow::field("classes", arrow::list(arrow::uint16())),
                                     arrow::field("probabilities", arrow::list(arrow::float32()))});
  return arrow::Table::Make(schema, {finish(hard), finish(classes), finish(probabilities)});
}

std::shared_ptr<arrow::Table> examples_table(const SoftLabels& labels) {
  arrow::UInt32Builder pattern;
  for (std::size_t example = 0; example < labels.examples(); ++example) (void)pattern.Append(labels.pattern(example));
  return arrow::Table::Make(arrow::schema({arrow::field("pattern", arrow::uint32(), false)}), {finish(pattern)});
}

std::string sum_complaint(double sum) { return "probabilities add up to " + std::to_string(sum); }

// What add_listed() relies on, told as what is wrong; empty when nothing is.
std::string trouble_with(std::span<const ClassId> listed, std::span<const float> probabilities, ClassId hard, std::size_t classes) {
  if (listed.size() != probabilities.size()) return "a pattern has not as many probabilities as classes";
  if (listed.size() > SoftLabels::kMaxListed) return "a pattern lists more than " + std::to_string(SoftLabels::kMaxListed) + " classes";
  if (hard != kNoClass && hard >= classes) return "a hard label is outside the classes";
  double sum = 0.0;
  for (std::size_t place = 0; place < listed.size(); ++place) {
    if (listed[place] >= classes) return "a listed class is outside the classes";
    if (place > 0 && listed[place] <= listed[place - 1]) return "listed classes do not ascend";
    if (!(probabilities[place] >= 0.0f && probabilities[place] <= 1.0f)) return "a probability is outside 0 to 1";
    sum += probabilities[place];
  }
  return sum > 1.0 + 2 * kRounding ? sum_complaint(sum) : "";
}

template <typename Values>
struct ListColumn {
  std::shared_ptr<arrow::Array> owner;
  const arrow::ListArray& lists;
  const Values& values;

  explicit ListColumn(std::shared_ptr<arrow::Array> column)
      : owner(std::move(column)),
        lists(static_cast<const arrow::ListArray&>(*owner)),
        values(static_cast<const Values&>(*lists.values())) {}
  auto at(std::int64_t row) const {
    return std::span(values.raw_values() + lists.value_offset(row), static_cast<std::size_t>(lists.value_length(row)));
  }
};

std::vector<std::uint32_t> read_examples(const std::filesystem::path& path, std::size_t patterns) {
  const parquet_files::Reader reader(path);
  const auto table = reader.all();
  const auto column = reader.column(*table, "pattern", *arrow::uint32());
  const auto& values = static_cast<const arrow::UInt32Array&>(*column);
  if (values.null_count() > 0) reader.fail("an example has no pattern");
  const std::span<const std::uint32_t> numbers(values.raw_values(), static_cast<std::size_t>(values.length()));
  if (std::ranges::any_of(numbers, [&](std::uint32_t pattern) { return pattern >= patterns; }))
    reader.fail("an example's pattern is not there");
  return {numbers.begin(), numbers.end()};
}

}  // namespace

std::uint32_t SoftLabels::add_pattern(std::span<const double> distribution, ClassId hard) {
  assert(distribution.empty() || distribution.size() == classes_);
  std::vector<float> probabilities;
  const std::vector<ClassId> listed = most_probable(distribution);
  for (const ClassId class_id : listed) probabilities.push_back(static_cast<float>(distribution[class_id]));
  return add_listed(listed, probabilities, hard);
}

std::uint32_t SoftLabels::add_listed(std::span<const ClassId> listed, std::span<const float> probabilities, ClassId hard) {
  class_ids_.insert(class_ids_.end(), listed.begin(), listed.end());
  probabilities_.insert(probabilities_.end(), probabilities.begin(), probabilities.end());
  begin_.push_back(class_ids_.size());
  hard_.push_back(hard);
  return static_cast<std::uint32_t>(hard_.size() - 1);
}

void SoftLabels::set_examples(std::vector<std::uint32_t> pattern_of) {
  for ([[maybe_unused]] const std::uint32_t pattern : pattern_of) assert(pattern < patterns());
  pattern_of_ = std::move(pattern_of);
}

std::span<const ClassId> SoftLabels::listed_classes(std::size_t pattern) const {
  return std::span(class_ids_).subspan(begin_[pattern], begin_[pattern + 1] - begin_[pattern]);
}

std::span<const float> SoftLabels::listed_probabilities(std::size_t pattern) const {
  return std::span(probabilities_).subspan(begin_[pattern], begin_[pattern + 1] - begin_[pattern]);
}

double SoftLabels::rest(std::size_t pattern) const {
  const std::span<const float> listed = listed_probabilities(pattern);
  if (listed.size() == classes_) return 0.0;
  const double left = 1.0 - std::accumulate(listed.begin(), listed.end(), 0.0);
  // A pattern with room for more classes lists all that are possible: what is left of it is rounding.
  return left < 0.0 || (listed.size() < kMaxListed && left <= kRounding) ? 0.0 : left;
}

double SoftLabels::probability_in_pattern(std::size_t pattern, ClassId class_id) const {
  const std::span<const ClassId> listed = listed_classes(pattern);
  const auto place = std::ranges::lower_bound(listed, class_id);
  if (place != listed.end() && *place == class_id) return listed_probabilities(pattern)[static_cast<std::size_t>(place - listed.begin())];
  return rest(pattern) / static_cast<double>(classes_ - listed.size());
}

double SoftLabels::confidence(std::size_t example) const {
  const ClassId label = hard(example);
  return label == kNoClass ? 0.0 : probability(example, label);
}

void write_soft_labels(const SoftLabels& labels, const std::filesystem::path& patterns, const std::filesystem::path& examples) {
  const std::array one{patterns_table(labels)};
  parquet_files::write(patterns, one, {{std::string(kClassesKey), std::to_string(labels.classes())}});
  if (labels.one_pattern_each()) return;
  const std::array other{examples_table(labels)};
  parquet_files::write(examples, other, {});
}

SoftLabels read_soft_labels(const std::filesystem::path& patterns, const std::filesystem::path& examples) {
  const parquet_files::Reader reader(patterns);
  SoftLabels labels(reader.number(std::string(kClassesKey), kNoClass));
  const auto table = reader.all();
  const auto hard_column = reader.column(*table, "hard", *arrow::uint16());
  const auto& hard = static_cast<const arrow::UInt16Array&>(*hard_column);
  const ListColumn<arrow::UInt16Array> classes(reader.list_column(*table, "classes", *arrow::uint16()));
  const ListColumn<arrow::FloatArray> probabilities(reader.list_column(*table, "probabilities", *arrow::float32()));
  for (std::int64_t row = 0; row < table->num_rows(); ++row) {
    const ClassId label = hard.IsNull(row) ? kNoClass : hard.Value(row);
    const std::string trouble = trouble_with(classes.at(row), probabilities.at(row), label, labels.classes());
    if (!trouble.empty()) reader.fail(trouble);
    labels.add_listed(classes.at(row), probabilities.at(row), label);
  }
  if (!examples.empty()) labels.set_examples(read_examples(examples, labels.patterns()));
  return labels;
}

}  // namespace hone
