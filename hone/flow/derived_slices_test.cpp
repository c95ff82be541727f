#include "hone/flow/derived_slices.h"

#include <gtest/gtest.h>

#include <set>

#include "hone/data/data_testing.h"

namespace hone {
namespace {

std::vector<DerivedSlice> slices_of(const std::string& yaml) { return parse_derived_slices(ConfigNode::parse_yaml(yaml, "hone.yaml")); }

std::string refusal_of(const std::string& yaml) {
  return error_of([&] { slices_of(yaml); })->what();
}

// A dataset of one column beside the text.
class DerivedSlicesOfRows : public testing::Test {
 protected:
  Dataset dataset(const std::vector<std::string>& values) {
    std::string csv = "text,kind\n";
    for (const std::string& value : values) csv += "x,\"" + value + "\"\n";
    ImportOptions options;
    options.files = {write_text(folder_ / "rows.csv", csv)};
    options.text = {"text"};
    return {objects_, import_dataset(objects_, options)};
  }

  TestFolder folder_;
  ObjectStore objects_{folder_ / "objects"};
};

TEST(DerivedSlices, AreReadBesideConditions) {
  const std::vector<DerivedSlice> slices = slices_of(
      "[{slice: a, any: [x]}, {each: kind}, {name: unsure, confidence: {at_least: 0.2, below: 0.6}}, {slice: odds, disagree: [labels, "
      "model]}]");
  ASSERT_EQ(slices.size(), 3u);
  EXPECT_EQ(slices[0].name, "kind");
  EXPECT_EQ(slices[0].field, "kind");
  EXPECT_EQ(slices[1].name, "unsure");
  EXPECT_EQ(slices[1].bounds.size(), 2u);
  EXPECT_EQ(slices[2].kind, DerivedSlice::Kind::kDisagree);
}

TEST(DerivedSlices, RefuseWhatTheyDoNotKnow) {
  EXPECT_TRUE(has(refusal_of("[{slice: a, each: kind, any: [x]}]"), "hone.yaml:1:25: unknown key 'any'"));
  EXPECT_TRUE(has(refusal_of("[{slice: a, name: b, each: kind}]"), "the same key"));
  EXPECT_TRUE(has(refusal_of("[{each: two words}]"), "add slice: NAME"));
  EXPECT_TRUE(has(refusal_of("[{slice: a, confidence: {below: 2}}]"), "from 0 to 1"));
  EXPECT_TRUE(has(refusal_of("[{slice: a, disagree: [model]}]"), "expected [model, labels]"));
}

TEST_F(DerivedSlicesOfRows, ShowTheLargestValuesAndCountTheOthers) {
  std::vector<std::string> values;
  for (int value = 0; value < 300; ++value) values.insert(values.end(), 10 + (value < 150 ? 1 : 0), "v" + std::to_string(value));
  for (int value = 0; value < 50'000; ++value) values.push_back("only " + std::to_string(value));
  values.insert(values.end(), 3, "");
  const Dataset rows = dataset(values);
  const DerivedSlices derived = derive_slices(slices_of("[{each: kind}]"), rows, {});
  ASSERT_EQ(derived.slices.size(), 201u);
  EXPECT_EQ(derived.slices[0].name, "kind: v0");
  EXPECT_EQ(derived.slices[0].rows.size(), 11u);
  EXPECT_EQ(derived.slices[150].name, "kind: v150") << "of equal size the lower by its bytes";
  EXPECT_EQ(derived.slices[200].name, "kind: (missing)");
  EXPECT_EQ(derived.slices[200].definition.dump(), R"({"where":{"field":"kind","present":false}})");
  EXPECT_EQ(derived.slices[200].rows.size(), 3u);
  EXPECT_EQ(derived.values[0].values, 50'300u);
  EXPECT_EQ(derived.values[0].shown, 200u);
  EXPECT_EQ(derived.values[0].other_rows[0] + derived.values[0].other_rows[1] + derived.values[0].other_rows[2], 50'000u + 100 * 10u);
}

TEST_F(DerivedSlicesOfRows, NameEachValueInOneLineOfItsOwn) {
  std::vector<std::string> values(10, std::string(100, 'a') + "b");
  values.insert(values.end(), 10, std::string(100, 'a') + "c");
  values.insert(values.end(), 10, "two\nlines");
  values.insert(values.end(), 10, "(missing)");
  values.emplace_back("");
  std::set<std::string> names;
  for (const DerivedRows& slice : derive_slices(slices_of("[{each: kind}]"), dataset(values), {}).slices) names.insert(slice.name);
  EXPECT_EQ(names, (std::set<std::string>{"kind: " + std::string(80, 'a') + "…", "kind: " + std::string(80, 'a') + "… (2)",
                                          "kind: two lines", "kind: (missing)", "kind: (missing) (2)"}));
}

TEST_F(DerivedSlicesOfRows, TakeWhatTheSystemsSay) {
  const Dataset rows = dataset({"a", "b", "c", "d"});
  SystemsSaid said;
  said.confidence = [](std::uint32_t row) { return row == 3 ? std::nullopt : std::optional(0.2 + 0.3 * row); };
  const std::vector<DerivedSlice> slices = slices_of(
      "[{slice: low, confidence: {below: 0.5}}, {slice: high, confidence: {at_least: 0.5}}, {slice: odds, disagree: [model, labels]}]");
  DerivedSlices derived = derive_slices(slices, rows, said);
  EXPECT_EQ(derived.slices[0].rows, (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(derived.slices[1].rows, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(derived.slices[2].note, "no trained model");
  said.disagree = [](std::uint32_t row) { return row == 2; };
  derived = derive_slices(slices, rows, said);
  EXPECT_EQ(derived.slices[2].rows, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(derived.slices[2].note, "");
}

TEST_F(DerivedSlicesOfRows, RefuseAColumnThatIsNotThere) {
  const auto error = error_of([&] { derive_slices(slices_of("[{slice: s, each: kidn}]"), dataset({"a"}), {}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()),
            "slice 's' in hone.yaml:1 reads the field 'kidn', which the data does not have; did you mean 'kind'?");
}

}  // namespace
}  // namespace hone
