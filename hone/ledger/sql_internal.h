#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hone/core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hone::ledger_internal {

/// What SQLite refused, and what that says of the file.
class SqlFailure : public Error {
 public:
  enum class Cause {
    kDamaged,     // It is no database of ours, or not all of one any more.
    kUnwritable,  // The disk is full, fails, or may not be written.
    kBusy,        // Another connection is writing, for longer than was waited.
  };
  SqlFailure(Cause cause, const std::string& message);

  Cause cause() const { return cause_; }

 private:
  Cause cause_;
};

class SqlDatabase;

/// A statement with its parameters. Prepared once, run often. Must not outlive its database.
///
///     SqlStatement find(database, "SELECT seq FROM events WHERE kind = ?1");
///     for (find.bind(4); find.step();) use(find.number(0));
class SqlStatement {
 public:
  struct Blob {
    std::string_view bytes;
  };

  /// Throws SqlFailure, as all functions do.
  SqlStatement(const SqlDatabase& database, std::string_view sql);

  /// Binds the parameters from the first on and begins anew. Texts must live until the last step.
  template <typename... Values>
  SqlStatement& bind(const Values&... values) {
    begin();
    [[maybe_unused]] int place = 0;
    (set(++place, values), ...);
    return *this;
  }
  /// One parameter, from 1.
  void set(int place, std::int64_t value);
  void set(int place, std::uint64_t value) { set(place, static_cast<std::int64_t>(value)); }
  void set(int place, int value) { set(place, std::int64_t{value}); }
  void set(int place, std::string_view text);
  void set(int place, Blob blob);
  /// Forgets the row it stands on, so that the parameters may be set again.
  void begin();

  /// Whether there is a further row.
  bool step();
  /// Runs it to its end.
  template <typename... Values>
  void run(const Values&... values) {
    bind(values...);
    while (step()) continue;
    begin();
  }

  // Of the row that step() came to; they live until the next step.
  std::int64_t number(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A connection to a database. One thread at a time.
class SqlDatabase {
 public:
  enum class Open { kExisting, kNew };

  /// In a file whose pages bear checksums (checked_vfs_internal.h). kNew wants that there is none yet.
  SqlDatabase(const std::filesystem::path& file, Open open, std::chrono::milliseconds patience);
  /// In memory.
  SqlDatabase();

  /// Statements without parameters, parted by semicolons.
  void execute(const std::string& sql);

  /// From now on nothing is written when it is closed: what its log holds stays there for the next one who opens it.
  void leave_log_when_closed();

  sqlite3* connection() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

/// A transaction that writes, of a database that others may write too: undone unless commit() is reached.
class SqlTransaction {
 public:
  explicit SqlTransaction(SqlDatabase& database) : database_(&database) { database.execute("BEGIN IMMEDIATE"); }
  ~SqlTransaction();
  SqlTransaction(const SqlTransaction&) = delete;
  SqlTransaction& operator=(const SqlTransaction&) = delete;

  void commit();

 private:
  SqlDatabase* database_;
};

}  // namespace hone::ledger_internal
