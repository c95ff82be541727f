#include "hone/core/config.h"

#include <gtest/gtest.h>

#include "hone/core/json.h"

namespace hone {
namespace {

ConfigNode parse(std::string_view text) { return ConfigNode::parse_yaml(text, "hone.yaml"); }

std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code() == ErrorCode::kInvalidProject ? error.what() : "another code";
  }
  return "no complaint";
}
std::string refusal(std::string_view text) {
  return complaint([&] { parse(text); });
}

TEST(Config, ReadsAMapInTheOrderOfTheFile) {
  const ConfigNode root = parse("data:\n  files: [a.csv, b.csv]\n  id: 00123\ntask: {kind: classification}\n");
  ASSERT_EQ(root.entries().size(), 2u);
  EXPECT_EQ(root.entries()[0].first, "data");
  EXPECT_EQ(root.at("data").at("id").text(), "00123");
  EXPECT_EQ(root.at("data").at("files").texts(), (std::vector<std::string>{"a.csv", "b.csv"}));
  EXPECT_EQ(root.at("task").at("kind").texts(), std::vector<std::string>{"classification"});
  EXPECT_EQ(root.find("gold"), nullptr);
}

TEST(Config, KnowsWhereEachPartStands) {
  const ConfigNode root = parse("data:\n  files: a.csv\n  id: [x, y]\n");
  EXPECT_EQ(root.at("data").line(), 2);
  EXPECT_EQ(root.at("data").at("id").items()[1].line(), 3);
  EXPECT_EQ(root.at("data").at("id").items()[1].column(), 11);
}

TEST(Config, TellsNothingFromAnEmptyText) {
  const ConfigNode root = parse("a:\nb: ''\nc: \"\"\nd: ~\ne: null\nf: 'null'\ng: [ , x]\n");
  for (const char* key : {"a", "d", "e"}) EXPECT_TRUE(root.at(key).is_null()) << key;
  for (const char* key : {"b", "c"}) EXPECT_EQ(root.at(key).text(), "") << key;
  EXPECT_EQ(root.at("f").text(), "null");
  EXPECT_TRUE(parse("").is_null());
  EXPECT_TRUE(parse("# nothing but a comment\n").is_null());
}

TEST(Config, ReadsNumbersWholeNumbersAndTruth) {
  const ConfigNode root = parse("a: 1.5\nb: -3\nc: true\nd: yes\ne: .inf\nf: 1e3\ng: 12x\nh: 0x10\ni: nan\n");
  EXPECT_EQ(root.at("a").number(), 1.5);
  EXPECT_EQ(root.at("b").integer(), -3);
  EXPECT_TRUE(root.at("c").boolean());
  EXPECT_EQ(root.at("f").integer(), 1000);
  EXPECT_EQ(complaint([&] { root.at("d").boolean(); }), "hone.yaml:4:4: expected true or false, found 'yes'");
  EXPECT_EQ(complaint([&] { root.at("a").integer(); }), "hone.yaml:1:4: expected a whole number, found '1.5'");
  for (const char* key : {"c", "e", "g", "h", "i"})
    EXPECT_NE(complaint([&] { root.at(key).number(); }).find("expected a number"), std::string::npos) << key;
}

TEST(Config, SaysWhatStandsWhereSomethingElseWasExpected) {
  const ConfigNode root = parse("data: [a, b]\ntask:\n");
  EXPECT_EQ(complaint([&] { root.at("data").text(); }), "hone.yaml:1:7: expected a single value, found a list");
  EXPECT_EQ(complaint([&] { root.at("data").entries(); }), "hone.yaml:1:7: expected keys with values, found a list");
  EXPECT_EQ(complaint([&] { root.items(); }), "hone.yaml:1:1: expected a list, found keys with values");
  EXPECT_NE(complaint([&] { root.at("task").text(); }).find("expected a single value, found nothing"), std::string::npos);
  EXPECT_EQ(complaint([&] { root.at("gold"); }), "hone.yaml:1:1: the key 'gold' is missing here");
  EXPECT_NE(complaint([&] { parse("a: [[b]]").at("a").texts(); }).find("expected a single value, found a list"), std::string::npos);
}

TEST(Config, NamesTheNearestKnownKeyAndWhereTheUnknownOneStands) {
  const ConfigNode root = parse("task: x\ndta:\n  - a\n  - b\n");
  EXPECT_EQ(complaint([&] { root.allow_keys({"data", "task"}); }), "hone.yaml:2:1: unknown key 'dta'; did you mean 'data'?");
  EXPECT_EQ(complaint([&] { root.allow_keys({"task", "gold"}); }), "hone.yaml:2:1: unknown key 'dta'; there are: 'task' and 'gold'");
  EXPECT_EQ(complaint([&] { root.allow_keys({"task", "dta"}); }), "no complaint");
  EXPECT_EQ(complaint([&] { parse("{a: 1, b: 2}").allow_keys({"a"}); }), "hone.yaml:1:8: unknown key 'b'; there are: 'a'");
}

TEST(Config, SaysWhereTextIsNoYaml) {
  EXPECT_TRUE(refusal("a: [1, 2\nb: 3\n").starts_with("hone.yaml:2:")) << refusal("a: [1, 2\nb: 3\n");
  EXPECT_TRUE(refusal("a: 1\n\tb: 2\n").starts_with("hone.yaml:2:")) << refusal("a: 1\n\tb: 2\n");
  EXPECT_TRUE(refusal("a: 'unfinished").starts_with("hone.yaml:1:")) << refusal("a: 'unfinished");
  EXPECT_NE(refusal("a: b: c\n").find("not valid YAML"), std::string::npos);
}

