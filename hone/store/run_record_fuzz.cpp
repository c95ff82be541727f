// Whatever the bytes: a run record that is written as it was read, or an Error; and a store that holds them gives that record or none.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/store/run_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string key(64, 'a');
  static hone::RunStore store(hone::fuzz_folder());
  hone::fuzz_file(key + ".json", hone::bytes_of(data, size));
  const auto found = store.find(key);
  if (found) hone::require(found->key == key);
  const auto json = nlohmann::json::parse(hone::bytes_of(data, size), nullptr, false);
  if (json.is_discarded()) return 0;
  try {
    const nlohmann::json written = json.get<hone::RunRecord>();
    hone::require(nlohmann::json(written.get<hone::RunRecord>()) == written);
  } catch (const hone::Error&) {
    hone::require(!found);
  }
  return 0;
}
