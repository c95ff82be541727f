#include "hone/train/train_runner.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/result.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/data/dataset.h"
#include "hone/job/child.h"
#include "hone/vote/soft_labels.h"

namespace hone {
namespace {

using nlohmann::json;

std::shared_ptr<arrow::Array> finish(arrow::ArrayBuilder& builder) { return builder.Finish().ValueOrDie(); }

void write_parquet(const std::filesystem::path& path, const std::shared_ptr<arrow::Table>& table) {
  const auto file = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file).ok());
}

constexpr ClassId kCard = 0, kLoan = 1;

// 60 rows about cards and loans in two parts, 40 to train, 10 to stop by, 10 to test; labels on all but the test rows.
class TrainJobTest : public testing::Test {
 protected:
  TrainJobTest() : folder_(temporary_name(std::filesystem::temp_directory_path())) {
    make_folder(folder_.path());
    write_part("a.parquet", 0, 40, Split::kTrain);
    write_part("b.parquet", 40, 60, Split::kValid);
    write_labels([](int row) { return row >= 50 ? kNoClass : row % 2 ? kCard : kLoan; }, 60);
    job_.parts = {path("a.parquet"), path("b.parquet")};
    job_.text = {"title", "body"};
    job_.classes = {"card", "loan"};
    job_.label_patterns = path("patterns.parquet");
    job_.label_examples = path("examples.parquet");
    job_.model = {{"name", "text-linear"}, {"epochs", 8}};
    job_.output_folder = path("out");
    job_.threads = 1;
  }

  std::filesystem::path path(const char* name) const { return folder_.path() / name; }

  void write_part(const char* name, int begin, int end, Split split) const {
    arrow::UInt8Builder splits;
    arrow::StringBuilder titles, bodies;
    for (int row = begin; row < end; ++row) {
      ASSERT_TRUE(splits.Append(static_cast<std::uint8_t>(row >= 50 ? Split::kTest : split)).ok());
      ASSERT_TRUE((row % 3 ? titles.Append(row % 2 ? "my card" : "the loan") : titles.AppendNull()).ok());
      ASSERT_TRUE(bodies.Append((row % 2 ? "the card was lost on day " : "I pay the loan on day ") + std::to_string(row)).ok());
    }
    const auto schema = arrow::schema({arrow::field(std::string(kSplitColumn), arrow::uint8()), arrow::field("title", arrow::utf8()),
                                       arrow::field("body", arrow::utf8())});
    write_parquet(path(name), arrow::Table::Make(schema, {finish(splits), finish(titles), finish(bodies)}));
  }

  template <typename LabelOf>
  void write_labels(const LabelOf& label_of, int rows) const {
    SoftLabels labels(2);
    labels.add_pattern(std::vector<double>{0.9, 0.1}, kCard);
    labels.add_pattern(std::vector<double>{0.1, 0.9}, kLoan);
    labels.add_pattern({}, kNoClass);
    std::vector<std::uint32_t> patterns;
    for (int row = 0; row < rows; ++row) patterns.push_back(label_of(row) == kNoClass ? 2u : label_of(row));
    labels.set_examples(patterns);
    write_soft_labels(labels, path("patterns.parquet"), path("examples.parquet"));
  }

  // -1: null.
  void write_gold(const std::vector<int>& gold) const {
    arrow::UInt16Builder column;
    for (const int class_id : gold) ASSERT_TRUE((class_id < 0 ? column.AppendNull() : column.Append(static_cast<ClassId>(class_id))).ok());
    write_parquet(path("gold.parquet"), arrow::Table::Make(arrow::schema({arrow::field("gold", arrow::uint16())}), {finish(column)}));
  }

  std::string trouble(ErrorCode code) const {
    try {
      run_train_job(job_, {});
      return "none";
    } catch (const Error& error) {
      EXPECT_EQ(to_string(error.code()), to_string(code));
      return error.what();
    }
  }

  RemovedAtEnd folder_;
  TrainJob job_;
};

