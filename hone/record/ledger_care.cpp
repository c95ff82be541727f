#include "hone/record/ledger_care.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/ledger/base64.h"
#include "hone/ledger/key_file.h"

namespace hone {
namespace {

// "bank.example/complaints" → "bank.example/complaints/2" → …/3.
std::string next_origin(const std::string& origin) {
  const std::size_t slash = origin.rfind('/');
  const std::string last = slash == std::string::npos ? "" : origin.substr(slash + 1);
  const bool is_number = !last.empty() && last.size() < 9 && last.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? origin.substr(0, slash + 1) + std::to_string(std::stoul(last) + 1) : origin + "/2";
}

std::optional<Checkpoint> checkpoint_in(const std::string& bytes) {
  try {
    return Checkpoint::parse(SignedNote::parse(bytes).text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The size that the receipt vouches for, with the log's root there.
Checkpoint anchored(ProjectLedger& ledger, const std::string& receipt, std::optional<std::uint64_t> size) {
  const std::optional<Checkpoint> said = checkpoint_in(receipt);
  if (said && size && said->size != *size)
    throw Error(ErrorCode::kInvalidArgument,
                "the receipt is a checkpoint of size " + std::to_string(said->size) + ", not " + std::to_string(*size));
  if (!said && !size)
    throw Error(ErrorCode::kInvalidArgument, "the receipt is no checkpoint, so it does not say of which size it speaks; give --size N");
  LedgerReader& log = ledger.reader();
  const Checkpoint here{log.checkpoint().origin, said ? said->size : *size, {}};
  if (here.size > log.size())
    throw Error(ErrorCode::kInvalidArgument,
                "the log has " + std::to_string(log.size()) + " events, fewer than the " + std::to_string(here.size) + " of the receipt");
  Checkpoint own = here;
  own.root = log.root(own.size);
  if (said && *said != own)
    throw Error(
        ErrorCode::kInvalidArgument,
        "the receipt is a checkpoint of another log, or of another history: its origin or root is not that of this log at that size");
  return own;
}

}  // namespace

std::string rotate_ledger_key(ProjectLedger& ledger, bool compromised, std::uint64_t trusted_size) {
  SigningKey next = SigningKey::generate(ledger.origin());
  const std::string text = next.verifier().text();
  ledger.writer();  // With the old key, before there are two.
  const std::filesystem::path file = ledger.next_key_file();
  std::filesystem::remove(file);
  write_key_file(file, next);
  ledger.writer().rotate_key(std::move(next), compromised ? "compromise" : "routine", trusted_size);
  ledger.take_next_key();
  return text;
}

std::string reopen_ledger(ProjectLedger& ledger, const std::string& because) {
  if (because.empty()) throw Error(ErrorCode::kInvalidArgument, "why is a new log begun? Give --because TEXT, for who reads it later");
  const Checkpoint before = ledger.reader().checkpoint();
  const std::string origin = next_origin(before.origin);
  ledger.reopen(origin, before);
  ledger.append(ledger.event("admin.config", {{"setting", "ledger.reopen"}, {"from", before.origin}, {"to", because.substr(0, 1000)}}));
  return origin;
}

std::uint64_t anchor_ledger(ObjectStore& objects, ProjectLedger& ledger, const std::filesystem::path& receipt, const std::string& place,
                            std::optional<std::uint64_t> size) {
  constexpr std::uint64_t kLongestReceipt = 1 << 20;
  if (place.empty()) throw Error(ErrorCode::kInvalidArgument, "who holds it? Give --place TEXT, as in --place 'mailbox of the auditor'");
  const std::string bytes = read_file(receipt, kLongestReceipt);
  const Checkpoint own = anchored(ledger, bytes, size);
  const std::string name = std::to_string(own.size) + "-" + sha256_hex(bytes).substr(0, 12) + (checkpoint_in(bytes) ? "" : ".tsr");
  make_folder(ledger.folder() / "anchors");
  write_file_atomically(ledger.folder() / "anchors" / name, bytes);
  const std::string root = to_hex({reinterpret_cast<const char*>(own.root.data()), own.root.size()});
  return ledger
      .append(ledger.event("anchor", {{"size", own.size},
                                      {"root", root},
                                      {"place", place.substr(0, 500)},
                                      {"receipt", objects.put(bytes, "application/octet-stream")}}))
      .seq;
}

}  // namespace hone
