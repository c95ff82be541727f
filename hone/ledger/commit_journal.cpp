#include "hone/ledger/commit_journal.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/ledger/base64.h"

namespace hone {
namespace {

constexpr std::string_view kMark = "\xE2\x80\x94 ";
constexpr std::string_view kEmptyLine = "\n\n";
constexpr std::size_t kSignatureDigits = 92;  // 68 bytes in base64.
constexpr std::size_t kTailBytes = 64 << 10;  // Far more than a record with 16 signatures has.

// Where the record ends whose last signature line ends before `empty_line`, the place of an empty line; nothing when that line is none.
bool ends_record(std::string_view bytes, std::size_t empty_line) {
  const std::size_t before = bytes.substr(0, empty_line).rfind('\n');
  const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
  return bytes.substr(line).starts_with(kMark);
}

CommitRecord parse_record(std::string_view bytes, std::uint64_t begin) {
  try {
    CommitRecord record{
        .note = SignedNote::parse(bytes.substr(0, bytes.size() - 1)), .checkpoint = {}, .begin = begin, .end = begin + bytes.size()};
    record.checkpoint = Checkpoint::parse(record.note.text);
    return record;
  } catch (const Error& error) {
    throw Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: the record at byte " + std::to_string(begin) + " of 'commits': " + error.what());
  }
}

// Where the record begins that ends at `end`: behind the record before it, which is two empty lines back.
std::size_t begin_of_record(std::string_view bytes, std::size_t end) {
  const std::size_t signatures = bytes.substr(0, end - kEmptyLine.size()).rfind(kEmptyLine);
  if (signatures == std::string_view::npos) return 0;
  const std::size_t text = bytes.substr(0, signatures).rfind(kEmptyLine);
  return text == std::string_view::npos ? 0 : text + kEmptyLine.size();
}

bool has_run_of_nul(std::string_view bytes) {
  return bytes.ends_with('\0') || bytes.find(std::string_view("\0\0", 2)) != std::string_view::npos;
}

// A checkpoint's text with this key's good signature at the beginning of the bytes, whatever stands behind it.
bool begins_with_signed(std::string_view bytes, const VerifierKey& key) {
  const std::size_t parting = bytes.find(kEmptyLine);
  if (parting == std::string_view::npos) return false;
  const std::string start = std::string(kMark) + key.name + " ";
  const std::string_view line = bytes.substr(parting + kEmptyLine.size());
  if (!line.starts_with(start) || line.size() < start.size() + kSignatureDigits) return false;
  const std::string note =
      std::string(bytes.substr(0, parting + kEmptyLine.size())) + std::string(line.substr(0, start.size() + kSignatureDigits)) + "\n";
  try {
    return check_note(SignedNote::parse(note), key) == NoteCheck::kGood;
  } catch (const Error&) {
    return false;
  }
}

// A line of signatures that was cut off before its newline.
bool is_cut_line(std::string_view line) {
  if (line.size() <= kMark.size()) return kMark.starts_with(line);
  if (!line.starts_with(kMark)) return false;
  const std::size_t space = line.find(' ', kMark.size());
  return space == std::string_view::npos || line.size() - space - 1 <= kSignatureDigits;
}

// Nothing but whole and cut lines of signatures stands behind the text.
bool is_cut_signed(std::string_view rest) {
  std::string_view lines = rest.substr(rest.find(kEmptyLine) + kEmptyLine.size());
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return is_cut_line(lines);
    const std::size_t space = lines.substr(0, end).rfind(' ');
    if (!lines.starts_with(kMark) || !from_base64(lines.substr(space + 1, end - space - 1))) return false;
    lines.remove_prefix(end + 1);
  }
  return true;
}

bool is_checkpoint_text(std::string_view text) {
  try {
    Checkpoint::parse(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::string commit_bytes(const SignedNote& note) { return note.to_string() + "\n"; }

JournalTail read_journal_tail(const DiskFile& journal) {
  const std::uint64_t size = journal.size();
  const std::uint64_t begin = size - std::min<std::uint64_t>(size, kTailBytes);
  const std::string bytes = journal.read(begin, size - begin);
  const std::string_view view = bytes;
  for (std::size_t place = view.rfind(kEmptyLine); place != std::string_view::npos;
       place = place == 0 ? std::string_view::npos : view.rfind(kEmptyLine, place - 1)) {
    if (!ends_record(view, place)) continue;
    const std::size_t end = place + kEmptyLine.size(), from = begin_of_record(view, end);
    if (from == 0 && begin > 0) break;
    return {.last = parse_record(view.substr(from, end - from), begin + from), .rest = bytes.substr(end)};
  }
  if (begin > 0) throw Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: the end of 'commits' holds no record");
  return {.last = std::nullopt, .rest = bytes};
}

std::vector<CommitRecord> parse_records(std::string_view bytes, std::uint64_t offset) {
  std::vector<CommitRecord> records;
  std::size_t begin = 0;
  for (std::size_t place = bytes.find(kEmptyLine); place != std::string_view::npos; place = bytes.find(kEmptyLine, place + 1)) {
    if (place < begin || !ends_record(bytes, place)) continue;
    const std::size_t end = place + kEmptyLine.size();
    records.push_back(parse_record(bytes.substr(begin, end - begin), offset + begin));
    begin = end;
  }
  return records;
}

bool is_torn_record(std::string_view rest, const VerifierKey& key) {
  if (has_run_of_nul(rest)) return true;
  if (begins_with_signed(rest, key)) return is_cut_signed(rest);
  if (!rest.ends_with(kEmptyLine)) return true;
  return is_checkpoint_text(rest.substr(0, rest.size() - 1));  // Cut between the text and its signature.
}

}  // namespace hone
