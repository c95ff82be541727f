// 100 keyword LFs and 100 regex LFs over 130,000 short texts: the messages of Banking77, ten times. HONE_TEST_DATA names the
// folder that holds banking77/.
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "hone/data/table_reader.h"
#include "hone/vote/condition_engine.h"

namespace hone {
namespace {

constexpr int kTimes = 10;

constexpr std::array<std::string_view, 60> kWords{
    "card",     "transfer", "top up",   "cash",     "pin",     "account",     "payment", "refund",      "exchange rate", "fee",
    "charge",   "atm",      "withdraw", "identity", "verify",  "passport",    "app",     "currency",    "balance",       "pending",
    "declined", "lost",     "stolen",   "freeze",   "virtual", "visa",        "google",  "apple pay",   "direct debit",  "cheque",
    "wrong",    "twice",    "delivery", "arrive",   "expired", "activate",    "country", "limit",       "salary",        "receive",
    "cancel",   "reverted", "merchant", "phone",    "address", "close",       "contact", "contactless", "statement",     "source",
    "age",      "children", "euro",     "pounds",   "dollar",  "beneficiary", "status",  "blocked",     "broken",        "unrecognised"};

std::string word(int number) { return std::string(kWords[static_cast<std::size_t>(number) % kWords.size()]); }

std::string keyword_lf(int number) {
  std::string words = word(number);
  const int others = number % 4 + number / static_cast<int>(kWords.size());  // No two are the same.
  for (int more = 1; more <= others; ++more) words += ", " + word(7 * number + 13 * more);
  return "{any: [" + words + "]}";
}

std::string regex_lf(int number) {
  const std::string a = word(number), b = word(3 * number + 5), c = word(11 * number + 2);
  const std::array<std::string, 8> forms{R"((?i)\b)" + a + R"(\b.*\b)" + b,
                                         "(?i)(" + a + "|" + b + R"()\s+(is|was|not|has))",
                                         "(?i)how (do|can|would) i .*" + a,
                                         R"(\b)" + a + R"((s|ed|ing)?\b)",
                                         "(?i)(" + a + "|" + b + "|" + c + R"()[^.?!]*\?$)",
                                         R"(\b\d{)" + std::to_string(1 + number % 5) + R"(,}\s?(gbp|usd|euro?s?|pounds|)" + a + ")",
                                         "(?i)(can't|cannot|unable to|won't) .*(" + a + "|" + c + ")",
                                         "(?i)^(what|why|when|where)[^?]*" + a + "[^?]*" + b};
  return "{match: '" + [&] {
    std::string escaped;
    for (const char byte : forms[static_cast<std::size_t>(number) % forms.size()]) escaped += byte == '\'' ? "''" : std::string(1, byte);
    return escaped;
  }() + "'}";
}

std::vector<Condition> lfs(int keywords, int regexes) {
  std::vector<Condition> conditions;
  for (int number = 0; number < keywords; ++number) conditions.push_back(parse_condition(ConfigNode::parse_yaml(keyword_lf(number), "lf")));
  for (int number = 0; number < regexes; ++number) conditions.push_back(parse_condition(ConfigNode::parse_yaml(regex_lf(number), "lf")));
  return conditions;
}

void append_texts(const std::filesystem::path& file, arrow::StringBuilder& builder) {
  const auto table = open_table(file, {});
  for (TableBatch batch = table->next(); batch.rows; batch = table->next()) {
    const auto& texts = static_cast<const arrow::StringArray&>(*batch.rows->GetColumnByName("text"));
    for (std::int64_t row = 0; row < texts.length(); ++row) (void)builder.Append(texts.GetView(row));
  }
}

std::shared_ptr<arrow::RecordBatch> messages(const std::filesystem::path& folder) {
  arrow::StringBuilder builder;
  for (int time = 0; time < kTimes; ++time)
    for (const char* file : {"train.csv", "test.csv"}) append_texts(folder / "banking77" / file, builder);
  const auto texts = builder.Finish().ValueOrDie();
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("text", arrow::utf8())}), texts->length(), {texts});
}

// Arguments: keyword LFs, regex LFs.
void evaluate(benchmark::State& state) {
  const char* folder = std::getenv("HONE_TEST_DATA");
  if (!folder) {
    state.SkipWithError("HONE_TEST_DATA is not set");
    return;
  }
  const auto batch = messages(folder);
  const std::vector<Condition> conditions = lfs(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  std::vector<const Condition*> pointers;
  for (const Condition& condition : conditions) pointers.push_back(&condition);
  const ConditionEngine engine(pointers, {.text = {"text"}});
  std::vector<std::vector<std::uint32_t>> hits;
  for ([[maybe_unused]] const auto& _ : state) engine.evaluate(*batch, hits);
  std::size_t votes = 0;
  for (const auto& rows : hits) votes += rows.size();
  state.SetItemsProcessed(state.iterations() * batch->num_rows());
  state.counters["votes"] = static_cast<double>(votes);
}

BENCHMARK(evaluate)->Args({100, 0})->Args({0, 100})->Args({100, 100})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hone
