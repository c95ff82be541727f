#include "hone/flow/survey_internal.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "hone/core/hash.h"
#include "hone/core/unicode.h"
#include "hone/data/row_split.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

// Enough rows to meet nearly every class and every common word; the file itself is read whole by the import alone.
constexpr std::uint64_t kRowsRead = 200'000;
// One more than can be classes.
constexpr std::size_t kMostLabels = 1001;
// Words are held for so many words in all: some 40,000 rows of a sentence or two, and a few MB.
constexpr std::size_t kWordsHeld = 1'000'000;
// Shorter words say little in languages that write spaces.
constexpr std::size_t kFewestLetters = 4;
// Ideographs, kana, Hangul and Thai begin with bytes from here on; a word of them may be one character.
constexpr unsigned char kUnspaced = 0xE0;
// A model learns from a class that has so many rows.
constexpr std::uint64_t kFewestRows = 5;
// As if so many more rows had the word and the class as often as all rows do, so that a word of two or three rows proves little.
constexpr double kImaginedRows = 10;

bool says_something(std::string_view word) {
  const bool has_letter = std::ranges::any_of(word, [](unsigned char c) { return c >= 0x80 || (c >= 'a' && c <= 'z'); });
  return has_letter && (static_cast<unsigned char>(word.front()) >= kUnspaced || count_characters(word) >= kFewestLetters);
}

class Surveyor {
 public:
  explicit Surveyor(const SurveyedColumns& columns) : columns_(columns) {}

  void add(const arrow::RecordBatch& batch) {
    const auto column = [&](const std::string& name) -> std::optional<TextColumn> {
      const auto array = name.empty() ? nullptr : batch.GetColumnByName(name);
      if (!array) return std::nullopt;
      return TextColumn(*array);
    };
    const auto text = column(columns_.text), id = column(columns_.id), label = column(columns_.label), group = column(columns_.group);
    for (std::int64_t row = 0; row < batch.num_rows() && survey_.rows < kRowsRead; ++row) {
      const auto value = [&](const std::optional<TextColumn>& of) { return of ? std::string(of->at(row).value_or("")) : std::string(); };
      add_row(value(text), value(id), value(label), value(group));
    }
  }

  bool wants_more() const { return survey_.rows < kRowsRead; }

  Survey finish() { return std::move(survey_); }

 private:
  void add_row(const std::string& text, const std::string& id, const std::string& label, const std::string& group) {
    ++survey_.rows;
    if (!label.empty() && (survey_.labels.size() < kMostLabels || survey_.labels.contains(label))) ++survey_.labels[label];
    if (!columns_.id.empty() && (id.empty() || !ids_.insert(sha256_prefix(id)).second)) survey_.ids_repeat = true;
    if (text.find_first_not_of(" \t\r\n\v\f") == std::string::npos) {
      ++survey_.empty_texts;
    } else if (held_ < kWordsHeld && split_of_key(key_of(text, id, group)) == Split::kTrain) {
      add_words(text, label);
    }
  }

  static std::string key_of(const std::string& text, const std::string& id, const std::string& group) {
    if (!group.empty()) return group;
    const std::string_view texts[] = {text};
    return id.empty() ? key_of_texts(texts) : id;
  }

  void add_words(const std::string& text, const std::string& label) {
    SurveyedRow row{.words = {}, .label = label};
    for_each_word(fold_case(text), [&](std::string_view word) {
      if (says_something(word)) row.words.push_back(place_of(word));
    });
    std::ranges::sort(row.words);
    row.words.erase(std::ranges::unique(row.words).begin(), row.words.end());
    held_ += row.words.size();
    survey_.train.push_back(std::move(row));
  }

  std::uint32_t place_of(std::string_view word) {
    const auto [place, is_new] = places_.emplace(word, static_cast<std::uint32_t>(survey_.words.size()));
    if (is_new) survey_.words.emplace_back(word);
    return place->second;
  }

  const SurveyedColumns& columns_;
  Survey survey_;
  std::size_t held_ = 0;
  std::unordered_set<std::uint64_t> ids_;
  std::unordered_map<std::string, std::uint32_t> places_;
};

struct ClassCounts {
  std::uint64_t rows = 0, of_class = 0;    // Rows that have a label, and those of the class.
  std::vector<std::uint32_t> with, right;  // By word.
};

