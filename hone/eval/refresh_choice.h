#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace hone {

/// A row of new traffic that may become an item. Borrows.
struct TrafficRow {
  std::string_view id;
  std::string_view stratum = {};
  double difficulty = 0.0;  // As predicted, more being harder; the same for all where nothing is known.
};

/// Places of `size` rows, ascending: every stratum, and within it every stretch of difficulty, in the share that it has of the rows, to
/// within one row (systematic sampling of the rows in that order, with a random start; equal ones in an order of their own for each seed).
/// Each row has the same chance, so that means over the drawn need no weights. All rows where there are no more. The order of the rows
/// changes nothing.
std::vector<std::uint32_t> draw_traffic(std::span<const TrafficRow> rows, std::size_t size, std::uint64_t seed);

/// An item that may go.
struct RetirableItem {
  std::string_view id;
  bool anchor = false;
  std::uint32_t exposures = 0;
  std::uint32_t asked = 0, right = 0;  // Systems.
  std::uint32_t since = 0;             // The version that it came with.

  /// So many systems were asked, and all were right: it tells none from another any more.
  static constexpr std::uint32_t kLeastAsked = 5;
  bool is_too_easy() const { return asked >= kLeastAsked && right == asked; }
};

/// Places of at most `most` items that go, in this order: the too easy ones, then those exposed most often, of equal ones the oldest, then
/// by id. Anchors stay, and so does what was never exposed and is not too easy.
std::vector<std::uint32_t> choose_retired(std::span<const RetirableItem> items, std::size_t most);

}  // namespace hone
