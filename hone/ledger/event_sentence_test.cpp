#include "hone/ledger/event_sentence.h"

#include <gtest/gtest.h>

#include "hone/ledger/event_kinds.h"
#include "hone/ledger/event_testing.h"

namespace hone {
namespace {

std::string sentence(const std::string& kind, const nlohmann::json& body) {
  Event event;
  event.kind = kind;
  event.body = body;
  return sentence_of(event);
}

TEST(EventSentence, SaysWhatAnEventSays) {
  EXPECT_EQ(sentence("data.import", some_import().body), "file:messages.csv: 1,000 rows, 0 rejected");
  EXPECT_EQ(sentence("stage.run", {{"stage", "label"},
                                   {"outputs", {{{"name", "a"}}, {{"name", "b"}}, {{"name", "c"}}, {{"name", "d"}}}},
                                   {"started", "2026-01-05T09:30:00.000123Z"},
                                   {"ended", "2026-01-05T09:30:00.210000Z"},
                                   {"outcome", "ok"}}),
            "label: 4 outputs, ok, 0.21 s");
  EXPECT_EQ(sentence("vote.person", some_vote(1).body), "intent: card_arrival");
  EXPECT_EQ(sentence("vote.person", {{"task", "intent"}, {"examples", {"a", "b"}}, {"withdrawn", true}, {"supersedes", 1204}}),
            "intent: withdrawn, on 2 examples, in place of event 1204");
  EXPECT_EQ(sentence("release", {{"name", "intents"}, {"version", "1.0.0"}, {"what", "labels"}, {"approver", kBob}, {"because", "first"}}),
            "intents 1.0.0, labels, approved by " + kBob + ": first");
}

TEST(EventSentence, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(sentence("stage.run", {{"outcome", "ok"}, {"outputs", {{{"name", "a"}}}}}), "1 output, ok");
  EXPECT_EQ(sentence("stage.run", {{"outcome", "ok"}}), "ok");
  EXPECT_EQ(sentence("run.name", {{"name", "before"}, {"run", 1212}}), "before: the run of event 1212");
  EXPECT_EQ(sentence("gold.commit", {{"version", "2"}, {"sealed", false}}), "version 2");
  EXPECT_EQ(sentence("vote.dog", {{"name", "Rex"}}), "a kind of event that this program does not know");
}

TEST(EventSentence, ReadsAnyBodyOfAnyKind) {
  for (const EventKind& kind : event_kinds())
    for (const nlohmann::json& value :
         std::vector<nlohmann::json>{3, -1234567, "text", true, {1, 2}, {{"a", 1}}, nlohmann::json::array()}) {
      nlohmann::json body = nlohmann::json::object();
      for (const char* member :
           {"rows", "outputs", "source", "name", "value", "started", "ended", "withdrawn", "size", "commits", "counts"})
        body[member] = value;
      EXPECT_NE(sentence(std::string(kind.name), body), sentence("vote.dog", body));
      EXPECT_NO_THROW(sentence(std::string(kind.name), value));
    }
}

}  // namespace
}  // namespace hone
