#pragma once

namespace hone::ledger_internal {

/// How many bytes at the end of each page are its checksum's: what a database must reserve (SQLITE_FCNTL_RESERVE_BYTES).
inline constexpr int kPageCheckBytes = 8;

/// The name of a way for SQLite to reach files that ends every page of a database with a checksum over its bytes and its place, and refuses
/// with SQLITE_IOERR_DATA a page that has not the right one: by itself SQLite notices a changed byte only where it breaks the tree. A page
/// in a write-ahead log has SQLite's own checksum, which is looked at when the log is opened after a crash.
///
/// Registered with SQLite by the first call.
const char* checked_vfs();

}  // namespace hone::ledger_internal
