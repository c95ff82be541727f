// A program votes (docs/formats.md: the vote protocol). It is started once and given the rows in order, in small batches, so that even a
// program that remembers gives the same votes every time, and one that dies costs few rows.
#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "hone/core/background.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/unicode.h"
#include "hone/job/child.h"
#include "hone/job/child_process.h"
#include "hone/vote/source_voters_internal.h"
#include "hone/vote/vote_protocol.h"

namespace hone {
namespace {

using Clock = std::chrono::steady_clock;

// Enough that a batch costs little beside its rows, few enough that a program that dies takes few with it.
constexpr std::int64_t kRowsTogether = 1024;
// A program may die of a row, or of bad luck, so often and be started again; one that always dies soon tells nothing new.
constexpr int kMostStarts = 4;
// One that never answered will not do so now.
constexpr int kMostInVain = 2;
// Programs load models, dictionaries and whole languages before their first answer.
constexpr double kSecondsToStart = 60;
constexpr std::chrono::milliseconds kToEnd(2000);
constexpr std::size_t kStderrBegin = 1024, kStderrEnd = 1024;
constexpr std::size_t kShownOfCommand = 80;

// What is passed on of our own environment: what programs need to be found, to know the language and the place for temporary files. Nothing
// that holds secrets.
constexpr const char* kVariables[] = {"PATH",     "HOME", "USER",   "LANG",        "LC_ALL",
                                      "LC_CTYPE", "TZ",   "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"};

std::string own_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

// Where hone_lf.py lies: beside the installed program, or in the build folder.
std::filesystem::path python_folder() { return folder_of_this_program().parent_path() / "share/hone/python"; }

std::vector<std::string> environment_of(const ProcessSettings& process) {
  std::set<std::string> names(std::begin(kVariables), std::end(kVariables));
  names.insert(process.environment.begin(), process.environment.end());
  std::vector<std::string> environment;
  for (const std::string& name : names)
    if (std::getenv(name.c_str()) && name != "PYTHONPATH") environment.push_back(name + "=" + own_variable(name));
  if (!names.contains("PATH") || own_variable("PATH").empty()) environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
  const std::string theirs = own_variable("PYTHONPATH");
  environment.push_back("PYTHONPATH=" + python_folder().string() + (theirs.empty() ? "" : ":" + theirs));
  environment.emplace_back("PYTHONHASHSEED=0");         // The order of Python's sets is the same in every run.
  environment.emplace_back("OMP_WAIT_POLICY=PASSIVE");  // A spinning OpenMP is twenty times slower on busy cores.
  return environment;
}

// The begin and the end of what a program complains of; it may flood.
class Complaints {
 public:
  void add(std::string_view bytes) {
    const std::size_t more = std::min(bytes.size(), kStderrBegin - begin_.size());
    begin_ += bytes.substr(0, more);
    end_ += bytes.substr(more);
    if (end_.size() <= kStderrEnd) return;
    left_out_ = true;
    end_.erase(0, end_.size() - kStderrEnd);
  }

  // "; it says:\n…", or nothing.
  std::string said() const {
    std::string text = replace_invalid_utf8(begin_ + (left_out_ ? "\n…\n" : "") + end_);
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return text.empty() ? "" : "; it says:\n" + text;
  }

 private:
  std::string begin_, end_;
  bool left_out_ = false;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  if (text.size() <= kShownOfCommand) return text;
  return replace_invalid_utf8(text.substr(0, kShownOfCommand)) + "…";
}

// A running program, from its start to its end. Throws kChildFailed, after which it is of no more use.
class Conversation {
 public:
  Conversation(const ProcessSettings& process, const VoterContext& context, const VoteRequest& request)
      : process_(process),
        idle_(context.idle),
        request_(request),
        child_({.words = process.command, .environment = environment_of(process), .folder = context.folder, .is_written_to = true}) {}

  std::shared_ptr<arrow::RecordBatch> answer(const arrow::RecordBatch& rows) {
    const bool is_first = !encoder_;
    if (is_first) encoder_.emplace(rows.schema(), &request_);
    const std::string input = encoder_->encode(rows);
    const auto allowed = std::chrono::duration<double>(process_.seconds + (is_first ? kSecondsToStart : 0.0));
    const auto is_answered = [&] { return answers_.waiting() > 0; };
    exchange({}, Clock::now(), {});  // What it says before it is asked.
    if (is_answered() || answers_.is_within_batch()) throw failed("answered before it was asked");
    const auto stopped = exchange(input, Clock::now() + std::chrono::duration_cast<Clock::duration>(allowed), is_answered);
    if (stopped == ChildProcess::Stopped::kTimeIsUp)
      throw failed("gave no answer within " + seconds_shown(allowed.count()) +
                   " seconds and was ended; seconds: " + seconds_shown(10 * process_.seconds) + " gives it more time");
    if (!is_answered()) throw failed(how_it_stopped());
    auto answer = answers_.take();
    if (is_answered() || answers_.is_within_batch()) throw failed("answered more than once to one batch of rows");
    return answer;
  }

  // After the last batch: it may end by itself.
  void end() {
    if (!encoder_) return;
    try {
      exchange(encoder_->end(), Clock::now() + kToEnd, [] { return true; });
      child_.close_input();
      exchange({}, Clock::now() + kToEnd, {});
    } catch (const Error&) {  // What it says after its last answer is of no use to anybody.
    }
  }

  Error failed(const std::string& how) const {
    return Error(ErrorCode::kChildFailed, "'" + joined(process_.command) + "' " + how + complaints_.said());
  }

 private:
  std::string how_it_stopped() {
    if (answers_.has_ended()) return "ended its answers early";
    if (!child_.ends_within(kToEnd)) return "closed its output and was ended";
    return how_it_ended("", child_.wait()).substr(1);
  }

