#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/json.h"
#include "hone/flow/workspace.h"
#include "hone/ledger/commitment.h"
#include "hone/record/project_ledger.h"

namespace hone {

/// What an answer out of the ledger is made from: reads each event once, says who is behind it, and keeps which events were named, so that
/// each can be proved. Answers are about the log as it was when this was made.
class LedgerAnswer {
 public:
  /// Throws kNotFound, saying what to do, before anything was recorded.
  LedgerAnswer(const Workspace& workspace, ProjectLedger& ledger);

  EventIndex& index() { return index_; }
  std::uint64_t size() const { return index_.size(); }

  /// Throws kCorruptData naming the event.
  const Event& event(std::uint64_t seq);

  /// {"seq", "kind", "time", "role", "actor", "who", "who_note"}: the event as people read it. From here on it counts as named.
  nlohmann::json named(std::uint64_t seq);
  /// The same of none: null.
  nlohmann::json named(const std::optional<std::uint64_t>& seq) { return seq ? named(*seq) : nlohmann::json(); }
  /// Of an event, with members of its body, as far as it has them.
  nlohmann::json named(std::uint64_t seq, std::initializer_list<const char*> members);

  /// {"actor", "who", "who_note"}: `who` is the account of a person, as far as this machine knows it, or a program's name; null otherwise,
  /// and then the note says why.
  nlohmann::json person(const std::string& actor);

  /// The events that were named, ascending.
  std::vector<std::uint64_t> events() const;

 private:
  nlohmann::json look_up(const std::string& actor);
  std::optional<Commitment> profile_of(const std::string& actor);

  ProjectLedger& ledger_;
  bool has_payloads_;
  LedgerReader& log_;
  EventIndex& index_;
  std::map<std::uint64_t, Event> read_;
  std::map<std::string, nlohmann::json> people_;
  std::set<std::uint64_t> named_;
};

/// The run of this record: the event of its stage with its key and time. Nothing when it was not recorded.
std::optional<std::uint64_t> event_of_run(LedgerAnswer& answer, const RunRecord& record);

/// The last run before the event `before` that made the object. Nothing when none did: it was imported, or is older than the ledger.
std::optional<std::uint64_t> maker_before(LedgerAnswer& answer, const std::string& hash, std::uint64_t before);

/// The import that brought the dataset. Nothing when it was not recorded.
std::optional<std::uint64_t> import_of(LedgerAnswer& answer, const std::string& dataset);

/// The version of the gold that stands in the dataset. Nothing where none was read or recorded.
std::optional<std::uint64_t> gold_of(LedgerAnswer& answer, const std::string& dataset);

/// The sources that voted in a run, in the order of hone.yaml, as source.define events. Empty when the run did not say.
std::vector<std::uint64_t> sources_of_run(LedgerAnswer& answer, std::uint64_t run);

/// An input or output of a run, by its name; of several the last. Nothing when there is none.
std::optional<ObjectRef> ref_in(const Event& run, const char* list, std::string_view name);
std::optional<std::string> hash_in(const Event& run, const char* list, std::string_view name);

/// The dataset's manifest and the parts that it names, as far as it is there.
std::vector<std::string> objects_of_dataset(const ObjectStore& objects, const ObjectRef& dataset);

/// [{"object", "order", "done"}]: which of these objects an erasure took away, so that they are not there now; `done` is null while one is
/// ordered and not done. Asks once for each object where anything was ever erased.
nlohmann::json erasures_of(LedgerAnswer& answer, const ObjectStore& objects, const std::vector<std::string>& hashes);

/// What a result was made from, as far as it may change or go.
struct Ingredients {
  std::vector<std::string> objects;    // Hashes.
  std::optional<std::string> labels;   // The hash of labels.patterns.
  std::vector<std::uint64_t> sources;  // source.define events.
  std::optional<std::uint64_t> gold;   // gold.commit.
};
/// {"erased", "relabelled", "redefined", "gold"}: what became of them since. `relabelled` is the newest run of the label stage where that
/// made other labels, `redefined` [{"name", "was", "now"}], `gold` the newest version where that is another; null or empty where nothing
/// changed.
nlohmann::json later_json(LedgerAnswer& answer, const ObjectStore& objects, const Ingredients& ingredients);

}  // namespace hone
