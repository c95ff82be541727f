#include "hone/ledger/event_rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "hone/core/error.h"
#include "hone/ledger/event_kinds.h"

namespace hone {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const NewEvent& event, const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, event.kind + " " + what);
}

struct Reference {
  std::string_view member;
  std::string_view kinds;  // Parted by spaces.
};
// What a member's number may point at. `supersedes` points at its own kind.
constexpr std::array kReferences = {
    Reference{"dataset", "data.import stage.run"},
    Reference{"source", "source.define"},
    Reference{"sources", "source.define"},
    Reference{"guideline", "guideline.publish"},
    Reference{"taxonomy", "taxonomy.change"},
    Reference{"plan", "queue.plan"},
    Reference{"run", "stage.run"},
    Reference{"order", "erase.order"},
    Reference{"previous", "release"},
    Reference{"parent", "gold.commit"},
    Reference{"gold", "gold.commit"},
    Reference{"benchmark", "release gold.commit"},
    Reference{"inputs", "vote.person vote.judge vote.batch"},
    Reference{"from", "vote.person vote.judge vote.batch adjudication gold.commit"},
};

bool is_listed(std::string_view word, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string_view kinds_allowed(const NewEvent& event, std::string_view member) {
  if (member == "supersedes") return event.kind;
  const auto* const found = std::ranges::find(kReferences, member, &Reference::member);
  return found == kReferences.end() ? "" : found->kinds;
}

void check_reference(const NewEvent& event, const BodySchema::NamedEvent& named, EarlierEvents& earlier) {
  const auto said = [&] { return "names event " + std::to_string(named.seq) + " as '" + std::string(named.member) + "', which is "; };
  if (named.seq >= earlier.size()) refuse(event, said() + "not in the log yet");
  const auto known = earlier.event(named.seq);
  if (!is_listed(known->kind, kinds_allowed(event, named.member))) refuse(event, said() + "a " + known->kind);
}

std::vector<std::string> examples_of(const Json& body) {
  if (body.contains("example")) return {body["example"].get<std::string>()};
  if (body.contains("examples")) return body["examples"].get<std::vector<std::string>>();
  return {};
}

bool is_on(const Event& vote, const std::string& example) {
  const std::vector<std::string> examples = examples_of(vote.body);
  return examples.empty() || std::ranges::find(examples, example) != examples.end();  // A batch names its examples in an object.
}

std::shared_ptr<const Event> superseded(const NewEvent& event, EarlierEvents& earlier) {
  const auto found = event.body.find("supersedes");
  return found == event.body.end() ? nullptr : earlier.event(found->get<std::uint64_t>());
}

void check_vote(const NewEvent& event, EarlierEvents& earlier) {
  const auto old = superseded(event, earlier);
  if (!old) return;
  if (old->actor != event.actor) refuse(event, "supersedes another actor's vote");
  for (const std::string& example : examples_of(event.body))
    if (!is_on(*old, example)) refuse(event, "supersedes a vote on another example");
}

void check_source(const NewEvent& event, EarlierEvents& earlier) {
  const auto old = superseded(event, earlier);
  if (old && text_of(old->body, "name") != text_of(event.body, "name")) refuse(event, "supersedes a source of another name");
}

void check_run(const NewEvent& event, EarlierEvents& earlier) {
  for (const Json& input : event.body["inputs"])
    if (!earlier.brought_object(input["ref"]["hash"].get<std::string>()))
      refuse(event, "has the input '" + input["name"].get<std::string>() + "', which no earlier event imported or made");
}

void check_gold(const NewEvent& event, EarlierEvents& earlier) {
  const auto from = event.body.find("from");
  if (!earlier.segregated() || from == event.body.end() || from->empty()) return;
  const auto is_approvers = [&](const Json& seq) {
    return earlier.event(seq.get<std::uint64_t>())->actor == text_of(event.body, "approver");
  };
  if (std::ranges::all_of(*from, is_approvers)) refuse(event, "is approved by the only one who voted");
}

void check_adjudication(const NewEvent& event, EarlierEvents& earlier) {
  const std::string example = event.body["example"];
  for (const Json& seq : event.body["inputs"]) {
    const auto input = earlier.event(seq.get<std::uint64_t>());
    if (!is_on(*input, example)) refuse(event, "has an input that is a vote on another example");
    if (earlier.segregated() && input->actor == event.actor) refuse(event, "decides over a vote of its own actor");
  }
  const auto old = superseded(event, earlier);
  if (old && !is_on(*old, example)) refuse(event, "supersedes a decision on another example");
}

void check_approver(const NewEvent& event, EarlierEvents& earlier) {
  if (earlier.segregated() && text_of(event.body, "approver") == event.actor) refuse(event, "is approved by its own actor");
}

void check_role(const NewEvent& event, EarlierEvents&) {
  if (text_of(event.body, "person") == event.actor) refuse(event, "changes its actor's own role");
}

void check_anchor(const NewEvent& event, EarlierEvents& earlier) {
  const std::uint64_t size = event.body["size"];
  if (size > earlier.size() || text_of(event.body, "root") != to_hex(earlier.root_at(size)))
    refuse(event, "has a size and root that are not ours");
}

void check_first(const NewEvent& event, EarlierEvents& earlier) {
  if (earlier.size() != 0) refuse(event, "stands at the beginning of a log and nowhere else");
}

struct Rule {
  std::string_view kind;
  void (*check)(const NewEvent&, EarlierEvents&);
};
constexpr std::array kRules = {
    Rule{"log.open", check_first},   Rule{"vote.person", check_vote},     Rule{"source.define", check_source},
    Rule{"stage.run", check_run},    Rule{"gold.commit", check_gold},     Rule{"adjudication", check_adjudication},
    Rule{"release", check_approver}, Rule{"erase.order", check_approver}, Rule{"admin.role", check_role},
    Rule{"anchor", check_anchor},
};

}  // namespace

void check_rules(const NewEvent& event, EarlierEvents& earlier) {
  check_rules(event, find_event_kind(event.kind)->body.events_named(event.body), earlier);
}

void check_rules(const NewEvent& event, std::span<const BodySchema::NamedEvent> named, EarlierEvents& earlier) {
  if (earlier.size() == 0 && event.kind != "log.open") refuse(event, "comes before log.open, which opens a log");
  try {
    for (const BodySchema::NamedEvent& other : named) check_reference(event, other, earlier);
    for (const Rule& rule : kRules)
      if (rule.kind == event.kind) rule.check(event, earlier);
  } catch (const Json::exception& error) {  // Of an event that a newer program wrote.
    refuse(event, std::string("names an event that this program does not understand: ") + error.what());
  }
}

}  // namespace hone
