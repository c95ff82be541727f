#include "hone/job/child.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/file.h"

namespace hone {
namespace {

// Each test's child is a shell script written for it; $1 is the job file.
class ChildTest : public testing::Test {
 protected:
  ChildTest() : folder_(temporary_name(std::filesystem::temp_directory_path())) { make_folder(folder_.path()); }

  std::filesystem::path script(const std::string& text) const {
    const auto path = folder_.path() / "worker";
    write_file_atomically(path, "#!/bin/sh\n" + text + "\n", 0755);
    return path;
  }
  nlohmann::json run(const std::string& text, const Progress& progress = {}) const {
    return run_child(script(text), {{"kind", "train"}}, progress);
  }

  std::string failure_of(const std::string& text) const {
    try {
      run(text);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kChildFailed ? error.what() : "another code";
    }
    return "nothing failed";
  }

  RemovedAtEnd folder_;
};

TEST_F(ChildTest, GivesTheResult) { EXPECT_EQ(run(R"(echo '{"result": {"rows": 3}}')"), (nlohmann::json{{"rows", 3}})); }

TEST_F(ChildTest, TheLastLineMayLackItsLineFeed) { EXPECT_EQ(run(R"(printf '{"result": {}}')"), nlohmann::json::object()); }

TEST_F(ChildTest, HandsTheJobOverAsAFileThatIsGoneAfterwards) {
  const auto result = run(R"sh(printf '{"result": {"file": "%s", "job": %s}}\n' "$1" "$(cat "$1")")sh");
  EXPECT_EQ(result["job"], (nlohmann::json{{"kind", "train"}}));
  EXPECT_FALSE(std::filesystem::exists(result["file"].get<std::string>()));
}

TEST_F(ChildTest, WaitingThreadsOfTheChildDoNotSpinWhateverTheEnvironmentSays) {
  ::setenv("OMP_WAIT_POLICY", "ACTIVE", 1);
  const auto result = run(R"(printf '{"result": {"policy": "%s"}}\n' "$OMP_WAIT_POLICY")");
  ::unsetenv("OMP_WAIT_POLICY");
  EXPECT_EQ(result["policy"], "PASSIVE");
}

TEST_F(ChildTest, PassesProgressOnInOrder) {
  std::vector<ProgressEvent> events;
  run(R"(echo '{"progress": {"stage": "train", "done": 3, "total": 20, "unit": "epochs", "note": "loss 0.41"}}'
         echo '{"progress": {"stage": "train", "done": 4}}'
         echo
         echo '{"result": {}}')",
      [&](const ProgressEvent& event) { events.push_back(event); });
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].stage, "train");
  EXPECT_EQ(events[0].done, 3u);
  EXPECT_EQ(events[0].total, 20u);
  EXPECT_EQ(events[0].unit, "epochs");
  EXPECT_EQ(events[0].note, "loss 0.41");
  EXPECT_EQ(events[1].done, 4u);
}

TEST_F(ChildTest, ASilentChildCanBeCancelled) {
  int calls = 0;
  const auto cancel = [&](const ProgressEvent& event) {
    EXPECT_EQ(event.done, 3u);
    if (++calls == 3) throw Error(ErrorCode::kBusy, "enough");
  };
  EXPECT_THROW(run(R"(echo '{"progress": {"stage": "train", "done": 3}}'; exec sleep 600)", cancel), Error);
  EXPECT_EQ(calls, 3);
}

TEST_F(ChildTest, AProgressThatThrowsEndsTheChild) {
  pid_t child = 0;
  const auto cancel = [&](const ProgressEvent& event) {
    child = static_cast<pid_t>(event.done);
    throw Error(ErrorCode::kBusy, "cancelled");
  };
  try {
    run(R"(echo "{\"progress\": {\"stage\": \"train\", \"done\": $$}}"; exec cat /dev/zero > /dev/null)", cancel);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cancelled");
  }
  EXPECT_EQ(::kill(child, 0), -1) << "the child still runs";
}

TEST_F(ChildTest, ShowsTheErrorThatTheChildAnswers) {
  EXPECT_EQ(failure_of(R"(echo '{"error": {"code": "not-found", "message": "no column '"'body'"'"}}'; exit 1)"),
            "worker: no column 'body'");
}

TEST_F(ChildTest, SaysThatMemoryProbablyRanOut) {
  EXPECT_TRUE(failure_of("kill -KILL $$").starts_with("worker was killed, most likely because memory ran out: "))
      << failure_of("kill -KILL $$");
}

