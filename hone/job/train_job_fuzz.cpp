// Whatever the bytes: a job that is written as it was read, or an Error.

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/json.h"
#include "hone/job/train_job.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = nlohmann::json::parse(hone::bytes_of(data, size), nullptr, false);
  if (json.is_discarded()) return 0;
  try {
    const auto job = json.get<hone::TrainJob>();
    const nlohmann::json written = job;
    hone::require(nlohmann::json(written.get<hone::TrainJob>()) == written);
  } catch (const hone::Error&) {
  }
  return 0;
}
