#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "hone/ledger/committed_log_internal.h"
#include "hone/ledger/event.h"
#include "hone/ledger/event_rules.h"
#include "hone/ledger/ledger_clock.h"

namespace hone::ledger_internal {

/// Puts events behind a log, in a group that is not written yet.
/// What rules ask about the events before is answered by the log, and objects by the events of the group, too: a run may use what the one
/// before it made, whether they are written together or not.
class GroupBuilder : private EarlierEvents {
 public:
  GroupBuilder(CommittedLog& log, EventTimes& times, LedgerClock& clock) : log_(log), times_(times), clock_(clock) {}

  struct Place {
    std::uint64_t seq = 0;
    bool repeated = false;  // An earlier event has the token.
  };
  /// Throws kInvalidArgument when a rule is against it. The event must stay while this lives.
  Place add(const DraftEvent& event);

  /// So many events will be added.
  void expect(std::size_t events) { acts_.reserve(acts_.size() + events); }

  /// What the log writes by itself.
  void add_own(const std::string& kind, nlohmann::json body);

  /// The place that the next event gets. An admin.clock event that has to come first is added.
  std::uint64_t next_seq();

  bool empty() const { return group_.lengths.empty(); }
  const Group& group() const { return group_; }

 private:
  std::uint64_t size() const override { return log_.size(); }
  std::shared_ptr<const Event> event(std::uint64_t seq) override { return log_.event(seq); }
  bool brought_object(std::string_view hash) override { return brought_.contains(std::string(hash)) || log_.brought_object(hash); }
  Hash root_at(std::uint64_t size) override { return log_.root_at(size); }
  bool segregated() override { return log_.segregated(); }

  std::optional<Place> find_repeated(const NewEvent& event);
  void begin();
  void put(const DraftEvent& event);

  CommittedLog& log_;
  EventTimes& times_;
  LedgerClock& clock_;
  bool begun_ = false;
  std::string time_, wall_;
  Group group_;
  std::unordered_set<std::string> brought_;  // Hashes of the objects that its events bring.
  struct Act {
    std::uint64_t seq;
    const NewEvent* event;
  };
  struct KeyHash {
    std::size_t operator()(const LookupIndex::Key& key) const { return LookupIndex::hash_of(key); }
  };
  std::unordered_map<LookupIndex::Key, Act, KeyHash> acts_;  // Of the group, by token.
};

}  // namespace hone::ledger_internal
