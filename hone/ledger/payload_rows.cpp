#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/ledger/disk.h"
#include "hone/ledger/payload_rows_internal.h"

namespace hone::ledger_internal {
namespace {

// `id` is also what hone-verify looks for.
constexpr std::string_view kPayloadTable = "payload (id TEXT PRIMARY KEY, subject TEXT NOT NULL, sealed BLOB NOT NULL)";
constexpr std::string_view kPayloadVersion = "1";
constexpr int kPatienceForRowsMs = 10'000;

// How deleted bytes are kept from lingering:
//   secure_delete  a deleted row's bytes and freed pages are overwritten with zeros;
//   journal_mode   the rollback journal holds pages as they were, so it must not stay: TRUNCATE empties it when the change is done. PERSIST
//                  would leave them in it, WAL in its log until that is written over. DELETE empties it too, but its end lasts through a
//                  loss of power only once the folder is synced, which SQLite leaves out: a row that was acknowledged could be rolled back;
//   temp_store     what VACUUM copies goes to memory, not to a file in TMPDIR.
// A row that moved from one page to another while it lived may leave a copy in the unused part of the first, which secure_delete does not
// see: so each removal ends with VACUUM, which writes all pages anew from what is left.
constexpr const char* kPayloadSettings =
    "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON";

ErrorCode code_of_sqlite(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:  // Its schema is not the one that our statements know.
      return ErrorCode::kCorruptData;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kBusy;
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_CONSTRAINT:
      return ErrorCode::kInternal;
    default:
      return ErrorCode::kIo;
  }
}

std::string cure_of(ErrorCode code) {
  if (code == ErrorCode::kCorruptData) return "; restore its backup";
  if (code == ErrorCode::kBusy) return "; try again when the process that uses it is done";
  return "";
}

[[noreturn]] void fail_payloads(const std::filesystem::path& file, ErrorCode code, const std::string& why) {
  throw Error(code, "the payloads '" + file.string() + "': " + why + cure_of(code));
}

[[noreturn]] void fail_sqlite(const std::filesystem::path& file, sqlite3* database) {
  const int code = sqlite3_errcode(database);
  // errno says more than "disk I/O error".
  const int cause = sqlite3_system_errno(database);
  const bool is_disk = code_of_sqlite(code) == ErrorCode::kIo && cause != 0;
  fail_payloads(file, code_of_sqlite(code), sqlite3_errmsg(database) + (is_disk ? std::string(": ") + std::strerror(cause) : ""));
}

// Gives up what was begun and not committed when it goes.
class RolledBack {
 public:
  explicit RolledBack(sqlite3* database) : database_(database) {}
  ~RolledBack() {
    if (!sqlite3_get_autocommit(database_)) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  RolledBack(const RolledBack&) = delete;
  RolledBack& operator=(const RolledBack&) = delete;

 private:
  sqlite3* database_;
};

// One statement from its first value to its last row.
class PayloadStatement {
 public:
  PayloadStatement(const std::filesystem::path& file, sqlite3* database, const char* sql) : file_(file), database_(database) {
    check(sqlite3_prepare_v2(database_, sql, -1, &statement_, nullptr));
  }
  ~PayloadStatement() { sqlite3_finalize(statement_); }
  PayloadStatement(const PayloadStatement&) = delete;
  PayloadStatement& operator=(const PayloadStatement&) = delete;

  // The values must outlive the statement.
  PayloadStatement& text(int place, std::string_view value) {
    check(sqlite3_bind_text64(statement_, place, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
  }
  PayloadStatement& blob(int place, std::string_view value) {
    check(sqlite3_bind_blob64(statement_, place, value.data(), value.size(), SQLITE_STATIC));
    return *this;
  }

  // Whether there is one more row.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail_sqlite(file_, database_);
    return code == SQLITE_ROW;
  }

  std::string column(int place) const {
    const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_, place));
    const auto count = static_cast<std::size_t>(sqlite3_column_bytes(statement_, place));
    return bytes ? std::string(bytes, count) : std::string();
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) fail_sqlite(file_, database_);
  }

