#include "hone/job/child_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

using Clock = std::chrono::steady_clock;

ChildCommand shell(const std::string& script, bool is_written_to = true) {
  return {.words = {"sh", "-c", script}, .environment = {"PATH=/usr/bin:/bin", "WORD=said"}, .is_written_to = is_written_to};
}

struct Heard {
  std::string out, error;
  ChildProcess::Exchange exchange(std::string_view input = {}) {
    return {.input = input,
            .take_out = [this](std::string_view bytes) { out += bytes; },
            .take_error = [this](std::string_view bytes) { error += bytes; }};
  }
};

TEST(ChildProcess, AnswersBatchAfterBatch) {
  ChildProcess child(shell("while read line; do echo \"got $line\"; echo noise >&2; done; exit 7"));
  for (const std::string line : {"one", "two"}) {
    Heard heard;
    const std::string input = line + "\n";
    auto exchange = heard.exchange(input);
    exchange.is_done = [&] { return heard.out.ends_with('\n'); };
    EXPECT_EQ(child.exchange(exchange), ChildProcess::Stopped::kDone);
    EXPECT_EQ(heard.out, "got " + line + "\n");
  }
  child.close_input();
  Heard rest;
  EXPECT_EQ(child.exchange(rest.exchange()), ChildProcess::Stopped::kEnded);
  EXPECT_EQ(how_it_ended("sh", child.wait()), "sh ended with status 7");
}

TEST(ChildProcess, GetsWhatIsGivenAndNoMore) {
  const RemovedAtEnd folder(temporary_name(std::filesystem::temp_directory_path()));
  make_folder(folder.path());
  ::setenv("HONE_TEST_SECRET", "secret", 1);
  ChildCommand command = shell("pwd; env; cat", false);
  command.folder = folder.path();
  ChildProcess child(command);
  Heard heard;
  child.exchange(heard.exchange());
  ::unsetenv("HONE_TEST_SECRET");
  EXPECT_TRUE(heard.out.starts_with(folder.path().string() + "\n")) << heard.out;
  EXPECT_NE(heard.out.find("WORD=said"), std::string::npos);
  EXPECT_EQ(heard.out.find("secret"), std::string::npos);
}

TEST(ChildProcess, TakesMoreThanAPipeHoldsInBothDirections) {
  ChildProcess child(shell("cat"));
  const std::string input(4 << 20, 'x');
  Heard heard;
  auto exchange = heard.exchange(input);
  exchange.is_done = [&] { return heard.out.size() == input.size(); };
  EXPECT_EQ(child.exchange(exchange), ChildProcess::Stopped::kDone);
  EXPECT_EQ(heard.out, input);
}

TEST(ChildProcess, ThatReadsNothingMoreEndsNobodyElse) {
  ChildProcess child(shell("exec 0<&-; echo bye; exit 3"));
  Heard heard;
  const std::string input(1 << 20, 'x');
  EXPECT_EQ(child.exchange(heard.exchange(input)), ChildProcess::Stopped::kEnded);
  EXPECT_EQ(heard.out, "bye\n");
  EXPECT_EQ(how_it_ended("sh", child.wait()), "sh ended with status 3");
}

TEST(ChildProcess, IsEndedWithWhatItStartedWhenItsTimeIsUp) {
  pid_t grandchild = 0;
  {
    ChildProcess child(shell("sleep 600 & echo $!; wait"));
    Heard heard;
    auto exchange = heard.exchange();
    exchange.is_done = [&] { return heard.out.ends_with('\n'); };
    ASSERT_EQ(child.exchange(exchange), ChildProcess::Stopped::kDone);
    grandchild = std::stoi(heard.out);
    exchange.is_done = {};
    exchange.deadline = Clock::now() + std::chrono::milliseconds(50);
    EXPECT_EQ(child.exchange(exchange), ChildProcess::Stopped::kTimeIsUp);
    EXPECT_EQ(::kill(grandchild, 0), 0);
  }
  // It dies a moment later, and may then wait to be reaped by init.
  const std::filesystem::path status = "/proc/" + std::to_string(grandchild) + "/stat";
  const auto is_alive = [&] {
    std::ifstream file(status);
    std::string text;
    return std::getline(file, text) && text.find(") Z") == std::string::npos;
  };
  const auto end = Clock::now() + std::chrono::seconds(30);
  while (is_alive() && Clock::now() < end) std::this_thread::yield();
  EXPECT_FALSE(is_alive());
}

TEST(ChildProcess, ThatCannotBeStartedSaysWhy) {
  const auto failure_of = [](ChildCommand command) {
    try {
      ChildProcess child(command);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kChildFailed);
      return std::string(error.what());
    }
    return std::string("it started");
  };
  EXPECT_EQ(failure_of({.words = {"no-such-program"}, .environment = {"PATH=/usr/bin:/bin"}}),
            "cannot start 'no-such-program': there is no such program in PATH");
  EXPECT_EQ(failure_of({.words = {"./mine"}, .environment = {}, .folder = "/nonexistent"}),
            "cannot start '/nonexistent/./mine': No such file or directory");
  EXPECT_EQ(failure_of({.words = {"/etc/passwd"}, .environment = {}}), "cannot start '/etc/passwd': Permission denied");
}

TEST(ChildProcess, SaysWhichSignalEndedIt) {
  ChildProcess child(shell("kill -SEGV $$"));
  Heard heard;
  child.exchange(heard.exchange());
  EXPECT_EQ(how_it_ended("sh", child.wait()), "sh was ended by SIGSEGV (Segmentation fault)");
}

}  // namespace
}  // namespace hone
