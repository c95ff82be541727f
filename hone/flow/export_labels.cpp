#include "hone/flow/export_labels.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/main_path.h"

namespace hone {
namespace {

const std::vector<TableColumn> kOwnColumns{{"id"},     {"split"},   {"label"}, {"probability", true}, {"probabilities"},
                                           {"origin"}, {"sources"}, {"labels"}};

std::vector<TableColumn> columns_of(const ExportOptions& options) {
  std::vector<TableColumn> columns = kOwnColumns;
  for (const std::string& column : options.columns) {
    const bool is_taken = std::ranges::find(kOwnColumns, column, &TableColumn::name) != kOwnColumns.end();
    columns.push_back({is_taken ? "data." + column : column});
  }
  return columns;
}

// Everything a row is written from, held once.
struct Exported {
  const Project& project;
  SoftLabels labels;
  VoteMatrix votes;
  Gold gold;
  std::string labels_hash;
};

bool is_gold(const Exported& from, std::uint64_t row) { return !from.gold.classes.empty() && from.gold.classes[row] != kNoClass; }

std::string sources_text(const Exported& from, std::uint64_t row) {
  std::string text;
  const ExampleVotes votes = from.votes.on(row);
  for (std::size_t vote = 0; vote < votes.size(); ++vote)
    text += (vote > 0 ? " " : "") + from.project.sources[votes.sources[vote]].name + "=" + from.project.task.classes[votes.classes[vote]];
  return text;
}

void fill_label(const Exported& from, std::uint64_t row, std::vector<nlohmann::json>& cells) {
  const std::vector<std::string>& classes = from.project.task.classes;
  const ClassId hard = from.labels.hard(row);
  if (is_gold(from, row)) {
    const std::string& name = classes[from.gold.classes[row]];
    cells.insert(cells.end(), {name, 1.0, nlohmann::json{{name, 1.0}}, "gold"});
  } else if (hard != kNoClass) {
    cells.insert(cells.end(), {classes[hard], from.labels.confidence(row),
                               probabilities_json(from.labels, from.labels.pattern(row), classes), "label-model"});
  } else {
    cells.insert(cells.end(), {nullptr, nullptr, nullptr, "none"});
  }
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
      if (options.labeled_only && from.labels.hard(number) == kNoClass && !is_gold(from, number)) continue;
      std::vector<nlohmann::json> cells{texts[0].at(row).value_or(""), to_string(static_cast<Split>(splits.Value(row)))};
      fill_label(from, number, cells);
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
  return {project, workspace.labels(label), VoteMatrix(dataset.rows(), project.task.classes.size(), workspace.votes(vote)),
          read_gold(project, dataset, GoldUse::kLearning), label.output("labels.patterns").hash};
}

// `out` is the path or the stream that the rows go to.
template <typename Out>
std::uint64_t write(Workspace& workspace, const ExportOptions& options, Out& out, const Progress& progress) {
  options.validate();
  const TableShape shape{.columns = columns_of(options), .format = options.format, .guard = options.spreadsheet};
  std::uint64_t rows = 0;
  write_table(shape, out, [&](TableWriter& writer) {
    const std::vector<RunRecord> records = fresh_records(workspace, "label");
    const Dataset dataset = workspace.dataset(*find_record(records, "import"));
    rows = write_rows(dataset, gather(workspace, records, dataset), options, writer, progress);
  });
  return rows;
}

}  // namespace

void ExportOptions::validate() const {
  std::set<std::string> names;
  for (const TableColumn& column : columns_of(*this))
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
