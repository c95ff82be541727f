#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/json.h"
#include "hone/ledger/body_schema.h"

namespace hone {

/// What somebody or something wants to have written down.
///
///     NewEvent event{.kind = "queue.plan", .actor = "p:4x7d2kq0m3fz9sj1", .role = "developer", .body = {{"seed", …}, …}};
struct NewEvent {
  std::string kind{};
  std::string actor;  // p:<16 base32> a person, s:<name> a part of the program, k:<key ID> who holds a key; never a name.
  std::string role;   // The one used for this act.
  nlohmann::json body = nlohmann::json::object();
  std::string token{};  // 32 hex digits that name this act, so that a repeat is known as one; empty: one is drawn.
  nlohmann::json by{};  // The actor's own signature over act_text(), {key, sig}; null: none.
};

/// An event as it stands in the log.
struct Event {
  std::uint64_t seq = 0;  // Its place in the log, from 0.
  std::string kind;
  nlohmann::json body;
  std::string time;  // UTC of the append, 27 characters: "2026-01-05T09:30:00.000123Z".
  std::string wall;  // What the clock showed where that was less; else empty.
  std::string actor;
  std::string role;
  std::string token;
  nlohmann::json by;       // Null where there is none.
  nlohmann::json unknown;  // What else the envelope holds: a newer program wrote it.
};

/// The event that an entry's bytes say. Kinds and keys that this program does not know are kept. Throws kCorruptData naming the rule of
/// the encoding or the member of the envelope.
Event parse_event(std::string_view entry);

/// What an actor signs: "hone/act/v1\n" + origin + "\n" + the event without `by`, `seq`, `time` and `wall`.
std::string act_text(const NewEvent& event, std::string_view origin);

/// A token that nobody else draws: 32 hex digits.
std::string random_token();

/// An event whose kind, envelope and body are sound as far as they say themselves, in its text but for what the log gives it. What
/// needs the events before it is checked by check_rules() (event_rules.h).
class DraftEvent {
 public:
  /// Throws kInvalidArgument naming what is wrong: an unknown kind or key, a body that is not as its kind wants it, a rule of the
  /// encoding by its number.
  explicit DraftEvent(NewEvent event);

  /// What was given, with a token. The body is let go, null, where no rule will ask for it; the entry's text holds it.
  const NewEvent& event() const { return event_; }
  /// Whether the token was drawn here, and so is nobody else's.
  bool drew_token() const { return drew_token_; }
  /// The earlier events that the body names.
  const std::vector<BodySchema::NamedEvent>& names() const { return names_; }
  /// About how many bytes the entry will have.
  std::size_t bytes() const { return head_.size() + 100; }

  /// Appends the entry's bytes. `wall` may be empty. Throws kInvalidArgument when they are more than 16,384.
  void append_entry(std::string& out, std::uint64_t seq, std::string_view time, std::string_view wall) const;

 private:
  NewEvent event_;
  bool drew_token_ = false;
  std::vector<BodySchema::NamedEvent> names_;
  std::string head_;  // Up to the value of `seq`.
};

}  // namespace hone
