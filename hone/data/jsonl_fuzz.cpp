#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/data/json_row_internal.h"
#include "hone/data/readers_internal.h"

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

hone::TextWindow window_over(const std::string& text) {
  return {std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(text)), hone::Packing::kNone, "utf-8", "fuzz.jsonl"};
}

}  // namespace

// Whatever the bytes: rows that are valid, or counted as bad. What is taken as a row is JSON for a library too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (is_row(text) && !nlohmann::json::parse(text, nullptr, false).is_object()) std::abort();
  try {
    const auto reader = hone::make_jsonl_reader(window_over(text), hone::text_for_null(*hone::scan_jsonl(window_over(text))));
    for (hone::TableBatch batch = reader->next(); batch.rows; batch = reader->next())
      if (!batch.rows->ValidateFull().ok()) std::abort();
  } catch (const hone::Error&) {
  }
  return 0;
}
