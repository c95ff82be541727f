#include <set>

#include "hone/core/error.h"
#include "hone/store/run_record.h"

namespace hone {
namespace {

constexpr std::string_view kTemporaryPrefix = ".tmp-";  // As temporary_name() makes them.

struct Needed {
  std::set<std::string> keys;
  std::set<std::string> hashes;
};

Needed find_needed(const RunStore& runs, const std::vector<std::string>& keys, const std::vector<ObjectRef>& kept) {
  Needed needed;
  for (const ObjectRef& ref : kept) needed.hashes.insert(ref.hash);
  for (const std::string& key : keys) {
    const auto record = runs.find(key);
    if (!record) continue;
    needed.keys.insert(key);
    for (const NamedRef& input : record->inputs) needed.hashes.insert(input.ref.hash);
    for (const NamedRef& output : record->outputs) needed.hashes.insert(output.ref.hash);
  }
  return needed;
}

bool is_temporary(const std::filesystem::path& path) { return path.filename().string().starts_with(kTemporaryPrefix); }

// Whatever lies in the temporary folder, and the files that atomic writes rename, beside their targets.
std::vector<std::filesystem::path> find_leftovers(const ObjectStore& objects, const RunStore& runs,
                                                  std::filesystem::file_time_type before) {
  std::vector<std::filesystem::path> found;
  const auto look = [&](const std::filesystem::path& folder, bool all) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if ((all || is_temporary(entry.path())) && entry.last_write_time() < before) found.push_back(entry.path());
  };
  look(objects.temporary_folder(), true);
  look(runs.folder(), false);
  look(objects.folder(), false);
  for (const auto& entry : std::filesystem::directory_iterator(objects.folder()))
    if (entry.is_directory() && entry.path() != objects.temporary_folder()) look(entry.path(), false);
  return found;
}

// Records go first: a record never names an object that is gone.
void remove_records(RunStore& runs, const Needed& needed, bool dry_run, Collected& collected) {
  for (const std::string& key : runs.keys()) {
    if (needed.keys.contains(key)) continue;
    ++collected.records_removed;
    if (!dry_run) runs.remove(key);
  }
}

void remove_objects(ObjectStore& objects, const Needed& needed, bool dry_run, Collected& collected) {
  for (const ObjectRef& ref : objects.list()) {
    if (needed.hashes.contains(ref.hash)) {
      ++collected.objects_kept;
      continue;
    }
    ++collected.objects_removed;
    collected.removed.push_back(ref);
    collected.bytes_removed += ref.bytes;
    if (!dry_run) objects.remove(ref);
  }
}

void remove_leftovers(const std::vector<std::filesystem::path>& leftovers, bool dry_run, Collected& collected) {
  for (const std::filesystem::path& path : leftovers) {
    ++collected.leftovers_removed;
    if (std::filesystem::is_regular_file(path)) collected.bytes_removed += std::filesystem::file_size(path);
    if (!dry_run) std::filesystem::remove_all(path);
  }
}

}  // namespace

Collected collect_garbage(ObjectStore& objects, RunStore& runs, const std::vector<std::string>& keys, const std::vector<ObjectRef>& kept,
                          bool dry_run, std::filesystem::file_time_type leftovers_before) {
  Collected collected;
  try {
    const Needed needed = find_needed(runs, keys, kept);
    remove_records(runs, needed, dry_run, collected);
    remove_objects(objects, needed, dry_run, collected);
    remove_leftovers(find_leftovers(objects, runs, leftovers_before), dry_run, collected);
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(ErrorCode::kIo, "cannot collect garbage at '" + error.path1().string() + "': " + error.code().message());
  }
  return collected;
}

}  // namespace hone