  const std::filesystem::path& file_;
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace

struct PayloadRows::Connection {
  sqlite3* database = nullptr;
  ~Connection() { sqlite3_close(database); }
};

PayloadRows::PayloadRows(const std::filesystem::path& file)
    : file_(std::filesystem::absolute(file)), connection_(std::make_unique<Connection>()) {
  make_file();
  if (sqlite3_open_v2(file_.c_str(), &connection_->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
    fail_sqlite(file_, connection_->database);
  sqlite3_extended_result_codes(connection_->database, 0);
  sqlite3_busy_timeout(connection_->database, kPatienceForRowsMs);
  run(kPayloadSettings);
  if (value_of("PRAGMA journal_mode = TRUNCATE") != "truncate")
    fail_payloads(file_, ErrorCode::kCorruptData, "the file keeps its changes in another way than hone does");
  open_table();
}

PayloadRows::~PayloadRows() = default;

// SQLite would let others read what it makes.
void PayloadRows::make_file() const {
  make_folder(file_.parent_path());
  const int fd = ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) return;
  if (fd < 0) throw DiskFailure(errno, "cannot make the payloads", file_);
  ::close(fd);
  Disk().sync_folder(file_.parent_path());
}

// Two processes may find the same new file.
void PayloadRows::open_table() {
  const std::string table(kPayloadTable), known(kPayloadVersion);
  if (value_of("PRAGMA user_version") == "0" && value_of("SELECT count(*) FROM sqlite_master") == "0")
    run("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS " + table + "; PRAGMA user_version = " + known + "; COMMIT");
  const std::string version = value_of("PRAGMA user_version");
  if (version != "0" && version != known)
    fail_payloads(file_, ErrorCode::kInvalidArgument,
                  "they are of version " + version + ", and this hone knows version " + known + "; use a newer one");
  if (version == "0" || value_of("SELECT group_concat(sql) FROM sqlite_master") != "CREATE TABLE " + table)
    fail_payloads(file_, ErrorCode::kCorruptData, "the file holds other things than payloads");
}

void PayloadRows::run(const std::string& sql) const {
  if (sqlite3_exec(connection_->database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return;
  const RolledBack at_end(connection_->database);
  fail_sqlite(file_, connection_->database);
}

std::string PayloadRows::value_of(const char* sql) const {
  PayloadStatement statement(file_, connection_->database, sql);
  return statement.step() ? statement.column(0) : std::string();
}

bool PayloadRows::is_empty() const { return value_of("SELECT 1 FROM payload LIMIT 1").empty(); }

std::optional<PayloadRows::Row> PayloadRows::find(const std::string& id) const {
  PayloadStatement statement(file_, connection_->database, "SELECT id, subject, sealed FROM payload WHERE id = ?1");
  if (statement.text(1, id).step()) {
    Row row{.id = statement.column(0), .subject = statement.column(1), .sealed = statement.column(2)};
    if (row.id != id) fail_payloads(file_, ErrorCode::kCorruptData, "the index leads from payload " + id + " to another one");
    return row;
  }
  // What is not there was erased, which must not be believed of a payload that only the index lost.
  if (stands_in_table(id)) fail_payloads(file_, ErrorCode::kCorruptData, "the index does not lead to payload " + id);
  return std::nullopt;
}

bool PayloadRows::stands_in_table(const std::string& id) const {
  PayloadStatement statement(file_, connection_->database, "SELECT 1 FROM payload NOT INDEXED WHERE id = ?1");
  return statement.text(1, id).step();
}

std::vector<std::string> PayloadRows::ids_of(const std::string& subject) const {
  PayloadStatement statement(file_, connection_->database, "SELECT id FROM payload NOT INDEXED WHERE subject = ?1 ORDER BY id");
  statement.text(1, subject);
  std::vector<std::string> ids;
  while (statement.step()) ids.push_back(statement.column(0));
  return ids;
}

void PayloadRows::insert(const Row& row) {
  PayloadStatement statement(file_, connection_->database, "INSERT INTO payload VALUES (?1, ?2, ?3)");
  statement.text(1, row.id).text(2, row.subject).blob(3, row.sealed).step();
}

void PayloadRows::remove(std::span<const std::string> ids) {
  remove_rows([&] {
    for (const std::string& id : ids) {
      PayloadStatement statement(file_, connection_->database, "DELETE FROM payload NOT INDEXED WHERE id = ?1");
      statement.text(1, id).step();
    }
  });
}

void PayloadRows::remove_subject(const std::string& subject) {
  remove_rows([&] {
    PayloadStatement statement(file_, connection_->database, "DELETE FROM payload NOT INDEXED WHERE subject = ?1");
    statement.text(1, subject).step();
  });
}

void PayloadRows::remove_rows(const std::function<void()>& remove) {
  run("BEGIN IMMEDIATE");
  {
    const RolledBack unless_committed(connection_->database);
    remove();
    run("COMMIT");
  }
  run("VACUUM");
}

}  // namespace hone::ledger_internal
