// Processes that are killed, and many that write at once: whatever was acknowledged is there afterwards, once.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "hone/core/random.h"
#include "hone/ledger/ledger_faults_testing.h"

namespace hone {
namespace {

using LedgerProcesses = LedgerFaults;

// A child that runs what it is given and writes numbers to the parent.
class Child {
 public:
  explicit Child(const std::function<void(int pipe)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw Error(ErrorCode::kIo, "no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      try {
        work(ends[1]);
        ::_exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(1);
      }
    }
    ::close(ends[1]);
    read_end_ = ends[0];
    if (pid_ < 0) throw Error(ErrorCode::kIo, "no process");  // To kill -1 would be to kill everything.
  }
  ~Child() { ::close(read_end_); }
  Child(const Child&) = delete;

  static void tell(int pipe, std::uint64_t number) {
    if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(2);
  }
  // Nothing when the child is gone.
  std::optional<std::uint64_t> hear() {
    std::uint64_t number;
    return ::read(read_end_, &number, sizeof number) == sizeof number ? std::optional(number) : std::nullopt;
  }
  void kill() const { ::kill(pid_, SIGKILL); }
  int wait() const {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return status;
  }

 private:
  pid_t pid_ = 0;
  int read_end_ = -1;
};

// Numbers that were told are acknowledged.
void write_and_tell(const LedgerFolder& folder, const LedgerOptions& options, std::uint64_t from, std::uint64_t to, int pipe) {
  LedgerWriter writer(folder.ledger(), ledger_test_key(), options);
  std::deque<std::pair<std::uint64_t, std::future<LedgerReceipt>>> waiting;
  const auto answer = [&] {
    waiting.front().second.get();
    Child::tell(pipe, waiting.front().first);
    waiting.pop_front();
  };
  for (std::uint64_t token = from; token < to; ++token) {
    NewEvent vote = some_vote(1);
    vote.token = numbered_token(token);
    waiting.emplace_back(token, writer.append(vote));
    if (waiting.size() == 8) answer();
  }
  while (!waiting.empty()) answer();
}

TEST_F(LedgerProcesses, KilledAtAnySystemCallItReopensWithAllThatWasAcknowledged) {
  bool ended = false;
  for (int calls = 0; !ended; calls += static_cast<int>(some(7))) {
    put(after);
    Child child([&](int pipe) {
      LedgerOptions options = folder.options;
      int left = calls;
      options.fault = [&left](std::string_view, const std::filesystem::path&) {
        if (left-- == 0) ::kill(::getpid(), SIGKILL);
        return 0;
      };
      write_and_tell(folder, options, 500, 512, pipe);
    });
    std::vector<std::uint64_t> acknowledged;
    while (const auto token = child.hear()) acknowledged.push_back(*token);
    ended = !WIFSIGNALED(child.wait());
    ASSERT_EQ(open_and_close(folder), "none") << calls;
    LedgerReader reader = folder.read();
    const auto tokens = check_whole_log(reader);
    EXPECT_EQ(tokens.count(numbered_token(100)), 1u);
    for (const std::uint64_t token : acknowledged) EXPECT_EQ(tokens.count(numbered_token(token)), 1u) << calls;
  }
}

TEST_F(LedgerProcesses, KilledAtRandomMomentsItReopensWithAllThatWasAcknowledged) {
  RandomStream moments(20260105, "ledger.kill");
  put(after);
  std::set<std::uint64_t> acknowledged;
  for (std::uint64_t round = 0; round < (is_long() ? 200 : 10); ++round) {
    const std::uint64_t until = 1 + moments.below(60);
    {
      Child child([&](int pipe) { write_and_tell(folder, folder.options, 1000 * (round + 1), 1000 * (round + 1) + 900, pipe); });
      for (std::uint64_t heard = 0; heard < until; ++heard)
        if (const auto token = child.hear()) acknowledged.insert(*token);
      child.kill();
      while (const auto token = child.hear()) acknowledged.insert(*token);
      child.wait();
    }
    ASSERT_EQ(open_and_close(folder), "none") << round;
  }
  LedgerReader reader = folder.read();
  const auto tokens = check_whole_log(reader);
  for (const std::uint64_t token : acknowledged) EXPECT_EQ(tokens.count(numbered_token(token)), 1u) << token;
}

TEST_F(LedgerProcesses, EightProcessesWriteAllOnceWhileOneIsKilledAndOthersRead) {
  put(after);
  const std::uint64_t each = is_long() ? 1000 : 60;
  std::vector<std::unique_ptr<Child>> children;
  for (std::uint64_t number = 0; number < 8; ++number)
    children.push_back(std::make_unique<Child>([&, number](int pipe) {
      LedgerOptions options = folder.options;
      int writes = 0;
      // The first one dies inside the lock, between its entries and their checkpoint.
      if (number == 0)
        options.fault = [&](std::string_view call, const std::filesystem::path& file) {
          if (call == "pwrite" && file.filename() == "commits" && ++writes == 3) ::kill(::getpid(), SIGKILL);
          return 0;
        };
      write_and_tell(folder, options, 10000 * (number + 1), 10000 * (number + 1) + each, pipe);
    }));
  LedgerReader reader = folder.read();
  for (int look = 0; look < 20; ++look) {
    reader.refresh();
    check_whole_log(reader);
  }
  std::set<std::uint64_t> acknowledged;
  for (const auto& child : children)
    while (const auto token = child->hear()) acknowledged.insert(*token);
  for (std::size_t number = 0; number < 8; ++number) EXPECT_EQ(WIFSIGNALED(children[number]->wait()), number == 0);
  EXPECT_GE(acknowledged.size(), 7 * each);
  ASSERT_EQ(open_and_close(folder), "none");
  reader.refresh();
  const auto tokens = check_whole_log(reader);
  for (const std::uint64_t token : acknowledged) EXPECT_EQ(tokens.count(numbered_token(token)), 1u) << token;
  bool said = false;
  reader.for_each(0, reader.size(),
                  [&](std::uint64_t, std::string_view entry) { said = said || parse_event(entry).kind == "admin.recovery"; });
  EXPECT_TRUE(said) << "what the dead one left";
}

}  // namespace
}  // namespace hone
