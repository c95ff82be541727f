#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/event_index.h"
#include "hone/ledger/index_store_internal.h"

namespace hone::ledger_internal {

/// The questions of EventIndex, asked of a store's tables, about the first `size` events.
class IndexQueries {
 public:
  /// The store must outlive this.
  IndexQueries(IndexStore& store, std::uint64_t size) : store_(store), size_(size) {}

  std::optional<std::uint64_t> latest(std::string_view kind, std::string_view name);
  std::optional<std::uint64_t> last(std::string_view kind);
  std::vector<std::uint64_t> find(const EventFilter& filter);
  std::optional<std::uint64_t> made(std::string_view hash);
  std::vector<std::uint64_t> used_by(std::string_view hash);
  std::vector<EventIndex::Reference> referring_to(std::uint64_t seq, std::uint64_t limit);
  std::vector<std::string> kinds();

 private:
  struct Range {
    std::uint64_t begin = 0, end = 0;
  };
  // A filter with its words as numbers.
  struct Asked {
    const EventFilter& filter;
    std::vector<std::int64_t> kinds;  // Those that the filter names; all where it names none.
    std::optional<std::int64_t> actor;
  };

  std::vector<std::int64_t> kinds_like(const std::vector<std::string>& beginnings);
  std::int64_t event_time(std::uint64_t seq);
  std::uint64_t first_at_least(Range range, std::int64_t time);
  std::vector<Range> ranges_of(const EventFilter& filter);
  std::vector<std::uint64_t> find_in(Range range, const Asked& asked, std::uint64_t limit);
  std::vector<std::uint64_t> find_of_kinds(Range range, const Asked& asked, std::uint64_t limit);

  IndexStore& store_;
  std::uint64_t size_;
};

}  // namespace hone::ledger_internal
