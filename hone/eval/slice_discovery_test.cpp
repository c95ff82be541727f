#include "hone/eval/slice_discovery.h"

#include <arrow/array/builder_binary.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "hone/core/config.h"
#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/eval/slice_clusters_internal.h"
#include "hone/eval/slice_terms_internal.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/source.h"

namespace hone {
namespace {

// Rows that own what DiscoveryRows borrows.
struct OwnedRows {
  std::vector<std::string> ids;
  std::vector<std::optional<std::string>> texts;
  std::vector<SliceField> fields;
  std::vector<std::uint8_t> errors;
  std::vector<std::uint32_t> clusters;

  DiscoveryRows view() const { return {ids, texts, fields, errors, clusters}; }
};

const std::vector<std::string> kFillers{"when", "will", "the",  "money",   "come",  "please",
                                        "help", "with", "this", "account", "today", "and"};

// Rows of eight words out of twelve, two fields; `is_weak` says where 60 % are wrong, elsewhere 10 % are.
OwnedRows rows_with_weakness(std::size_t count, std::uint64_t seed,
                             const std::function<bool(const std::string& text, const std::string& channel)>& is_weak) {
  OwnedRows rows;
  rows.fields = {{"channel", {}}, {"tag", {}}};
  RandomStream dice(seed, "slice-discovery-test");
  for (std::size_t row = 0; row < count; ++row) {
    std::string text;
    for (int word = 0; word < 8; ++word) text += (word > 0 ? " " : "") + kFillers[dice.below(kFillers.size())];
    if (dice.uniform() < 0.15) text += " REFUND now";
    if (dice.uniform() < 0.3) text += ", top up";
    const std::string channel = dice.uniform() < 0.3 ? "chat" : "mail";
    rows.ids.push_back("row " + std::to_string(row));
    rows.fields[0].values.emplace_back(channel);
    rows.fields[1].values.push_back(dice.uniform() < 0.2 ? std::nullopt : std::optional<std::string>("yes"));
    rows.errors.push_back(dice.uniform() < (is_weak(text, channel) ? 0.6 : 0.1) ? 1 : 0);
    rows.texts.emplace_back(std::move(text));
  }
  return rows;
}

bool holds_refund(const std::string& text, const std::string&) { return text.find("REFUND") != std::string::npos; }
bool holds_nowhere(const std::string&, const std::string&) { return false; }

std::vector<std::uint32_t> rows_where(const OwnedRows& rows, const std::function<bool(std::size_t)>& holds) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t row = 0; row < rows.ids.size(); ++row)
    if (holds(row)) found.push_back(row);
  return found;
}

// The rows on which a line of hone.yaml holds, by the engine that evaluates slices.
std::vector<std::uint32_t> rows_by_engine(const OwnedRows& rows, const std::string& line) {
  const std::vector<Slice> slices = parse_slices(ConfigNode::parse_yaml("slices:\n  " + line + "\n", "hone.yaml").at("slices"));
  arrow::FieldVector schema;
  arrow::ArrayVector arrays;
  const auto add = [&](const std::string& name, const std::vector<std::optional<std::string>>& values) {
    arrow::StringBuilder builder;
    for (const std::optional<std::string>& value : values) EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
    arrays.push_back(builder.Finish().ValueOrDie());
    schema.push_back(arrow::field(name, arrow::utf8()));
  };
  add("text", rows.texts);
  for (const SliceField& field : rows.fields) add(field.name, field.values);
  const auto batch = arrow::RecordBatch::Make(arrow::schema(schema), static_cast<std::int64_t>(rows.ids.size()), arrays);
  const std::vector<const Condition*> conditions{&slices.at(0).condition};
  std::vector<std::vector<std::uint32_t>> hits;
  ConditionEngine(conditions, {.text = {"text"}}).evaluate(*batch, hits);
  return hits.at(0);
}

