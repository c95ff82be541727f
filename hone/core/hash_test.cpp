#include "hone/core/hash.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hone {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, GivesThePublishedAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotCareHowBytesAreCut) { EXPECT_EQ(Sha256().update("a").update("").update("bc").hex(), sha256_hex("abc")); }

TEST(Sha256, OfManyShortTextsIsThatOfEach) {
  for (const std::string text : {"", "a", "abc"}) {
    const Sha256::Digest digest = sha256({text.substr(0, 1), text.substr(std::min<std::size_t>(1, text.size()))});
    EXPECT_EQ(to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}), sha256_hex(text));
  }
}

TEST(Sha256, SizedPiecesTellCutsApart) {
  EXPECT_NE(Sha256().update_sized("ab").update_sized("c").hex(), Sha256().update_sized("a").update_sized("bc").hex());
  EXPECT_NE(Sha256().update_sized("").update_sized("a").hex(), Sha256().update_sized("a").update_sized("").hex());
  EXPECT_EQ(Sha256().update_sized("abc").hex(), sha256_hex(std::string("\0\0\0\0\0\0\0\3abc", 11)));
}

TEST(Sha256, ThePrefixIsTheFirstEightBytes) { EXPECT_EQ(sha256_prefix("abc"), 0xba7816bf8f01cfeau); }

TEST(Sha256, CanBeMoved) {
  Sha256 hash;
  hash.update("ab");
  Sha256 moved = std::move(hash);
  EXPECT_EQ(moved.update("c").hex(), sha256_hex("abc"));
}

TEST(Hex, WritesEveryByte) { EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xa0\xff", 4)), "000fa0ff"); }

}  // namespace
}  // namespace hone
