#include "hone/record/inventory.h"

#include <link.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "hone/core/clock.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "inventory_parts.h"  // Made by CMake.

namespace hone {
namespace {

using Json = nlohmann::json;

// "NAME|VERSION|LIBRARY" in each line: LIBRARY is how its file's name begins, or empty for what is compiled in, or "-" for
// what only hone-train loads.
constexpr std::string_view kParts = kInventoryParts;

struct Part {
  std::string name, version, library;
};

std::vector<Part> parts() {
  std::vector<Part> all;
  std::istringstream lines{std::string(kParts)};
  for (std::string line; std::getline(lines, line);) {
    Part part;
    std::istringstream words(line);
    std::getline(words, part.name, '|');
    std::getline(words, part.version, '|');
    std::getline(words, part.library, '|');
    if (!part.name.empty()) all.push_back(std::move(part));
  }
  return all;
}

std::vector<std::filesystem::path> loaded_libraries() {
  std::vector<std::filesystem::path> files;
  const auto take = [](dl_phdr_info* info, std::size_t, void* found) {
    static_cast<std::vector<std::filesystem::path>*>(found)->emplace_back(info->dlpi_name ? info->dlpi_name : "");
    return 0;
  };
  dl_iterate_phdr(take, &files);
  return files;
}

std::string date_of(const std::filesystem::path& file) {
  const std::chrono::nanoseconds since_1970(stamp_of(file).modified_ns);
  return utc_text(std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(since_1970)))
      .substr(0, 10);
}

Json part_json(const Part& part, const std::vector<std::filesystem::path>& loaded) {
  Json json = {{"name", part.name},
               {"version", part.version.empty() ? "unknown" : part.version},
               {"digest", part.library.empty() ? "built in" : "not loaded"},
               {"date", "unknown"}};
  if (part.library.empty()) return json;
  for (const std::filesystem::path& file : loaded) {
    std::error_code gone;
    if (!file.filename().string().starts_with(part.library) || !std::filesystem::exists(file, gone)) continue;
    json["digest"] = "sha256:" + sha256_hex_of_file(file);
    json["date"] = date_of(file);
    if (part.version.empty() || part.version == "0.0.0")
      json["version"] = file.filename().string();  // As Debian's RE2, which tells no other.
  }
  return json;
}

}  // namespace

Json third_party_parts() {
  const std::vector<std::filesystem::path> loaded = loaded_libraries();
  Json list = Json::array();
  for (const Part& part : parts()) list.push_back(part_json(part, loaded));
  return list;
}

void record_inventory(ProjectLedger& ledger) {
  const Json list = third_party_parts();
  const auto newest = ledger.index().last("admin.inventory");
  if (newest && ledger.reader().event(*newest).body.at("parts") == list) return;
  ledger.append(ledger.event("admin.inventory", {{"parts", list}}, {sha256_hex(list.dump()), newest ? std::to_string(*newest) : ""}));
}

}  // namespace hone
