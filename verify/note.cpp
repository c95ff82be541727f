#include "verify/note.h"

#include <algorithm>

namespace hone::verify {
namespace {

constexpr std::size_t kMostSignatures = 16;
constexpr std::size_t kMostPath = 63;
constexpr std::size_t kMostPolicyLines = 10'000;
constexpr std::string_view kDash = "\xE2\x80\x94 ";

/// The next line without its newline, which must be there.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) throw Malformed("its last line has no end");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// A carriage return, another control character or a space that looks like none would let one text pass for another.
bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != '+'; });
}

bool is_no_text(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F; }

Signature parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) throw Malformed("a signature line does not begin with an em dash and a space");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) throw Malformed("a signature line has no signature");
  const std::string_view name = line.substr(0, space);
  if (!is_name(name)) throw Malformed("the name in a signature line is empty, or holds a space, '+' or control character");
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= 4) throw Malformed("a signature is not base64 of more than 4 bytes");
  return {std::string(name), bytes->substr(0, 4), bytes->substr(4)};
}

Hash parse_base64_hash(std::string_view line) {
  const auto bytes = from_base64(line);
  if (!bytes || bytes->size() != 32) throw Malformed("a hash is not base64 of 32 bytes");
  return hash_from(*bytes);
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    words.emplace_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

bool same_key(const VerifierKey& a, const VerifierKey& b) { return a.key == b.key; }

VerifierKey policy_key(const std::string& text, std::uint8_t type) {
  VerifierKey key = parse_vkey(text);
  if (key.type != type) throw Malformed("'" + text + "' is not a key of the kind that its line asks for");
  return key;
}

}  // namespace

std::string key_id(std::string_view name, std::uint8_t type, std::string_view key) {
  const char middle[] = {'\n', static_cast<char>(type)};
  return std::string(text_of(sha256(name, {middle, 2}, key)).substr(0, 4));
}

VerifierKey parse_vkey(std::string_view text) {
  const std::string shown = "'" + std::string(text.substr(0, 200)) + "' ";
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) throw Malformed(shown + "is not a verifier key: name+id+key");
  const std::string_view name = text.substr(0, first), id = text.substr(first + 1, second - first - 1);
  const auto bytes = from_base64(text.substr(second + 1));
  if (!is_name(name) || !is_hex(id, 8) || !bytes || bytes->size() != 33) throw Malformed(shown + "is not a verifier key: name+id+key");
  const auto type = static_cast<std::uint8_t>((*bytes)[0]);
  VerifierKey key{std::string(text), std::string(name), from_hex(id), bytes->substr(1), type};
  if (type != kLogKey && type != kWitnessKey)
    throw Malformed(shown + "has a type of key that is neither Ed25519 (01) nor a cosignature (04)");
  if (key_id(name, type, key.key) != key.id) throw Malformed(shown + "has an ID that is not the one of its key");
  return key;
}

Checkpoint parse_checkpoint(std::string_view note) {
  if (note.size() > kMostNoteBytes) throw Malformed("longer than " + std::to_string(kMostNoteBytes) + " bytes");
  Checkpoint checkpoint;
  std::string_view rest = note;
  checkpoint.origin = take_line(rest);
  if (!is_name(checkpoint.origin)) throw Malformed("its origin is empty, or holds a space, '+' or control character");
  const auto size = decimal(take_line(rest));
  if (!size) throw Malformed("its size is not a decimal number without leading zero");
  checkpoint.size = *size;
  checkpoint.root = parse_base64_hash(take_line(rest));
  checkpoint.text = note.substr(0, note.size() - rest.size());
  if (!take_line(rest).empty()) throw Malformed("its fourth line is not empty");
  while (!rest.empty()) {
    checkpoint.signatures.push_back(parse_signature(take_line(rest)));
    if (checkpoint.signatures.size() > kMostSignatures) throw Malformed("more than 16 signatures");
  }
  if (checkpoint.signatures.empty()) throw Malformed("no signature");
  return checkpoint;
}

Signed signed_with(const Checkpoint& checkpoint, const VerifierKey& key) {
  Signed found = Signed::kNot;
  for (const Signature& signature : checkpoint.signatures) {
    if (signature.name != key.name || signature.id != key.id) continue;
    if (!signed_by(key.key, checkpoint.text, signature.bytes)) return Signed::kBadly;
    found = Signed::kWell;
  }
  return found;
}

bool names_key(const Checkpoint& checkpoint, const VerifierKey& key) {
  return std::ranges::any_of(checkpoint.signatures, [&](const Signature& s) { return s.name == key.name && s.id == key.id; });
}

std::string cosigned_text(const Checkpoint& checkpoint, std::uint64_t time) {
  return "cosignature/v1\ntime " + std::to_string(time) + "\n" + checkpoint.text;
}

std::optional<std::uint64_t> cosigned_at(const Checkpoint& checkpoint, const VerifierKey& witness) {
  std::optional<std::uint64_t> time;
  for (const Signature& signature : checkpoint.signatures) {
    if (signature.name != witness.name || signature.id != witness.id) continue;
    const std::string_view bytes = signature.bytes;
    if (bytes.size() != 8 + 64 || !signed_by(witness.key, cosigned_text(checkpoint, big_endian(bytes.substr(0, 8))), bytes.substr(8))) {
      throw Malformed("the cosignature of '" + witness.name + "' is bad");
    }
    const std::uint64_t at = big_endian(bytes.substr(0, 8));
    time = time ? std::min(*time, at) : at;
  }
  return time;
}

