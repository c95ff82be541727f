#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/vote/dictionary.h"
#include "hone/vote/source_voters_internal.h"

namespace hone {
namespace {

// The text of one row after the other: one column, or several joined by line feeds, as conditions read them.
class RowReader {
 public:
  RowReader(const arrow::RecordBatch& batch, const std::vector<std::string>& fields) {
    for (const std::string& field : fields) {
      arrays_.push_back(batch.GetColumnByName(field));
      if (!arrays_.back()) throw Error(ErrorCode::kNotFound, "a dictionary reads the field '" + field + "', which the data does not have");
      columns_.emplace_back(*arrays_.back());
    }
  }

  // Good until the next call.
  std::string_view at(std::int64_t row) {
    if (columns_.size() == 1) return columns_.front().at(row).value_or("");
    joined_.clear();
    bool is_absent = true;
    for (const TextColumn& column : columns_) {
      const auto value = column.at(row);
      if (!value) continue;
      if (!is_absent) joined_ += '\n';
      joined_ += *value;
      is_absent = false;
    }
    return joined_;
  }

 private:
  arrow::ArrayVector arrays_;
  std::vector<TextColumn> columns_;
  std::string joined_;
};

// Speaks for all sources of one dictionary: each text is searched once.
class DictionaryVoter : public Voter {
 public:
  DictionaryVoter(std::span<const Source* const> sources, const EngineOptions& options)
      : fields_(sources.front()->field.empty() ? options.text : std::vector<std::string>{sources.front()->field}),
        most_bytes_(options.max_text_bytes),
        matcher_(sources.front()->dictionary) {
    for (const Source* source : sources) classes_.push_back(source->votes.empty() ? kNoClass : source->votes.front());
  }

  std::vector<std::string> columns() const override { return fields_; }
  std::size_t size() const override { return classes_.size(); }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<BatchVotes> said) override {
    RowReader texts(batch, fields_);
    DictionaryMatcher::Room room;
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      if (std::ranges::none_of(said, [&](const BatchVotes& source) { return source.wants(row); })) continue;
      const std::string_view text = texts.at(row);
      if (text.size() > most_bytes_) {
        for (BatchVotes& source : said) source.fail(row, "the text is longer than " + std::to_string(most_bytes_) + " bytes");
        continue;
      }
      vote_on_matches(matcher_.find(text, room), row, said);
    }
  }

  void vote_on_matches(const std::vector<DictionaryMatcher::Match>& matches, std::uint32_t row, std::span<BatchVotes> said) const {
    const DictionaryMatcher::Match* longest = matcher_.longest(matches);
    if (!longest) return;
    for (std::size_t source = 0; source < classes_.size(); ++source) {
      const auto is_of_class = [&](const DictionaryMatcher::Match& match) { return matcher_.class_of(match) == classes_[source]; };
      if (classes_[source] == kNoClass)
        said[source].vote(row, matcher_.class_of(*longest));
      else if (std::ranges::any_of(matches, is_of_class))
        said[source].vote(row, classes_[source]);
    }
  }

  std::vector<std::string> fields_;
  std::size_t most_bytes_;
  DictionaryMatcher matcher_;
  std::vector<ClassId> classes_;  // By source; kNoClass: that of the longest match.
};

}  // namespace

std::shared_ptr<Voter> dictionary_voter(std::span<const Source* const> sources, const EngineOptions& options) {
  return std::make_shared<DictionaryVoter>(sources, options);
}

}  // namespace hone
