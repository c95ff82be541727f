// Any bytes as a bundle's manifest. No name that is taken leads out of the bundle, and the lines put together again are the text.
#include <filesystem>
#include <string>

#include "verify/bundle.h"
#include "verify/bytes.h"
#include "verify/fuzz_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hone::verify;
  try {
    const std::string_view text = hone::verify::text_of(data, size);
    std::string again;
    for (const ManifestLine& line : parse_manifest(text)) {
      const std::filesystem::path path(line.file);
      require(path.is_relative() && path.lexically_normal() == path && *path.begin() != "..");
      again += line.hash + std::string(text.substr(again.size() + 64, 2)) + line.file + "\n";
    }
    require(again == text);
  } catch (const Malformed&) {
  }
  return 0;
}
