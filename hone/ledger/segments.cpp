#include "hone/ledger/segments.h"

#include <algorithm>
#include <cassert>
#include <cstdio>

namespace hone {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kOffsetBytes = 8;
constexpr std::uint64_t kBundlesInSegment = kSegmentEntries / kBundleEntries;
constexpr std::size_t kMostOpenFiles = 64;
constexpr std::size_t kScanBytes = 1 << 20;

std::size_t length_at(std::string_view bytes) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8 | static_cast<unsigned char>(bytes[1]);
}

Error truncated(const std::filesystem::path& file) {
  return Error(ErrorCode::kCorruptData, "LEDGER_TRUNCATED: '" + file.string() +
                                            "' holds fewer entries than the signed checkpoint says; bring the "
                                            "file back from a backup, nothing was changed");
}

Error bad_segment(const std::filesystem::path& file, const std::string& what) {
  return Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: '" + file.string() + "' " + what);
}

// `offsets` holds where each bundle begins and where the last one ends so far; another entry ends at `end`.
void note_entry(std::uint64_t end, std::vector<std::uint64_t>& offsets, std::uint64_t& entries) {
  if (++entries % kBundleEntries == 1 && entries != 1) offsets.push_back(end);
  offsets.back() = end;
}

bool are_bundles(const std::vector<std::uint64_t>& offsets) {
  const auto too_far = [](std::uint64_t begin, std::uint64_t end) {
    return end < begin || end - begin > kBundleEntries * (kLengthBytes + kMaxEntryBytes);
  };
  return offsets.front() == 0 && std::ranges::adjacent_find(offsets, too_far) == offsets.end();
}

}  // namespace

void append_framed(std::string& out, std::string_view entry) {
  assert(entry.size() <= kMaxEntryBytes);
  out += static_cast<char>(entry.size() >> 8);
  out += static_cast<char>(entry.size() & 0xFF);
  out += entry;
}

std::vector<std::string_view> framed_entries(std::string_view bytes) {
  std::vector<std::string_view> entries;
  while (!bytes.empty()) {
    if (bytes.size() < kLengthBytes || bytes.size() - kLengthBytes < length_at(bytes))
      throw Error(ErrorCode::kCorruptData, "entries end inside of one");
    entries.push_back(bytes.substr(kLengthBytes, length_at(bytes)));
    bytes.remove_prefix(kLengthBytes + entries.back().size());
  }
  return entries;
}

std::filesystem::path Segments::file_of(std::uint64_t segment) const {
  char name[24];
  std::snprintf(name, sizeof name, "%06llu", static_cast<unsigned long long>(segment));
  return folder_ / name;
}

std::filesystem::path Segments::index_of(std::uint64_t segment) const { return file_of(segment).string() + ".idx"; }

std::uint64_t Segments::entries_in(std::uint64_t segment) const {
  const std::uint64_t first = segment * kSegmentEntries;
  return size_ <= first ? 0 : std::min(kSegmentEntries, size_ - first);
}

const DiskFile& Segments::file(std::uint64_t segment) {
  const auto found = files_.find(segment);
  if (found != files_.end()) return found->second;
  if (files_.size() >= kMostOpenFiles) files_.clear();
  auto opened = disk_.open_if_there(file_of(segment));
  if (!opened) throw truncated(file_of(segment));
  return files_.emplace(segment, std::move(*opened)).first->second;
}

// Reads lengths from where `offsets` ends until all entries that the log has in this segment are known.
void Segments::extend_by_scan(std::uint64_t segment, Offsets& offsets, std::uint64_t& entries) {
  const std::uint64_t wanted = entries_in(segment);
  const DiskFile& from = file(segment);
  std::string window;
  std::uint64_t window_at = 0;
  std::uint64_t at = offsets.back();
  while (entries < wanted) {
    if (at < window_at || at + kLengthBytes > window_at + window.size()) {
      window_at = at;
      window = from.read(at, std::min<std::uint64_t>(kScanBytes, from.size() - std::min(at, from.size())));
      if (window.size() < kLengthBytes) throw truncated(from.path());
    }
    at += kLengthBytes + length_at(std::string_view(window).substr(at - window_at));
    note_entry(at, offsets, entries);
  }
  if (at > from.size()) throw truncated(from.path());
}

bool Segments::read_index(std::uint64_t segment, Offsets& offsets) {
  const auto index = disk_.open_if_there(index_of(segment));
  if (!index) return false;
  const std::string bytes = index->read(0, (kBundlesInSegment + 1) * kOffsetBytes + 1);
  if (bytes.size() != (kBundlesInSegment + 1) * kOffsetBytes) return false;
  for (std::size_t at = 0; at < bytes.size(); at += kOffsetBytes) {
    std::uint64_t offset = 0;
    for (std::size_t byte = 0; byte < kOffsetBytes; ++byte) offset = offset << 8 | static_cast<unsigned char>(bytes[at + byte]);
    offsets.push_back(offset);
  }
  return are_bundles(offsets) && offsets.back() == file(segment).size();
}

