// The first byte chooses gzip or zstd and the encoding. Whatever follows: a text that unpacks, or an Error.
#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/unicode.h"
#include "hone/data/text_window_internal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::size_t kEnough = 64 << 20;  // Bombs have their own test.
  constexpr std::size_t kBlock = 1 << 12;
  constexpr const char* kEncodings[] = {"utf-8", "windows-1252", "latin-1", "utf-16"};
  const std::string packed(hone::bytes_of(data + 1, size - 1));
  try {
    auto stream = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(packed));
    const char* encoding = kEncodings[data[0] >> 1 & 3];
    hone::TextWindow window(std::move(stream), data[0] & 1 ? hone::Packing::kGzip : hone::Packing::kZstd, encoding, "fuzz", kBlock);
    for (std::size_t unpacked = 0; unpacked < kEnough && window.grow();) {
      if (std::string_view(encoding) != "utf-8") hone::require(hone::is_valid_utf8(window.text()));
      unpacked += window.text().size();
      window.drop(window.text().size());
    }
  } catch (const hone::Error&) {
  }
  return 0;
}
