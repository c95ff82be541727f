#include "hone/ledger/ledger_reader.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/commit_journal.h"
#include "hone/ledger/committed_log_internal.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/hash_files.h"
#include "hone/ledger/ledger_corrupt_internal.h"
#include "hone/ledger/segments.h"
#include "hone/ledger/tile.h"

namespace hone {
namespace {

using ledger_internal::facts_of;
using ledger_internal::LedgerPaths;
using ledger_internal::visit_entry_keys;

}  // namespace

struct LedgerReader::State {
  Disk disk;
  LedgerPaths paths;
  Segments segments;
  HashFiles hashes;
  LogTree tree;
  LookupIndex lookup;
  std::uint64_t lookup_size = 0;  // Events that the lookup index knows of.
  std::optional<VerifierKey> key;
  DiskFile journal;
  Checkpoint checkpoint;
  SignedNote note;

  explicit State(std::filesystem::path folder)
      : paths{std::move(folder)},
        segments(disk, paths.segments()),
        hashes(disk, paths.hashes()),
        tree(segments, hashes),
        lookup(disk, paths.lookup(),
               [this](std::uint64_t begin, std::uint64_t end, const LookupIndex::Add& add) { scan(begin, end, add); }) {
    lookup.keep_to_memory();
  }

  void scan(std::uint64_t begin, std::uint64_t end, const LookupIndex::Add& add) {
    segments.for_each(begin, end, [&](std::uint64_t seq, std::string_view entry) {
      visit_entry_keys(facts_of(entry), entry, [&](const LookupIndex::Key& found) { add(found, seq); });
    });
  }

  // Brings the index in memory up to the snapshot.
  void index() {
    const std::uint64_t full = segments.size() / kSegmentEntries * kSegmentEntries;
    if (lookup_size < full || lookup_size == 0) {
      lookup.begin_segment(segments.size() / kSegmentEntries);
      lookup_size = full;
    }
    scan(lookup_size, segments.size(), [&](const LookupIndex::Key& found, std::uint64_t seq) { lookup.add(found, seq); });
    lookup_size = segments.size();
  }

  std::vector<std::string> keys() {
    std::vector<std::string> chain{parse_event(segments.entry(0)).body.value("vkey", "")};
    index();
    for (const std::uint64_t seq : lookup.find(kind_key("key.rotate")))
      if (const Event event = parse_event(segments.entry(seq)); event.kind == "key.rotate") chain.push_back(event.body.value("vkey", ""));
    return chain;
  }

  static NoteCheck check(const SignedNote& signed_note, const std::string& vkey) {
    try {
      return check_note(signed_note, VerifierKey::parse(vkey));
    } catch (const Error&) {
      return NoteCheck::kNotSigned;
    }
  }

  // The first key's signature is enough: had the log another one by now, it would not be there.
  void check_signature(const SignedNote& signed_note) {
    const std::string first = parse_event(segments.entry(0)).body.value("vkey", "");
    if (key && key->text() != first && std::ranges::count(keys(), key->text()) == 0)
      throw ledger_corrupt("the ledger is that of '" + first + "', not of '" + key->text() + "'");
    if (check(signed_note, first) == NoteCheck::kGood || check(signed_note, keys().back()) == NoteCheck::kGood) return;
    throw ledger_corrupt("the newest checkpoint of '" + paths.folder.string() + "' is not signed by the ledger's key");
  }

