#include "verify/scan.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "verify/tree.h"

namespace hone::verify {
namespace {

constexpr std::size_t kReadAtOnce = 256 * 1024;
// Records kept before they are handed on, and references kept in all: what bounds the memory of a segment that names very much.
constexpr std::size_t kMostHeld = 16'384;
constexpr std::size_t kMostReferences = 50'000;
constexpr std::int64_t kMostExamples = 64;

// Kinds with a rule for which more than their references must be looked at.
const KindSet kWithRules = kinds_named(
    "log.open|data.import|gold.commit|adjudication|release|admin.role|admin.config|erase.order|erase.done|anchor|key.rotate|key.revoke");
const std::uint8_t kVotePerson = kind_named("vote.person");

// The signature of whoever acted, over the event without what the log adds to it (docs/ledger.md, "Encoding").
bool by_holds(const EventText& event, const Value& by, std::string_view origin) {
  const std::string_view key = event.string(&by, "key"), signature = event.string(&by, "sig");
  if (!is_hex(key, 64)) return false;
  std::string message = "hone/act/v1\n" + std::string(origin) + "\n{";
  bool first = true;
  event.each(event.root(), [&](const Value& member) {
    const std::string_view name = event.key(member);
    if (name == "by" || name == "seq" || name == "time" || name == "wall") return;
    const std::size_t quotes = member.type == Value::kString ? 1 : 0;
    const std::size_t begin = member.key - 1u, end = member.end + quotes;
    message += (first ? "" : ",") + std::string(event.text().substr(begin, end - begin));
    first = false;
  });
  return signed_by(from_hex(key), message + "}", is_hex(signature, 128) ? from_hex(signature) : from_base64(signature).value_or(""));
}

class SegmentScan {
 public:
  SegmentScan(const ScanInput& input, std::uint64_t segment)
      : input_(input), stream_(input.layout, kReadAtOnce), commits_(input.layout, offset_in_commits(input, segment)), segment_(segment) {
    facts_.first = segment * kSegment;
    end_ = std::min(facts_.first + kSegment, input.layout.size());
    facts_.acts.reserve(end_ - facts_.first);
  }

  SegmentFacts scan() {
    next_record();
    stream_.seek(facts_.first, end_, 0);
    while (stream_.next()) take_entry();
    if (!stream_.trouble().empty()) {
      add(Step::kEntries, facts_.first + facts_.count, stream_.file(), static_cast<std::int64_t>(stream_.offset()), stream_.trouble());
    }
    end_bundle();
    facts_.bytes_left = stream_.bytes_left();
    // Where leaves differ, all that lies above them does.
    if (!has_wrong_tiles(facts_.verdicts)) check_level(1, segment_ * kBundle, facts_.bundle_roots);
    if (!input_.layout.published() && facts_.count == kSegment) check_index();
    hand_on(0);
    return std::move(facts_);
  }

 private:
  static std::uint64_t offset_in_commits(const ScanInput& input, std::uint64_t segment) {
    return segment < input.commit_offsets.size() ? input.commit_offsets[segment] : 0;
  }

  void take_entry() {
    if (facts_.count % kBundle == 0) {
      end_bundle();
      facts_.bundle_offsets.push_back(static_cast<std::uint32_t>(stream_.offset()));
    }
    ++facts_.count;
    leaves_.push_back(leaf_hash(stream_.entry()));
    bundle_.append(leaves_.back());
    check_event();
    check_end_of_file();
    while (record_ && record_->checkpoint.size == facts_.first + facts_.count) take_record();
  }

  // ---- Step 4: the event's text.
  void check_event() {
    Act act{{}, kNoKind, 0};
    if (const char* wrong = event_.read(stream_.entry())) {
      wrong_here(Step::kEntries, std::string("not canonical, ") + wrong, 2 + event_.offset());
    } else {
      envelope_ = read_envelope(event_);
      for (std::string& text : check_envelope(event_, envelope_, stream_.seq(), input_.origin)) wrong_here(Step::kEntries, std::move(text));
      facts_.unknown_keys += envelope_.unknown_keys;
      act = act_of_event();
      check_time();
      take_token();
      if (act.kind != kNoKind) check_body(act.kind);
    }
    facts_.acts.push_back(act);
  }

