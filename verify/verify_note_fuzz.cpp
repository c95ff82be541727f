// Any bytes as a signed checkpoint, a key and a policy. A checkpoint that is taken is its parts put together again: no two texts say the
// same.
#include <string>

#include "verify/fuzz_testing.h"
#include "verify/note.h"

namespace {

using namespace hone::verify;

template <class F>
void unless_malformed(F f) {
  try {
    f();
  } catch (const Malformed&) {
  }
}

const Policy& policy() {
  static const Policy known = Policy::parse(
      "log hone.test/ledger+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n"
      "witness w hone.test/witness+806499d6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X\ngroup g 1 w\nquorum g\n");
  return known;
}

std::string together(const Checkpoint& checkpoint) {
  std::string text =
      checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + base64(hone::verify::text_of(checkpoint.root)) + "\n\n";
  for (const Signature& signature : checkpoint.signatures)
    text += "\xE2\x80\x94 " + signature.name + " " + base64(signature.id + signature.bytes) + "\n";
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hone::verify::text_of(data, size);
  unless_malformed([&] {
    const Checkpoint checkpoint = parse_checkpoint(text);
    require(together(checkpoint) == text);
    require(checkpoint.signatures.size() <= 16);
    signed_with(checkpoint, policy().logs()[0]);
    policy().witnessed_at(checkpoint);
  });
  unless_malformed([&] {
    const VerifierKey key = parse_vkey(text);
    require(key.text == text && key.key.size() == 32);
  });
  unless_malformed([&] { Policy::parse(text).witnessed_at(Checkpoint()); });
  return 0;
}
