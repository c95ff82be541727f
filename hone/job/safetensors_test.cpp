#include "hone/job/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

// The bytes of a file with this header and so many bytes of data.
std::string file_of(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, 'x');
}

SafetensorsHeader parse(const std::string& bytes) { return parse_safetensors(bytes, bytes.size(), "m.safetensors"); }

std::string trouble(const std::string& bytes) {
  try {
    parse(bytes);
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    return error.what();
  }
}

std::string trouble(const std::string& header, std::size_t data_bytes) { return trouble(file_of(header, data_bytes)); }

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

class SafetensorsFileTest : public testing::Test {
 protected:
  SafetensorsFileTest() : folder_(temporary_name(std::filesystem::temp_directory_path())) { make_folder(folder_.path()); }

  void write(const std::filesystem::path& path) const {
    const std::vector<float> weights{1.5f, -2.0f, 0.25f, 3.0f, 4.0f, 5.0f};
    const std::vector<std::int32_t> rows{7, 9};
    const TensorBytes tensors[] = {{"weight", "F32", {2, 3}, std::as_bytes(std::span(weights))},
                                   {"rows", "I32", {2}, std::as_bytes(std::span(rows))}};
    write_safetensors(path, tensors, {{"format", "test/1"}, {"classes", R"(["ä","b"])"}});
  }

  std::filesystem::path path(const char* name) const { return folder_.path() / name; }

  RemovedAtEnd folder_;
};

TEST_F(SafetensorsFileTest, GivesBackWhatWasWritten) {
  write(path("a"));
  const SafetensorsFile file(path("a"));
  EXPECT_EQ(file.metadata("classes"), R"(["ä","b"])");
  EXPECT_EQ(file.read_floats("weight", 2), (std::vector<float>{1.5f, -2.0f, 0.25f, 3.0f, 4.0f, 5.0f}));
  EXPECT_EQ(file.read_integers("rows", 1), (std::vector<std::int32_t>{7, 9}));
  EXPECT_EQ(file.header().find("weight")->shape, (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(SafetensorsFileTest, WritesTheSameBytesEveryTimeWithDataOnAnEightByteBoundary) {
  write(path("a"));
  write(path("b"));
  EXPECT_EQ(read_file(path("a")), read_file(path("b")));
  EXPECT_EQ(SafetensorsFile(path("a")).header().data_begin % 8, 0u);
}

TEST_F(SafetensorsFileTest, NamesATensorOrKeyThatIsNotThereOrOfAnotherKind) {
  write(path("a"));
  const SafetensorsFile file(path("a"));
  EXPECT_THROW(file.read_floats("bias", 1), Error);
  EXPECT_THROW(file.read_floats("rows", 1), Error);
  EXPECT_THROW(file.read_floats("weight", 1), Error);
  EXPECT_THROW(file.metadata("options"), Error);
}

TEST_F(SafetensorsFileTest, AMissingFileIsNotFound) {
  try {
    SafetensorsFile file(path("none"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

TEST_F(SafetensorsFileTest, AFileCutAnywhereIsRefused) {
  write(path("a"));
  const std::string whole = read_file(path("a"));
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    write_file_atomically(path("cut"), whole.substr(0, bytes));
    EXPECT_THROW(SafetensorsFile(path("cut")), Error) << bytes;
  }
}

TEST(Safetensors, ReadsAHeaderAsOthersWriteIt) {
  const auto header = parse(
      file_of(R"({"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   )", 8));
  ASSERT_EQ(header.tensors.size(), 2u);
  EXPECT_EQ(header.tensors[0].name, "a");
  EXPECT_EQ(header.tensors[1].dtype, "BF16");
}

TEST(Safetensors, RefusesALengthBeyondTheFileOrTheLimit) {
  EXPECT_TRUE(says(trouble("short"), "shorter than 8 bytes"));
  std::string bytes = file_of("{}", 0);
  bytes[0] = 3;
  EXPECT_TRUE(says(trouble(bytes), "more than the file has"));
  bytes.replace(0, 8, 8, '\xFF');
  EXPECT_TRUE(says(trouble(bytes), "more than 100 MB"));
}

TEST(Safetensors, RefusesWhatIsNoJsonObject) {
  EXPECT_TRUE(says(trouble("{", 0), "not a JSON object"));
  EXPECT_TRUE(says(trouble("[]", 0), "not a JSON object"));
  EXPECT_TRUE(says(trouble(std::string(100000, '['), 0), "not a JSON object"));
}

TEST(Safetensors, RefusesOverlapsGapsAndBytesOfNoTensor) {
  EXPECT_TRUE(
      says(trouble(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})", 6),
           "'b' overlaps"));
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}})", 5), "bytes before tensor 'a'"));
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 5), "1 bytes at its end"));
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 3), "ends 1 bytes before"));
}

TEST(Safetensors, RefusesAShapeThatNeedsOtherBytes) {
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8), "its shape needs another number"));
  EXPECT_TRUE(
      says(trouble(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0), "its shape needs another number"));
}

TEST(Safetensors, RefusesFieldsOfAnotherForm) {
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4), "unknown dtype"));
  EXPECT_TRUE(says(trouble(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "has no 'dtype'"));
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "not a whole number from 0"));
  EXPECT_TRUE(says(trouble(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), "not a begin and an end"));
  EXPECT_TRUE(says(trouble(R"({"a":7})", 0), "has no 'dtype'"));
  EXPECT_TRUE(says(trouble(R"({"__metadata__":{"a":1}})", 0), "not a string"));
  EXPECT_TRUE(says(trouble(R"({"__metadata__":{},"__metadata__":{}})", 0), "names '__metadata__' twice"));
}

}  // namespace
}  // namespace hone
