#include "hone/ledger/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "hone/core/error.h"
#include "hone/ledger/base64.h"

namespace hone {
namespace {

[[noreturn]] void bad_checkpoint(const std::string& what) { throw Error(ErrorCode::kCorruptData, "a checkpoint " + what); }

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) bad_checkpoint("has less than three lines");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::uint64_t parse_size(std::string_view line) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
  if (error != std::errc() || end != line.data() + line.size() || std::to_string(size) != line)
    bad_checkpoint("has a size that is no number");
  return size;
}

}  // namespace

std::string Checkpoint::text() const { return origin + "\n" + std::to_string(size) + "\n" + to_base64(bytes_of(root)) + "\n"; }

SignedNote Checkpoint::sign(const std::vector<const SigningKey*>& keys) const {
  SignedNote note{.text = text(), .signatures = {}};
  for (const SigningKey* const key : keys) note.signatures.push_back(key->sign_note(note.text));
  return note;
}

Checkpoint Checkpoint::parse(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = take_line(text);
  if (!is_key_name(checkpoint.origin)) bad_checkpoint("has an origin with a space, a '+' or nothing in it");
  checkpoint.size = parse_size(take_line(text));
  const auto root = from_base64(take_line(text));
  if (!root || root->size() != checkpoint.root.size()) bad_checkpoint("has a root that is not base64 of 32 bytes");
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  if (!text.empty()) bad_checkpoint("has more than three lines");
  return checkpoint;
}

}  // namespace hone
