#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <queue>
#include <vector>

#include "verify/file.h"

namespace hone::verify {

/// Sorts more records than memory holds: sorted runs lie in a temporary file and are merged when read. What fits stays in memory, so that
/// a small ledger needs no file. `add_run` may be called from several threads; the outcome does not depend on who was first.
template <class Record>
class Sorter {
 public:
  static constexpr std::size_t kMemoryBytes = 8u << 20;

  void add_run(std::vector<Record> run) {
    if (run.empty()) return;
    std::ranges::sort(run);
    const std::lock_guard lock(mutex_);
    memory_.insert(memory_.end(), run.begin(), run.end());
    if (memory_.size() * sizeof(Record) > kMemoryBytes) spill();
  }

  /// Calls `f` with every record in ascending order, once.
  template <class F>
  void each(F f) {
    std::ranges::sort(memory_);
    if (runs_.empty()) {
      std::ranges::for_each(memory_, f);
      return;
    }
    spill();
    memory_ = {};
    while (runs_.size() > kMostRuns) merge_oldest();
    merge(runs_, f);
  }

 private:
  // So many runs are read side by side, each through its own buffer: 8 MiB in all.
  static constexpr std::size_t kMostRuns = 256;
  static constexpr std::size_t kBuffer = (32u << 10) / sizeof(Record);

  struct Run {
    std::uint64_t offset, count;
  };

  struct Reader {
    Run rest;
    std::vector<Record> buffer;
    std::size_t at = 0;

    bool fill(const Scratch& scratch) {
      if (at < buffer.size()) return true;
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer, rest.count)));
      at = 0;
      if (buffer.empty()) return false;
      scratch.read_at(rest.offset, buffer.data(), buffer.size() * sizeof(Record));
      rest.offset += buffer.size() * sizeof(Record);
      rest.count -= buffer.size();
      return true;
    }
  };

  void spill() {
    std::ranges::sort(memory_);
    if (!memory_.empty()) runs_.push_back({scratch_.append(memory_.data(), memory_.size() * sizeof(Record)), memory_.size()});
    memory_.clear();
  }

  template <class F>
  void merge(const std::vector<Run>& runs, F f) const {
    std::vector<Reader> readers;
    for (const Run& run : runs) readers.push_back({run, {}, 0});
    const auto later = [&](std::size_t a, std::size_t b) { return readers[b].buffer[readers[b].at] < readers[a].buffer[readers[a].at]; };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
    for (std::size_t reader = 0; reader < readers.size(); ++reader) {
      if (readers[reader].fill(scratch_)) next.push(reader);
    }
    while (!next.empty()) {
      const std::size_t reader = next.top();
      next.pop();
      f(readers[reader].buffer[readers[reader].at++]);
      if (readers[reader].fill(scratch_)) next.push(reader);
    }
  }

  void merge_oldest() {
    const std::vector<Run> oldest(runs_.begin(), runs_.begin() + kMostRuns);
    runs_.erase(runs_.begin(), runs_.begin() + kMostRuns);
    Run merged{0, 0};
    std::vector<Record> buffer;
    const auto flush = [&] {
      const std::uint64_t offset = scratch_.append(buffer.data(), buffer.size() * sizeof(Record));
      if (merged.count == 0) merged.offset = offset;
      merged.count += buffer.size();
      buffer.clear();
    };
    merge(oldest, [&](const Record& record) {
      buffer.push_back(record);
      if (buffer.size() == kBuffer) flush();
    });
    if (!buffer.empty()) flush();
    runs_.push_back(merged);
  }

  std::mutex mutex_;
  Scratch scratch_;
  std::vector<Run> runs_;
  std::vector<Record> memory_;
};

}  // namespace hone::verify