TEST(SliceDiscovery, FindsAWordThatTheSystemFailsOn) {
  const OwnedRows rows = rows_with_weakness(2000, 1, holds_refund);
  const SliceDiscovery found = discover_slices(rows.view());
  ASSERT_EQ(found.slices.size(), 1u);
  const DiscoveredSlice& slice = found.slices[0];
  EXPECT_EQ(slice.terms, (std::vector<SliceTerm>{{SliceTerm::Kind::kWords, "", "now"}})) << "equal rows: the first by the alphabet";
  EXPECT_EQ(slice.also, (std::vector<std::vector<SliceTerm>>{{{SliceTerm::Kind::kWords, "", "refund"}}}));
  EXPECT_EQ(slice.definition, "- {slice: now, any: [\"now\"]}");
  EXPECT_EQ(slice.rows, rows_where(rows, [&](std::size_t row) { return holds_refund(*rows.texts[row], ""); }));
  EXPECT_NEAR(slice.error_rate.value, 0.6, 0.15) << "four standard errors of 150 rows";
  EXPECT_NEAR(slice.rest_error_rate.value, 0.1, 0.04);
  EXPECT_LT(*slice.error_rate.low, slice.error_rate.value);
  EXPECT_LT(*slice.p, 1e-10);
  EXPECT_EQ(slice.error_rate.n + slice.rest_error_rate.n, found.tested_on);
  EXPECT_EQ(found.found_on + found.tested_on, 2000u);
  EXPECT_NEAR(static_cast<double>(found.found_on), 1000.0, 100.0) << "4.5 standard errors of a fair coin";
}

TEST(SliceDiscovery, FindsTheValueOfAFieldAndAMissingOne) {
  OwnedRows rows = rows_with_weakness(2000, 2, [](const std::string&, const std::string& channel) { return channel == "chat"; });
  const SliceDiscovery by_value = discover_slices(rows.view());
  ASSERT_FALSE(by_value.slices.empty());
  EXPECT_EQ(by_value.slices[0].definition, "- {slice: channel_is_chat, where: {field: channel, equals: \"chat\"}}");
  RandomStream dice(2, "errors");
  for (std::size_t row = 0; row < rows.errors.size(); ++row)
    rows.errors[row] = dice.uniform() < (rows.fields[1].values[row] ? 0.1 : 0.5) ? 1 : 0;
  const SliceDiscovery missing = discover_slices(rows.view());
  ASSERT_FALSE(missing.slices.empty());
  EXPECT_EQ(missing.slices[0].definition, "- {slice: tag_missing, where: {field: tag, present: false}}");
  EXPECT_EQ(described(missing.slices[0].terms), "tag is missing");
}

TEST(SliceDiscovery, FindsAPairAndNotItsParts) {
  const OwnedRows rows = rows_with_weakness(4000, 3, [](const std::string& text, const std::string& channel) {
    return text.find("top up") != std::string::npos && channel == "chat";
  });
  const SliceDiscovery found = discover_slices(rows.view());
  ASSERT_EQ(found.slices.size(), 1u);
  EXPECT_EQ(found.slices[0].definition, "- {slice: top_and_channel_is_chat, any: [\"top\"], where: {field: channel, equals: \"chat\"}}");
  EXPECT_EQ(found.slices[0].rows, rows_by_engine(rows, found.slices[0].definition));
}

// Texts of ten topics, each with thirty words of its own, of which five stand in a text beside five words of all. No word is in more than a
// fifth of a topic's texts, so that neither it nor two of them come near to the topic.
OwnedRows rows_of_topics(std::size_t count, std::uint64_t seed, std::vector<std::uint64_t>& topics) {
  OwnedRows rows;
  rows.fields = {{"channel", {}}};
  RandomStream dice(seed, "topics");
  for (std::size_t row = 0; row < count; ++row) {
    topics.push_back(dice.below(10));
    std::string text;
    for (int word = 0; word < 5; ++word) {
      text += "Topic" + std::to_string(topics.back()) + "w" + std::to_string(dice.below(30)) + " ";
      text += "filler" + std::to_string(dice.below(100)) + " ";
    }
    rows.ids.push_back("row " + std::to_string(row));
    rows.fields[0].values.emplace_back(dice.uniform() < 0.3 ? "chat" : "mail");
    rows.errors.push_back(dice.uniform() < (topics.back() == 3 ? 0.5 : 0.1) ? 1 : 0);
    rows.texts.emplace_back(std::move(text));
  }
  return rows;
}

double jaccard_of(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  std::vector<std::uint32_t> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  return static_cast<double>(common.size()) / static_cast<double>(a.size() + b.size() - common.size());
}

