#include "verify/verify.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <span>
#include <thread>
#include <utility>

#include "verify/bundle.h"
#include "verify/keys.h"
#include "verify/layout.h"
#include "verify/note.h"
#include "verify/order.h"
#include "verify/payload.h"
#include "verify/refs_list.h"
#include "verify/scan.h"
#include "verify/tree.h"
#include "verify/whole.h"
#include "verify/witness.h"

namespace hone::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostAnchorFiles = 100'000;
constexpr unsigned kMostThreads = 4;
constexpr std::size_t kMostListed = 16'384;  // Of the refs of a list, before they are handed on.

std::string utc(std::uint64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  char text[32];
  if (seconds > 253'402'300'799 || ::gmtime_r(&time, &parts) == nullptr) return "after year 9999";
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// Regular files in a folder and below, so that no size is believed that they cannot hold.
std::uint64_t count_files(const fs::path& folder, bool below) {
  std::error_code failed;
  std::uint64_t count = 0;
  const auto add = [&](auto entries) {
    for (auto entry = begin(entries); !failed && entry != end(entries); entry.increment(failed)) count += entry->is_regular_file(failed);
  };
  below ? add(fs::recursive_directory_iterator(folder, failed)) : add(fs::directory_iterator(folder, failed));
  return count;
}

class Verification {
 public:
  explicit Verification(const Options& options) : options_(options) {}

  Outcome run() {
    read_keys();
    find_ledger();
    if (proofs_only_) return check_proofs_alone();
    read_newest();
    if (!newest_) return std::move(outcome_);
    const Layout layout(ledger_, published_, newest_->size);
    Sorters sorters;
    Whole whole(layout);
    read_entries(layout, sorters, whole);
    Keys keys = follow_keys(layout);
    check_journal(layout, keys);
    check_checkpoint(Step::kNewest, newest_file(), *newest_, keys, whole);
    check_outside(layout, keys, whole);
    check_upper_tiles(layout, whole);
    check_tokens(layout, sorters);
    open_lists(sorters);
    check_objects(layout, sorters);
    check_commitments(layout, sorters);
    for (const fs::path& proof : options_.proofs) check_proof(proof, keys, whole);
    count_doubtful(layout);
    judge_anchors(whole);
    if (!options_.witness.empty()) witness(whole, keys);
    return std::move(outcome_);
  }

 private:
  // ---- Step 1: keys and policy.
  void read_keys() {
    for (const std::string& text : options_.vkeys) {
      given_.push_back(parse_vkey(text));
      if (given_.back().type != kLogKey) throw Malformed("'" + text + "' is a witness's key: it belongs into a policy");
    }
    if (options_.policy.empty()) return;
    try {
      policy_ = Policy::parse(read_named_file(options_.policy, kMostNoteBytes * 16));
      given_.insert(given_.end(), policy_->logs().begin(), policy_->logs().end());
    } catch (const Malformed& malformed) {
      wrong(Step::kKeys, -1, options_.policy, -1, malformed.what());
    }
    if (policy_ && !policy_->asks_for_witnesses())
      outcome_.notes.push_back("weakness: the policy says 'quorum none', so no witness need have seen this log");
  }

  // What stands in the folder that was named: a bundle, a project, a ledger, a published tree.
  void find_ledger() {
    std::error_code failed;
    const fs::path folder = fs::canonical(options_.ledger, failed);
    if (failed) throw Unreadable("'" + options_.ledger.string() + "' cannot be read: " + failed.message());
    const auto has = [](const fs::path& path) {
      std::error_code none;
      return fs::exists(fs::symlink_status(path, none));
    };
    ledger_ = folder;
    objects_ = options_.objects;
    if (!fs::is_directory(folder)) {
      if (options_.proofs.empty())
        throw Unreadable("'" + options_.ledger.string() + "' is not a folder; a bundle that is packed must be unpacked first");
      proofs_only_ = true;
      return;
    }
    if (has(folder / kManifest)) {
      check_bundle(folder, outcome_.verdicts, outcome_.notes);
      ledger_ = folder / "ledger";
    } else if (has(folder / ".hone" / "ledger")) {
      ledger_ = folder / ".hone" / "ledger";
      if (objects_.empty() && has(folder / ".hone" / "objects")) objects_ = folder / ".hone" / "objects";
    }
    if (has(ledger_ / kCommits) || has(ledger_ / "segments")) return;
    published_ = has(ledger_ / kCheckpoint) || has(ledger_ / "tile");
    proofs_only_ = !published_ && !single_proofs(ledger_).empty();
    if (!published_ && !proofs_only_)
      throw Unreadable("'" + options_.ledger.string() + "' holds no ledger: neither commits nor a checkpoint with its tiles");
  }

  // ---- Step 2: the newest checkpoint. Its signature is judged when the log has said which keys it had.
  std::string newest_file() const { return published_ ? kCheckpoint : kCommits; }

  void read_newest() {
    segments_ = count_files(ledger_ / (published_ ? "tile/entries" : "segments"), published_) / (published_ ? kBundle : 1) + 1;
    published_ ? read_published() : read_journal();
    if (!newest_ && outcome_.verdicts.wrong.count() == 0) wrong(Step::kNewest, -1, newest_file(), -1, "it holds no checkpoint");
    if (!newest_) return;
    outcome_.origin = newest_->origin;
    outcome_.size = newest_->size;
    outcome_.root = newest_->root;
  }

  void read_published() {
    try {
      const auto text = read_file(ledger_ / kCheckpoint, kMostNoteBytes);
      if (text) newest_ = parse_checkpoint(*text);
    } catch (const Malformed& malformed) {
      wrong(Step::kNewest, -1, kCheckpoint, -1, malformed.what());
    }
  }

  // All records once: their order, the last of them, and where each segment's begin.
  void read_journal() {
    CommitReader reader(Layout(ledger_, false, 0), 0);
    std::uint64_t begin = 0;
    try {
      for (; std::optional<Record> record = reader.next(); begin = reader.offset()) {
        const Checkpoint& checkpoint = record->checkpoint;
        if (newest_ && checkpoint.origin != newest_->origin) throw Malformed("its origin is not that of the record before it");
        if (checkpoint.size <= (newest_ ? newest_->size : 0)) throw Malformed("it covers no entry that the record before it does not");
        for (; commit_offsets_.size() < segments_ && commit_offsets_.size() * kSegment < checkpoint.size;) {
          commit_offsets_.push_back(record->offset);
          sizes_before_.push_back(newest_ ? newest_->size : 0);
        }
        newest_ = std::move(record->checkpoint);
      }
    } catch (const Malformed& malformed) {
      wrong(Step::kNewest, newest_ ? static_cast<std::int64_t>(newest_->size) : 0, kCommits, static_cast<std::int64_t>(begin),
            malformed.what());
    }
    if (reader.torn_bytes() > 0)
      outcome_.notes.push_back("commits: the last " + std::to_string(reader.torn_bytes()) + " bytes are a write that did not end");
  }

  // ---- Steps 4 to 7 in one pass.
  void read_entries(const Layout& layout, Sorters& sorters, Whole& whole) {
    const ScanInput input{layout, newest_->origin, commit_offsets_, sorters};
    Rules rules(whole, sorters, newest_->origin, outcome_.verdicts);
    const std::uint64_t all = (newest_->size + kSegment - 1) / kSegment;
    const unsigned threads = options_.threads != 0 ? options_.threads : std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
    std::uint64_t left = 0;
    in_order(
        std::min(all, segments_), threads, [&](std::uint64_t segment) { return scan_segment(input, segment); },
        [&](const SegmentFacts& facts) {
          outcome_.verdicts.merge(facts.verdicts);
          outcome_.unknown_kinds += facts.unknown_kinds;
          outcome_.unknown_keys += facts.unknown_keys;
          left = facts.bytes_left;
          check_roots(whole, facts);
          whole.append(facts);
          rules.take(facts);
        });
    rules.end();
    outcome_.log = rules.facts();
    if (all > segments_)
      wrong(Step::kEntries, static_cast<std::int64_t>(segments_ * kSegment), layout.entries_file(segments_ * kSegment), -1,
            "the file is not there");
    if (whole.size() < newest_->size) {
      wrong(Step::kRoots, static_cast<std::int64_t>(whole.size()), newest_file(), -1,
            "roots above size " + std::to_string(whole.size()) + " cannot be computed: entries are missing");
    } else if (left > 0 && !published_) {
      outcome_.notes.push_back(std::to_string(left) + " bytes after the last signed entry were never acknowledged");
    }
    if (outcome_.unknown_keys > 0) {
      outcome_.verdicts.unchecked.add(
          {Step::kRules, -1, "", -1, std::to_string(outcome_.unknown_keys) + " keys that this verifier does not know"});
    }
  }

  // Before the segment is appended: its part of the tree is folded with what lies before it.
  void check_roots(const Whole& whole, const SegmentFacts& facts) {
    if (whole.size() != facts.first) return;
    for (const RootRecord& record : facts.roots) {
      if (whole.segments().fold(record.partial) == record.expected) {
        good_size_ = record.size;
        continue;
      }
      wrong(
          Step::kRoots, static_cast<std::int64_t>(good_size_), kCommits, static_cast<std::int64_t>(record.offset),
          "the root at size " + std::to_string(record.size) + " is not that of the entries; it was at size " + std::to_string(good_size_));
    }
  }

  // ---- Steps 2 and 3: who signed.
  Keys follow_keys(const Layout& layout) {
    Keys keys(given_, newest_->origin);
    keys.follow(outcome_.log.chain, outcome_.verdicts);
    for (const ChainKey& key : keys.chain()) {
      if (key.from == 0 || published_) continue;
      const std::uint64_t segment = (key.from - 1) / kSegment;
      if (segment >= commit_offsets_.size()) continue;
      CommitReader reader(layout, commit_offsets_[segment]);
      each_record(reader, [&](const Record& record) {
        if (record.checkpoint.size < key.from) return true;
        keys.learn(record.checkpoint);
        return false;
      });
    }
    if (published_) keys.learn(*newest_);
    return keys;
  }

  template <class F>
  static void each_record(CommitReader& reader, F f) {
    try {
      while (const std::optional<Record> record = reader.next()) {
        if (!f(*record)) return;
      }
    } catch (const Malformed&) {  // Said by read_journal().
    }
  }

  void check_journal(const Layout& layout, const Keys& keys) {
    const unsigned threads = options_.threads != 0 ? options_.threads : std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
    const auto check = [&](std::uint64_t segment) {
      Verdicts verdicts;
      CommitReader reader(layout, commit_offsets_[segment]);
      std::uint64_t before = sizes_before_[segment];
      const bool last = segment + 1 == commit_offsets_.size();
      each_record(reader, [&](const Record& record) {
        if (!last && record.offset >= commit_offsets_[segment + 1]) return false;
        const std::string trouble = keys.trouble_of_record(record.checkpoint, before, options_.all_signatures);
        if (!trouble.empty()) {
          const Step step = Step::kNewest;
          verdicts.wrong.add({step, static_cast<std::int64_t>(before), kCommits, static_cast<std::int64_t>(record.offset),
                              "size " + std::to_string(record.checkpoint.size) + ": " + trouble});
        }
        before = record.checkpoint.size;
        return before < newest_->size;
      });
      return verdicts;
    };
    in_order(commit_offsets_.size(), threads, check, [&](const Verdicts& verdicts) { outcome_.verdicts.merge(verdicts); });
  }

  /// Whether a checkpoint is signed and of our tree.
  bool check_checkpoint(Step step, const std::string& file, const Checkpoint& checkpoint, const Keys& keys, const Whole& whole) {
    const std::string trouble = keys.trouble(checkpoint);
    if (!trouble.empty()) return wrong(step, -1, file, -1, trouble), false;
    if (checkpoint.size > newest_->size) {
      wrong(step, static_cast<std::int64_t>(newest_->size), file, -1,
            "it is of size " + std::to_string(checkpoint.size) + ", the ledger of size " + std::to_string(newest_->size) +
                ": rolled back, or cut off");
      return false;
    }
    const auto root = whole.root_at(checkpoint.size);
    if (!root) return false;  // Entries are missing, which is said.
    if (*root == checkpoint.root) return true;
    wrong(Step::kRoots, -1, file, -1,
          "the root at size " + std::to_string(checkpoint.size) + " is not that of the entries: the history was changed");
    return false;
  }

  void check_outside(const Layout& layout, Keys& keys, const Whole& whole) {
    if (!published_) take_outside(layout.folder() / kCheckpoint, kCheckpoint, keys, whole, false);
    for (const fs::path& path : options_.trusted) take_outside(path, path.string(), keys, whole, true);
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(layout.folder() / "anchors", none)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    std::size_t receipts = 0;
    for (const std::string& name : names) {
      const std::string extension = fs::path(name).extension().string();
      if (extension == ".tsr" || extension == ".ots")
        ++receipts;
      else if (kMostAnchorFiles > taken_++)
        take_outside(layout.folder() / "anchors" / name, "anchors/" + name, keys, whole, false);
    }
    if (receipts > 0)
      outcome_.notes.push_back(std::to_string(receipts) + " receipts in anchors/ are of kinds that this verifier does not read");
    if (taken_ > kMostAnchorFiles)
      outcome_.verdicts.unchecked.add({Step::kOutside, -1, "anchors", -1, "only the first 100,000 files were checked"});
  }

  // A checkpoint that the auditor brought holds by itself; one that lies here only with the cosignatures that the policy asks for.
  void take_outside(const fs::path& path, const std::string& name, Keys& keys, const Whole& whole, bool brought) {
    try {
      const auto text = brought ? read_named_file(path, kMostNoteBytes) : read_file(path, kMostNoteBytes);
      if (!text) return;
      const Checkpoint checkpoint = parse_checkpoint(*text);
      if (checkpoint.size <= newest_->size && whole.root_at(checkpoint.size) == checkpoint.root) keys.learn(checkpoint);
      if (!check_checkpoint(Step::kOutside, name, checkpoint, keys, whole)) return;
      const auto seen = policy_ ? policy_->witnessed_at(checkpoint) : std::nullopt;
      if (brought || seen) add_anchor({checkpoint.size, seen ? utc(*seen) : std::string(), name});
      if (!brought && !seen && policy_ && policy_->asks_for_witnesses() && name.starts_with("anchors/")) {
        outcome_.verdicts.unchecked.add({Step::kOutside, -1, name, -1, "its cosignatures are not those that the policy asks for"});
      }
    } catch (const Malformed& malformed) {
      wrong(Step::kOutside, -1, name, -1, malformed.what());
    }
  }

  void add_anchor(Anchor anchor) { outcome_.anchors.push_back(std::move(anchor)); }

  void judge_anchors(const Whole& whole) {
    if (policy_ && published_) {
      try {
        const auto seen = policy_->witnessed_at(*newest_);
        if (seen && whole.root_at(newest_->size) == newest_->root) add_anchor({newest_->size, utc(*seen), kCheckpoint});
      } catch (const Malformed& malformed) {
        wrong(Step::kNewest, -1, kCheckpoint, -1, malformed.what());
      }
    }
    std::ranges::stable_sort(outcome_.anchors, {}, &Anchor::size);
    EntriesAgain again(whole);
    for (Anchor& anchor : outcome_.anchors) {
      if (anchor.time.empty() && anchor.size > 0 && anchor.size <= whole.size()) anchor.time = time_of(again, anchor.size - 1);
    }
    if (!outcome_.anchors.empty()) outcome_.anchored = outcome_.anchors.back();
    const bool none_needed = policy_ && !policy_->asks_for_witnesses();
    if (!outcome_.anchored && !none_needed && outcome_.verdicts.wrong.count() == 0) {
      outcome_.verdicts.unchecked.add(
          {Step::kOutside, -1, "", -1,
           "no anchor: nobody outside is known to hold a checkpoint of this log, so an older or another history could stand here"});
    }
  }

  static std::string time_of(EntriesAgain& again, std::uint64_t seq) {
    EventText event;
    const auto entry = again.entry(seq);
    return entry && event.read(*entry) == nullptr ? std::string(event.string(event.root(), "time")) : std::string();
  }

  // ---- Step 6, above the segments.
  void check_upper_tiles(const Layout& layout, const Whole& whole) {
    if (whole.size() < newest_->size || has_wrong_tiles(outcome_.verdicts)) return;
    std::vector<Hash> roots = whole.segment_roots();
    for (unsigned level = 2; !roots.empty(); ++level) {
      OpenTile open;
      check_hashes(layout, level, 0, roots, open, outcome_.verdicts);
      std::vector<Hash> above;
      for (std::size_t at = 0; at + kBundle <= roots.size(); at += kBundle) above.push_back(root_of(std::span(roots).subspan(at, kBundle)));
      roots = std::move(above);
    }
  }

  void check_tokens(const Layout& layout, Sorters& sorters) {
    std::optional<TokenRecord> before;
    sorters.tokens.each([&](const TokenRecord& record) {
      if (before && before->token == record.token) {
        wrong(Step::kEntries, static_cast<std::int64_t>(record.seq), layout.entries_file(record.seq), -1,
              "its token is that of entry " + std::to_string(before->seq));
      }
      before = record;
    });
  }

  // ---- Step 8. What a list names is named by the events that name the list. The first and the last of them say all that is asked of it.
  void open_lists(Sorters& sorters) {
    if (objects_.empty()) return;
    std::optional<ObjectRecord> first;
    std::uint64_t last = 0;
    const auto end_list = [&] {
      if (first) open_list(*first, last, sorters.objects);
    };
    sorters.lists.each([&](const ObjectRecord& record) {
      if (!first || first->hash != record.hash) {
        end_list();
        first = record;
      }
      last = record.seq;
    });
    end_list();
  }

  // A list that is missing, or not what the events say, is judged with the other objects, and not opened.
  void open_list(const ObjectRecord& list, std::uint64_t last, Sorter<ObjectRecord>& objects) {
    const std::string name = hex(text_of(list.hash));
    const auto seq = static_cast<std::int64_t>(list.seq);
    const auto file = File::open(object_file(name));
    if (!file || file->size() != list.bytes) return;
    if (file->size() > kMostRefsBytes)
      return wrong(Step::kObjects, seq, name, -1, "a list of objects of more than 64 MiB, which is not read");
    if (hash_of(*file) != list.hash) return;
    std::vector<ObjectRecord> listed;
    RefsReader reader([&](const ListedRef& ref) {
      listed.push_back({ref.hash, list.seq, ObjectRecord::kListed, ref.bytes});
      if (last != list.seq) listed.push_back({ref.hash, last, ObjectRecord::kListed, ref.bytes});
      if (listed.size() > kMostListed) objects.add_run(std::exchange(listed, {}));
    });
    try {
      reader.read(*file);
    } catch (const Malformed& malformed) {
      wrong(Step::kObjects, seq, name, static_cast<std::int64_t>(reader.offset()),
            std::string("not a list of objects: ") + malformed.what());
    }
    objects.add_run(std::move(listed));
  }

  // All that is said of one object comes together, in the order of the events.
  struct ObjectHistory {
    ObjectRecord first;
    std::optional<std::uint64_t> made, named, erased;
  };

  void check_objects(const Layout& layout, Sorters& sorters) {
    std::optional<ObjectHistory> history;
    sorters.objects.each([&](const ObjectRecord& record) {
      if (!history || history->first.hash != record.hash) {
        if (history) end_object(*history);
        history = ObjectHistory{record, {}, {}, {}};
      }
      add_to_history(layout, record, *history);
    });
    if (history) end_object(*history);
    if (objects_.empty() && outcome_.objects_named > 0)
      outcome_.notes.push_back("the objects were not looked at: --objects DIR names their folder");
  }

  void add_to_history(const Layout& layout, const ObjectRecord& record, ObjectHistory& history) {
    const std::string name = hex(text_of(record.hash));
    if (record.what == ObjectRecord::kUsed && (!history.made || *history.made >= record.seq)) {
      wrong(Step::kRules, static_cast<std::int64_t>(record.seq), layout.entries_file(record.seq), -1,
            "stage.run: its input " + name + " is no output or import of an earlier event");
    }
    if (record.bytes != history.first.bytes) {
      wrong(Step::kObjects, static_cast<std::int64_t>(record.seq), name, -1,
            "the object has another length here than at entry " + std::to_string(history.first.seq));
    }
    if (record.what == ObjectRecord::kErased) history.erased = record.seq;
    if (record.what == ObjectRecord::kNamed && !history.made) history.made = record.seq;
    if (record.what != ObjectRecord::kErased) history.named = record.seq;
  }

  // What an event names again after it was erased must be there again.
  void end_object(const ObjectHistory& history) {
    if (!history.named) return;
    const bool gone = history.erased && *history.erased > *history.named;
    ++(gone ? outcome_.erased : outcome_.objects_named);
    if (!objects_.empty()) look_at_object(history.first, hex(text_of(history.first.hash)), gone ? history.erased : std::nullopt);
  }

  fs::path object_file(const std::string& name) const { return objects_ / name.substr(0, 2) / name.substr(2); }

  void look_at_object(const ObjectRecord& record, const std::string& name, std::optional<std::uint64_t> erased) {
    const auto file = File::open(object_file(name));
    const auto seq = static_cast<std::int64_t>(record.seq);
    const std::string by = record.what == ObjectRecord::kListed ? " (a list of objects names it)" : "";
    if (erased) {
      if (file)
        wrong(Step::kObjects, seq, name, -1, "the object was erased by seq " + std::to_string(*erased) + ", and is still there" + by);
    } else if (!file) {
      outcome_.verdicts.unchecked.add({Step::kObjects, seq, name, -1, "the object is missing, and no erase.done says why" + by});
    } else if (file->size() != record.bytes) {
      wrong(Step::kObjects, seq, name, -1,
            "the object has " + std::to_string(file->size()) + " bytes, not " + std::to_string(record.bytes) + by);
    } else if (hash_of(*file) != record.hash) {
      wrong(Step::kObjects, seq, name, -1, "the object's bytes do not have its hash" + by);
    } else {
      ++outcome_.objects_there;
    }
  }

  // ---- Step 9.
  void check_commitments(const Layout& layout, Sorters& sorters) {
    const std::unique_ptr<Payloads> payloads = options_.payload.empty() ? nullptr : open_payloads(options_.payload);
    std::optional<CommitmentRecord> first, last;
    bool erased = false;
    const auto end_group = [&] {
      if (!first) return;
      ++(erased ? outcome_.erased : outcome_.commitments_named);
      if (payloads) look_at_commitment(layout, *payloads, *first, erased ? std::optional(last->seq) : std::nullopt);
    };
    sorters.commitments.each([&](const CommitmentRecord& record) {
      if (!first || first->payload != record.payload || first->commit != record.commit) {
        end_group();
        first = record;
        erased = false;
      }
      last = record;
      erased = erased || record.erased;
    });
    end_group();
  }

  void look_at_commitment(const Layout& layout, Payloads& payloads, const CommitmentRecord& record, std::optional<std::uint64_t> erased) {
    const std::string id = hex({record.payload.data(), record.payload.size()});
    const auto seq = static_cast<std::int64_t>(record.seq);
    const std::string file = layout.entries_file(record.seq);
    switch (payloads.look(id, record.commit)) {
      case Payloads::kHolds:
      case Payloads::kSealed:
        if (erased)
          wrong(Step::kCommitments, seq, file, -1,
                "payload " + id + " was erased by seq " + std::to_string(*erased) + ", and is still there");
        else
          ++outcome_.commitments_held;
        return;
      case Payloads::kOther:
        return wrong(Step::kCommitments, seq, file, -1, "payload " + id + " is not what was committed to");
      case Payloads::kMissing:
        if (!erased)
          outcome_.verdicts.unchecked.add({Step::kCommitments, seq, file, -1, "payload " + id + " is missing, and no erase.done says why"});
    }
  }

  // ---- Single proofs.
  void check_proof(const fs::path& path, const Keys& keys, const Whole& whole) {
    try {
      const Proof proof = parse_proof(read_named_file(path, kMostNoteBytes * 2));
      if (!check_checkpoint(Step::kOutside, path, proof.checkpoint, keys, whole)) return;
      std::optional<std::string_view> entry;
      EntriesAgain again(whole);
      if (proof.index < whole.size()) entry = again.entry(proof.index);
      const auto root = entry ? root_by_path(leaf_hash(*entry), proof.index, proof.checkpoint.size, proof.path) : std::nullopt;
      if (root != proof.checkpoint.root)
        wrong(Step::kOutside, static_cast<std::int64_t>(proof.index), path, -1, "its path does not lead from the entry to the root");
      else
        outcome_.notes.push_back("proof: entry " + std::to_string(proof.index) + " lies in the tree of size " +
                                 std::to_string(proof.checkpoint.size));
    } catch (const Malformed& malformed) {
      wrong(Step::kOutside, -1, path, -1, malformed.what());
    }
  }

  // Events without the log around them: each proved by itself. What takes all events cannot be checked.
  Outcome check_proofs_alone() {
    std::vector<SingleProof> singles = single_proofs(ledger_);
    for (const fs::path& proof : options_.proofs)
      singles.push_back({proof, fs::is_directory(ledger_) ? fs::path(proof).replace_extension("") : ledger_});
    for (const SingleProof& single : singles) check_single(single);
    outcome_.notes.push_back(std::to_string(proved_) + " of " + std::to_string(singles.size()) + " entries are proved to lie in the log");
    outcome_.verdicts.unchecked.add(
        {Step::kRules, -1, "", -1, "only single entries were given: what takes all of the log could not be checked"});
    if (outcome_.anchors.empty()) return std::move(outcome_);
    std::ranges::stable_sort(outcome_.anchors, {}, &Anchor::size);
    outcome_.anchored = outcome_.anchors.back();
    return std::move(outcome_);
  }

  void check_single(const SingleProof& single) {
    const std::string name = single.proof.filename().string();
    try {
      const Proof proof = parse_proof(read_named_file(single.proof, kMostNoteBytes * 2));
      const std::string entry = read_named_file(single.entry, kMostEntryBytes);
      Keys keys(given_, proof.checkpoint.origin);
      keys.follow({}, outcome_.verdicts);
      const std::string trouble = keys.trouble(proof.checkpoint);
      if (!trouble.empty()) return wrong(Step::kOutside, static_cast<std::int64_t>(proof.index), name, -1, trouble);
      EventText event;
      const char* const canonical = event.read(entry);
      if (canonical != nullptr)
        wrong(Step::kEntries, static_cast<std::int64_t>(proof.index), single.entry.filename().string(),
              static_cast<std::int64_t>(event.offset()), std::string("not canonical, ") + canonical);
      if (canonical == nullptr) {
        for (const std::string& text : check_envelope(event, read_envelope(event), proof.index, proof.checkpoint.origin)) {
          wrong(Step::kEntries, static_cast<std::int64_t>(proof.index), single.entry.filename().string(), -1, text);
        }
      }
      if (root_by_path(leaf_hash(entry), proof.index, proof.checkpoint.size, proof.path) != proof.checkpoint.root) {
        return wrong(Step::kOutside, static_cast<std::int64_t>(proof.index), name, -1, "its path does not lead from the entry to the root");
      }
      ++proved_;
      keep_largest(proof.checkpoint, name);
    } catch (const Malformed& malformed) {
      wrong(Step::kOutside, -1, name, -1, malformed.what());
    }
  }

  void keep_largest(const Checkpoint& checkpoint, const std::string& name) {
    if (const auto seen = policy_ ? policy_->witnessed_at(checkpoint) : std::nullopt) add_anchor({checkpoint.size, utc(*seen), name});
    if (checkpoint.size == outcome_.size && outcome_.root && *outcome_.root != checkpoint.root) {
      wrong(Step::kRoots, -1, name, -1,
            "two checkpoints of size " + std::to_string(checkpoint.size) + " have different roots: the log shows two histories");
    }
    if (checkpoint.size < outcome_.size) return;
    outcome_.origin = checkpoint.origin;
    outcome_.size = checkpoint.size;
    outcome_.root = checkpoint.root;
  }

  // ---- What is left.
  void count_doubtful(const Layout& layout) {
    std::uint64_t reached = 0;
    std::ranges::sort(outcome_.log.doubtful, {}, &Doubtful::begin);
    for (const Doubtful& range : outcome_.log.doubtful) {
      const std::uint64_t begin = std::max(range.begin, reached);
      if (begin < range.end) outcome_.doubtful += range.end - begin;
      reached = std::max(reached, range.end);
      outcome_.verdicts.unchecked.add({Step::kRules, static_cast<std::int64_t>(range.begin), layout.entries_file(range.begin), -1,
                                       "doubtful: entries " + std::to_string(range.begin) + " to " + std::to_string(range.end - 1) +
                                           " may be of whoever stole the key"});
    }
  }

  void witness(const Whole& whole, const Keys& keys) {
    if (outcome_.verdicts.wrong.count() > 0) return;  // A witness signs nothing that is wrong.
    try {
      WitnessState state = WitnessState::load(options_.witness);
      const auto last = state.last(newest_->origin);
      if (last && (last->size > newest_->size || whole.root_at(last->size) != last->root)) {
        return wrong(Step::kOutside, -1, options_.witness, -1,
                     "this witness saw size " + std::to_string(last->size) + " of another history");
      }
      if (!keys.trouble(*newest_).empty()) return;
      const auto now = static_cast<std::uint64_t>(std::time(nullptr));
      outcome_.cosignature = state.cosign(*newest_, now);
      outcome_.witness_key = state.vkey();
      state.save(options_.witness);
    } catch (const Malformed& malformed) {
      wrong(Step::kOutside, -1, options_.witness, -1, malformed.what());
    }
  }

  void wrong(Step step, std::int64_t seq, const std::string& file, std::int64_t offset, std::string text) {
    outcome_.verdicts.wrong.add({step, seq, file, offset, std::move(text)});
  }

  const Options& options_;
  Outcome outcome_;
  std::vector<VerifierKey> given_;
  std::optional<Policy> policy_;
  fs::path ledger_, objects_;
  bool published_ = false, proofs_only_ = false;
  std::uint64_t segments_ = 0;  ///< As many as there are files for, and one.
  std::optional<Checkpoint> newest_;
  std::vector<std::uint64_t> commit_offsets_, sizes_before_;
  std::uint64_t good_size_ = 0;
  std::size_t taken_ = 0, proved_ = 0;
};

}  // namespace

Outcome verify(const Options& options) { return Verification(options).run(); }

}  // namespace hone::verify
