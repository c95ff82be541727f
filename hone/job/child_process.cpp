#include "hone/job/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "hone/core/error.h"
#include "hone/job/child_failure_internal.h"

namespace hone {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::chrono::milliseconds kIdle(200);  // How often a caller may cancel while the child is silent.

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string variable_of(const std::vector<std::string>& environment, const std::string& name) {
  for (const std::string& variable : environment)
    if (variable.starts_with(name + "=")) return variable.substr(name.size() + 1);
  return {};
}

// The file that a program's name means.
std::string program_file(const ChildCommand& command) {
  const std::string& word = command.words.at(0);
  if (word.find('/') != std::string::npos) return word.starts_with('/') ? word : (command.folder / word).string();
  const std::string path = variable_of(command.environment, "PATH");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string file = path.substr(begin, end - begin) + "/" + word;
    if (::access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  throw child_failure("cannot start '" + word + "': there is no such program in PATH");
}

ssize_t read_some(int fd, char* bytes, std::size_t size) {
  ssize_t got = 0;
  do got = ::read(fd, bytes, size);
  while (got < 0 && errno == EINTR);
  return got;
}

// While it lives, writing to a pipe that nobody reads fails instead of ending this process: a library may not change what signals do to
// the whole process, so the one signal of this thread is taken back.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    ::sigemptyset(&signal_);
    ::sigaddset(&signal_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~NoPipeSignal() {
    const timespec now{};
    if (!::sigismember(&before_, SIGPIPE))
      while (::sigtimedwait(&signal_, nullptr, &now) < 0 && errno == EINTR) {
      }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t signal_, before_;
};

std::string signal_name(int number) {
  const char* abbreviation = ::sigabbrev_np(number);
  const char* description = ::sigdescr_np(number);
  if (!abbreviation) return "signal " + std::to_string(number);
  return "SIG" + std::string(abbreviation) + (description ? " (" + std::string(description) + ")" : "");
}

}  // namespace

ChildProcess::Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

ChildProcess::Descriptor& ChildProcess::Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

void ChildProcess::Descriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

// Everything the child needs between fork() and exec(), made before: in between only async-signal-safe calls are allowed.
struct ChildProcess::Start {
  std::vector<std::string> words, environment;
  std::string program, folder;
  std::vector<char*> argv, envp;
  pid_t parent = ::getpid();
  int in = -1, out = -1, error = -1, failed = -1;

  explicit Start(const ChildCommand& command)
      : words(command.words), environment(command.environment), program(program_file(command)), folder(command.folder.string()) {
    argv = pointers_to(words);
    envp = pointers_to(environment);
  }

  // Runs in the child. Leaves by exec, or by writing why not into the `failed` pipe, which exec would have closed.
  [[noreturn]] void become() const {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // The parent died before the line above could help.
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (::dup2(in, 0) == 0 && ::dup2(out, 1) == 1 && ::dup2(error, 2) == 2 && (folder.empty() || ::chdir(folder.c_str()) == 0))
      ::execve(program.c_str(), argv.data(), envp.data());
    const int cause = errno;
    [[maybe_unused]] const auto told = ::write(failed, &cause, sizeof cause);
    ::_exit(127);
  }
};

ChildProcess::Pipe ChildProcess::make_pipe() const {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw child_failure("cannot start " + name_ + ": " + std::strerror(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

ChildProcess::ChildProcess(const ChildCommand& command) : name_(std::filesystem::path(command.words.at(0)).filename().string()) {
  Start start(command);
  Pipe out = make_pipe(), error = make_pipe(), failed = make_pipe(), in;
  if (command.is_written_to)
    in = make_pipe();
  else
    in.read = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  start.in = in.read.get(), start.out = out.write.get(), start.error = error.write.get(), start.failed = failed.write.get();
  pid_ = ::fork();
  if (pid_ == 0) start.become();
  if (pid_ < 0) throw child_failure("cannot start " + name_ + ": " + std::strerror(errno));
  ::setpgid(pid_, pid_);  // Here too: whoever is first. Fails harmlessly once the child has become its program.
  in_ = std::move(in.write);
  out_ = std::move(out.read);
  error_ = std::move(error.read);
  if (in_.get() >= 0) ::fcntl(in_.get(), F_SETFL, O_NONBLOCK);
  ended_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));  // The header of glibc 2.36 lacks its extern "C".
  failed.write.close();
  int cause = 0;
  if (read_some(failed.read.get(), reinterpret_cast<char*>(&cause), sizeof cause) == sizeof cause) {
    kill();
    throw child_failure("cannot start '" + start.program + "': " + std::strerror(cause));
  }
}

ChildProcess::~ChildProcess() { kill(); }

ChildProcess::Stopped ChildProcess::exchange(const Exchange& exchange) {
  using Clock = std::chrono::steady_clock;
  std::string_view input = exchange.input;
  Clock::time_point last_idle = Clock::now();
  while (out_.get() >= 0 || error_.get() >= 0) {
    if (exchange.is_done && exchange.is_done()) return Stopped::kDone;
    if (exchange.idle && Clock::now() - last_idle >= kIdle) {
      exchange.idle();
      last_idle = Clock::now();
    }
    std::array<pollfd, 4> waits = {pollfd{out_.get(), POLLIN, 0}, pollfd{error_.get(), POLLIN, 0},
                                   pollfd{ended_seen_ ? -1 : ended_.get(), POLLIN, 0}, pollfd{input.empty() ? -1 : in_.get(), POLLOUT, 0}};
    auto wait = ended_seen_ ? std::chrono::milliseconds(0) : kIdle;
    if (exchange.deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*exchange.deadline - Clock::now());
      wait = std::clamp(left, std::chrono::milliseconds(0), wait);
    }
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(wait.count()));
    if (ready < 0 && errno != EINTR) throw child_failure("cannot follow " + name_ + ": " + std::strerror(errno));
    if (ready == 0 && ended_seen_) return Stopped::kEnded;
    const bool time_is_up = exchange.deadline && Clock::now() >= *exchange.deadline;
    if (ready == 0 && time_is_up) return Stopped::kTimeIsUp;
    if (ready <= 0) continue;
    if (waits[0].revents) pass_on(out_, exchange.take_out);
    if (waits[1].revents) pass_on(error_, exchange.take_error);
    ended_seen_ = ended_seen_ || waits[2].revents;
    if (waits[3].revents) write_some(input);
    if (time_is_up) return exchange.is_done && exchange.is_done() ? Stopped::kDone : Stopped::kTimeIsUp;
  }
  return exchange.is_done && exchange.is_done() ? Stopped::kDone : Stopped::kEnded;
}

void ChildProcess::pass_on(Descriptor& stream, const std::function<void(std::string_view)>& take) {
  std::array<char, kPieceBytes> piece;
  const ssize_t got = read_some(stream.get(), piece.data(), piece.size());
  if (got > 0)
    take(std::string_view(piece.data(), static_cast<std::size_t>(got)));
  else
    stream.close();
}

// A child that reads no more is one whose end, or whose answer, is seen elsewhere.
void ChildProcess::write_some(std::string_view& input) {
  const NoPipeSignal no_signal;
  const ssize_t wrote = ::write(in_.get(), input.data(), input.size());
  if (wrote > 0)
    input.remove_prefix(static_cast<std::size_t>(wrote));
  else if (wrote < 0 && errno != EINTR && errno != EAGAIN)
    input = {};
}

void ChildProcess::close_input() { in_.close(); }

bool ChildProcess::ends_within(std::chrono::milliseconds patience) const {
  pollfd end{ended_.get(), POLLIN, 0};
  return ::poll(&end, 1, static_cast<int>(patience.count())) != 0;
}

int ChildProcess::wait() {
  int status = 0;
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  ::kill(-pid_, SIGKILL);  // Before it is reaped, while its group's number cannot be another's.
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

void ChildProcess::kill() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  wait();
}

std::string how_it_ended(const std::string& name, int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return name + " was killed, most likely because memory ran out";
  if (WIFSIGNALED(status)) return name + " was ended by " + signal_name(WTERMSIG(status));
  return name + " ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace hone
