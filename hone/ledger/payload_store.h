#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/commitment.h"

namespace hone {

/// Personal payloads: what the log only commits to (names, free text), kept so that it can be erased while the log still verifies.
///
/// Each is sealed with its salt under the key of its data subject (XChaCha20-Poly1305 over id and subject). The sealed bytes lie in
/// `db_file` (SQLite; `.hone/payload.db`), the keys in `key_file` (payload_key_file_of()), outside of the project: who has copied one has
/// nothing without the other, and once a key is gone from the second file and its backups, the payload is gone from all copies of the
/// first. The project's `id_key` lies there too.
///
///     PayloadStore store(".hone/payload.db", payload_key_file_of(state_folder(), project));
///     const Commitment reason = store.put("p:4x7d2kq0m3fz9sj1", "The card never arrived.");
///     event.body["reason"]["text"] = reason.to_json();
///     store.get(reason);                          // "The card never arrived."
///     store.erase_subject("p:4x7d2kq0m3fz9sj1");  // store.get(reason) is nothing, and reason still stands in the log
///
/// A subject is an example key or a person's ID, never a name: it stands in the files as it is given. 1 to 128 letters, digits and `:-_.`.
///
/// Every call throws kInvalidArgument where the key file is a link, another owner's, open to group or others, inside a project or under
/// version control; kNotFound where it is gone although there are payloads; kCorruptData where either file is not what was written; kBusy
/// when another process holds them for ten seconds; kIo with the cause in words. After a crash at any moment each put() and erasure is done
/// or not, but for an erasure that was cut off: its payloads cannot be opened any more, and the same call again removes their bytes.
///
/// Several processes may use the same files; one object is for one thread at a time.
class PayloadStore {
 public:
  static constexpr std::size_t kMaxPayloadBytes = 64u << 20;

  /// Makes `db_file`, mode 0600, where it is not there. The key file is made by the first call that needs a key.
  PayloadStore(const std::filesystem::path& db_file, const std::filesystem::path& key_file);
  ~PayloadStore();
  PayloadStore(PayloadStore&&) noexcept;
  PayloadStore& operator=(PayloadStore&&) noexcept;

  /// Keeps a payload under a new id and salt. Durable when it returns: first the subject's key, then the payload.
  Commitment put(const std::string& subject, std::string_view payload);

  /// Nothing when it is not there, or was erased. kCorruptData when it was changed, or is of a subject that it was not sealed for.
  std::optional<std::string> get(const std::string& payload_id) const;
  /// The same for what an event says; kCorruptData also where the payload is not what was committed to.
  std::optional<std::string> get(const Commitment& commitment) const;

  /// The payloads of a subject, ascending; also those of an erasure that was cut off.
  std::vector<std::string> ids_of(const std::string& subject) const;

  /// Removes the subject's key, payloads and salts. First the key: after that nothing opens them, whatever happens. When it returns no byte
  /// of them is left in the files; what a disk keeps of overwritten or freed blocks is not in our hands, and sealed with the key that is
  /// gone. Rewrites `db_file`: takes time and memory in proportion to all payloads. Subjects that are not there are none to erase.
  void erase_subject(const std::string& subject);

  /// Removes single payloads and their salts; the subjects' keys stay. Costs as much as erase_subject(), however many they are.
  void erase_all(std::span<const std::string> payload_ids);
  void erase(const std::string& payload_id);

  /// 32 bytes for example_key(), drawn on first use and durable when it returns.
  std::string id_key();
  /// After this nobody can tell which row an example key of the log belongs to. A later id_key() draws another one.
  void forget_id_key();

 private:
  struct Parts;
  struct Opened;

  std::optional<Opened> open(const std::string& payload_id) const;

  std::unique_ptr<Parts> parts_;
};

/// STATE/keys/<project>.subjects, beside the project's signing key. REQUIRES: a project is 32 hex digits.
std::filesystem::path payload_key_file_of(const std::filesystem::path& state, const std::string& project);

}  // namespace hone
