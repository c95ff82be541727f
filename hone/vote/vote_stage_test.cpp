#include "hone/vote/vote_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/data/import.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/task_testing.h"

namespace hone {
namespace {

struct Declared {
  std::vector<Source> sources;
  std::vector<Slice> slices;

  Declared(const std::string& source_yaml, const std::string& slice_yaml)
      : sources(parse_sources(ConfigNode::parse_yaml(source_yaml, "hone.yaml"), kTwoClasses, {})),
        slices(parse_slices(ConfigNode::parse_yaml(slice_yaml, "hone.yaml"))) {}

  Applied apply(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches, int threads = 1) const {
    std::vector<const Source*> source_pointers;
    for (const Source& source : sources) source_pointers.push_back(&source);
    std::vector<const Slice*> slice_pointers;
    for (const Slice& slice : slices) slice_pointers.push_back(&slice);
    return apply_sources(batches, source_pointers, slice_pointers, {.engine = {.text = {"text"}}, .threads = threads});
  }
};

TEST(ApplySources, NumbersExamplesOverBatches) {
  const Declared declared("[{lf: a, vote: card, any: card}, {column: label}, {lf: b, vote: loan, none: card}]", "[{slice: s, any: loan}]");
  const Applied applied =
      declared.apply({batch_of({{"text", text_column({"card", "loan"})}, {"label", text_column({"loan", std::nullopt})}}),
                      batch_of({{"text", text_column({"loan card"})}, {"label", text_column({"card"})}})});
  EXPECT_EQ(applied.votes[0].unpacked().examples, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(applied.votes[0].unpacked().classes, (std::vector<ClassId>{0, 0}));
  EXPECT_EQ(applied.votes[1].unpacked().examples, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(applied.votes[1].unpacked().classes, (std::vector<ClassId>{1, 0}));
  EXPECT_EQ(applied.votes[2].unpacked().examples, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(applied.slices[0].unpacked().examples, (std::vector<std::uint32_t>{1, 2}));
}

TEST(ApplySources, CountsWhereASourceCannotSay) {
  const Declared declared("[{lf: a, vote: card, where: {field: n, above: 5}}, {column: n, classes: {'7': card}}]",
                          "[{slice: s, where: {field: n, above: 5}}]");
  const auto batch = batch_of({{"n", text_column({"7", "n/a", "", "x", "y", "z", "u", "v"})}});
  const Applied applied = declared.apply({batch, batch});
  EXPECT_EQ(applied.votes[0].unpacked().examples, (std::vector<std::uint32_t>{0, 8}));
  EXPECT_EQ(applied.failures[0].count, 12u);
  ASSERT_EQ(applied.failures[0].first.size(), ApplyFailures::kShown);
  EXPECT_EQ(applied.failures[0].first[0].example, 1u);
  EXPECT_EQ(applied.failures[0].first[0].what, "field 'n': 'n/a' is not a number");
  EXPECT_EQ(applied.failures[1].count, 12u) << "those not shown are counted too";
  EXPECT_EQ(applied.failures[1].first[1].what, "field 'n': 'x' is no class");
  EXPECT_EQ(applied.slice_failures[0].count, 12u);
}

TEST(ApplySources, KeepsAllThatFailedWhereItIsAskedTo) {
  const Declared declared("[{lf: a, vote: card, where: {field: n, above: 5}}, {lf: b, vote: card, any: x}]", "[]");
  const auto batch = batch_of({{"text", text_column(Texts(8, "x"))}, {"n", text_column({"7", "n/a", "", "x", "y", "z", "u", "v"})}});
  const std::vector<const Source*> sources{&declared.sources[0], &declared.sources[1]};
  const std::vector<std::shared_ptr<arrow::RecordBatch>> batches{batch, batch};
  const Applied kept = apply_sources(batches, sources, {}, {.engine = {.text = {"text"}}, .threads = 2, .keep_failed = true});
  EXPECT_EQ(kept.failed[0], (std::vector<std::uint32_t>{1, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15}));
  EXPECT_TRUE(kept.failed[1].empty());
  EXPECT_TRUE(declared.apply(batches).failed[0].empty()) << "nobody asked";
}

TEST(ApplySources, GivesTheSameVotesToAnyNumberOfThreads) {
  const Declared declared(
      "[{lf: a, vote: card, match: '1|4'}, {lf: b, vote: loan, any: ['7', '9']}, {column: label, classes: {'3': loan}}]", "[]");
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int batch = 0; batch < 40; ++batch) {
    Texts texts;
    for (int row = 0; row < 50; ++row) texts.push_back("number " + std::to_string((batch * 7 + row * 13) % 31));
    batches.push_back(batch_of({{"text", text_column(texts)}, {"label", text_column(Texts(50, std::to_string(batch % 5)))}}));
  }
  const Applied one = declared.apply(batches, 1), four = declared.apply(batches, 4);
  for (std::size_t source = 0; source < one.votes.size(); ++source) {
    EXPECT_GT(one.votes[source].size(), 0u);
    EXPECT_EQ(one.votes[source].unpacked().examples, four.votes[source].unpacked().examples);
    EXPECT_EQ(one.votes[source].unpacked().classes, four.votes[source].unpacked().classes);
    EXPECT_EQ(one.failures[source].count, four.failures[source].count);
  }
}

TEST(ApplySources, ReadsADatasetLikeBatches) {
  const RemovedAtEnd folder(temporary_name(std::filesystem::temp_directory_path()));
  make_folder(folder.path());
  std::ofstream file(folder.path() / "messages.csv");
  file << "text,label\n";
  for (int row = 0; row < 20000; ++row) file << (row % 7 == 0 ? "my card " : "a loan ") << row << (row % 3 == 0 ? ",card\n" : ",\n");
  file.close();
  ObjectStore objects(folder.path() / "objects");
  ImportOptions import;
  import.files = {folder.path() / "messages.csv"};
  import.text = {"text"};
  const Dataset dataset(objects, import_dataset(objects, import));
  const Declared declared("[{lf: a, vote: card, any: card}, {column: label}]", "[{slice: s, match: '9$'}]");
  const Source* sources[] = {&declared.sources[0], &declared.sources[1]};
  const Slice* slices[] = {&declared.slices[0]};
  std::uint64_t done = 0;
  const Applied one = apply_sources(dataset, sources, slices, {.engine = {.text = {"text"}}, .threads = 1},
                                    [&](const ProgressEvent& event) { done = event.done; });
  const Applied four = apply_sources(dataset, sources, slices, {.engine = {.text = {"text"}}, .threads = 4});
  EXPECT_EQ(done, 20000u);
  EXPECT_EQ(one.votes[0].size(), 2858u);
  EXPECT_EQ(one.votes[0].unpacked().examples[2], 14u);
  EXPECT_EQ(one.votes[1].size(), 6667u);
  EXPECT_EQ(one.slices[0].size(), 2000u);
  EXPECT_EQ(one.votes[0].unpacked().examples, four.votes[0].unpacked().examples);
  EXPECT_EQ(one.slices[0].unpacked().examples, four.slices[0].unpacked().examples);

  const Declared missing("[{lf: a, vote: card, any: card, field: txt}]", "[]");
  const Source* lf[] = {&missing.sources[0]};
  try {
    apply_sources(dataset, lf, {}, {.engine = {.text = {"text"}}});
    FAIL() << "a missing column was read";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "LF 'a' in hone.yaml:1: no column 'txt' in the data; did you mean 'text'?");
  }
}

TEST(ApplySources, NamesTheSourceWhoseColumnIsMissing) {
  const Declared declared("[{column: label, name: crowd}]", "[]");
  try {
    declared.apply({batch_of({{"text", text_column({"a"})}})});
    FAIL() << "a missing column was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_STREQ(error.what(), "source 'crowd' reads the field 'label', which the data does not have");
  }
}

TEST(ApplySources, VoteOnTheirSplitsAlone) {
  const Declared declared(
      "[{lf: a, vote: card, any: card, splits: [train]}, {column: n, classes: {'7': card}, splits: [train, test]}, "
      "{lf: b, vote: card, any: card}, {lf: c, vote: loan, where: {field: n, above: 1}, splits: valid}]",
      "[{slice: s, any: card}]");
  const auto splits = column<arrow::UInt8Builder>(std::vector<std::optional<std::uint8_t>>{0, 1, 2});
  const auto batch =
      batch_of({{"text", text_column({"card", "card", "card"})}, {"n", text_column({"7", "x", "7"})}, {std::string(kSplitColumn), splits}});
  const Applied applied = declared.apply({batch, batch});
  EXPECT_EQ(applied.votes[0].unpacked().examples, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(applied.votes[1].unpacked().examples, (std::vector<std::uint32_t>{0, 2, 3, 5}));
  EXPECT_EQ(applied.failures[1].count, 0u) << "what it does not look at, it cannot fail on";
  EXPECT_EQ(applied.votes[2].size(), 6u);
  EXPECT_EQ(applied.votes[3].size(), 0u);
  EXPECT_EQ(applied.failures[3].count, 2u);
  EXPECT_EQ(applied.slices[0].size(), 6u);
  EXPECT_NE(declared.sources[0].version, declared.sources[2].version);
  EXPECT_THROW(declared.apply({batch_of({{"text", text_column({"a"})}, {"n", text_column({"7"})}})}), Error);
}

TEST(ApplySources, ThatFireNowhereGiveEmptyVotes) {
  const Applied applied = Declared("[{lf: a, vote: card, any: never}]", "[]").apply({batch_of({{"text", text_column({"a", "b"})}})});
  EXPECT_EQ(applied.votes[0].size(), 0u);
  EXPECT_EQ(applied.failures[0].count, 0u);
}

}  // namespace
}  // namespace hone
