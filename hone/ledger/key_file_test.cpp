#include "hone/ledger/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "hone/core/complaint_testing.h"
#include "hone/ledger/ledger_testing.h"

namespace hone {
namespace {

class KeyFile : public testing::Test {
 protected:
  KeyFile() : folder_(temporary_name(test_files())), file(folder_.path() / "keys" / (std::string(32, 'a') + ".key")) {
    make_folder(folder_.path());
  }
  std::string refusal() const {
    return complaint_of([&] { read_key_file(file); });
  }

  RemovedAtEnd folder_;
  std::filesystem::path file;
};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST_F(KeyFile, KeepsAKeyFromOthers) {
  const SigningKey key = SigningKey::generate("hone.test/ledger");
  write_key_file(file, key);
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_EQ(mode_of(file.parent_path()), 0700u);
  EXPECT_EQ(read_key_file(file).verifier(), key.verifier());
  EXPECT_NE(complaint_of([&] { write_key_file(file, key); }).find("is there already"), std::string::npos);
}

TEST_F(KeyFile, RefusesAKeyThatOthersCouldHave) {
  EXPECT_NE(refusal().find("No such file"), std::string::npos);
  write_key_file(file, ledger_test_key());
  for (const mode_t mode : {0640u, 0604u, 0660u}) {
    ::chmod(file.c_str(), mode);
    EXPECT_NE(refusal().find("can be read by others; chmod 600 it"), std::string::npos);
  }
  ::chmod(file.c_str(), 0600);
  EXPECT_EQ(refusal(), "none");
  for (const char* const sign : {".git", "hone.yaml"}) {
    make_folder(folder_.path() / sign);
    EXPECT_NE(refusal().find("lies in"), std::string::npos) << sign;
    EXPECT_NE(complaint_of([&] { write_key_file(folder_.path() / "other.key", ledger_test_key()); }).find("lies in"), std::string::npos)
        << sign;
    std::filesystem::remove(folder_.path() / sign);
  }
  std::filesystem::rename(file, folder_.path() / "moved.key");
  std::filesystem::create_symlink(folder_.path() / "moved.key", file);
  EXPECT_NE(refusal().find("is a link"), std::string::npos);
}

TEST_F(KeyFile, RefusesAFileThatWasChanged) {
  write_key_file(file, ledger_test_key());
  std::string text = read_file(file);
  text[text.find("seed ") + 5] = 'f';
  write_file_atomically(file, text, 0600);
  EXPECT_NE(refusal().find("its ID is not that of its name and seed"), std::string::npos);
  write_file_atomically(file, "something", 0600);
  EXPECT_NE(refusal().find("is not of the form"), std::string::npos);
}

TEST_F(KeyFile, OpensASealedKeyWithItsPassphraseAlone) {
  write_key_file(file, ledger_test_key(), "correct horse");
  EXPECT_EQ(read_file(file).find("seed "), std::string::npos);
  EXPECT_NE(refusal().find("is sealed with a passphrase"), std::string::npos);
  EXPECT_NE(complaint_of([&] { read_key_file(file, [](const auto&) { return "wrong"; }); }).find("is not opened by this passphrase"),
            std::string::npos);
  EXPECT_EQ(read_key_file(file, [](const auto&) { return "correct horse"; }).verifier(), ledger_test_key().verifier());
}

TEST(KeyFolder, LiesOutsideOfProjects) {
  EXPECT_EQ(key_file_of("/state/hone", std::string(32, 'a')), "/state/hone/keys/" + std::string(32, 'a') + ".key");
  EXPECT_THROW(key_file_of("/state/hone", "../x"), Error);
}

}  // namespace
}  // namespace hone
