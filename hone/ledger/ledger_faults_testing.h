#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "hone/core/complaint_testing.h"
#include "hone/core/file.h"
#include "hone/ledger/ledger_testing.h"

// What the tests of a ledger's faults share: states of its folder. With HONE_LONG_TESTS set every byte and every call is tried, else some.
namespace hone {

inline bool is_long() { return std::getenv("HONE_LONG_TESTS") != nullptr; }
inline std::size_t some(std::size_t step) { return is_long() ? 1 : step; }

using Files = std::map<std::string, std::string>;

inline Files files_of(const std::filesystem::path& folder) {
  Files files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
    if (file.is_regular_file()) files[std::filesystem::relative(file.path(), folder).string()] = read_file(file.path());
  return files;
}

inline void put_files(const std::filesystem::path& folder, const Files& files) {
  std::filesystem::remove_all(folder);
  for (const char* const part : {"segments", "hash", "lookup"}) make_folder(folder / part);
  for (const auto& [name, bytes] : files) {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }
}

// What is no cache: the entries and the journal.
inline Files records_of(Files files) {
  std::erase_if(files, [](const auto& file) { return !file.first.starts_with("segments/") && file.first != "commits"; });
  std::erase_if(files, [](const auto& file) { return file.first.ends_with(".idx"); });
  return files;
}

inline std::string open_and_close(const LedgerFolder& folder) {
  return complaint_of([&] { folder.open(); });
}

// Votes of tokens from..to-1, one after the other.
inline void append_votes(LedgerWriter& writer, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t token = from; token < to; ++token) {
    NewEvent vote = some_vote(1);
    vote.token = numbered_token(token);
    writer.append(vote).get();
  }
}

// A small ledger, before and after its last group.
class LedgerFaults : public testing::Test {
 protected:
  LedgerFaults() {
    folder.create_with_votes(3);
    before = files_of(folder.ledger());
    {
      LedgerWriter writer = folder.open();
      append_votes(writer, 100, 101);
    }
    after = files_of(folder.ledger());
    std::filesystem::remove_all(folder.options.seen_folder);
  }

  // The state that a kill between the two leaves: what was there before, but for these files.
  void put(const Files& changed) {
    Files files = before;
    for (const auto& [name, bytes] : changed) files[name] = bytes;
    put_files(folder.ledger(), files);
    std::filesystem::remove_all(folder.options.seen_folder);
  }

  LedgerFolder folder;
  Files before, after;
};

}  // namespace hone
