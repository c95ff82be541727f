// What a log does while it is written: taking over what others wrote, appending a group, keeping caches. Opening is in log_recovery.cpp.
#include <algorithm>
#include <cassert>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/ledger/base64.h"
#include "hone/ledger/committed_log_internal.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/event.h"
#include "hone/ledger/ledger_corrupt_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr std::uint64_t kSegmentReserve = 8 << 20;
constexpr std::uint64_t kJournalReserve = 1 << 20;
constexpr std::size_t kMostCachedEvents = 4096;

Error rolled_back(const std::string& what) {
  return Error(ErrorCode::kCorruptData,
               "LEDGER_ROLLED_BACK: " + what + "; bring the newer state back, or begin a new log that continues this one");
}

void sync(const DiskFile& file) {
  try {
    file.sync();
  } catch (const Error& error) {
    throw SyncFailure(error);
  }
}

void sync_folder(const Disk& disk, const std::filesystem::path& folder) {
  try {
    disk.sync_folder(folder);
  } catch (const Error& error) {
    throw SyncFailure(error);
  }
}

}  // namespace

CommittedLog::CommittedLog(const Disk& disk, std::filesystem::path folder)
    : disk_(disk),
      paths_{std::move(folder)},
      segments_(disk, paths_.segments()),
      hashes_(disk, paths_.hashes()),
      tree_(segments_, hashes_),
      lookup_(disk, paths_.lookup(), [this](std::uint64_t begin, std::uint64_t end, const LookupIndex::Add& add) {
        segments_.for_each(begin, end, [&](std::uint64_t seq, std::string_view entry) {
          visit_entry_keys(facts_of(entry), entry, [&](const LookupIndex::Key& key) { add(key, seq); });
        });
      }) {}

// --- What others wrote.

void CommittedLog::catch_up() {
  check_known_journal();
  const std::string news = journal_.read(journal_end_, journal_.size() - journal_end_);
  for (const CommitRecord& record : parse_records(news, journal_end_)) take_over(record);
  set_aside_torn(journal_.read(journal_end_, journal_.size() - journal_end_));
  set_aside_entries();
  write_caches();
}

void CommittedLog::check_known_journal() {
  if (!journal_.is_in_place()) throw rolled_back("'" + journal_.path().string() + "' was replaced by another file");
  if (journal_.size() < journal_end_) throw rolled_back("'" + journal_.path().string() + "' is shorter than it was");
  const std::string known = journal_end_ == 0 ? "" : commit_bytes(note_);
  if (journal_.read(journal_begin_, journal_end_ - journal_begin_) != known)
    throw rolled_back("'" + journal_.path().string() + "' no longer holds the record of size " + std::to_string(checkpoint_.size));
}

void CommittedLog::take_over(const CommitRecord& record) {
  const std::uint64_t old_size = checkpoint_.size;
  if (record.checkpoint.origin != key_.name || record.checkpoint.size < old_size)
    throw ledger_corrupt("the record at byte " + std::to_string(record.begin) + " of 'commits' does not go on from the one before");
  VerifierKey next = key_;
  MerkleStack tree = stack_;
  segments_.set_size(record.checkpoint.size);
  segments_.for_each(old_size, record.checkpoint.size, [&](std::uint64_t seq, std::string_view entry) {
    const EntryFacts facts = facts_of(entry);
    if (facts.seq != seq) throw ledger_corrupt("entry " + std::to_string(seq) + " says that it is " + std::to_string(facts.seq));
    push_leaf(tree, leaf_hash(entry), seq);
    visit_entry_keys(facts, entry, [&](const LookupIndex::Key& key) { pending_keys_.push_back({key, seq}); });
    if (facts.kind == "key.rotate") take_over_rotation(entry, next);
    last_time_ = facts.time;
  });
  if (tree.root() != record.checkpoint.root)
    throw ledger_corrupt("the entries do not give the root of the record at byte " + std::to_string(record.begin) + " of 'commits'");
  check_signature(record, key_);
  if (next != key_) check_signature(record, next);
  stack_ = std::move(tree);
  checkpoint_ = record.checkpoint;
  note_ = record.note;
  journal_begin_ = record.begin;
  journal_end_ = record.end;
  key_ = next;
}

void CommittedLog::take_over_rotation(std::string_view entry, VerifierKey& next) const {
  const Event event = parse_event(entry);
  const VerifierKey rotated = VerifierKey::parse(event.body.at("vkey").get<std::string>());
  const auto signature = from_base64(event.body.at("sig").get<std::string>());
  if (!signature || !check_ed25519(rotated.key, rotation_text(key_.name, event.seq, rotated.text()), *signature))
    throw ledger_corrupt("event " + std::to_string(event.seq) + " rotates to a key that did not sign it");
  next = rotated;
}

