// The questions come from what three texts ask of records: Regulation (EU) 2024/1689 (AI Act), Article 10; 21 CFR 11.10(e); OCC Bulletin
// 2026-13. SR 11-7 is rescinded, so nothing is answered by it.
#include "hone/record/checklist.h"

#include <algorithm>
#include <array>
#include <set>

#include "hone/core/count.h"
#include "hone/flow/main_path.h"
#include "hone/record/escaped_text_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kEventsNamed = 10;

struct Answer {
  std::string_view word;
  std::string because;
  std::vector<std::uint64_t> events = {};
};

Answer met(std::string because, std::vector<std::uint64_t> events = {}) { return {"met", std::move(because), std::move(events)}; }
Answer not_met(std::string because, std::vector<std::uint64_t> events = {}) { return {"not met", std::move(because), std::move(events)}; }
Answer not_applicable(std::string because) { return {"not applicable", std::move(because)}; }

// What the answers look at: the project as it stands and its log.
class Facts {
 public:
  Facts(Workspace& workspace, ProjectLedger& ledger) : workspace_(workspace), ledger_(ledger) {}

  const Project& project() const { return workspace_.project(); }
  Event event(std::uint64_t seq) { return ledger_.reader().event(seq); }
  bool is_solo() { return ledger_.is_solo(); }

  /// The newest ten of these kinds, ascending. A kind that ends with a point stands for all that begin so.
  std::vector<std::uint64_t> newest(std::vector<std::string> kinds) {
    auto seqs = ledger_.index().find({.kinds = std::move(kinds), .order = EventFilter::Order::kNewestFirst, .limit = kEventsNamed});
    std::ranges::sort(seqs);
    return seqs;
  }

  /// The newest event of a kind, whole.
  std::optional<Event> last(std::string_view kind) {
    const auto seq = ledger_.index().last(kind);
    return seq ? std::optional(event(*seq)) : std::nullopt;
  }

  /// The definition that counts of each source of the project that has one, in the project's order.
  std::vector<Event> definitions() {
    std::vector<Event> found;
    for (const Source& source : project().sources)
      if (auto definition = ledger_.latest("source.define", source.name)) found.push_back(std::move(*definition));
    return found;
  }

  /// The last recorded run of a stage.
  std::optional<Event> run(std::string_view stage) { return ledger_.latest("stage.run", stage); }

 private:
  Workspace& workspace_;
  ProjectLedger& ledger_;
};

