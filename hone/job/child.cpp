#include "hone/job/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

constexpr std::size_t kStderrKept = 8 << 10;
constexpr std::size_t kMaxLineBytes = 64 << 20;  // A result is small; more than this is a child gone wrong.
constexpr std::size_t kShownOfLine = 200;
constexpr std::size_t kPieceBytes = 64 << 10;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
};

Error failure(const std::string& message) { return Error(ErrorCode::kChildFailed, message); }

Pipe make_pipe(const std::string& name) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw failure("cannot start " + name + ": " + std::strerror(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// Everything the child needs between fork() and exec(), made before: in between only async-signal-safe calls are allowed.
struct Start {
  std::vector<std::string> arguments, environment;
  std::vector<char*> argv, envp;
  pid_t parent = ::getpid();
  int in = -1, out = -1, err = -1, failed = -1;
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> child_environment() {
  constexpr std::string_view kWaitPolicy = "OMP_WAIT_POLICY=";
  std::vector<std::string> variables = {std::string(kWaitPolicy) + "PASSIVE"};
  for (char** variable = environ; *variable; ++variable)
    if (!std::string_view(*variable).starts_with(kWaitPolicy)) variables.emplace_back(*variable);
  return variables;
}

// Runs in the child. Leaves by exec, or by writing why not into the `failed` pipe, which exec would have closed.
[[noreturn]] void become(const Start& start) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != start.parent) ::_exit(1);  // The parent died before the line above could help.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (::dup2(start.in, 0) == 0 && ::dup2(start.out, 1) == 1 && ::dup2(start.err, 2) == 2)
    ::execve(start.argv[0], start.argv.data(), start.envp.data());
  const int cause = errno;
  [[maybe_unused]] const auto told = ::write(start.failed, &cause, sizeof cause);
  ::_exit(127);
}

// A started child. Its end kills the child's process group and reaps it.
class Child {
 public:
  Child(const std::filesystem::path& program, const std::filesystem::path& job_file) : name_(program.filename().string()) {
    Pipe out = make_pipe(name_), err = make_pipe(name_), failed = make_pipe(name_);
    const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Start start;
    start.arguments = {program.string(), job_file.string()};
    start.environment = child_environment();
    start.argv = pointers_to(start.arguments);
    start.envp = pointers_to(start.environment);
    start.in = nothing.get(), start.out = out.write.get(), start.err = err.write.get(), start.failed = failed.write.get();
    pid_ = ::fork();
    if (pid_ == 0) become(start);
    if (pid_ < 0) throw failure("cannot start " + name_ + ": " + std::strerror(errno));
    ::setpgid(pid_, pid_);  // Here too: whoever is first. Fails harmlessly once the child has become its program.
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    ended_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));  // The header of glibc 2.36 lacks its extern "C".
    failed.write.close();
    int cause = 0;
    if (read_some(failed.read.get(), reinterpret_cast<char*>(&cause), sizeof cause) == sizeof cause) {
      stop();
      throw failure("cannot start '" + program.string() + "': " + std::strerror(cause));
    }
  }
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  const std::string& name() const { return name_; }

  // Calls take_out and take_err with pieces until both streams end, or the child has ended and what it wrote is read:
  // a process that it left behind may hold the streams open for ever.
  template <typename TakeOut, typename TakeErr>
  void pump(const TakeOut& take_out, const TakeErr& take_err) {
    bool ended = false;
    while (out_.get() >= 0 || err_.get() >= 0) {
      std::array<pollfd, 3> waits = {pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
                                     pollfd{ended ? -1 : ended_.get(), POLLIN, 0}};
      const int ready = ::poll(waits.data(), waits.size(), ended ? 0 : -1);
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0) throw failure("cannot follow " + name_ + ": " + std::strerror(errno));
      if (ready == 0) return;
      if (waits[0].revents) pass_on(out_, take_out);
      if (waits[1].revents) pass_on(err_, take_err);
      ended = ended || waits[2].revents;
    }
  }

  // Waits for the end and gives the status as waitpid() does.
  int wait() {
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

 private:
  static ssize_t read_some(int fd, char* bytes, std::size_t size) {
    ssize_t got = 0;
    do got = ::read(fd, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
  }

  template <typename Take>
  static void pass_on(Descriptor& stream, const Take& take) {
    std::array<char, kPieceBytes> piece;
    const ssize_t got = read_some(stream.get(), piece.data(), piece.size());
    if (got > 0)
      take(std::string_view(piece.data(), static_cast<std::size_t>(got)));
    else
      stream.close();
  }

  void stop() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    wait();
  }

  std::string name_;
  pid_t pid_ = -1;
  Descriptor out_, err_, ended_;
};

// What the child says line by line.
class Answer {
 public:
  Answer(std::string name, const Progress& progress) : name_(std::move(name)), progress_(progress) {}

