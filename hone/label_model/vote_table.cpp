// What the rows of a table of votes come to: classes in order, votes against them, repeats taken out, one matrix.
#include "hone/label_model/vote_table.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/core/text_parts.h"
#include "hone/label_model/vote_rows_internal.h"

namespace hone {
namespace {

// The places of the votes that count: by example, of several on one the last.
std::vector<std::size_t> counting_votes(const RawVotes& raw) {
  std::vector<std::size_t> order(raw.examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (raw.ascending) return order;
  std::ranges::stable_sort(order, {}, [&](std::size_t vote) { return raw.examples[vote]; });
  std::vector<std::size_t> last;
  for (std::size_t place = 0; place < order.size(); ++place)
    if (place + 1 == order.size() || raw.examples[order[place]] != raw.examples[order[place + 1]]) last.push_back(order[place]);
  return last;
}

// A vote that was cast after seeing that of another source, and says the same, says nothing of its own.
class Suggestions {
 public:
  /// `saw`: by source and vote, the source whose vote was seen, kNoName where none was; empty where a source saw none.
  Suggestions(const std::vector<SourceVotes>& votes, const std::vector<std::vector<std::uint32_t>>& saw) : votes_(votes), saw_(saw) {}

  /// Whether a vote repeats the one it saw, or one that this one repeats. Of votes that saw each other in a circle all count.
  bool repeats(std::uint32_t source, std::size_t vote) const {
    const std::uint32_t example = votes_[source].examples[vote];
    const ClassId voted = votes_[source].classes[vote];
    std::uint32_t at = source;
    for (int step = 0; step < kLongestChain; ++step) {
      at = saw_[at].empty() ? kNoName : saw_[at][vote];
      if (at == source) return false;
      if (at == kNoName || !find(at, example, vote) || votes_[at].classes[vote] != voted) return step > 0;
    }
    return true;
  }

 private:
  static constexpr int kLongestChain = 100;  // A longer one runs in a circle.

  bool find(std::uint32_t source, std::uint32_t example, std::size_t& vote) const {
    const std::vector<std::uint32_t>& examples = votes_[source].examples;
    const auto found = std::ranges::lower_bound(examples, example);
    vote = static_cast<std::size_t>(found - examples.begin());
    return found != examples.end() && *found == example;
  }

  const std::vector<SourceVotes>& votes_;
  const std::vector<std::vector<std::uint32_t>>& saw_;
};

// Keeps the votes for which keep(vote) holds.
template <typename Keep>
SourceVotes kept_votes(const SourceVotes& votes, const Keep& keep) {
  SourceVotes kept;
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
    if (!keep(vote)) continue;
    kept.examples.push_back(votes.examples[vote]);
    kept.classes.push_back(votes.classes[vote]);
    if (!votes.confidence.empty()) kept.confidence.push_back(votes.confidence[vote]);
  }
  return kept;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void sort_class_names(std::vector<std::string>& names) {
  const bool all_numbers = std::ranges::all_of(names, [](const std::string& name) { return whole_number(name).has_value(); });
  if (all_numbers)
    std::ranges::sort(names, {}, [](const std::string& name) { return std::tuple(*whole_number(name), name); });
  else
    std::ranges::sort(names);
}

class TableMaking {
 public:
  TableMaking(std::filesystem::path file, VoteRows rows) : file_(std::move(file)), rows_(std::move(rows)) {}

  VoteTable make() {
    VoteTable table;
    const std::vector<std::string> denied = take_votes_against(table.classes);
    sort_class_names(table.classes);
    if (table.classes.size() < 2)
      throw Error(ErrorCode::kInvalidArgument,
                  "'" + file_.string() + "' names " +
                      (table.classes.empty() ? "no class at all" : "one class only, '" + table.classes[0] + "'") +
                      "; a label model needs at least two to tell apart");
    const Answers answers = denied.empty() ? Answers(table.classes.size()) : Answers(table.classes.size(), {});
    const std::vector<ClassId> id_of = answer_ids(table.classes, denied, answers);
    note_classes_of_gold_only(table);
    table.votes = matrix(table, id_of, answers);
    table.gold = known_ids(rows_.gold, id_of);
    table.known = known_ids(rows_.known, id_of);
    if (!rows_.splits.empty()) table.split = std::move(rows_.splits);
    if (!table.split.empty()) table.split.resize(rows_.examples.size());
    table.examples = rows_.examples.names();
    table.sources = rows_.sources.names();
    table.rejected = std::move(rows_.rejected);
    table.rejected_rows = rows_.rejected_rows;
    add_notes(table);
    return table;
  }

 private:
  // What stands behind "not " or "!", else nothing.
  static std::string_view denied_by(std::string_view name) {
    for (const std::string_view start : {std::string_view("not "), std::string_view("!")})
      if (name.starts_with(start)) return trimmed(name.substr(start.size()));
    return {};
  }

  bool is_known_answer(std::uint32_t number) const {
    const auto holds = [&](const KnownAnswers& answers) { return std::ranges::find(answers.classes, number) != answers.classes.end(); };
    return holds(rows_.gold) || holds(rows_.known);
  }

  // "not fraud" beside "fraud" is a vote against it, unless some row is known to be "not fraud", or fewer than two classes would be left:
  // then it is a class. Gives the names of these, and all others as classes.
  std::vector<std::string> take_votes_against(std::vector<std::string>& classes) {
    std::vector<std::string> denied;
    for (const std::string& name : rows_.classes.names()) {
      const bool is_against = rows_.classes.find(denied_by(name)) != kNoName && !is_known_answer(rows_.classes.find(name));
      (is_against ? denied : classes).push_back(name);
    }
    if (!denied.empty() && classes.size() >= 2 && classes.size() <= Answers::kMostWithNot) {
      rows_.notes.push_back("votes for " + quoted_list(denied, 5) + " are taken as votes against these classes, for all others");
      return denied;
    }
    classes = rows_.classes.names();
    return {};
  }

  // By the number of a name: the class, or what a vote against one leaves.
  std::vector<ClassId> answer_ids(const std::vector<std::string>& sorted, const std::vector<std::string>& denied,
                                  const Answers& answers) const {
    std::vector<ClassId> id_of(rows_.classes.size());
    for (std::size_t id = 0; id < sorted.size(); ++id) id_of[rows_.classes.find(sorted[id])] = static_cast<ClassId>(id);
    for (const std::string& name : denied) {
      const ClassId against = answers.against(id_of[rows_.classes.find(denied_by(name))]);
      ClassId& id = id_of[rows_.classes.find(name)] = against;
      if (answers.breadth(against) == 1) answers.for_each_class(against, [&](ClassId only) { id = only; });
    }
    return id_of;
  }

  void note_classes_of_gold_only(const VoteTable& table) {
    std::vector<bool> voted(rows_.classes.size());
    for (const RawVotes& raw : rows_.votes)
      for (std::uint32_t number : raw.classes) voted[number] = true;
    std::vector<std::string> unvoted;
    for (const std::string& name : table.classes)
      if (!voted[rows_.classes.find(name)]) unvoted.push_back(name);
    if (!unvoted.empty()) rows_.notes.push_back("no source votes for " + quoted_list(unvoted) + ", known from gold alone");
  }

  VoteMatrix matrix(VoteTable& table, const std::vector<ClassId>& id_of, const Answers& answers) {
    std::vector<SourceVotes> by_source(rows_.votes.size());
    std::vector<std::vector<std::uint32_t>> saw(rows_.votes.size());
    for (std::size_t source = 0; source < rows_.votes.size(); ++source) {
      const RawVotes raw = std::move(rows_.votes[source]);
      const std::vector<std::size_t> counting = counting_votes(raw);
      table.repeated_votes += raw.examples.size() - counting.size();
      for (std::size_t vote : counting) {
        by_source[source].examples.push_back(raw.examples[vote]);
        by_source[source].classes.push_back(id_of[raw.classes[vote]]);
        if (!raw.confidence.empty()) by_source[source].confidence.push_back(raw.confidence[vote]);
        if (!raw.saw.empty())
          saw[source].push_back(raw.saw[vote] == kNoName ? kNoName : rows_.sources.find(rows_.shown.name(raw.saw[vote])));
      }
    }
    if (rows_.shown.size() > 0) leave_out_repeats(table, by_source, saw);
    return VoteMatrix(rows_.examples.size(), answers, by_source);
  }

  void leave_out_repeats(VoteTable& table, std::vector<SourceVotes>& by_source, const std::vector<std::vector<std::uint32_t>>& saw) {
    const Suggestions suggestions(by_source, saw);
    std::vector<SourceVotes> kept(by_source.size());
    for (std::uint32_t source = 0; source < by_source.size(); ++source) {
      const std::size_t votes = by_source[source].examples.size();
      table.led.push_back(2 * (saw[source].size() - static_cast<std::size_t>(std::ranges::count(saw[source], kNoName))) > votes);
      if (saw[source].empty()) continue;
      kept[source] = kept_votes(by_source[source], [&](std::size_t vote) { return !suggestions.repeats(source, vote); });
      table.echoes += votes - kept[source].examples.size();
    }
    for (std::size_t source = 0; source < by_source.size(); ++source)
      if (!saw[source].empty()) by_source[source] = std::move(kept[source]);
    note_unknown_suggestions();
  }

  void note_unknown_suggestions() {
    std::vector<std::string> unknown;
    for (const std::string& name : rows_.shown.names())
      if (rows_.sources.find(name) == kNoName) unknown.push_back(name);
    if (!unknown.empty())
      rows_.notes.push_back("column 'saw' names " + quoted_list(unknown, 5) +
                            ", of which the table has no votes: votes that saw these count in full");
  }

  // By example; empty when no answer is known.
  std::vector<ClassId> known_ids(const KnownAnswers& answers, const std::vector<ClassId>& id_of) const {
    if (answers.classes.empty()) return {};
    std::vector<ClassId> ids(rows_.examples.size(), kNoClass);
    for (std::size_t example = 0; example < answers.classes.size(); ++example)
      if (answers.classes[example] != kNoName) ids[example] = id_of[answers.classes[example]];
    return ids;
  }

  void add_notes(VoteTable& table) {
    if (table.repeated_votes > 0)
      rows_.notes.push_back(counted(table.repeated_votes, "vote was", "votes were") +
                            " followed by another of the same source on the same example; the last counts");
    if (table.echoes > 0)
      rows_.notes.push_back(counted(table.echoes, "vote repeats", "votes repeat") + " one of another source that was seen first, and " +
                            (table.echoes == 1 ? "is" : "are") + " left out");
    if (const std::uint64_t contradictions = rows_.gold.contradictions + rows_.known.contradictions; contradictions > 0)
      rows_.notes.push_back(counted(contradictions, "row of gold contradicts", "rows of gold contradict") +
                            " an earlier one of the same example; the last counts");
    if (rows_.rejected_rows > 0)
      rows_.notes.push_back(
          counted(rows_.rejected_rows, "row that could not be used is left out", "rows that could not be used are left out"));
    table.notes = std::move(rows_.notes);
  }

  const std::filesystem::path file_;
  VoteRows rows_;
};

}  // namespace

VoteTable read_vote_table(const std::filesystem::path& file, const VoteTableOptions& options) {
  return TableMaking(file, read_vote_rows(file, options)).make();
}

}  // namespace hone
