#include "hone/ledger/refs_object.h"

#include <gtest/gtest.h>

#include "hone/core/complaint_testing.h"

namespace hone {
namespace {

ListedRef listed(const std::string& name, char digit = 'a') {
  return {.name = name, .hash = std::string(64, digit), .bytes = 7, .media = "application/json"};
}

std::string element(const std::string& name, char digit = 'a') {
  return R"({"name":")" + name + R"(","ref":{"bytes":7,"hash":")" + std::string(64, digit) + R"(","media":"application/json"}})";
}

std::string replaced(std::string text, const std::string& old, const std::string& with) {
  return text.replace(text.find(old), old.size(), with);
}

std::string refusal(const std::string& text) {
  return complaint_of(ErrorCode::kCorruptData, [&] { parse_refs(text); });
}

std::string refusal(const std::vector<ListedRef>& refs) {
  return complaint_of(ErrorCode::kInvalidArgument, [&] { refs_text(refs); });
}

TEST(RefsObject, IsWrittenInTheOrderOfItsNames) {
  EXPECT_EQ(refs_text({}), R"({"refs":[]})");
  EXPECT_EQ(refs_text({listed("b", 'b'), listed("a")}), R"({"refs":[)" + element("a") + "," + element("b", 'b') + "]}");
}

TEST(RefsObject, IsReadAsItWasWritten) {
  std::vector<ListedRef> refs = {listed("\x01"), listed("\n"), listed("a \"quoted\" \\ name"), listed("source/größe")};
  EXPECT_EQ(parse_refs(refs_text(refs)), refs);
  EXPECT_TRUE(parse_refs(refs_text({})).empty());
}

TEST(RefsObject, HoldsMoreThanAnEvent) {
  std::vector<ListedRef> refs;
  for (int number = 1000; number < 6000; ++number) refs.push_back(listed("source/" + std::to_string(number)));
  const std::string text = refs_text(refs);
  EXPECT_GT(text.size(), std::size_t{500'000});
  EXPECT_EQ(parse_refs(text), refs);
}

TEST(RefsObject, RefusesToWriteWhatNobodyReads) {
  const auto with = [](auto change) {
    ListedRef ref = listed("a");
    change(ref);
    return refusal(std::vector{ref});
  };
  EXPECT_NE(refusal({listed("a"), listed("b"), listed("a")}).find("the ref 'a' of a list of objects stands in it twice"),
            std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.name = ""; }).find("has a name of other than 1 to 1024 bytes"), std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.name = std::string(1025, 'x'); }).find("has a name of other"), std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.name = "\xff"; }).find("rule 4"), std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.hash[5] = 'A'; }).find("64 digits of lower-case hex"), std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.bytes = std::uint64_t{1} << 53; }).find("more than 2^53 - 1 bytes"), std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.media = ""; }).find("has a media type of other"), std::string::npos);
  EXPECT_NE(with([](ListedRef& ref) { ref.media = kRefsMedia; }).find("is a list itself: put what it lists into this one"),
            std::string::npos);
}

TEST(RefsObject, RefusesAnyOtherText) {
  const std::string good = refs_text({listed("a"), listed("b")});
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) EXPECT_NE(refusal(good.substr(0, bytes)), "none") << bytes;
  EXPECT_NE(refusal(good + "\n").find("something behind the value"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, ",", ", ")).find("rule"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, R"("bytes":7)", R"("bytes":7.0)")).find("rule 3"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, R"("bytes":7)", R"("bytes":-7)")).find("is not an object's {bytes, hash, media}"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, R"("bytes":7,)", "")).find("is not an object's {bytes, hash, media}"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, R"("name":"a",)", "")).find("has no 'name'"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, R"(}})", R"(},"zeal":1})")).find("has an unknown key 'zeal'"), std::string::npos);
  EXPECT_NE(
      refusal(replaced(good, R"("name":"a")", R"("name":"c")")).find("the ref 'b' of a list of objects is not in the order of the names"),
      std::string::npos);
  EXPECT_NE(refusal(replaced(good, R"("name":"a")", R"("name":"b")")).find("stands in it twice"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, "application/json", std::string(kRefsMedia))).find("is a list itself"), std::string::npos);
  EXPECT_NE(refusal(R"({"refs":{}})").find("is not a list"), std::string::npos);
  EXPECT_NE(refusal("[]").find("is not an object"), std::string::npos);
  EXPECT_NE(refusal("").find("rule 1"), std::string::npos);
}

}  // namespace
}  // namespace hone
