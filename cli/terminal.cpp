#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/interrupt.h"
#include "hone/core/error.h"
#include "hone/core/unicode.h"

namespace hone::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// How far one stage is, and since when, so that rates are of this stage alone.
struct StageClock {
  std::string stage;
  Clock::time_point started = Clock::now();
  Clock::time_point shown = Clock::time_point::min();
};

std::string progress_line(const ProgressEvent& event, double elapsed) {
  std::string line = fmt::format("{:<9}", event.stage);
  line += event.total > 0 ? fmt::format("{} of {} {}", with_commas(event.done), with_commas(event.total), event.unit)
                          : fmt::format("{} {}", with_commas(event.done), event.unit);
  const double rate = elapsed > 0.5 ? static_cast<double>(event.done) / elapsed : 0.0;
  if (rate > 0.0)
    line +=
        fmt::format("  {} {}/s", rate >= 10.0 ? with_commas(static_cast<std::uint64_t>(rate)) : fmt::format("{:.1f}", rate), event.unit);
  if (rate > 0.0 && event.total > event.done) line += "  " + seconds(static_cast<double>(event.total - event.done) / rate) + " left";
  line += "  " + megabytes(resident_bytes());
  return event.note.empty() ? line : line + "  " + event.note;
}

// Valid UTF-8 in which control characters (C0, DEL and C1, among them what begins a terminal's commands) are spaces.
std::string without_controls(std::string_view text, bool keep_line_feeds) {
  std::string safe = replace_invalid_utf8(text);
  for (std::size_t place = 0; place < safe.size(); ++place) {
    const auto byte = static_cast<unsigned char>(safe[place]);
    if ((byte < 0x20 && !(keep_line_feeds && byte == '\n')) || byte == 0x7F) safe[place] = ' ';
    const bool is_c1 = byte == 0xC2 && static_cast<unsigned char>(safe[place + 1]) < 0xA0;  // U+0080 to U+009F.
    if (is_c1) safe.replace(place, 2, " ");
  }
  return safe;
}

[[noreturn]] void fail_output() { throw Error(ErrorCode::kIo, std::string("cannot write to standard output: ") + std::strerror(errno)); }

// To standard error. Where it takes nothing, a full disk or a closed terminal, nobody is there to be told.
void say(std::string_view text) { [[maybe_unused]] const auto told = std::fwrite(text.data(), 1, text.size(), stderr); }

void write_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_output();
}

// What to do about what the machine refuses, which the library only names.
struct WayOut {
  std::string_view cause;
  std::string_view advice;
};
constexpr WayOut kWaysOut[] = {
    {"No space left on device", "make room there (`hone gc` removes what no run needs), then run again: what is done is kept"},
    {"Disk quota exceeded", "make room there (`hone gc` removes what no run needs), then run again: what is done is kept"},
    {"Read-only file system", "copy the project to where you may write; what was made can still be read"},
    {"Permission denied", "give yourself the right, or copy it to where you have it"},
    {"Too many open files", "raise the limit: ulimit -n 4096"},
    {"alloc of size", "memory ran out: close other programs, or use a machine with more memory"},
    {"internal error", "this is a defect of hone; please report it with the command and `hone --version`"},
};

}  // namespace

void print_json(const nlohmann::json& value) { write_output(value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"); }

void print_json_line(const nlohmann::json& value) {
  write_output(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void print(std::string_view text) { write_output(without_controls(text, true)); }

void print_styled(std::string_view text) { write_output(text); }

bool output_is_styled() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool is_refused = no_color != nullptr && *no_color != 0;
  return isatty(STDOUT_FILENO) != 0 && !is_refused && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::size_t output_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<std::size_t>(size.ws_col, 40, 100);
}

void finish_output() {
  if (!std::cout.flush() || std::fflush(stdout) != 0) fail_output();
}

void print_error(std::string_view text) {
  clear_progress();
  say("hone: " + without_controls(text, true) + "\n");
}

std::string with_way_out(const std::string& message) {
  for (const WayOut& way : kWaysOut)
    if (message.find(way.cause) != std::string::npos) return message + "; " + std::string(way.advice);
  return message;
}

std::string percent(double share, int digits) { return fmt::format("{:.{}f} %", 100.0 * share, digits); }

std::string seconds(double value) {
  if (value < 60.0) return fmt::format("{:.{}f} s", value, value < 10.0 ? 2 : 0);
  const auto whole = static_cast<std::uint64_t>(value);
  return whole < 3600 ? fmt::format("{} min {} s", whole / 60, whole % 60) : fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string megabytes(std::uint64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6); }

std::string measure(const nlohmann::json& value) {
  if (!value.is_object()) return "–";
  std::string text = percent(value.at("value"));
  if (value.at("low").is_number() && value.at("high").is_number())
    text += fmt::format(" ({:.1f} to {:.1f})", 100.0 * value.at("low").get<double>(), 100.0 * value.at("high").get<double>());
  return text;
}

std::string decimal_measure(const nlohmann::json& value) {
  if (!value.is_object()) return "–";
  const std::string text = fmt::format("{:.3f}", value.at("value").get<double>());
  if (!value.at("low").is_number() || !value.at("high").is_number()) return text;
  return text + fmt::format(" ({:.3f} to {:.3f})", value.at("low").get<double>(), value.at("high").get<double>());
}

std::string one_line(std::string_view text, std::size_t width) {
  const std::string safe = without_controls(text, false);
  std::string line;
  std::size_t characters = 0;
  for (const char c : safe) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++characters > width) {
      line += "…";
      break;
    }
    line += c;
  }
  return line;
}

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {
  for (std::string& heading : headings_) {
    right_.push_back(heading.ends_with('>'));
    if (right_.back()) heading.pop_back();
  }
}

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = one_line(cell);
  cells.resize(headings_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::string_view indent) const {
  std::vector<std::size_t> width;
  for (const std::string& heading : headings_) width.push_back(count_characters(heading));
  for (const auto& row : rows_)
    for (std::size_t column = 0; column < row.size(); ++column) width[column] = std::max(width[column], count_characters(row[column]));
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text(indent);
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string space(width[column] - count_characters(cells[column]), ' ');
      text += (column > 0 ? "  " : "") + (right_[column] ? space + cells[column] : cells[column] + space);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string text = line(headings_);
  for (const auto& row : rows_) text += line(row);
  return text;
}

Progress terminal_progress() {
  if (!isatty(STDERR_FILENO)) return interruptible({});
  const auto clock = std::make_shared<StageClock>();
  return interruptible([clock](const ProgressEvent& event) {
    const auto now = Clock::now();
    if (event.stage != clock->stage) *clock = {.stage = event.stage, .started = now, .shown = Clock::time_point::min()};
    if (now - clock->shown < std::chrono::milliseconds(100)) return;
    clock->shown = now;
    const double elapsed = std::chrono::duration<double>(now - clock->started).count();
    say("\r\033[K" + one_line(progress_line(event, elapsed), 110));
  });
}

void clear_progress() {
  if (isatty(STDERR_FILENO)) say("\r\033[K");
}

}  // namespace hone::cli
