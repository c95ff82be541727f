#include "hone/flow/run_benchmark.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "hone/core/clock.h"
#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/eval/difference_text.h"
#include "hone/eval/score_difference.h"
#include "hone/flow/admit_items.h"
#include "hone/flow/predict.h"
#include "hone/flow/prediction_file.h"
#include "hone/flow/table_writer.h"
#include "hone/stats/clustered.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// What a file says, by place of the items.
struct ReadAnswers {
  NameColumn said = {};
  std::uint64_t sealed = 0, retired = 0;  // Answers on items that are sealed, or no longer in the version, and left out.
  std::vector<std::string> notes = {};
};

class AnswerReading {
 public:
  AnswerReading(const Benchmark& benchmark, std::uint32_t version, const RunBenchmarkOptions& options)
      : benchmark_(benchmark), options_(options), is_member_(benchmark.items().size(), false) {
    for (const std::uint32_t place : benchmark.members(version)) {
      is_member_[place] = true;
      if (const std::string& key = benchmark.items()[place].key; !key.empty()) by_key_.emplace(key, place);
    }
  }

  ReadAnswers read_file() const {
    PredictionLayout layout = look_at_predictions(options_.predictions);
    const PredictionRequest request{.id = options_.id.empty() ? "id" : options_.id,
                                    .prediction = options_.prediction.empty() ? "prediction" : options_.prediction};
    if (!has_field(layout, request.id)) throw Error(ErrorCode::kNotFound, missing_field(layout, request.id, "--id"));
    if (!has_field(layout, request.prediction))
      throw Error(ErrorCode::kNotFound, missing_field(layout, request.prediction, "--prediction"));
    const PredictionTable table = read_predictions(layout, request);
    if (!table.item_of.empty())
      throw Error(ErrorCode::kInvalidArgument, "'" + layout.file.string() + "' has several answers an item; a benchmark takes one");
    return take(layout.file, table, [&](std::uint32_t row) { return place_of(table, row); });
  }

  // Rows by their line: of a file that has the members one after the other.
  ReadAnswers read_lines(const std::filesystem::path& file, const std::vector<std::uint32_t>& members) const {
    const PredictionTable table = read_predictions(look_at_predictions(file), {.id = "line", .prediction = "label"});
    return take(file, table, [&](std::uint32_t row) { return members.at(std::stoul(std::string(table.ids.name(row))) - 1); });
  }

 private:
  template <typename PlaceOf>
  ReadAnswers take(const std::filesystem::path& file, const PredictionTable& table, const PlaceOf& place_at) const {
    ReadAnswers answers{.said = {.names = table.prediction.names, .of = no_answers(benchmark_).of}, .notes = table.notes};
    std::vector<bool> is_answered(benchmark_.items().size(), false);
    for (std::uint32_t row = 0; row < table.ids.size(); ++row) {
      const std::uint32_t place = place_at(row);
      if (is_answered[place])
        throw Error(ErrorCode::kCorruptData, "'" + file.string() + "':" + std::to_string(table.lines[row]) + ": item " +
                                                 benchmark_.items()[place].id + " is answered a second time, by another of its names");
      is_answered[place] = true;
      if (!is_member_[place]) {
        ++answers.retired;
      } else if (benchmark_.items()[place].sealed && !options_.open_sealed) {
        ++answers.sealed;
      } else {
        answers.said.of[place] = table.prediction.of[row];
      }
    }
    return answers;
  }

  std::uint32_t place_of(const PredictionTable& table, std::uint32_t row) const {
    const std::string_view name = table.ids.name(row);
    if (const auto found = by_key_.find(name); found != by_key_.end()) return found->second;
    if (const auto found = benchmark_.find(name)) return *found;
    std::uint64_t unknown = 0;
    for (std::uint32_t each = 0; each < table.ids.size(); ++each) unknown += !benchmark_.find(table.ids.name(each));
    throw Error(ErrorCode::kNotFound, "'" + options_.predictions.string() + "':" + std::to_string(table.lines[row]) + ": '" +
                                          std::string(name.substr(0, 80)) + "' is no item of '" + benchmark_.name() + "'" +
                                          (unknown > 1 ? "; " + counted(unknown, "id is", "ids are") + " not" : "") +
                                          ". Predictions go by the items' ids, or their own ids in the file they came from");
  }

