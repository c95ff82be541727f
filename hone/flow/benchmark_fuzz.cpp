// Whatever stands in the files of a benchmark: it is read and shown as something that holds together, or refused with hone::Error. The
// input is its files, parted by the byte 0x1E; the first byte of each says which one it is. Hashes are made to fit, unless the first byte
// of all says otherwise: what lies behind them is reached by nobody else who changes a file.
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/flow/benchmark_runs.h"
#include "hone/flow/show_benchmark.h"

namespace {

using Json = nlohmann::json;

constexpr const char* kBenchmark = "b";

std::filesystem::path benchmark_folder() { return hone::fuzz_folder() / "benchmarks" / kBenchmark; }

// "m": the manifest; "e": exposures; "1" to "9": items of that version; "A" to "Z" and "a" to "d": a system's run on version 1 or 2.
std::string name_of(char kind) {
  if (kind == 'e') return "exposure.json";
  if (kind >= '1' && kind <= '9') return fmt::format("items/000{}.jsonl", kind);
  if (kind >= 'A' && kind <= 'Z') return fmt::format("runs/0001/{}.jsonl", kind);
  if (kind >= 'a' && kind <= 'd') return fmt::format("runs/0002/{}.jsonl", kind);
  return "benchmark.json";
}

void write(const std::string& name, std::string_view bytes) {
  std::filesystem::create_directories((benchmark_folder() / name).parent_path());
  hone::fuzz_file("benchmarks/" + std::string(kBenchmark) + "/" + name, bytes);
}

// Puts into the manifest what the files of its versions hash to.
std::string with_hashes(std::string_view manifest) {
  Json json = Json::parse(manifest, nullptr, false);
  if (!json.is_object() || !json.contains("versions") || !json["versions"].is_array()) return std::string(manifest);
  std::string digest;
  for (Json& version : json["versions"]) {
    if (!version.is_object() || !version.contains("file") || !version["file"].is_string()) continue;
    try {
      const std::string text = hone::SafePath(benchmark_folder(), version["file"].get<std::string>()).read();
      version["sha256"] = hone::sha256_hex(text);
      digest = hone::Sha256().update_sized("hone/benchmark/v1").update_sized(digest).update_sized(hone::sha256_hex(text)).hex();
      version["digest"] = digest;
    } catch (const hone::Error&) {
    }
  }
  return json.dump();
}

void write_all(std::string_view input) {
  std::filesystem::remove_all(benchmark_folder());
  std::string manifest;
  for (const std::string_view record : hone::records_of(input)) {
    if (record.empty()) continue;
    const std::string name = name_of(record.front());
    if (name == "benchmark.json")
      manifest = record.substr(1);
    else
      write(name, record.substr(1));
  }
  write("benchmark.json", input.starts_with('=') ? manifest : with_hashes(manifest));
}

void check(const hone::Benchmark& benchmark) {
  const std::size_t items = benchmark.items().size();
  for (std::uint32_t place = 0; place < items; ++place) {
    const hone::BenchmarkItem& item = benchmark.items()[place];
    hone::require(benchmark.find_id(item.id) == place && benchmark.find(item.id) == place);
    hone::require(item.since >= 1 && item.since <= benchmark.newest() && item.until <= benchmark.newest());
    if (!item.key.empty()) hone::require(benchmark.items()[benchmark.item_named(item.key)].key == item.key || benchmark.find_id(item.key));
  }
  for (const hone::BenchmarkRun& run : hone::read_runs(benchmark)) hone::require(run.right(benchmark).size() == items);
  const Json shown = hone::show_benchmark(benchmark, {.items = true});
  hone::require(shown.at("items").size() == benchmark.members(benchmark.newest()).size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  write_all(hone::bytes_of(data, size));
  try {
    check(hone::Benchmark::open(hone::fuzz_folder(), kBenchmark, 1));
  } catch (const hone::Error&) {
  }
  return 0;
}
