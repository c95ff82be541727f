#include "hone/store/object_store.h"

#include <algorithm>
#include <optional>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"

namespace hone {
namespace {

constexpr unsigned kReadOnly = 0440;
constexpr std::size_t kFolderDigits = 2;  // Digits of the hash that name the subfolder.
constexpr std::size_t kHashDigits = 64;

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }
bool is_hash(std::string_view text) { return text.size() == kHashDigits && is_hex(text); }

std::optional<std::uint64_t> size_of(const std::filesystem::path& path) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) return std::nullopt;
  const std::uint64_t bytes = std::filesystem::file_size(path, missing);
  return missing ? std::nullopt : std::optional(bytes);
}

bool is_object_folder(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return name.size() == kFolderDigits && is_hex(name) && entry.is_directory();
}

void list_folder(const std::filesystem::path& folder, std::vector<ObjectRef>& objects) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string hash = folder.filename().string() + file.path().filename().string();
    if (const auto bytes = size_of(file.path()); bytes && is_hash(hash)) objects.push_back({.hash = hash, .bytes = *bytes, .media = ""});
  }
}

std::string described(const ObjectRef& ref) {
  return "the object " + ref.hash + " (" + std::to_string(ref.bytes) + " bytes" + (ref.media.empty() ? "" : ", " + ref.media) + ")";
}

}  // namespace

void to_json(nlohmann::json& json, const ObjectRef& ref) { json = {{"bytes", ref.bytes}, {"hash", ref.hash}, {"media", ref.media}}; }

void from_json(const nlohmann::json& json, ObjectRef& ref) {
  const auto bad = [](const std::string& why) { return Error(ErrorCode::kCorruptData, "a reference to an object " + why); };
  if (!json.is_object()) throw bad("is not {bytes, hash, media}");
  const auto bytes = json.find("bytes"), hash = json.find("hash"), media = json.find("media");
  if (bytes == json.end() || !bytes->is_number_integer() || (!bytes->is_number_unsigned() && *bytes < 0))
    throw bad("has no 'bytes', a whole number");
  if (hash == json.end() || !hash->is_string() || !is_hash(hash->get_ref<const std::string&>()))
    throw bad("has no 'hash' of 64 lower-case hex digits");
  if (media == json.end() || !media->is_string()) throw bad("has no 'media', a text");
  ref = {.hash = hash->get<std::string>(), .bytes = bytes->get<std::uint64_t>(), .media = media->get<std::string>()};
}

ObjectStore::ObjectStore(std::filesystem::path folder) : folder_(std::move(folder)) { make_folder(temporary_folder()); }

ObjectRef ObjectStore::put(std::string_view bytes, std::string_view media) {
  ObjectRef ref{.hash = sha256_hex(bytes), .bytes = bytes.size(), .media = std::string(media)};
  if (has(ref) && verify(ref)) return ref;
  const std::filesystem::path path = file_of(ref.hash);
  make_folder(path.parent_path());
  write_file_atomically(path, bytes, kReadOnly);
  return ref;
}

ObjectRef ObjectStore::put_json(const nlohmann::json& value) {
  try {
    return put(value.dump(), kJsonMedia);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kInvalidArgument, std::string("cannot write as JSON: ") + error.what());
  }
}

ObjectRef ObjectStore::put_file(const std::filesystem::path& file, std::string_view media) {
  ObjectRef ref{.hash = sha256_hex_of_file(file), .bytes = stamp_of(file).bytes, .media = std::string(media)};
  const std::filesystem::path path = file_of(ref.hash);
  make_folder(path.parent_path());
  publish_file(file, path, kReadOnly);  // Also over an object that is there: the bytes are the same, or it was broken.
  return ref;
}

std::filesystem::path ObjectStore::temporary_folder() const { return folder_ / "tmp"; }

bool ObjectStore::has(const ObjectRef& ref) const { return size_of(file_of(ref.hash)) == ref.bytes; }

std::filesystem::path ObjectStore::path(const ObjectRef& ref) const {
  std::filesystem::path path = file_of(ref.hash);
  const auto bytes = size_of(path);
  if (!bytes) throw Error(ErrorCode::kNotFound, described(ref) + " is not in '" + folder_.string() + "'");
  if (*bytes != ref.bytes)
    throw Error(ErrorCode::kNotFound, described(ref) + " has " + std::to_string(*bytes) + " bytes in '" + path.string() + "'");
  return path;
}

std::string ObjectStore::get(const ObjectRef& ref) const {
  const std::filesystem::path file = path(ref);
  std::string bytes = read_file(file);
  if (sha256_hex(bytes) != ref.hash)
    throw Error(ErrorCode::kCorruptData, described(ref) + " is broken: the bytes of '" + file.string() + "' no longer have its hash");
  return bytes;
}

nlohmann::json ObjectStore::get_json(const ObjectRef& ref) const {
  try {
    return nlohmann::json::parse(get(ref));
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kCorruptData, described(ref) + " is not JSON: " + error.what());
  }
}

bool ObjectStore::verify(const ObjectRef& ref) const { return has(ref) && sha256_hex_of_file(file_of(ref.hash)) == ref.hash; }

void ObjectStore::remove(const ObjectRef& ref) {
  std::error_code error;
  const std::filesystem::path path = file_of(ref.hash);
  std::filesystem::remove(path, error);
  if (error) throw Error(ErrorCode::kIo, "cannot remove '" + path.string() + "': " + error.message());
}

std::vector<ObjectRef> ObjectStore::list() const {
  std::vector<ObjectRef> objects;
  try {
    for (const auto& folder : std::filesystem::directory_iterator(folder_))
      if (is_object_folder(folder)) list_folder(folder.path(), objects);
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(ErrorCode::kIo, "cannot list the objects in '" + folder_.string() + "': " + error.code().message());
  }
  std::ranges::sort(objects, {}, &ObjectRef::hash);
  return objects;
}

std::filesystem::path ObjectStore::file_of(const std::string& hash) const {
  if (!is_hash(hash)) throw Error(ErrorCode::kInvalidArgument, "'" + hash + "' does not name an object: 64 lower-case hex digits do");
  return folder_ / hash.substr(0, kFolderDigits) / hash.substr(kFolderDigits);
}

}  // namespace hone
