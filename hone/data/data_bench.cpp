#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <benchmark/benchmark.h>

#include <string>

#include "hone/core/random.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

constexpr int kRows = 100'000;

std::string words(RandomStream& random, std::uint64_t count) {
  std::string text;
  for (std::uint64_t word = 0; word < count; ++word) {
    for (std::uint64_t letter = 2 + random.below(8); letter > 0; --letter) text += static_cast<char>('a' + random.below(26));
    text += word + 1 < count ? " " : "";
  }
  return text;
}

// An id, a text of 5 to 40 words, a class. With quotes, every text is quoted and has a comma and a quote in it.
std::string csv(bool quoted) {
  RandomStream random(1, "bench.csv");
  std::string text = "id,text,label\n";
  for (int row = 0; row < kRows; ++row) {
    const std::string body = words(random, 5 + random.below(36));
    text += std::to_string(row) + "," + (quoted ? "\"" + body + ", \"\"so\"\"\"" : body) + ",class_" + std::to_string(row % 77) + "\n";
  }
  return text;
}

std::string jsonl() {
  RandomStream random(1, "bench.jsonl");
  std::string text;
  for (int row = 0; row < kRows; ++row)
    text += "{\"id\": " + std::to_string(row) + ", \"text\": \"" + words(random, 5 + random.below(36)) + "\", \"label\": \"class_" +
            std::to_string(row % 77) + "\"}\n";
  return text;
}

TextWindow window_over(const std::string& text) {
  return {std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text)), Packing::kNone, "utf-8", "bench"};
}

template <typename Open>
void measure(benchmark::State& state, const std::string& text, const Open& open) {
  for (auto _ : state) {
    std::size_t rows = 0;
    const auto reader = open(text);
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) rows += batch.lines.size();
    if (rows != kRows) state.SkipWithError("rows are missing");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kRows);
}

const auto open_csv = [](const std::string& text) { return make_csv_reader(window_over(text), ','); };

void read_plain_csv(benchmark::State& state) { measure(state, csv(false), open_csv); }
void read_quoted_csv(benchmark::State& state) { measure(state, csv(true), open_csv); }

// Both readings: the one that finds the types and the one that gives the rows.
void read_jsonl(benchmark::State& state) {
  measure(state, jsonl(), [](const std::string& text) { return make_jsonl_reader(window_over(text), scan_jsonl(window_over(text))); });
}

BENCHMARK(read_plain_csv);
BENCHMARK(read_quoted_csv);
BENCHMARK(read_jsonl);

}  // namespace
}  // namespace hone