const Segments::Offsets& Segments::offsets(std::uint64_t segment) {
  if (const auto found = offsets_.find(segment); found != offsets_.end()) return found->second;
  if (entries_in(segment) == kSegmentEntries) {
    Offsets found;
    if (open_segment_ == segment) {
      extend_by_scan(segment, open_offsets_, open_entries_);
      found = open_offsets_;
    } else if (!read_index(segment, found)) {
      found.assign({0, 0});
      std::uint64_t entries = 0;
      extend_by_scan(segment, found, entries);
    }
    return offsets_[segment] = std::move(found);
  }
  if (open_segment_ != segment) {
    open_segment_ = segment;
    open_entries_ = 0;
    open_offsets_ = {0, 0};
  }
  extend_by_scan(segment, open_offsets_, open_entries_);
  return open_offsets_;
}

std::string Segments::read_bundle(std::uint64_t number) {
  const std::uint64_t segment = number / kBundlesInSegment, place = number % kBundlesInSegment;
  const std::uint64_t expected = std::min(kBundleEntries, size_ - number * kBundleEntries);
  const Offsets& bounds = offsets(segment);
  const std::string bytes = file(segment).read(bounds.at(place), bounds.at(place + 1) - bounds.at(place));
  if (bytes.size() != bounds[place + 1] - bounds[place]) throw truncated(file_of(segment));
  std::vector<std::string_view> entries;
  try {
    entries = framed_entries(bytes);
  } catch (const Error&) {
  }
  if (entries.size() != expected) throw bad_segment(file_of(segment), "has lengths that lead nowhere in bundle " + std::to_string(number));
  return bytes;
}

std::string Segments::bundle(std::uint64_t number) {
  assert(number * kBundleEntries < size_);
  const std::uint64_t segment = number / kBundlesInSegment;
  try {
    return read_bundle(number);
  } catch (const DiskFailure&) {
    throw;
  } catch (const Error&) {
    // The index may be what is wrong: it is a cache, and the entries themselves say where they lie.
    if (entries_in(segment) != kSegmentEntries) throw;
    Offsets scanned{0, 0};
    std::uint64_t entries = 0;
    extend_by_scan(segment, scanned, entries);
    if (scanned == offsets_[segment]) throw;
    offsets_[segment] = std::move(scanned);
    return read_bundle(number);
  }
}

std::string Segments::entry(std::uint64_t seq) {
  const std::string bytes = bundle(seq / kBundleEntries);
  return std::string(framed_entries(bytes)[seq % kBundleEntries]);
}

std::string Segments::first_entry(std::uint64_t segment) {
  const std::string start = file(segment).read(0, kLengthBytes + 16384);  // As long as events are; longer entries are no events.
  if (start.size() < kLengthBytes) throw truncated(file_of(segment));
  return start.substr(kLengthBytes, length_at(start));
}

void Segments::for_each(std::uint64_t begin, std::uint64_t end,
                        const std::function<void(std::uint64_t seq, std::string_view entry)>& visit) {
  for (std::uint64_t number = begin / kBundleEntries; number * kBundleEntries < end; ++number) {
    const std::string bytes = bundle(number);
    std::uint64_t seq = number * kBundleEntries;
    for (const std::string_view entry : framed_entries(bytes)) {
      if (seq >= begin && seq < end) visit(seq, entry);
      ++seq;
    }
  }
}

std::uint64_t Segments::end_offset() {
  const std::uint64_t segment = size_ / kSegmentEntries;
  return entries_in(segment) == 0 ? 0 : offsets(segment).back();
}

void Segments::check_files() {
  for (std::uint64_t segment = 0; segment * kSegmentEntries < size_; ++segment) {
    const Offsets& bounds = offsets(segment);
    if (file(segment).size() < bounds.back()) throw truncated(file_of(segment));
  }
}

bool Segments::has_index(std::uint64_t segment) {
  Offsets found;
  return read_index(segment, found) && found == offsets(segment);
}

std::string Segments::index_text(std::uint64_t segment) {
  std::string text;
  for (const std::uint64_t offset : offsets(segment))
    for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(offset >> shift);
  return text;
}

void Segments::grew(std::span<const std::size_t> framed_lengths) {
  for (const std::size_t length : framed_lengths) {
    const std::uint64_t segment = size_ / kSegmentEntries;
    if (size_ % kSegmentEntries == 0) {
      if (size_ > 0) offsets(segment - 1);  // What is full now moves to its place.
      open_segment_ = segment;
      open_entries_ = 0;
      open_offsets_ = {0, 0};
    } else if (open_segment_ != segment) {
      offsets(segment);
    }
    note_entry(open_offsets_.back() + length, open_offsets_, open_entries_);
    ++size_;
  }
}

}  // namespace hone
