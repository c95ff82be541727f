#include <array>
#include <charconv>

#include "hone/core/error.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/event.h"

namespace hone::ledger_internal {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTimeBytes = 27;
constexpr std::size_t kTokenBytes = 32;
constexpr std::string_view kBeforeActor = R"({"actor":")";

// Takes texts off the end of an entry.
class FromEnd {
 public:
  explicit FromEnd(std::string_view text) : text_(text) {}

  bool take(std::string_view expected) {
    if (!text_.ends_with(expected)) return false;
    text_.remove_suffix(expected.size());
    return true;
  }
  std::string_view take_bytes(std::size_t bytes) {
    const std::string_view taken = text_.substr(text_.size() - std::min(bytes, text_.size()));
    text_.remove_suffix(taken.size());
    return taken;
  }
  // What stands behind the last `before`, which is taken too. Of the marks looked for none can stand inside a text of JSON: quotes are
  // escaped there.
  std::optional<std::string_view> take_behind(std::string_view before) {
    const std::size_t place = text_.rfind(before);
    if (place == std::string_view::npos) return std::nullopt;
    const std::string_view taken = text_.substr(place + before.size());
    text_ = text_.substr(0, place);
    return taken;
  }

 private:
  std::string_view text_;
};

std::optional<EntryFacts> quick_facts(std::string_view entry) {
  FromEnd end(entry);
  EntryFacts facts;
  if (!entry.starts_with(kBeforeActor) || !end.take("}")) return std::nullopt;
  if (!end.take(R"(,"v":1)")) {
    if (!end.take("\"") || end.take_bytes(kTimeBytes).size() != kTimeBytes || !end.take(R"(,"v":1,"wall":")")) return std::nullopt;
  }
  if (!end.take("\"")) return std::nullopt;
  facts.token = end.take_bytes(kTokenBytes);
  if (!is_lower_hex(facts.token, kTokenBytes) || !end.take(R"(","token":")")) return std::nullopt;
  facts.time = end.take_bytes(kTimeBytes);
  if (!is_utc_time(facts.time) || !end.take(R"(,"time":")")) return std::nullopt;
  const auto seq = end.take_behind(R"(,"seq":)");
  if (!seq || !end.take("\"")) return std::nullopt;
  const auto [stopped, error] = std::from_chars(seq->data(), seq->data() + seq->size(), facts.seq);
  if (error != std::errc() || stopped != seq->data() + seq->size()) return std::nullopt;
  const auto role = end.take_behind(R"(","role":")");
  const auto kind = end.take_behind(R"(,"kind":")");
  if (!role || !is_role(*role) || !kind || kind->find('"') != std::string_view::npos) return std::nullopt;
  facts.kind = *kind;
  facts.role = *role;
  facts.actor = entry.substr(kBeforeActor.size(), entry.find('"', kBeforeActor.size()) - kBeforeActor.size());
  return facts;
}

bool is_ref(const Json& value) { return value.size() == 3 && value.contains("bytes") && value.contains("hash") && value.contains("media"); }

}  // namespace

EntryFacts facts_of(std::string_view entry) {
  if (auto facts = quick_facts(entry)) return *facts;
  Event event = parse_event(entry);
  return {.seq = event.seq,
          .kind = std::move(event.kind),
          .time = std::move(event.time),
          .token = std::move(event.token),
          .actor = std::move(event.actor),
          .role = std::move(event.role)};
}

void visit_objects_brought(const Json& body, const std::function<void(const std::string& hash)>& visit) {
  if (body.is_object() && is_ref(body) && body["hash"].is_string()) return visit(body["hash"].get_ref<const std::string&>());
  if (body.is_array())
    for (const Json& element : body) visit_objects_brought(element, visit);
  if (!body.is_object()) return;
  for (const auto& [key, member] : body.items())
    if (key != "inputs") visit_objects_brought(member, visit);
}

void visit_keys(std::string_view kind, std::string_view token, const Json& body,
                const std::function<void(const LookupIndex::Key&)>& visit) {
  visit(hex_key(token));
  if (kind == "vote.person") return;
  if (kind == "key.rotate") visit(kind_key(kind));
  visit_objects_brought(body, [&](const std::string& hash) {
    if (is_lower_hex(hash, 64)) visit(hex_key(hash));
  });
}

void visit_entry_keys(const EntryFacts& facts, std::string_view entry, const std::function<void(const LookupIndex::Key&)>& visit) {
  visit_keys(facts.kind, facts.token, facts.kind == "vote.person" ? Json() : parse_event(entry).body, visit);
}

std::string rotation_text(std::string_view origin, std::uint64_t seq, std::string_view vkey) {
  return "hone/key-rotate/v1\n" + std::string(origin) + "\n" + std::to_string(seq) + "\n" + std::string(vkey) + "\n";
}

}  // namespace hone::ledger_internal
