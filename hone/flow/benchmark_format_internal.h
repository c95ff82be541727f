#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "hone/flow/benchmark.h"

namespace hone {

// What stands in benchmark.json and in the lines of a version's file (docs/benchmarks.md). What is read may be anything: all of these throw
// kCorruptData, saying what is wrong but not where.

struct BenchmarkManifest {
  BenchmarkFields fields;
  BenchmarkRules rules;
  std::vector<BenchmarkVersion> versions;  // One or more, the first of number 1, the next of 2, and so on.
};
BenchmarkManifest parse_manifest(const std::string& text);
std::string manifest_text(const BenchmarkManifest& manifest);

/// An item that came, or one that went.
struct VersionLine {
  BenchmarkItem item;  // Of one that went, `id` and `retired` alone.
  bool came = true;
};
/// Checks that the item's id is that of its content and gold.
VersionLine parse_version_line(std::string_view line, const BenchmarkFields& fields);
std::string item_line(const BenchmarkItem& item, const BenchmarkFields& fields);
std::string retirement_line(const std::string& id, const std::string& why);

/// A key's whole number from 0 to `most`.
std::uint64_t whole_number(const nlohmann::json& json, const char* key, std::uint64_t most);

}  // namespace hone
