#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <thread>

#include "cli/interrupt.h"
#include "cli/ledger_place.h"
#include "cli/terminal.h"
#include "hone/core/suggest.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/canonical_json.h"
#include "hone/ledger/event_index.h"
#include "hone/ledger/event_kinds.h"
#include "hone/ledger/event_sentence.h"

namespace hone::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{200};

struct LogArguments : ProjectOptions {
  EventFilter filter;
  std::string since, until;
  std::uint64_t limit = 50;
  bool follow = false;
};

// --- What was typed.

// A time of which the end may be left out ("2026-01", "2026-01-05 09:30"), with what `filled` has there.
std::string filled_up(std::string moment, std::string_view filled) {
  if (moment.ends_with('Z')) moment.pop_back();
  if (moment.size() > 10 && moment[10] == ' ') moment[10] = 'T';
  constexpr std::array<std::size_t, 6> kEnds = {4, 7, 10, 13, 16, 19};  // Of the year, the month, the day and so on.
  if (moment.size() < kEnds.back() && std::ranges::count(kEnds, moment.size()) == 0) return moment;
  return moment.size() < filled.size() ? moment + std::string(filled.substr(moment.size())) : moment;
}

std::string earliest(const std::string& moment) { return filled_up(moment, "0000-01-01T00:00:00.000000Z"); }

std::string latest(const std::string& moment) {
  std::string last = filled_up(moment, "9999-12-31T23:59:59.999999Z");
  constexpr std::size_t kMonth = 7, kDay = 8;
  if (moment.size() != kMonth) return last;
  for (const char* day : {"30", "29", "28"})
    if (!is_utc_time(last)) last.replace(kDay, 2, day);
  return last;
}

std::string checked_time(const std::string& time, std::string_view option, const std::string& said) {
  if (is_utc_time(time)) return time;
  throw UsageError(fmt::format("{} takes a time in UTC, of which the end may be left out, as in 2026-01-05 or 2026-01-05T09:30, not '{}'",
                               option, said));
}

void check_kinds(const std::vector<std::string>& typed_kinds, EventIndex& index) {
  std::vector<std::string> names = index.kinds();
  for (const EventKind& kind : event_kinds()) names.emplace_back(kind.name);
  for (const std::string& typed_kind : typed_kinds)
    if (std::ranges::none_of(names, [&](const std::string& name) { return name.starts_with(typed_kind); }))
      throw UsageError("no kind of event begins with '" + typed_kind + "'" + suggestion(typed_kind, names));
}

EventFilter filter_of(const LogArguments& arguments) {
  EventFilter filter = arguments.filter;
  if (!arguments.since.empty()) filter.from = checked_time(earliest(arguments.since), "--since", arguments.since);
  if (!arguments.until.empty()) filter.to = checked_time(latest(arguments.until), "--until", arguments.until);
  return filter;
}

// --- What is printed.

// Of the same widths for all, so that those that come later stand below.
std::string line_of(std::string_view seq, std::string_view time, std::string_view who, std::string_view kind, std::string_view what) {
  std::string line = fmt::format("{:>8}  {:<19}  {:<18}  {:<17}  {}", seq, time, who, kind, what);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string event_line(const Event& event) {
  const std::string time = event.time.substr(0, 10) + " " + event.time.substr(11, 8);
  return line_of(std::to_string(event.seq), time, one_line(event.actor, 40), one_line(event.kind, 40), one_line(sentence_of(event), 120));
}

// The newest that are asked for, in the order of the log.
std::vector<std::uint64_t> newest(EventIndex& index, EventFilter filter, std::uint64_t limit) {
  filter.order = EventFilter::Order::kNewestFirst;
  filter.limit = limit;
  std::vector<std::uint64_t> found = typed([&] { return index.find(filter); });
  std::ranges::reverse(found);
  return found;
}

void print_all(LedgerReader& ledger, const std::vector<std::uint64_t>& found, bool json) {
  for (const std::uint64_t seq : found)
    if (json)
      print_json_line(parse_canonical(ledger.entry(seq)));
    else
      print(event_line(ledger.event(seq)));
  finish_output();
}

void print_document(LedgerReader& ledger, const std::vector<std::uint64_t>& found, bool left_out) {
  nlohmann::json events = nlohmann::json::array();
  for (const std::uint64_t seq : found) events.push_back(parse_canonical(ledger.entry(seq)));
  print_json({{"size", ledger.size()}, {"root", to_hex(ledger.checkpoint().root)}, {"events", std::move(events)}, {"left_out", left_out}});
}

// Until somebody ends it, which is no failure.
void follow(LedgerReader& ledger, EventIndex& index, EventFilter filter, bool json) {
  filter.limit = 0;
  const Progress asked = interruptible({});
  try {
    for (std::uint64_t seen = index.size();; seen = index.size()) {
      while (!index.refresh()) {
        asked({});
        std::this_thread::sleep_for(kBetweenLooks);
      }
      filter.after_seq = seen - 1;
      print_all(ledger, index.find(filter), json);
      asked({});
    }
  } catch (const Interrupted&) {
    finish_output();
  }
}

int log(const LogArguments& arguments) {
  const EventFilter filter = filter_of(arguments);
  const LedgerPlace place = ledger_place(arguments);
  LedgerReader ledger = open_ledger(place);
  EventIndex index(place.index, ledger, terminal_progress());
  clear_progress();
  check_kinds(filter.kinds, index);
  std::vector<std::uint64_t> found = newest(index, filter, arguments.limit + 1);
  const bool left_out = found.size() > arguments.limit;
  if (left_out) found.erase(found.begin());
  if (arguments.json && !arguments.follow) {
    print_document(ledger, found, left_out);
    return 0;
  }
  if (!arguments.json) print(line_of("seq", "time (UTC)", "who", "kind", "what"));
  print_all(ledger, found, arguments.json);
  if (arguments.follow) follow(ledger, index, filter, arguments.json);
  return 0;
}

}  // namespace

Body add_log(CLI::App& command) {
  const auto arguments = std::make_shared<LogArguments>();
  EventFilter& filter = arguments->filter;
  command.add_option("--kind", filter.kinds, "Events of this kind, or of those that begin so (vote.); may be given again")
      ->type_name("KIND");
  command.add_option("--actor", filter.actor, "What this person, program or key did: p:…, s:… or k:…")->type_name("ACTOR");
  command.add_option("--since", arguments->since, "From this time on, in UTC: 2026-01-05, 2026-01-05T09:30")->type_name("TIME");
  command.add_option("--until", arguments->until, "Up to this time, all of the day or minute that is named")->type_name("TIME");
  command.add_option("--object", filter.object, "What has the object of this hash, or of the one that begins so")->type_name("HASH");
  command.add_option("--source", filter.name, "What is about the source, stage, run, release, gold version or setting of this name")
      ->type_name("NAME");
  command.add_option("--limit", arguments->limit, "At most so many, the newest")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  command.add_flag("--follow", arguments->follow, "Go on with what is appended, until Ctrl-C; with --json a line for each event");
  add_project_options(command, *arguments);
  return [arguments] { return log(*arguments); };
}

}  // namespace hone::cli
