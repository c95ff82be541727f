#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hone {

/// Packs files of a folder into a ZIP, each as TOP/NAME, in the order given. The same files give the same bytes: no times, no owners, one
/// way to compress (the bytes that zlib makes may differ from one of its versions to another; what is in them does not).
/// Throws kIo naming the file.
void write_zip(const std::filesystem::path& folder, const std::vector<std::string>& names, const std::string& top,
               const std::filesystem::path& zip);

}  // namespace hone
