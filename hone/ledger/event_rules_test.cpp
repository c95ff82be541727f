#include "hone/ledger/event_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/ledger/event_testing.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// A log in memory.
class Log : public EarlierEvents {
 public:
  std::uint64_t add(const NewEvent& event) {
    events_.push_back(std::make_shared<Event>(Event{.seq = events_.size(),
                                                    .kind = event.kind,
                                                    .body = event.body,
                                                    .time = "",
                                                    .wall = "",
                                                    .actor = event.actor,
                                                    .role = event.role,
                                                    .token = event.token,
                                                    .by = {},
                                                    .unknown = {}}));
    return events_.size() - 1;
  }
  std::uint64_t add(const std::string& kind, const std::string& actor, Json body) { return add(made(kind, actor, std::move(body))); }
  static NewEvent made(const std::string& kind, const std::string& actor, Json body) {
    return {.kind = kind, .actor = actor, .role = "annotator", .body = std::move(body), .token = "", .by = {}};
  }

  std::uint64_t size() const override { return events_.size(); }
  std::shared_ptr<const Event> event(std::uint64_t seq) override { return events_.at(seq); }
  bool brought_object(std::string_view hash) override { return std::ranges::find(objects, hash) != objects.end(); }
  Hash root_at(std::uint64_t) override { return empty_root(); }
  bool segregated() override { return !solo; }

  std::vector<std::string> objects;
  bool solo = false;

 private:
  std::vector<std::shared_ptr<const Event>> events_;
};

class EventRules : public testing::Test {
 protected:
  EventRules() {
    log.add("log.open", "s:hone", opening_body("hone.test/ledger", "v"));
    dataset = log.add(some_import());
    vote = log.add(some_vote(dataset, kAda));
  }
  std::string refusal(const NewEvent& event) {
    return complaint_of([&] { check_rules(event, log); });
  }
  std::string refusal(const std::string& kind, const std::string& actor, Json body) {
    return refusal(Log::made(kind, actor, std::move(body)));
  }

  Log log;
  std::uint64_t dataset = 0, vote = 0;
};

TEST_F(EventRules, ReferencesPointBackwardsAtTheRightKind) {
  EXPECT_EQ(refusal(some_vote(dataset)), "none");
  EXPECT_EQ(refusal(some_vote(3)), "vote.person names event 3 as 'dataset', which is not in the log yet");
  EXPECT_EQ(refusal(some_vote(vote)), "vote.person names event 2 as 'dataset', which is a vote.person");
  EXPECT_EQ(refusal("erase.done", kAda, {{"order", vote}, {"counts", Json::object()}, {"method", "x"}}),
            "erase.done names event 2 as 'order', which is a vote.person");
}

TEST_F(EventRules, ALogBeginsWithItsOpeningAndHasOne) {
  EXPECT_EQ(refusal("log.open", "s:hone", opening_body("a", "v")), "log.open stands at the beginning of a log and nowhere else");
  Log empty;
  EXPECT_THROW(check_rules(some_import(), empty), Error);
  EXPECT_NO_THROW(check_rules(Log::made("log.open", "s:hone", opening_body("a", "v")), empty));
}

TEST_F(EventRules, AVoteSupersedesTheActorsOwnOnTheSameExample) {
  NewEvent again = some_vote(dataset, kAda);
  again.body["supersedes"] = vote;
  EXPECT_EQ(refusal(again), "none");
  NewEvent others = some_vote(dataset, kBob);
  others.body["supersedes"] = vote;
  EXPECT_EQ(refusal(others), "vote.person supersedes another actor's vote");
  NewEvent elsewhere = some_vote(dataset, kAda, std::string(32, 'f'));
  elsewhere.body["supersedes"] = vote;
  EXPECT_EQ(refusal(elsewhere), "vote.person supersedes a vote on another example");
  again.body["supersedes"] = dataset;
  EXPECT_EQ(refusal(again), "vote.person names event 1 as 'supersedes', which is a data.import");
}

TEST_F(EventRules, ASourceSupersedesOneOfItsName) {
  const auto source = [](const std::string& name) { return Json{{"name", name}, {"type", "lf"}}; };
  const std::uint64_t first = log.add("source.define", kAda, source("card"));
  Json next = source("loan");
  next["supersedes"] = first;
  EXPECT_EQ(refusal("source.define", kAda, next), "source.define supersedes a source of another name");
  next["name"] = "card";
  EXPECT_EQ(refusal("source.define", kAda, next), "none");
}

TEST_F(EventRules, ARunsInputsAreKnown) {
  const Json run = {{"inputs", {{{"name", "data"}, {"ref", some_ref('7')}}}}};
  EXPECT_EQ(refusal("stage.run", kAda, run), "stage.run has the input 'data', which no earlier event imported or made");
  log.objects = {std::string(64, '7')};
  EXPECT_EQ(refusal("stage.run", kAda, run), "none");
}

TEST_F(EventRules, NobodyDecidesAlone) {
  const Json decision = {{"dataset", dataset}, {"example", std::string(32, 'e')}, {"inputs", {vote}}};
  EXPECT_EQ(refusal("adjudication", kBob, decision), "none");
  EXPECT_EQ(refusal("adjudication", kAda, decision), "adjudication decides over a vote of its own actor");
  EXPECT_EQ(refusal("gold.commit", kBob, {{"from", {vote}}, {"approver", kAda}}), "gold.commit is approved by the only one who voted");
  EXPECT_EQ(refusal("gold.commit", kAda, {{"from", {vote}}, {"approver", kBob}}), "none");
  EXPECT_EQ(refusal("release", kAda, {{"approver", kAda}}), "release is approved by its own actor");
  EXPECT_EQ(refusal("erase.order", kAda, {{"approver", kAda}}), "erase.order is approved by its own actor");
  log.solo = true;
  EXPECT_EQ(refusal("adjudication", kAda, decision), "none");
  EXPECT_EQ(refusal("gold.commit", kBob, {{"from", {vote}}, {"approver", kAda}}), "none");
  EXPECT_EQ(refusal("release", kAda, {{"approver", kAda}}), "none");
  EXPECT_EQ(refusal("admin.role", kAda, {{"person", kAda}, {"to", "admin"}}), "admin.role changes its actor's own role") << "also alone";
}

TEST_F(EventRules, ADecisionIsOverVotesOnItsExample) {
  EXPECT_EQ(refusal("adjudication", kBob, {{"dataset", dataset}, {"example", std::string(32, 'f')}, {"inputs", {vote}}}),
            "adjudication has an input that is a vote on another example");
}

TEST_F(EventRules, AnAnchorIsOfThisLog) {
  EXPECT_EQ(refusal("anchor", kAda, {{"size", 3}, {"root", to_hex(empty_root())}}), "none");
  EXPECT_EQ(refusal("anchor", kAda, {{"size", 3}, {"root", std::string(64, '0')}}), "anchor has a size and root that are not ours");
  EXPECT_EQ(refusal("anchor", kAda, {{"size", 4}, {"root", to_hex(empty_root())}}), "anchor has a size and root that are not ours");
}

}  // namespace
}  // namespace hone
