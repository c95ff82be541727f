#include "hone/ledger/commitment.h"

#include <gtest/gtest.h>

#include <numeric>

namespace hone {
namespace {

TEST(Commitment, GivesTheKnownAnswers) {
  Commitment::Salt salt;
  std::iota(salt.begin(), salt.end(), std::uint8_t{0});
  EXPECT_EQ(commitment_of(salt, "The card never arrived."), "119d3d37799c3e590c31170f08f71709f6ac3cfb724abf1c7426fd84682262ff");
  EXPECT_EQ(example_key({reinterpret_cast<const char*>(salt.data()), salt.size()}, "row-42"), "9a14cbe89494b921c9ac8202fc99c617");
}

TEST(Commitment, SaltsDiffer) { EXPECT_NE(random_salt(), random_salt()); }

}  // namespace
}  // namespace hone
