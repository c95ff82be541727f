#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "verify/canonical.h"
#include "verify/file.h"

namespace hone::verify {

/// An object that lists others, where an event names more than fit into it (docs/ledger.md, "Lists of objects").
inline constexpr std::string_view kRefsMedia = "application/vnd.hone.refs+json";
inline constexpr std::uint64_t kMostRefsBytes = 64u << 20;

struct ListedRef {
  Hash hash;
  std::uint64_t bytes;
};

/// Reads a list piece by piece, so that memory holds one ref of it. All throw Malformed, saying what is wrong at offset().
class RefsReader {
 public:
  /// `take` gets each ref, in the order of the list, before what follows it is looked at.
  explicit RefsReader(std::function<void(const ListedRef&)> take) : take_(std::move(take)) {}

  void read(const File& file);

  void add(std::string_view piece);
  void end() const;

  /// Where in the list the part begins that comes next, or that is wrong.
  std::uint64_t offset() const { return offset_; }

 private:
  std::size_t read_part(std::string_view rest);
  std::size_t read_element(std::string_view rest);
  ListedRef checked_ref();

  enum class Next { kBegin, kFirst, kElement, kMore, kClose, kNothing };

  std::function<void(const ListedRef&)> take_;
  Next next_ = Next::kBegin;
  std::string rest_;  ///< Of the pieces before, what is no whole part yet.
  std::uint64_t offset_ = 0;
  EventText text_;
  std::string last_name_;
};

}  // namespace hone::verify
