#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hone/ledger/disk.h"
#include "hone/ledger/hash_files.h"
#include "hone/ledger/segments.h"

namespace hone {

/// A file of the tree as C2SP tlog-tiles publishes it: 256 hashes of a level, or 256 entries; fewer at the end of the tree.
struct TileName {
  static constexpr unsigned kFull = 256;

  bool is_entries = false;
  unsigned level = 0;  // Of hashes: the roots of 256^level leaves.
  std::uint64_t number = 0;
  unsigned width = kFull;  // 1 to 255: a partial tile.

  /// "tile/0/x001/x234/067", "tile/entries/003.p/232".
  std::string path() const;

  /// Nothing unless the text is what path() gives.
  static std::optional<TileName> parse(std::string_view path);
  bool operator==(const TileName&) const = default;
};

/// The tile's width in a tree of `size` leaves: 256, fewer, or 0 when there is none.
unsigned tile_width(const TileName& tile, std::uint64_t size);

/// Calls with every tile of a tree of `size` leaves.
void visit_tiles(std::uint64_t size, const std::function<void(const TileName&)>& visit);

/// The tile's bytes. REQUIRES: that width or a larger one in the tree of `segments.size()` leaves. Hashes that do not have the root of the
/// level above are computed from the entries.
std::string read_tile(const TileName& tile, Segments& segments, LogTree& tree);

/// Writes the tree of `segments.size()` entries into a folder, and then its signed checkpoint. What is there already stays; partial tiles
/// of smaller trees go. Others may read the folder meanwhile.
void publish_tree(const Disk& disk, Segments& segments, LogTree& tree, std::string_view checkpoint, const std::filesystem::path& folder);

}  // namespace hone
