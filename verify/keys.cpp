#include "verify/keys.h"

#include <algorithm>

namespace hone::verify {

Keys::Keys(std::vector<VerifierKey> given, std::string origin) : given_(std::move(given)), origin_(std::move(origin)) {}

void Keys::follow(const std::vector<ChainKey>& chain, Verdicts& verdicts) {
  chain_ = chain;
  // A log that cannot say its own key, because it is empty or broken there, is judged by the key given.
  if (chain_.empty()) {
    for (const VerifierKey& key : given_) {
      if (key.name == origin_) chain_.push_back({key, 0, false});
    }
    chain_.resize(std::min<std::size_t>(chain_.size(), 1));
  }
  const auto is_given = [&](const ChainKey& ours) {
    return std::ranges::any_of(given_, [&](const VerifierKey& key) { return key.key == ours.key.key && key.name == ours.key.name; });
  };
  believed_.assign(chain_.size(), false);
  // A believed key signs a tree that holds the keys before it.
  bool later = false;
  for (std::size_t key = chain_.size(); key-- > 0;) believed_[key] = later = later || is_given(chain_[key]);
  if (later) return;
  const std::string own = chain_.empty() ? "'" + origin_ + "'" : "'" + chain_[0].key.text + "'";
  verdicts.wrong.add({Step::kKeys, -1, "", -1, "none of the keys given is one of this log, which says that its own is " + own});
}

std::size_t Keys::at_size(std::uint64_t size) const {
  std::size_t key = 0;
  while (key + 1 < chain_.size() && chain_[key + 1].from <= size) ++key;
  return key;
}

void Keys::learn(const Checkpoint& checkpoint) {
  for (std::size_t key = 1; key < chain_.size() && chain_[key].from <= checkpoint.size; ++key) {
    if (believed_[key] || !believed_[key - 1] || chain_[key].compromised) continue;
    believed_[key] =
        signed_with(checkpoint, chain_[key - 1].key) == Signed::kWell && signed_with(checkpoint, chain_[key].key) == Signed::kWell;
  }
}

std::string Keys::trouble(const Checkpoint& checkpoint) const {
  if (checkpoint.origin != origin_) return "its origin is '" + checkpoint.origin + "', not '" + origin_ + "'";
  if (chain_.empty()) return "no key of this log is known";
  const std::size_t key = at_size(checkpoint.size);
  const VerifierKey& holds = chain_[key].key;
  for (const ChainKey& other : chain_) {
    if (signed_with(checkpoint, other.key) == Signed::kBadly)
      return "the signature of '" + other.key.name + "' (" + hex(other.key.id) + ") is bad";
  }
  if (signed_with(checkpoint, holds) == Signed::kNot) {
    const bool retired = std::ranges::any_of(chain_, [&](const ChainKey& other) { return names_key(checkpoint, other.key); });
    return retired ? "it is signed with a key that does not hold at size " + std::to_string(checkpoint.size) + ": key.rotate replaced it"
                   : "no signature of '" + holds.name + "' (" + hex(holds.id) + ")";
  }
  if (believed_[key]) return {};
  if (chain_[key].compromised) {
    return "its key came after a compromised one, which cannot vouch for it: give the new key '" + holds.text +
           "' if it reached you by another road";
  }
  return "no checkpoint that you believe vouches for its key '" + holds.text + "'";
}

std::string Keys::trouble_of_record(const Checkpoint& checkpoint, std::uint64_t before, bool verify_all) const {
  if (chain_.empty()) return {};
  const std::size_t newest = at_size(checkpoint.size), oldest = at_size(before);
  for (std::size_t key = 0; key < chain_.size(); ++key) {
    const VerifierKey& ours = chain_[key].key;
    const bool names = names_key(checkpoint, ours), rotates = oldest != newest && key >= oldest && key <= newest;
    const bool stolen = rotates && key < newest && chain_[key + 1].compromised;  // Who lost a key may have lost it altogether.
    if ((key == newest || rotates) && !stolen && !names) return "no signature of '" + ours.name + "' (" + hex(ours.id) + ")";
    if (names && key < newest && !rotates) return "it is signed with the key " + hex(ours.id) + ", which key.rotate replaced before";
    if (names && (verify_all || rotates) && signed_with(checkpoint, ours) != Signed::kWell)
      return "the signature of '" + ours.name + "' (" + hex(ours.id) + ") is bad";
  }
  return {};
}

}  // namespace hone::verify
