// 100,000 terms looked for in the complaints of cfpb_complaints: half of the terms are names that no text holds, half are phrases of two to
// four words of these texts, of which a third stand there as they are. HONE_TEST_DATA names the folder that holds cfpb_complaints/.
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "hone/core/random.h"
#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"
#include "hone/data/table_reader.h"
#include "hone/vote/dictionary.h"

namespace hone {
namespace {

constexpr std::size_t kTerms = 100'000;

std::vector<std::string> complaints(const std::filesystem::path& folder) {
  std::vector<std::string> texts;
  const auto table = open_table(folder / "cfpb_complaints" / "complaints_sample.csv", {});
  for (TableBatch batch = table->next(); batch.rows; batch = table->next()) {
    const auto& column = static_cast<const arrow::StringArray&>(*batch.rows->GetColumnByName("Consumer complaint narrative"));
    for (std::int64_t row = 0; row < column.length(); ++row)
      if (!column.IsNull(row) && column.GetView(row).size() > 0) texts.emplace_back(column.GetView(row));
  }
  return texts;
}

std::string name(RandomStream& random) {
  constexpr std::string_view kLetters = "aeiourstlnmcdpbghkvw";
  std::string made;
  for (std::uint64_t letters = 5 + random.below(8); letters > 0; --letters) made += kLetters[random.below(kLetters.size())];
  return made;
}

std::string phrase(const std::vector<std::string>& words, RandomStream& random) {
  const bool is_run = random.below(3) == 0;
  const std::uint64_t begin = random.below(words.size() - 4);
  std::string made;
  for (std::uint64_t word = 0; word < 2 + random.below(3); ++word)
    made += (made.empty() ? "" : " ") + words[is_run ? begin + word : random.below(words.size())];
  return made;
}

std::string terms(const std::vector<std::string>& texts) {
  std::vector<std::string> words;
  for (const std::string& text : texts) for_each_word(text, [&](std::string_view word) { words.push_back(fold_case(word)); });
  RandomStream random(1, "terms");
  std::set<std::string> made;
  while (made.size() < kTerms / 2) made.insert(name(random));
  while (made.size() < kTerms) made.insert(phrase(words, random));
  std::string csv;
  for (const std::string& term : made) csv += '"' + term + "\",a\n";
  return csv;
}

// Argument: how many edits are forgiven.
void find_terms(benchmark::State& state) {
  const char* folder = std::getenv("HONE_TEST_DATA");
  if (!folder) {
    state.SkipWithError("HONE_TEST_DATA is not set");
    return;
  }
  const std::vector<std::string> texts = complaints(folder);
  const auto spelling = state.range(0) == 0 ? Dictionary::Spelling::kExact : Dictionary::Spelling::kOneEdit;
  const DictionaryMatcher matcher(std::make_shared<Dictionary>(read_dictionary(terms(texts), "terms.csv", {{"a", 0}}, spelling)));
  DictionaryMatcher::Room room;
  std::size_t bytes = 0, matches = 0;
  for (const std::string& text : texts) bytes += text.size();
  for ([[maybe_unused]] const auto& _ : state) {
    matches = 0;
    for (const std::string& text : texts) matches += matcher.find(text, room).size();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["matches"] = static_cast<double>(matches);
}

BENCHMARK(find_terms)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hone
