#include "hone/flow/admit_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "hone/core/clock.h"
#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/flow/baseline_answers_internal.h"
#include "hone/flow/own_rows_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// The text of an item; where several parts are joined, kept in `joined`, which has room for it.
std::string_view content_text(std::span<const std::string> parts, std::vector<std::string>& joined) {
  if (parts.size() == 1) return parts.front();
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "\n") + part;
  return joined.emplace_back(std::move(text));
}

// The gate, and what is said of those that it refuses.
class GateKeeping {
 public:
  GateKeeping(const Benchmark& benchmark, Workspace* workspace, const CandidateItems& candidates, const AdmitOptions& options)
      : benchmark_(benchmark),
        workspace_(workspace),
        candidates_(candidates),
        options_(options),
        own_(workspace, options.own, benchmark.fields().text),
        known_(candidates.rows.size(), Refusal::kNone) {}

  GatedItems run() {
    if (!options_.baseline.empty()) baseline_ = baseline_answers(options_, workspace_, candidates_);
    judge_before();
    verdicts_ = judge_admission(views(), standing_views(), own_.texts(), benchmark_.rules().admission, options_.threads);
    find_places();
    GatedItems gated;
    for (std::uint32_t place = 0; place < verdicts_.size(); ++place)
      if (verdicts_[place].why == Refusal::kNone) gated.admitted.push_back(place);
    gated.json = {{"file", candidates_.file.string()},
                  {"candidates", candidates_.rows.size() + candidates_.bad_rows},
                  {"passed", gated.admitted.size()},
                  {"checked_against", {{"train_rows", own_.project_rows()}, {"own_rows", own_.file_rows()}, {"baseline", baseline_json()}}},
                  {"refused", refused_json()},
                  {"refused_by_reason", counts_json()},
                  {"warnings", warnings()}};
    return gated;
  }

 private:
  const BenchmarkItem& item(std::size_t place) const { return candidates_.rows[place].item; }

  void judge_before() {
    std::unordered_set<std::string_view> keys;
    for (std::size_t place = 0; place < known_.size(); ++place) {
      const BenchmarkItem& each = item(place);
      if (!candidates_.rows[place].answerable || !is_class(each.gold))
        known_[place] = Refusal::kNotAnswerable;
      else if (!each.key.empty() && (!keys.insert(each.key).second || holder_of(each.key)))
        known_[place] = Refusal::kKeyTaken;
      else if (baseline_ && baseline_->of[place].is_trivial)
        known_[place] = Refusal::kTrivial;
    }
    // The same item again is told as such, not by its key.
    for (std::size_t place = 0; place < known_.size(); ++place)
      if (known_[place] == Refusal::kKeyTaken && benchmark_.find_id(item(place).id)) known_[place] = Refusal::kNone;
  }

  bool is_class(const std::string& gold) const {
    if (!workspace_ || workspace_->project().task.is_multi_label()) return true;
    return workspace_->project().task.find(gold) != kNoClass;
  }

  // The item in the newest version that has this key.
  const BenchmarkItem* holder_of(const std::string& key) const {
    const auto found = benchmark_.find(key);
    if (!found || benchmark_.items()[*found].until != 0 || benchmark_.items()[*found].key != key) return nullptr;
    return &benchmark_.items()[*found];
  }

  std::vector<GateItem> views() {
    std::vector<GateItem> views;
    texts_.reserve(known_.size());
    for (std::size_t place = 0; place < known_.size(); ++place)
      views.push_back({item(place).id, content_text(item(place).content, texts_), item(place).gold, known_[place]});
    return views;
  }

  std::vector<GateItem> standing_views() {
    std::vector<GateItem> views;
    standing_texts_.reserve(benchmark_.items().size());
    for (const BenchmarkItem& standing : benchmark_.items())
      views.push_back({standing.id, content_text(standing.content, standing_texts_), standing.gold});
    return views;
  }

  void find_places() {
    std::set<std::uint64_t> numbers;
    for (const Admission& verdict : verdicts_)
      if (verdict.other == Admission::Other::kOwn) numbers.insert(verdict.number);
    own_places_ = own_.places(numbers);
  }

  std::string place_of(std::uint64_t line) const { return candidates_.file.string() + ":" + std::to_string(line); }

