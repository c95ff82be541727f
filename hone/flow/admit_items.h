#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "hone/flow/benchmark.h"
#include "hone/flow/candidate_items.h"
#include "hone/flow/workspace.h"

namespace hone {

/// What a new version is judged and dated by.
struct AdmitOptions {
  std::vector<std::filesystem::path> own = {};   // Rows that we train on, beside the project's train rows: synthetic ones, say.
  std::string baseline = {};                     // "label-model" or "majority", of the project's rows; or a file of predictions.
  double sure = 0.95;                            // A baseline that is right and has such a probability, or none, finds the item trivial.
  std::string answerable = {}, difficulty = {};  // CandidateFields.
  std::string date = {};                         // Empty: today, in UTC.
  int threads = 0;

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// The newest date that there is, as items are dated.
std::string date_or_today(const std::string& date);

/// Candidates judged: which may come, and what is said of the others.
struct GatedItems {
  std::vector<std::uint32_t> admitted;  // Places among the candidates.
  nlohmann::json json;                  // docs/json.md: benchmark create.
};

/// `workspace` may be null: there is no project, and only files of own rows are looked at.
GatedItems gate_items(const Benchmark& benchmark, Workspace* workspace, const CandidateItems& candidates, const AdmitOptions& options);

/// Version 1 of a new benchmark in `root`/benchmarks, of the items of a file that pass the gate; and what was refused, with file, line and
/// reason. Where none passes there is no version (null) and no benchmark.
nlohmann::json create_benchmark(const std::filesystem::path& root, const std::string& name, const BenchmarkFields& fields,
                                const BenchmarkRules& rules, const std::filesystem::path& items, Workspace* workspace,
                                const AdmitOptions& options);

/// A version more: what was there, and what passes the gate.
nlohmann::json admit_items(const std::filesystem::path& root, const std::string& name, const std::filesystem::path& items,
                           Workspace* workspace, const AdmitOptions& options);

/// A version without these items. Throws kNotFound for a name that is no item's, kInvalidArgument for one that is out already.
nlohmann::json retire_items(const std::filesystem::path& root, const std::string& name, const std::vector<std::string>& items,
                            const std::string& reason, const std::string& date);

/// {"version", "date", "digest", "items"} of a version.
nlohmann::json version_summary(const Benchmark& benchmark, std::uint32_t version);

}  // namespace hone
