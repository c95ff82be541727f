#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/admit_items.h"
#include "hone/flow/refresh_benchmark.h"
#include "hone/flow/run_benchmark.h"
#include "hone/flow/show_benchmark.h"
#include "hone/record/record_opening.h"

namespace hone::cli {
namespace {

constexpr std::size_t kRefusedShown = 20, kSuspectsShown = 10;

struct BenchmarkArguments : ProjectOptions {
  std::string action, name, items, reason;
  std::vector<std::string> which;
  std::uint32_t version = 0;
  bool all_items = false;
  bool seed_typed = false;
  BenchmarkFields fields;
  BenchmarkRules rules;
  AdmitOptions admit;
  RunBenchmarkOptions run;
  RefreshOptions refresh;
};

// The folder that holds benchmarks/: the project's, else the one we are in.
struct BenchmarkPlace {
  std::filesystem::path root = ".";
  std::optional<Workspace> workspace = {};

  Workspace* project() { return workspace ? &*workspace : nullptr; }
};

BenchmarkPlace find_place(const BenchmarkArguments& arguments) {
  BenchmarkPlace place;
  try {
    place.root = arguments.project.empty() ? find_project(".") : std::filesystem::path(arguments.project);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    return place;
  }
  if (std::filesystem::exists(place.root / "hone.yaml")) place.workspace.emplace(load_project(place.root));
  return place;
}

const std::string& needed(const BenchmarkArguments& arguments, const std::string& value, const char* what) {
  if (value.empty()) throw UsageError("`hone benchmark " + arguments.action + "` needs " + what);
  return value;
}

void check_typed(const BenchmarkArguments& arguments) {
  typed([&] {
    arguments.rules.validate();
    arguments.admit.validate();
    return 0;
  });
}

void print_warnings(const nlohmann::json& result) {
  for (const nlohmann::json& warning : result.at("warnings")) print_error("warning: " + warning.get<std::string>());
}

std::string version_words(const nlohmann::json& version) {
  return fmt::format("version {} of {}: {}, {} anchors, {} sealed", version.at("version").get<std::uint32_t>(),
                     version.at("date").get<std::string>(), counted(version.at("items"), "item"), with_commas(version.at("anchors")),
                     with_commas(version.at("sealed")));
}

void print_admission(const nlohmann::json& result) {
  const nlohmann::json& refused = result.at("refused");
  for (std::size_t place = 0; place < std::min(refused.size(), kRefusedShown); ++place) {
    const nlohmann::json& each = refused.at(place);
    print(fmt::format("{}:{}: {}\n", one_line(each.at("file").get<std::string>()), each.at("line").get<std::uint64_t>(),
                      one_line(each.at("text").get<std::string>(), 300)));
  }
  if (refused.size() > kRefusedShown)
    print(fmt::format("and {} more; --json has all\n", counted(refused.size() - kRefusedShown, "refusal")));
  for (const auto& [reason, count] : result.at("refused_by_reason").items())
    print(fmt::format("refused: {} {}\n", with_commas(count), reason));
  print(fmt::format("{} of {} passed the gate\n", with_commas(result.at("passed")), counted(result.at("candidates"), "candidate")));
  print(result.at("version").is_null() ? "no version was made\n" : version_words(result.at("version")) + "\n");
  print_warnings(result);
}

int shown_result(const BenchmarkArguments& arguments, const nlohmann::json& result, void (*text)(const nlohmann::json&)) {
  arguments.json ? print_json(result) : text(result);
  return 0;
}

// A file of which nothing passed made nothing: that is no success.
int shown_admission(const BenchmarkArguments& arguments, const nlohmann::json& result) {
  shown_result(arguments, result, print_admission);
  return result.at("version").is_null() ? 1 : 0;
}

int create(BenchmarkArguments& arguments) {
  needed(arguments, arguments.items, "--items FILE");
  check_typed(arguments);
  BenchmarkPlace place = find_place(arguments);
  return shown_admission(arguments, create_benchmark(place.root, arguments.name, arguments.fields, arguments.rules, arguments.items,
                                                     place.project(), arguments.admit));
}

int admit(BenchmarkArguments& arguments) {
  needed(arguments, arguments.items, "--items FILE");
  check_typed(arguments);
  BenchmarkPlace place = find_place(arguments);
  return shown_admission(arguments, admit_items(place.root, arguments.name, arguments.items, place.project(), arguments.admit));
}

void print_refresh(const nlohmann::json& result) {
  print_admission(result);
  Table strata({"stratum", "passed>", "drawn>"});
  for (const nlohmann::json& stratum : result.at("drawn"))
    strata.add(
        {one_line(stratum.at("stratum").get<std::string>(), 60), with_commas(stratum.at("passed")), with_commas(stratum.at("drawn"))});
  if (result.at("drawn").size() > 1) print(strata.text());
  std::map<std::string, std::uint64_t> reasons;
  for (const nlohmann::json& item : result.at("retired")) ++reasons[item.at("reason").get<std::string>()];
  for (const auto& [reason, count] : reasons) print(fmt::format("retired: {} ({})\n", counted(count, "item"), reason));
}

int refresh(BenchmarkArguments& arguments) {
  needed(arguments, arguments.refresh.from.string(), "--from FILE");
  arguments.refresh.admit = arguments.admit;
  if (arguments.seed_typed) arguments.refresh.seed = arguments.rules.seed;
  typed([&] {
    arguments.refresh.validate();
    return 0;
  });
  BenchmarkPlace place = find_place(arguments);
  const nlohmann::json result = refresh_benchmark(place.root, arguments.name, place.project(), arguments.refresh);
  shown_result(arguments, result, print_refresh);
  return result.at("version").is_null() ? 1 : 0;
}

std::string measured_words(const nlohmann::json& score) { return score.at("n") == 0 ? "–" : measure(score); }

void print_run_scores(const nlohmann::json& result) {
  Table scores({"", "items>", "right"});
  const auto add = [&](const std::string& what, const nlohmann::json& score) {
    if (score.at("n") > 0) scores.add({what, with_commas(score.at("n")), measured_words(score)});
  };
  add("all", result.at("score"));
  if (result.at("sealed").at("n") > 0) add("open", result.at("open"));
  add("sealed", result.at("sealed"));
  add("anchors", result.at("anchors"));
  if (result.at("strata").size() > 1)
    for (const nlohmann::json& stratum : result.at("strata")) add(one_line(stratum.at("stratum").get<std::string>(), 60), stratum);
  print(scores.text());
}

std::string p_words(double p) { return p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p); }

void print_run(const nlohmann::json& result) {
  print(fmt::format("{} on {}\n\n", result.at("system").get<std::string>(), version_words(result.at("version"))));
  print_run_scores(result);
  if (!result.at("others").empty()) {
    Table others({"against", "items>", "right>", "corrected p>", "verdict"});
    for (const nlohmann::json& other : result.at("others"))
      others.add(
          {other.at("system"), with_commas(other.at("n")), percent(other.at("value")), p_words(other.at("corrected_p")), other.at("text")});
    print("\n" + others.text() + "p is corrected for how many systems there are (Holm)\n");
  }
  if (result.at("missing") > 0) print(fmt::format("without an answer, and so wrong: {}\n", counted(result.at("missing"), "item")));
  if (result.at("left_out").at("sealed") > 0)
    print(fmt::format("left out: {} on sealed items (--open-sealed --reason TEXT scores them, and writes it down)\n",
                      counted(result.at("left_out").at("sealed"), "answer")));
  if (result.at("left_out").at("retired") > 0)
    print(fmt::format("left out: {} on items that are not in this version\n", counted(result.at("left_out").at("retired"), "answer")));
  print_warnings(result);
}

int run_system(BenchmarkArguments& arguments) {
  needed(arguments, arguments.run.system, "--system NAME");
  arguments.run.id = arguments.fields.id;
  arguments.run.version = arguments.version;
  arguments.run.reason = arguments.reason;
  arguments.run.date = arguments.admit.date;
  arguments.run.threads = arguments.threads;
  typed([&] {
    arguments.run.validate();
    return 0;
  });
  BenchmarkPlace place = find_place(arguments);
  arguments.run.write_opening = [&](const SealedOpening& opening) -> std::optional<std::uint64_t> {
    if (!place.workspace) return std::nullopt;
    ProjectLedger ledger(place.workspace->project());
    return record_opening(*place.workspace, ledger, opening);
  };
  return shown_result(arguments, run_benchmark(place.root, arguments.name, place.project(), arguments.run, terminal_progress()), print_run);
}

void print_retired(const nlohmann::json& result) {
  for (const nlohmann::json& item : result.at("retired"))
    print(fmt::format("retired {}{}\n", item.at("id").get<std::string>(), item.at("anchor").get<bool>() ? ", an anchor" : ""));
  print(version_words(result.at("version")) + "\n");
}

int retire(BenchmarkArguments& arguments) {
  if (arguments.which.empty()) throw UsageError("`hone benchmark retire` needs the items that go");
  needed(arguments, arguments.reason, "--reason TEXT");
  check_typed(arguments);
  return shown_result(arguments,
                      retire_items(find_place(arguments).root, arguments.name, arguments.which, arguments.reason, arguments.admit.date),
                      print_retired);
}

std::string number_words(const nlohmann::json& value) { return value.is_number() ? fmt::format("{:.2f}", value.get<double>()) : "–"; }

std::string kind_words(const nlohmann::json& item) {
  return std::string(item.at("anchor").get<bool>() ? "anchor" : "") + (item.at("sealed").get<bool>() ? "sealed" : "");
}

void print_shown_items(const nlohmann::json& items) {
  Table table({"item", "own id", "stratum", "", "since>", "exposed>", "difficulty>", "se>", "discrimination>", "se>"});
  for (const nlohmann::json& item : items) {
    const nlohmann::json& response = item.at("response");
    const auto number = [&](const char* key) { return response.is_null() ? "–" : number_words(response.at(key)); };
    table.add({item.at("id"), item.at("key").is_null() ? "" : one_line(item.at("key").get<std::string>(), 30),
               one_line(item.at("stratum").get<std::string>(), 30), kind_words(item), with_commas(item.at("since")),
               with_commas(item.at("exposures")), number("difficulty"), number("difficulty_error"), number("discrimination"),
               number("discrimination_error")});
  }
  print("\n" + table.text());
}

void print_versions(const nlohmann::json& result) {
  Table versions({"version", "date", "why", "came>", "went>", "items>", "anchors>", "sealed>"});
  for (const nlohmann::json& version : result.at("versions"))
    versions.add({std::to_string(version.at("version").get<std::uint32_t>()), version.at("date"), version.at("why"),
                  with_commas(version.at("came")), with_commas(version.at("went")), with_commas(version.at("items")),
                  with_commas(version.at("anchors")), with_commas(version.at("sealed"))});
  print(versions.text());
}

void print_strata(const nlohmann::json& strata) {
  if (strata.size() < 2) return;
  Table table({"stratum", "items>", "anchors>", "sealed>"});
  for (const nlohmann::json& stratum : strata)
    table.add({one_line(stratum.at("stratum").get<std::string>(), 60), with_commas(stratum.at("items")), with_commas(stratum.at("anchors")),
               with_commas(stratum.at("sealed"))});
  print("\n" + table.text());
}

void print_runs(const nlohmann::json& result) {
  if (result.at("runs").empty()) return;
  Table table({"system", "run on", "items>", "right", ""});
  for (const nlohmann::json& run : result.at("runs"))
    table.add({run.at("system"), run.at("date"), with_commas(run.at("n")), measured_words(run),
               run.at("opened").get<bool>() ? "sealed ones, too" : ""});
  print("\n" + table.text());
}

void print_exposures(const nlohmann::json& result) {
  for (const nlohmann::json& exposed : result.at("exposed"))
    print(fmt::format("exposed {}: {}\n", counted(exposed.at("times"), "time"), counted(exposed.at("items"), "item")));
  for (const nlohmann::json& opening : result.at("openings"))
    print(fmt::format("sealed items of version {} opened on {} for {}: {}\n", opening.at("version").get<std::uint32_t>(),
                      opening.at("time").get<std::string>().substr(0, 16), opening.at("system").get<std::string>(),
                      one_line(opening.at("reason").get<std::string>())));
}

// Abilities on the scale of all versions, where there is a link to it.
void print_scales(const nlohmann::json& scales) {
  if (scales.empty()) {
    print("\ndifficulty and discrimination are told once five systems were run on a version\n");
    return;
  }
  Table table({"system", "version>", "ability>", "se>", "on the scale of version " + scales.at(0).at("version").dump() + ">"});
  for (const nlohmann::json& scale : scales)
    for (const nlohmann::json& system : scale.at("systems"))
      table.add({system.at("system"), scale.at("version").dump(), number_words(system.at("ability")),
                 number_words(system.at("standard_error")), number_words(system.at("linked"))});
  print("\n" + table.text());
  for (const nlohmann::json& scale : scales) {
    if (scale.at("link").is_null())
      print_error("warning: version " + scale.at("version").dump() + " is not linked: too few anchors were answered on both");
    if (!scale.at("converged").get<bool>()) print_error("warning: the scale of version " + scale.at("version").dump() + " did not settle");
  }
}

void print_suspects(const nlohmann::json& suspects) {
  if (suspects.empty()) return;
  Table table({"suspect gold", "own id", "right>", "discrimination>", "se>", "surely below 0>"});
  for (std::size_t place = 0; place < std::min(suspects.size(), kSuspectsShown); ++place) {
    const nlohmann::json& item = suspects.at(place);
    table.add({item.at("id"), item.at("key").is_null() ? "" : one_line(item.at("key").get<std::string>(), 30),
               fmt::format("{} of {}", item.at("right").get<std::uint32_t>(), item.at("asked").get<std::uint32_t>()),
               number_words(item.at("discrimination")), number_words(item.at("standard_error")), percent(item.at("chance_negative"))});
  }
  print("\n" + table.text());
  if (suspects.size() > kSuspectsShown) print(fmt::format("and {} more; --json has all\n", with_commas(suspects.size() - kSuspectsShown)));
  print("the better systems are wrong there more often: look at their gold, and `hone benchmark retire` what is wrong\n");
}

void print_benchmark(const nlohmann::json& result) {
  print_versions(result);
  print_strata(result.at("strata"));
  print_runs(result);
  print("\n");
  print_exposures(result);
  print_scales(result.at("scales"));
  print_suspects(result.at("suspects"));
  if (result.at("items").is_array()) print_shown_items(result.at("items"));
}

int list_benchmarks(const BenchmarkArguments& arguments) {
  const std::vector<std::string> names = benchmark_names(find_place(arguments).root);
  if (arguments.json) {
    print_json({{"benchmarks", names}});
    return 0;
  }
  for (const std::string& name : names) print(name + "\n");
  if (names.empty()) print("no benchmark yet; `hone benchmark create NAME --items FILE` makes one\n");
  return 0;
}

int show(BenchmarkArguments& arguments) {
  if (arguments.name.empty()) return list_benchmarks(arguments);
  const Benchmark benchmark = Benchmark::open(find_place(arguments).root, arguments.name, arguments.threads);
  return shown_result(arguments, show_benchmark(benchmark, {.version = arguments.version, .items = arguments.all_items}), print_benchmark);
}

struct BenchmarkAction {
  std::string_view name;
  int (*run)(BenchmarkArguments&);
};
constexpr std::array kBenchmarkActions{BenchmarkAction{"create", create},  BenchmarkAction{"admit", admit},
                                       BenchmarkAction{"run", run_system}, BenchmarkAction{"refresh", refresh},
                                       BenchmarkAction{"retire", retire},  BenchmarkAction{"show", show}};

int benchmark(BenchmarkArguments& arguments) {
  const auto* const action = std::ranges::find(kBenchmarkActions, arguments.action, &BenchmarkAction::name);
  if (action == kBenchmarkActions.end())
    throw UsageError("no action '" + one_line(arguments.action, 40) + "'; there are create, admit, run, refresh, retire and show");
  if (arguments.action != "show") needed(arguments, arguments.name, "the name of a benchmark");
  return action->run(arguments);
}

void add_field_options(CLI::App& command, BenchmarkFields& fields) {
  command.add_option("--id", fields.id, "create: the field of the items' own ids; run: of ids, where it is not 'id'")->type_name("FIELD");
  command.add_option("--text", fields.text, "create: a field that items consist of; may be given again")
      ->type_name("FIELD")
      ->expected(1)
      ->take_all()
      ->capture_default_str();
  command.add_option("--gold", fields.gold, "create: the field of right answers")->type_name("FIELD")->capture_default_str();
  command.add_option("--stratum", fields.stratum, "create: a field; scores are told by it, and refresh keeps its shares")
      ->type_name("FIELD");
  command.add_option("--cluster", fields.cluster, "create: a field; items of one value hang together: a document, a customer")
      ->type_name("FIELD");
}

void add_rule_options(CLI::App& command, BenchmarkRules& rules) {
  command.add_option("--anchor", rules.anchor, "create: share of new items that stay, to link versions")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--sealed", rules.sealed, "create: share of new items whose scoring is written down")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--similarity", rules.admission.similarity, "create: texts so similar are duplicates, 0.5 to 1")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--ngram", rules.admission.ngram, "create: words in a row that are looked for in own rows")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--overlap", rules.admission.overlap, "create: share of them found from which on an item is refused")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--seed", rules.seed, "create, refresh: of who becomes anchor or sealed, and of what is drawn")
      ->type_name("N")
      ->capture_default_str();
}

