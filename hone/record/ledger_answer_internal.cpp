#include "hone/record/ledger_answer_internal.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/data/dataset.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// The name in a profile (ProjectLedger's admin.person); nothing where it is another's.
std::optional<std::string> account_in(const std::string& profile) {
  const Json json = Json::parse(profile, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("account") || !json["account"].is_string()) return std::nullopt;
  return json["account"].get<std::string>();
}

Json unknown(const std::string& actor, const std::string& why) { return {{"actor", actor}, {"who", nullptr}, {"who_note", why}}; }

// The newest event of a kind that has the object in any way.
std::optional<std::uint64_t> newest_with(LedgerAnswer& answer, const char* kind, const std::string& hash) {
  const std::vector<std::uint64_t> seqs =
      answer.index().find({.kinds = {kind}, .object = hash, .order = EventFilter::Order::kNewestFirst, .limit = 1});
  return seqs.empty() ? std::nullopt : std::optional(seqs.front());
}

std::optional<std::uint64_t> done_of(LedgerAnswer& answer, std::uint64_t order) {
  for (const EventIndex::Reference& reference : answer.index().referring_to(order))
    if (answer.event(reference.seq).kind == "erase.done") return reference.seq;
  return std::nullopt;
}

// Whether the order took the object away, and nothing made it again since, byte by byte.
bool took_away(const Event& order, const std::string& hash, const ObjectStore& objects) {
  return std::ranges::any_of(order.body.at("objects"), [&](const Json& object) {
    return object.at("old").at("hash").get_ref<const std::string&>() == hash && !objects.has(object.at("old").get<ObjectRef>());
  });
}

// The newest run of the label stage, where it made other labels than these.
Json relabelled_json(LedgerAnswer& answer, const std::optional<std::string>& labels) {
  const auto newest = answer.index().latest("stage.run", "label");
  if (!labels || !newest || answer.event(*newest).body.at("outcome") != "ok") return nullptr;
  const auto now = hash_in(answer.event(*newest), "outputs", "labels.patterns");
  return now == labels ? Json() : answer.named(*newest);
}

Json redefined_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& sources) {
  Json list = Json::array();
  for (const std::uint64_t seq : sources) {
    const std::string name = answer.event(seq).body.at("name");
    const auto newest = answer.index().latest("source.define", name);
    if (newest && *newest != seq) list.push_back({{"name", name}, {"was", seq}, {"now", answer.named(*newest)}});
  }
  return list;
}

Json newer_gold_json(LedgerAnswer& answer, const std::optional<std::uint64_t>& gold) {
  const auto newest = answer.index().last("gold.commit");
  return gold && newest && *newest != *gold ? answer.named(*newest, {"version", "rule", "changed"}) : Json();
}

}  // namespace

LedgerAnswer::LedgerAnswer(const Workspace& workspace, ProjectLedger& ledger)
    : ledger_(ledger),
      has_payloads_(std::filesystem::exists(workspace.project().state() / "payload.db")),
      log_(ledger.reader()),
      index_(ledger.index()) {}

const Event& LedgerAnswer::event(std::uint64_t seq) {
  const auto found = read_.find(seq);
  return found != read_.end() ? found->second : read_.emplace(seq, log_.event(seq)).first->second;
}

Json LedgerAnswer::named(std::uint64_t seq) {
  named_.insert(seq);
  const Event& named = event(seq);
  Json json = {{"seq", seq}, {"kind", named.kind}, {"time", named.time}, {"role", named.role}};
  json.update(person(named.actor));
  return json;
}

Json LedgerAnswer::named(std::uint64_t seq, std::initializer_list<const char*> members) {
  Json json = named(seq);
  const Json& body = event(seq).body;
  for (const char* member : members) json[member] = body.contains(member) ? body.at(member) : Json();
  return json;
}

Json LedgerAnswer::person(const std::string& actor) {
  const auto known = people_.find(actor);
  return known != people_.end() ? known->second : people_.emplace(actor, look_up(actor)).first->second;
}

Json LedgerAnswer::look_up(const std::string& actor) {
  if (actor.starts_with("s:")) return {{"actor", actor}, {"who", actor.substr(2)}, {"who_note", "a part of the program"}};
  if (!actor.starts_with("p:")) return unknown(actor, "who holds this key");
  try {
    const std::optional<Commitment> profile = profile_of(actor);
    if (!profile) return unknown(actor, "no event says who this is");
    if (!has_payloads_) return unknown(actor, "the personal payloads are not on this machine");
    const std::optional<std::string> text = ledger_.payloads().get(*profile);
    if (!text) return unknown(actor, "the name was erased, or is not on this machine");
    if (const auto account = account_in(*text)) return {{"actor", actor}, {"who", *account}, {"who_note", ""}};
    return unknown(actor, "the profile holds no account");
  } catch (const Error& error) {
    return unknown(actor, std::string("the personal payloads cannot be read: ") + error.what());
  }
}

