#include "hone/vote/soft_sets.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <algorithm>
#include <cassert>
#include <string>

#include "hone/core/json.h"
#include "hone/vote/pattern_files_internal.h"

namespace hone {
namespace {

constexpr char kSilentKey[] = "hone.silent";

std::shared_ptr<arrow::Schema> set_patterns_schema() {
  std::vector<std::shared_ptr<arrow::Field>> fields = pattern_files::ListedBuilder::fields();
  fields.insert(fields.begin(), arrow::field("labeled", arrow::boolean(), false));
  return arrow::schema(fields);
}

std::shared_ptr<arrow::Table> patterns_table(const SoftSets& sets, std::size_t begin, std::size_t end) {
  arrow::BooleanBuilder labeled;
  pattern_files::ListedBuilder listed;
  for (std::size_t pattern = begin; pattern < end; ++pattern) {
    (void)labeled.Append(sets.labeled_pattern(pattern));
    listed.add(sets.listed_classes(pattern), sets.listed_probabilities(pattern));
  }
  std::vector<std::shared_ptr<arrow::Array>> columns = listed.finish();
  columns.insert(columns.begin(), pattern_files::finish(labeled));
  return arrow::Table::Make(set_patterns_schema(), columns);
}

bool is_share(float value) { return value >= 0.0f && value <= 1.0f; }

std::vector<float> read_silent(const parquet_files::Reader& reader) {
  const auto json = nlohmann::json::parse(reader.metadata(kSilentKey), nullptr, /*allow_exceptions=*/false);
  const auto is_number = [](const nlohmann::json& value) { return value.is_number() && is_share(value.get<float>()); };
  if (!json.is_array() || json.size() >= kNoClass || !std::ranges::all_of(json, is_number))
    reader.fail("it does not say what silence means");
  return json.get<std::vector<float>>();
}

// What add_pattern() relies on, told as what is wrong; empty when nothing is.
std::string trouble_with(std::span<const ClassId> listed, std::span<const float> probabilities, std::size_t classes) {
  if (listed.size() != probabilities.size()) return "a pattern has not as many probabilities as classes";
  if (std::ranges::adjacent_find(listed, std::ranges::greater_equal{}) != listed.end()) return "listed classes do not ascend";
  if (!listed.empty() && listed.back() >= classes) return "a listed class is outside the classes";
  return std::ranges::all_of(probabilities, is_share) ? "" : "a probability is outside 0 to 1";
}

}  // namespace

std::uint32_t SoftSets::add_pattern(std::span<const ClassId> listed, std::span<const float> probabilities) {
  assert(trouble_with(listed, probabilities, classes()).empty());
  class_ids_.insert(class_ids_.end(), listed.begin(), listed.end());
  probabilities_.insert(probabilities_.end(), probabilities.begin(), probabilities.end());
  begin_.push_back(class_ids_.size());
  labeled_.push_back(true);
  return static_cast<std::uint32_t>(labeled_.size() - 1);
}

std::uint32_t SoftSets::add_unlabeled() {
  begin_.push_back(class_ids_.size());
  labeled_.push_back(false);
  return static_cast<std::uint32_t>(labeled_.size() - 1);
}

void SoftSets::set_examples(std::vector<std::uint32_t> pattern_of) {
  for ([[maybe_unused]] const std::uint32_t pattern : pattern_of) assert(pattern < patterns());
  pattern_of_ = std::move(pattern_of);
}

std::span<const ClassId> SoftSets::listed_classes(std::size_t pattern) const {
  return std::span(class_ids_).subspan(begin_[pattern], begin_[pattern + 1] - begin_[pattern]);
}

std::span<const float> SoftSets::listed_probabilities(std::size_t pattern) const {
  return std::span(probabilities_).subspan(begin_[pattern], begin_[pattern + 1] - begin_[pattern]);
}

double SoftSets::probability_in_pattern(std::size_t pattern, ClassId class_id) const {
  assert(labeled_[pattern]);
  const std::span<const ClassId> listed = listed_classes(pattern);
  const auto place = std::ranges::lower_bound(listed, class_id);
  if (place == listed.end() || *place != class_id) return silent_[class_id];
  return listed_probabilities(pattern)[static_cast<std::size_t>(place - listed.begin())];
}

std::vector<ClassId> SoftSets::hard_of_pattern(std::size_t pattern) const {
  std::vector<ClassId> held;
  if (!labeled_[pattern]) return held;
  for (std::size_t id = 0; id < classes(); ++id)
    if (probability_in_pattern(pattern, static_cast<ClassId>(id)) > kHeld) held.push_back(static_cast<ClassId>(id));
  return held;
}

void write_soft_sets(const SoftSets& sets, const std::filesystem::path& patterns, const std::filesystem::path& examples) {
  parquet_files::Writer writer(patterns, set_patterns_schema());
  pattern_files::by_groups(sets.patterns(), [&](std::size_t begin, std::size_t end) { writer.add(*patterns_table(sets, begin, end)); });
  writer.finish({{kSilentKey, nlohmann::json(std::vector<float>(sets.silent().begin(), sets.silent().end())).dump()}});
  if (sets.one_pattern_each()) return;
  pattern_files::write_examples(
      sets.examples(), [&](std::size_t example) { return sets.pattern(example); }, examples);
}

SoftSets read_soft_sets(const std::filesystem::path& patterns, const std::filesystem::path& examples) {
  const parquet_files::Reader reader(patterns);
  SoftSets sets(read_silent(reader));
  for (int group = 0; group < reader.groups(); ++group) {
    const auto table = reader.group(group);
    const auto labeled_column = reader.column(*table, "labeled", *arrow::boolean());
    const auto& labeled = static_cast<const arrow::BooleanArray&>(*labeled_column);
    const pattern_files::ListedColumns listed(reader, *table);
    for (std::int64_t row = 0; row < table->num_rows(); ++row) {
      const std::string trouble = trouble_with(listed.classes(row), listed.probabilities(row), sets.classes());
      if (!trouble.empty()) reader.fail(trouble);
      labeled.Value(row) ? sets.add_pattern(listed.classes(row), listed.probabilities(row)) : sets.add_unlabeled();
    }
  }
  if (!examples.empty()) sets.set_examples(pattern_files::read_examples(examples, sets.patterns()));
  return sets;
}

}  // namespace hone
