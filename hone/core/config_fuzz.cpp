#include <cstddef>
#include <cstdint>

#include "hone/core/config.h"
#include "hone/core/json.h"

// Whatever the bytes: a tree that can be read and written out, or an Error; never a crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const hone::ConfigNode root = hone::ConfigNode::parse_yaml({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
    root.to_json().dump();
    root.to_json_as_written().dump();
    root.allow_keys({"data", "task"});
  } catch (const hone::Error&) {
  }
  return 0;
}
