#include "hone/core/safe_path.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

class SafePathTest : public testing::Test {
 protected:
  SafePathTest() : removed_(temporary_name(fs::temp_directory_path())) {
    make_folder(folder() / "lfs");
    write_file_atomically(folder() / "lfs" / "refunds.yaml", "inside");
    write_file_atomically(removed_.path() / "secret", "outside");
  }

  fs::path folder() const { return removed_.path() / "project"; }
  SafePath named(std::string_view name) const { return SafePath(folder(), name); }
  std::string refusal(std::string_view name) const {
    return complaint_of([&] { static_cast<void>(named(name)); });
  }

  RemovedAtEnd removed_;
};

TEST_F(SafePathTest, ReadsWhatLiesInside) {
  EXPECT_EQ(named("lfs/refunds.yaml").read(), "inside");
  EXPECT_EQ(named("./lfs/./refunds.yaml").read(), "inside");
  EXPECT_EQ(named("lfs/refunds.yaml").path(), folder() / "lfs" / "refunds.yaml");
  EXPECT_TRUE(named("lfs/refunds.yaml").is_file());
  EXPECT_FALSE(named("lfs").is_file());
  EXPECT_FALSE(named("lfs/refunds.yaml/x").is_file());
}

TEST_F(SafePathTest, RefusesNamesThatLeadOut) {
  for (const std::string_view name : {"../secret", "lfs/../../secret", "..", "/etc/passwd", "//etc/passwd"})
    EXPECT_NE(refusal(name).find("leads out of the project folder"), std::string::npos) << name;
}

TEST_F(SafePathTest, RefusesOddNames) {
  using std::string_view_literals::operator""sv;
  EXPECT_NE(refusal("").find("empty"), std::string::npos);
  EXPECT_NE(refusal("lfs//refunds.yaml").find("empty"), std::string::npos);
  EXPECT_NE(refusal("lfs/").find("empty"), std::string::npos);
  EXPECT_NE(refusal("refunds.yaml\0.txt"sv).find("control character"), std::string::npos);
  EXPECT_NE(refusal("lfs\\refunds.yaml").find("backslash"), std::string::npos);
  EXPECT_NE(refusal("a\nb").find("control character"), std::string::npos);
  EXPECT_NE(refusal("lfs./x").find("dot"), std::string::npos);
  EXPECT_NE(refusal("lfs /x").find("space"), std::string::npos);
  EXPECT_NE(refusal("lfs/nul.txt").find("device"), std::string::npos);
  EXPECT_NE(refusal("Com1").find("device"), std::string::npos);
  EXPECT_EQ(named("company.txt").name(), "company.txt");
}

TEST_F(SafePathTest, RefusesVeryLongNamesWithoutRepeatingThem) {
  EXPECT_NE(refusal(std::string(256, 'x')).find("longer than 255"), std::string::npos);
  std::string deep = "x";
  while (deep.size() <= 4096) deep += "/x";
  EXPECT_NE(refusal(deep).find("longer than 4,096"), std::string::npos);
  EXPECT_LT(refusal(std::string(1 << 20, 'x')).size(), 300u);
  EXPECT_EQ(named(std::string(255, 'x')).name().size(), 255u);
}

TEST_F(SafePathTest, FollowsNoLinkThatLeadsOut) {
  fs::create_symlink(removed_.path() / "secret", folder() / "absolute");
  fs::create_symlink("../secret", folder() / "climbing");
  fs::create_directory_symlink(removed_.path(), folder() / "folder");
  fs::create_symlink("/proc/self/environ", folder() / "magic");
  fs::create_symlink("turning", folder() / "turning");
  for (const char* name : {"absolute", "climbing", "folder/secret", "magic", "turning"}) {
    EXPECT_NE(complaint_of([&] { named(name).read(); }).find("link that leads out"), std::string::npos) << name;
    EXPECT_THROW(static_cast<void>(named(name).is_file()), Error) << name;
  }
}

TEST_F(SafePathTest, SaysWhatIsNotThereAndWhatIsNoFile) {
  EXPECT_NE(complaint_of([&] { named("lfs/none").read(); }).find("no file"), std::string::npos);
  EXPECT_NE(complaint_of([&] { named("lfs").read(); }).find("is no file"), std::string::npos);
  EXPECT_NE(complaint_of([&] { SafePath(folder() / "gone", "x").read(); }).find("no file"), std::string::npos);
  ASSERT_EQ(mkfifo((folder() / "pipe").c_str(), 0600), 0);
  EXPECT_NE(complaint_of([&] { named("pipe").read(); }).find("is no file"), std::string::npos);  // And does not wait for a writer.
}

TEST_F(SafePathTest, HasALimit) {
  EXPECT_EQ(named("lfs/refunds.yaml").read(6), "inside");
  EXPECT_NE(complaint_of([&] { named("lfs/refunds.yaml").read(5); }).find("larger than 5 bytes"), std::string::npos);
}

}  // namespace
}  // namespace hone
