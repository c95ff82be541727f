// Any bytes as a list of objects: it is taken or refused the same way whatever the pieces it comes in, and what is taken holds as many refs
// as it has names.
#include <string>
#include <vector>

#include "verify/fuzz_testing.h"
#include "verify/refs_list.h"

namespace {

using namespace hone::verify;

struct Reading {
  std::string wrong;
  std::uint64_t offset = 0;
  std::vector<Hash> hashes;
  bool operator==(const Reading&) const = default;
};

Reading read_in_pieces(std::string_view text, std::size_t piece) {
  Reading reading;
  RefsReader reader([&](const ListedRef& ref) { reading.hashes.push_back(ref.hash); });
  try {
    for (std::size_t at = 0; at < text.size(); at += piece) reader.add(text.substr(at, piece));
    reader.end();
  } catch (const Malformed& malformed) {
    reading.wrong = malformed.what();
  }
  reading.offset = reader.offset();
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hone::verify::text_of(data, size);
  const Reading whole = read_in_pieces(text, size + 1);
  require(whole.offset <= size);
  require(read_in_pieces(text, 7) == whole);
  std::size_t names = 0;
  for (std::size_t at = text.find(R"({"name":")"); at != std::string_view::npos; at = text.find(R"({"name":")", at + 1)) ++names;
  require(!whole.wrong.empty() || whole.hashes.size() <= names);
  return 0;
}
