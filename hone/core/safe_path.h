#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace hone {

/// A file below a folder by a name that came from outside: an include, a taxonomy or a list of terms in hone.yaml, an entry of a release.
/// The one way from such a name to a file, so that none ever leads out of the folder.
///
///   const std::string text = SafePath(project.root, "lfs/refunds.yaml").read();
class SafePath {
 public:
  /// Names parts below the folder by '/'. Throws kInvalidArgument, saying why, for a name that is empty, absolute or longer than 4,096
  /// bytes, or of which a part is "..", longer than 255 bytes, ends in a dot or a space, is a device's name on Windows, or holds a
  /// backslash, a control character or NUL. Looks at no file.
  SafePath(std::filesystem::path folder, std::string_view name);

  const std::string& name() const { return name_; }
  /// For messages, and for what makes the file.
  std::filesystem::path path() const { return folder_ / name_; }

  /// Whether a regular file is there, without a link in the way that leads out of the folder. Throws kInvalidArgument for such a link, kIo
  /// where the file cannot be opened.
  bool is_file() const;

  /// The whole file, opened below the folder: neither a link nor a race leads out (openat2 with RESOLVE_BENEATH; where the kernel lacks it
  /// no link at all is followed). Throws kNotFound, kInvalidArgument for a link that leads out, no regular file, or more than `limit`
  /// bytes, and kIo.
  std::string read(std::uint64_t limit = UINT64_MAX) const;

 private:
  int open_below() const;

  std::filesystem::path folder_;
  std::string name_;
};

}  // namespace hone
