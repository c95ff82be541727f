#pragma once

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hone {

/// Why an operation ended. Each front end maps these once: the command line to an
/// exit status, the server to an HTTP status, Python to an exception class.
enum class ErrorCode {
  kInvalidArgument,  // The caller asked for something that cannot be.
  kInvalidProject,   // hone.yaml or a file it names says something that cannot be.
  kNotFound,         // A file, column, row or model of that name is not there.
  kCorruptData,      // What was read is not what the format promises.
  kIo,               // The disk or the network failed.
  kBusy,             // Another process holds the project.
  kChildFailed,      // A child process died or answered with an error.
  kInternal,         // A defect in Hone.
};

/// The code in words, as reports and JSON show it: "not-found".
std::string_view to_string(ErrorCode code);

/// The one exception that Hone throws, for what ends an operation. The message names
/// the thing, what is wrong with it and what to do. What is expected (a malformed row,
/// a labeling function that failed on one example) is returned as data instead.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::source_location where = std::source_location::current())
      : std::runtime_error(message), code_(code), where_(where) {}

  ErrorCode code() const { return code_; }
  const std::source_location& where() const { return where_; }

 private:
  ErrorCode code_;
  std::source_location where_;
};

}  // namespace hone
