#include "hone/ledger/lookup_index.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/ledger/segments.h"

// A run: "honelook" | uint64: records, buckets, words of the filter, the filter's check | the filter | buckets + 1 uint32: where the
// records of each bucket begin | the records of 24 bytes, sorted. A bucket holds the keys of equal first bits, some 16 of them. Numbers are
// the machine's own: the files stay on it.
//
// The filter, kept in memory, is a Bloom filter in words of 64 bits (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom
// Filters, 2007): 4 bits of one word for each key, 16 bits of room: it lets one of some hundred other keys pass. For those that pass a
// search reads one bucket, and one record on either side, so that a wrong bucket shows, as a wrong record does by its check.
namespace hone {
namespace {

constexpr unsigned kTopLevel = 2;  // Merging higher would hold up the log for seconds.
constexpr unsigned kFanOut = 16;   // Runs of a level that make one of the next.
constexpr std::string_view kMagic = "honelook";
constexpr std::uint64_t kInBucket = 16;
constexpr std::uint64_t kInWord = 4;  // Keys for each word of the filter.

struct Header {
  std::uint64_t records = 0, buckets = 0, words = 0, filter_check = 0;
};
constexpr std::uint64_t kMaxRecords = std::uint64_t{1} << 32;
constexpr std::size_t kHeaderBytes = 8 + sizeof(Header);

std::uint64_t segments_of(unsigned level) { return std::uint64_t{1} << (4 * level); }
std::uint64_t events_of(unsigned level) { return segments_of(level) * kSegmentEntries; }

std::uint64_t bucket_of(const LookupIndex::Key& key, std::uint64_t buckets) {
  if (buckets == 1) return 0;
  std::uint64_t first = 0;
  for (int byte = 0; byte < 8; ++byte) first = first << 8 | key[static_cast<std::size_t>(byte)];
  return first >> (64 - std::countr_zero(buckets));
}

std::uint64_t buckets_at(std::uint64_t words) { return kHeaderBytes + words * sizeof(std::uint64_t); }
std::uint64_t records_at(std::uint64_t words, std::uint64_t buckets) { return buckets_at(words) + (buckets + 1) * sizeof(std::uint32_t); }

// Murmur's finalizer.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
  return hash ^ hash >> 33;
}

std::uint64_t key_hash(const LookupIndex::Key& key) {
  std::uint64_t words[2];
  std::memcpy(words, key.data(), sizeof words);
  return mixed(mixed(mixed(0, words[0]), words[1]), 1);
}

std::uint64_t filter_word(std::uint64_t hash, std::size_t words) { return hash & (words - 1); }
std::uint64_t filter_bits(std::uint64_t hash) {
  std::uint64_t bits = 0;
  for (int shift = 40; shift < 64; shift += 6) bits |= std::uint64_t{1} << (hash >> shift & 63);
  return bits;
}

std::uint64_t filter_check(const std::vector<std::uint64_t>& filter) {
  std::uint64_t check = filter.size();
  for (const std::uint64_t word : filter) check = mixed(check, word);
  return check;
}

bool is_sound(const Header& header) {
  return header.records <= kMaxRecords && std::has_single_bit(header.buckets) && header.buckets <= header.records + 2 &&
         std::has_single_bit(header.words) && header.words <= header.records + 2;
}

template <typename Value>
void append_raw(std::string& out, const Value& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::uint32_t LookupIndex::check_of(const Record& record, std::uint64_t place) {
  const std::uint64_t hash = mixed(mixed(key_hash(record.key), record.seq), place);
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

std::size_t LookupIndex::hash_of(const Key& key) { return key_hash(key); }

std::filesystem::path LookupIndex::file_of(unsigned level, std::uint64_t number) const {
  return folder_ / std::to_string(level) / std::to_string(number);
}

void LookupIndex::begin_segment(std::uint64_t full) {
  full_ = full;
  open_.clear();
}

void LookupIndex::add(const Key& key, std::uint64_t seq) {
  assert(seq / kSegmentEntries == full_);
  open_.emplace(key, seq);
}

bool LookupIndex::before(const Record& left, const Record& right) {
  const int order = std::memcmp(left.key.data(), right.key.data(), left.key.size());
  return order != 0 ? order < 0 : left.seq < right.seq;
}

std::string LookupIndex::run_bytes(std::vector<Record> sorted) {
  std::vector<std::uint64_t> filter(std::bit_ceil(sorted.size() / kInWord + 1));
  for (const Record& record : sorted) {
    const std::uint64_t hash = key_hash(record.key);
    filter[filter_word(hash, filter.size())] |= filter_bits(hash);
  }
  const Header header{.records = sorted.size(),
                      .buckets = std::bit_ceil(sorted.size() / kInBucket + 1),
                      .words = filter.size(),
                      .filter_check = filter_check(filter)};
  std::string bytes(kMagic);
  bytes.reserve(records_at(header.words, header.buckets) + sorted.size() * sizeof(Record));
  append_raw(bytes, header);
  bytes.append(reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(std::uint64_t));
  std::uint32_t place = 0;
  for (std::uint64_t bucket = 0; bucket <= header.buckets; ++bucket) {
    while (place < sorted.size() && bucket_of(sorted[place].key, header.buckets) < bucket) ++place;
    append_raw(bytes, place);
  }
  for (place = 0; place < sorted.size(); ++place) sorted[place].check = check_of(sorted[place], place);
  return bytes.append(reinterpret_cast<const char*>(sorted.data()), sorted.size() * sizeof(Record));
}

// Nothing when the run is not there or has not the form of one.
const LookupIndex::Run* LookupIndex::open_run(unsigned level, std::uint64_t number) {
  if (const auto found = runs_.find({level, number}); found != runs_.end()) return &found->second;
  auto file = disk_.open_if_there(file_of(level, number));
  if (!file) return nullptr;
  const std::string start = file->read(0, kHeaderBytes);
  Header header;
  if (start.size() != kHeaderBytes || !start.starts_with(kMagic)) return nullptr;
  std::memcpy(&header, start.data() + kMagic.size(), sizeof header);
  if (!is_sound(header) || file->size() != records_at(header.words, header.buckets) + header.records * sizeof(Record)) return nullptr;
  std::vector<std::uint64_t> filter(header.words);
  const std::string words = file->read(kHeaderBytes, header.words * sizeof(std::uint64_t));
  if (words.size() != header.words * sizeof(std::uint64_t)) return nullptr;
  std::memcpy(filter.data(), words.data(), words.size());
  if (filter_check(filter) != header.filter_check) return nullptr;
  Run run{.file = std::move(*file), .records = header.records, .buckets = header.buckets, .filter = std::move(filter)};
  return &runs_.emplace(std::pair(level, number), std::move(run)).first->second;
}

// Appends what the run has; false when it is not there or not sound.
bool LookupIndex::find_in(unsigned level, std::uint64_t number, const Key& key, std::vector<std::uint64_t>& found) {
  const Run* const run = open_run(level, number);
  if (!run) return false;
  const std::uint64_t hash = key_hash(key), wanted = filter_bits(hash);
  if ((run->filter[filter_word(hash, run->filter.size())] & wanted) != wanted) return true;
  const std::uint64_t bucket = bucket_of(key, run->buckets);
  std::uint32_t bounds[2];
  const std::string bound_bytes = run->file.read(buckets_at(run->filter.size()) + bucket * sizeof(std::uint32_t), sizeof bounds);
  if (bound_bytes.size() != sizeof bounds) return false;
  std::memcpy(bounds, bound_bytes.data(), sizeof bounds);
  if (bounds[0] > bounds[1] || bounds[1] > run->records) return false;
  const std::uint64_t first = bounds[0] - (bounds[0] > 0), end = bounds[1] + (bounds[1] < run->records);
  const std::string bytes =
      run->file.read(records_at(run->filter.size(), run->buckets) + first * sizeof(Record), (end - first) * sizeof(Record));
  if (bytes.size() != (end - first) * sizeof(Record)) return false;
  for (std::uint64_t place = first; place < end; ++place) {
    Record record;
    std::memcpy(&record, bytes.data() + (place - first) * sizeof(Record), sizeof record);
    const bool inside = place >= bounds[0] && place < bounds[1];
    if (record.check != check_of(record, place) || (bucket_of(record.key, run->buckets) == bucket) != inside) return false;
    if (record.key == key) found.push_back(number * events_of(level) + record.seq);
  }
  return true;
}

std::vector<LookupIndex::Record> LookupIndex::scanned(unsigned level, std::uint64_t number) const {
  std::vector<Record> records;
  const std::uint64_t begin = number * events_of(level);
  scan_(begin, begin + events_of(level), [&](const Key& key, std::uint64_t seq) {
    records.push_back({.key = key, .seq = static_cast<std::uint32_t>(seq - begin), .check = 0});
  });
  std::ranges::sort(records, before);
  return records;
}

void LookupIndex::find_in_run(unsigned level, std::uint64_t number, const Key& key, std::vector<std::uint64_t>& found) {
  const std::size_t before = found.size();
  if (find_in(level, number, key, found)) return;
  found.resize(before);
  std::vector<Record> records = scanned(level, number);
  for (const Record& record : records)
    if (record.key == key) found.push_back(number * events_of(level) + record.seq);
  write_run(level, number, std::move(records));
}

std::vector<std::uint64_t> LookupIndex::find(const Key& key) {
  std::vector<std::uint64_t> found;
  std::uint64_t segment = 0;
  for (unsigned level = kTopLevel + 1; level-- > 0;) {
    for (; segment + segments_of(level) <= full_; segment += segments_of(level))
      find_in_run(level, segment / segments_of(level), key, found);
  }
  const auto [first, last] = open_.equal_range(key);
  for (auto entry = first; entry != last; ++entry) found.push_back(entry->second);
  std::ranges::sort(found);
  return found;
}

bool LookupIndex::read_run(unsigned level, std::uint64_t number, std::vector<Record>& records) const {
  const auto file = disk_.open_if_there(file_of(level, number));
  if (!file) return false;
  const std::string bytes = file->read(0, file->size());
  Header header;
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic)) return false;
  std::memcpy(&header, bytes.data() + kMagic.size(), sizeof header);
  const std::uint64_t begin = records_at(header.words, header.buckets);
  if (!is_sound(header) || bytes.size() != begin + header.records * sizeof(Record)) return false;
  records.resize(header.records);
  std::memcpy(records.data(), bytes.data() + begin, records.size() * sizeof(Record));
  for (std::uint64_t place = 0; place < records.size(); ++place)
    if (records[place].check != check_of(records[place], place)) return false;
  return true;
}

void LookupIndex::write_run(unsigned level, std::uint64_t number, std::vector<Record> sorted) {
  if (!writes_) return;
  try {
    const std::filesystem::path file = file_of(level, number);
    disk_.make_folder(file.parent_path());
    disk_.replace(file, run_bytes(std::move(sorted)), Disk::Durable::kNo);
    runs_.erase({level, number});
  } catch (const Error&) {  // No room, or no right to write: it stays slower.
  }
}

void LookupIndex::end_segment() {
  std::vector<Record> records;
  records.reserve(open_.size());
  const std::uint64_t begin = full_ * kSegmentEntries;
  for (const auto& [key, seq] : open_) records.push_back({.key = key, .seq = static_cast<std::uint32_t>(seq - begin), .check = 0});
  std::ranges::sort(records, before);
  write_run(0, full_, std::move(records));
  begin_segment(full_ + 1);
  merge_up();
}

// The records of the sixteen runs of `level` that make run `number` of the next, sorted.
std::vector<LookupIndex::Record> LookupIndex::merged(unsigned level, std::uint64_t number) const {
  std::vector<Record> all;
  std::vector<std::size_t> bounds{0};
  for (unsigned child = 0; child < kFanOut; ++child) {
    std::vector<Record> records;
    if (!read_run(level, number * kFanOut + child, records)) records = scanned(level, number * kFanOut + child);
    for (Record& record : records) record.seq += static_cast<std::uint32_t>(child * events_of(level));
    all.insert(all.end(), records.begin(), records.end());
    bounds.push_back(all.size());
  }
  const auto at = [&](std::size_t run) { return all.begin() + static_cast<std::ptrdiff_t>(bounds[run]); };
  for (std::size_t width = 1; width < kFanOut; width *= 2)
    for (std::size_t run = 0; run < kFanOut; run += 2 * width) std::inplace_merge(at(run), at(run + width), at(run + 2 * width), before);
  return all;
}

// Sixteen runs of a level become one of the next. Those of the merge before this one go: other processes may still look for these.
void LookupIndex::merge_up() {
  for (unsigned level = 0; level < kTopLevel && full_ % segments_of(level + 1) == 0; ++level) {
    const std::uint64_t number = full_ / segments_of(level + 1) - 1;
    write_run(level + 1, number, merged(level, number));
    if (number == 0) continue;
    for (unsigned child = 0; child < kFanOut; ++child) {
      const std::uint64_t old = (number - 1) * kFanOut + child;
      runs_.erase({level, old});
      try {
        disk_.remove(file_of(level, old));
      } catch (const Error&) {  // It only takes room.
      }
    }
  }
}

LookupIndex::Key hex_key(std::string_view hex) {
  assert(hex.size() >= 32);
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  LookupIndex::Key key;
  for (std::size_t byte = 0; byte < key.size(); ++byte)
    key[byte] = static_cast<std::uint8_t>(digit(hex[2 * byte]) << 4 | digit(hex[2 * byte + 1]));
  return key;
}

LookupIndex::Key kind_key(std::string_view kind) {
  const Sha256::Digest digest = sha256({"kind:", kind});
  LookupIndex::Key key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace hone
