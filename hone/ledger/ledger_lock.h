#pragma once

#include <chrono>
#include <filesystem>

#include "hone/ledger/disk.h"

namespace hone {

/// The lock that a writer holds while it writes a group: one of the file's first byte that belongs to the open file, so that no other
/// close() of this process loses it, and that ends with the process.
///
/// Who waits holds the second byte, so that a writer which has just ended lets the one before go first. Waits up to `patience`, then
/// throws kBusy (LEDGER_BUSY) naming the holder's host and process.
class LedgerLock {
 public:
  LedgerLock(const Disk& disk, const std::filesystem::path& file, std::chrono::milliseconds patience);

  /// Holds the lock while it lives.
  class Held {
   public:
    explicit Held(LedgerLock& lock) : lock_(lock) { lock_.take(); }
    ~Held() { lock_.release(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    LedgerLock& lock_;
  };

 private:
  enum class Byte { kLock = 0, kTurn = 1 };
  bool try_take(Byte byte);
  void take_in_time(Byte byte, std::chrono::steady_clock::time_point end);
  void take();
  void release();
  void let_go(Byte byte);

  DiskFile file_;
  std::chrono::milliseconds patience_;
};

}  // namespace hone
