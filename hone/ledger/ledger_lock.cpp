#include "hone/ledger/ledger_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include "hone/core/error.h"

namespace hone {
namespace {

std::string own_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return std::string(host.data()) + " process " + std::to_string(::getpid()) + "\n";
}

}  // namespace

LedgerLock::LedgerLock(const Disk& disk, const std::filesystem::path& file, std::chrono::milliseconds patience)
    : file_(disk.open_to_write(file)), patience_(patience) {}

bool LedgerLock::try_take(Byte byte) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  if (::fcntl(file_.fd(), F_OFD_SETLK, &lock) == 0) return true;
  if (errno != EAGAIN && errno != EACCES && errno != EINTR) throw DiskFailure(errno, "cannot lock", file_.path());
  return false;
}

void LedgerLock::take_in_time(Byte byte, std::chrono::steady_clock::time_point end) {
  using namespace std::chrono_literals;
  for (auto pause = 50us; !try_take(byte); pause = std::min<std::chrono::microseconds>(2 * pause, 2ms)) {
    if (std::chrono::steady_clock::now() >= end) {
      const std::string holder = file_.read(0, 300);
      throw Error(ErrorCode::kBusy, "LEDGER_BUSY: '" + file_.path().string() + "' is held by " +
                                        (holder.empty() ? "another process" : holder.substr(0, holder.find('\n'))) +
                                        "; try again when it is done, or end it");
    }
    std::this_thread::sleep_for(pause);
  }
}

void LedgerLock::take() {
  const auto end = std::chrono::steady_clock::now() + patience_;
  take_in_time(Byte::kTurn, end);
  try {
    take_in_time(Byte::kLock, end);
  } catch (...) {
    let_go(Byte::kTurn);
    throw;
  }
  let_go(Byte::kTurn);
  try {
    file_.write(0, own_name());
  } catch (const Error&) {  // On a full disk the lock still holds; only the name is lost.
  }
}

void LedgerLock::release() { let_go(Byte::kLock); }

void LedgerLock::let_go(Byte byte) {
  struct flock lock {};
  lock.l_type = F_UNLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  ::fcntl(file_.fd(), F_OFD_SETLK, &lock);
}

}  // namespace hone