// --- What dead writers left.

void CommittedLog::set_aside(std::string_view bytes, const std::string& name) {
  const std::string hash = sha256_hex(bytes);
  disk_.make_folder(paths_.quarantine());
  disk_.replace(paths_.quarantine() / (std::to_string(checkpoint_.size) + "-" + name + "-" + hash.substr(0, 16)), bytes,
                Disk::Durable::kYes);
  set_aside_.push_back({.bytes = bytes.size(), .sha256 = hash});
}

void CommittedLog::set_aside_torn(const std::string& rest) {
  if (rest.empty()) return;
  if (!is_torn_record(rest, key_))
    throw ledger_corrupt("the newest record of '" + journal_.path().string() +
                         "' was changed; bring it back from a backup, nothing was cut");
  set_aside(rest, "commits");
  journal_.truncate(journal_end_);
  journal_reserved_ = 0;
  sync(journal_);
}

void CommittedLog::set_aside_entries() {
  const std::uint64_t open = size() / kSegmentEntries, end = segments_.end_offset();
  for (std::uint64_t segment = open;; ++segment) {
    const auto file = disk_.open_if_there(segments_.file_of(segment));
    if (!file) return;
    const std::uint64_t keep = segment == open ? end : 0, bytes = file->size();
    if (bytes > keep) set_aside(file->read(keep, bytes - keep), segments_.file_of(segment).filename().string());
    if (segment == open) {
      if (bytes == keep) continue;
      const DiskFile writable = disk_.open_to_write(segments_.file_of(segment));
      writable.truncate(keep);
      segment_reserved_ = 0;
      sync(writable);
    } else {
      disk_.remove(segments_.file_of(segment));
      segment_number_ = ~std::uint64_t{0};
      sync_folder(disk_, paths_.segments());
    }
  }
}

// --- A group.

void CommittedLog::append(const Group& group, const std::vector<const SigningKey*>& signers) {
  MerkleStack tree = stack_;
  const std::size_t hashes_before = pending_hashes_.size();
  std::string_view rest = group.framed;
  std::uint64_t seq = size();
  for (const std::size_t length : group.lengths) {
    push_leaf(tree, leaf_hash(rest.substr(2, length - 2)), seq++);
    rest.remove_prefix(length);
  }
  const Checkpoint grown{.origin = key_.name, .size = tree.size(), .root = tree.root()};
  SignedNote note = grown.sign(signers);
  const std::string record = commit_bytes(note);
  try {
    write_entries(group);
    write_journal(record);
  } catch (const DiskFailure& failure) {
    pending_hashes_.resize(hashes_before);
    if (!failure.is_full()) throw;
    cut_back();
    throw LedgerFull(failure);
  }
  stack_ = std::move(tree);
  checkpoint_ = grown;
  note_ = std::move(note);
  journal_begin_ = journal_end_;
  journal_end_ += record.size();
  last_time_ = group.last_time;
  segments_.grew(group.lengths);
  for (const auto& [key, at] : group.keys) pending_keys_.push_back({key, at});
}

void CommittedLog::write_entries(const Group& group) {
  std::string_view rest = group.framed;
  std::uint64_t seq = size(), offset = segments_.end_offset();
  for (auto length = group.lengths.begin(); length != group.lengths.end();) {
    const std::uint64_t room = kSegmentEntries - seq % kSegmentEntries;
    const auto end = length + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(room, group.lengths.end() - length));
    std::size_t bytes = 0;
    for (; length != end; ++length, ++seq) bytes += *length;
    open_segment_file((seq - 1) / kSegmentEntries);
    if (offset + bytes > segment_reserved_) {
      segment_file_.reserve(offset, bytes + kSegmentReserve);
      segment_reserved_ = offset + bytes + kSegmentReserve;
    }
    segment_file_.write(offset, rest.substr(0, bytes));
    sync(segment_file_);
    rest.remove_prefix(bytes);
    offset = 0;
  }
}

void CommittedLog::open_segment_file(std::uint64_t segment) {
  if (segment_number_ == segment) return;
  const bool is_new = !disk_.open_if_there(segments_.file_of(segment));
  segment_file_ = disk_.open_to_write(segments_.file_of(segment));
  segment_number_ = segment;
  segment_reserved_ = 0;
  if (is_new) sync_folder(disk_, paths_.segments());
}

