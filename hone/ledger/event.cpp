#include "hone/ledger/event.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/canonical_json.h"
#include "hone/ledger/event_kinds.h"

namespace hone {
namespace {

using Json = nlohmann::json;

[[noreturn]] void bad_event(const std::string& what) { throw Error(ErrorCode::kCorruptData, "an event " + what); }
[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::kInvalidArgument, what); }

// Takes members out of an envelope, so that what is left is unknown.
class Envelope {
 public:
  explicit Envelope(Json json) : json_(std::move(json)) {
    if (!json_.is_object()) bad_event("is not an object");
  }

  Json take(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end()) return nullptr;
    Json value = std::move(*found);
    json_.erase(found);
    return value;
  }
  std::uint64_t number(const char* key) {
    const Json value = take(key);
    if (!value.is_number_integer() || value.get<long long>() < 0) bad_event(std::string("has no '") + key + "', a whole number");
    return value.get<std::uint64_t>();
  }
  std::string text(const char* key, bool (*fits)(std::string_view), const char* expected) {
    Json value = take(key);
    if (!value.is_string() || !fits(value.get_ref<const std::string&>())) bad_event(std::string("has no '") + key + "', " + expected);
    return value.get<std::string>();
  }
  bool has(const char* key) const { return json_.contains(key); }
  Json rest() && { return std::move(json_); }

 private:
  Json json_;
};

bool is_token(std::string_view text) { return is_lower_hex(text, 32); }

bool is_kind(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string_view::npos;
}

// {"key":…,"sig":…}, both texts.
bool is_signature(const Json& by) {
  return by.is_object() && by.size() == 2 && by.contains("key") && by.contains("sig") && by["key"].is_string() && by["sig"].is_string();
}

void check_vote(const Json& body) {
  constexpr std::size_t kMostExamples = 64;  // One act of a person, who saw them all.
  if (body.contains("example") == body.contains("examples")) refuse("vote.person wants one of 'example' and 'examples'");
  if (body.contains("examples") && (body["examples"].empty() || body["examples"].size() > kMostExamples))
    refuse("vote.person.examples: 1 to 64 of them");
  const bool withdrawn = body.value("withdrawn", false);
  if (body.contains("value") + body.contains("abstain") + withdrawn != 1)
    refuse("vote.person wants one of 'value', 'abstain' and 'withdrawn'");
  if (withdrawn && !body.contains("supersedes")) refuse("vote.person.withdrawn wants 'supersedes', the vote that is withdrawn");
}

void check_source(const Json& body) {
  if ((text_of(body, "type") == "judge") != body.contains("judge"))
    refuse("source.define wants 'judge' for the type judge, and for no other");
}

// Where the data came from, but never with what name and password.
void check_import(const Json& body) {
  const std::string uri = text_of(body["source"], "uri");
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string::npos) return;
  const std::string authority = uri.substr(scheme + 3, uri.find_first_of("/?#", scheme + 3) - scheme - 3);
  if (authority.find('@') != std::string::npos) refuse("data.import.source.uri holds a user's name; leave credentials out");
}

void check_sealed(const Json& body) {
  if (body.contains("benchmark") == body.contains("gold")) refuse("read.sealed wants one of 'benchmark' and 'gold'");
}

void check_open(const Json& body) {
  if (text_of(body, "format") != "hone-ledger/1") refuse("log.open.format is not hone-ledger/1");
}

struct OwnRule {
  std::string_view kind;
  void (*check)(const Json& body);
};
constexpr std::array kOwnRules = {OwnRule{"vote.person", check_vote}, OwnRule{"source.define", check_source},
                                  OwnRule{"data.import", check_import}, OwnRule{"read.sealed", check_sealed},
                                  OwnRule{"log.open", check_open}};

