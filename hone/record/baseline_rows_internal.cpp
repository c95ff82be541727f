#include "hone/record/baseline_rows_internal.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <unordered_map>

#include "hone/data/text_column.h"
#include "hone/record/system_answers_internal.h"

namespace hone {
namespace {

// What makes a row the same item: what is read of it, and what it holds.
struct ItemText {
  std::string text;
  RowClasses gold;
};

std::vector<std::string> item_columns(const Project& project) {
  std::vector<std::string> columns{std::string(kIdColumn), project.gold.field};
  columns.insert(columns.end(), project.data.text.begin(), project.data.text.end());
  return columns;
}

// What gold says in a cell, as that of `split` is read.
RowClasses classes_in(const Project& project, std::string_view cell, Split split) {
  return gold_classes(gold_of_cell(project, cell, split, GoldUse::kEvaluation), 0);
}

// Calls visit(row, id, item) for each row.
template <typename Visit>
void for_each_item(const Project& project, const Dataset& dataset, Split split, const Visit& visit) {
  dataset.for_each_batch(item_columns(project), [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    std::vector<TextColumn> cells;
    for (int column = 0; column < batch.num_columns(); ++column) cells.emplace_back(*batch.column(column));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto item = [&] {
        ItemText read;
        for (std::size_t column = 2; column < cells.size(); ++column) (read.text += cells[column].at(row).value_or("")) += '\x1F';
        read.gold = classes_in(project, cells[1].at(row).value_or(""), split);
        return read;
      };
      visit(static_cast<std::uint32_t>(first_row + static_cast<std::uint64_t>(row)), cells[0].at(row).value_or(""), item);
    }
  });
}

struct ItemNow {
  std::uint32_t row = 0;
  ItemText item;
};

std::unordered_map<std::string, ItemNow> items_now(const Project& project, const JudgedRows& judged) {
  std::unordered_map<std::string, ItemNow> items;
  items.reserve(judged.rows.size());
  std::size_t next = 0;
  for_each_item(project, judged.dataset, judged.split, [&](std::uint32_t row, std::string_view id, const auto& item) {
    if (next == judged.rows.size() || judged.rows[next] != row) return;
    ++next;
    items.emplace(id, ItemNow{row, item()});
  });
  return items;
}

// Why nothing can be compared with it; empty: that is not known yet.
std::string obstacle(const Project& project, const Dataset& before, const Baseline& baseline) {
  for (const std::string& column : item_columns(project))
    if (!before.has_column(column)) return "its data have no column '" + column + "'";
  if (baseline.task_kind != project.task.kind)
    return "its task was of kind " + baseline.task_kind + ", and is " + project.task.kind + " now";
  return "";
}

SystemAnswers read_answers(Workspace& workspace, const Baseline& baseline, bool of_model) {
  const std::filesystem::path patterns = workspace.checked_path(of_model ? *baseline.predictions : baseline.patterns);
  const std::filesystem::path examples = of_model ? std::filesystem::path() : workspace.checked_path(baseline.examples);
  if (workspace.project().task.is_multi_label()) return SystemAnswers(read_soft_sets(patterns, examples));
  return SystemAnswers(read_soft_labels(patterns, examples));
}

// By class of then: its number now; kNoClass for one that is no more.
std::vector<ClassId> classes_now(const Task& task, const std::vector<std::string>& before) {
  std::vector<ClassId> now;
  for (const std::string& name : before) now.push_back(task.find(name));
  return now;
}

RowClasses translated(const RowClasses& then, const std::vector<ClassId>& now) {
  if (!then) return then;
  std::vector<ClassId> classes;
  for (const ClassId id : *then)
    if (id < now.size() && now[id] != kNoClass) classes.push_back(now[id]);
  std::ranges::sort(classes);
  return classes;
}

}  // namespace

BaselineRows match_baseline(Workspace& workspace, const JudgedRows& judged, const Baseline& baseline) {
  const Project& project = workspace.project();
  const Dataset before(workspace.objects(), baseline.dataset);
  BaselineRows matched;
  matched.not_comparable = obstacle(project, before, baseline);
  if (!matched.not_comparable.empty()) return matched;
  std::unordered_map<std::string, ItemNow> now = items_now(project, judged);
  std::uint64_t found = 0;
  for_each_item(project, before, judged.split, [&](std::uint32_t row, std::string_view id, const auto& item) {
    const auto same = now.find(std::string(id));
    if (same == now.end()) return;
    ++found;
    const ItemText then = item();
    if (then.text != same->second.item.text)
      ++matched.changed;
    else if (then.gold != same->second.item.gold)
      ++matched.other_gold;
    else
      matched.rows.push_back({same->second.row, row});
  });
  matched.fresh = judged.rows.size() - found;
  std::ranges::sort(matched.rows, {}, &MatchedRow::now);
  if (matched.rows.empty()) matched.not_comparable = "it has none of these rows with the same text and gold";
  return matched;
}

std::optional<ClassSets> baseline_answers(Workspace& workspace, const Baseline& baseline, std::span<const MatchedRow> rows, bool of_model) {
  if (of_model && !baseline.predictions) return std::nullopt;
  const SystemAnswers said = read_answers(workspace, baseline, of_model);
  const std::vector<ClassId> now = classes_now(workspace.project().task, baseline.classes);
  ClassSets answers;
  for (const MatchedRow& row : rows) add_row(translated(said.of(row.before), now), answers);
  return answers;
}

}  // namespace hone