void CommittedLog::write_journal(const std::string& record) {
  if (journal_end_ + record.size() > journal_reserved_) {
    journal_.reserve(journal_end_, record.size() + kJournalReserve);
    journal_reserved_ = journal_end_ + record.size() + kJournalReserve;
  }
  journal_.write(journal_end_, record);
  sync(journal_);
}

// A file cut at its end loses what it was given behind it (ftruncate(2), fallocate(2)).
void CommittedLog::give_back_room() {
  if (std::exchange(segment_reserved_, 0) != 0) segment_file_.truncate(segment_file_.size());
  if (std::exchange(journal_reserved_, 0) != 0) journal_.truncate(journal_.size());
}

// After a write that found no room: back to what the newest checkpoint covers.
void CommittedLog::cut_back() {
  const std::uint64_t open = size() / kSegmentEntries, end = segments_.end_offset();
  if (const auto there = disk_.open_if_there(segments_.file_of(open))) disk_.open_to_write(segments_.file_of(open)).truncate(end);
  for (std::uint64_t segment = open + 1; disk_.open_if_there(segments_.file_of(segment)); ++segment)
    disk_.remove(segments_.file_of(segment));
  segment_number_ = ~std::uint64_t{0};
  segment_reserved_ = 0;
  journal_.truncate(journal_end_);
  journal_reserved_ = 0;
}

void CommittedLog::push_leaf(MerkleStack& tree, const Hash& leaf, std::uint64_t seq) {
  tree.push(leaf, [&](unsigned height, const Hash& root) {
    if (height % kTileHeight == 0) pending_hashes_.push_back({height / kTileHeight, seq >> height, root});
  });
}

// --- Caches.

void CommittedLog::write_caches() {
  for (const auto& [key, seq] : std::exchange(pending_keys_, {})) note_keys(key, seq);
  end_segments_before(size() / kSegmentEntries);
  if (caches_broken_) return pending_hashes_.clear();
  try {
    for (const HashRun& run : take_pending_hashes()) hashes_.write(run.level, run.first, run.hashes);
  } catch (const Error&) {
    caches_broken_ = true;
  }
}

// Of each level in one piece.
std::vector<CommittedLog::HashRun> CommittedLog::take_pending_hashes() {
  std::vector<PendingHash> pending = std::exchange(pending_hashes_, {});
  std::ranges::stable_sort(pending, {}, &PendingHash::level);
  std::vector<HashRun> runs;
  for (const PendingHash& hash : pending) {
    if (runs.empty() || runs.back().level != hash.level) runs.push_back({.level = hash.level, .first = hash.place, .hashes = {}});
    runs.back().hashes.push_back(hash.hash);
  }
  return runs;
}

void CommittedLog::note_keys(const LookupIndex::Key& key, std::uint64_t seq) {
  end_segments_before(seq / kSegmentEntries);
  lookup_.add(key, seq);
}

void CommittedLog::end_segments_before(std::uint64_t segment) {
  for (; lookup_segment_ < segment; ++lookup_segment_) end_full_segment(lookup_segment_);
}

void CommittedLog::end_full_segment(std::uint64_t segment) {
  lookup_.end_segment();
  write_index(segment);
  try {
    const DiskFile file = disk_.open_to_write(segments_.file_of(segment));
    file.truncate(file.size());  // Gives back the room that was taken ahead.
  } catch (const Error&) {       // It stays taken.
  }
}

void CommittedLog::write_index(std::uint64_t segment) {
  try {
    disk_.replace(segments_.index_of(segment), segments_.index_text(segment), Disk::Durable::kNo);
  } catch (const DiskFailure&) {  // It is made anew when it is wanted.
  }
}

// --- What rules and callers ask.

std::shared_ptr<const Event> CommittedLog::event(std::uint64_t seq) {
  assert(seq < size());
  if (const auto found = events_.find(seq); found != events_.end()) return found->second;
  if (events_.size() >= kMostCachedEvents) events_.clear();
  return events_[seq] = std::make_shared<Event>(parse_event(segments_.entry(seq)));
}

std::optional<std::uint64_t> CommittedLog::find_token(const std::string& token) {
  for (const std::uint64_t seq : lookup_.find(hex_key(token)))
    if (event(seq)->token == token) return seq;
  return std::nullopt;
}

bool CommittedLog::brought_object(std::string_view hash) {
  bool brought = false;
  for (const std::uint64_t seq : lookup_.find(hex_key(hash)))
    visit_objects_brought(event(seq)->body, [&](const std::string& other) { brought = brought || other == hash; });
  return brought;
}

bool CommittedLog::segregated() { return size() == 0 || event(0)->body.value("segregation", "") != std::string("solo"); }

}  // namespace hone::ledger_internal
