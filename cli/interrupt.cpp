#include "cli/interrupt.h"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <string_view>
#include <utility>

namespace hone::cli {
namespace {

constexpr suseconds_t kGraceMicroseconds = 700'000;

// A signal handler can reach nothing else than what lies outside all functions.
volatile std::sig_atomic_t signal_that_came = 0;

// Everything below that a handler calls is a plain system call.
void die_of(int signal) {
  ::signal(signal, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, signal);
  ::raise(signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
}

void give_up_waiting(int) {
  constexpr std::string_view kWords = "\nhone: interrupted\n";
  [[maybe_unused]] const auto told = ::write(STDERR_FILENO, kWords.data(), kWords.size());
  die_of(signal_that_came);
}

void ask_to_stop(int signal) {
  if (signal_that_came != 0) die_of(signal);
  signal_that_came = signal;
  const itimerval once{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = kGraceMicroseconds}};
  ::setitimer(ITIMER_REAL, &once, nullptr);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void watch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal, ask_to_stop);
  handle(SIGALRM, give_up_waiting);
}

Progress interruptible(Progress progress) {
  return [progress = std::move(progress)](const ProgressEvent& event) {
    if (signal_that_came != 0) throw Interrupted();
    if (progress) progress(event);
  };
}

void end_if_interrupted() {
  if (signal_that_came != 0) die_of(signal_that_came);
}

}  // namespace hone::cli
