#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/util/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

enum class Packing { kNone, kGzip, kZstd };

/// A moving window over the text of a file: unpacked, decoded to UTF-8 (bytes of a file that says it is UTF-8 are
/// passed on as they are, valid or not) and without a byte-order mark at its begin.
class TextWindow {
 public:
  static constexpr std::size_t kBlock = 4 << 20;
  static constexpr std::size_t kSmallBlock = 64 << 10;

  /// `name` is what errors call the file. `block` is how many bytes are read at a time, at least the 3 of a byte-order mark: few for
  /// files that are known to be small, and in tests, whose windows then end everywhere. Throws kInvalidArgument for an encoding that
  /// is not known.
  TextWindow(std::shared_ptr<arrow::io::InputStream> file, Packing packing, std::string_view encoding, std::string name,
             std::size_t block = kBlock);
  ~TextWindow();

  /// What is held now. At least kPadding bytes behind it may be read, and mean nothing. Valid until grow().
  std::string_view text() const { return {bytes_.data() + begin_, end_ - begin_}; }
  static constexpr std::size_t kPadding = 128;

  /// Lets go of bytes at the front.
  void drop(std::size_t bytes) { begin_ += bytes; }

  /// Reads on: as much as is held already, at least a block. False at the end of the file, where nothing was added.
  /// Throws kCorruptData for a packed file that is damaged, cut off, or unpacks to more than 200 times its size and
  /// more than 1 GiB.
  bool grow();

  /// Bytes of the file itself that were read.
  std::uint64_t bytes_read() const;

  const std::string& name() const { return name_; }

 private:
  std::size_t read_into(char* place, std::size_t bytes);
  void refuse_bomb(std::size_t unpacked) const;
  void make_room(std::size_t bytes);
  void append_decoded(std::string_view raw);
  void check_begin();

  std::shared_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::io::InputStream> file_;
  std::shared_ptr<arrow::io::InputStream> stream_;
  bool packed_ = false;
  bool single_byte_ = false;  // windows-1252 or latin-1: each byte is a character.
  bool at_begin_ = true;
  const std::uint16_t* high_controls_ = nullptr;  // What bytes 0x80 to 0x9F mean; null: themselves.
  std::string name_;
  std::size_t block_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::vector<char> raw_;
  std::uint64_t unpacked_ = 0;
};

/// The packing that a file name's ending tells, and the name without it.
struct PackedName {
  std::string name;
  Packing packing = Packing::kNone;
};
PackedName packing_of(std::string name);

}  // namespace hone
