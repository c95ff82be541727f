#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "hone/core/safe_path.h"
#include "hone/store/object_store.h"

namespace hone {

/// The files of a bundle while it is written, each by its name below the folder ("data/labels.jsonl"), with its hash.
class BundleFolder {
 public:
  /// Makes the folder.
  explicit BundleFolder(std::filesystem::path folder);

  struct File {
    std::uint64_t bytes = 0;
    std::string sha256;
  };

  void write(const std::string& name, std::string_view bytes);
  /// Throws kCorruptData or kNotFound, naming the object, when its bytes are not what its hash says.
  void copy(const std::string& name, const ObjectStore& objects, const ObjectRef& ref);
  /// Takes in what somebody else wrote below NAME.
  void add_folder(const std::string& name);

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path path(const std::string& name) const { return SafePath(folder_, name).path(); }
  /// In the order of their names.
  const std::map<std::string, File>& files() const { return files_; }
  std::uint64_t bytes() const;

  /// The files as sha256sum lists them.
  std::string manifest() const;

 private:
  std::filesystem::path folder_;
  std::map<std::string, File> files_;
};

}  // namespace hone
