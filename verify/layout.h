#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/bytes.h"
#include "verify/file.h"
#include "verify/note.h"

namespace hone::verify {

inline constexpr std::uint64_t kBundle = 256;      ///< Entries of a bundle, hashes of a tile.
inline constexpr std::uint64_t kSegment = 65'536;  ///< Entries of a segment.
inline constexpr std::size_t kHashBytes = 32;

/// Where the entries and hashes of a log lie: in a project's ledger folder, or as a published tree of tiles (docs/ledger.md, "Files").
/// Both hold the same bytes, cut otherwise.
class Layout {
 public:
  Layout(std::filesystem::path folder, bool published, std::uint64_t size)
      : folder_(std::move(folder)), published_(published), size_(size) {}

  const std::filesystem::path& folder() const { return folder_; }
  bool published() const { return published_; }
  std::uint64_t size() const { return size_; }

  /// The file that holds an entry, and where the next file begins. Names are relative to the folder.
  std::string entries_file(std::uint64_t seq) const;
  std::uint64_t next_file(std::uint64_t seq) const;

  /// The file that holds a hash of a level, and where in it.
  struct Place {
    std::string file;
    std::uint64_t offset;
  };
  Place hash_place(unsigned level, std::uint64_t index) const;

  std::optional<File> open(const std::string& file) const { return File::open(folder_ / file); }

 private:
  std::string tile(std::string_view level, std::uint64_t number, std::uint64_t hashes) const;

  std::filesystem::path folder_;
  bool published_;
  std::uint64_t size_;
};

/// Reads entries one after the other, across files. A length is never believed before the bytes are there.
class EntryStream {
 public:
  EntryStream(const Layout& layout, std::size_t at_once) : layout_(layout), at_once_(at_once) {}

  /// Goes to an entry that begins at `offset` of its file; stops before `end`.
  void seek(std::uint64_t seq, std::uint64_t end, std::uint64_t offset);

  /// False at the end, and when it is broken: `trouble()` then says how.
  bool next();

  std::string_view entry() const { return entry_; }
  std::uint64_t seq() const { return seq_; }        ///< Of entry().
  std::uint64_t offset() const { return offset_; }  ///< Where its length stands in file().
  const std::string& file() const { return name_; }
  const std::string& trouble() const { return trouble_; }

  /// Bytes in the file after the last entry read.
  std::uint64_t bytes_left() const { return file_ ? file_->size() - std::min(file_->size(), offset_ + 2 + entry_.size()) : 0; }

 private:
  bool open_file();
  bool have(std::size_t count);

  const Layout& layout_;
  std::size_t at_once_;  ///< Bytes read at a time.
  std::optional<File> file_;
  std::string name_, trouble_;
  std::string buffer_;
  std::size_t at_ = 0, filled_ = 0;
  std::uint64_t filled_to_ = 0;  ///< The offset in the file of what follows the buffer.
  std::uint64_t upcoming_ = 0, end_ = 0, file_end_ = 0;
  std::string_view entry_;
  std::uint64_t seq_ = 0, offset_ = 0;
};

/// One record of `commits`.
struct Record {
  Checkpoint checkpoint;
  std::uint64_t offset = 0;
};

/// Reads `commits`, the journal of signed checkpoints, from an offset at which a record begins.
class CommitReader {
 public:
  CommitReader(const Layout& layout, std::uint64_t offset);

  /// Nothing at the end. Throws Malformed for what is no record; `offset()` is then where it begins.
  std::optional<Record> next();
  std::uint64_t offset() const { return offset_; }
  std::uint64_t torn_bytes() const { return torn_; }  ///< Of a last write that did not end.

 private:
  std::optional<std::size_t> record_end();
  void check_torn(std::string_view tail) const;
  bool fill();

  std::optional<File> file_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t offset_;
  std::uint64_t torn_ = 0;
};

inline constexpr const char* kCommits = "commits";
inline constexpr const char* kCheckpoint = "checkpoint";

}  // namespace hone::verify
