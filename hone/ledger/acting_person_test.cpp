#include "hone/ledger/acting_person.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "hone/core/complaint_testing.h"
#include "hone/core/file.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/ledger_testing.h"

namespace hone {
namespace {

class ActingPerson : public testing::Test {
 protected:
  ActingPerson() : folder_(temporary_name(test_files())), state(folder_.path() / "hone") {
    make_folder(folder_.path());
    ::unsetenv("HONE_ACTOR");
  }
  ~ActingPerson() override { ::unsetenv("HONE_ACTOR"); }

  std::string refusal() const {
    return complaint_of(ErrorCode::kInvalidArgument, [&] { acting(state); });
  }

  RemovedAtEnd folder_;
  std::filesystem::path state;
};

TEST_F(ActingPerson, IsTheAccountsAndStaysTheSame) {
  const Actor actor = acting(state);
  EXPECT_TRUE(is_actor(actor.id));
  EXPECT_EQ(actor.id.substr(0, 2), "p:");
  EXPECT_EQ(actor.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567", 2), std::string::npos);
  EXPECT_EQ(actor.role, "developer");
  EXPECT_EQ(acting(state).id, actor.id);
  EXPECT_NE(acting(folder_.path() / "other").id, actor.id);
  struct stat info {};
  ASSERT_EQ(::stat((state / "person").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  ASSERT_EQ(::stat(state.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(state), {}), 1);
}

TEST_F(ActingPerson, IsWhoTheEnvironmentNames) {
  ::setenv("HONE_ACTOR", "p:4x7d2kq0m3fz9sj1", 1);
  EXPECT_EQ(acting(state).id, "p:4x7d2kq0m3fz9sj1");
  ::setenv("HONE_ACTOR", "s:nightly", 1);
  EXPECT_EQ(acting(state).id, "s:nightly");
  EXPECT_EQ(acting(state).role, "system");
  EXPECT_FALSE(std::filesystem::exists(state));
  for (const char* const wrong : {"Ada", "p:short", "p:4X7D2KQ0M3FZ9SJ1", "k:xyz", "x:1"}) {
    ::setenv("HONE_ACTOR", wrong, 1);
    EXPECT_NE(refusal().find(std::string("HONE_ACTOR is '") + wrong + "', which names nobody: set it to"), std::string::npos);
  }
  ::setenv("HONE_ACTOR", "", 1);
  EXPECT_EQ(acting(state).id.substr(0, 2), "p:");
}

TEST_F(ActingPerson, RefusesAFileThatOthersCouldHaveWrittenOrThatHoldsSomethingElse) {
  const std::string id = acting(state).id;
  const std::filesystem::path file = state / "person";
  ::chmod(file.c_str(), 0664);
  EXPECT_NE(refusal().find("the person ID '" + file.string() + "' can be read by others; chmod 600 it"), std::string::npos);
  for (const std::string& text : {std::string(), id, id + "\n\n", std::string("s:hone\n"), std::string("Ada\n")}) {
    write_file_atomically(file, text, 0600);
    EXPECT_NE(refusal().find("holds something else; restore its backup, or remove it to act as a new person"), std::string::npos) << text;
  }
  write_file_atomically(file, std::string(65, 'x'), 0600);
  EXPECT_NE(refusal().find("is larger than the 64 bytes"), std::string::npos);
  std::filesystem::remove(file);
  std::filesystem::create_symlink(folder_.path() / "nowhere", file);
  EXPECT_NE(refusal().find("is a link"), std::string::npos);
}

TEST_F(ActingPerson, SaysWhatToDoWhereItCannotBeKept) {
  write_file_atomically(state, "a file in the place of the folder");
  EXPECT_NE(complaint_of(ErrorCode::kIo, [&] { acting(state); }).find("or set HONE_ACTOR"), std::string::npos);
}

TEST_F(ActingPerson, IsTheSameForProcessesThatMakeItAtTheSameTime) {
  constexpr int kRounds = 40, kProcesses = 6;
  for (int round = 0; round < kRounds; ++round) {
    int start[2], ends[2];
    ASSERT_EQ(::pipe(start), 0);
    ASSERT_EQ(::pipe(ends), 0);
    std::vector<pid_t> children;
    for (int process = 0; process < kProcesses; ++process) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        ::close(start[1]);
        char nothing;
        while (::read(start[0], &nothing, 1) > 0) continue;  // Until all are there.
        const std::string id = acting(state).id;
        ::_exit(::write(ends[1], id.data(), id.size()) == 18 ? 0 : 1);
      }
      children.push_back(child);
    }
    for (const int end : {start[0], start[1], ends[1]}) ::close(end);
    std::set<std::string> ids;
    std::string id(18, '\0');
    int heard = 0;
    for (; ::read(ends[0], id.data(), id.size()) == 18; ++heard) ids.insert(id);
    ::close(ends[0]);
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
    EXPECT_EQ(heard, kProcesses);
    EXPECT_EQ(ids, std::set<std::string>{acting(state).id});
    std::filesystem::remove_all(state);
  }
}

TEST_F(ActingPerson, HasAnAccountsName) { EXPECT_FALSE(account_name().empty()); }

}  // namespace
}  // namespace hone