std::optional<Commitment> LedgerAnswer::profile_of(const std::string& actor) {
  constexpr std::uint64_t kLookedAt = 16;  // A person who adds others stands in their events too.
  for (const std::uint64_t seq :
       index_.find({.kinds = {"admin.person"}, .actor = actor, .order = EventFilter::Order::kNewestFirst, .limit = kLookedAt}))
    if (const Json& body = event(seq).body; body.at("person") == actor)
      return Commitment{.commit = body.at("profile").at("commit"), .payload = body.at("profile").at("payload")};
  return std::nullopt;
}

std::vector<std::uint64_t> LedgerAnswer::events() const { return {named_.begin(), named_.end()}; }

std::optional<std::uint64_t> event_of_run(LedgerAnswer& answer, const RunRecord& record) {
  const auto own = std::ranges::find_if(record.outputs, [](const NamedRef& output) { return output.name.find('/') == std::string::npos; });
  if (own == record.outputs.end()) return std::nullopt;
  const EventFilter runs{.kinds = {"stage.run"}, .object = own->ref.hash, .name = record.stage, .order = EventFilter::Order::kNewestFirst};
  for (const std::uint64_t seq : answer.index().find(runs)) {
    const Json& body = answer.event(seq).body;
    if (body.at("key") == record.key && body.at("started") == record.started) return seq;
  }
  return std::nullopt;
}

std::optional<ObjectRef> ref_in(const Event& run, const char* list, std::string_view name) {
  std::optional<ObjectRef> ref;
  if (!run.body.contains(list)) return ref;
  for (const Json& part : run.body.at(list))
    if (part.at("name") == name) ref = part.at("ref").get<ObjectRef>();
  return ref;
}

std::optional<std::string> hash_in(const Event& run, const char* list, std::string_view name) {
  const auto ref = ref_in(run, list, name);
  return ref ? std::optional(ref->hash) : std::nullopt;
}

std::optional<std::uint64_t> maker_before(LedgerAnswer& answer, const std::string& hash, std::uint64_t before) {
  const EventFilter runs{.kinds = {"stage.run"}, .object = hash, .before_seq = before, .order = EventFilter::Order::kNewestFirst};
  for (const std::uint64_t seq : answer.index().find(runs))
    for (const Json& output : answer.event(seq).body.at("outputs"))
      if (output.at("ref").at("hash") == hash) return seq;
  return std::nullopt;
}

std::optional<std::uint64_t> import_of(LedgerAnswer& answer, const std::string& dataset) {
  return newest_with(answer, "data.import", dataset);
}

std::optional<std::uint64_t> gold_of(LedgerAnswer& answer, const std::string& dataset) {
  return newest_with(answer, "gold.commit", dataset);
}

std::vector<std::uint64_t> sources_of_run(LedgerAnswer& answer, std::uint64_t run) {
  std::vector<std::uint64_t> sources;
  for (const EventIndex::Reference& reference : answer.index().referring_to(run)) {
    if (reference.member != "run" || answer.event(reference.seq).kind != "vote.batch") continue;
    for (const Json& source : answer.event(reference.seq).body.at("sources")) sources.push_back(source.get<std::uint64_t>());
  }
  return sources;
}

std::vector<std::string> objects_of_dataset(const ObjectStore& objects, const ObjectRef& dataset) {
  std::vector<std::string> hashes{dataset.hash};
  if (!objects.has(dataset)) return hashes;
  const DatasetManifest manifest = objects.get_json(dataset).get<DatasetManifest>();
  for (const DatasetManifest::Part& part : manifest.parts) hashes.push_back(part.ref.hash);
  return hashes;
}

Json erasures_of(LedgerAnswer& answer, const ObjectStore& objects, const std::vector<std::string>& hashes) {
  Json list = Json::array();
  if (!answer.index().last("erase.order")) return list;
  for (const std::string& hash : hashes)
    for (const std::uint64_t order : answer.index().find({.kinds = {"erase.order"}, .object = hash}))
      if (took_away(answer.event(order), hash, objects))
        list.push_back(
            {{"object", hash}, {"order", answer.named(order, {"ground", "approver"})}, {"done", answer.named(done_of(answer, order))}});
  return list;
}

Json later_json(LedgerAnswer& answer, const ObjectStore& objects, const Ingredients& ingredients) {
  return {{"erased", erasures_of(answer, objects, ingredients.objects)},
          {"relabelled", relabelled_json(answer, ingredients.labels)},
          {"redefined", redefined_json(answer, ingredients.sources)},
          {"gold", newer_gold_json(answer, ingredients.gold)}};
}

}  // namespace hone
