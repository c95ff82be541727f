#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// Names an immutable object by the SHA-256 of its bytes. In JSON the `ref` of the ledger:
/// {"bytes": N, "hash": "<64 hex>", "media": "application/vnd.apache.parquet"}.
struct ObjectRef {
  std::string hash;
  std::uint64_t bytes = 0;
  std::string media;
  bool operator==(const ObjectRef&) const = default;
};
void to_json(nlohmann::json& json, const ObjectRef& ref);
/// Throws kCorruptData unless the JSON is a ref with a well-formed hash.
void from_json(const nlohmann::json& json, ObjectRef& ref);

inline constexpr std::string_view kParquetMedia = "application/vnd.apache.parquet";
inline constexpr std::string_view kJsonMedia = "application/json";
inline constexpr std::string_view kSafetensorsMedia = "application/vnd.safetensors";

/// Immutable results under FOLDER/ab/cdef… (first two hex digits, the other 62), mode 0440. Putting the same
/// bytes twice stores them once. Any number of processes may read and put at the same time.
class ObjectStore {
 public:
  /// Creates `folder` when it is not there; throws kIo where it cannot.
  explicit ObjectStore(std::filesystem::path folder);

  /// An object that is there but broken is written anew. Throws kIo with the cause in words.
  ObjectRef put(std::string_view bytes, std::string_view media);
  ObjectRef put_json(const nlohmann::json& value);

  /// Takes over a finished file, which is moved; it should lie in temporary_folder() (same file system).
  ObjectRef put_file(const std::filesystem::path& file, std::string_view media);

  /// FOLDER/tmp, where files that become objects are written first. What an interrupted process leaves there
  /// collect_garbage() removes.
  std::filesystem::path temporary_folder() const;

  /// FOLDER.
  const std::filesystem::path& folder() const { return folder_; }

  /// Whether the object is there with its length. Cheap: looks at the directory only.
  bool has(const ObjectRef& ref) const;

  /// Where the object lies; throws kNotFound, naming it, when it is not there or has another length.
  std::filesystem::path path(const ObjectRef& ref) const;

  /// The bytes, checked against the hash. Throws kNotFound or kCorruptData.
  std::string get(const ObjectRef& ref) const;
  nlohmann::json get_json(const ObjectRef& ref) const;

  /// Whether the bytes on disk still have the object's hash. Reads them all.
  bool verify(const ObjectRef& ref) const;

  /// Removes the object, as after verify() failed, so that its stage runs again.
  void remove(const ObjectRef& ref);

  /// All objects on disk, by hash. `media` is unknown here and empty.
  std::vector<ObjectRef> list() const;

 private:
  std::filesystem::path file_of(const std::string& hash) const;

  std::filesystem::path folder_;
};

}  // namespace hone