  ChildProcess::Stopped exchange(std::string_view input, Clock::time_point deadline, const std::function<bool()>& is_done) {
    try {
      return child_.exchange({.input = input,
                              .take_out = [&](std::string_view bytes) { answers_.add(bytes); },
                              .take_error = [&](std::string_view bytes) { complaints_.add(bytes); },
                              .is_done = is_done,
                              .idle = idle_,
                              .deadline = deadline});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kChildFailed) throw;
      throw failed(": " + std::string(error.what()));
    }
  }

  static std::string seconds_shown(double seconds) {
    const std::string text = std::to_string(seconds);
    return text.substr(0, text.find_last_not_of('0') + (text.ends_with(".000000") ? 0 : 1));
  }

  const ProcessSettings& process_;
  std::function<void()> idle_;
  const VoteRequest& request_;
  ChildProcess child_;
  std::optional<BatchEncoder> encoder_;
  BatchDecoder answers_;
  Complaints complaints_;
};

// The rows of a batch that somebody wants, of these columns alone.
std::shared_ptr<arrow::RecordBatch> selected(const arrow::RecordBatch& batch, const std::vector<std::string>& columns,
                                             std::span<const std::uint32_t> rows) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const std::string& name : columns) {
    const auto column = batch.GetColumnByName(name);
    if (!column) throw Error(ErrorCode::kNotFound, "a program that votes reads the field '" + name + "', which the data does not have");
    arrow::ArrayVector pieces;
    for (std::size_t begin = 0; begin < rows.size();) {
      std::size_t end = begin + 1;
      while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
      pieces.push_back(column->Slice(rows[begin], static_cast<std::int64_t>(end - begin)));
      begin = end;
    }
    auto whole = arrow::Concatenate(pieces);
    if (!whole.ok()) throw Error(ErrorCode::kIo, "rows for a program that votes: " + whole.status().ToString());
    fields.push_back(arrow::field(name, column->type()));
    arrays.push_back(std::move(whole).ValueUnsafe());
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), static_cast<std::int64_t>(rows.size()), arrays);
}

class ProcessVoter : public Voter {
 public:
  ProcessVoter(std::span<const Source* const> sources, const VoterContext& context)
      : process_(sources.front()->process), class_of_name_(sources.front()->class_of_value), context_(context) {
    columns_ = process_.fields.empty() ? context.engine.text : process_.fields;
    request_ = {.functions = {}, .classes = process_.classes, .text = context.engine.text};
    for (const Source* source : sources) request_.functions.push_back(source->process.function);
  }

  std::vector<std::string> columns() const override { return columns_; }
  std::size_t size() const override { return request_.functions.size(); }
  Calls calls() const override { return Calls::kInOrder; }

 private:
  // On a thread that lives as long as the program: it dies with the thread that started it.
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<BatchVotes> said) override {
    own_thread_.run([&] {
      std::vector<std::uint32_t> wanted;
      for (std::uint32_t row = 0; row < static_cast<std::uint32_t>(batch.num_rows()); ++row)
        if (std::ranges::any_of(said, [&](const BatchVotes& source) { return source.wants(row); })) wanted.push_back(row);
      const std::span<const std::uint32_t> rows(wanted);
      for (std::size_t begin = 0; begin < rows.size(); begin += kRowsTogether)
        ask(batch, rows.subspan(begin, std::min<std::size_t>(kRowsTogether, rows.size() - begin)), said);
    });
    own_thread_.finish();
  }

  void vote_on_all(std::span<BatchVotes>) override {
    own_thread_.run([&] {
      if (running_) running_->end();
      running_.reset();
    });
    own_thread_.finish();
  }

  void ask(const arrow::RecordBatch& batch, std::span<const std::uint32_t> rows, std::span<BatchVotes> said) {
    if (!running_ && (starts_ == kMostStarts || (!has_answered_ && starts_ == kMostInVain)))
      return fail(rows, "not asked: '" + joined(process_.command) + "' failed " + std::to_string(starts_) + " times before", said);
    const auto asked = selected(batch, columns_, rows);
    try {
      if (!running_) {
        ++starts_;
        running_ = std::make_unique<Conversation>(process_, context_, request_);
      }
      const auto answer = running_->answer(*asked);
      has_answered_ = true;
      read(*answer, rows, said);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kChildFailed) throw;
      running_.reset();
      fail(rows, error.what(), said);
    }
  }

  void read(const arrow::RecordBatch& answer, std::span<const std::uint32_t> rows, std::span<BatchVotes> said) const {
    try {
      read_answer(answer, rows, request_, class_of_name_, said);
    } catch (const Error& error) {
      throw running_->failed(": " + std::string(error.what()));
    }
  }

  static void fail(std::span<const std::uint32_t> rows, const std::string& what, std::span<BatchVotes> said) {
    for (BatchVotes& source : said)
      for (const std::uint32_t row : rows) source.fail_for_now(row, what);
  }

  ProcessSettings process_;
  std::map<std::string, ClassId, std::less<>> class_of_name_;
  VoterContext context_;
  std::vector<std::string> columns_;
  VoteRequest request_;
  int starts_ = 0;
  bool has_answered_ = false;
  std::unique_ptr<Conversation> running_;
  InBackground own_thread_;  // Last: it ends before what it works on goes.
};

}  // namespace

std::string program_of(const Source& source) {
  const ProcessSettings& process = source.process;
  return nlohmann::json{process.command, process.fields, process.environment, process.seconds, source.class_of_value}.dump();
}

std::shared_ptr<Voter> process_voter(std::span<const Source* const> sources, const VoterContext& context) {
  return std::make_shared<ProcessVoter>(sources, context);
}

}  // namespace hone
