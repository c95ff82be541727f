#include "hone/flow/benchmark_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/flow/benchmark_format_internal.h"
#include "hone/flow/prediction_file.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kRunFormat = "hone-benchmark-run/1", kExposureFormat = "hone-benchmark-exposure/1";

SafePath run_file(const Benchmark& benchmark, std::uint32_t version, const std::string& system) {
  return {benchmark.folder(), fmt::format("runs/{:04}/{}.jsonl", version, system)};
}

[[noreturn]] void refuse_run(const SafePath& file, std::uint64_t line, const std::string& why) {
  throw Error(ErrorCode::kCorruptData, "'" + file.path().string() + "':" + std::to_string(line) + ": " + why +
                                           "; this is no run as `hone benchmark run` writes it: remove the file and run the system again");
}

void take_header(BenchmarkRun& run, const Json& json) {
  if (json.at("format") != kRunFormat) throw Error(ErrorCode::kCorruptData, "the format is not " + std::string(kRunFormat));
  if (json.at("system") != run.system || json.at("version") != run.version)
    throw Error(ErrorCode::kCorruptData, "it is of another system or version than the file's name says");
  run.date = json.at("date");
  run.opened = json.at("opened");
}

void take_answer(BenchmarkRun& run, const Json& json, const Benchmark& benchmark) {
  const std::string id = json.at("id"), prediction = json.at("prediction");
  const auto place = benchmark.find_id(id);
  if (!place) throw Error(ErrorCode::kCorruptData, "'" + id.substr(0, 80) + "' is no item's id");
  if (run.said.of[*place] != kNoName) throw Error(ErrorCode::kCorruptData, "item " + id + " is answered a second time");
  if (prediction.empty()) throw Error(ErrorCode::kCorruptData, "the answer to item " + id + " is empty");
  run.set_answer(*place, prediction);
}

BenchmarkRun read_run(const Benchmark& benchmark, std::uint32_t version, const std::string& system) {
  const SafePath file = run_file(benchmark, version, system);
  const std::string text = file.read();
  BenchmarkRun run{.system = system, .version = version, .said = no_answers(benchmark)};
  std::uint64_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    ++line;
    try {
      const Json json = Json::parse(std::string_view(text).substr(begin, end - begin));
      line == 1 ? take_header(run, json) : take_answer(run, json, benchmark);
    } catch (const nlohmann::json::exception& error) {
      refuse_run(file, line, error.what());
    } catch (const Error& error) {
      refuse_run(file, line, error.what());
    }
    begin = end + 1;
  }
  if (line == 0) refuse_run(file, 1, "the file is empty");
  return run;
}

Json exposure_json(const Exposure& exposure) {
  Json json{{"time", exposure.time}, {"system", exposure.system}, {"version", exposure.version}, {"opened", exposure.opened}};
  if (exposure.opened) json["reason"] = exposure.reason;
  if (exposure.event) json["event"] = *exposure.event;
  return json;
}

Exposure exposure_of(const Json& json) {
  Exposure exposure{.time = json.at("time"),
                    .system = json.at("system"),
                    .version = static_cast<std::uint32_t>(whole_number(json, "version", UINT32_MAX)),
                    .opened = json.at("opened")};
  exposure.reason = json.value("reason", "");
  if (json.contains("event")) exposure.event = whole_number(json, "event", UINT64_MAX);
  return exposure;
}

}  // namespace

NameColumn no_answers(const Benchmark& benchmark) {
  return {.names = {}, .of = std::vector<std::uint32_t>(benchmark.items().size(), kNoName)};
}

std::string_view BenchmarkRun::answer(std::uint32_t place) const {
  return said.of[place] == kNoName ? std::string_view() : said.names.name(said.of[place]);
}

std::vector<std::int8_t> BenchmarkRun::right(const Benchmark& benchmark) const {
  std::vector<std::int8_t> right(benchmark.items().size(), kNotMeasured);
  AnswerReader read;
  for (const std::uint32_t place : benchmark.members(version)) {
    const BenchmarkItem& item = benchmark.items()[place];
    if (opened || !item.sealed) right[place] = said.of[place] != kNoName && answer(place) == read(item.gold);
  }
  return right;
}

