#include "hone/data/erased_rows.h"

#include <algorithm>
#include <random>
#include <set>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"

namespace hone {
namespace {

constexpr std::size_t kSaltDigits = 64, kKeyDigits = 32;
constexpr std::uint64_t kLargestFile = 1 << 30;

bool is_hex(const nlohmann::json& json, std::size_t digits) {
  return json.is_string() && json.get_ref<const std::string&>().size() == digits &&
         json.get_ref<const std::string&>().find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string drawn_salt() {
  std::random_device device;  // The system's random numbers: this is the one thing here that no seed may repeat.
  std::string bytes;
  while (bytes.size() < kSaltDigits / 2) bytes += static_cast<char>(device() & 0xff);
  return to_hex(bytes);
}

}  // namespace

ErasedRows ErasedRows::read(const std::filesystem::path& file) {
  ErasedRows erased;
  if (!std::filesystem::exists(file)) return erased;
  const auto json = nlohmann::json::parse(read_file(file, kLargestFile), nullptr, /*allow_exceptions=*/false);
  const bool is_list = json.is_object() && json.value("format", nlohmann::json()) == "hone-erased/1" && json.contains("salt") &&
                       is_hex(json["salt"], kSaltDigits) && json.contains("rows") && json["rows"].is_array() &&
                       std::ranges::all_of(json["rows"], [](const nlohmann::json& row) { return is_hex(row, kKeyDigits); });
  if (!is_list)
    throw Error(
        ErrorCode::kCorruptData,
        "'" + file.string() + "' is broken: it says which rows were erased, and without it they would come back; restore it from a backup");
  erased.salt_ = json["salt"];
  for (const nlohmann::json& row : json["rows"]) erased.rows_.insert(row.get<std::string>());
  return erased;
}

void ErasedRows::write(const std::filesystem::path& file) const {
  const nlohmann::json json = {{"format", "hone-erased/1"}, {"salt", salt_}, {"rows", std::set<std::string>(rows_.begin(), rows_.end())}};
  write_file_atomically(file, json.dump(1) + "\n", 0600);
}

std::string ErasedRows::key_of(std::string_view id) const {
  Sha256 hash;
  return hash.update_sized("hone/erased/v1").update_sized(salt_).update_sized(id).hex().substr(0, kKeyDigits);
}

bool ErasedRows::holds(std::string_view id) const { return !rows_.empty() && rows_.contains(key_of(id)); }

void ErasedRows::add(std::string_view id) {
  if (salt_.empty()) salt_ = drawn_salt();
  rows_.insert(key_of(id));
}

std::string ErasedRows::version() const {
  Sha256 hash;
  for (const std::string& row : std::set<std::string>(rows_.begin(), rows_.end())) hash.update_sized(row);
  return hash.update_sized(salt_).hex();
}

}  // namespace hone
