#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "hone/ledger/checked_vfs_internal.h"
#include "hone/ledger/sql_internal.h"

namespace hone::ledger_internal {
namespace {

using Cause = SqlFailure::Cause;

ErrorCode error_code_of(Cause cause) {
  switch (cause) {
    case Cause::kDamaged:
      return ErrorCode::kCorruptData;
    case Cause::kUnwritable:
      return ErrorCode::kIo;
    case Cause::kBusy:
      break;
  }
  return ErrorCode::kBusy;
}

// A table that is not there, or a key that is there twice, is damage: our statements are right.
Cause cause_of(int code) {
  constexpr std::array kUnwritable = {SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_FULL,  SQLITE_IOERR,
                                      SQLITE_PERM,     SQLITE_AUTH,     SQLITE_NOLFS, SQLITE_PROTOCOL};
  if (code == SQLITE_IOERR_DATA || code == SQLITE_IOERR_SHORT_READ) return Cause::kDamaged;
  const int family = code & 0xFF;
  if (family == SQLITE_BUSY || family == SQLITE_LOCKED) return Cause::kBusy;
  return std::ranges::count(kUnwritable, family) > 0 ? Cause::kUnwritable : Cause::kDamaged;
}

[[noreturn]] void fail(sqlite3* connection, int code) {
  if ((code & 0xFF) == SQLITE_NOMEM) throw std::bad_alloc();
  const char* const file = connection ? sqlite3_db_filename(connection, "main") : nullptr;
  throw SqlFailure(cause_of(code), "'" + std::string(file && *file ? file : "a database in memory") +
                                       "': " + (connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code)));
}

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) fail(connection, code);
}

sqlite3* connect(const char* file, int flags, const char* vfs) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(file, &connection, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  if (code == SQLITE_OK) return connection;
  const SqlFailure failure(cause_of(code), "'" + std::string(file) + "': " + sqlite3_errstr(code));
  sqlite3_close(connection);
  throw failure;
}

}  // namespace

SqlFailure::SqlFailure(Cause cause, const std::string& message) : Error(error_code_of(cause), message), cause_(cause) {}

void SqlStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqlStatement::SqlStatement(const SqlDatabase& database, std::string_view sql) : connection_(database.connection()) {
  sqlite3_stmt* statement = nullptr;
  check(connection_,
        sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  statement_.reset(statement);
}

void SqlStatement::begin() { sqlite3_reset(statement_.get()); }

void SqlStatement::set(int place, std::int64_t value) { check(connection_, sqlite3_bind_int64(statement_.get(), place, value)); }

void SqlStatement::set(int place, std::string_view text) {
  const char* const bytes = text.empty() ? "" : text.data();  // A null pointer would be NULL.
  check(connection_, sqlite3_bind_text(statement_.get(), place, bytes, static_cast<int>(text.size()), SQLITE_STATIC));
}

void SqlStatement::set(int place, Blob blob) {
  check(connection_, sqlite3_bind_blob(statement_.get(), place, blob.bytes.data(), static_cast<int>(blob.bytes.size()), SQLITE_STATIC));
}

bool SqlStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(statement_.get());
  fail(connection_, code);
}

std::int64_t SqlStatement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view SqlStatement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view SqlStatement::blob(int column) const {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void SqlDatabase::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }

SqlDatabase::SqlDatabase(const std::filesystem::path& file, Open open, std::chrono::milliseconds patience)
    : connection_(connect(file.c_str(), SQLITE_OPEN_READWRITE | (open == Open::kNew ? SQLITE_OPEN_CREATE : 0), checked_vfs())) {
  sqlite3_busy_timeout(connection(), static_cast<int>(patience.count()));
  if (open == Open::kExisting) return;
  int reserved = kPageCheckBytes;
  check(connection(), sqlite3_file_control(connection(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved));
}

SqlDatabase::SqlDatabase() : connection_(connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr)) {}

void SqlDatabase::execute(const std::string& sql) {
  check(connection(), sqlite3_exec(connection(), sql.c_str(), nullptr, nullptr, nullptr));
}

void SqlDatabase::leave_log_when_closed() { sqlite3_db_config(connection(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

SqlTransaction::~SqlTransaction() {
  if (database_) sqlite3_exec(database_->connection(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqlTransaction::commit() {
  database_->execute("COMMIT");
  database_ = nullptr;
}

}  // namespace hone::ledger_internal
