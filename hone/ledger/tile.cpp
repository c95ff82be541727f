#include "hone/ledger/tile.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdio>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr unsigned kMaxLevel = 7;  // 256^8 leaves are more than any size says.

// 1234067 is x001/x234/067.
std::string number_path(std::uint64_t number) {
  char three[8];
  std::snprintf(three, sizeof three, "%03u", static_cast<unsigned>(number % 1000));
  std::string path = three;
  for (number /= 1000; number > 0; number /= 1000) {
    std::snprintf(three, sizeof three, "x%03u/", static_cast<unsigned>(number % 1000));
    path.insert(0, three);
  }
  return path;
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Digits alone, in groups as number_path() writes them; sloppier texts are found out by writing the name again.
bool read_number_path(std::string_view path, std::uint64_t& number) {
  std::string digits;
  for (const char character : path)
    if (character >= '0' && character <= '9') digits += character;
  return !digits.empty() && read_number(digits, number);
}

std::string joined(const std::vector<Hash>& hashes) {
  std::string bytes;
  for (const Hash& hash : hashes) bytes += bytes_of(hash);
  return bytes;
}

// Whether a full tile's hashes give the one above them.
bool fits_above(const TileName& tile, const std::vector<Hash>& hashes, LogTree& tree) {
  return tile.width != TileName::kFull || tile.level == kMaxLevel ||
         fold(hashes) == tree.level_hashes(tile.level + 1, tile.number, 1).front();
}

void remove_partials(const Disk& disk, const std::filesystem::path& folder, const std::filesystem::path& keep) {
  std::error_code missing;
  for (const auto& file : std::filesystem::directory_iterator(folder, missing))
    if (file.path() != keep) disk.remove(file.path());
  if (keep.empty()) std::filesystem::remove(folder, missing);
}

void publish_tile(const Disk& disk, const TileName& tile, Segments& segments, LogTree& tree, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / tile.path();
  const std::filesystem::path partials =
      (folder / TileName{tile.is_entries, tile.level, tile.number, TileName::kFull}.path()).string() + ".p";
  const bool is_full = tile.width == TileName::kFull;
  std::error_code missing;
  if (std::filesystem::exists(file, missing)) return;
  disk.make_folder(file.parent_path());
  disk.replace(file, read_tile(tile, segments, tree), Disk::Durable::kNo);
  remove_partials(disk, partials, is_full ? std::filesystem::path() : file);
}

}  // namespace

std::string TileName::path() const {
  return std::string("tile/") + (is_entries ? "entries" : std::to_string(level)) + "/" + number_path(number) +
         (width == kFull ? "" : ".p/" + std::to_string(width));
}

std::optional<TileName> TileName::parse(std::string_view path) {
  const std::string_view whole = path;
  constexpr std::string_view kStart = "tile/", kEntries = "entries/", kPartial = ".p/";
  TileName tile;
  if (!path.starts_with(kStart)) return std::nullopt;
  path.remove_prefix(kStart.size());
  std::uint64_t level = 0, width = kFull;
  if (path.starts_with(kEntries)) {
    tile.is_entries = true;
    path.remove_prefix(kEntries.size());
  } else {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (!read_number(path.substr(0, end), level) || level > kMaxLevel || end == path.size()) return std::nullopt;
    path.remove_prefix(end + 1);
  }
  if (const std::size_t partial = path.find(kPartial); partial != std::string_view::npos) {
    if (!read_number(path.substr(partial + kPartial.size()), width) || width == 0 || width >= kFull) return std::nullopt;
    path = path.substr(0, partial);
  }
  if (!read_number_path(path, tile.number)) return std::nullopt;
  tile.level = static_cast<unsigned>(level);
  tile.width = static_cast<unsigned>(width);
  return tile.path() == whole ? std::optional(tile) : std::nullopt;
}

unsigned tile_width(const TileName& tile, std::uint64_t size) {
  const std::uint64_t in_level = tile.is_entries || tile.level == 0 ? size : size >> (kTileHeight * tile.level);
  if (tile.number >= (in_level + TileName::kFull - 1) / TileName::kFull) return 0;
  return static_cast<unsigned>(std::min<std::uint64_t>(TileName::kFull, in_level - tile.number * TileName::kFull));
}

void visit_tiles(std::uint64_t size, const std::function<void(const TileName&)>& visit) {
  const auto visit_row = [&](TileName tile) {
    for (; (tile.width = tile_width(tile, size)) > 0; ++tile.number) visit(tile);
  };
  visit_row({.is_entries = true, .level = 0, .number = 0, .width = 0});
  for (unsigned level = 0; level <= kMaxLevel; ++level) visit_row({.is_entries = false, .level = level, .number = 0, .width = 0});
}

std::string read_tile(const TileName& tile, Segments& segments, LogTree& tree) {
  assert(tile_width(tile, segments.size()) >= tile.width);
  if (tile.is_entries) {
    const std::string bundle = segments.bundle(tile.number);
    std::string bytes;
    std::vector<std::string_view> entries = framed_entries(bundle);
    entries.resize(tile.width);
    for (const std::string_view entry : entries) append_framed(bytes, entry);
    return bytes;
  }
  std::vector<Hash> hashes = tree.level_hashes(tile.level, tile.number * TileName::kFull, tile.width);
  if (!fits_above(tile, hashes, tree)) {
    tree.believe_hashes(false);
    hashes = tree.level_hashes(tile.level, tile.number * TileName::kFull, tile.width);
    tree.believe_hashes(true);
  }
  return joined(hashes);
}

void publish_tree(const Disk& disk, Segments& segments, LogTree& tree, std::string_view checkpoint, const std::filesystem::path& folder) {
  disk.make_folder(folder);
  visit_tiles(segments.size(), [&](const TileName& tile) { publish_tile(disk, tile, segments, tree, folder); });
  disk.replace(folder / "checkpoint", checkpoint, Disk::Durable::kYes);
}

}  // namespace hone
