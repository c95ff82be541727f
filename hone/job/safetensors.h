#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// A tensor in a safetensors file: where its bytes lie behind the header.
struct TensorPlace {
  std::string name;
  std::string dtype;  // "F32", "I64"…, as the format names them.
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  // Bytes from the end of the header.
  std::uint64_t end = 0;
};

/// What a file's header says. Every promise of the format is checked: a length of at most 100 MB and of no more than the
/// file, known dtypes, offsets inside the file, no overlap, no gap, and as many bytes as the shape needs.
struct SafetensorsHeader {
  std::vector<TensorPlace> tensors;             // In the order of their bytes.
  std::map<std::string, std::string> metadata;  // "__metadata__".
  std::uint64_t data_begin = 0;                 // Of the file: 8 + the header's length.

  /// Nullptr when there is none of that name.
  const TensorPlace* find(std::string_view name) const;
};

/// `start` holds at least 8 bytes and the header of a file of `file_bytes` bytes (or the whole file). `file` is its name
/// for messages. Throws kCorruptData saying what is wrong.
SafetensorsHeader parse_safetensors(std::string_view start, std::uint64_t file_bytes, const std::string& file);

/// A file open for reading.
class SafetensorsFile {
 public:
  /// Throws kNotFound, kIo or kCorruptData, naming the file.
  explicit SafetensorsFile(const std::filesystem::path& path);

  const SafetensorsHeader& header() const { return header_; }
  /// The same as header().metadata.at(); throws kCorruptData, naming the key.
  const std::string& metadata(const std::string& key) const;

  /// The whole tensor. Throws kCorruptData when it is not there or has another dtype or number of dimensions.
  std::vector<float> read_floats(std::string_view name, std::size_t dimensions) const;
  std::vector<std::int32_t> read_integers(std::string_view name, std::size_t dimensions) const;

 private:
  template <typename Value>
  std::vector<Value> read(std::string_view name, std::string_view dtype, std::size_t dimensions) const;

  std::filesystem::path path_;
  SafetensorsHeader header_;
};

/// A tensor to write; the bytes are borrowed for the call.
struct TensorBytes {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> bytes;
};

/// Writes the file atomically (hone/core/file.h): tensors in the order given, metadata and names sorted, the header
/// padded with spaces to a multiple of 8. Same arguments, same bytes. REQUIRES: as many bytes as the shape needs.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorBytes> tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace hone
