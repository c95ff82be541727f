#include "hone/record/why_internal.h"

#include <algorithm>

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kEarlierNamed = 10;
constexpr std::size_t kExportsNamed = 20;

std::optional<std::uint64_t> superseded(const Event& event) {
  return event.body.contains("supersedes") ? std::optional(event.body.at("supersedes").get<std::uint64_t>()) : std::nullopt;
}

}  // namespace

Json source_version_json(LedgerAnswer& answer, std::uint64_t seq) {
  Json json = answer.named(seq, {"name", "version", "type", "code", "because"});
  json["author"] = answer.person(answer.event(seq).body.at("author"));
  json["earlier"] = Json::array();
  std::uint64_t left_out = 0;
  for (auto before = superseded(answer.event(seq)); before; before = superseded(answer.event(*before))) {
    if (json["earlier"].size() < kEarlierNamed)
      json["earlier"].push_back(answer.named(*before, {"version", "because"}));
    else
      ++left_out;
  }
  json["earlier_left_out"] = left_out;
  return json;
}

Json source_versions_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& sources) {
  Json list = Json::array();
  for (const std::uint64_t seq : sources) list.push_back(source_version_json(answer, seq));
  return list;
}

Json import_json(LedgerAnswer& answer, std::uint64_t seq) {
  return answer.named(
      seq, {"dataset", "rows", "source", "licence", "purpose", "legal_basis", "pii", "consent", "retain_until", "rejected", "id_rule"});
}

Json gold_version_json(LedgerAnswer& answer, std::uint64_t seq) {
  Json json = answer.named(seq, {"version", "rule", "changed", "sealed", "parent"});
  json["approver"] = answer.person(answer.event(seq).body.at("approver"));
  return json;
}

Json run_json(LedgerAnswer& answer, std::uint64_t seq) {
  return answer.named(seq, {"stage", "key", "seed", "code", "started", "ended", "outcome", "counts"});
}

Json datasets_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& runs) {
  Json list = Json::array();
  for (const std::uint64_t run : runs) {
    const auto hash = hash_in(answer.event(run), "outputs", "dataset");
    if (!hash) continue;
    const auto imported = import_of(answer, *hash);
    list.push_back({{"hash", *hash},
                    {"made_by", answer.named(run)},
                    {"import", imported ? import_json(answer, *imported) : Json()},
                    {"note", imported || answer.event(run).body.at("stage") != "import" ? "" : "no import of it is recorded"}});
  }
  return list;
}

Json pin_json(LedgerAnswer& answer, const std::string& hash) {
  const auto made = answer.index().made(hash);
  return {{"hash", hash}, {"made_by", answer.named(made)}, {"note", made ? "" : "no event says what made it"}};
}

Json exports_json(LedgerAnswer& answer, const std::vector<std::string>& hashes) {
  std::set<std::uint64_t, std::greater<>> seqs;
  for (const std::string& hash : hashes)
    for (const std::uint64_t seq :
         answer.index().find({.kinds = {"read.export"}, .object = hash, .order = EventFilter::Order::kNewestFirst, .limit = kExportsNamed}))
      seqs.insert(seq);
  Json list = Json::array();
  for (const std::uint64_t seq : seqs)
    if (list.size() < kExportsNamed)
      list.push_back(answer.named(seq, {"format", "rows", "file", "guarded", "purpose", "licence", "recipient"}));
  return list;
}

Json people_json(LedgerAnswer& answer, const std::vector<std::uint64_t>& seqs) {
  std::vector<std::pair<std::string, Json>> people;
  for (const std::uint64_t seq : seqs) {
    const std::string& actor = answer.event(seq).actor;
    auto found = std::ranges::find(people, actor, &std::pair<std::string, Json>::first);
    if (found == people.end()) found = people.emplace(people.end(), actor, Json::object());
    Json& count = found->second[answer.event(seq).kind];
    count = count.is_null() ? 1 : count.get<std::uint64_t>() + 1;
  }
  Json list = Json::array();
  for (const auto& [actor, kinds] : people) {
    list.push_back(answer.person(actor));
    list.back()["kinds"] = kinds;
  }
  return list;
}

std::vector<std::uint64_t> runs_behind(LedgerAnswer& answer, std::uint64_t run) {
  std::set<std::uint64_t> runs{run};
  std::vector<std::uint64_t> open{run};
  while (!open.empty()) {
    const std::uint64_t user = open.back();
    open.pop_back();
    for (const Json& input : answer.event(user).body.at("inputs")) {
      const auto maker = maker_before(answer, input.at("ref").at("hash"), user);
      if (maker && runs.insert(*maker).second) open.push_back(*maker);
    }
  }
  return {runs.begin(), runs.end()};
}

}  // namespace hone
