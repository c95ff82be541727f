#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/name_table.h"
#include "hone/flow/benchmark.h"

namespace hone {

/// A system's answers on a version: what it said and what of it is right.
struct BenchmarkRun {
  std::string system;
  std::uint32_t version = 1;
  std::string date = {};
  bool opened = false;  // Sealed items are among them.
  NameColumn said;      // By place of an item; kNoName where there is no answer.

  /// Empty where there is no answer. Valid until the next one is given.
  std::string_view answer(std::uint32_t place) const;
  void set_answer(std::uint32_t place, std::string_view answer) { said.of[place] = said.names.of(answer); }

  /// Whether the version's items that it is measured on were answered right, 0 or 1, by place; kNotMeasured for all other items. One
  /// without an answer is wrong.
  static constexpr std::int8_t kNotMeasured = -1;
  std::vector<std::int8_t> right(const Benchmark& benchmark) const;
};

/// For a run without any answer yet.
NameColumn no_answers(const Benchmark& benchmark);

/// The runs on a version, in byte order of their systems' names. Throws kCorruptData with file and line. Memory: the answers that differ,
/// and four bytes an item and run.
std::vector<BenchmarkRun> read_runs(const Benchmark& benchmark, std::uint32_t version);
std::optional<BenchmarkRun> find_run(const Benchmark& benchmark, std::uint32_t version, const std::string& system);
/// Of all versions, the oldest first.
std::vector<BenchmarkRun> read_runs(const Benchmark& benchmark);

/// runs/VERSION/SYSTEM.jsonl, whole or not at all. Throws kInvalidArgument for a system's name that can be no file's.
void write_run(const Benchmark& benchmark, const BenchmarkRun& run);

/// Something that showed whether answers are right: a run, of all open items of a version, or of the sealed ones too.
struct Exposure {
  std::string time, system;
  std::uint32_t version = 1;
  bool opened = false;                      // Sealed items, too,
  std::string reason = {};                  // for this reason,
  std::optional<std::uint64_t> event = {};  // written down in the project's ledger as this event.
};

/// All of them, from exposure.json; none where that is not there.
std::vector<Exposure> read_exposures(const Benchmark& benchmark);
void add_exposure(const Benchmark& benchmark, const Exposure& exposure);

/// How often each item was exposed, by place.
std::vector<std::uint32_t> exposure_counts(const Benchmark& benchmark, std::span<const Exposure> exposures);

}  // namespace hone
