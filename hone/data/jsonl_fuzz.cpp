// The first byte chooses the size of the windows. Whatever follows: rows that are valid, or counted as bad, the same for windows of any
// size. What is taken as a row is JSON for a library too.
#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include <cstdint>
#include <string>

#include "hone/core/fuzz_testing.h"
#include "hone/core/json.h"
#include "hone/data/json_row_internal.h"
#include "hone/data/reading_testing.h"

namespace {

bool is_row(const std::string& line) {
  hone::JsonRow row;
  try {
    row.parse(line);
    return true;
  } catch (const hone::BadJson&) {
    return false;
  }
}

hone::TextWindow window_over(const std::string& text, std::size_t block) {
  auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text));
  return {std::move(stream), hone::Packing::kNone, "utf-8", "fuzz.jsonl", block};
}

hone::Reading reading_of(const std::string& text, std::size_t block) {
  return hone::reading_of(
      [&] { return hone::make_jsonl_reader(window_over(text, block), hone::text_for_null(*hone::scan_jsonl(window_over(text, block)))); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(hone::bytes_of(data + 1, size - 1));
  if (is_row(text)) hone::require(nlohmann::json::parse(text, nullptr, false).is_object());
  hone::require(hone::is_same(reading_of(text, text.size()), reading_of(text, data[0])));
  return 0;
}
