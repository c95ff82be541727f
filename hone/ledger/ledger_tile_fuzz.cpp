// Whatever the bytes: a tile's path is the only one of its tile; and framed entries, framed again, are the bytes.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/ledger/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = hone::bytes_of(data, size);
  if (const auto tile = hone::TileName::parse(bytes)) {
    hone::require(tile->path() == bytes && tile->width >= 1 && tile->width <= hone::TileName::kFull);
    hone::tile_width(*tile, 1'000'000);
  }
  try {
    std::string again;
    for (const std::string_view entry : hone::framed_entries(bytes)) hone::append_framed(again, entry);
    hone::require(again == bytes);
  } catch (const hone::Error&) {
  }
  return 0;
}
