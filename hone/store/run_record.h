#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/store/object_store.h"

namespace hone {

/// An object with the name under which a stage takes or gives it: {"name": "labels", "ref": {…}}.
struct NamedRef {
  std::string name;
  ObjectRef ref;
  bool operator==(const NamedRef&) const = default;
};

/// What one run of one stage was: the body of the ledger's `stage.run` event, so that the ledger can take it
/// over later. Reals are scaled integers with the unit in the key; `detail` holds what explains the key (which
/// part of it has which hash) and is what `hone status` compares.
struct RunRecord {
  std::string stage;
  std::string key;  // 64 hex: the hash of inputs, options and code version.
  std::vector<NamedRef> inputs;
  std::vector<NamedRef> outputs;
  nlohmann::json options = nlohmann::json::object();
  std::uint64_t seed = 0;
  std::string code_version;    // "hone 0.1.0 stage vote/1"
  std::string started, ended;  // 2026-01-05T09:30:00.000123Z
  std::string outcome = "ok";  // ok, failed, interrupted
  nlohmann::json counts = nlohmann::json::object();
  nlohmann::json detail = nlohmann::json::object();

  /// Throws kNotFound, naming stage and output.
  const ObjectRef& output(std::string_view name) const;
};
void to_json(nlohmann::json& json, const RunRecord& record);
/// Throws kCorruptData, naming the field, unless the JSON is such a body.
void from_json(const nlohmann::json& json, RunRecord& record);

/// One small JSON per stage key under .hone/runs/, written atomically.
class RunStore {
 public:
  explicit RunStore(std::filesystem::path folder);

  /// The record of a key, or nothing when there is none or it cannot be read (a broken record is as good as none).
  std::optional<RunRecord> find(std::string_view key) const;
  void put(const RunRecord& record);
  void remove(std::string_view key);

  /// The keys that have a record, readable or not, in order.
  std::vector<std::string> keys() const;

  /// All readable records, newest `ended` first, then by key.
  std::vector<RunRecord> all() const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path file_of(std::string_view key) const;

  std::filesystem::path folder_;
};

/// Holds the project for one writer: an exclusive lock on a file that the kernel drops with the process.
/// The file's text is the holder's process id; it stays, empty, when the lock is given back. Throws kBusy, naming that
/// process, when another holder has it, and kIo where the file cannot be made.
class ProjectLock {
 public:
  explicit ProjectLock(const std::filesystem::path& file);
  ~ProjectLock();
  ProjectLock(const ProjectLock&) = delete;
  ProjectLock& operator=(const ProjectLock&) = delete;

  /// When it was taken, by the clock of the lock's file system: what the holder writes has no earlier time of change.
  std::filesystem::file_time_type since() const { return since_; }

 private:
  std::filesystem::file_time_type since_;
  int fd_ = -1;
};

/// What gc() found and did.
struct Collected {
  std::size_t objects_kept = 0;
  std::size_t objects_removed = 0;
  std::uint64_t bytes_removed = 0;
  std::size_t records_removed = 0;
  std::size_t leftovers_removed = 0;  // Of interrupted writes.
  std::vector<ObjectRef> removed;     // The objects, without their media.
};

/// Removes every object and run record that `keys` (records that stay, with all their inputs and outputs) and `kept` do
/// not need, unreadable records, and what interrupted writes left behind before `leftovers_before` (give it the lock's
/// since(); the default takes all and suits a process that writes nothing meanwhile). Objects that another object names
/// inside itself, such as the parts of a dataset, stay only when a record or `kept` names them too. A missing key is
/// passed over. With `dry_run` it only counts. REQUIRES: the caller holds the project's lock.
Collected collect_garbage(ObjectStore& objects, RunStore& runs, const std::vector<std::string>& keys, const std::vector<ObjectRef>& kept,
                          bool dry_run, std::filesystem::file_time_type leftovers_before = std::filesystem::file_time_type::max());

}  // namespace hone
