#include "hone/vote/vote_file.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/vote/soft_labels.h"

namespace hone {
namespace {

class VoteFiles : public testing::Test {
 protected:
  void SetUp() override { make_folder(folder_.path()); }
  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

 private:
  RemovedAtEnd folder_{temporary_name(std::filesystem::temp_directory_path())};
};

void expect_same(const SourceVotes& a, const SourceVotes& b) {
  EXPECT_EQ(a.examples, b.examples);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.confidence, b.confidence);
}

TEST_F(VoteFiles, GiveBackTheVotesOfEachSource) {
  const std::array<SourceVotes, 4> sources{SourceVotes{}, {{0, 7, 4000000000u}, {1, 0, 65534}, {}}, {}, {{3}, {2}, {}}};
  write_source_votes(sources, file("votes"));
  const auto read = read_source_votes(file("votes"));
  ASSERT_EQ(read.size(), 4u);
  for (std::size_t source = 0; source < 4; ++source) {
    expect_same(read[source], sources[source]);
    expect_same(read_source_votes(file("votes"), source), sources[source]);
  }
}

TEST_F(VoteFiles, KeepConfidencesThatAreNotOne) {
  const std::array<SourceVotes, 2> sources{SourceVotes{{0, 1}, {1, 1}, {0.25f, 1.0f}}, {{5}, {0}, {}}};
  write_source_votes(sources, file("votes"));
  expect_same(read_source_votes(file("votes"), 0), sources[0]);
  expect_same(read_source_votes(file("votes"), 1), sources[1]);
}

TEST_F(VoteFiles, KeepSeveralClassesOfOneExample) {
  const std::array<SourceVotes, 1> sources{SourceVotes{{3, 3, 3, 8}, {0, 2, 5, 1}, {0.5f, 1.0f, 0.75f, 1.0f}}};
  write_source_votes(sources, file("votes"));
  expect_same(read_source_votes(file("votes"), 0), sources[0]);
  EXPECT_EQ(count_source_votes(file("votes")), 4u);
  EXPECT_EQ(count_voted_examples(file("votes")), 2u);
}

TEST_F(VoteFiles, HoldNoSourceAtAll) {
  write_source_votes({}, file("votes"));
  EXPECT_TRUE(read_source_votes(file("votes")).empty());
}

TEST_F(VoteFiles, AreTheSameBytesForTheSameVotes) {
  const std::array<SourceVotes, 1> sources{SourceVotes{{1, 2, 3}, {0, 1, 0}, {}}};
  write_source_votes(sources, file("a"));
  write_source_votes(sources, file("b"));
  EXPECT_EQ(read_file(file("a")), read_file(file("b")));
}

TEST_F(VoteFiles, RefuseWhatIsNoVotesAndSourcesThatAreNotThere) {
  std::ofstream(file("broken")) << "no parquet";
  EXPECT_THROW(read_source_votes(file("broken")), Error);
  write_soft_labels(SoftLabels(2), file("labels"), {});
  EXPECT_THROW(read_source_votes(file("labels")), Error);
  write_source_votes({}, file("votes"));
  EXPECT_THROW(read_source_votes(file("votes"), 0), Error);
}

}  // namespace
}  // namespace hone
