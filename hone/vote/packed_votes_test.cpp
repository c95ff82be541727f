#include "hone/vote/packed_votes.h"

#include <gtest/gtest.h>

#include <limits>

#include "hone/core/random.h"

namespace hone {
namespace {

PackedVotes packed(const SourceVotes& votes) {
  PackedVotes packed;
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote)
    packed.add(votes.examples[vote], votes.classes[vote], votes.confidence.empty() ? 1.0f : votes.confidence[vote]);
  return packed;
}

void expect_back(const SourceVotes& votes) {
  const PackedVotes kept = packed(votes);
  EXPECT_EQ(kept.size(), votes.examples.size());
  EXPECT_EQ(kept.unpacked().examples, votes.examples);
  EXPECT_EQ(kept.unpacked().classes, votes.classes);
  EXPECT_EQ(kept.unpacked().confidence, votes.confidence);
}

TEST(PackedVotes, ComeBackAsTheyWere) {
  expect_back({});
  expect_back({{0}, {7}, {}});
  expect_back({{0, 1, 2, 130, 131, 20000}, {1, 1, 1, 1, 1, 1}, {}});
  expect_back({{5, 6, 7}, {1, 1, 2}, {}});
  expect_back({{127, 255, 256, 16640, std::numeric_limits<std::uint32_t>::max() - 2, std::numeric_limits<std::uint32_t>::max() - 1},
               {0, 0, 3, 0, 0, 0},
               {}});
}

TEST(PackedVotes, ComeBackWithTheirConfidences) {
  expect_back({{0, 1, 2}, {1, 1, 1}, {0.5f, 1.0f, 0.25f}});
  expect_back({{0, 1, 300}, {1, 2, 1}, {1.0f, 1.0f, 0.25f}});
}

TEST(PackedVotes, ComeBackForSeveralClassesOfOneExample) {
  expect_back({{0, 0, 0, 7, 7, 900, 900}, {0, 1, 5, 2, 3, 0, 65534}, {}});
  expect_back({{4000000000u, 4000000000u}, {0, 1}, {0.125f, 1.0f}});
}

TEST(PackedVotes, ComeBackFromAnyDistances) {
  RandomStream random(1, "packed");
  for (std::uint32_t most : {2u, 300u, 100'000u, 50'000'000u}) {
    SourceVotes votes;
    std::uint64_t example = 0;
    for (int vote = 0; vote < 1000; ++vote, example += 1 + random.below(most)) {
      if (example >= std::numeric_limits<std::uint32_t>::max()) break;
      votes.examples.push_back(static_cast<std::uint32_t>(example));
      votes.classes.push_back(static_cast<ClassId>(vote < 500 ? 4 : random.below(3)));
    }
    expect_back(votes);
  }
}

}  // namespace
}  // namespace hone
