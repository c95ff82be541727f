#include "hone/record/baseline_rows_internal.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <unordered_map>

#include "hone/core/json.h"
#include "hone/data/text_column.h"
#include "hone/vote/soft_labels.h"

namespace hone {
namespace {

// What makes a row the same item: what is read of it, and its class.
struct ItemText {
  std::string text;
  ClassId gold = kNoClass;
};

std::vector<std::string> item_columns(const Project& project) {
  std::vector<std::string> columns{std::string(kIdColumn), project.gold.field};
  columns.insert(columns.end(), project.data.text.begin(), project.data.text.end());
  return columns;
}

// Calls visit(row, id, item) for each row.
template <typename Visit>
void for_each_item(const Project& project, const Dataset& dataset, const Visit& visit) {
  dataset.for_each_batch(item_columns(project), [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    std::vector<TextColumn> cells;
    for (int column = 0; column < batch.num_columns(); ++column) cells.emplace_back(*batch.column(column));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto item = [&] {
        ItemText read;
        for (std::size_t column = 2; column < cells.size(); ++column) (read.text += cells[column].at(row).value_or("")) += '\x1F';
        if (const auto gold = cells[1].at(row); gold && !gold->empty()) read.gold = project.gold.answer_of(*gold, project.task);
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

std::unordered_map<std::string, ItemNow> items_now(const Project& project, const Dataset& dataset, const std::vector<std::uint32_t>& rows) {
  std::unordered_map<std::string, ItemNow> items;
  items.reserve(rows.size());
  std::size_t next = 0;
  for_each_item(project, dataset, [&](std::uint32_t row, std::string_view id, const auto& item) {
    if (next == rows.size() || rows[next] != row) return;
    ++next;
    items.emplace(id, ItemNow{row, item()});
  });
  return items;
}

std::string missing_column(const Project& project, const Dataset& dataset) {
  for (const std::string& column : item_columns(project))
    if (!dataset.has_column(column)) return "its data have no column '" + column + "'";
  return "";
}

Dataset dataset_of(Workspace& workspace, const Release& release) {
  const nlohmann::json about = workspace.json(release.object("release.json"));
  return Dataset(workspace.objects(), release.object("stage/" + about.at("data_stage").get<std::string>() + "/dataset"));
}

SoftLabels read_answers(Workspace& workspace, const Release& release, bool of_model) {
  if (of_model) return read_soft_labels(workspace.checked_path(release.object("stage/train/predictions")), {});
  const bool crossed = release.objects.contains("stage/label/cross-fitted.patterns");
  const std::string name = crossed ? "stage/label/cross-fitted" : "stage/label/labels";
  return read_soft_labels(workspace.checked_path(release.object(name + ".patterns")),
                          workspace.checked_path(release.object(name + ".examples")));
}

}  // namespace

BaselineRows match_baseline(Workspace& workspace, const Dataset& dataset, const std::vector<std::uint32_t>& rows, const Release& release) {
  const Project& project = workspace.project();
  const Dataset before = dataset_of(workspace, release);
  BaselineRows matched;
  matched.not_comparable = missing_column(project, before);
  if (!matched.not_comparable.empty()) return matched;
  std::unordered_map<std::string, ItemNow> now = items_now(project, dataset, rows);
  std::uint64_t found = 0;
  for_each_item(project, before, [&](std::uint32_t row, std::string_view id, const auto& item) {
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
  matched.fresh = rows.size() - found;
  std::ranges::sort(matched.rows, {}, &MatchedRow::now);
  if (matched.rows.empty()) matched.not_comparable = "it has none of these rows with the same text and gold";
  return matched;
}

std::optional<std::vector<ClassId>> baseline_answers(Workspace& workspace, const Release& release, const std::vector<MatchedRow>& rows,
                                                     bool of_model) {
  if (of_model && !release.objects.contains("stage/train/predictions")) return std::nullopt;
  const SoftLabels labels = read_answers(workspace, release, of_model);
  const std::vector<std::string>& now = workspace.project().task.classes;
  std::vector<ClassId> class_now;
  const nlohmann::json about = workspace.json(release.object("release.json"));
  for (const nlohmann::json& name : about.at("task").at("classes")) {
    const auto same = std::ranges::find(now, name.get<std::string>());
    class_now.push_back(same == now.end() ? kNoClass : static_cast<ClassId>(same - now.begin()));
  }
  std::vector<ClassId> answers;
  for (const MatchedRow& row : rows) {
    const ClassId hard = labels.hard(row.before);
    answers.push_back(hard < class_now.size() ? class_now[hard] : kNoClass);
  }
  return answers;
}

}  // namespace hone
