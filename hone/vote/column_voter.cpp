#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <optional>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/data/value.h"
#include "hone/vote/field_values_internal.h"
#include "hone/vote/source_voters_internal.h"
#include "hone/vote/values_in.h"

namespace hone {
namespace {

constexpr std::size_t kShownBytes = 40;

std::string shortened(std::string_view value) {
  std::size_t end = std::min(value.size(), kShownBytes);
  while (end < value.size() && end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return std::string(value.substr(0, end)) + (end < value.size() ? "…" : "");
}

class ColumnVoter : public Voter {
 public:
  ColumnVoter(const Source& source, char decimal)
      : name_(source.name),
        field_(source.field),
        confidence_(source.confidence),
        at_least_(source.at_least.value_or(0.0f)),
        decimal_(decimal),
        separator_(source.separator),
        against_others_(source.against_others),
        answers_(source.answers),
        class_of_value_(source.class_of_value) {}

  std::vector<std::string> columns() const override {
    return confidence_.empty() ? std::vector<std::string>{field_} : std::vector<std::string>{field_, confidence_};
  }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<BatchVotes> said) override {
    const auto column = column_of(batch, field_);
    const TextColumn values(*column);
    const auto confidence = confidence_.empty() ? nullptr : column_of(batch, confidence_);
    for (std::uint32_t row = 0; row < column->length(); ++row) {
      if (!said[0].wants(row)) continue;
      const std::string_view value = values.at(row).value_or("");
      if (value.empty()) continue;
      const std::vector<ClassId> answers = answers_of(value, row, said[0]);
      for (const ClassId answer : answers) confidence ? vote_if_sure(*confidence, row, answer, said[0]) : said[0].vote(row, answer);
    }
  }

  // What a value says; nothing, and a failure, for one that is no class.
  std::vector<ClassId> answers_of(std::string_view cell, std::uint32_t row, BatchVotes& said) const {
    if (answers_.rows() == Answers::Rows::kSeveral) return several_answers(values_in(cell, separator_), row, said);
    const ClassId answer = answer_of(cell, row, said);
    return answer == kNoClass ? std::vector<ClassId>() : std::vector{answer};
  }

  ClassId answer_of(std::string_view value, std::uint32_t row, BatchVotes& said) const {
    const auto found = class_of_value_.find(value);
    if (found != class_of_value_.end()) return found->second;
    said.fail(row, "field '" + field_ + "': '" + shortened(value) + "' is no class");
    return kNoClass;
  }

  std::vector<ClassId> several_answers(const std::vector<std::string>& values, std::uint32_t row, BatchVotes& said) const {
    std::vector<ClassId> answers;
    std::vector<bool> named(answers_.classes());
    for (const std::string& value : values) {
      const ClassId answer = answer_of(value, row, said);
      if (answer == kNoClass) return {};
      answers.push_back(answer);
      named[answers_.subject(answer)] = true;
    }
    for (std::size_t id = 0; against_others_ && id < named.size(); ++id)
      if (!named[id]) answers.push_back(answers_.against(static_cast<ClassId>(id)));
    return answers;
  }

  std::shared_ptr<arrow::Array> column_of(const arrow::RecordBatch& batch, const std::string& field) const {
    auto column = batch.GetColumnByName(field);
    if (!column) throw Error(ErrorCode::kNotFound, "source '" + name_ + "' reads the field '" + field + "', which the data does not have");
    return column;
  }

  // Columns that are no text were written by a program, whose decimal sign is a point.
  void vote_if_sure(const arrow::Array& column, std::uint32_t row, ClassId voted, BatchVotes& said) const {
    const std::string value(TextColumn(column).at(row).value_or(""));
    const auto confidence = parse_number(value, is_text_column(column) ? decimal_ : '.');
    if (!confidence || *confidence < 0.0 || *confidence > 1.0)
      return said.fail(row, "field '" + confidence_ + "': '" + shortened(value) + "' is no confidence, which is a number from 0 to 1");
    const auto sure = static_cast<float>(*confidence);
    if (sure > 0.0f && sure >= at_least_) said.vote(row, voted, sure);
  }

  std::string name_, field_, confidence_;
  float at_least_;
  char decimal_;
  std::string separator_;
  bool against_others_;
  Answers answers_;
  std::map<std::string, ClassId, std::less<>> class_of_value_;
};

}  // namespace

std::shared_ptr<Voter> column_voter(const Source& source, char decimal) { return std::make_shared<ColumnVoter>(source, decimal); }

}  // namespace hone
