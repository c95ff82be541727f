#include "verify/layout.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace hone::verify {
namespace {

constexpr std::size_t kMostFramed = 2 + 65'535;

std::string digits(std::uint64_t number, int width) {
  std::array<char, 24> text;
  return {text.data(),
          static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%0*llu", width, static_cast<unsigned long long>(number)))};
}

// tlog-tiles: groups of three digits, all but the last behind an x.
std::string tile_number(std::uint64_t number) {
  std::string path = digits(number % 1000, 3);
  while ((number /= 1000) > 0) path = "x" + digits(number % 1000, 3) + "/" + path;
  return path;
}

}  // namespace

std::string Layout::tile(std::string_view level, std::uint64_t number, std::uint64_t hashes) const {
  const std::string path = "tile/" + std::string(level) + "/" + tile_number(number);
  const std::uint64_t width = std::min(kBundle, hashes - number * kBundle);
  return width == kBundle ? path : path + ".p/" + std::to_string(width);
}

std::string Layout::entries_file(std::uint64_t seq) const {
  return published_ ? tile("entries", seq / kBundle, size_) : "segments/" + digits(seq / kSegment, 6);
}

std::uint64_t Layout::next_file(std::uint64_t seq) const {
  const std::uint64_t entries = published_ ? kBundle : kSegment;
  return (seq / entries + 1) * entries;
}

Layout::Place Layout::hash_place(unsigned level, std::uint64_t index) const {
  const std::string name = std::to_string(level);
  if (!published_) return {"hash/" + name, index * kHashBytes};
  return {tile(name, index / kBundle, size_ >> 8 * level), index % kBundle * kHashBytes};
}

void EntryStream::seek(std::uint64_t seq, std::uint64_t end, std::uint64_t offset) {
  const bool same_file = file_ && upcoming_ > 0 && seq < file_end_ && layout_.next_file(seq) == file_end_;
  upcoming_ = seq;
  end_ = end;
  trouble_.clear();
  if (!same_file) file_.reset(), file_end_ = 0;
  at_ = filled_ = 0;
  filled_to_ = offset;
}

bool EntryStream::open_file() {
  name_ = layout_.entries_file(upcoming_);
  if (file_end_ != 0) filled_to_ = 0;  // Not the first one: it is read from its beginning.
  file_end_ = layout_.next_file(upcoming_);
  at_ = filled_ = 0;
  file_ = layout_.open(name_);
  if (!file_) trouble_ = "the file is not there";
  return file_.has_value();
}

bool EntryStream::have(std::size_t count) {
  if (filled_ - at_ >= count) return true;
  buffer_.resize(at_once_ + kMostFramed);
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  filled_ -= at_;
  at_ = 0;
  const std::size_t got = file_->read_at(filled_to_, buffer_.data() + filled_, at_once_);
  filled_ += got;
  filled_to_ += got;
  return filled_ >= count;
}

bool EntryStream::next() {
  if (upcoming_ == end_ || !trouble_.empty()) return false;
  if ((!file_ || upcoming_ == file_end_) && !open_file()) return false;
  seq_ = upcoming_;
  offset_ = filled_to_ - (filled_ - at_);
  entry_ = {};
  if (!have(2)) return trouble_ = "the file ends before this entry", false;
  const std::size_t size = big_endian(std::string_view(buffer_).substr(at_, 2));
  if (!have(2 + size)) return trouble_ = "the file ends inside this entry", false;
  entry_ = std::string_view(buffer_).substr(at_ + 2, size);
  at_ += 2 + size;
  ++upcoming_;
  return true;
}

CommitReader::CommitReader(const Layout& layout, std::uint64_t offset) : file_(layout.open(kCommits)), offset_(offset) {}

bool CommitReader::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  if (!file_ || buffer_.size() > 2 * kMostNoteBytes) return false;
  const std::string more = file_->read_at(offset_ + buffer_.size(), kMostNoteBytes);
  buffer_ += more;
  return !more.empty();
}

// A record ends with the second empty line: the first one parts the text from the signatures.
std::optional<std::size_t> CommitReader::record_end() {
  do {
    const std::size_t text = buffer_.find("\n\n", at_);
    const std::size_t end = text == std::string::npos ? text : buffer_.find("\n\n", text + 2);
    if (end != std::string::npos) return end + 2;
  } while (fill());
  return std::nullopt;
}

std::optional<Record> CommitReader::next() {
  const auto end = record_end();
  if (!end) {
    if (file_ && file_->size() > offset_ + buffer_.size()) throw Malformed("a record longer than any can be");
    check_torn(buffer_);
    torn_ = buffer_.size();
    return std::nullopt;
  }
  Record record{parse_checkpoint(std::string_view(buffer_).substr(at_, *end - 1 - at_)), offset_};
  offset_ += *end - at_;
  at_ = *end;
  return record;
}

// A write that did not end left the beginning of a record, and perhaps zero bytes up to the end of the file. Anything else was put there.
void CommitReader::check_torn(std::string_view tail) const {
  const std::string_view zeros = tail.substr(std::min(tail.find('\0'), tail.size()));
  tail.remove_suffix(zeros.size());
  const bool all_zero = zeros.find_first_not_of('\0') == std::string_view::npos;
  if (!all_zero || tail.size() > kMostNoteBytes) throw Malformed("neither a record nor the beginning of one");
  const std::size_t last = tail.rfind('\n');
  std::string begun(tail.substr(0, last == std::string_view::npos ? 0 : last + 1));
  const std::string_view unended = tail.substr(begun.size());
  const auto lines = std::ranges::count(begun, '\n');
  constexpr std::string_view kSignature = "\xE2\x80\x94 ";
  if (lines >= 4 && !kSignature.starts_with(unended.substr(0, kSignature.size())))
    throw Malformed("neither a record nor the beginning of one");
  if (lines == 3 && !unended.empty()) throw Malformed("neither a record nor the beginning of one");
  // What is missing of a checkpoint is put there, so that its own reader judges what is there.
  for (auto line = lines; line < 3; ++line) begun += line == 0 ? "o\n" : line == 1 ? "0\n" : base64(std::string(kHashBytes, '\0')) + "\n";
  if (lines <= 3) begun += "\n";
  if (lines <= 4) begun += std::string(kSignature) + "o " + base64("12345") + "\n";
  parse_checkpoint(begun);
}

}  // namespace hone::verify
