#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// The number of a name that is not there.
inline constexpr std::uint32_t kNoName = std::numeric_limits<std::uint32_t>::max();

/// Names numbered in the order in which they are first seen, held one behind the other: millions of ids take their bytes and 16 more each.
class NameTable {
 public:
  std::uint32_t of(std::string_view name);
  /// kNoName for a name that was not seen.
  std::uint32_t find(std::string_view name) const;
  /// Valid until the next of().
  std::string_view name(std::uint32_t number) const {
    return std::string_view(bytes_).substr(begins_[number], begins_[number + 1] - begins_[number]);
  }
  std::size_t size() const { return begins_.size() - 1; }
  /// All of them, by number.
  std::vector<std::string> names() const;

  /// By number of this table: the number of the same name in `other`, kNoName where it has none.
  std::vector<std::uint32_t> numbers_in(const NameTable& other) const;

 private:
  // Open addressing with linear probing (Knuth: The Art of Computer Programming, vol. 3, section 6.4, algorithm L). A slot keeps half of
  // the hash, so that other names are hardly ever looked at.
  struct Slot {
    std::uint32_t number = kNoName;
    std::uint32_t check = 0;
  };
  std::size_t slot_of(std::string_view name, std::size_t hash) const;
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::vector<std::uint64_t> begins_{0};
  std::string bytes_;
};

/// Names of rows: a number of `names` for each, kNoName where a row has none.
struct NameColumn {
  NameTable names;
  std::vector<std::uint32_t> of;
};

}  // namespace hone
