#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/vote/similarity_internal.h"
#include "hone/vote/source_voters_internal.h"

namespace hone {
namespace {

constexpr std::size_t kShownIds = 5;

// What a source compares of a row: its text, or its vector.
class Compared {
 public:
  Compared(const Source& source, const EngineOptions& options) : embedding_(source.like.embedding) {
    if (!embedding_.empty())
      columns_ = {embedding_};
    else
      columns_ = source.field.empty() ? options.text : std::vector<std::string>{source.field};
  }

  const std::vector<std::string>& columns() const { return columns_; }

  // The columns of a batch, in order.
  arrow::ArrayVector in(const arrow::RecordBatch& batch) const {
    arrow::ArrayVector arrays;
    for (const std::string& name : columns_) {
      arrays.push_back(batch.GetColumnByName(name));
      if (!arrays.back()) throw Error(ErrorCode::kNotFound, "the field '" + name + "', which the data does not have, is compared");
    }
    return arrays;
  }

 private:
  std::string embedding_;
  std::vector<std::string> columns_;
};

// The text columns of a batch joined by line feeds, as conditions read them. Borrows the columns.
class BatchTexts {
 public:
  explicit BatchTexts(const arrow::ArrayVector& columns) {
    for (const auto& column : columns) columns_.emplace_back(*column);
  }

  /// Good until the next call.
  std::string_view at(std::int64_t row) {
    if (columns_.size() == 1) return columns_.front().at(row).value_or("");
    text_.clear();
    for (const TextColumn& column : columns_) {
      if (&column != &columns_.front()) text_ += '\n';
      text_ += column.at(row).value_or("");
    }
    return text_;
  }

 private:
  std::vector<TextColumn> columns_;
  std::string text_;
};

// What the examples of a source hold, by their place in the source's list.
struct Examples {
  std::vector<std::string> texts;
  std::vector<std::vector<float>> vectors;
};

std::string quoted(const std::vector<std::string>& ids) {
  std::string text;
  for (std::size_t place = 0; place < std::min(ids.size(), kShownIds); ++place) text += (place > 0 ? ", '" : "'") + ids[place] + "'";
  return ids.size() > kShownIds ? text + " and " + std::to_string(ids.size() - kShownIds) + " more" : text;
}

class ExampleReader {
 public:
  ExampleReader(const Source& source, const Compared& compared) : source_(source), compared_(compared) {
    for (const std::string& id : source.like.examples) wanted_.insert(id);
  }

  Examples read(const Dataset* dataset) {
    if (wanted_.empty()) return {};
    if (dataset) scan(*dataset);
    if (!wanted_.empty())
      throw trouble(ErrorCode::kNotFound, "there is no row with the id " + quoted({wanted_.begin(), wanted_.end()}) +
                                              " in the data; take it out, or name another example");
    return std::move(examples_);
  }

 private:
  void scan(const Dataset& dataset) {
    std::vector<std::string> columns = compared_.columns();
    columns.emplace_back(kIdColumn);
    columns.emplace_back(kSplitColumn);
    dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
      const TextColumn ids(*batch.column(batch.num_columns() - 2));
      const auto& splits = static_cast<const arrow::UInt8Array&>(*batch.column(batch.num_columns() - 1));
      for (std::int64_t row = 0; row < batch.num_rows() && !wanted_.empty(); ++row) {
        const std::string id(ids.at(row).value_or(""));
        if (wanted_.erase(id) > 0) take(id, static_cast<Split>(splits.Value(row)), compared_.in(batch), row);
      }
    });
  }

  // What a source is told of test rows would be in its votes on them.
  void take(const std::string& id, Split split, const arrow::ArrayVector& columns, std::int64_t row) {
    if (split == Split::kTest)
      throw trouble(ErrorCode::kInvalidArgument,
                    "the example '" + id + "' lies in the test split, which may not teach; name one of train or valid");
    if (source_.like.embedding.empty()) {
      examples_.texts.emplace_back(BatchTexts(columns).at(row));
      return;
    }
    try {
      examples_.vectors.push_back(vector_at(*columns.front(), row));
    } catch (const std::invalid_argument& error) {
      throw trouble(ErrorCode::kInvalidArgument, "the example '" + id + "': field '" + source_.like.embedding + "' " + error.what());
    }
    const std::size_t length = examples_.vectors.back().size(), first = examples_.vectors.front().size();
    if (length == 0)
      throw trouble(ErrorCode::kInvalidArgument, "the example '" + id + "' has no vector in '" + source_.like.embedding + "'");
    if (length != first)
      throw trouble(ErrorCode::kInvalidArgument, "the example '" + id + "' has " + std::to_string(length) + " numbers in '" +
                                                     source_.like.embedding + "', where others have " + std::to_string(first));
  }

  Error trouble(ErrorCode code, const std::string& what) const { return Error(code, described(source_) + ": " + what); }

  const Source& source_;
  const Compared& compared_;
  std::set<std::string> wanted_;
  Examples examples_;
};

