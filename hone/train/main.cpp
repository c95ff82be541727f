// hone-train JOB.json: runs one job and answers in JSON lines on standard output (hone/job/child.h). Started by `hone`, by
// hand, or by a cluster's launcher.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <string_view>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/job/train_job.h"
#include "hone/train/train_runner.h"

namespace {

using hone::Error;
using hone::ErrorCode;

// A job file names files and options; one above this is none.
constexpr std::uint64_t kMaxJobBytes = 64 << 20;

volatile std::sig_atomic_t asked_to_stop = 0;

void ask_to_stop(int) { asked_to_stop = 1; }

void answer(const nlohmann::json& line) { std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl; }

void answer_error(std::string_view code, const std::string& message) { answer({{"error", {{"code", code}, {"message", message}}}}); }

// Prints what changed; ends the job when a signal asked for it.
class ProgressLines {
 public:
  void operator()(const hone::ProgressEvent& event) {
    if (asked_to_stop) throw Error(ErrorCode::kChildFailed, "hone-train was asked to stop before it was done");
    if (event.stage == last_.stage && event.done == last_.done && event.note == last_.note) return;
    last_ = event;
    answer(
        {{"progress", {{"stage", event.stage}, {"done", event.done}, {"total", event.total}, {"unit", event.unit}, {"note", event.note}}}});
  }

 private:
  hone::ProgressEvent last_;
};

hone::TrainJob read_job(const std::string& file) {
  const nlohmann::json json = nlohmann::json::parse(hone::read_file(file, kMaxJobBytes), nullptr, false);
  if (json.is_discarded()) throw Error(ErrorCode::kInvalidArgument, "'" + file + "' is not JSON");
  return json.get<hone::TrainJob>();
}

// OpenMP's threads spin while they wait, which on a busy machine makes training twenty times slower. They read the policy when
// their library is loaded, before main: so a program started without it starts itself again with it.
void wait_without_spinning(char** arguments) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  ::setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  ::execv("/proc/self/exe", arguments);
}

int run(const std::string& file) {
  try {
    ProgressLines lines;
    answer({{"result", hone::run_train_job(read_job(file), std::ref(lines))}});
    return 0;
  } catch (const Error& error) {
    answer_error(to_string(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    answer_error(to_string(ErrorCode::kIo), "memory ran out; free some, or give the model fewer 'buckets' or a smaller 'max_characters'");
  } catch (const std::exception& error) {
    answer_error(to_string(ErrorCode::kInternal), error.what());
  }
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2 || std::string_view(arguments[1]).starts_with("-")) {
    std::cerr << "usage: hone-train JOB.json\nRuns one training or prediction job and answers in JSON lines. `hone run` starts it.\n";
    return 2;
  }
  wait_without_spinning(arguments);
  std::signal(SIGTERM, ask_to_stop);
  std::signal(SIGINT, ask_to_stop);
  return run(arguments[1]);
}
