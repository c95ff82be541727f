#include "hone/ledger/event.h"

#include <gtest/gtest.h>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/ledger/event_kinds.h"
#include "hone/ledger/event_testing.h"

namespace hone {
namespace {

constexpr std::string_view kTime = "2026-01-05T09:30:00.000123Z";

std::string entry_of(const NewEvent& event, std::uint64_t seq = 7, std::string_view wall = "") {
  std::string entry;
  DraftEvent(event).append_entry(entry, seq, kTime, wall);
  return entry;
}

std::string refused(const NewEvent& event) {
  return complaint_of([&] { DraftEvent{event}; });
}
std::string unread(const std::string& entry) {
  return complaint_of([&] { parse_event(entry); });
}

TEST(Event, ReadsBackWhatWasWritten) {
  NewEvent event = full_vote(3);
  event.token = std::string(32, '5');
  event.by = {{"key", "38148a59"}, {"sig", "AAAA"}};
  const Event read = parse_event(entry_of(event, 9007199254740991u, "2026-01-05T09:29:59.900000Z"));
  EXPECT_EQ(read.seq, 9007199254740991u);
  EXPECT_EQ(read.kind, "vote.person");
  EXPECT_EQ(read.body, event.body);
  EXPECT_EQ(read.time, kTime);
  EXPECT_EQ(read.wall, "2026-01-05T09:29:59.900000Z");
  EXPECT_EQ(read.actor, kAda);
  EXPECT_EQ(read.role, "annotator");
  EXPECT_EQ(read.token, event.token);
  EXPECT_EQ(read.by, event.by);
  EXPECT_TRUE(read.unknown.empty());
}

TEST(Event, DrawsATokenWhereNoneIsGiven) {
  const std::string one = parse_event(entry_of(some_import())).token, other = parse_event(entry_of(some_import())).token;
  EXPECT_EQ(one.size(), 32u);
  EXPECT_NE(one, other);
}

TEST(Event, RefusesAnUnsoundEnvelope) {
  const auto with = [](auto change) {
    NewEvent event = some_import();
    change(event);
    return refused(event);
  };
  EXPECT_EQ(with([](NewEvent& event) { event.kind = "vote.dog"; }), "there is no kind of event 'vote.dog'");
  EXPECT_TRUE(with([](NewEvent& event) { event.actor = "Ada"; }).starts_with("'Ada' is no actor"));
  EXPECT_TRUE(with([](NewEvent& event) { event.role = "boss"; }).starts_with("'boss' is no role"));
  EXPECT_TRUE(with([](NewEvent& event) { event.token = "12"; }).starts_with("a token is 32 digits"));
  EXPECT_TRUE(with([](NewEvent& event) { event.by = {{"key", 1}}; }).starts_with("a signature"));
}

TEST(Event, RefusesABodyThatItsKindDoesNotAllow) {
  const auto import = [](auto change) {
    NewEvent event = some_import();
    change(event.body);
    return refused(event);
  };
  EXPECT_EQ(import([](auto& body) { body.erase("rows"); }), "data.import has no 'rows'");
  EXPECT_EQ(import([](auto& body) { body["rows"] = 1.5; }), "data.import.rows is not a whole number, 0 or more");
  EXPECT_EQ(import([](auto& body) { body["colour"] = "red"; }), "data.import has an unknown key 'colour'");
  EXPECT_EQ(import([](auto& body) { body["source"]["uri"] = "https://ada:secret@bank.example/a"; }),
            "data.import.source.uri holds a user's name; leave credentials out");
  EXPECT_EQ(import([](auto& body) { body["source"]["uri"] = "https://bank.example/@a"; }), "none");
  EXPECT_TRUE(import([](auto& body) { body["licence"] = std::string(4097, 'x'); }).starts_with("rule 4"));

  const auto vote = [](auto change) {
    NewEvent event = some_vote(0);
    change(event.body);
    return refused(event);
  };
  EXPECT_EQ(vote([](auto& body) { body.erase("value"); }), "vote.person wants one of 'value', 'abstain' and 'withdrawn'");
  EXPECT_EQ(vote([](auto& body) { body["abstain"] = "unclear"; }), "vote.person wants one of 'value', 'abstain' and 'withdrawn'");
  EXPECT_EQ(vote([](auto& body) { body["examples"] = {std::string(32, 'a')}; }), "vote.person wants one of 'example' and 'examples'");
  EXPECT_EQ(vote([](auto& body) {
              body.erase("example");
              body["examples"] = std::vector<std::string>(65, std::string(32, 'a'));
            }),
            "vote.person.examples: 1 to 64 of them");
  EXPECT_EQ(vote([](auto& body) {
              body.erase("value");
              body["withdrawn"] = true;
            }),
            "vote.person.withdrawn wants 'supersedes', the vote that is withdrawn");
}

TEST(Event, TakesExactly16384Bytes) {
  NewEvent event{.kind = "admin.config", .actor = "s:hone", .role = "system", .body = {{"setting", "x"}}, .token = "", .by = {}};
  event.body["to"] = std::vector<std::string>(4, std::string(4000, 'x'));
  const std::size_t room = 16384 - entry_of(event).size();
  event.body["setting"] = std::string(1 + room, 'x');
  EXPECT_EQ(entry_of(event).size(), 16384u);
  event.body["setting"] = std::string(2 + room, 'x');
  EXPECT_TRUE(complaint_of([&] { entry_of(event); }).starts_with("rule 1 of the event encoding"));
}

TEST(Event, KeepsWhatANewerProgramWrote) {
  const std::string entry = R"({"actor":"s:hone","body":{"x":1},"kind":"vote.dog","mood":"good","role":"system","seq":0,"time":")" +
                            std::string(kTime) + R"(","token":")" + std::string(32, '0') + R"(","v":1})";
  const Event event = parse_event(entry);
  EXPECT_EQ(event.kind, "vote.dog");
  EXPECT_EQ(event.unknown, nlohmann::json({{"mood", "good"}}));
}