std::vector<std::uint64_t> first_ten(const std::vector<Event>& events) {
  std::vector<std::uint64_t> seqs;
  for (const Event& event : events)
    if (seqs.size() < kEventsNamed) seqs.push_back(event.seq);
  std::ranges::sort(seqs);
  return seqs;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Answer no_person_votes() {
  return not_applicable("no person voted: all labels come from labeling functions, models and columns of the data");
}

// --- The points, in their order.

Answer leads_to_votes(Facts& facts) {
  const std::vector<Event> definitions = facts.definitions();
  const auto votes = facts.newest({"vote.batch", "vote.person", "vote.judge"});
  if (votes.empty()) return not_met("no votes are recorded in the log");
  const std::size_t sources = facts.project().sources.size();
  if (definitions.size() < sources)
    return not_met(counted(sources - definitions.size(), "source") + " of the project, of " + std::to_string(sources) +
                       ", stand in no source.define event",
                   votes);
  const auto external = std::ranges::count_if(definitions, [](const Event& event) { return event.body.at("type") == "external"; });
  std::string because = "`hone why ROW` shows each vote on a row, and each of the " + counted(sources, "source") +
                        " is pinned by a hash of what it asks; labeling functions state no confidence";
  if (external > 0)
    because += "; for " + counted(static_cast<std::size_t>(external), "of them", "of them") +
               ", a program or a column, the log does not know what stood behind its votes";
  return met(std::move(because), first_ten(definitions));
}

Answer nothing_overwritten(Facts& facts) {
  std::vector<std::uint64_t> superseding;
  for (const Event& definition : facts.definitions())
    if (definition.body.contains("supersedes") && superseding.size() < kEventsNamed) superseding.push_back(definition.seq);
  std::ranges::sort(superseding);
  return met(
      "the log only grows: what replaces something names it (`supersedes`), and objects are named by their hash. `hone gc` may remove "
      "objects that no release "
      "and no run that counts holds, and the log says so",
      superseding);
}

Answer deletion_recorded(Facts& facts) {
  const auto erasures = facts.newest({"erase."});
  if (erasures.empty()) return not_applicable("nothing was erased: the log has no erase.order");
  return met("erasures are ordered and confirmed by events with their ground, and the commitments stay", erasures);
}

Answer provable_offline(Facts& facts) {
  const auto anchors = facts.newest({"anchor"});
  if (anchors.empty())
    return not_met(
        "`hone-verify` checks the log offline, but no anchor event says that somebody outside holds a checkpoint: without one, an older or "
        "another history "
        "could stand here");
  return met("`hone-verify` checks the log offline against the checkpoints that these anchors left with others", anchors);
}

Answer clock_bounded(Facts& facts) {
  const std::string state = facts.event(0).body.at("time_source").at("state");
  const auto jumps = facts.newest({"admin.clock"}), anchors = facts.newest({"anchor"});
  const std::string clock = "the clock of the machine, '" + state +
                            "' when the log was opened; times never fall but at an admin.clock event, of which there " +
                            (jumps.empty() ? "is none" : "are some");
  if (anchors.empty()) return not_met(clock + "; no anchor bounds the true times from outside", jumps);
  return met(clock + "; anchors bound the true times", anchors);
}

Answer named_people(Facts& facts) {
  const auto people = facts.newest({"admin.person"});
  if (facts.is_solo()) return not_met("the log was opened with `segregation: solo`: one person may vote, decide and approve alone", people);
  const auto roles = facts.newest({"admin.role"});
  if (people.empty() || roles.empty()) return not_met("no admin.role event gives a person the role they act in", people);
  return met(
      "each event names a person and the role of the act; who adjudicates or approves is another one, which is checked at the append and "
      "by hone-verify",
      roles);
}

// Of votes by people: whether the newest one says all of these.
Answer shown_to_voter(Facts& facts, const std::vector<std::string>& members, const std::string& what) {
  const std::optional<Event> vote = facts.last("vote.person");
  if (!vote) return no_person_votes();
  const Json shown = vote->body.value("shown", Json::object());
  for (const std::string& member : members)
    if (!shown.contains(member) && !vote->body.contains(member))
      return not_met("the newest vote of a person does not say its `" + member + "`", {vote->seq});
  return met(what, facts.newest({"vote.person"}));
}

Answer guideline_shown(Facts& facts) {
  return shown_to_voter(facts, {"guideline", "taxonomy"}, "votes name the guideline and the classes that stood in front of the voter");
}

Answer seen_by_voter(Facts& facts) {
  return shown_to_voter(facts, {"shown", "ms"}, "votes say which fields and suggestions were shown, and for how long");
}

Answer fair_sample(Facts& facts) {
  if (!facts.last("vote.person")) return no_person_votes();
  const auto plans = facts.newest({"queue.plan"});
  if (plans.empty()) return not_met("no queue.plan says why these rows were shown, and not others", facts.newest({"vote.person"}));
  return shown_to_voter(facts, {"queue"}, "votes name their plan, stratum, rank and the probability with which the row was drawn");
}

Answer agreement_measured(Facts& facts) {
  if (!facts.last("vote.person")) return no_person_votes();
  return not_met("no stage measures how far people agree, by slice and with intervals", facts.newest({"vote.person"}));
}

Answer adjudications_whole(Facts& facts) {
  if (!facts.last("vote.person")) return no_person_votes();
  const auto decisions = facts.newest({"adjudication"});
  if (decisions.empty()) return not_applicable("no votes were adjudicated");
  return met("each adjudication names its inputs, reason, confidence and whether it was blind", decisions);
}

Answer label_model_repeatable(Facts& facts) {
  const std::optional<Event> run = facts.run("label");
  if (!run) return not_met("no run of the label model is recorded");
  const std::string commit = run->body.at("code").at("commit");
  if (commit == "unknown")
    return not_met("the run pins its options, seed and inputs by hash, but not the commit of the code that ran", {run->seq});
  return met(
      "the run pins options, seed, code and inputs by hash; `hone replay RELEASE` runs a release's stages again and compares every byte",
      {run->seq});
}

std::string how_split(const Project& project) {
  switch (project.data.split.by) {
    case SplitOptions::By::kHash:
      return "splits go by a hash of " + std::string(!project.data.group.empty() ? "the group"
                                                     : project.data.id.empty()   ? "the text"
                                                                                 : "the id");
    case SplitOptions::By::kField:
      return "splits are a column of the data, fixed with the dataset's hash";
    case SplitOptions::By::kFiles:
      break;
  }
  return "splits are given by files, fixed with the dataset's hash";
}

Answer splits_sealed(Facts& facts) {
  const std::optional<Event> gold = facts.last("gold.commit"), looked = facts.run("near-duplicates");
  std::vector<std::string> missing;
  if (!looked || !facts.project().near_duplicates) missing.emplace_back("no stage looked for near-duplicates across splits");
  if (!gold)
    missing.emplace_back("there is no gold");
  else if (!gold->body.at("sealed").get<bool>())
    missing.emplace_back("there is no gold of the test split");
  std::vector<std::uint64_t> events;
  for (const std::optional<Event>* event : {&gold, &looked})
    if (*event) events.push_back((*event)->seq);
  std::ranges::sort(events);
  if (!missing.empty()) return not_met(how_split(facts.project()) + "; but " + joined(missing), events);
  return met(how_split(facts.project()) +
                 "; near-duplicates across splits were looked for; test gold is read by evaluation alone, and no source shows its rows "
                 "(`splits_visible`)",
             events);
}

Answer metrics_pinned(Facts& facts) {
  if (facts.project().gold.field.empty()) return not_applicable("without gold nothing is measured");
  const std::optional<Event> report = facts.run("report");
  if (!report) return not_met("no report is recorded");
  return met(
      "the report names dataset, votes, labels, gold and model by hash; other gold makes another report, and a release keeps its own",
      {report->seq});
}

Answer data_described(Facts& facts) {
  const std::optional<Event> import = facts.last("data.import");
  if (!import) return not_met("no import is recorded");
  std::vector<std::string> missing;
  for (const char* member : {"licence", "purpose", "legal_basis", "pii", "consent", "retain_until"})
    if (import->body.at(member) == "not stated") missing.emplace_back(member);
  if (!missing.empty()) return not_met("the import does not state " + joined(missing) + "; `data.about` of hone.yaml does", {import->seq});
  return met("the import states source, licence, purpose, legal basis, personal data, consent and retention", {import->seq});
}

Answer bias_examined(Facts& facts) {
  const std::size_t slices = facts.project().slices.size();
  const std::optional<Event> report = facts.run("report");
  const std::string shown = slices == 0 ? "the report shows coverage, and no slices are defined"
                                        : "the report shows coverage and results for " + counted(slices, "slice");
  return not_met(shown + "; no event says who examined them for bias, what they found and what was done",
                 report ? std::vector<std::uint64_t>{report->seq} : std::vector<std::uint64_t>{});
}

Answer judges_valid(Facts& facts) {
  std::set<std::uint64_t> judges;
  for (const Event& definition : facts.definitions())
    if (definition.body.at("type") == "judge") judges.insert(definition.seq);
  if (judges.empty()) return not_applicable("no judge votes");
  const auto gates = facts.newest({"source.gate"});
  for (const std::uint64_t seq : gates)
    if (const Event gate = facts.event(seq); gate.body.at("decision") == "admit") judges.erase(gate.body.at("source").get<std::uint64_t>());
  if (!judges.empty()) return not_met(counted(judges.size(), "judge") + " voted without an admitting source.gate", gates);
  return met("each judge was admitted by a blind sample that people labeled", gates);
}

// Exports are events; a look is not.
Answer reads_recorded(Facts& facts) {
  return not_met(
      "exports by Hone are read.export events with recipient and file hash; who looks at rows with `hone why`, `hone lf` or the report "
      "page is not recorded, "
      "and files of the project can be copied without Hone",
      facts.newest({"read."}));
}

Answer challenged(Facts& facts) {
  std::vector<std::uint64_t> blind;
  for (const std::uint64_t seq : facts.newest({"vote.person"}))
    if (facts.event(seq).role == "auditor") blind.push_back(seq);
  if (blind.empty()) return not_met("no auditor labeled a random sample blind");
  return met("an auditor labeled rows, in the role of one", blind);
}

Answer inspectors_copy(Facts&) {
  return met(
      "`hone evidence RELEASE` writes log, labels, definitions, reports and lineage for people and for programs; the texts of the rows "
      "stay with the project, named by hash");
}

Answer administration_logged(Facts& facts) {
  const auto acts = facts.newest({"admin."});
  if (acts.empty()) return not_met("no admin.* event");
  return met(
      "changes of hone.yaml and of people are events of the same log, and no setting stops them. What is refused is not recorded yet, and "
      "who owns the files can "
      "remove the log as a whole",
      acts);
}

Answer restorable(Facts& facts) {
  const auto restores = facts.newest({"admin.backup", "admin.restore"});
  if (!facts.last("admin.restore")) return not_met("no restore was tried: no admin.restore says that the root was reached again", restores);
  const std::optional<Event> import = facts.last("data.import");
  if (!import || import->body.at("retain_until") == "not stated")
    return not_met("a restore reached the root, but no retention is stated", restores);
  return met("a restore reached the root, and the import states how long data is kept", restores);
}

Answer approved_and_compared(Facts& facts) {
  const auto releases = facts.newest({"release"});
  return met(std::string("a release names its approver and why, and pins the diff to the one before by row and slice; ") +
                 (releases.empty() ? "none stands before this one" : "these stand before this one") +
                 (facts.is_solo() ? "; with `segregation: solo` approver and actor may be one" : ""),
             releases);
}

Answer parts_named(Facts& facts) {
  const auto lists = facts.newest({"admin.inventory"});
  if (lists.empty()) return not_met("no admin.inventory lists the third-party parts of the program that ran");
  return met("admin.inventory lists the third-party parts of the program with version and hash, as far as they are known", lists);
}

struct Point {
  std::string_view asked;
  Answer (*answer)(Facts& facts);
};

constexpr std::array kPoints = {
    Point{"Does each label lead to its votes: who or what, version, when, value, confidence, why?", leads_to_votes},
    Point{"Is anything overwritten?", nothing_overwritten},
    Point{"Is deletion recorded?", deletion_recorded},
    Point{"Can a third party prove the log unaltered, offline?", provable_offline},
    Point{"Which clock; can one back-date?", clock_bounded},
    Point{"Named people; role at the time; is the adjudicator no annotator and no approver?", named_people},
    Point{"Which guideline and classes were in front of the voter?", guideline_shown},
    Point{"What did the voter see, and how long?", seen_by_voter},
    Point{"Why this item; is the sample fair?", fair_sample},
    Point{"Agreement per slice with interval?", agreement_measured},
    Point{"Are adjudications whole?", adjudications_whole},
    Point{"Is the label model repeatable?", label_model_repeatable},
    Point{"Splits fixed, leakage tested, test sealed?", splits_sealed},
    Point{"Are metrics pinned?", metrics_pinned},
    Point{"Source, licence, purpose, consent, class of personal data, retention?", data_described},
    Point{"Bias and coverage examined: by whom, what was found, what was done?", bias_examined},
    Point{"Are judges valid?", judges_valid},
    Point{"Who read or exported?", reads_recorded},
    Point{"Independent challenge?", challenged},
    Point{"A full copy for an inspector, readable by people and programs?", inspectors_copy},
    Point{"Administration in the same log; can logging be switched off?", administration_logged},
    Point{"Does a restore reach the same root; retention?", restorable},
    Point{"Who approved the release; what changed since the one before?", approved_and_compared},
    Point{"Third-party parts?", parts_named},
};
static_assert(kPoints.size() == 24);

}  // namespace

