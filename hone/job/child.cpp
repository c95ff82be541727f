#include "hone/job/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/unicode.h"
#include "hone/job/child_failure_internal.h"
#include "hone/job/child_process.h"

namespace hone {
namespace {

constexpr std::size_t kStderrKept = 8 << 10;
constexpr std::size_t kMaxLineBytes = 64 << 20;  // A result is small; more than this is a child gone wrong.
constexpr std::size_t kShownOfLine = 200;

std::vector<std::string> child_environment() {
  constexpr std::string_view kWaitPolicy = "OMP_WAIT_POLICY=";
  std::vector<std::string> variables = {std::string(kWaitPolicy) + "PASSIVE"};
  for (char** variable = environ; *variable; ++variable)
    if (!std::string_view(*variable).starts_with(kWaitPolicy)) variables.emplace_back(*variable);
  return variables;
}

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
    if (line_.size() > kMaxLineBytes) throw child_failure(name_ + " wrote a line of more than 64 MiB");
  }

  // The last line may lack its line feed.
  void finish_line() {
    const std::string line = std::exchange(line_, {});
    if (line.find_first_not_of(" \t\r") != std::string::npos) take(line);
  }

  // What was reported last: a caller may want to cancel.
  void report_again() const {
    if (progress_ && last_) progress_(*last_);
  }

  const std::optional<nlohmann::json>& result() const { return result_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  Error malformed(const std::string& line) const {
    const std::string shown = replace_invalid_utf8(line.substr(0, kShownOfLine));
    return child_failure(name_ + " wrote a line that is no answer: '" + shown + (line.size() > kShownOfLine ? "…'" : "'"));
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

  void report(const nlohmann::json& value, const std::string& line) {
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
    last_ = std::move(event);
    report_again();
  }

  std::string name_;
  const Progress& progress_;
  std::string line_;
  std::optional<ProgressEvent> last_;
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

std::string death(const std::string& name, int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    return how_it_ended(name, status) + ": close other programs, use a machine with more memory, or make the model smaller in hone.yaml";
  return status == 0 ? name + " ended without an answer" : how_it_ended(name, status);
}

nlohmann::json judge(const std::string& name, const Answer& answer, int status, const std::string& last_words) {
  if (answer.error()) throw child_failure(name + ": " + *answer.error());
  if (answer.result() && status == 0) return *answer.result();
  throw child_failure(death(name, status) + (last_words.empty() ? "" : "; its last words:\n" + last_words));
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
  ChildProcess child({.words = {program.string(), job_file.path().string()}, .environment = child_environment()});
  Answer answer(child.name(), progress);
  Tail last_words;
  child.exchange({.take_out = [&](std::string_view bytes) { answer.add(bytes); },
                  .take_error = [&](std::string_view bytes) { last_words.add(bytes); },
                  .idle = [&] { answer.report_again(); }});
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
              "this Hone came without training: there is no '" + program.string() +
                  "', which trains models and predicts with them. Take the package with torch (or build without HONE_BUILD_TRAIN=OFF), or "
                  "write `model: none` in hone.yaml: the run then ends with measured labels");
}

}  // namespace hone
