#include "hone/vote/soft_labels.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <string>

#include "hone/vote/pattern_files_internal.h"

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

void append_hard(arrow::UInt16Builder& column, ClassId hard) { (void)(hard == kNoClass ? column.AppendNull() : column.Append(hard)); }

std::shared_ptr<arrow::Schema> label_patterns_schema() {
  std::vector<std::shared_ptr<arrow::Field>> fields = pattern_files::ListedBuilder::fields();
  fields.insert(fields.begin(), arrow::field("hard", arrow::uint16()));
  return arrow::schema(fields);
}

std::shared_ptr<arrow::Table> patterns_table(const SoftLabels& labels, std::size_t begin, std::size_t end) {
  arrow::UInt16Builder hard;
  pattern_files::ListedBuilder listed;
  for (std::size_t pattern = begin; pattern < end; ++pattern) {
    append_hard(hard, labels.hard_of_pattern(pattern));
    listed.add(labels.listed_classes(pattern), labels.listed_probabilities(pattern));
  }
  std::vector<std::shared_ptr<arrow::Array>> columns = listed.finish();
  columns.insert(columns.begin(), pattern_files::finish(hard));
  return arrow::Table::Make(label_patterns_schema(), columns);
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

}  // namespace

std::uint32_t SoftLabels::add_pattern(std::span<const double> distribution, ClassId hard) {
  assert(distribution.empty() || distribution.size() == classes_);
  if (distribution.size() <= kMaxListed) return add_all(distribution, hard);
  std::vector<float> probabilities;
  const std::vector<ClassId> listed = most_probable(distribution);
  for (const ClassId class_id : listed) probabilities.push_back(static_cast<float>(distribution[class_id]));
  return add_listed(listed, probabilities, hard);
}

// Few classes: all that are possible are listed.
std::uint32_t SoftLabels::add_all(std::span<const double> distribution, ClassId hard) {
  for (std::size_t class_id = 0; class_id < distribution.size(); ++class_id) {
    if (!(distribution[class_id] > 0.0)) continue;
    class_ids_.push_back(static_cast<ClassId>(class_id));
    probabilities_.push_back(static_cast<float>(distribution[class_id]));
  }
  begin_.push_back(class_ids_.size());
  hard_.push_back(hard);
  return static_cast<std::uint32_t>(hard_.size() - 1);
}

std::uint32_t SoftLabels::add_listed(std::span<const ClassId> listed, std::span<const float> probabilities, ClassId hard) {
  class_ids_.insert(class_ids_.end(), listed.begin(), listed.end());
  probabilities_.insert(probabilities_.end(), probabilities.begin(), probabilities.end());
  begin_.push_back(class_ids_.size());
  hard_.push_back(hard);
  return static_cast<std::uint32_t>(hard_.size() - 1);
}

void SoftLabels::append(SoftLabels more) {
  assert(more.classes_ == classes_ && more.one_pattern_each());
  const std::uint64_t before = class_ids_.size();
  class_ids_.insert(class_ids_.end(), more.class_ids_.begin(), more.class_ids_.end());
  probabilities_.insert(probabilities_.end(), more.probabilities_.begin(), more.probabilities_.end());
  hard_.insert(hard_.end(), more.hard_.begin(), more.hard_.end());
  for (std::size_t pattern = 1; pattern < more.begin_.size(); ++pattern) begin_.push_back(before + more.begin_[pattern]);
}

void SoftLabels::set_examples(std::vector<std::uint32_t> pattern_of) {
  for ([[maybe_unused]] const std::uint32_t pattern : pattern_of) assert(pattern < patterns());
  pattern_of_ = std::move(pattern_of);
}

SoftLabels SoftLabels::only(std::span<const std::uint32_t> examples) const {
  SoftLabels some(classes_);
  for (const std::uint32_t example : examples) {
    const std::uint32_t of = pattern(example);
    some.add_listed(listed_classes(of), listed_probabilities(of), hard_[of]);
  }
  return some;
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
  parquet_files::Writer writer(patterns, label_patterns_schema());
  pattern_files::by_groups(labels.patterns(), [&](std::size_t begin, std::size_t end) { writer.add(*patterns_table(labels, begin, end)); });
  writer.finish({{std::string(kClassesKey), std::to_string(labels.classes())}});
  if (labels.one_pattern_each()) return;
  pattern_files::write_examples(
      labels.examples(), [&](std::size_t example) { return labels.pattern(example); }, examples);
}

SoftLabels read_soft_labels(const std::filesystem::path& patterns, const std::filesystem::path& examples) {
  const parquet_files::Reader reader(patterns);
  SoftLabels labels(reader.number(std::string(kClassesKey), kNoClass));
  for (int group = 0; group < reader.groups(); ++group) {
    const auto table = reader.group(group);
    const auto hard_column = reader.column(*table, "hard", *arrow::uint16());
    const auto& hard = static_cast<const arrow::UInt16Array&>(*hard_column);
    const pattern_files::ListedColumns listed(reader, *table);
    for (std::int64_t row = 0; row < table->num_rows(); ++row) {
      const ClassId label = hard.IsNull(row) ? kNoClass : hard.Value(row);
      const std::string trouble = trouble_with(listed.classes(row), listed.probabilities(row), label, labels.classes());
      if (!trouble.empty()) reader.fail(trouble);
      labels.add_listed(listed.classes(row), listed.probabilities(row), label);
    }
  }
  if (!examples.empty()) labels.set_examples(pattern_files::read_examples(examples, labels.patterns()));
  return labels;
}

}  // namespace hone
