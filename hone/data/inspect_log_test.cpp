#include "hone/data/inspect_log.h"

#include <gtest/gtest.h>

#include "hone/data/data_testing.h"

namespace hone {
namespace {

using Strings = std::vector<std::string>;

std::string log_with(const std::string& samples) {
  return R"({"version": 2, "status": "success", "eval": {"task": "capitals", "model": "m"}, "plan": {}, "results": {"total_samples": 2},
  "samples": [)" +
         samples + R"(], "reductions": null})";
}

ReadTable log_table(const std::string& text) { return read_all(*read_inspect_log(text, "a.json")); }

TEST(InspectLog, GivesARowPerSampleAndEpochWithItsScores) {
  const ReadTable table = log_table(log_with(R"(
    {"id": 1, "epoch": 1, "input": "Capital of France, \"[{\"?", "target": "Paris",
     "scores": {"match": {"value": "C", "answer": "Paris", "explanation": "it is, {", "metadata": null}, "length": {"value": 5}},
     "metadata": {"region": "Europe", "tags": ["a", "b"]}},
    {"id": "two", "epoch": 2, "target": ["Lima"],
     "scores": {"match": {"value": "P", "answer": null}, "length": {"value": NaN}, "parts": {"value": {"north": 0.25, "south": null}}}})"));
  EXPECT_TRUE(are(table.columns, {"id", "epoch", "target", "match", "answer", "length", "metadata.region", "parts.north"}));
  EXPECT_TRUE(are(table.rows, {Strings{"1", "1", "Paris", "1", "Paris", "5", "Europe", "(null)"},
                               Strings{"two", "2", "Lima", "0.5", "(null)", "(null)", "(null)", "0.25"}}));
  EXPECT_TRUE(are(table.lines, {1, 2}));
}

TEST(InspectLog, TakesValuesForNumbersAsTheLogsOwnMetricsDo) {
  const ReadTable table = log_table(log_with(R"({"id": 1, "scores": {"s": {"value": "I"}}}, {"id": 2, "scores": {"s": {"value": "N"}}},
    {"id": 3, "scores": {"s": {"value": true}}}, {"id": 4, "scores": {"s": {"value": 0.5}}}, {"id": 5, "scores": {"s": {"value": "odd"}}},
    {"id": 6, "scores": {}}, {"id": 7, "error": {"message": "it broke"}})"));
  Strings scores;
  for (const auto& row : table.rows) scores.push_back(row.at(1));
  EXPECT_TRUE(are(scores, {"0", "0", "1", "0.5", "odd", "(null)", "(null)"}));
}

TEST(InspectLog, CountsSamplesThatAreNoneAsBadRows) {
  const ReadTable table = log_table(log_with(R"({"id": 1, "scores": {"s": {"value": 1}}}, 7, {"epoch": 1})"));
  EXPECT_EQ(table.rows.size(), 1u);
  ASSERT_EQ(table.bad.size(), 2u);
  EXPECT_EQ(table.bad[0].line, 2u);
  EXPECT_TRUE(has(table.bad[0].reason, "not a JSON object"));
  EXPECT_EQ(table.bad[1].reason, "the sample has no id");
}

TEST(InspectLog, SaysWhatIsWrongWithWhatIsNoLog) {
  const auto said = [](const std::string& text) -> std::string {
    return error_of([&] { read_inspect_log(text, "a.json"); }).value().what();
  };
  EXPECT_TRUE(has(said("{\"eval\": "), "'a.json' is not a log of inspect_ai: as JSON, a value is missing"));
  EXPECT_TRUE(has(said("[1, 2]"), "'a.json' is not a log of inspect_ai: as JSON, the line is not a JSON object"));
  EXPECT_TRUE(has(said("{\"rows\": []}"), "it has no object 'eval'"));
  EXPECT_TRUE(has(said(R"({"eval": {}, "results": {}})"), "has no samples; `inspect log convert --to json`"));
  EXPECT_TRUE(has(said(log_with("")), "has no samples"));
}

TEST(InspectLog, ReadsManySamplesInBatches) {
  std::string samples;
  for (int sample = 0; sample < 3000; ++sample)
    samples += (sample ? "," : "") + std::string("{\"id\": ") + std::to_string(sample) + ", \"scores\": {\"s\": {\"value\": \"C\"}}}";
  EXPECT_EQ(log_table(log_with(samples)).rows.size(), 3000u);
}

}  // namespace
}  // namespace hone
