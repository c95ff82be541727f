#include "verify/payload.h"

#include "verify/file.h"

#ifdef HONE_VERIFY_SQLITE
#include <sqlite3.h>
#endif

namespace hone::verify {
namespace {

constexpr std::size_t kSalt = 32;
constexpr std::size_t kMostPayloadBytes = 64u << 20;

class OpenedPayloads : public Payloads {
 public:
  explicit OpenedPayloads(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Look look(const std::string& id, const Hash& commit) override {
    const auto bytes = read_file(folder_ / id, kMostPayloadBytes);
    if (!bytes) return kMissing;
    if (bytes->size() < kSalt) return kOther;
    return commitment(std::string_view(*bytes).substr(0, kSalt), std::string_view(*bytes).substr(kSalt)) == commit ? kHolds : kOther;
  }

 private:
  std::filesystem::path folder_;
};

#ifdef HONE_VERIFY_SQLITE
class SealedPayloads : public Payloads {
 public:
  explicit SealedPayloads(const std::filesystem::path& path) {
    // Never written, not even a journal: an auditor's copy may lie on a disk that cannot be.
    if (sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
        sqlite3_prepare_v2(database_, "SELECT 1 FROM payload WHERE id = ?1 OR id = ?2", -1, &find_, nullptr) != SQLITE_OK) {
      const std::string why = sqlite3_errmsg(database_);
      close();
      throw Unreadable("'" + path.string() + "' is no payload.db: " + why);
    }
  }
  ~SealedPayloads() override { close(); }
  SealedPayloads(const SealedPayloads&) = delete;
  SealedPayloads& operator=(const SealedPayloads&) = delete;

  Look look(const std::string& id, const Hash&) override {
    const std::string bytes = from_hex(id);
    sqlite3_reset(find_);
    sqlite3_bind_text(find_, 1, id.data(), static_cast<int>(id.size()), SQLITE_TRANSIENT);
    sqlite3_bind_blob(find_, 2, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
    const int step = sqlite3_step(find_);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
      throw Unreadable(std::string("the payloads cannot be read: ") + sqlite3_errmsg(database_));
    return step == SQLITE_ROW ? kSealed : kMissing;
  }

 private:
  void close() {
    sqlite3_finalize(find_);
    sqlite3_close(database_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* find_ = nullptr;
};
#endif

}  // namespace

std::unique_ptr<Payloads> open_payloads(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return std::make_unique<OpenedPayloads>(path);
#ifdef HONE_VERIFY_SQLITE
  return std::make_unique<SealedPayloads>(path);
#else
  throw Unreadable("'" + path.string() + "' is not a folder of opened payloads, and this hone-verify was built without SQLite");
#endif
}

Hash commitment(std::string_view salt, std::string_view payload) {
  constexpr std::string_view kContext("hone/commit/v1\0", 15);
  return sha256(kContext, salt, payload);
}

}  // namespace hone::verify
