// Any bytes are refused as a log, or give sound batches; a row for each sample that is not counted as bad.
#include "hone/core/fuzz_testing.h"
#include "hone/data/inspect_log.h"
#include "hone/data/reading_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(hone::bytes_of(data, size));
  const hone::Reading reading = hone::reading_of([&] { return hone::read_inspect_log(text, "log.json"); });
  if (reading.rows) hone::require(static_cast<std::size_t>(reading.rows->num_rows()) == reading.lines.size());
  return 0;
}
