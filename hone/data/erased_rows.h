#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>

namespace hone {

/// Rows that were erased, whatever the files still hold: import leaves them out. They are known by hashes under a salt of the project, so
/// that the list itself names nobody; whoever has it and an id can still see that the row was there. The file is no cache: without it the
/// rows would come back.
class ErasedRows {
 public:
  /// Of a file that is not there: none. Throws kCorruptData when it is not what write() wrote.
  static ErasedRows read(const std::filesystem::path& file);
  /// Durably.
  void write(const std::filesystem::path& file) const;

  bool empty() const { return rows_.empty(); }
  bool holds(std::string_view id) const;
  void add(std::string_view id);

  /// A hash of the whole list: what an import depends on.
  std::string version() const;

 private:
  std::string key_of(std::string_view id) const;

  std::string salt_;  // 64 hex digits, drawn with the first row.
  std::unordered_set<std::string> rows_;
};

}  // namespace hone
