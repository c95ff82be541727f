#include "hone/core/error.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/event_rules.h"
#include "hone/ledger/group_builder_internal.h"

namespace hone::ledger_internal {

// A client that repeats what it asked for gets the first answer; a token that somebody else's act has is a mistake.
std::optional<GroupBuilder::Place> GroupBuilder::find_repeated(const NewEvent& event) {
  const auto check = [&](std::uint64_t seq, const std::string& kind, const std::string& actor) {
    if (kind == event.kind && actor == event.actor) return Place{.seq = seq, .repeated = true};
    throw Error(ErrorCode::kInvalidArgument, "the token " + event.token + " is that of event " + std::to_string(seq) +
                                                 ", another act; every act has a token of its own");
  };
  if (const auto found = acts_.find(hex_key(event.token)); found != acts_.end())
    return check(found->second.seq, found->second.event->kind, found->second.event->actor);
  const auto seq = log_.find_token(event.token);
  if (!seq) return std::nullopt;
  const auto known = log_.event(*seq);
  return check(*seq, known->kind, known->actor);
}

GroupBuilder::Place GroupBuilder::add(const DraftEvent& event) {
  if (!event.drew_token()) {
    if (const auto repeated = find_repeated(event.event())) return *repeated;
  }
  check_rules(event.event(), event.names(), *this);
  const std::uint64_t seq = next_seq();
  put(event);
  if (!event.drew_token()) acts_.emplace(hex_key(event.event().token), Act{.seq = seq, .event = &event.event()});
  return {.seq = seq, .repeated = false};
}

void GroupBuilder::add_own(const std::string& kind, nlohmann::json body) {
  begin();
  put(DraftEvent({.kind = kind, .actor = "s:hone", .role = "system", .body = std::move(body), .token = "", .by = {}}));
}

std::uint64_t GroupBuilder::next_seq() {
  begin();
  return log_.size() + group_.lengths.size();
}

// Reads the clock, once for the group.
void GroupBuilder::begin() {
  if (std::exchange(begun_, true)) return;
  const auto last = log_.last_time().empty() ? std::nullopt : std::optional(time_of(log_.last_time()));
  const EventTimes::Stamp stamp = times_.stamp(clock_.read(), last);
  time_ = time_text(stamp.time);
  if (stamp.wall) wall_ = time_text(*stamp.wall);
  group_.last_time = time_;
  if (stamp.clock_from) add_own("admin.clock", {{"from", time_text(*stamp.clock_from)}, {"to", time_}, {"boot", clock_.boot_id()}});
}

void GroupBuilder::put(const DraftEvent& event) {
  const std::uint64_t seq = log_.size() + group_.lengths.size();
  const std::size_t begin = group_.framed.size();
  group_.framed.append(2, '\0');
  try {
    event.append_entry(group_.framed, seq, time_, wall_);
  } catch (...) {
    group_.framed.resize(begin);
    throw;
  }
  const std::size_t bytes = group_.framed.size() - begin - 2;
  group_.framed[begin] = static_cast<char>(bytes >> 8);
  group_.framed[begin + 1] = static_cast<char>(bytes & 0xFF);
  group_.lengths.push_back(bytes + 2);
  visit_keys(event.event().kind, event.event().token, event.event().body, [&](const LookupIndex::Key& key) {
    group_.keys.push_back({key, seq});
  });
  if (event.event().kind != "vote.person")
    visit_objects_brought(event.event().body, [&](const std::string& hash) { brought_.insert(hash); });
}

}  // namespace hone::ledger_internal