void add_gate_options(CLI::App& command, AdmitOptions& admit) {
  command.add_option("--own", admit.own, "Rows that we train on, beside the project's train rows; may be given again")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  command.add_option("--baseline", admit.baseline, "What it gets right and is sure of is trivial: label-model, majority, or predictions")
      ->type_name("NAME|FILE");
  command.add_option("--sure", admit.sure, "The probability from which on a baseline is sure")->type_name("P")->capture_default_str();
  command.add_option("--answerable", admit.answerable, "A field: no, false or 0 says that people found no answer")->type_name("FIELD");
  command.add_option("--date", admit.date, "The date of the new version; without it today")->type_name("YYYY-MM-DD");
}

}  // namespace

Body add_benchmark(CLI::App& command) {
  const auto arguments = std::make_shared<BenchmarkArguments>();
  command.add_option("ACTION", arguments->action, "create, admit, run, refresh, retire or show")->required();
  command.add_option("NAME", arguments->name, "The benchmark: a folder of benchmarks/");
  command.add_option("ITEM", arguments->which, "retire: ids, six or more first digits of them, or the items' own ids");
  command.add_option("--items", arguments->items, "create, admit: a file of items: .csv .tsv .jsonl .parquet")->type_name("FILE");
  add_field_options(command, arguments->fields);
  add_rule_options(command, arguments->rules);
  add_gate_options(command, arguments->admit);
  command
      .add_option("--predictions", arguments->run.predictions, "run: a file of predictions by id; without it the project's model predicts")
      ->type_name("FILE");
  command.add_option("--system", arguments->run.system, "run: what the system is called")->type_name("NAME");
  command.add_option("--prediction", arguments->run.prediction, "run: the field of predictions, where it is not 'prediction'")
      ->type_name("FIELD");
  command.add_flag("--open-sealed", arguments->run.open_sealed, "run: score the sealed items, too, which is written down with --reason");
  command.add_option("--from", arguments->refresh.from, "refresh: a file of new traffic with gold")->type_name("FILE");
  command.add_option("--size", arguments->refresh.size, "refresh: items that come")->type_name("N");
  command.add_option("--retire", arguments->refresh.retire, "refresh: items that go; without it as many as come")->type_name("N");
  command
      .add_option("--difficulty", arguments->admit.difficulty, "refresh: a field of numbers, more being harder: disagreement, uncertainty")
      ->type_name("FIELD");
  command.add_option("--reason", arguments->reason, "retire: why they go; run: why sealed items are opened")->type_name("TEXT");
  command.add_option("--version", arguments->version, "run, show: another version than the newest")->type_name("N");
  command.add_flag("--list", arguments->all_items, "show: every item, too");
  add_project_options(command, *arguments);
  const CLI::Option* const seed = command.get_option("--seed");
  return [arguments, seed] {
    arguments->seed_typed = seed->count() > 0;
    arguments->admit.threads = arguments->threads;
    return benchmark(*arguments);
  };
}

}  // namespace hone::cli
