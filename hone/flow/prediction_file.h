#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/name_table.h"
#include "hone/data/dataset.h"
#include "hone/vote/condition.h"

namespace hone {

/// Who wrote a file of predictions.
enum class PredictionKind {
  kTable,    // Anybody: .csv .tsv .jsonl .parquet, the text ones also .gz and .zst.
  kLmEval,   // lm-evaluation-harness with --log_samples: samples_*.jsonl.
  kInspect,  // inspect_ai: a log as .json (hone/data/inspect_log.h).
};

/// What a file of predictions has, by its first rows.
struct PredictionLayout {
  std::filesystem::path file;
  PredictionKind kind = PredictionKind::kTable;
  std::vector<std::string> columns = {};
  std::vector<std::string> numbers = {};  // Those whose values are numbers in all of the first rows that have one.
  std::vector<std::string> scores = {};   // Those that the file itself calls its scores, the main one first: of lm-eval and inspect_ai.
};

/// Throws as open_table() and open_inspect_log(), and kInvalidArgument for a file without rows. Reads JSONL no further than its first
/// thousand lines.
PredictionLayout look_at_predictions(const std::filesystem::path& file);

/// Whether a file has a field: a column, or COLUMN.KEY of one that holds JSON objects. Reads all of a JSONL file that has it not in its
/// first rows.
bool has_field(PredictionLayout& layout, const std::string& field);

/// More values of one field than this are no slices: a million of them would be as many tests.
inline constexpr std::size_t kMostSlices = 1000;

/// What is read of a file; an empty name: not.
struct PredictionRequest {
  std::string id;
  std::string prediction = {}, gold = {}, score = {}, probabilities = {}, cluster = {};
  std::string filter = {};               // Of lm-eval, whose file may hold each item once for each of its filters.
  std::string version = {};              // A field that must be the same for an item in two files that are compared: lm-eval's doc_hash.
  std::vector<std::string> slices = {};  // Fields, each value of which is a slice.
  std::vector<const Condition*> conditions = {};  // On fields of this file; each is a slice.
  double max_bad_rows = 0.01;                     // Share of rows that may be malformed before reading fails.
};

/// Classes with their probabilities, by answer, those of answer n from begins[n] to begins[n + 1].
struct ClassShares {
  NameTable names;
  std::vector<std::uint64_t> begins{0};
  std::vector<std::uint32_t> classes;
  std::vector<float> shares;
};

/// An answer as a file's predictions and gold are read: 1.0 is 1, since programs that know gaps in floating point alone write the class 1
/// so, and a list of classes says the same in any order: ["fee", "card"] is ["card","fee"]. One thread each.
class AnswerReader {
 public:
  /// Valid until the next call, and as long as the text.
  std::string_view operator()(std::string_view text);

 private:
  std::string list_;
};

/// What stands in a file, by column. An item is an id; an answer a row that counts, of which an item may have several where the file has a
/// column `epoch`.
struct PredictionTable {
  NameTable ids;
  std::vector<std::uint32_t> lines;    // By item: the line it first stands in (Parquet: row, a log: sample, from 1).
  std::vector<std::uint32_t> item_of;  // By answer; empty where each item has one.
  NameColumn prediction;               // By answer; without the blanks around it, and 1.0 is 1. Of one that is missing or empty kNoName.
  std::vector<double> score;           // By answer; NaN where there is none, and where it is not finite.
  ClassShares probabilities;           // By answer; an answer without any has none.
  NameColumn gold, cluster, version;   // By item.
  std::vector<NameColumn> slices;      // By item, in the order of the request.
  std::vector<std::vector<std::uint32_t>> holding;  // By condition: the items on which it holds, ascending.

  std::uint64_t rows = 0;
  std::uint64_t rejected_rows = 0;
  std::vector<BadRow> rejected;       // The first of them.
  std::uint64_t not_finite = 0;       // Scores that are written as NaN or infinity,
  std::uint32_t not_finite_line = 0;  // the first of them.
  std::vector<std::string> notes;     // What a user should know, in sentences.
};

/// Reads a file batch by batch. Memory: what is asked for, about 50 bytes an item, never the texts of the file (of a log, the file).
///
/// Throws kNotFound where there is no such field of ids, naming the nearest (what another field that is not there would say is absent);
/// kCorruptData for an id that stands there twice (but for different
/// values of `epoch`), a score that is no number, probabilities that are none or do not sum to 1, each with file and line, and for more
/// malformed rows than max_bad_rows; kInvalidArgument for a field with more than kMostSlices values as slices, and for a file of lm-eval
/// with several filters of which none is chosen.
PredictionTable read_predictions(const PredictionLayout& layout, const PredictionRequest& request);

/// "'a.csv' has no field 'predction'; did you mean 'prediction'?", with the option that names another: what is thrown as kNotFound.
std::string missing_field(const PredictionLayout& layout, const std::string& field, std::string_view option);

}  // namespace hone