  Act act_of_event() {
    Act act{{}, kind_named(envelope_.kind), static_cast<std::uint8_t>(role_named(envelope_.role))};
    const std::string_view actor = envelope_.actor;
    if (actor.starts_with("p:") && actor.size() == 2 + act.person.size()) std::ranges::copy(actor.substr(2), act.person.begin());
    if (act.kind == kNoKind) {
      ++facts_.unknown_kinds;
      unchecked_here(Step::kEntries,
                     "an event of a kind that this verifier does not know: '" + std::string(envelope_.kind.substr(0, 64)) + "'");
    }
    return act;
  }

  void check_time() {
    const std::string_view time = envelope_.time;
    if (!is_time(time)) return;
    if (facts_.first_time.empty()) facts_.first_time = time;
    if (time < facts_.last_time && envelope_.kind != "admin.clock") {
      wrong_here(Step::kEntries, "its time is before that of the event before it, and it is no admin.clock");
    }
    if (envelope_.has_wall && envelope_.wall >= time) wrong_here(Step::kEntries, "'wall' is not before 'time'");
    facts_.last_time = time;
  }

  void take_token() {
    if (!is_hex(envelope_.token, 32)) return;
    TokenRecord record{{}, stream_.seq()};
    from_hex(envelope_.token, record.token.data());
    tokens_.push_back(record);
  }

  // ---- Step 7 as far as one event alone shows it, and what the rest of it needs.
  void check_body(std::uint8_t kind) {
    const Kind& row = kinds()[kind];
    const Value* const body = envelope_.body;
    if (body == nullptr) return;
    read_body(event_, *body, row, mentions_);
    for (std::string& text : mentions_.wrong) wrong_here(Step::kRules, std::string(row.name) + ": " + text);
    if (const Value* examples = kind == kVotePerson ? event_.find(body, "examples") : nullptr) check_examples(*examples);
    facts_.unknown_keys += mentions_.unknown_keys;
    take_references(kind, mentions_.supersedes || (kWithRules >> kind & 1) != 0);
    take_objects();
    hand_on(kMostHeld);
  }

  void check_examples(const Value& examples) {
    std::int64_t count = 0;
    event_.each(&examples, [&](const Value&) { ++count; });
    if (count > kMostExamples) wrong_here(Step::kRules, "vote.person: more than 64 examples in one act");
  }

  // Where there are too many references to keep, the event is read again when the rules come to it.
  void take_references(std::uint8_t kind, bool reread) {
    const bool full = facts_.references.size() + mentions_.seqs.size() > kMostReferences;
    if (reread || (full && !mentions_.seqs.empty())) {
      facts_.to_reread.push_back(static_cast<std::uint32_t>(facts_.count - 1));
      facts_.references_left.push_back(full);
    }
    for (const Mentions::Seq& mention : mentions_.seqs) {
      const auto target = static_cast<std::uint64_t>(mention.target);
      if (mention.target < 0 || target >= stream_.seq()) {
        wrong_here(Step::kRules, std::string(kinds()[kind].name) + ": '" + std::string(mention.key) + "' does not point backwards");
      } else if (!full) {
        add_reference(kind, target, mention.kinds);
      }
    }
  }

  void add_reference(std::uint8_t kind, std::uint64_t target, KindSet set) {
    std::uint32_t& last = last_references_[(target * 31 + kind) % last_references_.size()];
    if (last < facts_.references.size()) {
      SeqReference& same = facts_.references[last];
      if (same.target == target && same.kind == kind && same.kinds == set) {
        ++same.times;
        return;
      }
    }
    last = static_cast<std::uint32_t>(facts_.references.size());
    facts_.references.push_back({static_cast<std::uint32_t>(facts_.count - 1), 1, target, set, kind});
  }

  void take_objects() {
    for (const Mentions::Object& object : mentions_.objects) {
      if (object.type == Field::kOld) continue;
      objects_.push_back(
          {object.hash, stream_.seq(), object.type == Field::kUsed ? ObjectRecord::kUsed : ObjectRecord::kNamed, object.bytes});
      if (object.is_list) lists_.push_back(objects_.back());
    }
    for (const Mentions::Commit& commit : mentions_.commits) {
      CommitmentRecord record{{}, commit.commit, stream_.seq(), false};
      std::ranges::copy(commit.payload, record.payload.begin());
      commitments_.push_back(record);
    }
  }