  std::string other_of(const Admission& verdict) const {
    if (verdict.other == Admission::Other::kOwn) return own_places_.at(verdict.number);
    if (verdict.other == Admission::Other::kCandidate) return place_of(candidates_.rows[verdict.number].line);
    const BenchmarkItem& standing = benchmark_.items()[verdict.number];
    std::string name = "item " + standing.id + " of version " + std::to_string(standing.since);
    if (standing.until != 0) name += ", which version " + std::to_string(standing.until) + " retired (" + standing.retired + ")";
    return name;
  }

  std::string words_of(std::size_t place) const {
    const Admission& verdict = verdicts_[place];
    switch (verdict.why) {
      case Refusal::kNone:
        return "";
      case Refusal::kEmptyText:
        return "the text is empty";
      case Refusal::kNoGold:
        return "no gold in '" + benchmark_.fields().gold + "'";
      case Refusal::kNotAnswerable:
        return candidates_.rows[place].answerable ? "its gold '" + item(place).gold + "' is no class of the project"
                                                  : "'" + options_.answerable + "' says that it has no answer";
      case Refusal::kKeyTaken:
        return "another item has the id '" + item(place).key + "'";
      case Refusal::kTrivial:
        return fmt::format("the baseline '{}' is right and sure ({:.2f})", options_.baseline, baseline_->of[place].probability);
      case Refusal::kAlreadyThere:
        return "is there already: " + other_of(verdict);
      case Refusal::kContradiction:
        return "has the text of " + other_of(verdict) + " with other gold; one of the two is wrong";
      case Refusal::kNearDuplicate:
        return "is a duplicate, or nearly, of " + other_of(verdict);
      case Refusal::kOwnRow:
        return "is a duplicate, or nearly, of a row that we train on: " + other_of(verdict);
      case Refusal::kOwnNgrams:
        return fmt::format("{:.0f} % of its sequences of {} words stand in rows that we train on, first in {}", 100.0 * verdict.share,
                           benchmark_.rules().admission.ngram, other_of(verdict));
    }
    return "";
  }

  Json refused_json() const {
    Json refused = Json::array();
    for (const BadRow& row : candidates_.bad)
      refused.push_back(
          {{"file", candidates_.file.string()}, {"line", row.line}, {"id", nullptr}, {"reason", "malformed"}, {"text", row.reason}});
    for (std::size_t place = 0; place < verdicts_.size(); ++place)
      if (verdicts_[place].why != Refusal::kNone)
        refused.push_back({{"file", candidates_.file.string()},
                           {"line", candidates_.rows[place].line},
                           {"id", item(place).key.empty() ? item(place).id : item(place).key},
                           {"reason", to_string(verdicts_[place].why)},
                           {"text", words_of(place)}});
    return refused;
  }

  Json counts_json() const {
    std::map<std::string, std::uint64_t> counts;
    if (candidates_.bad_rows > 0) counts["malformed"] = candidates_.bad_rows;
    for (const Admission& verdict : verdicts_)
      if (verdict.why != Refusal::kNone) ++counts[std::string(to_string(verdict.why))];
    return counts;
  }

  Json baseline_json() const {
    if (!baseline_) return nullptr;
    return {{"name", options_.baseline}, {"sure", options_.sure}, {"answered", baseline_->answered}};
  }

  Json warnings() const {
    Json warnings = Json::array();
    if (own_.project_rows() + own_.file_rows() == 0)
      warnings.push_back(
          workspace_ ? "the project has no rows yet, so overlap with rows that we train on was not looked for; `hone run` reads them"
                     : "there is no project here and no --own FILE, so overlap with rows that we train on was not looked for");
    return warnings;
  }

  const Benchmark& benchmark_;
  Workspace* workspace_;
  const CandidateItems& candidates_;
  const AdmitOptions& options_;
  OwnRows own_;
  std::vector<Refusal> known_;
  std::optional<BaselineAnswers> baseline_;
  std::vector<std::string> texts_, standing_texts_;  // Of items of several parts.
  std::vector<Admission> verdicts_;
  std::map<std::uint64_t, std::string> own_places_;
};

CandidateFields candidate_fields(const Benchmark& benchmark, const AdmitOptions& options) {
  return {.of = benchmark.fields(), .answerable = options.answerable, .difficulty = options.difficulty};
}

