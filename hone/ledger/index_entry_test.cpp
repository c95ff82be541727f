#include <gtest/gtest.h>

#include <algorithm>

#include "hone/core/complaint_testing.h"
#include "hone/ledger/event_testing.h"
#include "hone/ledger/index_entry_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr std::uint64_t kSeq = 1000;

std::string entry_of(const NewEvent& event) {
  std::string entry;
  DraftEvent(event).append_entry(entry, kSeq, "2026-01-05T09:30:00.000123Z", "");
  return entry;
}

// The order in which links are found has no meaning.
IndexEntry in_order(IndexEntry entry) {
  std::ranges::sort(entry.links, {}, [](const IndexEntry::Link& link) { return std::pair(link.member, link.to); });
  return entry;
}

void expect_same_both_ways(const std::string& entry) {
  EXPECT_EQ(in_order(index_entry_of(kSeq, entry)), in_order(parsed_index_entry(kSeq, entry))) << entry;
}

NewEvent vote_with_all() {
  NewEvent vote = full_vote(1);
  vote.body["confidence_ppm"] = 0;
  vote.body["shown"] = {{"fields", {"te\"xt", "ch]an,nel"}},
                        {"guideline", 2},
                        {"taxonomy", 3},
                        {"order", {{"seed", {1, 2, {{"deep", "}"}}}}}},
                        {"suggestion", {{"policy", "a\\"}, {"source", 4}, {"class", "{"}, {"before", true}}}};
  vote.body["queue"] = {{"plan", 5}, {"lane", "random"}, {"stratum", "a"}, {"rank", 1}, {"of", 10}, {"inclusion_ppb", 1000}};
  vote.body["supersedes"] = 6;
  vote.body["because"] = "misread";
  return vote;
}

TEST(IndexEntry, HasWhatAVoteNames) {
  const IndexEntry entry = in_order(index_entry_of(kSeq, entry_of(vote_with_all())));
  EXPECT_EQ(entry.kind, "vote.person");
  EXPECT_EQ(entry.actor, kAda);
  EXPECT_EQ(entry.role, "annotator");
  EXPECT_EQ(entry.time, 1767605400'000123);
  EXPECT_EQ(entry.examples, std::vector{hex_key(std::string(32, 'e'))});
  EXPECT_EQ(entry.links, (std::vector<IndexEntry::Link>{
                             {"dataset", 1}, {"guideline", 2}, {"plan", 5}, {"source", 4}, {"supersedes", 6}, {"taxonomy", 3}}));
}

TEST(IndexEntry, IsTheSameByTheQuickWayAndByParsing) {
  NewEvent cluster = some_vote(1);
  cluster.body.erase("example");
  cluster.body["examples"] = {std::string(32, 'a'), std::string(32, 'b')};
  NewEvent signed_vote = vote_with_all();
  signed_vote.by = {{"key", "k"}, {"sig", "\"kind\":\"x\""}};
  NewEvent tricky = some_vote(1);
  tricky.body["because"] = R"(","kind":"log.open","role":"admin","seq":5,"example":")";
  for (const NewEvent& event :
       {some_import(), some_vote(999), some_vote(1001), full_vote(1), vote_with_all(), cluster, signed_vote, tricky})
    expect_same_both_ways(entry_of(event));
}

TEST(IndexEntry, CutAnywhereAVoteIsRefusedOrTheSame) {
  const std::string entry = entry_of(vote_with_all());
  for (std::size_t cut = 0; cut < entry.size(); ++cut) {
    const std::string shorter = entry.substr(0, cut), holed = entry.substr(0, cut) + entry.substr(cut + 1);
    EXPECT_THROW(index_entry_of(kSeq, shorter), Error);
    complaint_of([&] { index_entry_of(kSeq, holed); });
  }
  EXPECT_EQ(complaint_of([&] { index_entry_of(7, "{}"); }),
            "event 7 of the ledger is none: an event has no 'v', a whole number; hone-verify says all that is wrong");
}

TEST(IndexEntry, TellsInputsFromWhatAnEventBrings) {
  const NewEvent run{.kind = "stage.run",
                     .actor = "s:hone-run",
                     .role = "system",
                     .body = {{"stage", "vote"},
                              {"key", std::string(64, '1')},
                              {"inputs", {{{"name", "data"}, {"ref", some_ref('2')}}}},
                              {"outputs", {{{"name", "votes"}, {"ref", some_ref('3')}}}},
                              {"options", some_ref('4')},
                              {"seed", 1},
                              {"code", {{"version", "1"}, {"commit", "c"}, {"build", "b"}}},
                              {"environment", some_ref('5')},
                              {"started", "2026-01-05T09:30:00.000123Z"},
                              {"ended", "2026-01-05T09:30:00.000123Z"},
                              {"outcome", "ok"},
                              {"counts", {{"rows", 5}}}}};
  const IndexEntry entry = index_entry_of(kSeq, entry_of(run));
  const auto hash = [](char digit) { return hash_of_hex(std::string(64, digit)); };
  EXPECT_EQ(entry.objects, (std::vector<IndexEntry::Object>{{hash('5'), ObjectUse::kNamed},
                                                            {hash('2'), ObjectUse::kInput},
                                                            {hash('4'), ObjectUse::kNamed},
                                                            {hash('3'), ObjectUse::kOutput}}));
  EXPECT_EQ(entry.name, "vote");
}

TEST(IndexEntry, OfANewerProgramIsTheEventAlone) {
  std::string entry = entry_of(some_vote(1));
  entry.replace(entry.find("vote.person"), 11, "vote.robot");
  const IndexEntry found = index_entry_of(kSeq, entry);
  EXPECT_EQ(found.kind, "vote.robot");
  EXPECT_TRUE(found.examples.empty());
  EXPECT_TRUE(found.links.empty());
  std::string marked = entry_of(some_vote(1));
  marked.insert(1, R"("aaa":1,)");  // A key that stands before ours.
  expect_same_both_ways(marked);
  EXPECT_EQ(index_entry_of(kSeq, marked).actor, kAda);
}

}  // namespace
}  // namespace hone::ledger_internal
