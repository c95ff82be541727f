#include "hone/flow/export_labels.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <set>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/data/text_column.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/main_path.h"

namespace hone {
namespace {

const std::vector<TableColumn> kOwnColumns{{"id"},
                                           {"split"},
                                           {"label"},
                                           {"label_id", ColumnType::kClass},
                                           {"probability", ColumnType::kNumber},
                                           {"probabilities", ColumnType::kShares},
                                           {"origin"},
                                           {"sources"},
                                           {"provenance"}};
// Of a multi-label task: a row has any number of labels.
const std::vector<TableColumn> kSetColumns{{"id"},
                                           {"split"},
                                           {"labels", ColumnType::kNames},
                                           {"label_ids", ColumnType::kClasses},
                                           {"probabilities", ColumnType::kShares},
                                           {"origin"},
                                           {"sources"},
                                           {"provenance"}};
constexpr int kNodePlace = 6;  // Behind the probabilities.

// With a taxonomy also the deepest node that is certain enough, and its probability.
std::vector<TableColumn> own_columns(const Task& task) {
  if (task.is_multi_label()) return kSetColumns;
  std::vector<TableColumn> columns = kOwnColumns;
  if (!task.taxonomy.empty()) columns.insert(columns.begin() + kNodePlace, {{"node"}, {"node_probability", ColumnType::kNumber}});
  return columns;
}

std::vector<TableColumn> columns_of(const std::vector<TableColumn>& own, const ExportOptions& options) {
  std::vector<TableColumn> columns = own;
  for (const std::string& column : options.columns) {
    const bool is_taken = std::ranges::find(own, column, &TableColumn::name) != own.end();
    columns.push_back({is_taken ? "data." + column : column});
  }
  return columns;
}

// Everything a row is written from, held once.
struct Exported {
  const Project& project;
  SoftLabels labels;  // Of a multi-label task: none, and the sets.
  SoftSets sets;
  VoteMatrix votes;
  Gold gold;
  std::string labels_hash;
  std::vector<std::string> answers;  // Names.
};

bool is_gold(const Exported& from, std::uint64_t row) {
  if (!from.gold.sets.empty()) return from.gold.sets.known(row);
  return !from.gold.classes.empty() && from.gold.classes[row] != kNoClass;
}

bool has_label(const Exported& from, std::uint64_t row) {
  return from.project.task.is_multi_label() ? from.sets.labeled(row) : from.labels.hard(row) != kNoClass;
}

std::string sources_text(const Exported& from, std::uint64_t row) {
  std::string text;
  for (const Vote vote : from.votes.on(row))
    text += (text.empty() ? "" : " ") + from.project.sources[vote.source].name + "=" + from.answers[vote.class_id];
  return text;
}

// What is known of a row, as cells: label, its number, probability, probabilities and, with a taxonomy, node and its probability; origin.
std::vector<nlohmann::json> known_cells(const Exported& from, ClassId known, TableFormat format) {
  const std::vector<std::string>& classes = from.project.task.classes;
  std::vector<nlohmann::json> cells{classes[known], known, 1.0, certain_cell(known, classes, format)};
  if (!from.project.task.taxonomy.empty()) cells.insert(cells.end(), {classes[known], 1.0});
  cells.emplace_back("gold");
  return cells;
}

std::vector<nlohmann::json> labeled_cells(const Exported& from, std::uint64_t row, TableFormat format) {
  const Task& task = from.project.task;
  const std::uint32_t pattern = from.labels.pattern(row);
  const ClassId hard = from.labels.hard(row);
  std::vector<nlohmann::json> cells{task.classes[hard], hard, from.labels.confidence(row),
                                    probabilities_cell(from.labels, pattern, task.classes, format)};
  if (!task.taxonomy.empty()) {
    const ClassId node = task.taxonomy.certain_answer(from.labels, pattern, task.certainty);
    const bool is_certain = node != kNoClass;
    cells.push_back(is_certain ? nlohmann::json(from.answers[node]) : nlohmann::json());
    cells.push_back(is_certain ? nlohmann::json(task.taxonomy.probability(from.labels, pattern, node)) : nlohmann::json());
  }
  cells.emplace_back("label-model");
  return cells;
}

// Of a multi-label task: the classes a row holds, their numbers, no one probability, and the probability of every class by itself.
std::vector<nlohmann::json> set_cells(const Exported& from, std::uint64_t row, TableFormat format) {
  const std::vector<std::string>& classes = from.project.task.classes;
  const bool known = is_gold(from, row);
  if (!known && !from.sets.labeled(row)) return {nullptr, nullptr, nullptr, "none"};
  const std::vector<ClassId> held =
      known ? std::vector<ClassId>(from.gold.sets.of(row).begin(), from.gold.sets.of(row).end()) : from.sets.hard(row);
  nlohmann::json shares = format == TableFormat::kParquet ? nlohmann::json::array() : nlohmann::json::object();
  for (std::size_t id = 0; id < classes.size(); ++id) {
    const auto class_id = static_cast<ClassId>(id);
    const double share = known ? (from.gold.sets.holds(row, class_id) ? 1.0 : 0.0) : from.sets.probability(row, class_id);
    format == TableFormat::kParquet ? shares.push_back(share) : void(shares[classes[id]] = share);
  }
  return {class_names(held, classes), held, shares, known ? "gold" : "label-model"};
}

std::vector<nlohmann::json> label_cells(const Exported& from, std::uint64_t row, TableFormat format) {
  if (from.project.task.is_multi_label()) return set_cells(from, row, format);
  if (is_gold(from, row)) return known_cells(from, from.gold.classes[row], format);
  if (from.labels.hard(row) != kNoClass) return labeled_cells(from, row, format);
  std::vector<nlohmann::json> cells(from.project.task.taxonomy.empty() ? 4 : 6);
  cells.emplace_back("none");
  return cells;
}

std::vector<std::string> read_columns(const Dataset& dataset, const ExportOptions& options) {
  std::vector<std::string> columns{std::string(kIdColumn), std::string(kSplitColumn)};
  for (const std::string& column : options.columns) {
    dataset.require_column(column);
    columns.push_back(column);
  }
  return columns;
}

std::uint64_t write_rows(const Dataset& dataset, const Exported& from, const ExportOptions& options, TableWriter& writer,
                         const Progress& progress) {
  std::uint64_t written = 0;
  dataset.for_each_batch(read_columns(dataset, options), [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    std::vector<TextColumn> texts;
    for (int column = 0; column < batch.num_columns(); ++column) texts.emplace_back(*batch.column(column));
    const auto& splits = static_cast<const arrow::UInt8Array&>(*batch.column(1));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const std::uint64_t number = first_row + static_cast<std::uint64_t>(row);
      if (options.labeled_only && !has_label(from, number) && !is_gold(from, number)) continue;
      std::vector<nlohmann::json> cells{texts[0].at(row).value_or(""), to_string(static_cast<Split>(splits.Value(row)))};
      for (nlohmann::json& cell : label_cells(from, number, options.format)) cells.push_back(std::move(cell));
      cells.insert(cells.end(), {sources_text(from, number), from.labels_hash});
      for (std::size_t column = 2; column < texts.size(); ++column) {
        const bool is_hidden =
            options.columns[column - 2] == from.project.gold.field && splits.Value(row) == static_cast<int>(Split::kTest);
        const auto value = is_hidden ? std::nullopt : texts[column].at(row);
        cells.push_back(value ? nlohmann::json(*value) : nlohmann::json());
      }
      writer.add(cells);
      ++written;
    }
    if (progress)
      progress({.stage = "export",
                .done = first_row + static_cast<std::uint64_t>(batch.num_rows()),
                .total = dataset.rows(),
                .unit = "rows",
                .note = {}});
  });
  return written;
}

Exported gather(Workspace& workspace, const std::vector<RunRecord>& records, const Dataset& dataset) {
  const Project& project = workspace.project();
  const RunRecord &vote = *find_record(records, "vote"), &label = *find_record(records, "label");
  const bool several = project.task.is_multi_label();
  return {project,
          several ? SoftLabels() : workspace.labels(label),
          several ? workspace.set_labels(label) : SoftSets(),
          workspace.vote_matrix(vote, dataset.rows()),
          read_gold(project, dataset, GoldUse::kLearning),
          label.output("labels.patterns").hash,
          project.task.answer_names()};
}

// `out` is the path or the stream that the rows go to.
template <typename Out>
std::uint64_t write(Workspace& workspace, const ExportOptions& options, Out& out, const Progress& progress) {
  options.validate();
  const TableShape shape{.columns = columns_of(own_columns(workspace.project().task), options),
                         .format = options.format,
                         .guard = options.spreadsheet,
                         .classes = workspace.project().task.classes};
  std::uint64_t rows = 0;
  write_table(shape, out, [&](TableWriter& writer) {
    const std::vector<RunRecord> records = fresh_records(workspace, "label");
    const Dataset dataset = workspace.dataset(*find_record(records, data_stage(workspace.project())));
    rows = write_rows(dataset, gather(workspace, records, dataset), options, writer, progress);
  });
  return rows;
}

}  // namespace

void ExportOptions::validate() const {
  std::set<std::string> names;
  for (const TableColumn& column : columns_of(kOwnColumns, *this))
    if (!names.insert(column.name).second)
      throw Error(ErrorCode::kInvalidArgument, "the column '" + column.name + "' would be exported twice; name it once");
}

std::uint64_t export_labels(Workspace& workspace, const ExportOptions& options, const std::filesystem::path& file,
                            const Progress& progress) {
  return write(workspace, options, file, progress);
}

std::uint64_t export_labels(Workspace& workspace, const ExportOptions& options, std::ostream& out, const Progress& progress) {
  return write(workspace, options, out, progress);
}

}  // namespace hone
