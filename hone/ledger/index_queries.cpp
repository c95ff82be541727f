#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "hone/core/error.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/index_entry_internal.h"
#include "hone/ledger/index_queries_internal.h"
#include "hone/ledger/ledger_clock.h"

namespace hone::ledger_internal {
namespace {

using Order = EventFilter::Order;
using WordUse = IndexStore::WordUse;
constexpr std::size_t kHashDigits = 64, kKeyDigits = 32, kFewestDigits = 6;

[[noreturn]] void refuse_filter(const std::string& what) { throw Error(ErrorCode::kInvalidArgument, what); }

void check_filter(const EventFilter& filter) {
  const std::string& object = filter.object;
  if (!object.empty() && (object.size() < kFewestDigits || object.size() > kHashDigits || !is_lower_hex(object, object.size())))
    refuse_filter("an object is named by the first 6 to 64 digits of its hash in lower-case hex, not by '" + object + "'");
  if (!filter.example.empty() && !is_lower_hex(filter.example, kKeyDigits))
    refuse_filter("an example's key is 32 digits of lower-case hex, not '" + filter.example + "'");
  for (const std::string& time : {filter.from, filter.to})
    if (!time.empty() && !is_utc_time(time)) refuse_filter("a time is like 2026-01-05T09:30:00.000123Z, not '" + time + "'");
}

void check_hash(std::string_view hash) {
  if (!is_lower_hex(hash, kHashDigits)) refuse_filter("an object's hash is 64 digits of lower-case hex, not '" + std::string(hash) + "'");
}

// A hash that begins with these digits: the least one when filled with 0, the greatest with f.
std::string bytes_from(std::string beginning, char filled) {
  beginning.resize(kHashDigits, filled);
  return std::string(bytes_of(hash_of_hex(beginning)));
}

std::optional<std::uint64_t> first_number(SqlStatement& found) {
  const std::optional<std::uint64_t> number = found.step() ? std::optional(static_cast<std::uint64_t>(found.number(0))) : std::nullopt;
  found.begin();
  return number;
}

std::vector<std::uint64_t> all_numbers(SqlStatement& found) {
  std::vector<std::uint64_t> numbers;
  while (found.step()) numbers.push_back(static_cast<std::uint64_t>(found.number(0)));
  found.begin();
  return numbers;
}

SqlStatement::Blob blob_of(const Hash& hash) { return {bytes_of(hash)}; }

// A statement that is written piece by piece, with its parameters. Texts must live until the answer.
class Question {
 public:
  explicit Question(std::string_view sql) : sql_(sql) {}

  Question& write(std::string_view sql) {
    sql_ += sql;
    return *this;
  }
  Question& number(std::string_view before, std::uint64_t value) {
    return add(before, [value](SqlStatement& statement, int place) { statement.set(place, value); });
  }
  Question& text(std::string_view before, std::string_view value) {
    return add(before, [value](SqlStatement& statement, int place) { statement.set(place, value); });
  }
  Question& blob(std::string_view before, std::string bytes) {
    kept_.push_back(std::make_unique<std::string>(std::move(bytes)));
    return add(before,
               [value = kept_.back().get()](SqlStatement& statement, int place) { statement.set(place, SqlStatement::Blob{*value}); });
  }
  Question& numbers(std::string_view before, const std::vector<std::int64_t>& values) {
    write(before);
    for (std::size_t value = 0; value < values.size(); ++value)
      number(value == 0 ? " IN (" : ", ", static_cast<std::uint64_t>(values[value]));
    return write(")");
  }

  std::vector<std::uint64_t> answer(IndexStore& store) const {
    SqlStatement& statement = store.statement(sql_);
    statement.begin();
    int place = 0;
    for (const Set& set : parameters_) set(statement, ++place);
    return all_numbers(statement);
  }

 private:
  using Set = std::function<void(SqlStatement& statement, int place)>;
  Question& add(std::string_view before, Set set) {
    parameters_.push_back(std::move(set));
    return write(before).write("?");
  }