  const Benchmark& benchmark_;
  const RunBenchmarkOptions& options_;
  std::vector<bool> is_member_;
  std::unordered_map<std::string_view, std::uint32_t> by_key_;
};

// By text field of the project: the items' field that its model reads as that one. Where both have one alone, their names say nothing.
std::vector<std::size_t> fields_read(const Benchmark& benchmark, const Project& project) {
  const std::vector<std::string>& fields = benchmark.fields().text;
  if (project.data.text.size() == 1 && fields.size() == 1) return {0};
  std::vector<std::size_t> read;
  for (const std::string& text : project.data.text) {
    read.push_back(static_cast<std::size_t>(std::ranges::find(fields, text) - fields.begin()));
    if (read.back() == fields.size())
      throw Error(ErrorCode::kInvalidArgument, "the project's model reads '" + text + "', which items of '" + benchmark.name() +
                                                   "' do not have: they consist of " + quoted_list(fields) +
                                                   "; predict them in another way and give --predictions FILE");
  }
  return read;
}

// Parquet: neither the project's encoding nor its delimiter is that of the items.
void write_rows_to_predict(const Benchmark& benchmark, const std::vector<std::uint32_t>& members, const Project& project,
                           const std::filesystem::path& file) {
  const std::vector<std::size_t> fields = fields_read(benchmark, project);
  TableShape shape{.columns = {}, .format = TableFormat::kParquet, .classes = {}};
  for (const std::string& text : project.data.text) shape.columns.push_back({text});
  write_table(shape, file, [&](TableWriter& writer) {
    std::vector<Json> row(fields.size());
    for (const std::uint32_t place : members) {
      std::ranges::transform(fields, row.begin(), [&](std::size_t field) { return benchmark.items()[place].content[field]; });
      writer.add(row);
    }
  });
}

ReadAnswers predicted_answers(const Benchmark& benchmark, std::uint32_t version, Workspace* workspace, const RunBenchmarkOptions& options,
                              const Progress& progress) {
  if (!workspace) throw Error(ErrorCode::kInvalidArgument, "there is no project here whose model could predict; give --predictions FILE");
  const std::vector<std::uint32_t> members = benchmark.members(version);
  if (members.empty()) return {.said = no_answers(benchmark)};
  const RemovedAtEnd folder(temporary_name(workspace->project().state()));
  make_folder(folder.path());
  const std::filesystem::path rows = folder.path() / "items.parquet", out = folder.path() / "predictions.jsonl";
  write_rows_to_predict(benchmark, members, workspace->project(), rows);
  predict_file(*workspace, rows, {.threads = options.threads}, out, progress);
  return AnswerReading(benchmark, version, options).read_lines(out, members);
}

// --- Scores.

class Scoring {
 public:
  Scoring(const Benchmark& benchmark, const BenchmarkRun& run) : benchmark_(benchmark), run_(run), right_(run.right(benchmark)) {
    for (std::uint32_t place = 0; place < right_.size(); ++place)
      if (right_[place] != BenchmarkRun::kNotMeasured) measured_.push_back(place);
    number_clusters();
  }

  template <typename IsIn>
  Json score(const IsIn& is_in) const {
    std::vector<std::uint32_t> places;
    for (const std::uint32_t place : measured_)
      if (is_in(benchmark_.items()[place])) places.push_back(place);
    return measure(places);
  }

  Json strata() const {
    std::map<std::string_view, std::vector<std::uint32_t>> places;
    for (const std::uint32_t place : measured_) places[benchmark_.items()[place].stratum].push_back(place);
    Json strata = Json::array();
    for (const auto& [name, of] : places) {
      strata.push_back(measure(of));
      strata.back()["stratum"] = name;
    }
    return strata;
  }

