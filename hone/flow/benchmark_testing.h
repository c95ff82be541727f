#pragma once

#include <filesystem>
#include <string>

#include "hone/core/complaint_testing.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/data/data_testing.h"
#include "hone/flow/admit_items.h"

namespace hone {

/// A folder with a benchmark `b` in the making.
class BenchmarkTest : public testing::Test {
 protected:
  /// "id,text,gold,channel" for items first..end-1 whose texts have nothing in common.
  static std::string rows(int first, int end) {
    std::string text = "id,text,gold,channel\n";
    for (int row = first; row < end; ++row) {
      const std::string word = sha256_hex(std::to_string(row)).substr(0, 16);
      text += "k" + std::to_string(row) + "," + word + " asks about " + word.substr(8) + word.substr(0, 4) + "," +
              (row % 3 == 0 ? "card" : "fraud") + "," + (row % 2 == 0 ? "mail" : "chat") + "\n";
    }
    return text;
  }

  std::filesystem::path file(const std::string& name, const std::string& text) { return write_text(folder_ / name, text); }

  nlohmann::json create(const std::string& text, BenchmarkRules rules = {}, AdmitOptions options = {.date = "2026-01-05"}) {
    return create_benchmark(root_, "b", {.id = "id", .stratum = "channel"}, rules, file("items.csv", text), nullptr, options);
  }
  nlohmann::json admit(const std::string& text, AdmitOptions options = {.date = "2026-02-05"}) {
    return admit_items(root_, "b", file("more.csv", text), nullptr, options);
  }
  Benchmark opened() const { return Benchmark::open(root_, "b"); }
  std::filesystem::path path(const std::string& name) const { return root_ / "benchmarks" / "b" / name; }

  /// Replaces a text that stands in a file of the benchmark.
  void edit(const std::string& name, const std::string& old, const std::string& now) {
    std::string text = read_file(path(name));
    const std::size_t place = text.find(old);
    ASSERT_NE(place, std::string::npos) << old;
    overwrite(path(name), text.replace(place, old.size(), now));
  }

  TestFolder folder_;
  std::filesystem::path root_ = folder_ / "project";
};

}  // namespace hone
