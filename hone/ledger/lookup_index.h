#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hone/ledger/disk.h"

namespace hone {

/// Finds events by 16 bytes that name something of theirs: a token, the beginning of an object's hash. A cache of the log in the files
/// lookup/<level>/<number>: such a run holds the keys of 16^level segments, sorted, each once written. There are as many runs of a level
/// as the number of full segments has that digit in base 16, so that a search looks into a few dozen runs at most, and opening reads
/// nothing. The keys of the segment that is not full are in memory.
///
/// What is found are candidates: the caller looks at the event. A run that is missing or wrong is made anew from the log. One thread.
class LookupIndex {
 public:
  using Key = std::array<std::uint8_t, 16>;
  using Add = std::function<void(const Key& key, std::uint64_t seq)>;
  /// Calls `add` for each key of the events begin..end-1.
  using Scan = std::function<void(std::uint64_t begin, std::uint64_t end, const Add& add)>;

  LookupIndex(const Disk& disk, std::filesystem::path folder, Scan scan)
      : disk_(disk), folder_(std::move(folder)), scan_(std::move(scan)) {}

  /// For hash tables of keys.
  static std::size_t hash_of(const Key& key);

  /// Writes nothing from now on: what is missing is found in the log each time.
  void keep_to_memory() { writes_ = false; }

  /// Segments 0 to full - 1 are full, and the next one has no keys yet.
  void begin_segment(std::uint64_t full);

  /// A key of an event of the open segment, which ends where it is full.
  void add(const Key& key, std::uint64_t seq);

  /// Writes what it holds of the open segment, which is full now, and begins the next. Failures to write are forgotten: the run is made
  /// anew when it is asked for.
  void end_segment();

  /// Events that may have the key, ascending.
  std::vector<std::uint64_t> find(const Key& key);

 private:
  struct Record {
    Key key{};
    std::uint32_t seq = 0;  // Counted from the run's first event.
    std::uint32_t check = 0;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return hash_of(key); }
  };
  struct Run {
    DiskFile file;
    std::uint64_t records = 0, buckets = 0;
    std::vector<std::uint64_t> filter;
  };

  static bool before(const Record& left, const Record& right);
  static std::uint32_t check_of(const Record& record, std::uint64_t place);
  static std::string run_bytes(std::vector<Record> sorted);
  std::filesystem::path file_of(unsigned level, std::uint64_t number) const;
  std::vector<Record> scanned(unsigned level, std::uint64_t number) const;
  const Run* open_run(unsigned level, std::uint64_t number);
  bool find_in(unsigned level, std::uint64_t number, const Key& key, std::vector<std::uint64_t>& found);
  void find_in_run(unsigned level, std::uint64_t number, const Key& key, std::vector<std::uint64_t>& found);
  bool read_run(unsigned level, std::uint64_t number, std::vector<Record>& records) const;
  void write_run(unsigned level, std::uint64_t number, std::vector<Record> sorted);
  std::vector<Record> merged(unsigned level, std::uint64_t number) const;
  void merge_up();

  const Disk& disk_;
  std::filesystem::path folder_;
  Scan scan_;
  bool writes_ = true;
  std::uint64_t full_ = 0;
  std::map<std::pair<unsigned, std::uint64_t>, Run> runs_;  // Those that are open.
  std::unordered_multimap<Key, std::uint64_t, KeyHash> open_;
};

/// The key of a token or hash: its first 16 bytes. REQUIRES: at least 32 hex digits.
LookupIndex::Key hex_key(std::string_view hex);

/// The key of a kind of event.
LookupIndex::Key kind_key(std::string_view kind);

}  // namespace hone
