#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/file.h"

namespace hone {

/// What a fuzzer holds to be true. Where it is not, the input is a finding.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// Pieces of an input, parted by the byte 0x1E ("record separator"), which leaves corpora readable.
inline std::vector<std::string_view> records_of(std::string_view input) {
  std::vector<std::string_view> records;
  while (!input.empty()) {
    const std::size_t end = input.find('\x1E');
    records.push_back(input.substr(0, end));
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  }
  return records;
}

/// The folder of a fuzzer that needs files: its own, gone when the program ends.
inline const std::filesystem::path& fuzz_folder() {
  static const RemovedAtEnd folder = [] {
    const std::filesystem::path path = temporary_name(std::filesystem::temp_directory_path());
    make_folder(path);
    return RemovedAtEnd(path);
  }();
  return folder.path();
}

/// A file in that folder, written over.
inline std::filesystem::path fuzz_file(const std::string& name, std::string_view bytes) {
  const std::filesystem::path path = fuzz_folder() / name;
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

}  // namespace hone
