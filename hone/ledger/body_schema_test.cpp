#include "hone/ledger/body_schema.h"

#include <gtest/gtest.h>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {
namespace {

using Json = nlohmann::json;

std::string refusal(std::string_view schema, const Json& body) {
  return complaint_of([&] { BodySchema(schema).check(body, "body"); });
}

TEST(BodySchema, NamesTheMemberThatIsMissingUnknownOrWrong) {
  constexpr std::string_view kSchema = "name:text rows:count columns:[{name:text personal?:bool}] outcome:(ok|failed) note?:text";
  Json body = {{"name", "a"}, {"rows", 3}, {"columns", {{{"name", "x"}}}}, {"outcome", "ok"}};
  EXPECT_EQ(refusal(kSchema, body), "none");
  body["rows"] = -1;
  EXPECT_EQ(refusal(kSchema, body), "body.rows is not a whole number, 0 or more");
  body["rows"] = 1;
  body["columns"][0]["personal"] = "yes";
  EXPECT_EQ(refusal(kSchema, body), "body.columns[].personal is not true or false");
  body["columns"] = Json::object();
  EXPECT_EQ(refusal(kSchema, body), "body.columns is not a list");
  body["columns"] = Json::array();
  body["outcome"] = "fine";
  EXPECT_EQ(refusal(kSchema, body), "body.outcome is none of ok, failed");
  body["outcome"] = "failed";
  body["extra"] = 1;
  EXPECT_EQ(refusal(kSchema, body), "body has an unknown key 'extra'");
  body.erase("extra");
  body.erase("name");
  EXPECT_EQ(refusal(kSchema, body), "body has no 'name'");
  EXPECT_EQ(refusal(kSchema, 1), "body is not an object");
}

TEST(BodySchema, KnowsTheFormOfEachWord) {
  const Json ref = {{"bytes", 1}, {"hash", std::string(64, 'a')}, {"media", "text/plain"}};
  const Json commit = {{"commit", std::string(64, '0')}, {"payload", std::string(32, '9')}};
  const struct {
    std::string word;
    std::vector<Json> right, wrong;
  } words[] = {
      {"text", {"a"}, {"", 1}},
      {"word", {"", "a"}, {1}},
      {"count", {0, 5u}, {-1, ~std::uint64_t{0}, "1", 1.0}},
      {"int", {0, -5}, {"1", 1.5}},
      {"ppm", {0, 1000000}, {-1, 1000001}},
      {"ppb", {1000000000}, {1000000001}},
      {"bool", {true}, {1, "true"}},
      {"hash", {std::string(64, 'f')}, {std::string(63, 'f'), std::string(64, 'F'), std::string(64, 'g')}},
      {"key", {std::string(32, '0')}, {std::string(64, '0')}},
      {"time",
       {"2026-01-05T09:30:00.000123Z", "2024-02-29T23:59:59.999999Z"},
       {"2026-01-05T09:30:60.000123Z", "2026-02-29T00:00:00.000000Z", "2026-01-05T24:00:00.000000Z", "2026-01-05 09:30:00.000123Z",
        "2026-01-05T09:30:00.000123", "2026-00-05T09:30:00.000123Z"}},
      {"actor", {"p:4x7d2kq0m3fz9sj1", "s:hone-run", "k:38148a59"}, {"p:short", "Ada", "x:38148a59", "k:38148A59", "s:", "s:a b"}},
      {"role", {"annotator", "system"}, {"boss", ""}},
      {"event", {0, 7}, {-1, "7"}},
      {"ref", {ref}, {Json::object(), commit}},
      {"commit", {commit}, {ref}},
      {"counts", {Json::object(), {{"a", 1}}}, {{{"a", -1}}, 1}},
      {"any", {1, "x", Json::array()}, {}},
  };
  for (const auto& [word, right, wrong] : words) {
    for (const Json& value : right) EXPECT_EQ(refusal("x:" + word, {{"x", value}}), "none") << word << " " << value;
    for (const Json& value : wrong) EXPECT_NE(refusal("x:" + word, {{"x", value}}), "none") << word << " " << value;
  }
}

TEST(BodySchema, FindsTheEventsThatABodyNames) {
  const BodySchema schema("a:event b?:[event] c:{d:event} e:count");
  EXPECT_EQ(schema.events_named({{"a", 1}, {"b", {2, 3}}, {"c", {{"d", 4}}}, {"e", 5}}),
            (std::vector<BodySchema::NamedEvent>{{"a", 1}, {"b", 2}, {"b", 3}, {"d", 4}}));
}

TEST(BodySchema, RefusesATextThatIsNoSchema) {
  for (const std::string text : {"a", "a:", "a:nothing", "a:[text", "a:{b:text", "a:(b", "a:text]"})
    EXPECT_THROW(BodySchema{text}, Error) << text;
}

}  // namespace
}  // namespace hone