  std::string sql_;
  std::vector<Set> parameters_;
  std::vector<std::unique_ptr<std::string>> kept_;
};

// Whether the filter leads to few events by itself.
bool leads_to_few(const EventFilter& filter) { return !filter.example.empty() || !filter.object.empty() || !filter.name.empty(); }

// The events that its example, object and name lead to. A plus keeps SQLite, which has no statistics and would guess, from another way.
void write_few(Question& question, const EventFilter& filter, const std::vector<std::int64_t>& kinds) {
  const char* before = " WHERE e.seq";
  const auto lead = [&](std::string_view to) { question.write(std::exchange(before, " AND +e.seq")).write(to); };
  if (!filter.example.empty()) {
    const LookupIndex::Key key = hex_key(filter.example);
    lead(" IN (SELECT seq FROM examples WHERE key = ");
    question.blob("", {key.begin(), key.end()}).write(")");
  }
  if (!filter.object.empty()) {
    lead(" IN (SELECT seq FROM objects WHERE hash");
    question.blob(" BETWEEN ", bytes_from(filter.object, '0')).blob(" AND ", bytes_from(filter.object, 'f')).write(")");
  }
  if (!filter.name.empty()) {
    lead(" IN (SELECT seq FROM things WHERE name = ");
    question.text("", filter.name).numbers(" AND kind", kinds).write(")");
  }
}

void write_order(Question& question, Order order, std::uint64_t limit) {
  question.write(order == Order::kNewestFirst ? " ORDER BY e.seq DESC" : " ORDER BY e.seq");
  if (limit > 0) question.number(" LIMIT ", limit);
}

}  // namespace

std::optional<std::uint64_t> IndexQueries::latest(std::string_view kind, std::string_view name) {
  const auto id = store_.word(WordUse::kKind, kind);
  if (!id) return std::nullopt;
  return first_number(store_.statement("SELECT seq FROM things WHERE kind = ?1 AND name = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT 1")
                          .bind(*id, name, size_));
}

std::optional<std::uint64_t> IndexQueries::last(std::string_view kind) {
  const auto id = store_.word(WordUse::kKind, kind);
  if (!id) return std::nullopt;
  return first_number(store_.statement("SELECT seq FROM events WHERE kind = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT 1").bind(*id, size_));
}

std::optional<std::uint64_t> IndexQueries::made(std::string_view hash) {
  check_hash(hash);
  const Hash wanted = hash_of_hex(hash);
  return first_number(store_.statement("SELECT seq FROM objects WHERE hash = ?1 AND seq < ?2 AND use <> ?3 ORDER BY seq LIMIT 1")
                          .bind(blob_of(wanted), size_, static_cast<int>(ObjectUse::kInput)));
}

std::vector<std::uint64_t> IndexQueries::used_by(std::string_view hash) {
  check_hash(hash);
  const Hash wanted = hash_of_hex(hash);
  return all_numbers(store_.statement("SELECT DISTINCT seq FROM objects WHERE hash = ?1 AND seq < ?2 AND use = ?3 ORDER BY seq")
                         .bind(blob_of(wanted), size_, static_cast<int>(ObjectUse::kInput)));
}

std::vector<EventIndex::Reference> IndexQueries::referring_to(std::uint64_t seq, std::uint64_t limit) {
  SqlStatement& found = store_.statement(
      "SELECT from_seq, text FROM links CROSS JOIN words ON id = member WHERE to_seq = ?1 AND from_seq < ?2 ORDER BY from_seq, member "
      "LIMIT ?3");
  std::vector<EventIndex::Reference> references;
  for (found.bind(seq, size_, limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(limit)); found.step();)
    references.push_back({.seq = static_cast<std::uint64_t>(found.number(0)), .member = std::string(found.text(1))});
  found.begin();
  return references;
}

std::vector<std::string> IndexQueries::kinds() {
  std::vector<std::string> names;
  for (auto& [id, name] : store_.words(WordUse::kKind)) names.push_back(std::move(name));
  return names;
}

std::vector<std::int64_t> IndexQueries::kinds_like(const std::vector<std::string>& beginnings) {
  std::vector<std::int64_t> ids;
  for (const auto& [id, name] : store_.words(WordUse::kKind)) {
    const auto fits = [&, &kind = name](const std::string& beginning) { return kind.starts_with(beginning); };
    if (beginnings.empty() || std::ranges::any_of(beginnings, fits)) ids.push_back(id);
  }
  return ids;
}

std::int64_t IndexQueries::event_time(std::uint64_t seq) {
  SqlStatement& found = store_.statement("SELECT time FROM events WHERE seq = ?1").bind(seq);
  if (!found.step()) throw SqlFailure(SqlFailure::Cause::kDamaged, "the index lacks event " + std::to_string(seq));
  const std::int64_t time = found.number(0);
  found.begin();
  return time;
}

// The first event in the range, in which times never fall, that is not before `time`.
std::uint64_t IndexQueries::first_at_least(Range range, std::int64_t time) {
  while (range.begin < range.end) {
    const std::uint64_t middle = range.begin + (range.end - range.begin) / 2;
    if (event_time(middle) < time)
      range.begin = middle + 1;
    else
      range.end = middle;
  }
  return range.begin;
}

// Ascending. Between two steps of the clock times ascend as events do, so that they are found by halving.
std::vector<IndexQueries::Range> IndexQueries::ranges_of(const EventFilter& filter) {
  const std::uint64_t begin = filter.after_seq ? *filter.after_seq + 1 : 0;
  const std::uint64_t end = std::min(filter.before_seq.value_or(size_), size_);
  if (begin >= end) return {};
  if (filter.from.empty() && filter.to.empty()) return {{begin, end}};
  std::vector<std::uint64_t> bounds = all_numbers(store_.statement("SELECT seq FROM steps WHERE seq > ?1 AND seq < ?2").bind(begin, end));
  bounds.push_back(end);
  std::vector<Range> ranges;
  std::uint64_t from = begin;
  for (const std::uint64_t bound : bounds) {
    Range range{std::exchange(from, bound), bound};
    if (!filter.to.empty()) range.end = first_at_least(range, time_of(filter.to) + 1);
    if (!filter.from.empty()) range.begin = first_at_least(range, time_of(filter.from));
    if (range.begin < range.end) ranges.push_back(range);
  }
  return ranges;
}

std::vector<std::uint64_t> IndexQueries::find(const EventFilter& filter) {
  check_filter(filter);
  const auto actor = filter.actor.empty() ? std::nullopt : store_.word(WordUse::kActor, filter.actor);
  const Asked asked{.filter = filter, .kinds = kinds_like(filter.kinds), .actor = actor};
  if (asked.kinds.empty() || (!filter.actor.empty() && !actor)) return {};
  std::vector<Range> ranges = ranges_of(filter);
  if (filter.order == Order::kNewestFirst) std::ranges::reverse(ranges);
  std::vector<std::uint64_t> found;
  for (const Range& range : ranges) {
    if (filter.limit > 0 && found.size() == filter.limit) break;
    const std::vector<std::uint64_t> part = find_in(range, asked, filter.limit == 0 ? 0 : filter.limit - found.size());
    found.insert(found.end(), part.begin(), part.end());
  }
  return found;
}

std::vector<std::uint64_t> IndexQueries::find_in(Range range, const Asked& asked, std::uint64_t limit) {
  const EventFilter& filter = asked.filter;
  const bool few = leads_to_few(filter);
  if (!few && (asked.actor || !filter.kinds.empty())) return find_of_kinds(range, asked, limit);
  Question question("SELECT e.seq FROM events e");
  if (few) {
    write_few(question, filter, asked.kinds);
    question.number(" AND +e.seq >= ", range.begin).number(" AND +e.seq < ", range.end);
    if (!filter.kinds.empty()) question.numbers(" AND +e.kind", asked.kinds);
    if (asked.actor) question.number(" AND +e.actor = ", static_cast<std::uint64_t>(*asked.actor));
  } else {
    question.number(" WHERE e.seq >= ", range.begin).number(" AND e.seq < ", range.end);
  }
  write_order(question, filter.order, limit);
  return question.answer(store_);
}

// Asks for one kind after the other: those of a kind, or of an actor and a kind, lie in the order of events, those of several do not.
std::vector<std::uint64_t> IndexQueries::find_of_kinds(Range range, const Asked& asked, std::uint64_t limit) {
  std::vector<std::uint64_t> found;
  for (const std::int64_t kind : asked.kinds) {
    Question question("SELECT e.seq FROM events e INDEXED BY ");
    question.number(asked.actor ? "events_actor WHERE e.kind = " : "events_kind WHERE e.kind = ", static_cast<std::uint64_t>(kind));
    if (asked.actor) question.number(" AND e.actor = ", static_cast<std::uint64_t>(*asked.actor));
    question.number(" AND e.seq >= ", range.begin).number(" AND e.seq < ", range.end);
    write_order(question, asked.filter.order, limit);
    const std::vector<std::uint64_t> part = question.answer(store_);
    found.insert(found.end(), part.begin(), part.end());
  }
  std::ranges::sort(found);
  if (asked.filter.order == Order::kNewestFirst) std::ranges::reverse(found);
  if (limit > 0) found.resize(std::min<std::size_t>(found.size(), limit));
  return found;
}

}  // namespace hone::ledger_internal