TEST(Event, NamesWhatIsWrongInAnEntry) {
  const std::string entry = entry_of(some_import());
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = entry;
    return unread(other.replace(other.find(from), from.size(), to));
  };
  EXPECT_EQ(unread("[]"), "an event is not an object");
  EXPECT_EQ(changed(R"("v":1)", R"("v":2)"), "an event has another version than 1");
  EXPECT_EQ(changed(R"(,"v":1)", ""), "an event has no 'v', a whole number");
  EXPECT_EQ(changed(R"("seq":7)", R"("seq":-7)"), "an event has no 'seq', a whole number");
  EXPECT_EQ(changed("09:30:00", "09:30:60"), "an event has no 'time', a time");
  EXPECT_EQ(changed("developer", "boss"), "an event has no 'role', a role");
  EXPECT_EQ(changed(kAda, "Ada"), "an event has no 'actor', an actor");
  EXPECT_EQ(changed(R"("token":")", R"("token":"x)"), "an event has no 'token', 32 digits of lower-case hex");
  EXPECT_TRUE(changed(R"("rows":1000)", R"("rows":1e3)").starts_with("rule 3"));
}

TEST(Event, AnActorSignsWhatTheActorKnows) {
  NewEvent event = some_vote(0);
  event.token = std::string(32, '5');
  event.by = {{"key", "38148a59"}, {"sig", "AAAA"}};
  EXPECT_EQ(act_text(event, "hone.test/ledger"),
            "hone/act/v1\nhone.test/ledger\n"
            R"({"actor":"p:4x7d2kq0m3fz9sj1","body":{"dataset":0,"example":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","task":"intent",)"
            R"("value":["card_arrival"]},"kind":"vote.person","role":"annotator","token":"55555555555555555555555555555555","v":1})");
}

TEST(EventKinds, AreWellFormedAndEachThereOnce) {
  for (const EventKind& kind : event_kinds()) EXPECT_EQ(find_event_kind(kind.name), &kind) << kind.name;
  EXPECT_EQ(find_event_kind("vote.dog"), nullptr);
  EXPECT_EQ(event_kinds().size(), 34u);
}

}  // namespace
}  // namespace hone