TEST(SliceDiscovery, FindsAClusterOfTextsThatNoTermAndNoValueComesNear) {
  std::vector<std::uint64_t> topics;
  const OwnedRows rows = rows_of_topics(4000, 11, topics);
  const std::vector<std::uint32_t> planted = rows_where(rows, [&](std::size_t row) { return topics[row] == 3; });
  const SliceDiscovery found = discover_slices(rows.view());
  ASSERT_FALSE(found.slices.empty());
  const DiscoveredSlice& slice = found.slices[0];
  ASSERT_EQ(slice.terms.size(), 1u);
  const SliceTerm& term = slice.terms[0];
  EXPECT_EQ(term.kind, SliceTerm::Kind::kTextCluster);
  for (const std::string& word : term.words) EXPECT_TRUE(word.starts_with("topic3w")) << word;
  EXPECT_GT(jaccard_of(slice.rows, planted), 0.6) << "twelve of thirty words: five draws miss all of them in one of thirteen texts";
  EXPECT_EQ(slice.rows, rows_by_engine(rows, slice.definition)) << slice.definition;
  EXPECT_NEAR(static_cast<double>(term.cluster.rows), 200.0, 60.0) << "of about 2,000 rows that are searched";
  EXPECT_LE(term.cluster.held, term.cluster.rows);
  EXPECT_LT(*slice.p, 1e-8);
  const std::vector<std::uint8_t> all(rows.ids.size(), 1);
  for (const TermRows& one : frequent_terms(rows.view(), {all, 10, 10'000}).terms)
    if (one.term.kind != SliceTerm::Kind::kTextCluster) {
      EXPECT_LT(jaccard_of(one.rows, planted), 0.25) << described({&one.term, 1});
    }
}

TEST(SliceDiscovery, MakesTheSameClustersWhateverTheOrderOfRows) {
  std::vector<std::uint64_t> topics;
  const OwnedRows rows = rows_of_topics(1500, 12, topics);
  std::vector<std::string> ids = rows.ids;
  std::vector<std::optional<std::string>> texts = rows.texts;
  std::ranges::reverse(ids);
  std::ranges::reverse(texts);
  const std::vector<std::uint8_t> all(rows.ids.size(), 1);
  const std::vector<SliceTerm> one = text_clusters(TokenizedTexts(rows.texts), rows.ids, all, 10);
  EXPECT_EQ(one, text_clusters(TokenizedTexts(texts), ids, all, 10));
  EXPECT_GE(one.size(), 10u) << "of ten topics, at least one each";
}

TEST(SliceDiscovery, MakesNoClustersOfTextsThatHaveNothingInCommon) {
  std::vector<std::optional<std::string>> texts(600);
  std::vector<std::string> ids;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    ids.push_back(std::to_string(row));
    if (row % 3 != 0) texts[row] = row % 3 == 1 ? "" : "word" + std::to_string(row);
  }
  const std::vector<std::uint8_t> all(texts.size(), 1);
  EXPECT_TRUE(text_clusters(TokenizedTexts(texts), ids, all, 10).empty());
  EXPECT_TRUE(text_clusters(TokenizedTexts({}), {}, {}, 10).empty());
}

TEST(SliceDiscovery, TakesSystemsThatAreHardlyEverRightAndSlicesOfNearlyAllRows) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    OwnedRows rows = rows_with_weakness(120, seed, holds_nowhere);
    RandomStream dice(seed, "hardly-ever-right");
    for (std::size_t row = 0; row < rows.errors.size(); ++row) {
      rows.fields[0].values[row] = dice.uniform() < 0.9 ? "mail" : "chat";
      rows.errors[row] = *rows.fields[0].values[row] == "mail" || dice.uniform() < 0.5 ? 1 : 0;
    }
    const SliceDiscovery found = discover_slices(rows.view());
    for (const DiscoveredSlice& slice : found.slices) EXPECT_LE(*slice.p, 0.05);
  }
}

// Of 40 sets 2 are expected at most, and 7 in one of a hundred such tests.
TEST(SliceDiscovery, FindsNothingInNoise) {
  int with_findings = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    with_findings += !discover_slices(rows_with_weakness(600, 100 + seed, holds_nowhere).view()).slices.empty();
  EXPECT_LE(with_findings, 6);
}

// A customer's rows are copies of each other: as rows they would be a finding nearly always.
TEST(SliceDiscovery, TakesRowsThatHangTogetherForOneAnother) {
  int alone = 0, together = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    OwnedRows rows = rows_with_weakness(1200, 200 + seed, holds_nowhere);
    rows.fields.push_back({"branch", {}});
    RandomStream dice(seed, "branches");
    for (std::uint32_t row = 0; row < rows.ids.size(); ++row) {
      rows.clusters.push_back(row / 30);
      if (row % 30 == 0) rows.errors[row] = dice.uniform() < 0.3 ? 1 : 0;
      rows.errors[row] = rows.errors[row - row % 30];
      rows.fields.back().values.emplace_back("b" + std::to_string(row / 30 % 8));
    }
    together += !discover_slices(rows.view()).slices.empty();
    rows.clusters.clear();
    alone += !discover_slices(rows.view()).slices.empty();
  }
  EXPECT_LE(together, 4) << "of 20; 1 is expected at most";
  EXPECT_GE(alone, 15) << "else this test shows nothing";
}

