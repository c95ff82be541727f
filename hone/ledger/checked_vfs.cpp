// The same idea as SQLite's own extension cksumvfs (https://www.sqlite.org/cksumvfs.html), which Debian's library leaves out. Ours leaves
// write-ahead logs alone, and a page's place is part of its checksum.
#include <sqlite3.h>

#include <cstdint>
#include <cstring>

#include "hone/ledger/checked_vfs_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr int kSmallestPage = 512;  // The file's header and its counters are read in pieces smaller than that.

// What SQLite sees of an open database; the system's own file lies behind it.
struct CheckedFile {
  sqlite3_file base;
};

sqlite3_file* system_file(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(reinterpret_cast<CheckedFile*>(file) + 1); }
const sqlite3_io_methods& methods_of(sqlite3_file* file) { return *system_file(file)->pMethods; }

bool is_page(int bytes, sqlite3_int64 offset) { return bytes >= kSmallestPage && offset % bytes == 0; }

// Murmur's finalizer for each word: any word that differs makes another checksum.
std::uint64_t check_of(const unsigned char* page, int bytes, sqlite3_int64 offset) {
  std::uint64_t check = 0x686f6e65 + static_cast<std::uint64_t>(offset);
  for (int at = 0; at < bytes - kPageCheckBytes; at += static_cast<int>(sizeof check)) {
    std::uint64_t word;
    std::memcpy(&word, page + at, sizeof word);
    check = (check ^ word) * 0xff51afd7ed558ccdULL;
    check ^= check >> 33;
  }
  return check;
}

int read_checked(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const int code = methods_of(file).xRead(system_file(file), bytes, size, offset);
  if (code != SQLITE_OK || !is_page(size, offset)) return code;
  const auto* const page = static_cast<const unsigned char*>(bytes);
  const std::uint64_t check = check_of(page, size, offset);
  return std::memcmp(page + size - kPageCheckBytes, &check, sizeof check) == 0 ? SQLITE_OK : SQLITE_IOERR_DATA;
}

// Puts the checksum where SQLite holds the page: the end of its pages is not its own.
int write_checked(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (is_page(size, offset)) {
    auto* const page = static_cast<unsigned char*>(const_cast<void*>(bytes));
    const std::uint64_t check = check_of(page, size, offset);
    std::memcpy(page + size - kPageCheckBytes, &check, sizeof check);
  }
  return methods_of(file).xWrite(system_file(file), bytes, size, offset);
}

// Version 2: there is no xFetch, which would show pages unread.
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = [](sqlite3_file* file) { return methods_of(file).xClose(system_file(file)); },
    .xRead = read_checked,
    .xWrite = write_checked,
    .xTruncate = [](sqlite3_file* file, sqlite3_int64 size) { return methods_of(file).xTruncate(system_file(file), size); },
    .xSync = [](sqlite3_file* file, int flags) { return methods_of(file).xSync(system_file(file), flags); },
    .xFileSize = [](sqlite3_file* file, sqlite3_int64* size) { return methods_of(file).xFileSize(system_file(file), size); },
    .xLock = [](sqlite3_file* file, int lock) { return methods_of(file).xLock(system_file(file), lock); },
    .xUnlock = [](sqlite3_file* file, int lock) { return methods_of(file).xUnlock(system_file(file), lock); },
    .xCheckReservedLock = [](sqlite3_file* file, int* is) { return methods_of(file).xCheckReservedLock(system_file(file), is); },
    .xFileControl = [](sqlite3_file* file, int what, void* more) { return methods_of(file).xFileControl(system_file(file), what, more); },
    .xSectorSize = [](sqlite3_file* file) { return methods_of(file).xSectorSize(system_file(file)); },
    .xDeviceCharacteristics = [](sqlite3_file* file) { return methods_of(file).xDeviceCharacteristics(system_file(file)); },
    .xShmMap = [](sqlite3_file* file, int page, int size, int extend,
                  void volatile** mapped) { return methods_of(file).xShmMap(system_file(file), page, size, extend, mapped); },
    .xShmLock = [](sqlite3_file* file, int offset, int n,
                   int flags) { return methods_of(file).xShmLock(system_file(file), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* file) { methods_of(file).xShmBarrier(system_file(file)); },
    .xShmUnmap = [](sqlite3_file* file, int remove) { return methods_of(file).xShmUnmap(system_file(file), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find(nullptr); }

int open_checked(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* const system = system_vfs();
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return system->xOpen(system, name, file, flags, flags_out);
  file->pMethods = nullptr;
  const int code = system->xOpen(system, name, system_file(file), flags, flags_out);
  if (system_file(file)->pMethods) file->pMethods = &kMethods;  // Also where it failed: then it is closed.
  return code;
}

sqlite3_vfs like_the_systems() {
  sqlite3_vfs vfs = *system_vfs();
  vfs.zName = "hone-checked";
  vfs.szOsFile += static_cast<int>(sizeof(CheckedFile));
  vfs.pNext = nullptr;
  vfs.xOpen = open_checked;
  return vfs;
}

}  // namespace

// SQLite keeps its list of these in what it is given, so that this one must last as long as the program.
const char* checked_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_initialize();
    return like_the_systems();
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace hone::ledger_internal
