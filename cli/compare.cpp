#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <memory>

#include "cli/command.h"
#include "cli/terminal.h"
#include "hone/flow/compare_predictions.h"

namespace hone::cli {
namespace {

constexpr std::size_t kSlicesShown = 50;

struct CompareArguments {
  ComparePredictionsOptions how;
  std::string a, b, gold, range;
  bool json = false;
};

// Differences are told in points, or nats of log loss.
struct ShownUnit {
  explicit ShownUnit(const nlohmann::json& result)
      : name(result.at("points").at("name")), size(result.at("points").at("size")), digits(name == "nats" ? 3 : 1) {}

  std::string amount(double difference) const { return fmt::format("{:+.{}f}", difference / size, digits); }
  std::string plain(double difference) const { return fmt::format("{:.{}f}", difference / size, digits); }

  std::string name;
  double size;
  int digits;
};

std::string shown_p(const nlohmann::json& p) {
  if (!p.is_number()) return "–";
  const double value = p;
  return value < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", value);
}

// A score with its interval: of shares in percent.
std::string shown_score(const nlohmann::json& score, const ShownUnit& unit) {
  if (!score.at("value").is_number()) return "–";
  const bool is_share = unit.name == "points" && std::abs(unit.size - 0.01) < 1e-12;
  if (is_share) return measure(score);
  const std::string value = fmt::format("{:.4g}", score.at("value").get<double>());
  if (!score.at("low").is_number()) return value;
  return value + fmt::format(" ({:.4g} to {:.4g})", score.at("low").get<double>(), score.at("high").get<double>());
}

std::string shown_difference(const nlohmann::json& difference, const ShownUnit& unit) {
  if (!difference.at("difference").is_number()) return "–";
  const std::string value = unit.amount(difference.at("difference"));
  if (!difference.at("low").is_number()) return value;
  return value + " (" + unit.amount(difference.at("low")) + " to " + unit.amount(difference.at("high")) + ")";
}

std::string ids_in_words(const nlohmann::json& left_out) {
  std::string ids;
  for (const nlohmann::json& id : left_out.at("first")) ids += (ids.empty() ? "" : ", ") + one_line(id.get<std::string>(), 40);
  return left_out.at("count") > left_out.at("first").size() ? ids + " …" : ids;
}

void print_left_out(const nlohmann::json& result) {
  for (const auto& [key, what] :
       {std::pair("only_in_a", "only in A"), {"only_in_b", "only in B"}, {"without_gold", "without a known answer"}}) {
    const nlohmann::json& left_out = result.at("left_out").at(key);
    if (left_out.at("count") > 0)
      print(fmt::format("left out: {} {} ({})\n", counted(left_out.at("count"), "item"), what, ids_in_words(left_out)));
  }
  const std::uint64_t in_a = result.at("missing").at("a"), in_b = result.at("missing").at("b");
  if (in_a + in_b > 0) print(fmt::format("missing: {} of A, {} of B\n", counted(in_a, "score"), with_commas(in_b)));
}

void print_clusters(const nlohmann::json& result, const nlohmann::json& clustering) {
  std::string line =
      fmt::format("clusters: {} of '{}', the largest with {} of the items", with_commas(result.at("clusters").get<std::uint64_t>()),
                  result.at("unit").get<std::string>(), percent(clustering.at("largest_share")));
  if (clustering.at("intracluster_correlation").is_number())
    line += fmt::format("; intracluster correlation {:.2f}", clustering.at("intracluster_correlation").get<double>());
  if (clustering.at("effective_items").is_number())
    line += fmt::format("; {} tell as much as {:.0f} that stand alone", counted(result.at("n"), "item"),
                        clustering.at("effective_items").get<double>());
  print(line + "\n");
}

void print_how(const nlohmann::json& result, const ShownUnit& unit) {
  print("test: " + result.at("why_test").get<std::string>() + "\n");
  if (const nlohmann::json& counts = result.at("discordant"); counts.is_object())
    print(fmt::format("right: both on {}, only A on {}, only B on {}, neither on {}\n", with_commas(counts.at("both").get<std::uint64_t>()),
                      with_commas(counts.at("only_a").get<std::uint64_t>()), with_commas(counts.at("only_b").get<std::uint64_t>()),
                      with_commas(counts.at("neither").get<std::uint64_t>())));
  if (const nlohmann::json& clustering = result.at("clustering"); clustering.is_object()) print_clusters(result, clustering);
  if (result.at("smallest_detectable").is_number())
    print(fmt::format("smallest detectable difference: {} {} (80 % power)\n", unit.plain(result.at("smallest_detectable")), unit.name));
  if (result.at("more_items").is_number())
    print(fmt::format("more items for a verdict: {}\n", with_commas(result.at("more_items").get<std::uint64_t>())));
  if (const nlohmann::json& gate = result.at("not_worse"); gate.is_object()) {
    std::string line =
        fmt::format("not worse by {:g} {}: {}", gate.at("margin").get<double>(), unit.name, gate.at("verdict").get<std::string>());
    if (gate.at("items_needed").is_number())
      line += fmt::format("; about {} would decide", counted(gate.at("items_needed").get<std::uint64_t>(), "item"));
    print(line + "\n");
  }
}

void print_slices_compared(const nlohmann::json& result, const ShownUnit& unit) {
  const nlohmann::json& slices = result.at("slices");
  if (slices.empty()) return;
  Table table({"slice", "items>", "A>", "B>", unit.name, "corrected p>", "verdict"});
  for (std::size_t place = 0; place < std::min(slices.size(), kSlicesShown); ++place) {
    const nlohmann::json& slice = slices.at(place);
    const auto value = [&](const char* side) {
      nlohmann::json score = slice.at(side);
      score["low"] = nullptr;
      return shown_score(score, unit);
    };
    table.add({one_line(slice.at("slice").get<std::string>(), 60), with_commas(slice.at("n").get<std::uint64_t>()), value("a"), value("b"),
               shown_difference(slice, unit), shown_p(slice.at("corrected_p")), slice.at("text")});
  }
  print("\n" + table.text());
  if (slices.size() > kSlicesShown) print(fmt::format("and {} more; --json has all\n", counted(slices.size() - kSlicesShown, "slice")));
  if (result.at("slices_corrected_for") > 0)
    print(fmt::format("p of slices is corrected for the {} that were tested (Holm)\n",
                      with_commas(result.at("slices_corrected_for").get<std::uint64_t>())));
}

void print_comparison_of_files(const nlohmann::json& result) {
  const ShownUnit unit(result);
  Table table({"", "file", result.at("metric")});
  for (const char* side : {"a", "b"})
    table.add(
        {side[0] == 'a' ? "A" : "B", one_line(result.at(side).at("file").get<std::string>(), 60), shown_score(result.at(side), unit)});
  print(table.text());
  print(fmt::format("\nA less B: {} {}, p {}, on {}\n", shown_difference(result, unit), unit.name, shown_p(result.at("p_value")),
                    counted(result.at("n"), "item")));
  print(result.at("text").get<std::string>() + "\n\n" + result.at("sentence").get<std::string>() + "\n\n");
  print_how(result, unit);
  print_left_out(result);
  print_slices_compared(result, unit);
  for (const nlohmann::json& warning : result.at("warnings")) print_error("warning: " + warning.get<std::string>());
}

std::optional<ScoreRange> typed_range(const std::string& typed) {
  if (typed.empty()) return std::nullopt;
  ScoreRange range{std::nan(""), std::nan("")};
  const std::size_t colon = typed.find(':');
  const auto read = [&](std::size_t begin, std::size_t end, double& value) {
    const auto [stop, error] = std::from_chars(typed.data() + begin, typed.data() + end, value);
    if (error != std::errc() || stop != typed.data() + end) value = std::nan("");
  };
  if (colon != std::string::npos) {
    read(0, colon, range.low);
    read(colon + 1, typed.size(), range.high);
  }
  return range;  // What is no number is refused where ranges are.
}

int compare(CompareArguments& arguments) {
  arguments.how.gold = arguments.gold;
  arguments.how.range = typed_range(arguments.range);
  typed([&] {
    arguments.how.validate();
    return 0;
  });
  const nlohmann::json result = compare_predictions(arguments.a, arguments.b, arguments.how);
  arguments.json ? print_json(result) : print_comparison_of_files(result);
  return 0;
}

}  // namespace

Body add_compare(CLI::App& command) {
  const auto arguments = std::make_shared<CompareArguments>();
  ComparePredictionsOptions& how = arguments->how;
  command
      .add_option("A", arguments->a,
                  "Predictions or scores by id: .csv .tsv .jsonl .parquet, samples_*.jsonl of lm-eval, a log of inspect_ai as .json")
      ->required();
  command.add_option("B", arguments->b, "What A is compared with, in any of these forms")->required();
  command.add_option("--gold", arguments->gold, "Known answers by id; without it those in A and B")->type_name("FILE");
  command
      .add_option("--metric", how.metric,
                  "accuracy, macro-f1, log-loss, brier, auroc, or a field of numbers; without it the files' own score, or accuracy")
      ->type_name("NAME");
  command.add_option("--cluster", how.cluster, "Items of one value of this field hang together: a prompt, a document, a customer")
      ->type_name("FIELD");
  command.add_option("--slice", how.slices, "Each value of a field, or a condition as in hone.yaml: {where: {field: words, above: 40}}")
      ->type_name("FIELD|CONDITION")
      ->expected(1)
      ->take_all();
  command.add_option("--margin", how.margin, "Points by which A may be worse, or the two may differ, without it mattering")
      ->type_name("POINTS");
  command.add_option("--id", how.id, "The field of ids, where it is not 'id'")->type_name("FIELD");
  command.add_option("--prediction", how.prediction, "The field of predictions, where it is not 'prediction'")->type_name("FIELD");
  command.add_option("--gold-field", how.gold_field, "The field of known answers, where it is not 'gold'")->type_name("FIELD");
  command.add_option("--probabilities", how.probabilities, "The field of probabilities by class, where it is not 'probabilities'")
      ->type_name("FIELD");
  command.add_option("--positive", how.positive, "auroc: the class that high probabilities speak for")->type_name("CLASS");
  command.add_option("--filter", how.filter, "Of lm-eval's files: which filter of the answers, where there are several")->type_name("NAME");
  command.add_flag("--lower-is-better", how.lower_is_better, "The field of numbers is a loss: lower is better");
  command.add_option("--range", arguments->range, "The scores that a field of numbers can have, such as 1:5")->type_name("LOW:HIGH");
  command.add_option("--least-items", how.least_items, "Fewer items get no verdict")->type_name("N")->capture_default_str();
  command.add_option("--least-clusters", how.least_clusters, "Fewer clusters get no verdict")->type_name("N")->capture_default_str();
  add_threads_option(command, how.threads);
  add_json_option(command, arguments->json);
  return [arguments] { return compare(*arguments); };
}

}  // namespace hone::cli
