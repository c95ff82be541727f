// The first byte chooses the kind of file, the rest is the file: any bytes are read as predictions that hold together, or refused with
// hone::Error.
#include <iterator>
#include <string>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/flow/prediction_file.h"

namespace {

void check_names(const hone::NameColumn& column, std::size_t rows) {
  hone::require(column.of.size() == rows);
  for (const std::uint32_t name : column.of) hone::require(name == hone::kNoName || name < column.names.size());
}

void check(const hone::PredictionTable& table) {
  const std::size_t items = table.ids.size();
  hone::require(items > 0 && table.lines.size() == items);
  const std::size_t answers = table.item_of.empty() ? items : table.item_of.size();
  for (const std::uint32_t item : table.item_of) hone::require(item < items);
  check_names(table.prediction, answers);
  check_names(table.gold, items);
  check_names(table.cluster, items);
  hone::require(table.score.empty() || table.score.size() == answers);
  hone::require(table.probabilities.begins.size() == 1 || table.probabilities.begins.size() == answers + 1);
  hone::require(table.probabilities.begins.back() == table.probabilities.shares.size());
  hone::require(table.probabilities.classes.size() == table.probabilities.shares.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr const char* kNames[] = {"a.csv", "a.jsonl", "a.json", "a.parquet"};
  const auto file = hone::fuzz_file(kNames[data[0] % std::size(kNames)], hone::bytes_of(data + 1, size - 1));
  try {
    hone::PredictionLayout layout = hone::look_at_predictions(file);
    hone::PredictionRequest request{.id = layout.kind == hone::PredictionKind::kLmEval ? "doc_id" : "id",
                                    .prediction = "prediction",
                                    .gold = "gold",
                                    .score = layout.scores.empty() ? "score" : layout.scores.front(),
                                    .cluster = "doc.cluster",
                                    .max_bad_rows = 1.0};
    if ((data[0] & 0x40) != 0) request.probabilities = "probabilities";
    check(hone::read_predictions(layout, request));
  } catch (const hone::Error&) {
  }
  return 0;
}
