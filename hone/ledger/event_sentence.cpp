#include "hone/ledger/event_sentence.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string_view>

#include "hone/core/json.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/ledger_clock.h"

namespace hone {
namespace {

using SentenceJson = nlohmann::json;

struct Sentence {
  std::string_view kind, pattern;
};
// {member.of.member} is what stands there: a text, a number with commas, the texts of a list. {member@} is an event's number, without
// commas. {member#thing} is how many there are: "1 thing", "4 things". {member?word} is the word where the member is true. {from~to} is the
// time between two. What stands in [ ] is left out where one of its members is missing.
constexpr std::array kSentences = {
    Sentence{"log.open", "[{origin}][, {segregation}][, goes on from {continues.origin} at {continues.size}]"},
    Sentence{"data.import", "[{source.uri}: ][{rows} rows][, {rejected.count} rejected]"},
    Sentence{"source.define", "[{name}][ {version}][, {type}][, in place of event {supersedes@}][: {because}]"},
    Sentence{"source.gate", "[{decision} ][source {source@}][, {results#result}]"},
    Sentence{"stage.run", "[{stage}: ][{outputs#output}][, {outcome}][, {started~ended}]"},
    Sentence{"run.name", "[{name}][: the run of event {run@}]"},
    Sentence{
        "vote.person",
        "[{task}: ][{value}][no answer: {abstain}][{withdrawn?withdrawn}][, on {examples#example}][, in place of event {supersedes@}]"},
    Sentence{"vote.judge", "[source {source@}: ][{votes} votes][, {cost.calls} calls]"},
    Sentence{"vote.batch", "[{sources#source}][ on {rows} rows][: {votes} votes][, {abstained} abstained]"},
    Sentence{"queue.plan", "[strata: {strata#}]"},
    Sentence{"gold.commit", "[version {version}][, {changed} changed][, {sealed?sealed}][, approved by {approver}]"},
    Sentence{"taxonomy.change", "[{operations#operation}][, {votes_affected} votes affected][, {to_review} to review][: {because}]"},
    Sentence{"guideline.publish", "[version {version}][: {because}]"},
    Sentence{"adjudication", "[{value}][, over {inputs#vote}]"},
    Sentence{"release", "[{name}][ {version}][, {what}][, approved by {approver}][: {because}]"},
    Sentence{"read.export", "[{rows} rows][ as {format}][ for {purpose}]"},
    Sentence{"read.sealed", "[gold {gold@}][benchmark {benchmark@}][ for {purpose}]"},
    Sentence{"read.view", "[{count} rows][ of event {dataset@}]"},
    Sentence{"admin.person", "[{person}]"},
    Sentence{"admin.role", "[{person}: ][from {from} ][to {to}]"},
    Sentence{"admin.login", "[{person}: ][{outcome}][, failures: {failures}]"},
    Sentence{"admin.config", "[{setting}][: from {from}][ to {to}]"},
    Sentence{"admin.denied", "[{rule}][, {count} times][, {person}]"},
    Sentence{"admin.backup", "[{size} events][ to {place}]"},
    Sentence{"admin.restore", "[{size} events]"},
    Sentence{"admin.recovery", "[{bytes} bytes set aside]"},
    Sentence{"admin.clock", "[from {from}][ to {to}]"},
    Sentence{"admin.upgrade", "[from {from}][ to {to}]"},
    Sentence{"admin.inventory", "[{parts#part}]"},
    Sentence{"erase.order", "[{commits#payload}][, {objects#object}][: {ground}][, approved by {approver}]"},
    Sentence{"erase.done", "[order {order@}][, by {method}]"},
    Sentence{"anchor", "[{size} events][ at {place}]"},
    Sentence{"key.rotate", "[{reason}]"},
    Sentence{"key.revoke", "[trusted up to {trusted_size@}]"},
};

using Words = std::optional<std::string>;

std::string number_with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > first + 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

const SentenceJson* member_at(const SentenceJson& body, std::string_view path) {
  const SentenceJson* found = &body;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const auto member = found->find(path.substr(0, end));
    if (!found->is_object() || member == found->end()) return nullptr;
    found = &*member;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return found;
}

Words words_of(const SentenceJson& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return number_with_commas(value.get<std::int64_t>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array() || value.empty()) return std::nullopt;
  std::string all;
  for (const SentenceJson& element : value) all += (all.empty() ? "" : ", ") + words_of(element).value_or("…");
  return all;
}

// "4 outputs"; of an object with a count for each, as many as it names.
Words counted(const SentenceJson* list, std::string_view thing) {
  if (!list || !list->is_structured()) return std::nullopt;
  std::string words = number_with_commas(static_cast<std::int64_t>(list->size()));
  if (thing.empty()) return words;
  return words + " " + std::string(thing) + (list->size() == 1 ? "" : "s");
}

Words time_between(const SentenceJson* from, const SentenceJson* to) {
  const auto is_time = [](const SentenceJson* value) {
    return value && value->is_string() && is_utc_time(value->get_ref<const std::string&>());
  };
  if (!is_time(from) || !is_time(to)) return std::nullopt;
  const auto microseconds = [](const SentenceJson* time) { return time_of(time->get_ref<const std::string&>()); };
  std::array<char, 32> seconds;
  std::snprintf(seconds.data(), seconds.size(), "%.2f s", static_cast<double>(microseconds(to) - microseconds(from)) / 1e6);
  return std::string(seconds.data());
}

// Of what stands between { and }.
Words words_for(const SentenceJson& body, std::string_view asked) {
  const std::size_t sign = asked.find_first_of("@#?~");
  const SentenceJson* const member = member_at(body, asked.substr(0, sign));
  if (sign == std::string_view::npos) return member ? words_of(*member) : std::nullopt;
  const std::string_view behind = asked.substr(sign + 1);
  if (asked[sign] == '@') return member && member->is_number_integer() ? Words(member->dump()) : std::nullopt;
  if (asked[sign] == '#') return counted(member, behind);
  if (asked[sign] == '~') return time_between(member, member_at(body, behind));
  return member && member->is_boolean() && member->get<bool>() ? Words(behind) : std::nullopt;
}

// Of what stands between [ and ]: nothing where something is missing.
Words part_of(const SentenceJson& body, std::string_view pattern) {
  std::string part;
  while (!pattern.empty()) {
    const std::size_t open = std::min(pattern.find('{'), pattern.size()), close = std::min(pattern.find('}'), pattern.size());
    part += pattern.substr(0, open);
    if (open == pattern.size()) break;
    const Words words = words_for(body, pattern.substr(open + 1, close - open - 1));
    if (!words) return std::nullopt;
    part += *words;
    pattern.remove_prefix(close + 1);
  }
  return part;
}

// Where the first parts are missing, so is the comma, colon or space before the next.
std::string filled(const SentenceJson& body, std::string_view pattern) {
  std::string sentence;
  while (!pattern.empty()) {
    const std::size_t end = pattern.find(']');
    sentence += part_of(body, pattern.substr(1, end - 1)).value_or("");
    if (const std::size_t said = sentence.find_first_not_of(",: "); said != 0) sentence.erase(0, said);
    pattern.remove_prefix(end + 1);
  }
  return sentence;
}

}  // namespace

std::string sentence_of(const Event& event) {
  const auto* const found = std::ranges::find(kSentences, std::string_view(event.kind), &Sentence::kind);
  return found == kSentences.end() ? "a kind of event that this program does not know" : filled(event.body, found->pattern);
}

}  // namespace hone
