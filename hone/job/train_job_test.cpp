#include "hone/job/train_job.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"

namespace hone {
namespace {

nlohmann::json training() {
  return {{"kind", "train"},
          {"parts", {"a.parquet", "b.parquet"}},
          {"text", {"title", "body"}},
          {"classes", {"card", "loan"}},
          {"label_patterns", "patterns.parquet"},
          {"label_examples", "examples.parquet"},
          {"valid_gold", "gold.parquet"},
          {"model", {{"name", "text-linear"}, {"epochs", 5}}},
          {"seed", UINT64_MAX},
          {"threads", 2},
          {"output_folder", "out"}};
}

nlohmann::json predicting() {
  return {{"kind", "predict"}, {"parts", {"a.parquet"}}, {"text", {"body"}}, {"model_file", "m"}, {"output_folder", "out"}};
}

std::string refusal(const nlohmann::json& json) {
  try {
    json.get<TrainJob>();
  } catch (const Error& error) {
    return error.code() == ErrorCode::kInvalidArgument ? error.what() : "another code";
  }
  return "accepted";
}

TEST(TrainJob, GoesThroughJsonUnchanged) {
  EXPECT_EQ(nlohmann::json(training().get<TrainJob>()), training());
  const TrainJob job = predicting().get<TrainJob>();
  EXPECT_EQ(job.model_file, "m");
  EXPECT_EQ(job.threads, 0);
  EXPECT_EQ(nlohmann::json(nlohmann::json(job).get<TrainJob>()), nlohmann::json(job));
}

TEST(TrainJob, NamesTheFieldThatIsMissing) {
  for (const char* field : {"parts", "text", "classes", "label_patterns", "label_examples", "model", "output_folder"}) {
    nlohmann::json job = training();
    job.erase(field);
    EXPECT_NE(refusal(job).find("'" + std::string(field) + "'"), std::string::npos) << refusal(job);
  }
  for (const char* field : {"parts", "text", "model_file", "output_folder"}) {
    nlohmann::json job = predicting();
    job.erase(field);
    EXPECT_NE(refusal(job).find("'" + std::string(field) + "'"), std::string::npos) << refusal(job);
  }
}

TEST(TrainJob, NamesTheFieldOfTheWrongType) {
  const nlohmann::json good = training();
  for (const auto& [field, value] : good.items()) {
    nlohmann::json job = good;
    job[field] = nullptr;
    EXPECT_NE(refusal(job).find("'" + field + "'"), std::string::npos) << refusal(job);
  }
  EXPECT_EQ(refusal("train"), "a job is a JSON object");
}

TEST(TrainJob, RefusesWhatCannotBe) {
  const auto with = [](const char* field, const nlohmann::json& value) {
    nlohmann::json job = training();
    job[field] = value;
    return refusal(job);
  };
  EXPECT_EQ(with("kind", "trian"), "the job's 'kind' is 'trian'; there are: 'train' and 'predict'");
  EXPECT_EQ(with("classes", {"card"}), "the job's 'classes' names fewer than two classes");
  EXPECT_EQ(with("classes", {"card", "card"}), "the job's 'classes' names a class twice");
  EXPECT_EQ(with("threads", -1), "the job's 'threads' is not a whole number from 0 to 2147483647");
  EXPECT_EQ(with("threads", 1.5), "the job's 'threads' is not a whole number from 0 to 2147483647");
  EXPECT_EQ(with("threads", 3000000000), "the job's 'threads' is not a whole number from 0 to 2147483647");
  EXPECT_EQ(with("parts", {""}), "the job's 'parts' holds an empty path");
  EXPECT_EQ(with("model", {{"epochs", 3}}), "the job's 'model' has no 'name'");
  EXPECT_EQ(with("tread", 1), "a job has no field 'tread'; did you mean 'threads'?");
}

}  // namespace
}  // namespace hone