// How like a row is to the nearest of what it is compared with, and what that speaks for.
struct Likeness {
  float similarity = 0.0f;
  ClassId voted = kNoClass;  // kNoClass: texts of several classes are as near.
};

// The rows of highest similarity, of equal ones the first: the same whatever order they come in.
class Nearest {
 public:
  explicit Nearest(std::size_t most) : most_(most) {}

  void add(const Likeness& likeness, std::uint32_t row) {
    const std::lock_guard lock(mutex_);
    const Kept added{likeness, row};
    if (kept_.size() == most_ && !before(added, *kept_.rbegin())) return;
    kept_.insert(added);
    if (kept_.size() > most_) kept_.erase(std::prev(kept_.end()));
  }

  void vote(BatchVotes& said) const {
    for (const Kept& kept : kept_) said.vote(kept.row, kept.likeness.voted);
  }

 private:
  struct Kept {
    Likeness likeness;
    std::uint32_t row = 0;
  };
  static bool before(const Kept& a, const Kept& b) {
    return a.likeness.similarity != b.likeness.similarity ? a.likeness.similarity > b.likeness.similarity : a.row < b.row;
  }

  std::size_t most_;
  std::mutex mutex_;
  std::set<Kept, decltype(&before)> kept_{&before};
};

class LikeVoter : public Voter {
 public:
  LikeVoter(const Source& source, const VoterContext& context)
      : compared_(source, context.engine),
        by_vector_(!source.like.embedding.empty()),
        field_(source.like.embedding),
        voted_(source.votes.empty() ? kNoClass : source.votes.front()),
        at_least_(source.at_least.value_or(-1.0f)),
        nearest_(source.like.nearest),
        waits_(source.like.nearest > 0),
        texts_({}),
        vectors_({}) {
    Examples examples = ExampleReader(source, compared_).read(context.dataset);
    examples.texts.insert(examples.texts.end(), source.like.texts.begin(), source.like.texts.end());
    for (const auto& [text, voted] : source.class_of_value) {
      examples.texts.push_back(text);
      classes_.push_back(voted);
    }
    texts_ = TextSimilarity(examples.texts);
    vectors_ = VectorSimilarity(std::move(examples.vectors));
  }

  std::vector<std::string> columns() const override { return compared_.columns(); }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) override {
    const arrow::ArrayVector columns = compared_.in(batch);
    std::optional<BatchTexts> texts;
    if (!by_vector_) texts.emplace(columns);
    NgramVectors ngrams;
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      if (!said[0].wants(row)) continue;
      const auto likeness = by_vector_ ? by_vector(*columns.front(), row, said[0]) : by_text(texts->at(row), ngrams);
      if (!likeness || likeness->similarity < at_least_ || likeness->voted == kNoClass) continue;
      if (waits_)
        nearest_.add(*likeness, static_cast<std::uint32_t>(first_row) + row);
      else
        said[0].vote(row, likeness->voted);
    }
  }

  void vote_on_all(std::span<BatchVotes> said) override { nearest_.vote(said[0]); }

  std::optional<Likeness> by_text(std::string_view text, NgramVectors& ngrams) const {
    if (classes_.empty()) return Likeness{texts_.most(text, ngrams), voted_};
    const std::span<const float> cosines = texts_.with_each(text, ngrams);
    const auto nearest = static_cast<std::size_t>(std::ranges::max_element(cosines) - cosines.begin());
    Likeness likeness{cosines[nearest], classes_[nearest]};
    for (std::size_t other = nearest + 1; other < cosines.size(); ++other)
      if (cosines[other] == likeness.similarity && classes_[other] != classes_[nearest]) likeness.voted = kNoClass;
    return likeness;
  }

  std::optional<Likeness> by_vector(const arrow::Array& column, std::uint32_t row, BatchVotes& said) const {
    try {
      const std::vector<float> vector = vector_at(column, row);
      if (vector.empty()) return std::nullopt;
      if (vector.size() == vectors_.dimensions()) return Likeness{vectors_.most(vector), voted_};
      said.fail(row, "field '" + field_ + "' has " + std::to_string(vector.size()) + " numbers, where the examples have " +
                         std::to_string(vectors_.dimensions()));
    } catch (const std::invalid_argument& error) {
      said.fail(row, "field '" + field_ + "' " + error.what());
    }
    return std::nullopt;
  }

  Compared compared_;
  bool by_vector_;
  std::string field_;
  ClassId voted_;
  std::vector<ClassId> classes_;  // By text; empty: all speak for voted_.
  float at_least_;
  Nearest nearest_;
  bool waits_;  // For all rows: only then is known which are nearest.
  TextSimilarity texts_;
  VectorSimilarity vectors_;
};

}  // namespace

std::shared_ptr<Voter> like_voter(const Source& source, const VoterContext& context) {
  return std::make_shared<LikeVoter>(source, context);
}

}  // namespace hone
