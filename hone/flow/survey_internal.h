#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "hone/data/import.h"

namespace hone {

/// The columns that a survey goes by; empty names: none.
struct SurveyedColumns {
  std::string text, id, label, group;
};

/// A row of the train split as words, each by its place in Survey::words, once.
struct SurveyedRow {
  std::vector<std::uint32_t> words;
  std::string label;  // Empty where there is none.
};

/// What `hone init` learns from the rows themselves.
struct Survey {
  std::uint64_t rows = 0;
  std::uint64_t empty_texts = 0;
  std::map<std::string, std::uint64_t> labels;  // How many rows have each; at most a thousand and one are kept.
  bool ids_repeat = false;                      // Or are missing in a row.
  std::vector<std::string> words;               // Folded.
  std::vector<SurveyedRow> train;               // Rows of the train split that have a text; a sample when there are many.
};

/// Reads the first 200,000 rows. Words are taken from rows of the train split alone, as the import will deal them: what is written from
/// them is then judged on rows that nobody looked at.
Survey survey_rows(const std::filesystem::path& file, const ReadOptions& read, const SurveyedColumns& columns);

/// A word that speaks for a class.
struct MarkingWord {
  std::string word;
  std::uint64_t rows = 0;   // Of the surveyed train rows that hold it.
  std::uint64_t right = 0;  // Of these, rows of the class; 0 where no labels are known.
  bool tells = false;       // More than half of the doubt is gone where it stands.
};

/// At most `limit` words that mark the rows of `class_name` best. Words that tell come first, those that
/// stand in many rows before others; then those that raise the class's share most.
std::vector<MarkingWord> marking_words(const Survey& survey, const std::string& class_name, std::size_t limit);

/// Without labels nobody knows what a word speaks for: two frequent words, of which each stands in rows that the other does not.
std::vector<MarkingWord> frequent_words(const Survey& survey);

/// How many classes get labels in train rows when each of these words votes for a class of its own: enough rows for a model to learn from.
std::size_t classes_reached(const Survey& survey, const std::vector<std::string>& words);

}  // namespace hone