  Json others() const {
    std::vector<BenchmarkRun> runs = read_runs(benchmark_, run_.version);
    std::erase_if(runs, [&](const BenchmarkRun& other) { return other.system == run_.system; });
    std::vector<ScoreDifference> differences;
    for (const BenchmarkRun& other : runs) differences.push_back(difference_to(other));
    const std::vector<double> corrected = correct_for_many(differences, {});
    Json json = Json::array();
    for (std::size_t place = 0; place < runs.size(); ++place) json.push_back(other_json(runs[place], differences[place], corrected[place]));
    return json;
  }

  std::size_t measured() const { return measured_.size(); }

 private:
  void number_clusters() {
    if (benchmark_.fields().cluster.empty()) return;
    NameTable names;
    for (const BenchmarkItem& item : benchmark_.items())
      clusters_.push_back(names.of(item.cluster.empty() ? "\x1F" + item.id : item.cluster));  // Without a value it stands alone.
  }

  std::vector<ClusterSum> cluster_sums(const std::vector<std::uint32_t>& places) const {
    std::vector<double> scores;
    std::vector<std::uint32_t> clusters;
    for (const std::uint32_t place : places) {
      scores.push_back(right_[place]);
      clusters.push_back(clusters_[place]);
    }
    return sum_by_cluster(scores, clusters);
  }

  Json measure(const std::vector<std::uint32_t>& places) const {
    std::uint64_t right = 0;
    for (const std::uint32_t place : places) right += right_[place] > 0;
    std::optional<Interval> interval = wilson(right, places.size());
    Json json{{"n", places.size()}, {"value", nullptr}, {"low", nullptr}, {"high", nullptr}, {"clusters", nullptr}};
    if (places.empty()) return json;
    json["value"] = static_cast<double>(right) / static_cast<double>(places.size());
    if (!clusters_.empty()) {
      const auto mean = clustered_mean(cluster_sums(places));
      json["clusters"] = mean->clusters;
      interval = rate_interval(*mean);
    }
    if (interval) json["low"] = interval->low, json["high"] = interval->high;
    return json;
  }

  ScoreDifference difference_to(const BenchmarkRun& other) const {
    const std::vector<std::int8_t> theirs = other.right(benchmark_);
    std::vector<double> a(right_.begin(), right_.end()), b(theirs.begin(), theirs.end());
    std::vector<std::uint32_t> rows;
    for (const std::uint32_t place : measured_)
      if (theirs[place] != BenchmarkRun::kNotMeasured) rows.push_back(place);
    return score_difference({a, b, clusters_}, rows, {});
  }

  Json other_json(const BenchmarkRun& other, const ScoreDifference& difference, double corrected) const {
    ComparisonWords words;
    words.metric = "accuracy";
    words.cluster = benchmark_.fields().cluster;
    const auto end = [&](double Interval::*which) { return difference.interval ? Json((*difference.interval).*which) : Json(); };
    return {{"system", other.system},
            {"n", difference.items},
            {"value", difference.b.value},
            {"difference", difference.difference},
            {"low", end(&Interval::low)},
            {"high", end(&Interval::high)},
            {"p_value", difference.p},
            {"corrected_p", corrected},
            {"test", to_string(difference.test)},
            {"verdict", to_string(difference.verdict)},
            {"text", verdict_text(difference, words)}};
  }

  const Benchmark& benchmark_;
  const BenchmarkRun& run_;
  std::vector<std::int8_t> right_;
  std::vector<std::uint32_t> measured_, clusters_;
};

