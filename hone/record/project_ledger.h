#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hone/flow/project.h"
#include "hone/ledger/acting_person.h"
#include "hone/ledger/event_index.h"
#include "hone/ledger/ledger_reader.h"
#include "hone/ledger/ledger_writer.h"
#include "hone/ledger/payload_store.h"

namespace hone {

/// A token that the same act always gets, so that writing it down twice appends once: 32 hex digits of a hash over its parts.
std::string token_of(std::string_view kind, std::initializer_list<std::string_view> parts);

/// The ledger of a project: .hone/ledger, with the key that signs it, the person who acts, and the index over it. Reading needs the folder
/// alone; the first writing makes what is not there: the log, its key in STATE/keys/, the person's ID in STATE/person.
///
///     ProjectLedger ledger(workspace.project());
///     ledger.append(ledger.event("admin.config", {{"setting", "hone.yaml"}, {"to", hash}}, {hash}));
class ProjectLedger {
 public:
  /// `state` is state_folder() (key_file.h) unless a test says otherwise.
  explicit ProjectLedger(const Project& project, std::filesystem::path state = {});
  ~ProjectLedger();

  bool is_there();
  std::filesystem::path folder() const { return folder_; }

  /// Opened on first use, and refreshed on each. Throws kNotFound, saying what to do, before anything was recorded.
  LedgerReader& reader();
  /// The same; the index knows all that the reader sees.
  EventIndex& index();

  /// Opened on first use. Throws as LedgerWriter and read_key_file() do: a ledger whose key is not on this machine can be read, not
  /// written.
  LedgerWriter& writer();

  /// Who acts, once `admin.person` has said so; the first call may write.
  const Actor& actor();
  PayloadStore& payloads();

  /// Whether one person alone may release: as the log's opening says.
  bool is_solo();
  /// 32 hex digits, of the log's opening.
  std::string id();
  /// "bank.example/complaints": what checkpoints are signed for.
  std::string origin();

  /// An event by who acts now. `parts` name the act (token_of()); none: each call is an act of its own.
  NewEvent event(const std::string& kind, nlohmann::json body, std::initializer_list<std::string_view> parts = {});

  /// Appends and waits until it is durable.
  LedgerReceipt append(NewEvent event) { return writer().append(std::move(event)).get(); }

  // For rotate_ledger_key() and reopen_ledger() (ledger_care.h).
  /// Where the key waits that is to sign next, until the log says that it does.
  std::filesystem::path next_key_file();
  void take_next_key();
  /// Puts the log aside and begins one of this origin that goes on from `before`. Its events are taken in anew.
  void reopen(const std::string& origin, const Checkpoint& before);

  /// The newest event of this kind and name that the index knows, whole.
  std::optional<Event> latest(std::string_view kind, std::string_view name);

 private:
  void create(const std::string& id, const std::string& origin, nlohmann::json continues);
  void check_opening();
  std::filesystem::path key_file();
  std::unique_ptr<LedgerWriter> opened();
  void introduce();  // Writes admin.person of who acts, once.

  const std::filesystem::path& state();
  std::string role_for(std::string_view kind);

  const Project& project_;
  std::filesystem::path state_, folder_;  // The first is empty until it is needed: reading does without.
  std::unique_ptr<LedgerReader> reader_;
  std::unique_ptr<EventIndex> index_;
  std::unique_ptr<LedgerWriter> writer_;
  std::unique_ptr<PayloadStore> payloads_;
  std::optional<Actor> actor_;
};

}  // namespace hone
