#include "verify/rules.h"

#include <algorithm>

namespace hone::verify {
namespace {

constexpr std::size_t kSeen = 65'536;
constexpr std::size_t kMostPersons = 200'000;
constexpr std::size_t kMostKeys = 1'000;

// Kinds that others point to; votes are too many to be remembered, and are read again.
const KindSet kRemembered = kinds_named(
    "data.import|source.define|stage.run|queue.plan|gold.commit|taxonomy.change|guideline.publish|release|erase.order|vote.batch|vote."
    "judge");

bool is_vote_of_one(std::string_view kind) { return kind == "vote.person"; }

std::string person_of(const Act& act) {
  return act.person[0] == '\0' ? std::string() : "p:" + std::string(act.person.begin(), act.person.end());
}

template <class F>
void each_element(const EventText& event, const Value* array, F f) {
  if (array != nullptr && array->type == Value::kArray) event.each(array, f);
}

bool has_credentials(std::string_view uri) {
  const std::size_t begin = uri.find("://");
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = uri.substr(begin + 3);
  return rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos;
}

}  // namespace

const Rules::Rule Rules::kRules[] = {
    {"log.open", &Rules::open_log},
    {"vote.person", &Rules::supersede},
    {"source.define", &Rules::supersede},
    {"gold.commit", &Rules::commit_gold},
    {"adjudication", &Rules::adjudicate},
    {"release", &Rules::check_other_approver},
    {"admin.role", &Rules::change_role},
    {"admin.config", &Rules::change_setting},
    {"erase.order", &Rules::check_other_approver},
    {"erase.done", &Rules::end_erasure},
    {"anchor", &Rules::anchor},
    {"key.rotate", &Rules::rotate_key},
    {"key.revoke", &Rules::revoke_key},
    {"data.import", &Rules::import_data},
};

Rules::Rules(const Whole& whole, Sorters& sorters, std::string origin, Verdicts& verdicts)
    : whole_(whole), forwards_(whole), backwards_(whole), sorters_(sorters), verdicts_(verdicts), seen_(kSeen, Seen{0, kNoKind}) {
  facts_.origin = std::move(origin);
}

void Rules::take(const SegmentFacts& facts) {
  segment_ = &facts;
  if (!last_time_.empty() && !facts.first_time.empty() && facts.first_time < last_time_ &&
      kind_of(facts.first) != kind_named("admin.clock")) {
    verdicts_.wrong.add({Step::kEntries, static_cast<std::int64_t>(facts.first), whole_.layout().entries_file(facts.first), -1,
                         "its time is before that of the event before it, and it is no admin.clock"});
  }
  if (!facts.last_time.empty()) last_time_ = facts.last_time;
  for (const SeqReference& reference : facts.references) check_reference(facts.first + reference.at, reference);
  auto reread = facts.to_reread.begin();
  for (std::uint64_t at = 0; at < facts.count; ++at) {
    const Act& act = facts.acts[at];
    seq_ = facts.first + at;
    if (seq_ == 0 && act.kind != kind_named("log.open")) wrong("the first event is no log.open");
    check_role(act, seq_);
    if (reread != facts.to_reread.end() && *reread == at) {
      if (read_again(seq_) && act.kind != kNoKind) {
        if (facts.references_left[static_cast<std::size_t>(reread - facts.to_reread.begin())]) check_references_again(act.kind);
        check_text(act.kind);
      }
      ++reread;
    }
    if (act.kind != kNoKind && (kRemembered >> act.kind & 1) != 0) seen_[seq_ % kSeen] = {seq_, act.kind};
  }
}

void Rules::end() {
  if (!unnamed_.empty()) not_met(std::to_string(unnamed_.size()) + " person(s) act in a role that no admin.role gave them");
  if (too_many_persons_) {
    verdicts_.unchecked.add(
        {Step::kRules, -1, "", -1, "more than " + std::to_string(kMostPersons) + " persons: the roles of the others were not followed"});
  }
}

// ---- The event at hand, and earlier ones.

bool Rules::read_again(std::uint64_t seq) {
  const auto entry = forwards_.entry(seq);
  if (!entry || event_.read(*entry) != nullptr) return false;  // Said in step 4.
  body_ = event_.find(event_.root(), "body");
  return body_ != nullptr && body_->type == Value::kObject;
}

std::uint8_t Rules::kind_of(std::uint64_t seq) {
  if (seq >= segment_->first) return seq - segment_->first < segment_->acts.size() ? segment_->acts[seq - segment_->first].kind : kNoKind;
  if (const Seen& seen = seen_[seq % kSeen]; seen.seq == seq && seen.kind != kNoKind) return seen.kind;
  const auto entry = backwards_.entry(seq);
  return entry && other_.read(*entry) == nullptr ? kind_named(other_.string(other_.root(), "kind")) : kNoKind;
}

// The earlier event that a number names; nothing when it names none or that one cannot be read, which is said elsewhere.
const EventText* Rules::earlier(const Value* seq) {
  if (seq == nullptr || seq->type != Value::kInteger) return nullptr;
  const std::int64_t target = event_.integer(*seq);
  if (target < 0 || static_cast<std::uint64_t>(target) >= seq_) return nullptr;
  const auto entry = backwards_.entry(static_cast<std::uint64_t>(target));
  return entry && other_.read(*entry) == nullptr ? &other_ : nullptr;
}

void Rules::check_reference(std::uint64_t seq, const SeqReference& reference) {
  const std::uint8_t found = kind_of(reference.target);
  if (found != kNoKind && (reference.kinds >> found & 1) != 0) return;
  const std::string there = found == kNoKind ? "an event of an unknown kind" : std::string(kinds()[found].name);
  verdicts_.wrong.add({Step::kRules, static_cast<std::int64_t>(seq), whole_.layout().entries_file(seq), -1,
                       std::string(kinds()[reference.kind].name) + ": it names event " + std::to_string(reference.target) + " as " +
                           names_of(reference.kinds) + ", which is " + there},
                      reference.times);
}

void Rules::check_references_again(std::uint8_t kind) {
  Mentions mentions;
  read_body(event_, *body_, kinds()[kind], mentions);
  for (const Mentions::Seq& mention : mentions.seqs) {
    if (mention.target >= 0 && static_cast<std::uint64_t>(mention.target) < seq_) {
      check_reference(seq_, {0, 1, static_cast<std::uint64_t>(mention.target), mention.kinds, kind});
    }
  }
}

void Rules::check_text(std::uint8_t kind) {
  for (const Rule& rule : kRules) {
    if (rule.kind == kinds()[kind].name) (this->*rule.check)();
  }
}

void Rules::wrong(std::string text) {
  verdicts_.wrong.add({Step::kRules, static_cast<std::int64_t>(seq_), whole_.layout().entries_file(seq_), -1, std::move(text)});
}

// Where one person does everything (segregation: solo), what asks for two is shown as not met.
void Rules::duty_not_kept(const std::string& text) {
  if (solo_)
    not_met("entry " + std::to_string(seq_) + ": " + text);
  else
    wrong(text);
}

void Rules::not_met(const std::string& text) {
  ++facts_.not_met_count;
  if (facts_.not_met.size() < Findings::kShown) facts_.not_met.push_back(text);
}

// ---- Roles.

// The format does not refuse an act for its role, the server does: so it is shown. A role that the log knows to be another's is a duty.
void Rules::check_role(const Act& act, std::uint64_t seq) {
  if (act.role == 0) return;
  seq_ = seq;
  if (act.kind != kNoKind && (kinds()[act.kind].roles & act.role) == 0) {
    not_met("entry " + std::to_string(seq) + ": " + std::string(kinds()[act.kind].name) + " is no act of the role '" +
            std::string(role_name(act.role)) + "'");
  }
  const std::string person = person_of(act);
  if (person.empty()) return;
  if (const auto known = roles_.find(person); known != roles_.end()) {
    if ((known->second & act.role) == 0) {
      duty_not_kept("'" + person + "' acts as " + std::string(role_name(act.role)) + ", which the log does not let them be");
    }
  } else if (unnamed_.size() < kMostPersons) {
    unnamed_.emplace(person, act.role);
  } else {
    too_many_persons_ = true;
  }
}

// A text is one role, an array several.
unsigned Rules::roles_in(std::string_view key) const {
  const Value* const value = event_.find(body_, key);
  if (value == nullptr) return 0;
  if (value->type == Value::kString) return role_named(event_.text(*value));
  unsigned roles = 0;
  each_element(event_, value, [&](const Value& role) { roles |= role_named(event_.text(role)); });
  return roles;
}

void Rules::change_role() {
  const std::string person(text("person"));
  if (event_.string(event_.root(), "actor") == person) wrong("admin.role: '" + person + "' changes the own role");
  const unsigned from = roles_in("from"), to = roles_in("to");
  const auto known = roles_.find(person);
  if (known != roles_.end()) {
    if ((known->second & from) != from) wrong("admin.role: '" + person + "' does not have the role it is taken from");
    known->second = (known->second & ~from) | to;
  } else if (roles_.size() < kMostPersons) {
    roles_.emplace(person, to);
  } else {
    too_many_persons_ = true;
  }
}

void Rules::change_setting() {
  if (text("setting") == "segregation") solo_ = text("to") == "solo";
}

void Rules::check_other_approver() {
  const std::string_view kind = event_.string(event_.root(), "kind");
  if (event_.string(event_.root(), "actor") == text("approver")) duty_not_kept(std::string(kind) + ": its approver is its actor");
}

// ---- Votes, gold, adjudications, sources, imports.

std::vector<std::string_view> Rules::examples_of(const EventText& event, const Value* body) const {
  std::vector<std::string_view> examples;
  if (const Value* one = event.find(body, "example")) examples.push_back(event.text(*one));
  each_element(event, event.find(body, "examples"), [&](const Value& example) { examples.push_back(event.text(example)); });
  std::ranges::sort(examples);
  return examples;
}

void Rules::supersede() {
  const EventText* const old = earlier(event_.find(body_, "supersedes"));
  if (old == nullptr || old->string(old->root(), "kind") != event_.string(event_.root(), "kind"))
    return;  // The kind: said of the reference.
  const Value* const old_body = old->find(old->root(), "body");
  const std::string_view kind = event_.string(event_.root(), "kind");
  if (kind == "source.define" && old->string(old_body, "name") != text("name"))
    wrong("source.define: it supersedes a source of another name");
  if (kind == "source.define") return;
  if (is_vote_of_one(kind) && old->string(old->root(), "actor") != event_.string(event_.root(), "actor"))
    wrong("vote.person: it supersedes another's vote");
  if (!std::ranges::includes(examples_of(*old, old_body), examples_of(event_, body_))) {
    wrong(std::string(kind) + ": it supersedes one on another example");
  }
}

// Its approver must not be the only one who voted. Votes of programs are others' votes.
void Rules::commit_gold() {
  const std::string_view approver = text("approver");
  bool any = false, others = approver.empty();
  each_element(event_, event_.find(body_, "from"), [&](const Value& vote) {
    if (others) return;
    const EventText* const voted = earlier(&vote);
    if (voted == nullptr) return;
    any = true;
    others = voted->string(voted->root(), "actor") != approver;
  });
  if (any && !others) duty_not_kept("gold.commit: its approver is the only one who voted");
}

void Rules::adjudicate() {
  supersede();
  const std::string_view actor = event_.string(event_.root(), "actor"), example = text("example");
  bool own = false;
  each_element(event_, event_.find(body_, "inputs"), [&](const Value& input) {
    const EventText* const vote = earlier(&input);
    if (vote == nullptr) return;
    own = own || vote->string(vote->root(), "actor") == actor;
    if (!is_vote_of_one(vote->string(vote->root(), "kind"))) return;  // Votes of programs lie in objects.
    const auto examples = examples_of(*vote, vote->find(vote->root(), "body"));
    if (!std::ranges::binary_search(examples, example)) {
      wrong("adjudication: its input " + std::string(event_.text(input)) + " is a vote on another example");
    }
  });
  if (own) duty_not_kept("adjudication: its actor gave one of its inputs");
}

void Rules::import_data() {
  if (has_credentials(event_.string(event_.find(body_, "source"), "uri"))) wrong("data.import: the source's uri holds credentials");
}

// ---- Erasing.

void Rules::end_erasure() {
  const EventText* const order = earlier(event_.find(body_, "order"));
  if (order == nullptr || order->string(order->root(), "kind") != "erase.order") return;  // Said of the reference.
  const Value* const body = order->find(order->root(), "body");
  std::vector<ObjectRecord> objects;
  each_element(*order, order->find(body, "objects"), [&](const Value& object) {
    const Value* const old = order->find(&object, "old");
    const std::string_view hash = order->string(old, "hash");
    if (is_hex(hash, 64))
      objects.push_back({hash_from(from_hex(hash)), seq_, ObjectRecord::kErased, static_cast<std::uint64_t>(order->integer(old, "bytes"))});
  });
  std::vector<CommitmentRecord> commitments;
  each_element(*order, order->find(body, "commits"), [&](const Value& erased) {
    const std::string_view commit = order->string(&erased, "commit"), payload = order->string(&erased, "payload");
    if (!is_hex(commit, 64) || !is_hex(payload, 32)) return;
    CommitmentRecord record{{}, hash_from(from_hex(commit)), seq_, true};
    std::ranges::copy(from_hex(payload), record.payload.begin());
    commitments.push_back(record);
  });
  sorters_.objects.add_run(std::move(objects));
  sorters_.commitments.add_run(std::move(commitments));
}

// ---- The log itself: its opening, anchors, keys.

void Rules::open_log() {
  if (seq_ != 0) return wrong("log.open: not the first event");
  if (text("format") != "hone-ledger/1") wrong("log.open: its format is not 'hone-ledger/1'");
  if (text("origin") != facts_.origin)
    wrong("log.open: its origin is '" + std::string(text("origin")) + "', that of its checkpoints '" + facts_.origin + "'");
  solo_ = text("segregation") == "solo";
  if (solo_) not_met("segregation: one person does what asks for two (solo)");
  if (const Value* before = event_.find(body_, "continues")) {
    facts_.continues = "'" + std::string(event_.string(before, "origin")) + "' at size " + std::to_string(event_.integer(before, "size"));
  }
  try {
    facts_.chain.push_back({parse_vkey(text("vkey")), 0, false});
    if (facts_.chain.back().key.name != facts_.origin) wrong("log.open: its key is not named like its origin");
  } catch (const Malformed& malformed) {
    wrong(std::string("log.open: vkey: ") + malformed.what());
  }
}

void Rules::anchor() {
  const std::int64_t size = event_.integer(body_, "size");
  if (size < 0 || static_cast<std::uint64_t>(size) > seq_) return wrong("anchor: of a size that the log did not have yet");
  ++facts_.anchors;
  const auto root = whole_.root_at(static_cast<std::uint64_t>(size));
  if (root && hex(text_of(*root)) != text("root")) wrong("anchor: the root at size " + std::to_string(size) + " is another one");
}

void Rules::rotate_key() {
  if (facts_.chain.size() >= kMostKeys) return wrong("key.rotate: more than " + std::to_string(kMostKeys) + " keys");
  const std::string_view reason = text("reason"), signature = text("sig"), vkey = text("vkey");
  if (reason != "routine" && reason != "compromise") wrong("key.rotate: its reason is neither routine nor compromise");
  try {
    const VerifierKey key = parse_vkey(vkey);
    const bool used = std::ranges::any_of(facts_.chain, [&](const ChainKey& before) { return before.key.key == key.key; });
    if (used) wrong("key.rotate: its key was used before");
    if (key.name != facts_.origin || key.type != kLogKey) wrong("key.rotate: its key is not an Ed25519 key named like the origin");
    const std::string message = "hone/key-rotate/v1\n" + facts_.origin + "\n" + std::to_string(seq_) + "\n" + std::string(vkey) + "\n";
    if (!signed_by(key.key, message, from_base64(signature).value_or(""))) wrong("key.rotate: the new key did not sign it");
    facts_.chain.push_back({key, seq_ + 1, reason == "compromise"});
  } catch (const Malformed& malformed) {
    wrong(std::string("key.rotate: vkey: ") + malformed.what());
  }
  if (reason == "compromise") doubt(event_.integer(body_, "trusted_size"));
}

void Rules::revoke_key() {
  const bool ours = std::ranges::any_of(facts_.chain, [&](const ChainKey& key) { return key.key.text == text("vkey"); });
  if (ours) doubt(event_.integer(body_, "trusted_size"));
}

// Up to the last anchored size what a stolen key signed is proved by others; from there to here a thief may have written it.
void Rules::doubt(std::int64_t from) {
  if (from < 0 || static_cast<std::uint64_t>(from) > seq_) return wrong("a stolen key without a 'trusted_size' of this log");
  if (facts_.doubtful.size() < kMostKeys && static_cast<std::uint64_t>(from) < seq_)
    facts_.doubtful.push_back({static_cast<std::uint64_t>(from), seq_});
}

}  // namespace hone::verify
