#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/disk.h"

namespace hone {

/// The entries of a log in files of 65,536: a big-endian length of 2 bytes, the entry's bytes, and so on. 256 entries that begin at a
/// multiple of 256 are a bundle, byte for byte one tile/entries file of C2SP tlog-tiles.
inline constexpr std::uint64_t kSegmentEntries = 65536;
inline constexpr std::uint64_t kBundleEntries = 256;
inline constexpr std::size_t kMaxEntryBytes = 65535;

/// Appends an entry with its length. REQUIRES: at most 65,535 bytes.
void append_framed(std::string& out, std::string_view entry);

/// The entries in framed bytes. Throws kCorruptData when the bytes end inside of one.
std::vector<std::string_view> framed_entries(std::string_view bytes);

/// Reads the entries of a log of which the first size() ones are known to be whole. One thread at a time.
class Segments {
 public:
  /// `folder` holds 000000, 000000.idx, and so on. The disk must outlive this.
  Segments(const Disk& disk, std::filesystem::path folder) : disk_(disk), folder_(std::move(folder)) {}

  std::filesystem::path file_of(std::uint64_t segment) const;
  std::filesystem::path index_of(std::uint64_t segment) const;

  /// From now on entries 0 to size - 1 may be read.
  void set_size(std::uint64_t size) { size_ = size; }
  std::uint64_t size() const { return size_; }

  /// Bundle `number`, of 256 entries or, at the end, fewer. Throws kCorruptData (LEDGER_TRUNCATED where bytes are missing, LEDGER_CORRUPT
  /// where lengths lead nowhere), naming the segment.
  std::string bundle(std::uint64_t number);

  std::string entry(std::uint64_t seq);

  /// The entry that a full segment begins with.
  std::string first_entry(std::uint64_t segment);

  /// Calls with every entry of begin..end-1 in order, reading bundle by bundle.
  void for_each(std::uint64_t begin, std::uint64_t end, const std::function<void(std::uint64_t seq, std::string_view entry)>& visit);

  /// Where entry size() begins in its segment: 0 when that segment is still empty.
  std::uint64_t end_offset();

  /// Checks that all segments are there and long enough. Reads a whole one only where its index is missing or wrong. Throws as bundle().
  void check_files();

  /// Whether the .idx file of a full segment is there and says what lies in the segment.
  bool has_index(std::uint64_t segment);

  /// The 257 offsets of a full segment as its .idx file holds them.
  std::string index_text(std::uint64_t segment);

  /// The log grew by entries of these framed lengths, which the caller wrote: set_size() without reading them again.
  void grew(std::span<const std::size_t> framed_lengths);

 private:
  using Offsets = std::vector<std::uint64_t>;

  std::uint64_t entries_in(std::uint64_t segment) const;
  const DiskFile& file(std::uint64_t segment);
  const Offsets& offsets(std::uint64_t segment);
  bool read_index(std::uint64_t segment, Offsets& offsets);
  void extend_by_scan(std::uint64_t segment, Offsets& offsets, std::uint64_t& entries);
  std::string read_bundle(std::uint64_t number);

  const Disk& disk_;
  std::filesystem::path folder_;
  std::uint64_t size_ = 0;
  std::map<std::uint64_t, DiskFile> files_;
  std::map<std::uint64_t, Offsets> offsets_;        // Where every 256th entry begins, and the end, of full segments.
  std::uint64_t open_segment_ = ~std::uint64_t{0};  // The one that is not full,
  std::uint64_t open_entries_ = 0;                  // how many of its entries were looked at,
  Offsets open_offsets_;                            // and their offsets, the last of which is the end of those.
};

}  // namespace hone
