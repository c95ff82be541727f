#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "verify/findings.h"
#include "verify/rules.h"

namespace hone::verify {

struct Options {
  std::filesystem::path ledger;
  std::vector<std::string> vkeys;
  std::filesystem::path policy;
  std::vector<std::filesystem::path> trusted;
  std::vector<std::filesystem::path> proofs;
  std::filesystem::path objects, payload, witness;
  bool all_signatures = false;
  bool json = false;
  unsigned threads = 0;  ///< 0: as many as the machine has, 4 at most.
};

/// A size that others had seen at a time.
struct Anchor {
  std::uint64_t size = 0;
  std::string time;
  std::string by;  ///< The file.
};

struct Outcome {
  std::string origin;
  std::uint64_t size = 0;
  std::optional<Hash> root;
  std::optional<Anchor> anchored;  ///< The largest one.
  std::vector<Anchor> anchors;     ///< By size.
  std::uint64_t objects_named = 0, objects_there = 0, commitments_named = 0, commitments_held = 0, erased = 0, doubtful = 0;
  std::uint64_t unknown_kinds = 0, unknown_keys = 0;
  LogFacts log;
  Verdicts verdicts;
  std::vector<std::string> notes;
  std::string cosignature;  ///< Of --witness: the line to add to the checkpoint.
  std::string witness_key;

  int status() const { return verdicts.wrong.count() > 0 ? 1 : verdicts.unchecked.count() > 0 ? 4 : 0; }
};

/// Checks a ledger in the order of docs/verify.md. Throws Unreadable when a file cannot be read, and Malformed for a key in `options` that
/// is none.
Outcome verify(const Options& options);

}  // namespace hone::verify