Json run_json(const Benchmark& benchmark, const BenchmarkRun& run, const ReadAnswers& answers) {
  const Scoring scoring(benchmark, run);
  const auto all = [](const BenchmarkItem&) { return true; };
  const auto sealed = [](const BenchmarkItem& item) { return item.sealed; };
  const auto answered = run.said.of.size() - static_cast<std::size_t>(std::ranges::count(run.said.of, kNoName));
  return {{"benchmark", benchmark.name()},
          {"system", run.system},
          {"version", version_summary(benchmark, run.version)},
          {"opened", run.opened},
          {"score", scoring.score(all)},
          {"anchors", scoring.score([](const BenchmarkItem& item) { return item.anchor; })},
          {"open", scoring.score([&](const BenchmarkItem& item) { return !sealed(item); })},
          {"sealed", scoring.score(sealed)},
          {"strata", scoring.strata()},
          {"others", scoring.others()},
          {"missing", scoring.measured() - answered},
          {"left_out", {{"sealed", answers.sealed}, {"retired", answers.retired}}},
          {"warnings", answers.notes}};
}

// --- The run itself.

// Under one name stand one system's answers: the earlier ones, and those on sealed items where these were opened since.
void join_earlier(const Benchmark& benchmark, BenchmarkRun& run, const BenchmarkRun& earlier) {
  for (std::uint32_t place = 0; place < run.said.of.size(); ++place) {
    const bool is_sealed = benchmark.items()[place].sealed;
    const bool both_measured = !is_sealed || (run.opened && earlier.opened);
    if (both_measured && run.answer(place) != earlier.answer(place))
      throw Error(ErrorCode::kInvalidArgument, "a system '" + run.system + "' was run on version " + std::to_string(run.version) + " on " +
                                                   earlier.date + " and gave another answer, first on item " + benchmark.items()[place].id +
                                                   "; two systems of one name cannot be told apart, so give this one another");
    if (is_sealed && earlier.opened && earlier.said.of[place] != kNoName) run.set_answer(place, earlier.answer(place));
  }
  run.opened = run.opened || earlier.opened;
  run.date = earlier.date;
}

void write_down(const Benchmark& benchmark, const BenchmarkRun& run, const RunBenchmarkOptions& options) {
  Exposure exposure{
      .time = utc_now(), .system = run.system, .version = run.version, .opened = options.open_sealed, .reason = options.reason};
  if (options.open_sealed && options.write_opening) {
    std::uint64_t sealed = 0;
    for (const std::uint32_t place : benchmark.members(run.version)) sealed += benchmark.items()[place].sealed;
    exposure.event = options.write_opening(
        {benchmark.name(), run.system, options.reason, run.version, benchmark.versions().at(run.version - 1).digest, sealed});
  }
  add_exposure(benchmark, exposure);
}

}  // namespace

void RunBenchmarkOptions::validate() const {
  check_plain_name(system, "a system", "base-2026-01");
  if (open_sealed && reason.empty())
    throw Error(ErrorCode::kInvalidArgument, "opening the sealed items needs a reason, which is written down: --reason 'release 2026-q1'");
  if (reason.size() > 800) throw Error(ErrorCode::kInvalidArgument, "the reason has more than 800 bytes; say it shorter");
  if (!date.empty()) check_date(date);
}

Json run_benchmark(const std::filesystem::path& root, const std::string& name, Workspace* workspace, const RunBenchmarkOptions& options,
                   const Progress& progress) {
  options.validate();
  Benchmark::require(root, name);
  const ProjectLock lock = lock_benchmarks(root);
  const Benchmark benchmark = Benchmark::open(root, name, options.threads);
  BenchmarkRun run{.system = options.system,
                   .version = options.version == 0 ? benchmark.newest() : options.version,
                   .date = date_or_today(options.date),
                   .opened = options.open_sealed,
                   .said = {}};
  benchmark.require_version(run.version);
  ReadAnswers answers = options.predictions.empty() ? predicted_answers(benchmark, run.version, workspace, options, progress)
                                                    : AnswerReading(benchmark, run.version, options).read_file();
  run.said = std::move(answers.said);
  const auto earlier = find_run(benchmark, run.version, run.system);
  if (earlier) join_earlier(benchmark, run, *earlier);
  if (!earlier || run.opened != earlier->opened) {
    write_down(benchmark, run, options);
    write_run(benchmark, run);
  }
  return run_json(benchmark, run, answers);
}

}  // namespace hone
