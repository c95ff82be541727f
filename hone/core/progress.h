#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace hone {

/// How far a long operation is.
struct ProgressEvent {
  std::string stage;        // "import", "vote", "train"…
  std::uint64_t done = 0;   // In `unit`s.
  std::uint64_t total = 0;  // 0 while unknown.
  std::string unit = "rows";
  std::string note;  // A short extra: "epoch 3, loss 0.41". May be empty.
};

/// Called now and then by long operations, from one thread at a time; empty means nobody listens.
/// What it throws ends the operation: that is how a caller cancels.
using Progress = std::function<void(const ProgressEvent&)>;

}  // namespace hone
