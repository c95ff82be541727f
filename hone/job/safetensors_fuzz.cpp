// Any bytes either are a sound file, whose tensors then tile the data, or are refused with Error.
#include <cstdlib>

#include "hone/core/error.h"
#include "hone/job/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const hone::SafetensorsHeader header = hone::parse_safetensors(bytes, size, "fuzz");
    std::uint64_t end = header.data_begin;
    for (const hone::TensorPlace& tensor : header.tensors) end += tensor.end - tensor.begin;
    if (end != size) std::abort();
  } catch (const hone::Error&) {
  }
  return 0;
}
