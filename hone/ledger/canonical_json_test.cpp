#include "hone/ledger/canonical_json.h"

#include <gtest/gtest.h>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"

namespace hone {
namespace {

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int time = 0; time < times; ++time) all += text;
  return all;
}

// The known answer of the specification.
std::string known_text() {
  return R"({"actor":"p:4x7d2kq0m3fz9sj1","body":{"confidence_ppm":900000,"example":"00112233445566778899aabbccddeeff","ms":2140,)"
         R"("note":"Größe\t≥ 1 \"x\" \\ €","reason":{"code":"wording","text":{"commit":")" +
         repeated("a3", 32) + R"(","payload":")" + repeated("0f", 16) +
         R"("}},"task":"intent","value":["card_arrival"]},"kind":"vote.person","role":"annotator","seq":7,)"
         R"("time":"2026-01-05T09:30:00.000123Z","v":1})";
}

TEST(CanonicalJson, GivesTheKnownAnswer) {
  const std::string text = known_text();
  ASSERT_EQ(text.size(), 445u);
  EXPECT_EQ(sha256_hex(std::string(1, '\0') + text), "5c336a2940fe424b5a044fdb1b24bcd25706e2ceca6e6e31a1900447a6302795");
  EXPECT_EQ(to_canonical(parse_canonical(text)), text);
}

TEST(CanonicalJson, WritesWhatItReads) {
  for (const std::string text : {"{}", "[]", "0", "-1", "9007199254740991", "-9007199254740991", "true", "false", "\"\"",
                                 R"("\"\\\b\t\n\f\r\u0001\u001f/)"
                                 "\x7f"
                                 R"(é€😀")",
                                 R"({"a":[1,{"b":[]}],"a0":{},"a_":"x","b":false})"}) {
    EXPECT_EQ(to_canonical(parse_canonical(text)), text);
    EXPECT_NO_THROW(check_canonical(text)) << text;
  }
}

TEST(CanonicalJson, RefusesWithTheRulesNumber) {
  const std::pair<std::string, int> texts[] = {
      {"", 1},
      {" {}", 1},
      {"{} ", 1},
      {"{}\n", 1},
      {R"({"a": 1})", 1},
      {R"({"a":1)", 1},
      {R"({"a":1,})", 1},
      {"[1,]", 1},
      {"\xEF\xBB\xBF{}", 1},
      {"nul", 1},
      {"\"" + repeated("x", kMaxEventBytes - 1) + "\"", 1},
      {R"({"A":1})", 2},
      {R"({"a-b":1})", 2},
      {R"({"":1})", 2},
      {R"({"0a":1})", 2},
      {R"({"a\n":1})", 2},
      {"{\"" + repeated("a", 33) + "\":1}", 2},
      {R"({"a":1,"a":2})", 2},
      {R"({"b":1,"a":2})", 2},
      {R"({"a":null})", 2},
      {repeated("[", 9) + repeated("]", 9), 2},
      {"1.5", 3},
      {"1e3", 3},
      {"1E3", 3},
      {"-0", 3},
      {"-", 3},
      {"01", 3},
      {"9007199254740992", 3},
      {"-9007199254740992", 3},
      {"99999999999999999999999999", 3},
      {"\"\x01\"", 4},
      {"\"\n\"", 4},
      {R"("\u0000")", 4},
      {R"("\/")", 4},
      {R"("\u000a")", 4},
      {R"("\u0041")", 4},
      {R"("\u001F")", 4},
      {R"("\u00)", 4},
      {R"("\ud800")", 4},
      {R"("\ud83d\ude00")", 4},
      {"\"\xED\xA0\x80\"", 4},
      {"\"\xC0\x80\"", 4},
      {"\"\xF4\x90\x80\x80\"", 4},
      {"\"\xC3\"", 4},
      {"\"\xFF\"", 4},
      {"\"abc", 4},
      {"\"\\", 4},
      {"\"" + repeated("x", kMaxTextBytes + 1) + "\"", 4},
  };
  for (const auto& [text, rule] : texts) {
    const std::string expected = "rule " + std::to_string(rule) + " of the event encoding: ";
    const std::string parsed = complaint_of([&] { parse_canonical(text); }), checked = complaint_of([&] { check_canonical(text); });
    EXPECT_TRUE(parsed.starts_with(expected)) << text << "\n" << parsed;
    EXPECT_EQ(parsed, checked) << text;
  }
}

TEST(CanonicalJson, TakesTheLargestThatTheRulesAllow) {
  for (const std::string& text : {repeated("[", 8) + repeated("]", 8), "\"" + repeated("x", kMaxTextBytes) + "\"",
                                  "{\"" + repeated("a", 32) + "\":1}", "[" + repeated("1,", 8190) + "10]"})
    EXPECT_EQ(to_canonical(parse_canonical(text)), text);
}

TEST(CanonicalJson, WritesNoValueThatBreaksARule) {
  using Json = nlohmann::json;
  Json deep = 1;
  for (int level = 0; level < 9; ++level) deep = Json::array({deep});
  const std::pair<Json, int> values[] = {
      {Json(0.5), 3},
      {Json(1.0), 3},
      {Json(std::int64_t{1} << 53), 3},
      {Json(~std::uint64_t{0}), 3},
      {Json(nullptr), 2},
      {Json{{"Key", 1}}, 2},
      {deep, 2},
      {Json("\xFF"), 4},
      {Json(std::string(1, '\0')), 4},
      {Json(repeated("x", kMaxTextBytes + 1)), 4},
      {Json(std::vector<std::string>(5, repeated("x", kMaxTextBytes))), 1},
  };
  for (const auto& [value, rule] : values) {
    const std::string said = complaint_of([&] { to_canonical(value); });
    EXPECT_TRUE(said.starts_with("rule " + std::to_string(rule) + " of the event encoding: ")) << said;
  }
  EXPECT_TRUE(complaint_of([&] { to_canonical(Json::array({Json::array()}), 7); }).starts_with("rule 2")) << "depth counts what is around";
}

}  // namespace
}  // namespace hone