  void add(std::string_view bytes) {
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      line_ += bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      finish_line();
    }
    line_ += bytes;
    if (line_.size() > kMaxLineBytes) throw failure(name_ + " wrote a line of more than 64 MiB");
  }

  // The last line may lack its line feed.
  void finish_line() {
    const std::string line = std::exchange(line_, {});
    if (line.find_first_not_of(" \t\r") != std::string::npos) take(line);
  }

  const std::optional<nlohmann::json>& result() const { return result_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  Error malformed(const std::string& line) const {
    const std::string shown = replace_invalid_utf8(line.substr(0, kShownOfLine));
    return failure(name_ + " wrote a line that is no answer: '" + shown + (line.size() > kShownOfLine ? "…'" : "'"));
  }

  void take(const std::string& line) {
    const nlohmann::json message = nlohmann::json::parse(line, nullptr, false);
    if (!message.is_object() || message.size() != 1 || result_ || error_) throw malformed(line);
    const std::string& kind = message.begin().key();
    const nlohmann::json& value = message.front();
    if (!value.is_object()) throw malformed(line);
    if (kind == "progress")
      report(value, line);
    else if (kind == "result")
      result_ = value;
    else if (kind == "error" && value.contains("message") && value["message"].is_string())
      error_ = value["message"].get<std::string>();
    else
      throw malformed(line);
  }

  void report(const nlohmann::json& value, const std::string& line) const {
    ProgressEvent event;
    try {
      event = {.stage = value.at("stage").get<std::string>(),
               .done = value.value("done", std::uint64_t{0}),
               .total = value.value("total", std::uint64_t{0}),
               .unit = value.value("unit", event.unit),
               .note = value.value("note", std::string())};
    } catch (const nlohmann::json::exception&) {
      throw malformed(line);
    }
    if (progress_) progress_(event);
  }

  std::string name_;
  const Progress& progress_;
  std::string line_;
  std::optional<nlohmann::json> result_;
  std::optional<std::string> error_;
};

// The last bytes of a stream, from a line's begin where there is one.
class Tail {
 public:
  void add(std::string_view bytes) {
    bytes_ += bytes;
    if (bytes_.size() <= kStderrKept) return;
    bytes_.erase(0, bytes_.size() - kStderrKept);
    cut_ = true;
  }
  std::string text() const {
    std::string text = bytes_;
    if (const std::size_t line = text.find('\n'); cut_ && line + 1 < text.size() && line != std::string::npos) text.erase(0, line + 1);
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return replace_invalid_utf8(text);
  }

 private:
  std::string bytes_;
  bool cut_ = false;
};

std::string signal_name(int number) {
  const char* abbreviation = ::sigabbrev_np(number);
  const char* description = ::sigdescr_np(number);
  if (!abbreviation) return "signal " + std::to_string(number);
  return "SIG" + std::string(abbreviation) + (description ? " (" + std::string(description) + ")" : "");
}

std::string death(const std::string& name, int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    return name +
           " was killed, most likely because memory ran out: close other programs, use a machine with more memory, or make the model "
           "smaller in hone.yaml";
  if (WIFSIGNALED(status)) return name + " was ended by " + signal_name(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return name + " ended with status " + std::to_string(WEXITSTATUS(status));
  return name + " ended without an answer";
}

nlohmann::json judge(const std::string& name, const Answer& answer, int status, const std::string& last_words) {
  if (answer.error()) throw failure(name + ": " + *answer.error());
  if (answer.result() && status == 0) return *answer.result();
  throw failure(death(name, status) + (last_words.empty() ? "" : "; its last words:\n" + last_words));
}

std::filesystem::path job_file_name() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) throw Error(ErrorCode::kIo, "there is no folder for temporary files: " + error.message());
  return temporary_name(folder);
}

std::string text_of(const nlohmann::json& job) {
  try {
    return job.dump();
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kInvalidArgument, std::string("cannot write the job as JSON: ") + error.what());
  }
}

}  // namespace

nlohmann::json run_child(const std::filesystem::path& program, const nlohmann::json& job, const Progress& progress) {
  const RemovedAtEnd job_file(job_file_name());
  write_file_atomically(job_file.path(), text_of(job), 0600);
  Child child(program, job_file.path());
  Answer answer(child.name(), progress);
  Tail last_words;
  child.pump([&](std::string_view bytes) { answer.add(bytes); }, [&](std::string_view bytes) { last_words.add(bytes); });
  const int status = child.wait();
  if (status == 0) answer.finish_line();  // What a dying child left half written is no answer.
  return judge(child.name(), answer, status, last_words.text());
}

std::filesystem::path folder_of_this_program() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) throw Error(ErrorCode::kIo, "cannot find this program's own file: " + error.message());
  return program.parent_path();
}

std::filesystem::path find_hone_train(const std::filesystem::path& folder) {
  std::filesystem::path program = folder / "hone-train";
  if (::access(program.c_str(), X_OK) == 0) return program;
  throw Error(ErrorCode::kNotFound,
              "there is no '" + program.string() +
                  "', which trains models and predicts with them; build it with ./dev build, and leave out HONE_BUILD_TRAIN=OFF");
}

}  // namespace hone
