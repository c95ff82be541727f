#include "hone/core/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/hash.h"

namespace hone {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() : folder_(temporary_name(std::filesystem::temp_directory_path())) { make_folder(folder_.path()); }

  std::filesystem::path in(const std::string& name) const { return folder_.path() / name; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), std::filesystem::directory_iterator()));
  }
  static std::pair<ErrorCode, std::string> failure(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return {error.code(), error.what()};
    }
    return {ErrorCode::kInternal, "nothing failed"};
  }

  RemovedAtEnd folder_;
};

TEST_F(FileTest, ReadsWhatWasWritten) {
  std::string bytes = "\0\xff line\r\n";
  for (const std::size_t size : {0u, 10u, 16384u, 16385u, 5000000u}) {
    bytes.resize(size, 'x');
    write_file_atomically(in("a"), bytes);
    EXPECT_EQ(read_file(in("a")), bytes) << size;
    EXPECT_EQ(sha256_hex_of_file(in("a")), sha256_hex(bytes)) << size;
  }
}

TEST_F(FileTest, WritesWithTheModeAskedForAndLeavesNoOtherFile) {
  write_file_atomically(in("a"), "old", 0600);
  write_file_atomically(in("a"), "new", 0440);
  struct stat info {};
  ASSERT_EQ(::stat(in("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0440u);
  EXPECT_EQ(read_file(in("a")), "new");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FileTest, KeepsTheOldBytesWhenWritingFails) {
  write_file_atomically(in("a"), "old");
  const auto broken = [](const std::filesystem::path& path) {
    std::ofstream(path) << "half";
    throw Error(ErrorCode::kIo, "gone wrong");
  };
  EXPECT_EQ(failure([&] { write_file_atomically(in("a"), broken); }).second, "gone wrong");
  EXPECT_EQ(read_file(in("a")), "old");
  EXPECT_EQ(files(), 1u);
}

// A limit on the size of files stands in for a full disk.
TEST_F(FileTest, SaysWhyTheDiskTakesNoMore) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto [code, message] = failure([&] { write_file_atomically(in("a"), std::string(1000, 'x')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(code, ErrorCode::kIo);
  EXPECT_TRUE(message.ends_with("': File too large")) << message;
  EXPECT_EQ(files(), 0u);
}

TEST_F(FileTest, NamesWhatIsNotThere) {
  const auto [code, message] = failure([&] { read_file(in("nothing")); });
  EXPECT_EQ(code, ErrorCode::kNotFound);
  EXPECT_EQ(message, "cannot open '" + in("nothing").string() + "': No such file or directory");
  EXPECT_EQ(failure([&] { stamp_of(in("nothing")); }).first, ErrorCode::kNotFound);
  EXPECT_EQ(failure([&] { sha256_hex_of_file(in("nothing")); }).first, ErrorCode::kNotFound);
  EXPECT_EQ(failure([&] { write_file_atomically(in("no/folder"), "x"); }).first, ErrorCode::kNotFound);
}

TEST_F(FileTest, AFolderIsNoFile) {
  EXPECT_EQ(failure([&] { read_file(folder_.path()); }).first, ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure([&] { sha256_hex_of_file(folder_.path()); }).first, ErrorCode::kIo);
}

TEST_F(FileTest, StopsAtTheLimitEvenWhereAFileHasNoEnd) {
  write_file_atomically(in("a"), "12345");
  EXPECT_EQ(read_file(in("a"), 5), "12345");
  EXPECT_EQ(failure([&] { read_file(in("a"), 4); }).first, ErrorCode::kInvalidArgument);
  EXPECT_EQ(failure([&] { read_file("/dev/zero", 1 << 20); }).first, ErrorCode::kInvalidArgument);
}

TEST_F(FileTest, MakesFoldersWithTheirParents) {
  make_folder(in("a/b/c"));
  make_folder(in("a/b/c"));
  make_folder(in("a/b/d/"));
  EXPECT_TRUE(std::filesystem::is_directory(in("a/b/c")));
  EXPECT_TRUE(std::filesystem::is_directory(in("a/b/d")));
}

TEST_F(FileTest, SaysWhyAFolderCannotBeMade) {
  write_file_atomically(in("file"), "");
  const auto [code, message] = failure([&] { make_folder(in("file/sub")); });
  EXPECT_EQ(code, ErrorCode::kIo);
  EXPECT_EQ(message, "cannot make the folder '" + in("file").string() + "': Not a directory");
}

TEST_F(FileTest, TheStampChangesWithTheFile) {
  write_file_atomically(in("a"), "1");
  const FileStamp before = stamp_of(in("a"));
  EXPECT_EQ(stamp_of(in("a")), before);
  std::filesystem::last_write_time(in("a"), std::filesystem::last_write_time(in("a")) + std::chrono::nanoseconds(1));
  EXPECT_NE(stamp_of(in("a")), before);
  const std::filesystem::path kept = in("b");
  std::filesystem::rename(in("a"), kept);
  write_file_atomically(in("a"), "1");
  EXPECT_NE(stamp_of(in("a")).inode, before.inode);
}

TEST_F(FileTest, TheStampChangesThoughTheTimeIsSetBack) {
  write_file_atomically(in("a"), "1");
  const auto time = std::filesystem::last_write_time(in("a"));
  const std::optional<FileStamp> before = settled_stamp_of(in("a"));
  ASSERT_TRUE(before);
  std::ofstream(in("a")) << "2";
  std::filesystem::last_write_time(in("a"), time);
  const FileStamp after = stamp_of(in("a"));
  EXPECT_EQ(after.modified_ns, before->modified_ns);
  EXPECT_EQ(after.bytes, before->bytes);
  EXPECT_EQ(after.inode, before->inode);
  EXPECT_NE(after, *before);
}

TEST_F(FileTest, ASettledStampShowsEveryLaterChange) {
  for (int change = 0; change < 20; ++change) {
    std::ofstream(in("a")) << change % 10;
    const std::optional<FileStamp> settled = settled_stamp_of(in("a"));
    std::ofstream(in("a")) << (change + 1) % 10;
    EXPECT_TRUE(!settled || stamp_of(in("a")) != *settled);
  }
}

TEST_F(FileTest, TemporaryNamesNeverRepeat) { EXPECT_NE(temporary_name(folder_.path()), temporary_name(folder_.path())); }

}  // namespace
}  // namespace hone
