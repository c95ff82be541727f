#include "hone/record/bundle_folder_internal.h"

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"

namespace hone {

BundleFolder::BundleFolder(std::filesystem::path folder) : folder_(std::move(folder)) { make_folder(folder_); }

void BundleFolder::write(const std::string& name, std::string_view bytes) {
  make_folder(path(name).parent_path());
  write_file_atomically(path(name), bytes);
  files_[name] = {bytes.size(), sha256_hex(bytes)};
}

void BundleFolder::copy(const std::string& name, const ObjectStore& objects, const ObjectRef& ref) {
  const std::filesystem::path from = objects.path(ref);
  make_folder(path(name).parent_path());
  write_file_atomically(path(name), [&](const std::filesystem::path& temporary) {
    std::error_code error;
    std::filesystem::copy_file(from, temporary, error);
    if (error) throw Error(ErrorCode::kIo, "cannot copy '" + from.string() + "': " + error.message());
    if (sha256_hex_of_file(temporary) != ref.hash)
      throw Error(ErrorCode::kCorruptData, "the object " + ref.hash + " (" + name + ") is broken: its bytes no longer have its hash");
  });
  files_[name] = {ref.bytes, ref.hash};
}

void BundleFolder::add_folder(const std::string& name) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path(name)))
    if (entry.is_regular_file())
      files_[entry.path().lexically_relative(folder_).generic_string()] = {entry.file_size(), sha256_hex_of_file(entry.path())};
}

std::uint64_t BundleFolder::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [name, file] : files_) sum += file.bytes;
  return sum;
}

std::string BundleFolder::manifest() const {
  std::string lines;
  for (const auto& [name, file] : files_) lines += file.sha256 + "  " + name + "\n";
  return lines;
}

}  // namespace hone
