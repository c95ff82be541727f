// Whatever the bytes: what is read as a list of objects is written again as the same bytes.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/ledger/refs_object.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hone::bytes_of(data, size);
  try {
    hone::require(hone::refs_text(hone::parse_refs(text)) == text);
  } catch (const hone::Error& error) {
    hone::require(error.code() == hone::ErrorCode::kCorruptData);
  }
  return 0;
}
