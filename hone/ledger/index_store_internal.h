#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hone/ledger/index_entry_internal.h"
#include "hone/ledger/sql_internal.h"

namespace hone::ledger_internal {

/// The tables of an index. A text that comes often is a number, which the table `words` gives it.
///
///   words     id, use, text                   use: WordUse
///   events    seq, kind, actor, role, time    words; microseconds since 1970
///   steps     seq                             the events whose time is less than that of the one before
///   objects   hash, seq, use                  use: ObjectUse
///   examples  key, seq
///   things    kind, name, seq                 what naming_member() says
///   links     from_seq, to_seq, member
///   state     schema, size, root              how many events of the log are in the tables, and its root then
///
/// One thread at a time.
class IndexStore {
 public:
  /// One of another schema is made anew.
  static constexpr std::int64_t kSchema = 2;

  enum class WordUse { kKind = 0, kActor = 1, kRole = 2, kMember = 3 };

  struct State {
    std::uint64_t size = 0;
    Hash root{};
  };

  /// One that is there. Throws SqlFailure (kDamaged) when it is none of ours, or of another schema.
  static IndexStore open(const std::filesystem::path& file);
  /// A new file that nobody else knows of, or one in memory, for a load in one go that ends with finish().
  static IndexStore create(const std::filesystem::path& file);
  static IndexStore in_memory();

  IndexStore(IndexStore&&) noexcept;
  IndexStore& operator=(IndexStore&&) = delete;  // Statements go before their database.
  ~IndexStore();

  State state();

  /// A change that others see as a whole or not at all, after which state().size events are there. Undone unless committed.
  class Change {
   public:
    explicit Change(IndexStore& store);
    ~Change();
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

    void commit(const State& state);

   private:
    IndexStore& store_;
    SqlTransaction transaction_;
    bool committed_ = false;
  };

  /// REQUIRES: a Change or a load, and all events before this one are there.
  void add(const IndexEntry& entry);

  /// Ends a load: makes the secondary indexes, which cost less then.
  void finish(const State& state);

  /// The number of a word; nothing where no event has it.
  std::optional<std::int64_t> word(WordUse use, std::string_view text);
  /// All words of a use with their numbers.
  std::vector<std::pair<std::int64_t, std::string>> words(WordUse use);

  /// A statement, prepared at its first use.
  SqlStatement& statement(const std::string& sql);

  /// See SqlDatabase.
  void leave_log_when_closed() { database_.leave_log_when_closed(); }

 private:
  struct Inserts;

  explicit IndexStore(SqlDatabase database);
  void begin_load(const std::string& after_load);
  void read_on();
  std::int64_t word_id(WordUse use, const std::string& text);
  void set_state(const State& state);

  SqlDatabase database_;
  std::map<std::string, SqlStatement> statements_;
  std::unique_ptr<Inserts> inserts_;
  std::array<std::unordered_map<std::string, std::int64_t>, 4> ids_;  // Of words known to be in the table, by use.
  std::int64_t last_word_ = 0;
  std::int64_t last_time_ = INT64_MIN;  // Of the event that was added last.
  std::string after_load_;
};

}  // namespace hone::ledger_internal
