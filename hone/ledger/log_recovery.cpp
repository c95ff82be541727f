// Opening a log for writing: recovery (a) to (d) of docs/ledger.md. Nothing that a checkpoint covers is ever changed.
#include <algorithm>
#include <utility>

#include "hone/core/error.h"
#include "hone/ledger/committed_log_internal.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/event.h"
#include "hone/ledger/ledger_corrupt_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr std::uint64_t kHashesAtOnce = 1 << 16;

Error unrecoverable(const std::string& what) { return ledger_corrupt(what + "; bring the file back from a backup, nothing was changed"); }

std::uint64_t complete_subtrees(std::uint64_t size, unsigned level) { return level >= 8 ? 0 : size >> (kTileHeight * level); }

}  // namespace

void CommittedLog::open(const VerifierKey& key) {
  const JournalTail tail = open_journal(key);
  open_entries();
  check_current_key();
  if (tail.last) check_signature(*tail.last, key);
  set_aside_torn(tail.rest);
  set_aside_entries();
}

// (a). That the signature is there is checked later, when the entries have said whose it should be; a wrong one ends it here.
JournalTail CommittedLog::open_journal(const VerifierKey& key) {
  key_ = key;
  journal_ = disk_.open_to_write(paths_.commits());
  JournalTail tail = read_journal_tail(journal_);
  checkpoint_ = {.origin = key.name, .size = 0, .root = empty_root()};
  if (!tail.last) return tail;
  if (check_note(tail.last->note, key) == NoteCheck::kBad) check_signature(*tail.last, key);
  checkpoint_ = tail.last->checkpoint;
  note_ = tail.last->note;
  journal_begin_ = tail.last->begin;
  journal_end_ = tail.last->end;
  segments_.set_size(checkpoint_.size);
  return tail;
}

void CommittedLog::check_signature(const CommitRecord& record, const VerifierKey& key) const {
  if (record.checkpoint.origin == key.name && check_note(record.note, key) == NoteCheck::kGood) return;
  throw unrecoverable("the record of size " + std::to_string(record.checkpoint.size) + " at byte " + std::to_string(record.begin) +
                      " of '" + journal_.path().string() + "' has not the signature of '" + key.text() + "'");
}

// The keys that sign the log one after the other, in their text.
std::vector<std::string> CommittedLog::key_chain() {
  std::vector<std::string> chain;
  if (size() == 0) return chain;
  chain.push_back(event(0)->body.value("vkey", ""));
  for (const std::uint64_t seq : lookup_.find(kind_key("key.rotate")))
    if (event(seq)->kind == "key.rotate") chain.push_back(event(seq)->body.value("vkey", ""));
  return chain;
}

bool CommittedLog::knows_key(const std::string& vkey) { return std::ranges::count(key_chain(), vkey) > 0; }

void CommittedLog::check_current_key() {
  const std::vector<std::string> chain = key_chain();
  if (!chain.empty() && chain.back() != key_.text())
    throw Error(ErrorCode::kInvalidArgument, "the ledger '" + paths_.folder.string() + "' is written with the key '" + chain.back() +
                                                 "', not with '" + key_.text() + "'");
}

// (b) and (c)
void CommittedLog::open_entries() {
  segments_.check_files();
  if (!segments_begin_as_hashed()) rebuild_hashes();
  stack_ = read_open_segment();
  if (stack_.root() != checkpoint_.root) {
    rebuild_hashes();
    stack_ = read_open_segment();
  }
  fill_hash_files();
  for (std::uint64_t segment = 0; segment < size() / kSegmentEntries; ++segment)
    if (!segments_.has_index(segment)) write_index(segment);
}

// A look at the first entry of each full segment: finds one that was swapped with another, or comes from another log.
bool CommittedLog::segments_begin_as_hashed() {
  for (std::uint64_t segment = 0; (segment + 1) * kSegmentEntries <= size(); ++segment) {
    const std::vector<Hash> hash = hashes_.read(0, segment * kSegmentEntries, 1);
    if (!hash.empty() && hash.front() != leaf_hash(segments_.first_entry(segment))) return false;
  }
  return true;
}

MerkleStack CommittedLog::read_open_segment() {
  const std::uint64_t full = size() / kSegmentEntries, begin = full * kSegmentEntries;
  pending_hashes_.clear();
  lookup_.begin_segment(full);
  lookup_segment_ = full;
  MerkleStack tree = tree_.stack(begin);
  segments_.for_each(begin, size(), [&](std::uint64_t seq, std::string_view entry) {
    push_leaf(tree, leaf_hash(entry), seq);
    try {
      const EntryFacts facts = facts_of(entry);
      visit_entry_keys(facts, entry, [&](const LookupIndex::Key& key) { lookup_.add(key, seq); });
      last_time_ = facts.time;
    } catch (const Error& error) {
      throw unrecoverable("entry " + std::to_string(seq) + " of '" + segments_.file_of(full).string() + "': " + error.what());
    }
  });
  if (begin == size() && begin > 0) last_time_ = facts_of(segments_.entry(begin - 1)).time;
  return tree;
}

// A hash file or an entry is wrong. When the entries give the signed root, it was the hash file.
void CommittedLog::rebuild_hashes() {
  MerkleStack tree;
  std::optional<std::uint64_t> first_other;
  segments_.for_each(0, size(), [&](std::uint64_t seq, std::string_view entry) {
    const Hash leaf = leaf_hash(entry);
    tree.push(leaf);
    if (first_other) return;
    const std::vector<Hash> known = hashes_.read(0, seq, 1);
    if (!known.empty() && known.front() != leaf) first_other = seq;
  });
  if (tree.root() != checkpoint_.root) {
    const std::uint64_t bad = first_other.value_or(0);
    throw unrecoverable("the entries do not give the signed root of size " + std::to_string(size()) +
                        (first_other
                             ? "; the first that was changed is entry " + std::to_string(bad) + ", in bundle " +
                                   std::to_string(bad / kBundleEntries) + ", '" + segments_.file_of(bad / kSegmentEntries).string() + "'"
                             : ""));
  }
  hashes_.truncate(0);
  tree_.believe_hashes(false);
  fill_levels(size());
  tree_.believe_hashes(true);
}

void CommittedLog::fill_levels(std::uint64_t end) {
  for (unsigned level = 0; level < HashFiles::kLevels; ++level) {
    const std::uint64_t wanted = complete_subtrees(end, level);
    for (std::uint64_t have = hashes_.count(level); have < wanted;) {
      const std::vector<Hash> hashes = tree_.level_hashes(level, have, std::min(kHashesAtOnce, wanted - have));
      hashes_.write(level, have, hashes);
      have += hashes.size();
    }
  }
}

// Adds what the hash files lack; of the open segment, whose hashes were just computed, also mends what is wrong.
void CommittedLog::fill_hash_files() {
  hashes_.truncate(size());
  fill_levels(size() / kSegmentEntries * kSegmentEntries);
  for (const HashRun& run : take_pending_hashes())
    if (hashes_.read(run.level, run.first, run.hashes.size()) != run.hashes) hashes_.write(run.level, run.first, run.hashes);
}

}  // namespace hone::ledger_internal
