#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/count.h"
#include "hone/core/json.h"
#include "hone/core/progress.h"

namespace hone::cli {

/// One JSON value on standard output, indented, with a final line feed. Invalid UTF-8 is replaced.
void print_json(const nlohmann::json& value);

/// The same on one line, for values that come one after the other.
void print_json_line(const nlohmann::json& value);

// Text of a data set must not steer the terminal: both write control characters other than line feeds as spaces.
void print(std::string_view text);        // To standard output. Throws kIo with the cause, as print_json() does.
void print_error(std::string_view text);  // "hone: …" to standard error.

/// A message of an error with what to do, where the library only names what the machine refused ("No space left on device").
std::string with_way_out(const std::string& message);

/// Pages of ours, escape sequences and all; never text of a data set. Throws kIo.
void print_styled(std::string_view text);

/// Whether standard output is a terminal that shows bold, and nobody set NO_COLOR (no-color.org).
bool output_is_styled();

/// Characters of a line of the terminal, from 40 to 100; 80 where there is none.
std::size_t output_width();

/// Writes out what print() holds back; throws kIo with the cause ("No space left on device").
void finish_output();

std::string percent(double share, int digits = 1);  // "84.2 %"
std::string seconds(double value);                  // "0.04 s", "2 min 5 s"
std::string megabytes(std::uint64_t bytes);         // "3.1 MB"

/// A measure {"value", "low", "high", "n"} as "84.2 % (80.1 to 87.6)"; null as "–".
std::string measure(const nlohmann::json& value);
/// The same of one that is no share, such as a loss: "0.412 (0.380 to 0.451)".
std::string decimal_measure(const nlohmann::json& value);

/// One line of text of at most `width` characters; line breaks and control characters become spaces. For every name and id shown.
std::string one_line(std::string_view text, std::size_t width = 200);

/// Columns aligned by their widest cell, each cell one line; a column whose heading ends in '>' is aligned right (the sign is not shown).
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  void add(std::vector<std::string> cells);
  std::string text(std::string_view indent = "") const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

/// Shows progress on standard error when it is a terminal: stage, done, rows/s, time left, memory; at most ten times a
/// second, on one line that is cleared at the end. Silent otherwise.
Progress terminal_progress();
/// Clears the progress line.
void clear_progress();

}  // namespace hone::cli
