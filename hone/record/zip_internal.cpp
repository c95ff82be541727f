#include "hone/record/zip_internal.h"

#include <minizip/zip.h>

#include <fstream>
#include <utility>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

// 1980-01-01 00:00, where the times of ZIP begin: day 1, month 1, year 0.
constexpr unsigned long kNoTime = (1u | 1u << 5) << 16;
// A regular file with mode 0644, as Unix has it, in a ZIP of version 4.5 (ZIP64).
constexpr unsigned long kPlainFile = 0100644ul << 16, kMadeBy = 3u << 8 | 45;
constexpr unsigned long kUtf8Names = 1u << 11;
constexpr std::uint64_t kNeedsZip64 = 0xFFFF0000;
constexpr std::size_t kPieceBytes = 1 << 20;

class Zip {
 public:
  explicit Zip(const std::filesystem::path& path) : path_(path), zip_(zipOpen64(path.c_str(), APPEND_STATUS_CREATE)) {
    check(zip_ != nullptr);
  }
  ~Zip() {
    if (zip_) zipClose(zip_, nullptr);
  }
  Zip(const Zip&) = delete;
  Zip& operator=(const Zip&) = delete;

  void add(const std::string& name, const std::filesystem::path& file) {
    std::ifstream bytes(file, std::ios::binary);
    if (!bytes) throw Error(ErrorCode::kIo, "cannot open '" + file.string() + "'");
    begin(name, stamp_of(file).bytes);
    std::vector<char> piece(kPieceBytes);
    while (bytes.read(piece.data(), static_cast<std::streamsize>(piece.size())) || bytes.gcount() > 0)
      check(zipWriteInFileInZip(zip_, piece.data(), static_cast<unsigned>(bytes.gcount())) == ZIP_OK);
    check(!bytes.bad() && zipCloseFileInZip(zip_) == ZIP_OK);
  }

  void end() { check(zipClose(std::exchange(zip_, nullptr), nullptr) == ZIP_OK); }

 private:
  void begin(const std::string& name, std::uint64_t bytes) {
    zip_fileinfo info{};
    info.dosDate = kNoTime;
    info.external_fa = kPlainFile;
    check(zipOpenNewFileInZip4_64(zip_, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0,
                                  -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, kMadeBy, kUtf8Names,
                                  bytes >= kNeedsZip64 ? 1 : 0) == ZIP_OK);
  }

  void check(bool good) const {
    if (!good) throw Error(ErrorCode::kIo, "cannot write '" + path_.string() + "'; is there room, and may the folder be written?");
  }

  std::filesystem::path path_;
  zipFile zip_;
};

}  // namespace

void write_zip(const std::filesystem::path& folder, const std::vector<std::string>& names, const std::string& top,
               const std::filesystem::path& zip) {
  Zip archive(zip);
  for (const std::string& name : names) archive.add(top + "/" + name, folder / name);
  archive.end();
}

}  // namespace hone
