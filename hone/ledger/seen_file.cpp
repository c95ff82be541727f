#include "hone/ledger/seen_file.h"

#include "hone/core/error.h"
#include "hone/core/hash.h"

namespace hone {
namespace {

constexpr std::size_t kMostSeenBytes = 4096;

std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& origin) {
  return folder.empty() ? folder : folder / sha256_hex(origin).substr(0, 32);
}

}  // namespace

SeenFile::SeenFile(const Disk& disk, std::filesystem::path folder, const std::string& origin)
    : disk_(disk), file_(file_in(folder, origin)), origin_(origin) {}

std::optional<Checkpoint> SeenFile::read() const {
  if (file_.empty()) return std::nullopt;
  const auto file = disk_.open_if_there(file_);
  if (!file) return std::nullopt;
  try {
    const Checkpoint seen = Checkpoint::parse(file->read(0, kMostSeenBytes));
    return seen.origin == origin_ ? std::optional(seen) : std::nullopt;
  } catch (const DiskFailure&) {
    throw;
  } catch (const Error&) {  // Cut off while it was written.
    return std::nullopt;
  }
}

void SeenFile::remember(const Checkpoint& checkpoint) {
  if (file_.empty()) return;
  try {
    if (!known_) {
      disk_.make_folder(file_.parent_path());
      known_ = read().value_or(Checkpoint{.origin = origin_, .size = 0, .root = {}});
    }
    if (checkpoint.size <= known_->size) return;
    // One write over the old one, which is never longer: sizes only grow.
    disk_.open_to_write(file_).write(0, checkpoint.text());
    known_ = checkpoint;
  } catch (const Error&) {
  }
}

}  // namespace hone