TEST_F(TrainJobTest, TrainsAndPredictsEveryRow) {
  const json result = run_train_job(job_, {});
  EXPECT_EQ(result["model"], "model.safetensors");
  EXPECT_EQ(result["predictions"], "predictions.parquet");
  EXPECT_EQ(result["rows_predicted"], 60);
  const json& training = result["training"];
  EXPECT_EQ(training["rows"], 40);
  EXPECT_EQ(training["name"], "text-linear");
  EXPECT_EQ(training["options"]["epochs"], 8);
  ASSERT_FALSE(training["curve"].empty());
  for (const char* key : {"epoch", "train_loss", "valid_loss", "valid_accuracy", "learning_rate"})
    EXPECT_TRUE(training["curve"][0].contains(key));
  const SoftLabels predictions = read_soft_labels(job_.output_folder / "predictions.parquet", {});
  ASSERT_EQ(predictions.examples(), 60u);
  for (std::size_t row = 0; row < 60; ++row) EXPECT_EQ(predictions.hard(row), row % 2 ? kCard : kLoan) << row;
}

TEST_F(TrainJobTest, PredictingWithTheSavedModelGivesTheSameFile) {
  run_train_job(job_, {});
  TrainJob predict;
  predict.kind = "predict";
  predict.parts = job_.parts;
  predict.text = job_.text;
  predict.model_file = job_.output_folder / "model.safetensors";
  predict.output_folder = path("again");
  EXPECT_EQ(run_train_job(predict, {}), (json{{"predictions", "predictions.parquet"}, {"rows_predicted", 60}}));
  EXPECT_EQ(read_file(path("again") / "predictions.parquet"), read_file(path("out") / "predictions.parquet"));
}

TEST_F(TrainJobTest, TwoRunsAndOneOrTwoThreadsGiveTheSameBytes) {
  run_train_job(job_, {});
  const std::string model = read_file(path("out") / "model.safetensors"), predictions = read_file(path("out") / "predictions.parquet");
  for (const int threads : {1, 2}) {
    job_.threads = threads;
    job_.output_folder = path("other");
    run_train_job(job_, {});
    EXPECT_EQ(read_file(path("other") / "model.safetensors"), model) << threads;
    EXPECT_EQ(read_file(path("other") / "predictions.parquet"), predictions) << threads;
  }
  job_.seed = 1;
  run_train_job(job_, {});
  EXPECT_NE(read_file(path("other") / "model.safetensors"), model) << "the seed is not used";
}

TEST_F(TrainJobTest, ReportsItsProgressByStage) {
  std::vector<std::string> stages;
  run_train_job(job_, [&](const ProgressEvent& event) {
    if (stages.empty() || stages.back() != event.stage) stages.push_back(event.stage);
  });
  EXPECT_EQ(stages, (std::vector<std::string>{"read", "train", "predict"}));
}

TEST_F(TrainJobTest, GoldOfValidDecidesBeforeItsSoftLabels) {
  std::vector<int> gold(60, -1);
  for (std::size_t row = 40; row < 50; ++row) gold[row] = row % 2 ? kLoan : kCard;  // Against what train says.
  write_gold(gold);
  job_.valid_gold = path("gold.parquet");
  EXPECT_EQ(run_train_job(job_, {})["training"]["curve"].back()["valid_accuracy"], 0.0);
  write_gold(std::vector<int>(60, -1));
  EXPECT_EQ(run_train_job(job_, {})["training"]["curve"].back()["valid_accuracy"], 1.0);
}

TEST_F(TrainJobTest, SaysWhenNoTrainingRowHasALabel) {
  write_labels([](int row) { return row < 40 ? kNoClass : kCard; }, 60);
  EXPECT_EQ(trouble(ErrorCode::kInvalidArgument),
            "no row of the train split has a label: there is nothing to learn from; see which sources vote on it");
}

TEST_F(TrainJobTest, SaysWhenAllLabelsAreOneClass) {
  write_labels([](int row) { return row < 40 ? kCard : kLoan; }, 60);
  EXPECT_EQ(trouble(ErrorCode::kInvalidArgument),
            "all 40 labels of the train split are 'card': a model needs at least two classes; write sources that vote for others, or "
            "model: none");
}

