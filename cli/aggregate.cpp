#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/eval/evaluation.h"
#include "hone/flow/export_labels.h"
#include "hone/flow/table_writer.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/vote_table.h"

namespace hone::cli {
namespace {

struct AggregateArguments {
  std::string votes, gold, out;
  std::string model = "majority";
  int threads = 0;
  bool json = false;
};

struct Aggregated {
  VoteTable table;
  FitReport fit;
  SoftLabels labels;
  double seconds = 0.0;
};

Aggregated aggregate(const AggregateArguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const auto model = make_label_model(arguments.model);
  Aggregated done{read_vote_table(arguments.votes, {.gold = arguments.gold, .read = {}}), {}, {}, 0.0};
  const VotePatterns patterns(done.table.votes);
  done.fit = model->fit(patterns, {}, arguments.threads);
  done.labels = model->predict(patterns);
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

std::vector<std::string> warnings_of(const Aggregated& done) {
  std::vector<std::string> warnings = done.fit.warnings;
  warnings.insert(warnings.end(), done.table.notes.begin(), done.table.notes.end());
  return warnings;
}

std::uint64_t covered_rows(const SoftLabels& labels) {
  std::uint64_t covered = 0;
  for (std::size_t example = 0; example < labels.examples(); ++example) covered += labels.hard(example) != kNoClass;
  return covered;
}

nlohmann::json sources_json(const Aggregated& done) {
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
void add_measures(const Aggregated& done, nlohmann::json& json) {
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

nlohmann::json aggregate_json(const Aggregated& done, const AggregateArguments& arguments) {
  nlohmann::json json = {{"model", arguments.model},         {"rows", done.labels.examples()},      {"covered", covered_rows(done.labels)},
                         {"votes", done.table.votes.size()}, {"classes", done.table.classes},       {"iterations", done.fit.iterations},
                         {"converged", done.fit.converged},  {"class_prior", done.fit.class_prior}, {"seconds", done.seconds},
                         {"warnings", warnings_of(done)},    {"sources", sources_json(done)}};
  add_measures(done, json);
  return json;
}

void write_rows(const Aggregated& done, TableWriter& writer) {
  for (std::size_t example = 0; example < done.labels.examples(); ++example) {
    const ClassId hard = done.labels.hard(example);
    if (hard == kNoClass) {
      writer.add({done.table.examples[example], nullptr, nullptr, nullptr});
      continue;
    }
    nlohmann::json shares = nlohmann::json::object();
    const std::uint32_t pattern = done.labels.pattern(example);
    const auto classes = done.labels.listed_classes(pattern);
    for (std::size_t place = 0; place < classes.size(); ++place)
      shares[done.table.classes[classes[place]]] = done.labels.listed_probabilities(pattern)[place];
    writer.add({done.table.examples[example], done.table.classes[hard], done.labels.confidence(example), shares});
  }
  writer.finish();
}

void write_labels(const Aggregated& done, const std::filesystem::path& file) {
  const std::vector<TableColumn> columns{{"id"}, {"label"}, {"probability", true}, {"probabilities"}};
  const TableFormat format = format_of(file);
  write_file_atomically(file, [&](const std::filesystem::path& temporary) {
    if (format == TableFormat::kParquet) return write_rows(done, *parquet_writer(temporary, columns));
    std::ofstream out(temporary, std::ios::binary);
    write_rows(done, format == TableFormat::kCsv ? *csv_writer(out, columns, false) : *jsonl_writer(out, columns));
  });
}

void print_aggregate(const nlohmann::json& result) {
  print(fmt::format("{}: {} rows, {} with a label, {} votes of {} sources, {} classes, {}\n", result.at("model").get<std::string>(),
                    with_commas(result.at("rows").get<std::uint64_t>()), with_commas(result.at("covered").get<std::uint64_t>()),
                    with_commas(result.at("votes").get<std::uint64_t>()), with_commas(result.at("sources").size()),
                    result.at("classes").size(), seconds(result.at("seconds"))));
  if (result.at("accuracy").is_object()) {
    print(fmt::format("accuracy {} of {} covered rows with gold, log loss {:.3f}", measure(result.at("accuracy")),
                      with_commas(result.at("accuracy").at("n").get<std::uint64_t>()), result.at("log_loss").at("value").get<double>()));
    print(result.at("ece").is_object() ? fmt::format(", ECE {}\n", percent(result.at("ece").at("value"))) : "\n");
  }
  for (const nlohmann::json& warning : result.at("warnings")) print_error("warning: " + warning.get<std::string>());
}

int run(const AggregateArguments& arguments) {
  if (!arguments.out.empty()) format_of(arguments.out);
  const Aggregated done = aggregate(arguments);
  const nlohmann::json result = aggregate_json(done, arguments);
  if (!arguments.out.empty()) write_labels(done, arguments.out);
  if (arguments.json)
    print_json(result);
  else
    print_aggregate(result);
  return 0;
}

std::string model_names() {
  std::string names;
  for (const LabelModelInfo& model : label_models()) names += (names.empty() ? "" : ", ") + std::string(model.name);
  return names;
}

}  // namespace

Body add_aggregate(CLI::App& command) {
  const auto arguments = std::make_shared<AggregateArguments>();
  command
      .add_option("VOTES", arguments->votes,
                  "Wide (a column per source; optional id, split, gold) or long (example,source,class or item,worker,label); .csv .tsv "
                  ".jsonl .parquet")
      ->required();
  command.add_option("--gold", arguments->gold, "Known answers: item,truth or item,label")->type_name("FILE");
  command.add_option("--model", arguments->model, "The label model: " + model_names())->type_name("NAME")->capture_default_str();
  command.add_option("--out", arguments->out, "Write the labels: .jsonl, .csv or .parquet")->type_name("FILE");
  add_threads_option(command, arguments->threads);
  add_json_option(command, arguments->json);
  return [arguments] { return run(*arguments); };
}

}  // namespace hone::cli