TEST_F(ChildTest, NamesTheSignalAndGivesTheLastWords) {
  EXPECT_EQ(failure_of("echo about to fall >&2; kill -SEGV $$"),
            "worker was ended by SIGSEGV (Segmentation fault); its last words:\nabout to fall");
}

TEST_F(ChildTest, NamesTheExitStatus) {
  EXPECT_EQ(failure_of("exit 3"), "worker ended with status 3");
  EXPECT_EQ(failure_of(R"(echo '{"result": {}}'; exit 3)"), "worker ended with status 3");
}

TEST_F(ChildTest, AnEndWithoutAnAnswerIsAFailure) {
  EXPECT_EQ(failure_of("exit 0"), "worker ended without an answer");
  EXPECT_EQ(failure_of(R"(echo '{"progress": {"stage": "train"}}')"), "worker ended without an answer");
}

TEST_F(ChildTest, ShowsALineThatIsNoAnswer) {
  for (const std::string& line :
       {std::string("hello"), std::string("[1]"), std::string("{}"), std::string(R"({"result": 3})"), std::string(R"({"answer": {}})"),
        std::string(R"({"error": {"code": "x"}})"), std::string(R"({"progress": {"done": 1}})"),
        std::string(R"({"progress": {"stage": "train", "done": "three"}})"), std::string(R"({"result": {}, "error": {}})")})
    EXPECT_EQ(failure_of("echo '" + line + "'"), "worker wrote a line that is no answer: '" + line + "'");
  EXPECT_EQ(failure_of(R"(printf '\377\n')"), "worker wrote a line that is no answer: '\xEF\xBF\xBD'");
  EXPECT_EQ(failure_of(R"(echo '{"result": {}}'; echo '{"progress": {"stage": "train"}}')"),
            R"(worker wrote a line that is no answer: '{"progress": {"stage": "train"}}')");
}

TEST_F(ChildTest, ShowsTheBeginOfALongLine) {
  const std::string message = failure_of("head -c 1000 /dev/zero | tr '\\0' x; echo");
  EXPECT_EQ(message, "worker wrote a line that is no answer: '" + std::string(200, 'x') + "…'");
}

TEST_F(ChildTest, ALineWithoutEndIsStoppedAtItsLimit) {
  EXPECT_EQ(failure_of("exec tr '\\0' x < /dev/zero"), "worker wrote a line of more than 64 MiB");
}

TEST_F(ChildTest, KeepsTheEndOfALongStandardError) {
  const std::string message = failure_of("i=0; while [ $i -lt 20000 ]; do echo \"line $i\"; i=$((i+1)); done >&2; exit 3");
  EXPECT_TRUE(message.starts_with("worker ended with status 3; its last words:\nline ")) << message.substr(0, 100);
  EXPECT_TRUE(message.ends_with("line 19999"));
  EXPECT_LT(message.size(), 8300u);
}

TEST_F(ChildTest, DoesNotWaitForAProcessThatTheChildLeavesBehind) {
  EXPECT_EQ(run(R"(cat /dev/zero > /dev/null & echo "{\"result\": {\"left\": $!}}")").size(), 1u);
}

TEST_F(ChildTest, SaysWhyTheChildCannotBeStarted) {
  const auto start = [&](const std::filesystem::path& program) -> std::string {
    try {
      run_child(program, {}, {});
    } catch (const Error& error) {
      return error.what();
    }
    return "started";
  };
  EXPECT_EQ(start(folder_.path() / "nobody"), "cannot start '" + (folder_.path() / "nobody").string() + "': No such file or directory");
  write_file_atomically(folder_.path() / "plain", "text", 0644);
  EXPECT_EQ(start(folder_.path() / "plain"), "cannot start '" + (folder_.path() / "plain").string() + "': Permission denied");
}

TEST_F(ChildTest, HoneTrainLiesBesideThisProgram) {
  try {
    find_hone_train(folder_.path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("`model: none` in hone.yaml"), std::string::npos);
  }
  write_file_atomically(folder_.path() / "hone-train", "", 0755);
  EXPECT_EQ(find_hone_train(folder_.path()), folder_.path() / "hone-train");
  EXPECT_TRUE(std::filesystem::exists(folder_of_this_program() / "hone_job_test"));
}

}  // namespace
}  // namespace hone