TEST(SliceDiscovery, PutsRowsThatHangTogetherIntoOneHalf) {
  OwnedRows rows = rows_with_weakness(300, 5, holds_refund);
  rows.clusters.assign(300, 7);
  const SliceDiscovery found = discover_slices(rows.view());
  EXPECT_EQ(std::max(found.found_on, found.tested_on), 300u);
  EXPECT_TRUE(found.slices.empty());
}

TEST(SliceDiscovery, FindsTheSameWhateverTheOrderOfRows) {
  const OwnedRows rows = rows_with_weakness(1500, 6, holds_refund);
  OwnedRows turned = rows;
  std::ranges::reverse(turned.ids);
  std::ranges::reverse(turned.texts);
  std::ranges::reverse(turned.errors);
  for (SliceField& field : turned.fields) std::ranges::reverse(field.values);
  const SliceDiscovery a = discover_slices(rows.view()), b = discover_slices(turned.view());
  ASSERT_EQ(a.slices.size(), b.slices.size());
  for (std::size_t place = 0; place < a.slices.size(); ++place) {
    EXPECT_EQ(a.slices[place].definition, b.slices[place].definition);
    EXPECT_EQ(a.slices[place].p, b.slices[place].p);
    std::vector<std::uint32_t> rows_of_b;
    for (const std::uint32_t row : b.slices[place].rows) rows_of_b.insert(rows_of_b.begin(), 1499 - row);
    EXPECT_EQ(a.slices[place].rows, rows_of_b);
  }
}

TEST(SliceDiscovery, TellsOfASliceThatIsTooSmallForAVerdict) {
  OwnedRows rows = rows_with_weakness(1000, 7, holds_nowhere);
  for (std::size_t row = 0; row < 1000; row += 25) {
    rows.texts[row] = "zebra";
    rows.errors[row] = 1;
  }
  const SliceDiscovery found = discover_slices(rows.view());
  EXPECT_TRUE(found.slices.empty());
  ASSERT_EQ(found.small.size(), 1u);
  EXPECT_EQ(found.small[0].name, "zebra");
  EXPECT_EQ(found.small[0].rows.size(), 40u);
  EXPECT_EQ(found.small[0].note, "too few: " + std::to_string(found.small[0].error_rate.n) + " of 30 needed");
  EXPECT_FALSE(found.small[0].p.has_value());
}

TEST(SliceDiscovery, SaysWhyItLooksForNothing) {
  OwnedRows rows = rows_with_weakness(59, 8, holds_refund);
  EXPECT_EQ(discover_slices(rows.view()).note, "too few rows with gold: 59 of 60 needed");
  EXPECT_EQ(discover_slices({}).note, "too few rows with gold: 0 of 60 needed");
  rows = rows_with_weakness(100, 8, holds_refund);
  rows.errors.assign(100, 0);
  EXPECT_EQ(discover_slices(rows.view()).note, "no row is wrong");
  rows.errors[5] = 1;
  EXPECT_EQ(discover_slices(rows.view()).note, "too few wrong rows: 1");
  rows.errors.assign(100, 1);
  EXPECT_EQ(discover_slices(rows.view()).note, "every row is wrong");
}

TEST(SliceDiscovery, NeedsNeitherTextsNorFields) {
  OwnedRows rows = rows_with_weakness(1000, 9, holds_refund);
  rows.fields.clear();
  EXPECT_FALSE(discover_slices(rows.view()).slices.empty());
  for (std::size_t row = 0; row < rows.texts.size(); ++row) rows.texts[row] = row % 2 == 0 ? std::nullopt : std::optional<std::string>("");
  const SliceDiscovery found = discover_slices(rows.view());
  EXPECT_TRUE(found.slices.empty());
  EXPECT_EQ(found.candidates, 0u);
}