ClassCounts counts_of(const Survey& survey, const std::string& class_name) {
  ClassCounts counts;
  counts.with.resize(survey.words.size());
  counts.right.resize(survey.words.size());
  for (const SurveyedRow& row : survey.train) {
    if (row.label.empty()) continue;
    const bool is_of_class = row.label == class_name;
    ++counts.rows;
    counts.of_class += is_of_class;
    for (const std::uint32_t word : row.words) {
      ++counts.with[word];
      counts.right[word] += is_of_class;
    }
  }
  return counts;
}

struct Mark {
  std::uint32_t word = 0;
  double share = 0;   // Of the class where the word stands.
  double weight = 0;  // How much it tells, over all rows that it stands in.
  bool tells = false;
};

// Ties go to the word that stands first in the file, so that the same file gives the same words.
std::vector<Mark> marks_of(const ClassCounts& counts) {
  const double base = static_cast<double>(counts.of_class) / static_cast<double>(counts.rows);
  const double telling = (1 + base) / 2;
  std::vector<Mark> marks;
  for (std::uint32_t word = 0; word < counts.with.size(); ++word) {
    if (counts.right[word] == 0) continue;
    const double share = (counts.right[word] + kImaginedRows * base) / (counts.with[word] + kImaginedRows);
    if (share > base) marks.push_back({word, share, counts.right[word] * std::log(share / base), share >= telling});
  }
  std::ranges::stable_sort(marks, [](const Mark& a, const Mark& b) {
    if (a.tells != b.tells) return a.tells;
    return a.tells ? a.weight > b.weight : a.share > b.share;
  });
  return marks;
}

std::vector<std::uint32_t> rows_with_each_word(const Survey& survey) {
  std::vector<std::uint32_t> rows(survey.words.size());
  for (const SurveyedRow& row : survey.train)
    for (const std::uint32_t word : row.words) ++rows[word];
  return rows;
}

bool holds(const SurveyedRow& row, std::uint32_t word) { return std::ranges::binary_search(row.words, word); }

}  // namespace

Survey survey_rows(const std::filesystem::path& file, const ReadOptions& read, const SurveyedColumns& columns) {
  Surveyor surveyor(columns);
  const auto reader = open_table(file, read);
  for (TableBatch batch = reader->next(); batch.rows && surveyor.wants_more(); batch = reader->next()) surveyor.add(*batch.rows);
  return surveyor.finish();
}

std::vector<MarkingWord> marking_words(const Survey& survey, const std::string& class_name, std::size_t limit) {
  const ClassCounts counts = counts_of(survey, class_name);
  std::vector<MarkingWord> words;
  if (counts.of_class == 0) return words;
  for (const Mark& mark : marks_of(counts)) {
    if (words.size() == limit) break;
    words.push_back({survey.words[mark.word], counts.with[mark.word], counts.right[mark.word], mark.tells});
  }
  return words;
}

std::vector<MarkingWord> frequent_words(const Survey& survey) {
  const std::vector<std::uint32_t> rows = rows_with_each_word(survey);
  if (rows.empty()) return {};
  const auto first = static_cast<std::uint32_t>(std::ranges::max_element(rows) - rows.begin());
  std::vector<std::uint32_t> alone(rows.size());
  for (const SurveyedRow& row : survey.train)
    if (!holds(row, first))
      for (const std::uint32_t word : row.words) ++alone[word];
  const auto second = static_cast<std::uint32_t>(std::ranges::max_element(alone) - alone.begin());
  std::vector<MarkingWord> words{{survey.words[first], rows[first], 0}};
  if (alone[second] > 0) words.push_back({survey.words[second], rows[second], 0});
  return words;
}

std::size_t classes_reached(const Survey& survey, const std::vector<std::string>& words) {
  std::vector<std::uint64_t> rows(words.size());
  for (const SurveyedRow& row : survey.train) {
    std::size_t voted = words.size(), votes = 0;
    for (std::size_t place = 0; place < words.size(); ++place) {
      const auto is_it = [&](std::uint32_t word) { return survey.words[word] == words[place]; };
      if (std::ranges::any_of(row.words, is_it)) voted = place, ++votes;
    }
    if (votes == 1) ++rows[voted];  // Two votes that differ may end either way.
  }
  return static_cast<std::size_t>(std::ranges::count_if(rows, [](std::uint64_t count) { return count >= kFewestRows; }));
}

}  // namespace hone
