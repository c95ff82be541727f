#include "hone/flow/aggregate_votes.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "hone/eval/evaluation.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/table_writer.h"

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
    for (const std::uint32_t source : done.table.votes.on(example).sources) ++votes[source];
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t source = 0; source < votes.size(); ++source) {
    const double share = static_cast<double>(votes[source]) / static_cast<double>(std::max<std::size_t>(1, done.labels.examples()));
    const auto accuracy = done.fit.sources.at(source).accuracy;
    list.push_back({{"name", done.table.sources[source]},
                    {"votes", votes[source]},
                    {"coverage", share},
                    {"accuracy", accuracy ? nlohmann::json(*accuracy) : nlohmann::json()}});
  }
  return list;
}

// Measured on covered rows with gold; the whole null without any.
void add_measures(const AggregatedVotes& done, nlohmann::json& json) {
  json["accuracy"] = json["log_loss"] = json["ece"] = json["accuracy_of_all"] = nullptr;
  if (done.table.gold.empty()) return;
  std::vector<std::uint32_t> covered;
  const std::vector<std::uint32_t> all = rows_with_gold(done.table.gold);
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

void write_rows(const AggregatedVotes& done, TableWriter& writer) {
  for (std::size_t example = 0; example < done.labels.examples(); ++example) {
    const ClassId hard = done.labels.hard(example);
    if (hard == kNoClass) {
      writer.add({done.table.examples[example], nullptr, nullptr, nullptr});
      continue;
    }
    writer.add({done.table.examples[example], done.table.classes[hard], done.labels.confidence(example),
                probabilities_json(done.labels, done.labels.pattern(example), done.table.classes)});
  }
}

}  // namespace

AggregatedVotes aggregate_votes(const std::filesystem::path& votes, const AggregateOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto model = make_label_model(options.model);
  AggregatedVotes done{options.model, read_vote_table(votes, {.gold = options.gold, .read = {}}), {}, {}, 0.0};
  const VotePatterns patterns(done.table.votes);
  done.fit = model->fit(patterns, {}, options.threads);
  done.labels = model->predict(patterns);
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
          {"seconds", done.seconds},
          {"warnings", warnings_of(done)},
          {"sources", sources_json(done)}};
  add_measures(done, json);
}

void write_labels(const AggregatedVotes& done, const std::filesystem::path& file) {
  const TableShape shape{.columns = {{"id"}, {"label"}, {"probability", true}, {"probabilities"}}, .format = format_of(file)};
  write_table(shape, file, [&](TableWriter& writer) { write_rows(done, writer); });
}

}  // namespace hone