TEST(SliceDiscovery, RefusesWhatDoesNotFit) {
  OwnedRows rows = rows_with_weakness(100, 10, holds_refund);
  EXPECT_THROW(discover_slices(rows.view(), {.alpha = 0.0}), Error);
  EXPECT_THROW(discover_slices(rows.view(), {.alike = 0.4}), Error);
  EXPECT_THROW(discover_slices(rows.view(), {.least_items = 0}), Error);
  rows.fields[0].values.pop_back();
  EXPECT_THROW(discover_slices(rows.view()), Error);
  rows.texts.pop_back();
  EXPECT_THROW(discover_slices(rows.view()), Error);
}

// The engine is the oracle: whatever a term is made of, its line holds on the rows that it is told with.
TEST(SliceDiscovery, WritesLinesThatHoldOnTheSameRows) {
  OwnedRows rows;
  const std::vector<std::string> texts{"Straße gesperrt, don't panic!",
                                       "STRASSE\ngesperrt",
                                       "top-up of 1,000.50 € now",
                                       "Top up: TOP UP?",
                                       "不是 我的卡",
                                       "\"quoted\" \\ back#slash: [x, y] {z}",
                                       "cafe\xCC\x81 au lait",
                                       "café au lait\tand  two spaces",
                                       "o'clock o' clock",
                                       "e.g. this.that/other",
                                       "I\xCC\x87stanbul İstanbul",
                                       "null and void, yes: no"};
  for (std::size_t row = 0; row < 240; ++row) {
    rows.ids.push_back(std::to_string(row));
    rows.texts.push_back(row % 13 == 12 ? std::nullopt
                                        : std::optional(texts[row % texts.size()] + (row % 3 == 0 ? " " + texts[row % 7] : "")));
    rows.errors.push_back(row % 2);
  }
  rows.fields = {{"a \"field\": x", {}}, {"null", {}}};
  for (std::size_t row = 0; row < 240; ++row) {
    rows.fields[0].values.emplace_back(std::vector<std::string>{"", "# no", "true", "01.50", " padded ", "it's: {a}"}[row % 6]);
    rows.fields[1].values.push_back(row % 4 == 0 ? std::nullopt : std::optional<std::string>("~"));
  }
  const std::vector<std::uint8_t> all(240, 1);
  OwnedRows half = rows;  // Terms are those that fail more often; of both halves of the errors that is all.
  std::set<std::string> names;
  std::vector<SliceTerm> terms;
  for (int turn = 0; turn < 2; ++turn) {
    for (const TermRows& term : frequent_terms(half.view(), {all, 1, 10'000}).terms) terms.push_back(term.term);
    for (std::uint8_t& error : half.errors) error = !error;
  }
  ASSERT_GT(terms.size(), 60u);
  for (const std::uint64_t at_least : {1u, 2u, 3u})
    terms.push_back({.kind = SliceTerm::Kind::kTextCluster,
                     .field = {},
                     .text = {},
                     .words = {"top", "up", "1,000.50", "o'clock", "卡", "strasse"},
                     .at_least = at_least});
  for (std::size_t place = 0; place < terms.size(); ++place) {
    const std::vector<SliceTerm> single{terms[place]}, pair{terms[place], terms[(place + 1) % terms.size()]};
    for (const std::vector<SliceTerm>& slice : {single, pair}) {
      const std::string line = slice_definition(slice_name(slice, names), slice);
      EXPECT_EQ(rows_of(rows.view(), slice), rows_by_engine(rows, line)) << line;
    }
  }
}

TEST(SliceDiscovery, GivesNamesThatAreFreeAndFitForYaml) {
  const auto words = [](const std::string& text) { return std::vector<SliceTerm>{{SliceTerm::Kind::kWords, "", text}}; };
  std::set<std::string> taken{"top_up"};
  EXPECT_EQ(slice_name(words("top up"), taken), "top_up_2");
  EXPECT_EQ(slice_name(words("top-up"), taken), "top_up_3");
  EXPECT_EQ(slice_name(words("不是"), taken), "slice");
  EXPECT_EQ(slice_name(words("null"), taken), "slice_null");
  EXPECT_EQ(slice_name(words(std::string(300, 'a')), taken), std::string(100, 'a'));
  const std::vector<SliceTerm> cluster{
      {.kind = SliceTerm::Kind::kTextCluster, .field = {}, .text = {}, .words = {"card", "lost", "stolen", "gone"}, .at_least = 2}};
  EXPECT_EQ(slice_name(cluster, taken), "card_lost_stolen");
  EXPECT_EQ(described(cluster), "at least 2 of “card”, “lost”, “stolen”, “gone”");
}

}  // namespace
}  // namespace hone
