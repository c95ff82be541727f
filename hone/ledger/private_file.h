#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace hone {

/// The bytes of a file that its owner alone can have read or written, read through the very descriptor that was checked. `what` names it in
/// messages: "the key '…' is a link". Throws kNotFound when it is not there, and kInvalidArgument, with the cure, for a link, what is no
/// file, another owner's file, one that group or others may use, and one of more than `most` bytes.
std::string read_private_file(const std::filesystem::path& file, std::string_view what, std::size_t most);

/// Throws kInvalidArgument where a file lies, or would lie, inside a project or a folder under version control: what is copied or pushed
/// with these is soon somebody else's.
void check_private_place(const std::filesystem::path& file, std::string_view what);

/// Makes the folder where it is not there, and closes it to others: mode 0700. Throws kIo.
void make_private_folder(const std::filesystem::path& folder);

/// Overwrites a text's bytes when it goes out of scope. REQUIRES: the text lives longer, and did not grow since it held the secret.
class WipedAtEnd {
 public:
  explicit WipedAtEnd(std::string& secret) : secret_(secret) {}
  ~WipedAtEnd();
  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;

 private:
  std::string& secret_;
};

}  // namespace hone
