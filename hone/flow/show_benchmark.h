#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hone/flow/benchmark.h"

namespace hone {

struct ShowBenchmarkOptions {
  std::uint32_t version = 0;  // 0: the newest.
  bool items = false;         // Every item of it, too.
};

/// What there is to know of a benchmark, as plain data (docs/json.md: benchmark show). Contents and gold of items are not told.
nlohmann::json show_benchmark(const Benchmark& benchmark, const ShowBenchmarkOptions& options);

}  // namespace hone