  void hand_on(std::size_t most) {
    if (tokens_.size() > most) input_.sorters.tokens.add_run(std::exchange(tokens_, {}));
    if (objects_.size() > most) input_.sorters.objects.add_run(std::exchange(objects_, {}));
    if (lists_.size() > most) input_.sorters.lists.add_run(std::exchange(lists_, {}));
    if (commitments_.size() > most) input_.sorters.commitments.add_run(std::exchange(commitments_, {}));
  }

  // ---- Step 5: what the records of `commits` say of this segment.
  void next_record() {
    try {
      do record_ = commits_.next();
      while (record_ && record_->checkpoint.size <= facts_.first);
    } catch (const Malformed&) {
      record_.reset();  // Said by whoever read all of `commits` before.
    }
  }

  void take_record() {
    const std::optional<Hash> partial = bundles_.fold(bundle_.root());
    facts_.roots.push_back({record_->checkpoint.size, record_->offset, record_->checkpoint.root, *partial});
    next_record();
  }

  // ---- Step 6: hashes that lie there, beside those that the entries have.
  void end_bundle() {
    if (leaves_.empty()) return;
    check_level(0, facts_.first + facts_.count - leaves_.size(), leaves_);
    if (leaves_.size() == kBundle) {
      facts_.bundle_roots.push_back(*bundle_.root());
      bundles_.append(facts_.bundle_roots.back());
      bundle_ = {};
    }
    leaves_.clear();
  }

  void check_level(unsigned level, std::uint64_t index, const std::vector<Hash>& hashes) {
    check_hashes(input_.layout, level, index, hashes, open_tile_, facts_.verdicts);
  }

  void check_index() {
    const std::string name = stream_.file() + ".idx";
    const auto file = input_.layout.open(name);
    if (!file) return;
    const std::string index = file->read_at(0, 257 * 8 + 1);
    const std::uint64_t end = stream_.offset() + 2 + stream_.entry().size();
    for (std::size_t at = 0; at <= kBundle; ++at) {
      const std::uint64_t offset = at < kBundle ? facts_.bundle_offsets[at] : end;
      if (index.size() == 257 * 8 && big_endian(std::string_view(index).substr(at * 8, 8)) == offset) continue;
      return add(Step::kTiles, facts_.first + at * kBundle, name, static_cast<std::int64_t>(at * 8),
                 "an offset in it is not where the entry begins");
    }
  }

  // What lies after the last entry of a full file belongs to nothing.
  void check_end_of_file() {
    const std::uint64_t next = stream_.seq() + 1;
    const bool is_last = next == input_.layout.next_file(stream_.seq()) || (input_.layout.published() && next == input_.layout.size());
    if (is_last && stream_.bytes_left() > 0) wrong_here(Step::kEntries, "bytes after the file's last entry", 2 + stream_.entry().size());
  }

  void add(Step step, std::uint64_t seq, const std::string& file, std::int64_t offset, std::string text) {
    facts_.verdicts.wrong.add({step, static_cast<std::int64_t>(seq), file, offset, std::move(text)});
  }

  void wrong_here(Step step, std::string text, std::size_t within = 0) {
    add(step, stream_.seq(), stream_.file(), static_cast<std::int64_t>(stream_.offset() + within), std::move(text));
  }

  void unchecked_here(Step step, std::string text) {
    facts_.verdicts.unchecked.add(
        {step, static_cast<std::int64_t>(stream_.seq()), stream_.file(), static_cast<std::int64_t>(stream_.offset()), std::move(text)});
  }

