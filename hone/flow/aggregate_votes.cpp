#include "hone/flow/aggregate_votes.h"

#include <algorithm>
#include <chrono>

#include "hone/core/json.h"
#include "hone/eval/evaluation.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/table_writer.h"
#include "hone/vote/task.h"

namespace hone {
namespace {

std::vector<std::string> warnings_of(const AggregatedVotes& done) {
  std::vector<std::string> warnings = done.fit.warnings;
  warnings.insert(warnings.end(), done.table.notes.begin(), done.table.notes.end());
  return warnings;
}

nlohmann::json sources_json(const AggregatedVotes& done) {
  std::vector<std::uint64_t> votes(done.table.sources.size());
  for (std::size_t example = 0; example < done.table.votes.shape().examples; ++example)
    for (const Vote vote : done.table.votes.on(example)) ++votes[vote.source];
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t source = 0; source < votes.size(); ++source) {
    const double share = static_cast<double>(votes[source]) / static_cast<double>(std::max<std::size_t>(1, done.labels.examples()));
    const SourceBelief& belief = done.fit.sources.at(source);
    const auto number = [](const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
    list.push_back({{"name", done.table.sources[source]},
                    {"votes", votes[source]},
                    {"coverage", share},
                    {"accuracy", number(belief.accuracy)},
                    {"low", number(belief.low)},
                    {"high", number(belief.high)},
                    {"assumed", belief.assumed}});
  }
  return list;
}

// Those with gold that the model did not learn from.
std::vector<std::uint32_t> measured_rows(const VoteTable& table) {
  std::vector<std::uint32_t> rows = rows_with_gold(table.gold);
  std::erase_if(rows, [&](std::uint32_t row) { return !table.known.empty() && table.known[row] != kNoClass; });
  return rows;
}

// Measured on covered rows with gold; the whole null without any.
void add_measures(const AggregatedVotes& done, nlohmann::json& json) {
  json["accuracy"] = json["log_loss"] = json["ece"] = json["accuracy_of_all"] = nullptr;
  if (done.table.gold.empty()) return;
  std::vector<std::uint32_t> covered;
  const std::vector<std::uint32_t> all = measured_rows(done.table);
  for (const std::uint32_t row : all)
    if (done.labels.hard(row) != kNoClass) covered.push_back(row);
  const Judged judged{done.labels, done.table.gold, {}};
  if (const auto metrics = measure(judged, covered)) {
    json["accuracy"] = metrics->accuracy;
    json["log_loss"] = metrics->log_loss;
    json["ece"] = metrics->ece ? nlohmann::json(*metrics->ece) : nlohmann::json();
  }
  if (const auto metrics = measure(judged, all)) json["accuracy_of_all"] = metrics->accuracy;
}

void write_rows(const AggregatedVotes& done, TableFormat format, TableWriter& writer) {
  for (std::size_t example = 0; example < done.labels.examples(); ++example) {
    const ClassId hard = done.labels.hard(example);
    if (hard == kNoClass) {
      writer.add({done.table.examples[example], nullptr, nullptr, nullptr, nullptr});
      continue;
    }
    writer.add({done.table.examples[example], done.table.classes[hard], hard, done.labels.confidence(example),
                probabilities_cell(done.labels, done.labels.pattern(example), done.table.classes, format)});
  }
}

LabelEvidence evidence_of(const VoteTable& table, const AggregateOptions& options) {
  const Task task{.classes = table.classes, .class_balance = options.class_balance};
  return {.gold = table.known, .prior = task.declared_prior(), .names = table.sources, .led = table.led};
}

}  // namespace

AggregatedVotes aggregate_votes(const std::filesystem::path& votes, const AggregateOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto model = make_label_model(options.model);
  AggregatedVotes done{options.model, read_vote_table(votes, {.gold = options.gold, .known = options.known, .read = {}}), {}, {}, 0.0, 0.0};
  const auto in_memory = std::chrono::steady_clock::now();
  const VotePatterns patterns(done.table.votes);
  done.fit = model->fit(patterns, evidence_of(done.table, options), options.threads);
  done.labels = model->predict(patterns, options.threads);
  const auto end = std::chrono::steady_clock::now();
  done.seconds = std::chrono::duration<double>(end - start).count();
  done.fit_seconds = std::chrono::duration<double>(end - in_memory).count();
  return done;
}

void to_json(nlohmann::json& json, const AggregatedVotes& done) {
  json = {{"model", done.model},
          {"rows", done.labels.examples()},
          {"covered", covered_examples(done.labels)},
          {"votes", done.table.votes.size()},
          {"classes", done.table.classes},
          {"iterations", done.fit.iterations},
          {"converged", done.fit.converged},
          {"class_prior", done.fit.class_prior},
          {"assumed_balance", done.fit.assumed_balance},
          {"seconds", done.seconds},
          {"fit_seconds", done.fit_seconds},
          {"warnings", warnings_of(done)},
          {"sources", sources_json(done)}};
  add_measures(done, json);
}

void write_labels(const AggregatedVotes& done, const std::filesystem::path& file) {
  const TableShape shape{.columns = {{"id"},
                                     {"label"},
                                     {"label_id", ColumnType::kClass},
                                     {"probability", ColumnType::kNumber},
                                     {"probabilities", ColumnType::kShares}},
                         .format = format_of(file),
                         .guard = false,
                         .classes = done.table.classes};
  write_table(shape, file, [&](TableWriter& writer) { write_rows(done, shape.format, writer); });
}

}  // namespace hone