TEST(Config, RefusesAKeyThatStandsTwice) { EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "hone.yaml:3:1: the key 'a' stands here twice"); }

TEST(Config, RefusesAnchorsAliasesTagsAndMergeKeys) {
  EXPECT_EQ(refusal("a: &x 1\n"), "hone.yaml:1:4: anchors are not allowed");
  EXPECT_EQ(refusal("a: &x\n  b: 1\n"), "hone.yaml:1:4: anchors are not allowed");
  EXPECT_NE(refusal("a: *x\n").find("hone.yaml:1:4: "), std::string::npos);
  EXPECT_NE(refusal("a: !!str 1\n").find("tags are not allowed"), std::string::npos);
  EXPECT_NE(refusal("a: !secret {b: 1}\n").find("tags are not allowed"), std::string::npos);
  EXPECT_NE(refusal("a: !secret\n").find("tags are not allowed"), std::string::npos);
  EXPECT_EQ(refusal("a:\n  <<: {b: 1}\n"), "hone.yaml:2:3: merge keys are not allowed");
}

TEST(Config, RefusesKeysThatAreNoSingleValue) {
  EXPECT_EQ(refusal("? [a, b]\n: 1\n"), "hone.yaml:1:3: a key must be a single value; quote it");
  EXPECT_NE(refusal("~: 1\n").find("a key must not be empty"), std::string::npos);
}

TEST(Config, RefusesWhatIsNestedTooDeep) {
  const std::string open(40, '['), close(40, ']');
  EXPECT_EQ(refusal(open + close), "hone.yaml:1:33: nested deeper than 32 levels");
  EXPECT_EQ(refusal(open.substr(8) + close.substr(8)), "no complaint");
  std::string block;
  for (int level = 0; level < 40; ++level) block += std::string(level, ' ') + "a:\n";
  EXPECT_NE(refusal(block).find("nested deeper"), std::string::npos);
  EXPECT_NE(refusal(std::string(1 << 20, '[')), "no complaint");
  std::string dashes;
  while (dashes.size() < 1 << 19) dashes += "- ";
  EXPECT_NE(refusal(dashes).find("nested deeper"), std::string::npos);
}

TEST(Config, RefusesWhatIsTooLarge) {
  EXPECT_EQ(refusal(std::string(2 << 20, '#')), "hone.yaml: larger than 1 MiB; put lists of terms into files of their own");
}

TEST(Config, RefusesBytesThatAreNoText) {
  EXPECT_EQ(refusal("a: \xff\n"), "hone.yaml: not valid UTF-8; save the file as UTF-8");
  EXPECT_EQ(refusal("a: 1\nb: x\x04y\nc: 2\n"), "hone.yaml:2:5: a control character (byte 4) cannot stand here; take it out");
  EXPECT_EQ(refusal(std::string_view("\0a: 1", 5)), "hone.yaml:1:1: a control character (byte 0) cannot stand here; take it out");
}

TEST(Config, RefusesEscapesThatGiveNoText) {
  EXPECT_EQ(refusal(R"(a: "x\Ny")"), R"(hone.yaml:1:4: the escapes \N and \_ are not allowed: write \u0085 and \u00a0)");
  EXPECT_NE(refusal(R"("\_": 1)").find("are not allowed"), std::string::npos);
  EXPECT_EQ(refusal(R"(a: "x\0y")"), "hone.yaml:1:4: a NUL character cannot stand in a value");
  EXPECT_NE(refusal(R"(a: "\ud800")").find("not valid YAML"), std::string::npos);
  EXPECT_EQ(parse(R"(a: "\u0085\u00a0\x41")").at("a").text(),
            "\u0085\u00a0"
            "A");
}

TEST(Config, RefusesASecondDocument) {
  EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"), "hone.yaml: holds more than one YAML document, or something after its end; keep one alone");
  EXPECT_EQ(refusal("---\na: 1\n...\n"), "no complaint");
}

TEST(Config, ReadsAByteOrderMarkAndWindowsLineEnds) {
  const ConfigNode root = parse(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: zwei\r\n");
  EXPECT_EQ(root.at("a").integer(), 1);
  EXPECT_EQ(root.at("b").text(), "zwei");
}

// A map of very many keys may not take time that grows with their square.
TEST(Config, ReadsManyKeysAtOnce) {
  std::string text;
  for (int key = 0; text.size() < (1 << 20) - 16; ++key) text += std::to_string(key) + ":\n";
  EXPECT_GT(parse(text).entries().size(), 100000u);
}

TEST(Config, BecomesJsonWithTypesForOptions) {
  const ConfigNode root =
      parse("b: 5\na: 1.50\nc: true\nd: '5'\ne: 00123\nf: -007\ng: 98765432109876543210\nh: [x, 1e-6]\ni:\nj: 0.5\nk: -4\n");
  EXPECT_EQ(
      root.to_json().dump(),
      R"({"a":1.5,"b":5,"c":true,"d":"5","e":"00123","f":"-007","g":"98765432109876543210","h":["x",1e-06],"i":null,"j":0.5,"k":-4})");
}

TEST(Config, BecomesJsonAsWrittenForVersions) {
  EXPECT_EQ(parse("any: [1.0, 'x', true]\nb:\n").to_json_as_written().dump(), R"({"any":["1.0","x","true"],"b":null})");
  EXPECT_NE(parse("any: [1.0]").to_json_as_written(), parse("any: [1.00]").to_json_as_written());
}

TEST(Config, AScalarWithoutAFileComplainsWithoutAPlace) {
  EXPECT_EQ(complaint([] { ConfigNode::scalar("x").number(); }), "expected a number, found 'x'");
}

}  // namespace
}  // namespace hone
