#include <arrow/record_batch.h>
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "hone/core/random.h"
#include "hone/data/near_duplicates.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"
#include "hone/data/text_sketch_internal.h"

namespace hone {
namespace {

using Texts = std::vector<std::string>;

constexpr std::uint64_t kTextBytes = 8 << 20;

// Words of 2 to 9 letters, so many a text.
Texts generated(std::uint64_t words) {
  RandomStream random(1, "bench.near-duplicates");
  Texts texts;
  for (std::uint64_t bytes = 0; bytes < kTextBytes; bytes += texts.back().size()) {
    texts.emplace_back();
    for (std::uint64_t word = 0; word < words; ++word) {
      if (word > 0) texts.back() += ' ';
      for (std::uint64_t letter = 2 + random.below(8); letter > 0; --letter) texts.back() += static_cast<char>('a' + random.below(26));
    }
  }
  return texts;
}

Texts column(const char* file, const char* name) {
  Texts texts;
  const char* folder = std::getenv("HONE_TEST_DATA");
  if (!folder) return texts;
  const auto reader = open_table(std::filesystem::path(folder) / file, {});
  for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) {
    const TextColumn values(*batch.rows->GetColumnByName(name));
    for (std::int64_t row = 0; row < batch.rows->num_rows(); ++row)
      if (const auto text = values.at(row); text && !text->empty()) texts.emplace_back(*text);
  }
  return texts;
}

// The same with an accent in every word and in Greek, which take the path of texts that are not ASCII.
Texts accented(Texts texts, std::string_view letter) {
  for (std::string& text : texts)
    for (std::size_t place = text.find('e'); place != std::string::npos; place = text.find('e', place + letter.size()))
      text.replace(place, 1, letter);
  return texts;
}

void measure(benchmark::State& state, const Texts& texts) {
  if (texts.empty()) return state.SkipWithError("HONE_TEST_DATA is not set");
  const Banding banding = banding_for(0.9);
  TextSketcher sketcher(banding);
  std::vector<std::uint32_t> keys(banding.bands);
  std::uint64_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  for (auto _ : state)
    for (const std::string& text : texts) benchmark::DoNotOptimize(sketcher.sketch(text, keys));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * texts.size()));
}

void sketch_generated(benchmark::State& state) { measure(state, generated(static_cast<std::uint64_t>(state.range(0)))); }
void sketch_accented(benchmark::State& state) { measure(state, accented(generated(100), "é")); }
void sketch_composed(benchmark::State& state) { measure(state, accented(generated(100), "e\u0301")); }
void sketch_complaints(benchmark::State& state) {
  measure(state, column("cfpb_complaints/complaints_sample.csv", "Consumer complaint narrative"));
}
void sketch_messages(benchmark::State& state) { measure(state, column("banking77/train.csv", "text")); }

BENCHMARK(sketch_generated)->Arg(5)->Arg(30)->Arg(200)->Arg(3000);
BENCHMARK(sketch_accented);
BENCHMARK(sketch_composed);
BENCHMARK(sketch_complaints);
BENCHMARK(sketch_messages);

}  // namespace
}  // namespace hone
