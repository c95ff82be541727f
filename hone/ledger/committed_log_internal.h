#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hone/ledger/commit_journal.h"
#include "hone/ledger/disk.h"
#include "hone/ledger/event_rules.h"
#include "hone/ledger/hash_files.h"
#include "hone/ledger/lookup_index.h"
#include "hone/ledger/merkle_tree.h"
#include "hone/ledger/segments.h"
#include "hone/ledger/signing_key.h"

namespace hone::ledger_internal {

/// Where things lie in a ledger's folder.
struct LedgerPaths {
  std::filesystem::path folder;
  std::filesystem::path segments() const { return folder / "segments"; }
  std::filesystem::path hashes() const { return folder / "hash"; }
  std::filesystem::path lookup() const { return folder / "lookup"; }
  std::filesystem::path commits() const { return folder / "commits"; }
  std::filesystem::path checkpoint() const { return folder / "checkpoint"; }
  std::filesystem::path quarantine() const { return folder / "quarantine"; }
  std::filesystem::path lock() const { return folder / "lock"; }
};

/// A sync that failed: what was written may be there or not, and no later sync says.
class SyncFailure : public Error {
 public:
  explicit SyncFailure(const Error& cause) : Error(ErrorCode::kIo, cause.what()) {}
};

/// No room: nothing was appended, and the log can go on when there is.
class LedgerFull : public Error {
 public:
  explicit LedgerFull(const Error& cause)
      : Error(ErrorCode::kIo, std::string("LEDGER_FULL: ") + cause.what() + "; nothing was appended, make room and try again") {}
};

/// Bytes that no checkpoint covers, moved to quarantine/.
struct SetAside {
  std::uint64_t bytes = 0;
  std::string sha256;
};

/// Entries that are to become durable together.
struct Group {
  std::string framed;                // With their lengths, one behind the other.
  std::vector<std::size_t> lengths;  // Of the framed entries.
  struct Keyed {
    LookupIndex::Key key;
    std::uint64_t seq;
  };
  std::vector<Keyed> keys;
  std::string last_time;
};

/// The log as far as its newest signed checkpoint goes, and its growth by groups. All functions but the ones of EarlierEvents that only
/// read want the writers' lock held. One thread.
class CommittedLog : public EarlierEvents {
 public:
  CommittedLog(const Disk& disk, std::filesystem::path folder);

  /// Opens for writing with the key that signs: recovery (a) to (d) of docs/ledger.md. Throws kCorruptData with LEDGER_TRUNCATED or
  /// LEDGER_CORRUPT, kInvalidArgument where the key is not the log's.
  void open(const VerifierKey& key);

  /// Takes over what other writers appended. Throws kCorruptData with LEDGER_ROLLED_BACK when what was known is no longer there.
  void catch_up();

  /// Appends the group and makes it durable, first its entries, then the checkpoint signed by these. Throws kIo with LEDGER_FULL when there
  /// is no room, and then nothing has changed; SyncFailure or another Error when the log has to be opened anew.
  void append(const Group& group, const std::vector<const SigningKey*>& signers);

  /// Writes the caches of what was appended: hash files, indexes of full segments, lookup runs. What fails here is made anew later.
  void write_caches();

  /// Gives back the disk's room that was taken ahead and not used.
  void give_back_room();

  const Checkpoint& checkpoint() const { return checkpoint_; }
  const SignedNote& note() const { return note_; }
  /// The newest event's; empty in an empty log.
  const std::string& last_time() const { return last_time_; }
  /// The key whose signature the next checkpoint needs.
  const VerifierKey& key() const { return key_; }
  /// Whether this key, in its text, signs or once signed the log.
  bool knows_key(const std::string& vkey);
  /// From now on this key signs: it did so beside the one before, at the checkpoint just appended.
  void hand_over(const VerifierKey& next) { key_ = next; }

  /// The event of this token, if one has it.
  std::optional<std::uint64_t> find_token(const std::string& token);

  /// What open() and catch_up() moved away since this was last asked.
  std::vector<SetAside> take_set_aside() { return std::exchange(set_aside_, {}); }

  std::uint64_t size() const override { return checkpoint_.size; }
  std::shared_ptr<const Event> event(std::uint64_t seq) override;
  bool brought_object(std::string_view hash) override;
  Hash root_at(std::uint64_t size) override { return tree_.root(size); }
  bool segregated() override;

 private:
  struct PendingHash {
    unsigned level;
    std::uint64_t place;
    Hash hash;
  };
  struct HashRun {
    unsigned level;
    std::uint64_t first;
    std::vector<Hash> hashes;
  };

  JournalTail open_journal(const VerifierKey& key);
  void check_signature(const CommitRecord& record, const VerifierKey& key) const;
  std::vector<std::string> key_chain();
  void check_current_key();
  void open_entries();
  bool segments_begin_as_hashed();
  MerkleStack read_open_segment();
  void rebuild_hashes();
  void fill_levels(std::uint64_t end);
  void fill_hash_files();

  void check_known_journal();
  void take_over(const CommitRecord& record);
  void take_over_rotation(std::string_view entry, VerifierKey& next) const;
  void set_aside_torn(const std::string& rest);
  void set_aside_entries();
  void set_aside(std::string_view bytes, const std::string& name);

  void write_entries(const Group& group);
  void write_journal(const std::string& record);
  void open_segment_file(std::uint64_t segment);
  void cut_back();
  std::vector<HashRun> take_pending_hashes();
  void push_leaf(MerkleStack& tree, const Hash& leaf, std::uint64_t seq);
  void note_keys(const LookupIndex::Key& key, std::uint64_t seq);
  void end_segments_before(std::uint64_t segment);
  void end_full_segment(std::uint64_t segment);
  void write_index(std::uint64_t segment);

  const Disk& disk_;
  LedgerPaths paths_;
  Segments segments_;
  HashFiles hashes_;
  LogTree tree_;
  LookupIndex lookup_;
  std::uint64_t lookup_segment_ = 0;  // Whose keys it holds in memory.

  DiskFile journal_;
  std::uint64_t journal_end_ = 0;    // Behind the newest record,
  std::uint64_t journal_begin_ = 0;  // and where that begins.
  std::uint64_t journal_reserved_ = 0;
  DiskFile segment_file_;  // The segment that is written, and
  std::uint64_t segment_number_ = ~std::uint64_t{0};
  std::uint64_t segment_reserved_ = 0;  // how far the disk has room for it.

  Checkpoint checkpoint_;
  SignedNote note_;
  VerifierKey key_;
  MerkleStack stack_;
  std::string last_time_;
  std::vector<SetAside> set_aside_;

  std::vector<PendingHash> pending_hashes_;                                 // Not in the hash files yet.
  std::vector<Group::Keyed> pending_keys_;                                  // Not in the lookup index yet.
  bool caches_broken_ = false;                                              // Writing one failed: left alone until the log is opened anew.
  std::unordered_map<std::uint64_t, std::shared_ptr<const Event>> events_;  // Some that rules asked for.
};

}  // namespace hone::ledger_internal
