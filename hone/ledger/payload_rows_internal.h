#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hone::ledger_internal {

/// The table of sealed payloads in its SQLite file. It knows no keys, and throws kCorruptData where the file is not what it wrote, kBusy
/// where another process holds it for ten seconds, kIo where the disk fails. For one thread at a time.
class PayloadRows {
 public:
  struct Row {
    std::string id;       // 32 hex digits.
    std::string subject;  // As it was given.
    std::string sealed;
  };

  /// Makes the file, mode 0600, and its folder where they are not there.
  explicit PayloadRows(const std::filesystem::path& file);
  ~PayloadRows();

  const std::filesystem::path& path() const { return file_; }
  bool is_empty() const;
  std::optional<Row> find(const std::string& id) const;
  /// Ascending.
  std::vector<std::string> ids_of(const std::string& subject) const;

  /// Durable when it returns. REQUIRES: the id is new.
  void insert(const Row& row);
  /// When these return, no byte of the rows is left in the file. Rows that are not there are none to remove.
  void remove(std::span<const std::string> ids);
  void remove_subject(const std::string& subject);

 private:
  struct Connection;

  void make_file() const;
  void open_table();
  void run(const std::string& sql) const;
  std::string value_of(const char* sql) const;
  bool stands_in_table(const std::string& id) const;
  void remove_rows(const std::function<void()>& remove);

  std::filesystem::path file_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace hone::ledger_internal
