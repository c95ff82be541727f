#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "hone/ledger/checkpoint.h"
#include "hone/ledger/disk.h"

namespace hone {

/// The largest size and root of a log that somebody on this machine has seen, kept apart from the log: a folder that was set back to an
/// older state, however sound, then shows.
class SeenFile {
 public:
  /// `folder` is $XDG_STATE_HOME/hone/seen; empty: nothing is remembered.
  SeenFile(const Disk& disk, std::filesystem::path folder, const std::string& origin);

  /// Nothing when nothing was seen, or what is there is no checkpoint of this origin.
  std::optional<Checkpoint> read() const;

  /// Remembers it when it is larger. Not synced: after a crash a smaller one may be remembered. Failures are forgotten.
  void remember(const Checkpoint& checkpoint);

 private:
  const Disk& disk_;
  std::filesystem::path file_;
  std::string origin_;
  std::optional<Checkpoint> known_;
};

}  // namespace hone
