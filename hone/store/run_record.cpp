#include "hone/store/run_record.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"

namespace hone {
namespace {

constexpr std::string_view kRecordEnding = ".json";
constexpr std::size_t kKeyDigits = 64;
constexpr std::uint64_t kMaxRecordBytes = 64 << 20;  // Far above any record of ours; keeps a hostile file harmless.

bool is_key(std::string_view text) {
  return text.size() == kKeyDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error bad_field(std::string_view field, const std::string& expected) {
  return Error(ErrorCode::kCorruptData, "a run record has no '" + std::string(field) + "', " + expected);
}

const nlohmann::json& field(const nlohmann::json& json, const std::string& name, nlohmann::json::value_t type,
                            const std::string& expected) {
  const auto found = json.find(name);
  if (found == json.end() || found->type() != type) throw bad_field(name, expected);
  return *found;
}

std::string text_field(const nlohmann::json& json, const std::string& name) {
  return field(json, name, nlohmann::json::value_t::string, "a text").get<std::string>();
}

std::uint64_t whole_field(const nlohmann::json& json, const std::string& name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_integer() || (!found->is_number_unsigned() && *found < 0))
    throw bad_field(name, "a whole number");
  return found->get<std::uint64_t>();
}

nlohmann::json object_field(const nlohmann::json& json, const std::string& name) {
  return field(json, name, nlohmann::json::value_t::object, "an object");
}

std::vector<NamedRef> refs_field(const nlohmann::json& json, const std::string& name) {
  std::vector<NamedRef> refs;
  for (const nlohmann::json& item : field(json, name, nlohmann::json::value_t::array, "a list")) {
    if (!item.is_object()) throw bad_field(name, "a list of {name, ref}");
    refs.push_back({text_field(item, "name"), object_field(item, "ref").get<ObjectRef>()});
  }
  return refs;
}

std::string checked_outcome(std::string outcome) {
  if (outcome != "ok" && outcome != "failed" && outcome != "interrupted") throw bad_field("outcome", "ok, failed or interrupted");
  return outcome;
}

nlohmann::json to_list(const std::vector<NamedRef>& refs) {
  nlohmann::json list = nlohmann::json::array();
  for (const NamedRef& named : refs) list.push_back({{"name", named.name}, {"ref", named.ref}});
  return list;
}

// A record on disk carries the hash of all its other fields: one that a disk or a hand has changed is as good as none.
constexpr const char* kCheck = "check";

std::string check_of(const nlohmann::json& record) { return sha256_hex(record.dump()); }

// Takes the check off a record; whether it was the right one.
bool take_check(nlohmann::json& record) {
  if (!record.is_object() || !record.contains(kCheck)) return false;
  const nlohmann::json check = record[kCheck];
  record.erase(kCheck);
  return check == check_of(record);
}

}  // namespace

const ObjectRef& RunRecord::output(std::string_view name) const {
  const auto found = std::ranges::find(outputs, name, &NamedRef::name);
  if (found == outputs.end()) throw Error(ErrorCode::kNotFound, "the stage '" + stage + "' gave no output '" + std::string(name) + "'");
  return found->ref;
}

void to_json(nlohmann::json& json, const RunRecord& record) {
  json = {{"stage", record.stage},
          {"key", record.key},
          {"inputs", to_list(record.inputs)},
          {"outputs", to_list(record.outputs)},
          {"options", record.options},
          {"seed", record.seed},
          {"code", {{"version", record.code_version}}},
          {"started", record.started},
          {"ended", record.ended},
          {"outcome", record.outcome},
          {"counts", record.counts},
          {"detail", record.detail}};
}

void from_json(const nlohmann::json& json, RunRecord& record) {
  if (!json.is_object()) throw Error(ErrorCode::kCorruptData, "a run record is not a JSON object");
  RunRecord read;
  read.stage = text_field(json, "stage");
  read.key = text_field(json, "key");
  if (!is_key(read.key)) throw bad_field("key", "64 lower-case hex digits");
  read.inputs = refs_field(json, "inputs");
  read.outputs = refs_field(json, "outputs");
  read.options = object_field(json, "options");
  read.seed = whole_field(json, "seed");
  read.code_version = text_field(object_field(json, "code"), "version");
  read.started = text_field(json, "started");
  read.ended = text_field(json, "ended");
  read.outcome = checked_outcome(text_field(json, "outcome"));
  read.counts = object_field(json, "counts");
  read.detail = object_field(json, "detail");
  record = std::move(read);
}

RunStore::RunStore(std::filesystem::path folder) : folder_(std::move(folder)) { make_folder(folder_); }

std::optional<RunRecord> RunStore::find(std::string_view key) const {
  try {
    nlohmann::json json = nlohmann::json::parse(read_file(file_of(key), kMaxRecordBytes));
    if (!take_check(json)) return std::nullopt;
    RunRecord record = json.get<RunRecord>();
    if (record.key == key) return record;
  } catch (const Error&) {
  } catch (const nlohmann::json::exception&) {
  }
  return std::nullopt;
}

void RunStore::put(const RunRecord& record) {
  const std::filesystem::path file = file_of(record.key);
  try {
    nlohmann::json json = record;
    json[kCheck] = check_of(json);
    write_file_atomically(file, json.dump(2) + "\n");
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kInvalidArgument, "cannot write the run record of the stage '" + record.stage + "' as JSON: " + error.what());
  }
}

void RunStore::remove(std::string_view key) {
  std::error_code error;
  const std::filesystem::path file = file_of(key);
  std::filesystem::remove(file, error);
  if (error) throw Error(ErrorCode::kIo, "cannot remove '" + file.string() + "': " + error.message());
}

std::vector<std::string> RunStore::keys() const {
  std::vector<std::string> keys;
  try {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::filesystem::path& path = entry.path();
      if (path.extension() == kRecordEnding && is_key(path.stem().string())) keys.push_back(path.stem().string());
    }
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(ErrorCode::kIo, "cannot list the run records in '" + folder_.string() + "': " + error.code().message());
  }
  std::ranges::sort(keys);
  return keys;
}

std::vector<RunRecord> RunStore::all() const {
  std::vector<RunRecord> records;
  for (const std::string& key : keys())
    if (auto record = find(key)) records.push_back(std::move(*record));
  std::ranges::stable_sort(records, std::greater(), &RunRecord::ended);
  return records;
}

std::filesystem::path RunStore::file_of(std::string_view key) const {
  if (!is_key(key)) throw Error(ErrorCode::kInvalidArgument, "'" + std::string(key) + "' is no stage key: 64 lower-case hex digits are");
  return folder_ / (std::string(key) + std::string(kRecordEnding));
}

}  // namespace hone
