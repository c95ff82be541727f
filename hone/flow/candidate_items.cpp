#include "hone/flow/candidate_items.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cmath>

#include "hone/core/error.h"
#include "hone/core/text_parts.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"
#include "hone/data/value.h"
#include "hone/flow/prediction_file.h"

namespace hone {
namespace {

struct AskedField {
  std::string name;
  std::string_view option;
};

std::vector<AskedField> asked_fields(const CandidateFields& fields) {
  std::vector<AskedField> asked;
  for (const std::string& text : fields.of.text) asked.push_back({text, "--text"});
  for (const AskedField& field : {AskedField{fields.of.gold, "--gold"}, AskedField{fields.of.id, "--id"},
                                  AskedField{fields.of.stratum, "--stratum"}, AskedField{fields.of.cluster, "--cluster"},
                                  AskedField{fields.answerable, "--answerable"}, AskedField{fields.difficulty, "--difficulty"}})
    if (!field.name.empty()) asked.push_back(field);
  return asked;
}

// All fields as text, so that a JSON number stays as it is written.
std::shared_ptr<arrow::Schema> as_texts(const std::vector<AskedField>& asked) {
  arrow::FieldVector columns;
  for (const AskedField& field : asked)
    if (std::ranges::find(columns, field.name, &arrow::Field::name) == columns.end())
      columns.push_back(arrow::field(field.name, arrow::utf8()));
  return arrow::schema(std::move(columns));
}

void require_fields(const std::filesystem::path& file, const std::vector<AskedField>& asked) {
  PredictionLayout layout{.file = file, .columns = first_columns(file, {}, 1000)->field_names()};
  for (const AskedField& field : asked)
    if (!has_field(layout, field.name)) throw Error(ErrorCode::kNotFound, missing_field(layout, field.name, field.option));
}

// One field of a batch; one that the file does not have is empty.
class BatchField {
 public:
  BatchField(const arrow::RecordBatch& batch, const std::string& name) {
    if (!name.empty()) values_ = batch.GetColumnByName(name);
    if (values_) text_ = std::make_unique<TextColumn>(*values_);
  }
  std::string_view at(std::int64_t row) const { return text_ ? text_->at(row).value_or("") : std::string_view(); }

 private:
  std::shared_ptr<arrow::Array> values_;
  std::unique_ptr<TextColumn> text_;
};

bool says_no(std::string_view text) { return text == "no" || text == "No" || text == "false" || text == "False" || text == "0"; }

class CandidateReading {
 public:
  CandidateReading(const std::filesystem::path& file, const CandidateFields& fields) : fields_(fields) { found_.file = file; }

  CandidateItems read() {
    const std::vector<AskedField> asked = asked_fields(fields_);
    require_fields(found_.file, asked);
    const auto reader = open_table(found_.file, {}, as_texts(asked));
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) take(batch);
    found_.bad = reader->bad_rows();
    found_.bad_rows = reader->bad_row_count();
    return std::move(found_);
  }

 private:
  void take(const TableBatch& batch) {
    std::vector<BatchField> texts;
    for (const std::string& text : fields_.of.text) texts.emplace_back(*batch.rows, text);
    const BatchField gold(*batch.rows, fields_.of.gold), key(*batch.rows, fields_.of.id), stratum(*batch.rows, fields_.of.stratum),
        cluster(*batch.rows, fields_.of.cluster), answerable(*batch.rows, fields_.answerable), difficulty(*batch.rows, fields_.difficulty);
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row) {
      CandidateItem candidate{.item = {.id = {}, .content = {}, .gold = std::string(trimmed(gold.at(row)))},
                              .line = batch.lines[static_cast<std::size_t>(row)]};
      for (const BatchField& text : texts) candidate.item.content.emplace_back(text.at(row));
      candidate.item.id = item_id(fields_.of.text, candidate.item.content, candidate.item.gold);
      candidate.item.key = trimmed(key.at(row));
      candidate.item.stratum = trimmed(stratum.at(row));
      candidate.item.cluster = trimmed(cluster.at(row));
      candidate.answerable = !says_no(trimmed(answerable.at(row)));
      if (!fields_.difficulty.empty()) candidate.difficulty = difficulty_in(difficulty.at(row), candidate.line);
      found_.rows.push_back(std::move(candidate));
    }
  }

  double difficulty_in(std::string_view text, std::uint64_t line) const {
    const auto number = parse_number(text, '.');
    if (number) return *number;
    throw Error(ErrorCode::kCorruptData, "'" + found_.file.string() + "':" + std::to_string(line) + ": '" +
                                             std::string(text.substr(0, 40)) + "' in '" + fields_.difficulty + "' is not a number");
  }

  const CandidateFields& fields_;
  CandidateItems found_;
};

}  // namespace

CandidateItems read_candidates(const std::filesystem::path& file, const CandidateFields& fields) {
  return CandidateReading(file, fields).read();
}

}  // namespace hone