  void require(bool holds, std::uint64_t seq) const {
    if (!holds)
      throw Error(ErrorCode::kInvalidArgument,
                  "the ledger has " + std::to_string(checkpoint.size) + " events, none of number " + std::to_string(seq));
  }
};

LedgerReader::LedgerReader(std::filesystem::path folder, const std::optional<VerifierKey>& key)
    : state_(std::make_unique<State>(std::move(folder))) {
  state_->key = key;
  auto journal = state_->disk.open_if_there(state_->paths.commits());
  if (!journal) throw Error(ErrorCode::kNotFound, "there is no ledger in '" + state_->paths.folder.string() + "'");
  state_->journal = std::move(*journal);
  if (!refresh())
    throw Error(ErrorCode::kNotFound, "there is no ledger in '" + state_->paths.folder.string() + "': nothing of it was completed");
}

LedgerReader::~LedgerReader() = default;
LedgerReader::LedgerReader(LedgerReader&&) noexcept = default;

bool LedgerReader::refresh() {
  const JournalTail tail = read_journal_tail(state_->journal);
  const std::uint64_t now = tail.last ? tail.last->checkpoint.size : 0, before = size();
  if (now < before || !state_->journal.is_in_place())
    throw Error(ErrorCode::kCorruptData, "LEDGER_ROLLED_BACK: '" + state_->paths.folder.string() + "' has fewer events than it had");
  if (now == before) return false;
  state_->segments.set_size(now);
  state_->check_signature(tail.last->note);
  state_->checkpoint = tail.last->checkpoint;
  state_->note = tail.last->note;
  return true;
}

const Checkpoint& LedgerReader::checkpoint() const { return state_->checkpoint; }
const SignedNote& LedgerReader::note() const { return state_->note; }

std::string LedgerReader::entry(std::uint64_t seq) {
  state_->require(seq < size(), seq);
  return state_->segments.entry(seq);
}

Event LedgerReader::event(std::uint64_t seq) { return parse_event(entry(seq)); }

void LedgerReader::for_each(std::uint64_t begin, std::uint64_t end,
                            const std::function<void(std::uint64_t seq, std::string_view entry)>& visit) {
  state_->require(begin <= end && end <= size(), end);
  state_->segments.for_each(begin, end, visit);
}

Hash LedgerReader::root(std::uint64_t size_then) {
  state_->require(size_then <= size(), size_then);
  return size_then == size() ? checkpoint().root : state_->tree.root(size_then);
}

std::vector<Hash> LedgerReader::inclusion(std::uint64_t seq, std::uint64_t size_then) {
  state_->require(seq < size_then && size_then <= size(), seq);
  return state_->tree.inclusion(seq, size_then, root(size_then));
}

std::vector<Hash> LedgerReader::consistency(std::uint64_t old_size, std::uint64_t size_then) {
  state_->require(old_size <= size_then && size_then <= size(), size_then);
  return state_->tree.consistency(old_size, size_then, root(size_then));
}

std::optional<std::uint64_t> LedgerReader::find_token(const std::string& token) {
  if (!is_lower_hex(token, 32)) return std::nullopt;
  state_->index();
  for (const std::uint64_t seq : state_->lookup.find(hex_key(token)))
    if (facts_of(entry(seq)).token == token) return seq;
  return std::nullopt;
}

std::vector<std::string> LedgerReader::keys() { return state_->keys(); }

std::optional<std::string> LedgerReader::published_file(std::string_view path) {
  if (path == "checkpoint") return note().to_string();
  const auto tile = TileName::parse(path);
  if (!tile || tile_width(*tile, size()) < tile->width) return std::nullopt;
  return read_tile(*tile, state_->segments, state_->tree);
}

void LedgerReader::publish(const std::filesystem::path& folder) {
  publish_tree(state_->disk, state_->segments, state_->tree, note().to_string(), folder);
}

SignedNote LedgerReader::note_covering(std::uint64_t seq) {
  state_->require(seq < size(), seq);
  constexpr std::size_t kReadBytes = 1 << 20;  // Some thousand records; one alone has less than 16 KiB.
  for (std::uint64_t offset = 0;;) {
    const std::vector<CommitRecord> records = parse_records(state_->journal.read(offset, kReadBytes), offset);
    for (const CommitRecord& record : records)
      if (record.checkpoint.size > seq) return record.note;
    if (records.empty()) throw ledger_corrupt("no record of 'commits' covers event " + std::to_string(seq));
    offset = records.back().end;
  }
}

void LedgerReader::publish(const std::filesystem::path& folder, const SignedNote& then) {
  const Checkpoint checkpoint_then = Checkpoint::parse(then.text);
  state_->require(checkpoint_then.size <= size(), checkpoint_then.size);
  Segments segments(state_->disk, state_->paths.segments());
  segments.set_size(checkpoint_then.size);
  LogTree tree(segments, state_->hashes);
  if (tree.root(checkpoint_then.size) != checkpoint_then.root) tree.believe_hashes(false);
  if (tree.root(checkpoint_then.size) != checkpoint_then.root)
    throw ledger_corrupt("the first " + std::to_string(checkpoint_then.size) + " entries do not give the root of their checkpoint");
  publish_tree(state_->disk, segments, tree, then.to_string(), folder);
}

}  // namespace hone
