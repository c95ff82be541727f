// The first byte chooses the format, the rest is the file: a vote table of any bytes is read or refused with hone::Error.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/label_model/vote_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const hone::RemovedAtEnd folder = [] {
    const std::filesystem::path path = hone::temporary_name(std::filesystem::temp_directory_path());
    hone::make_folder(path);
    return hone::RemovedAtEnd(path);
  }();
  constexpr const char* kNames[] = {"votes.csv", "votes.tsv", "votes.jsonl"};
  const std::filesystem::path file = folder.path() / kNames[data[0] % 3];
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  try {
    hone::read_vote_table(file, {.gold = {}, .read = {}, .max_bad_rows = 1.0});
  } catch (const hone::Error&) {
  }
  return 0;
}