Policy Policy::parse(std::string_view text) {
  Policy policy;
  std::size_t number = 0;
  while (!text.empty()) {
    if (++number > kMostPolicyLines) throw Malformed("more than 10,000 lines");
    try {
      const std::string_view line = take_line(text);
      if (std::ranges::any_of(line, is_no_text)) throw Malformed("a control character");
      const std::vector<std::string> words = words_of(line);
      if (!words.empty() && words[0][0] != '#') policy.read_line(words);
    } catch (const Malformed& wrong) {
      throw Malformed("line " + std::to_string(number) + ": " + wrong.what());
    }
  }
  if (policy.quorum_.empty()) throw Malformed("no line 'quorum NAME' or 'quorum none'");
  return policy;
}

void Policy::read_line(const std::vector<std::string>& words) {
  const std::string& what = words[0];
  if (what == "log" && (words.size() == 2 || words.size() == 3)) {
    logs_.push_back(policy_key(words[1], kLogKey));
    if (std::ranges::count_if(logs_, [&](const VerifierKey& log) { return same_key(log, logs_.back()); }) > 1)
      throw Malformed("a log's key stands twice");
  } else if (what == "witness" && (words.size() == 3 || words.size() == 4)) {
    define(words[1]);
    const VerifierKey key = policy_key(words[2], kWitnessKey);
    if (std::ranges::any_of(witnesses_, [&](const auto& other) { return same_key(other.second, key); }))
      throw Malformed("a witness's key stands twice");
    witnesses_.emplace(words[1], key);
  } else if (what == "group" && words.size() >= 4) {
    read_group(words);
  } else if (what == "quorum" && words.size() == 2 && quorum_.empty()) {
    if (words[1] != "none" && !witnesses_.contains(words[1]) && !groups_.contains(words[1]))
      throw Malformed("'" + words[1] + "' is not defined above");
    quorum_ = words[1];
  } else {
    throw Malformed("not a line of a policy (log, witness, group, one quorum)");
  }
}

void Policy::read_group(const std::vector<std::string>& words) {
  define(words[1]);
  Group group{1, {words.begin() + 3, words.end()}};
  const auto least = words[2] == "any" ? 1 : words[2] == "all" ? group.members.size() : decimal(words[2]).value_or(0);
  if (least < 1 || least > group.members.size())
    throw Malformed("a group of " + std::to_string(group.members.size()) + " cannot ask for '" + words[2] + "'");
  group.least = least;
  for (const std::string& member : group.members) {
    if (!witnesses_.contains(member) && !groups_.contains(member)) throw Malformed("'" + member + "' is not defined above");
    if (!members_.emplace(member, true).second) throw Malformed("'" + member + "' is a member twice");
  }
  groups_.emplace(words[1], std::move(group));
}

void Policy::define(const std::string& name) const {
  if (name == "none" || witnesses_.contains(name) || groups_.contains(name)) throw Malformed("'" + name + "' is taken");
}

std::vector<VerifierKey> Policy::witnesses() const {
  std::vector<VerifierKey> keys;
  for (const auto& [name, key] : witnesses_) keys.push_back(key);
  return keys;
}

std::optional<std::uint64_t> Policy::witnessed_at(const Checkpoint& checkpoint) const {
  for (const auto& [name, key] : witnesses_)
    cosigned_at(checkpoint, key);  // A known key with a bad signature rejects the note, quorum or not.
  return asks_for_witnesses() ? seen_at(quorum_, checkpoint) : std::nullopt;
}

// Groups name only what stands above them, and each name is a member once, so this ends after as many steps as there are names.
std::optional<std::uint64_t> Policy::seen_at(const std::string& name, const Checkpoint& checkpoint) const {
  if (const auto witness = witnesses_.find(name); witness != witnesses_.end()) return cosigned_at(checkpoint, witness->second);
  const Group& group = groups_.at(name);
  std::vector<std::uint64_t> times;
  for (const std::string& member : group.members) {
    if (const auto time = seen_at(member, checkpoint)) times.push_back(*time);
  }
  if (times.size() < group.least) return std::nullopt;
  std::ranges::sort(times);
  return times[group.least - 1];
}

Proof parse_proof(std::string_view text) {
  Proof proof;
  if (take_line(text) != "c2sp.org/tlog-proof@v1") throw Malformed("its first line is not 'c2sp.org/tlog-proof@v1'");
  std::string_view line = take_line(text);
  if (line.starts_with("extra ")) {
    if (!from_base64(line.substr(6))) throw Malformed("its extra data is not base64");
    line = take_line(text);
  }
  const auto index = line.starts_with("index ") ? decimal(line.substr(6)) : std::nullopt;
  if (!index) throw Malformed("no line 'index' with a decimal number without leading zero");
  proof.index = *index;
  while (!(line = take_line(text)).empty()) {
    if (proof.path.size() == kMostPath) throw Malformed("more than 63 hashes");
    proof.path.push_back(parse_base64_hash(line));
  }
  proof.checkpoint = parse_checkpoint(text);
  return proof;
}

}  // namespace hone::verify
