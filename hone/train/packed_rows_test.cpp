#include "hone/train/packed_rows.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "hone/core/error.h"
#include "hone/core/random.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

SparseRows random_counts(RandomStream& random, std::size_t rows) {
  SparseRows counts;
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint32_t id = 0;
    for (std::uint64_t entry = random.below(40); entry > 0; --entry) {
      counts.ids.push_back(id +=
                           static_cast<std::uint32_t>(random.below(random.below(2) == 0 ? 3 : 1 << 19) + (counts.ids.empty() ? 0 : 1)));
      counts.values.push_back(static_cast<float>(1 + random.below(3) * random.below(100'000)));
    }
    counts.begin.push_back(counts.ids.size());
  }
  return counts;
}

void expect_same(const SparseRows& a, const SparseRows& b) {
  EXPECT_EQ(a.begin, b.begin);
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(a.values, b.values);
}

SparseRows all_of(const PackedRows& packed) {
  SparseRows rows;
  for (std::size_t row = 0; row < packed.size(); ++row) packed.unpack(row, rows);
  return rows;
}

class PackedRowsTest : public testing::TestWithParam<std::size_t> {};

TEST_P(PackedRowsTest, GivesBackWhatWasAppended) {
  const TestFolder folder;
  RandomStream random(3, "packed rows");
  const SparseRows first = random_counts(random, 300), second = random_counts(random, 200);
  PackedRows packed(folder / ".", GetParam());
  packed.append(first);
  packed.append(second);
  packed.finish();
  SparseRows both = first;
  both.append(second);
  expect_same(all_of(packed), both);
  EXPECT_EQ(packed.entries(), both.ids.size());
  EXPECT_TRUE(std::filesystem::is_empty(folder / ".")) << "the file has no name";
  const PackedRows moved = std::move(packed);
  expect_same(all_of(moved), both);
}

// All in memory; a file written at once; one written twice.
INSTANTIATE_TEST_SUITE_P(PackedRows, PackedRowsTest, testing::Values(PackedRows::kHeldBytes, 20'000, 1));

TEST(PackedRows, TakesNoMoreThanThreeBytesForAnNgramOfATypicalMessage) {
  const SparseRows counts =
      NgramHasher({}).count({"somebody has stolen my card and bought three plane tickets with it yesterday evening"}, 1);
  PackedRows packed(std::filesystem::temp_directory_path(), 3 * counts.ids.size() + 1);
  packed.append(counts);
  packed.append(SparseRows());
  packed.finish();
  expect_same(all_of(packed), counts);
}

TEST(PackedRows, SaysWhereTheDiskIsFull) {
  const TestFolder folder;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  RandomStream random(4, "packed rows");
  std::string said;
  try {
    PackedRows(folder / ".", 1).append(random_counts(random, 100));
  } catch (const Error& error) {
    said = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(said, "cannot keep the n-grams of the training rows in '" + (folder / ".").string() + "': File too large");
}

}  // namespace
}  // namespace hone
