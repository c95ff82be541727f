// The first byte chooses the format, the rest is the file and, behind a byte 0x1E, one of gold: a vote table of any bytes is read, and then
// holds together, or it is refused with hone::Error.
#include <iterator>
#include <string>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/label_model/vote_table.h"

namespace {

void check(const hone::VoteTable& table) {
  const hone::VoteShape shape = table.votes.shape();
  hone::require(shape.examples == table.examples.size() && shape.sources == table.sources.size() && shape.classes == table.classes.size());
  hone::require(table.gold.empty() || table.gold.size() == table.examples.size());
  hone::require(table.split.empty() || table.split.size() == table.examples.size());
  for (const hone::ClassId gold : table.gold) hone::require(gold == hone::kNoClass || gold < table.classes.size());
  hone::require(table.led.empty() || table.led.size() == table.sources.size());
  hone::require(table.rejected.size() <= table.rejected_rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr const char* kNames[] = {"votes.csv", "votes.tsv", "votes.jsonl", "votes.parquet"};
  const std::size_t kind = data[0] % std::size(kNames);
  const std::string_view bytes = hone::bytes_of(data + 1, size - 1);
  const bool has_gold = kind < 3 && bytes.find('\x1E') != std::string_view::npos;
  hone::VoteTableOptions options{.gold = {}, .read = {}, .max_bad_rows = 1.0};
  if (has_gold) options.gold = hone::fuzz_file(std::string("gold-") + kNames[kind], bytes.substr(bytes.find('\x1E') + 1));
  const auto file = hone::fuzz_file(kNames[kind], has_gold ? bytes.substr(0, bytes.find('\x1E')) : bytes);
  try {
    check(hone::read_vote_table(file, options));
  } catch (const hone::Error&) {
  }
  return 0;
}
