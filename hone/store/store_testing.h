#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "hone/core/file.h"

namespace hone {

/// A folder of its own for one test, gone afterwards.
class TestFolder {
 public:
  TestFolder() : folder_(temporary_name(std::filesystem::temp_directory_path())) { make_folder(folder_.path()); }
  std::filesystem::path operator/(const std::string& name) const { return folder_.path() / name; }

 private:
  RemovedAtEnd folder_;
};

/// Writes over a file in place, as a failing disk or a careless hand would.
inline void overwrite(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace hone
