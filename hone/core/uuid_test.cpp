#include "hone/core/uuid.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

// Python's uuid.uuid5(uuid.NAMESPACE_URL, …).
TEST(UuidV5, GivesWhatOthersGive) {
  EXPECT_EQ(uuid_v5("http://example.com/"), "0a300ee9-f9e4-5697-a51a-efc7fafaba67");
  EXPECT_EQ(uuid_v5("hone.test/ledger#7"), "1d859315-10dc-5000-b557-ffa63c3d2bdd");
  EXPECT_EQ(uuid_v5(""), "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
}

}  // namespace
}  // namespace hone
