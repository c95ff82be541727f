#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// What a child process is started with. No shell stands between.
struct ChildCommand {
  /// The program and its arguments. A program without a slash is looked for in the PATH of `environment`; a relative one lies in `folder`.
  std::vector<std::string> words;
  std::vector<std::string> environment;  // "NAME=value": all that it gets.
  std::filesystem::path folder = {};     // Where it runs; empty: where this process does.
  bool is_written_to = false;            // Whether exchange() writes to its standard input; else there is nothing to read.
};

/// A started program, its three standard streams in our hands. It has a process group of its own and dies with the thread that started it,
/// so a thread that lives as long as the object must. The end of the object ends the child and what it left in its process group. To be
/// used from one thread at a time.
class ChildProcess {
 public:
  /// Throws kChildFailed, saying what could not be started and why.
  explicit ChildProcess(const ChildCommand& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The program's file name.
  const std::string& name() const { return name_; }

  struct Exchange {
    std::string_view input = {};                       // Written to standard input, as it takes it.
    std::function<void(std::string_view)> take_out;    // Given each piece of standard output …
    std::function<void(std::string_view)> take_error;  // … and of standard error.
    std::function<bool()> is_done = {};                // Asked after each piece; empty: never.
    std::function<void()> idle = {};                   // Called every fifth of a second: a caller may want to throw.
    std::optional<std::chrono::steady_clock::time_point> deadline = {};
  };
  enum class Stopped {
    kDone,      // is_done() said so.
    kEnded,     // Both streams ended, or the child did and what it wrote is read: a process that it left behind may hold them open.
    kTimeIsUp,  // The deadline came; what was there then is read.
  };
  /// Writes and reads at the same time, so that neither side waits for the other for ever, until one of these holds.
  Stopped exchange(const Exchange& exchange);

  /// No more input: the child reads the end.
  void close_input();

  /// Whether the child ends within so long.
  bool ends_within(std::chrono::milliseconds patience) const;

  /// Waits for the end, ends what the child left in its process group, and gives the status as waitpid() does.
  int wait();

  /// Ends it at once.
  void kill();

 private:
  class Descriptor {
   public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { close(); }
    int get() const { return fd_; }
    void close();

   private:
    int fd_;
  };
  struct Pipe {
    Descriptor read, write;
  };
  struct Start;
  Pipe make_pipe() const;
  static void pass_on(Descriptor& stream, const std::function<void(std::string_view)>& take);
  void write_some(std::string_view& input);

  std::string name_;
  pid_t pid_ = -1;
  bool ended_seen_ = false;
  Descriptor in_, out_, error_, ended_;
};

/// How a child ended, in words: "mine.py ended with status 3", "mine.py was ended by SIGSEGV (Segmentation fault)". `status` as waitpid()
/// gives it.
std::string how_it_ended(const std::string& name, int status);

}  // namespace hone
