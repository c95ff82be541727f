#include <gtest/gtest.h>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/record/zip_internal.h"
#include "hone/store/store_testing.h"

namespace hone {
namespace {

TEST(Zip, OfTheSameFilesIsTheSameBytesWheneverTheyWereWritten) {
  const TestFolder folder;
  for (const char* name : {"one", "two"}) {
    make_folder(folder / name / "b");
    write_file_atomically(folder / name / "a.txt", std::string(100'000, 'x'));
    write_file_atomically(folder / name / "b" / "ü.txt", "");
  }
  std::filesystem::last_write_time(folder / "two" / "a.txt", std::filesystem::file_time_type{});
  for (const char* name : {"one", "two"}) write_zip(folder / name, {"a.txt", "b/ü.txt"}, "top", folder / (std::string(name) + ".zip"));
  const std::string bytes = read_file(folder / "one.zip");
  EXPECT_EQ(bytes, read_file(folder / "two.zip"));
  EXPECT_LT(bytes.size(), 1000u) << "it is compressed";
  EXPECT_NE(bytes.find("top/b/ü.txt"), std::string::npos);
}

TEST(Zip, NamesWhatIsNotThere) {
  const TestFolder folder;
  EXPECT_THROW(write_zip(folder / "", {"none"}, "top", folder / "x.zip"), Error);
  EXPECT_THROW(write_zip(folder / "", {}, "top", folder / "no" / "x.zip"), Error);
}

}  // namespace
}  // namespace hone
