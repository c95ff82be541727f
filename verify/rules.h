#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "verify/canonical.h"
#include "verify/findings.h"
#include "verify/note.h"
#include "verify/scan.h"
#include "verify/whole.h"

namespace hone::verify {

/// A key of the log, and from which size on it signs. The first comes from log.open, each other one from a key.rotate.
struct ChainKey {
  VerifierKey key;
  std::uint64_t from = 0;    ///< Checkpoints of this size and more.
  bool compromised = false;  ///< The key before it was stolen, and cannot vouch for this one.
};

/// Events that a thief of a key may have written: [begin, end).
struct Doubtful {
  std::uint64_t begin, end;
};

/// What the log says about itself.
struct LogFacts {
  std::vector<ChainKey> chain;
  std::vector<Doubtful> doubtful;
  std::vector<std::string> not_met;  ///< Duties that one person alone cannot keep apart, and the like. Shown, not judged.
  std::uint64_t not_met_count = 0;
  std::string origin, continues;
  std::uint64_t anchors = 0;
};

/// Step 7: the rules that need more than one event. Segments are taken in their order.
class Rules {
 public:
  Rules(const Whole& whole, Sorters& sorters, std::string origin, Verdicts& verdicts);

  void take(const SegmentFacts& facts);
  void end();
  const LogFacts& facts() const { return facts_; }

 private:
  struct Rule {
    std::string_view kind;
    void (Rules::*check)();
  };
  static const Rule kRules[];

  // The event at hand, and what is asked about earlier ones.
  bool read_again(std::uint64_t seq);
  std::string_view text(std::string_view key) const { return event_.string(body_, key); }
  std::uint8_t kind_of(std::uint64_t seq);
  const EventText* earlier(const Value* seq);
  void check_reference(std::uint64_t seq, const SeqReference& reference);
  void check_references_again(std::uint8_t kind);
  void check_role(const Act& act, std::uint64_t seq);
  void check_text(std::uint8_t kind);
  unsigned roles_in(std::string_view key) const;
  std::vector<std::string_view> examples_of(const EventText& event, const Value* body) const;

  void open_log();
  void supersede();
  void import_data();
  void commit_gold();
  void adjudicate();
  void change_role();
  void change_setting();
  void end_erasure();
  void anchor();
  void rotate_key();
  void revoke_key();
  void check_other_approver();

  void wrong(std::string text);
  void duty_not_kept(const std::string& text);
  void not_met(const std::string& text);
  void doubt(std::int64_t from);

  const Whole& whole_;
  EntriesAgain forwards_, backwards_;  ///< For the event at hand, and for those that it names.
  Sorters& sorters_;
  Verdicts& verdicts_;
  LogFacts facts_;
  const SegmentFacts* segment_ = nullptr;
  std::uint64_t seq_ = 0;
  EventText event_, other_;
  const Value* body_ = nullptr;
  std::string last_time_;
  bool solo_ = false;
  struct Seen {
    std::uint64_t seq;
    std::uint8_t kind;
  };
  std::vector<Seen> seen_;  ///< Kinds of earlier events, each at its number modulo the length.
  std::unordered_map<std::string, unsigned> roles_;
  std::unordered_map<std::string, unsigned> unnamed_;  ///< Persons who act before an admin.role names them.
  bool too_many_persons_ = false;
};

}  // namespace hone::verify
