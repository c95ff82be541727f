#include "verify/refs_list.h"

namespace hone::verify {
namespace {

constexpr std::size_t kListPiece = 256 * 1024;
constexpr std::string_view kListBegin = R"({"refs":[)";
constexpr std::size_t kMostListedName = 1'024;
constexpr std::size_t kMostListedMedia = 256;

// Bytes of the object that a text begins with; 0 when its end is not there.
std::size_t object_bytes(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\')
      ++at;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && c == '{')
      ++depth;
    else if (!in_string && c == '}' && --depth == 0)
      return at + 1;
  }
  return 0;
}

// The bytes that a string of a canonical text stands for: lists are in the order of these.
std::string unescaped(std::string_view text) {
  constexpr std::string_view kLetters = "btnfr", kMeant = "\b\t\n\f\r";
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    const char letter = text[++at];
    const std::size_t known = kLetters.find(letter);
    if (letter == 'u') {
      bytes += from_hex(text.substr(at + 3, 2));  // \u00xx
      at += 4;
    } else {
      bytes += known == std::string_view::npos ? letter : kMeant[known];
    }
  }
  return bytes;
}

std::size_t members_of(const EventText& text, const Value* object) {
  std::size_t members = 0;
  if (object != nullptr && object->type == Value::kObject) text.each(object, [&](const Value&) { ++members; });
  return members;
}

bool has_length(const std::string& text, std::size_t most) { return !text.empty() && text.size() <= most; }

}  // namespace

void RefsReader::read(const File& file) {
  for (std::uint64_t offset = 0;;) {
    const std::string piece = file.read_at(offset, kListPiece);
    add(piece);
    offset += piece.size();
    if (piece.size() < kListPiece) return end();
  }
}

void RefsReader::add(std::string_view piece) {
  rest_ += piece;
  std::size_t at = 0;
  while (at < rest_.size()) {
    const std::size_t part = read_part(std::string_view(rest_).substr(at));
    if (part == 0) break;
    at += part;
    offset_ += part;
  }
  rest_.erase(0, at);
}

void RefsReader::end() const {
  if (next_ != Next::kNothing) throw Malformed("it ends too soon");
}

// Bytes of the part that was read; 0 when not all of it is there yet.
std::size_t RefsReader::read_part(std::string_view rest) {
  switch (next_) {
    case Next::kBegin:
      if (rest.size() < kListBegin.size()) return 0;
      if (!rest.starts_with(kListBegin)) throw Malformed("it does not begin with " + std::string(kListBegin));
      next_ = Next::kFirst;
      return kListBegin.size();
    case Next::kFirst:
      if (rest[0] != ']') return read_element(rest);
      next_ = Next::kClose;
      return 1;
    case Next::kElement:
      return read_element(rest);
    case Next::kMore:
      if (rest[0] != ',' && rest[0] != ']') throw Malformed("neither ',' nor ']' after a ref");
      next_ = rest[0] == ',' ? Next::kElement : Next::kClose;
      return 1;
    case Next::kClose:
      if (rest[0] != '}') throw Malformed("no '}' after the last ref");
      next_ = Next::kNothing;
      return 1;
    case Next::kNothing:
      break;
  }
  throw Malformed("bytes after the list's end");
}

std::size_t RefsReader::read_element(std::string_view rest) {
  if (rest[0] != '{') throw Malformed("no ref begins here");
  const std::size_t bytes = object_bytes(rest.substr(0, kMostEntryBytes));
  if (bytes == 0 && rest.size() < kMostEntryBytes) return 0;
  if (bytes == 0) throw Malformed("a ref longer than 16,384 bytes");
  if (const char* const wrong = text_.read(rest.substr(0, bytes))) {
    offset_ += text_.offset();
    throw Malformed(std::string("not canonical, ") + wrong);
  }
  take_(checked_ref());
  next_ = Next::kMore;
  return bytes;
}

ListedRef RefsReader::checked_ref() {
  const Value* const ref = text_.find(text_.root(), "ref");
  std::string name = unescaped(text_.string(text_.root(), "name"));
  const std::string media = unescaped(text_.string(ref, "media"));
  const std::string_view hash = text_.string(ref, "hash");
  const std::int64_t bytes = text_.integer(ref, "bytes");
  if (members_of(text_, text_.root()) != 2 || !has_length(name, kMostListedName))
    throw Malformed("not {name, ref} with a name of 1 to 1,024 bytes");
  if (members_of(text_, ref) != 3 || bytes < 0 || !is_hex(hash, 64) || !has_length(media, kMostListedMedia))
    throw Malformed("not an object {bytes, hash, media}");
  if (media == kRefsMedia) throw Malformed("a list in a list");
  if (name <= last_name_) throw Malformed(name == last_name_ ? "a name stands twice" : "the names are not sorted");
  last_name_ = std::move(name);
  return {hash_from(from_hex(hash)), static_cast<std::uint64_t>(bytes)};
}

}  // namespace hone::verify
