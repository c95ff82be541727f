#include "hone/ledger/signed_note.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/ledger/base64.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/canonical_json_internal.h"
#include "hone/ledger/signing_key.h"

namespace hone {
namespace {

constexpr std::string_view kSignatureMark = "\xE2\x80\x94 ";  // An em dash, U+2014, and a space.
constexpr std::size_t kMaxSignatures = 16;
constexpr std::size_t kMaxNoteBytes = 64 << 10;
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;

[[noreturn]] void bad_note(const std::string& what) { throw Error(ErrorCode::kCorruptData, "a signed note " + what); }
[[noreturn]] void no_key(std::string_view text, const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is no key: " + what);
}

std::string_view key_bytes(const VerifierKey& key) { return {reinterpret_cast<const char*>(key.key.data()), key.key.size()}; }

std::string typed_key(const VerifierKey& key) { return static_cast<char>(key.type) + std::string(key_bytes(key)); }

std::string id_bytes(std::uint32_t id) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> shift);
  return bytes;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// Signed notes are text: UTF-8 without control characters other than newlines.
bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = ledger_internal::utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0 || (first < 0x20 && first != '\n') || first == 0x7F) return false;
    text.remove_prefix(length);
  }
  return true;
}

NoteSignature parse_line(std::string_view line) {
  if (!line.starts_with(kSignatureMark)) bad_note("has a line among its signatures that is none");
  line.remove_prefix(kSignatureMark.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) bad_note("has a signature without a name");
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kIdBytes) bad_note("has a signature that is not base64");
  return {.name = std::string(line.substr(0, space)),
          .id = static_cast<std::uint32_t>(big_endian(std::string_view(*bytes).substr(0, kIdBytes))),
          .signature = bytes->substr(kIdBytes)};
}

const NoteSignature* find_signature(const SignedNote& note, const VerifierKey& key) {
  const auto found = std::ranges::find_if(
      note.signatures, [&, id = key.id()](const NoteSignature& signature) { return signature.name == key.name && signature.id == id; });
  return found == note.signatures.end() ? nullptr : &*found;
}

}  // namespace

std::uint32_t VerifierKey::id() const {
  const Sha256::Digest digest = sha256({name, "\n", typed_key(*this)});
  return static_cast<std::uint32_t>(big_endian({reinterpret_cast<const char*>(digest.data()), kIdBytes}));
}

std::string VerifierKey::id_text() const { return to_hex(id_bytes(id())); }

std::string VerifierKey::text() const { return name + "+" + id_text() + "+" + to_base64(typed_key(*this)); }

VerifierKey VerifierKey::parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) no_key(text, "it is not name+id+base64");
  VerifierKey key{.name = std::string(text.substr(0, first)), .type = 0, .key = {}};
  if (!is_key_name(key.name)) no_key(text, "its name has a space or is empty");
  const auto bytes = from_base64(text.substr(second + 1));
  if (!bytes || bytes->size() != 1 + key.key.size()) no_key(text, "its last part is not base64 of a type and 32 bytes");
  key.type = static_cast<std::uint8_t>(bytes->front());
  if (key.type != kEd25519 && key.type != kCosignature) no_key(text, "its type is neither 01 nor 04");
  std::copy(bytes->begin() + 1, bytes->end(), key.key.begin());
  if (text.substr(first + 1, second - first - 1) != key.id_text()) no_key(text, "its ID is not that of its name and bytes");
  return key;
}

bool is_key_name(std::string_view name) {
  constexpr std::size_t kMaxName = 200;
  if (name.empty() || name.size() > kMaxName || name.find_first_of("+ \n") != std::string_view::npos || !is_note_text(name)) return false;
  for (const std::string_view space : {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                       "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"})
    if (name.find(space) != std::string_view::npos) return false;
  return true;
}

std::string NoteSignature::line() const { return std::string(kSignatureMark) + name + " " + to_base64(id_bytes(id) + signature) + "\n"; }

std::string SignedNote::to_string() const {
  std::string note = text + "\n";
  for (const NoteSignature& signature : signatures) note += signature.line();
  return note;
}

SignedNote SignedNote::parse(std::string_view note) {
  if (note.size() > kMaxNoteBytes) bad_note("is longer than 64 KiB");
  if (!is_note_text(note)) bad_note("is not text");
  const std::size_t parting = note.rfind("\n\n");
  if (parting == std::string_view::npos) bad_note("has no empty line before its signatures");
  if (!note.ends_with('\n')) bad_note("does not end with a newline");
  SignedNote parsed{.text = std::string(note.substr(0, parting + 1)), .signatures = {}};
  for (std::string_view rest = note.substr(parting + 2); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (parsed.signatures.size() == kMaxSignatures) bad_note("has more than 16 signatures");
    parsed.signatures.push_back(parse_line(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  if (parsed.signatures.empty()) bad_note("has no signature");
  return parsed;
}

NoteCheck check_note(const SignedNote& note, const VerifierKey& key) {
  const NoteSignature* const found = find_signature(note, key);
  if (!found) return NoteCheck::kNotSigned;
  if (key.type == VerifierKey::kEd25519) return check_ed25519(key.key, note.text, found->signature) ? NoteCheck::kGood : NoteCheck::kBad;
  const std::string_view signature = found->signature;
  if (signature.size() <= kTimeBytes) return NoteCheck::kBad;
  const std::string signed_text = cosigned_text(note.text, big_endian(signature.substr(0, kTimeBytes)));
  return check_ed25519(key.key, signed_text, signature.substr(kTimeBytes)) ? NoteCheck::kGood : NoteCheck::kBad;
}

std::optional<std::uint64_t> cosigned_at(const SignedNote& note, const VerifierKey& key) {
  const NoteSignature* const found = find_signature(note, key);
  if (!found || key.type != VerifierKey::kCosignature || found->signature.size() <= kTimeBytes) return std::nullopt;
  return big_endian(std::string_view(found->signature).substr(0, kTimeBytes));
}

}  // namespace hone