std::optional<BenchmarkRun> find_run(const Benchmark& benchmark, std::uint32_t version, const std::string& system) {
  check_plain_name(system, "a system", "base-2026-01");
  if (!run_file(benchmark, version, system).is_file()) return std::nullopt;
  return read_run(benchmark, version, system);
}

std::vector<BenchmarkRun> read_runs(const Benchmark& benchmark, std::uint32_t version) {
  std::vector<std::string> systems;
  std::error_code error;
  const std::filesystem::path folder = benchmark.folder() / "runs" / fmt::format("{:04}", version);
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (const std::filesystem::path& path = entry->path(); path.extension() == ".jsonl" && !path.stem().string().starts_with('.'))
      systems.push_back(path.stem().string());
  std::ranges::sort(systems);
  std::vector<BenchmarkRun> runs;
  for (const std::string& system : systems) runs.push_back(read_run(benchmark, version, system));
  return runs;
}

std::vector<BenchmarkRun> read_runs(const Benchmark& benchmark) {
  std::vector<BenchmarkRun> all;
  for (std::uint32_t version = 1; version <= benchmark.newest(); ++version)
    for (BenchmarkRun& run : read_runs(benchmark, version)) all.push_back(std::move(run));
  return all;
}

void write_run(const Benchmark& benchmark, const BenchmarkRun& run) {
  check_plain_name(run.system, "a system", "base-2026-01");
  const SafePath file = run_file(benchmark, run.version, run.system);
  std::string text =
      Json{{"format", kRunFormat}, {"system", run.system}, {"version", run.version}, {"date", run.date}, {"opened", run.opened}}.dump() +
      "\n";
  for (std::uint32_t place = 0; place < run.said.of.size(); ++place)
    if (run.said.of[place] != kNoName) text += Json{{"id", benchmark.items()[place].id}, {"prediction", run.answer(place)}}.dump() + "\n";
  make_folder(file.path().parent_path());
  write_file_atomically(file.path(), text);
}

std::vector<Exposure> read_exposures(const Benchmark& benchmark) {
  const SafePath file(benchmark.folder(), "exposure.json");
  std::vector<Exposure> exposures;
  if (!file.is_file()) return exposures;
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::kCorruptData, "'" + file.path().string() + "' does not say how often items were exposed: " + why +
                                             "; bring the file back as it was (git has it)");
  };
  try {
    const Json json = Json::parse(file.read());
    if (json.at("format") != kExposureFormat) throw Error(ErrorCode::kCorruptData, "the format is not " + std::string(kExposureFormat));
    for (const Json& each : json.at("exposures")) exposures.push_back(exposure_of(each));
  } catch (const nlohmann::json::exception& error) {
    refuse(error.what());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCorruptData) throw;
    refuse(error.what());
  }
  return exposures;
}

void add_exposure(const Benchmark& benchmark, const Exposure& exposure) {
  Json all = Json::array();
  for (const Exposure& before : read_exposures(benchmark)) all.push_back(exposure_json(before));
  all.push_back(exposure_json(exposure));
  write_file_atomically(SafePath(benchmark.folder(), "exposure.json").path(),
                        Json{{"format", kExposureFormat}, {"exposures", all}}.dump(2) + "\n");
}

std::vector<std::uint32_t> exposure_counts(const Benchmark& benchmark, std::span<const Exposure> exposures) {
  std::vector<std::uint32_t> open(benchmark.newest() + 1), sealed(benchmark.newest() + 1);  // By version.
  for (const Exposure& exposure : exposures) {
    if (exposure.version > benchmark.newest()) continue;
    ++open[exposure.version];
    sealed[exposure.version] += exposure.opened;
  }
  std::vector<std::uint32_t> counts(benchmark.items().size());
  for (std::uint32_t version = 1; version <= benchmark.newest(); ++version)
    for (const std::uint32_t place : benchmark.members(version))
      counts[place] += (benchmark.items()[place].sealed ? sealed : open)[version];
  return counts;
}

}  // namespace hone