Json admit(Benchmark& benchmark, const std::filesystem::path& items, Workspace* workspace, const AdmitOptions& options,
           const std::string& why) {
  options.validate();
  CandidateItems candidates = read_candidates(items, candidate_fields(benchmark, options));
  GatedItems gated = gate_items(benchmark, workspace, candidates, options);
  std::vector<BenchmarkItem> came;
  for (const std::uint32_t place : gated.admitted) came.push_back(std::move(candidates.rows[place].item));
  Json version;  // Null where nothing came.
  if (!came.empty()) {
    benchmark.add_version(date_or_today(options.date), why, std::move(came), {});
    version = version_summary(benchmark, benchmark.newest());
  }
  gated.json["benchmark"] = benchmark.name();
  gated.json["version"] = version;
  return gated.json;
}

}  // namespace

void AdmitOptions::validate() const {
  if (!(sure > 0.0 && sure <= 1.0)) throw Error(ErrorCode::kInvalidArgument, "sure is a probability above 0 and at most 1");
  if (!date.empty()) check_date(date);
}

std::string date_or_today(const std::string& date) { return date.empty() ? utc_now().substr(0, 10) : date; }

GatedItems gate_items(const Benchmark& benchmark, Workspace* workspace, const CandidateItems& candidates, const AdmitOptions& options) {
  return GateKeeping(benchmark, workspace, candidates, options).run();
}

Json create_benchmark(const std::filesystem::path& root, const std::string& name, const BenchmarkFields& fields,
                      const BenchmarkRules& rules, const std::filesystem::path& items, Workspace* workspace, const AdmitOptions& options) {
  Benchmark benchmark = Benchmark::begin(root, name, fields, rules);
  const ProjectLock lock = lock_benchmarks(root);
  return admit(benchmark, items, workspace, options, "created");
}

Json admit_items(const std::filesystem::path& root, const std::string& name, const std::filesystem::path& items, Workspace* workspace,
                 const AdmitOptions& options) {
  Benchmark::require(root, name);
  const ProjectLock lock = lock_benchmarks(root);
  Benchmark benchmark = Benchmark::open(root, name, options.threads);
  return admit(benchmark, items, workspace, options, "admitted");
}

Json retire_items(const std::filesystem::path& root, const std::string& name, const std::vector<std::string>& items,
                  const std::string& reason, const std::string& date) {
  if (reason.empty()) throw Error(ErrorCode::kInvalidArgument, "retiring an item needs a reason: --reason 'gold is wrong'");
  Benchmark::require(root, name);
  const ProjectLock lock = lock_benchmarks(root);
  Benchmark benchmark = Benchmark::open(root, name);
  std::vector<Benchmark::Retirement> went;
  for (const std::string& each : items) {
    const std::uint32_t place = benchmark.item_named(each);
    const BenchmarkItem& item = benchmark.items()[place];
    if (item.until != 0)
      throw Error(ErrorCode::kInvalidArgument,
                  "version " + std::to_string(item.until) + " retired item " + item.id + " already: " + item.retired);
    if (std::ranges::find(went, place, &Benchmark::Retirement::item) == went.end()) went.push_back({place, reason});
  }
  benchmark.add_version(date_or_today(date), "retired", {}, went);
  Json retired = Json::array();
  for (const Benchmark::Retirement& each : went)
    retired.push_back({{"id", benchmark.items()[each.item].id}, {"anchor", benchmark.items()[each.item].anchor}});
  return {{"benchmark", name}, {"version", version_summary(benchmark, benchmark.newest())}, {"retired", retired}, {"reason", reason}};
}

Json version_summary(const Benchmark& benchmark, std::uint32_t version) {
  const BenchmarkVersion& of = benchmark.versions().at(version - 1);
  std::uint64_t anchors = 0, sealed = 0;
  const std::vector<std::uint32_t> members = benchmark.members(version);
  for (const std::uint32_t place : members) {
    anchors += benchmark.items()[place].anchor;
    sealed += benchmark.items()[place].sealed;
  }
  return {{"version", version}, {"date", of.date},         {"why", of.why},      {"digest", of.digest}, {"came", of.came},
          {"went", of.went},    {"items", members.size()}, {"anchors", anchors}, {"sealed", sealed}};
}

}  // namespace hone