const EventKind& check_body(const NewEvent& event) {
  const EventKind* const kind = find_event_kind(event.kind);
  if (!kind) refuse("there is no kind of event '" + event.kind + "'");
  kind->body.check(event.body, event.kind);
  for (const OwnRule& rule : kOwnRules)
    if (rule.kind == event.kind) rule.check(event.body);
  return *kind;
}

void check_envelope(const NewEvent& event) {
  if (!is_actor(event.actor))
    refuse("'" + event.actor +
           "' is no actor: p: and 16 letters or digits for a person, s: and a name for a part of the program, k: and a key ID");
  if (!is_role(event.role)) refuse("'" + event.role + "' is no role; there are: annotator, reviewer, developer, admin, auditor, system");
  if (!is_token(event.token)) refuse("a token is 32 digits of lower-case hex, not '" + event.token + "'");
  if (!event.by.is_null() && !is_signature(event.by)) refuse("a signature 'by' is {key, sig}, two texts");
}

std::string envelope_head(const NewEvent& event, bool signature) {
  std::string head = R"({"actor":")" + event.actor + R"(","body":)" + to_canonical(event.body, 1);
  if (signature && !event.by.is_null()) head += R"(,"by":)" + to_canonical(event.by, 1);
  return head + R"(,"kind":")" + event.kind + R"(","role":")" + event.role + '"';
}

}  // namespace

Event parse_event(std::string_view entry) {
  Envelope envelope(parse_canonical(entry));
  Event event;
  if (envelope.number("v") != 1) bad_event("has another version than 1");
  event.seq = envelope.number("seq");
  event.kind = envelope.text("kind", is_kind, "a kind");
  event.time = envelope.text("time", is_utc_time, "a time");
  if (envelope.has("wall")) event.wall = envelope.text("wall", is_utc_time, "a time");
  event.actor = envelope.text("actor", is_actor, "an actor");
  event.role = envelope.text("role", is_role, "a role");
  event.token = envelope.text("token", is_token, "32 digits of lower-case hex");
  event.body = envelope.take("body");
  if (!event.body.is_object()) bad_event("has no 'body', an object");
  event.by = envelope.take("by");
  if (!event.by.is_null() && !is_signature(event.by)) bad_event("has a 'by' that is not {key, sig}");
  event.unknown = std::move(envelope).rest();
  return event;
}

std::string act_text(const NewEvent& event, std::string_view origin) {
  return "hone/act/v1\n" + std::string(origin) + "\n" + envelope_head(event, false) + R"(,"token":")" + event.token + R"(","v":1})";
}

std::string random_token() {
  std::array<char, 16> bytes;
  if (::getentropy(bytes.data(), bytes.size()) != 0) throw Error(ErrorCode::kIo, "the system has no random numbers");
  return to_hex({bytes.data(), bytes.size()});
}

DraftEvent::DraftEvent(NewEvent event) : event_(std::move(event)), drew_token_(event_.token.empty()) {
  if (drew_token_) event_.token = random_token();
  check_envelope(event_);
  names_ = check_body(event_).body.events_named(event_.body);
  head_ = envelope_head(event_, true) + R"(,"seq":)";
  // No rule asks for more of such a vote. To take its tree apart here costs the writer's thread, of which there is one, nothing.
  if (event_.kind == "vote.person" && !event_.body.contains("supersedes")) event_.body = nullptr;
}

void DraftEvent::append_entry(std::string& out, std::uint64_t seq, std::string_view time, std::string_view wall) const {
  const std::size_t before = out.size();
  std::array<char, 20> digits;
  out += head_;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), seq).ptr);
  out += R"(,"time":")";
  out += time;
  out += R"(","token":")";
  out += event_.token;
  out += R"(","v":1)";
  if (!wall.empty()) out.append(R"(,"wall":")").append(wall).append("\"");
  out += '}';
  if (out.size() - before <= kMaxEventBytes) return;
  out.resize(before);
  refuse("rule 1 of the event encoding: more than 16384 bytes; put what is long into an object");
}

}  // namespace hone
