#include "hone/flow/export_labels.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/data/text_column.h"
#include "hone/flow/table_writer.h"

namespace hone {
namespace {

std::vector<TableColumn> columns_of(const ExportOptions& options) {
  std::vector<TableColumn> columns{{"id"},     {"split"},   {"label"}, {"probability", true}, {"probabilities"},
                                   {"origin"}, {"sources"}, {"labels"}};
  for (const std::string& column : options.columns) columns.push_back({column});
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

nlohmann::json probabilities(const Exported& from, std::uint64_t row) {
  nlohmann::json shares = nlohmann::json::object();
  const std::uint32_t pattern = from.labels.pattern(row);
  const auto classes = from.labels.listed_classes(pattern);
  for (std::size_t listed = 0; listed < classes.size(); ++listed)
    shares[from.project.task.classes[classes[listed]]] = from.labels.listed_probabilities(pattern)[listed];
  return shares;
}

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
    cells.insert(cells.end(), {classes[hard], from.labels.confidence(row), probabilities(from, row), "label-model"});
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
        const auto value = texts[column].at(row);
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
  writer.finish();
  return written;
}

Exported gather(Workspace& workspace, const Dataset& dataset) {
  const Project& project = workspace.project();
  const RunRecord vote = workspace.needed("vote"), label = workspace.needed("label");
  return {project, workspace.labels(label), VoteMatrix(dataset.rows(), project.task.classes.size(), workspace.votes(vote)),
          read_gold(project, dataset, GoldUse::kLearning), label.output("labels.patterns").hash};
}

std::unique_ptr<TableWriter> text_writer(const ExportOptions& options, std::ostream& out) {
  if (options.format == TableFormat::kCsv) return csv_writer(out, columns_of(options), options.spreadsheet);
  return jsonl_writer(out, columns_of(options));
}

std::uint64_t write(Workspace& workspace, const ExportOptions& options, TableWriter& writer, const Progress& progress) {
  const Dataset dataset = workspace.dataset(workspace.needed("import"));
  return write_rows(dataset, gather(workspace, dataset), options, writer, progress);
}

}  // namespace

TableFormat format_named(std::string_view name) {
  if (name == "jsonl") return TableFormat::kJsonl;
  if (name == "csv") return TableFormat::kCsv;
  if (name == "parquet") return TableFormat::kParquet;
  throw Error(ErrorCode::kInvalidArgument, "no format '" + std::string(name) + "' to write; there are: jsonl, csv and parquet");
}

TableFormat format_of(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  return format_named(ending.empty() ? "" : ending.substr(1));
}

std::uint64_t export_labels(Workspace& workspace, const ExportOptions& options, const std::filesystem::path& file,
                            const Progress& progress) {
  std::uint64_t rows = 0;
  write_file_atomically(file, [&](const std::filesystem::path& temporary) {
    if (options.format == TableFormat::kParquet) {
      rows = write(workspace, options, *parquet_writer(temporary, columns_of(options)), progress);
      return;
    }
    std::ofstream out(temporary, std::ios::binary);
    rows = write(workspace, options, *text_writer(options, out), progress);
  });
  return rows;
}

std::uint64_t export_labels(Workspace& workspace, const ExportOptions& options, std::ostream& out, const Progress& progress) {
  if (options.format == TableFormat::kParquet)
    throw Error(ErrorCode::kInvalidArgument, "Parquet cannot go to standard output; give --out FILE");
  return write(workspace, options, *text_writer(options, out), progress);
}

}  // namespace hone