TEST_F(TrainJobTest, NamesAnUnknownModelOrOption) {
  job_.model = {{"name", "text-liner"}};
  EXPECT_EQ(trouble(ErrorCode::kInvalidArgument), "no model named 'text-liner'; did you mean 'text-linear'?");
  job_.model = {{"name", "text-linear"}, {"epoch", 3}};
  EXPECT_EQ(trouble(ErrorCode::kInvalidArgument), "text-linear has no option 'epoch'; did you mean 'epochs'?");
}

TEST_F(TrainJobTest, NamesAMissingFileOrColumn) {
  job_.text = {"boddy"};
  EXPECT_EQ(trouble(ErrorCode::kNotFound), "'a.parquet' has no column 'boddy'; did you mean 'body'?");
  job_.text = {"body"};
  job_.parts.push_back(path("c.parquet"));
  EXPECT_NE(trouble(ErrorCode::kNotFound).find("c.parquet"), std::string::npos);
}

TEST_F(TrainJobTest, RefusesAPartThatIsNoParquet) {
  write_file_atomically(path("b.parquet"), "not Parquet at all");
  EXPECT_NE(trouble(ErrorCode::kCorruptData).find("'b.parquet': cannot be read as Parquet"), std::string::npos);
}

TEST_F(TrainJobTest, RefusesAPartWhoseMiddleIsBroken) {
  std::string bytes = read_file(path("a.parquet"));
  for (std::size_t at = 4; at < bytes.size() / 2; ++at) bytes[at] = '\xAA';
  write_file_atomically(path("a.parquet"), bytes);
  EXPECT_NE(trouble(ErrorCode::kCorruptData).find("'a.parquet'"), std::string::npos);
}

TEST_F(TrainJobTest, RefusesLabelsOfAnotherDataset) {
  write_labels([](int row) { return row % 2 ? kCard : kLoan; }, 59);
  EXPECT_EQ(trouble(ErrorCode::kCorruptData), "the labels are of 59 examples, the dataset has 60");
  job_.classes = {"card", "loan", "fraud"};
  EXPECT_EQ(trouble(ErrorCode::kCorruptData), "the labels are of 2 classes, the job names 3");
}

TEST_F(TrainJobTest, RefusesGoldOfAClassThatIsNotThere) {
  write_gold(std::vector<int>(60, 2));
  job_.valid_gold = path("gold.parquet");
  EXPECT_EQ(trouble(ErrorCode::kCorruptData), "'gold.parquet': column 'gold' holds class 2, which is not there");
}

TEST_F(TrainJobTest, RefusesAModelThatIsCutShort) {
  run_train_job(job_, {});
  const std::string model = read_file(path("out") / "model.safetensors");
  write_file_atomically(path("cut.safetensors"), model.substr(0, model.size() - 100));
  job_.kind = "predict";
  job_.model_file = path("cut.safetensors");
  EXPECT_EQ(trouble(ErrorCode::kCorruptData),
            "'cut.safetensors' is not a sound safetensors file: it ends 100 bytes before its last tensor does");
}

// The program itself: JSON lines out, status by outcome.
TEST_F(TrainJobTest, TheProgramAnswersAsTheLibraryDoes) {
  std::vector<std::string> stages;
  const json result = run_child(find_hone_train(), job_, [&](const ProgressEvent& event) { stages.push_back(event.stage); });
  EXPECT_EQ(result["rows_predicted"], 60);
  ASSERT_FALSE(stages.empty());
  EXPECT_EQ(stages.front(), "read");
  EXPECT_EQ(stages.back(), "predict");
}

TEST_F(TrainJobTest, TheProgramAnswersAnErrorWithItsMessage) {
  write_labels([](int) { return kCard; }, 60);
  try {
    run_child(find_hone_train(), job_, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("all 40 labels of the train split are 'card'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hone