Json checklist_json(Workspace& workspace, ProjectLedger& ledger) {
  Facts facts(workspace, ledger);
  Json points = Json::array();
  for (std::size_t number = 0; number < kPoints.size(); ++number) {
    const Answer answer = kPoints[number].answer(facts);
    points.push_back({{"number", number + 1},
                      {"asked", kPoints[number].asked},
                      {"answer", answer.word},
                      {"because", answer.because},
                      {"events", answer.events}});
  }
  return {{"format", "hone-checklist/1"}, {"points", points}};
}

ChecklistCounts count_answers(const Json& checklist) {
  ChecklistCounts counts;
  for (const Json& point : checklist.at("points"))
    ++(point.at("answer") == "met" ? counts.met : point.at("answer") == "not met" ? counts.not_met : counts.not_applicable);
  return counts;
}

std::string checklist_markdown(const Json& checklist) {
  const ChecklistCounts counts = count_answers(checklist);
  std::string text = "# What a model-risk or QA reader asks\n\n" + std::to_string(counts.met) + " met, " + std::to_string(counts.not_met) +
                     " not met, " + std::to_string(counts.not_applicable) +
                     " not applicable. Drawn from what the EU AI Act (Article 10), 21 CFR 11.10(e) and OCC Bulletin 2026-13 ask of "
                     "records; no answer says that a law is "
                     "met. SR 11-7 is rescinded and is not answered.\n\n| | asked | answer | because | events |\n|---|---|---|---|---|\n";
  for (const Json& point : checklist.at("points")) {
    std::vector<std::string> events;
    for (const Json& seq : point.at("events")) events.push_back(seq.dump());
    text += "| " + point.at("number").dump() + " | " + markdown_cell(point.at("asked").get<std::string>()) + " | **" +
            point.at("answer").get<std::string>() + "** | " + markdown_cell(point.at("because").get<std::string>()) + " | " +
            joined(events) + " |\n";
  }
  return text;
}

}  // namespace hone