  const ScanInput& input_;
  EntryStream stream_;
  CommitReader commits_;
  std::uint64_t segment_, end_ = 0;
  SegmentFacts facts_;
  EventText event_;
  Envelope envelope_;
  Mentions mentions_;
  std::optional<Record> record_;
  std::vector<Hash> leaves_;
  TreeStack bundle_, bundles_;
  OpenTile open_tile_;
  std::array<std::uint32_t, 1024> last_references_{};  ///< Places in facts_.references.
  std::vector<TokenRecord> tokens_;
  std::vector<ObjectRecord> objects_, lists_;
  std::vector<CommitmentRecord> commitments_;
};

}  // namespace

Envelope read_envelope(const EventText& event) {
  Envelope envelope;
  event.each(event.root(), [&](const Value& member) {
    const std::string_view key = event.key(member);
    const std::string_view text = member.type == Value::kString ? event.text(member) : std::string_view();
    const std::int64_t number = member.type == Value::kInteger ? event.integer(member) : -1;
    if (key == "actor")
      envelope.actor = text;
    else if (key == "body")
      envelope.body = member.type == Value::kObject ? &member : nullptr;
    else if (key == "by")
      envelope.by = &member;
    else if (key == "kind")
      envelope.kind = text;
    else if (key == "role")
      envelope.role = text;
    else if (key == "seq")
      envelope.seq = number;
    else if (key == "time")
      envelope.time = text;
    else if (key == "token")
      envelope.token = text;
    else if (key == "v")
      envelope.v = number;
    else if (key == "wall")
      envelope.wall = text, envelope.has_wall = true;
    else
      ++envelope.unknown_keys;
  });
  return envelope;
}

std::vector<std::string> check_envelope(const EventText& event, const Envelope& envelope, std::uint64_t seq, std::string_view origin) {
  std::vector<std::string> wrong;
  const auto want = [&](bool holds, const char* text) {
    if (!holds) wrong.emplace_back(text);
  };
  want(envelope.v == 1, "'v' is not 1");
  if (envelope.seq != static_cast<std::int64_t>(seq))
    wrong.push_back("'seq' is " + std::to_string(envelope.seq) + ", and its place is not");
  want(!envelope.kind.empty(), "no 'kind'");
  want(is_time(envelope.time), "'time' is not UTC in microseconds, 27 characters");
  want(!envelope.has_wall || is_time(envelope.wall), "'wall' is not UTC in microseconds, 27 characters");
  const unsigned role = role_named(envelope.role);
  want(is_actor(envelope.actor), "'actor' is not p: and 16 characters, s: and a name, or k: and a key ID");
  want(role != 0, "'role' is none of annotator, reviewer, developer, admin, auditor, system");
  want(!envelope.actor.starts_with("p:") || role != kSystem, "a person in the role 'system'");
  want(!envelope.actor.starts_with("s:") || role == kSystem || role == 0, "a program part in a person's role");
  want(is_hex(envelope.token, 32), "'token' is not 32 hex digits");
  want(envelope.body != nullptr, "'body' is not an object");
  want(envelope.by == nullptr || by_holds(event, *envelope.by, origin), "'by' is not a signature of what it signs");
  return wrong;
}

bool has_wrong_tiles(const Verdicts& verdicts) {
  return std::ranges::any_of(verdicts.wrong.first(), [](const Finding& finding) { return finding.step == Step::kTiles; });
}

void check_hashes(const Layout& layout, unsigned level, std::uint64_t index, const std::vector<Hash>& hashes, OpenTile& open,
                  Verdicts& verdicts) {
  const auto wrong = [&](std::uint64_t hash, const std::string& file, std::int64_t offset, std::string text) {
    verdicts.wrong.add({Step::kTiles, static_cast<std::int64_t>(hash << 8 * level), file, offset, std::move(text)});
  };
  for (std::size_t at = 0; at < hashes.size();) {
    const Layout::Place place = layout.hash_place(level, index + at);
    if (open.name != place.file) open = {place.file, layout.open(place.file)};
    const std::size_t in_tile = layout.published() ? kBundle - (index + at) % kBundle : hashes.size();
    const std::size_t count = std::min(hashes.size() - at, in_tile);
    const std::string there = open.file ? open.file->read_at(place.offset, count * kHashBytes) : std::string();
    for (std::size_t hash = 0; hash < there.size() / kHashBytes; ++hash) {
      if (std::memcmp(there.data() + hash * kHashBytes, hashes[at + hash].data(), kHashBytes) == 0) continue;
      const std::uint64_t number = index + at + hash;
      wrong(number, place.file, static_cast<std::int64_t>(place.offset + hash * kHashBytes),
            std::string("its hash is not that of ") + (level == 0 ? "this entry in " : "the entries from here in ") +
                layout.entries_file(number << 8 * level));
    }
    if (layout.published() && there.size() < count * kHashBytes)
      wrong(index + at, place.file, -1, open.file ? "the tile is too short" : "the tile is not there");
    at += count;
  }
}

SegmentFacts scan_segment(const ScanInput& input, std::uint64_t segment) { return SegmentScan(input, segment).scan(); }

}  // namespace hone::verify
