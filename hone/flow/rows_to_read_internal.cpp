#include "hone/flow/rows_to_read_internal.h"

#include <algorithm>
#include <iterator>

#include "hone/core/json.h"
#include "hone/data/row_texts.h"
#include "hone/eval/clarity.h"
#include "hone/eval/errors_to_read.h"
#include "hone/flow/evaluation_json_internal.h"

namespace hone {
namespace {

// How many confusions a report carries, and how many texts with each.
constexpr std::size_t kConfusions = 10, kConfusionTexts = 3;
// Wrong votes that are shown of each source. With a thousand sources the page still has to open at once.
constexpr std::size_t kWrongVotes = 2;
// Rows in conflict that are shown, of either kind.
constexpr std::size_t kContested = 20;
// Longer texts are cut in the report; the dataset has them whole.
constexpr std::size_t kShownBytes = 2000, kSearchedBytes = 600, kWrongVoteBytes = 240;

std::vector<std::uint32_t> all_rows(const ShownRows& shown) {
  std::vector<std::uint32_t> rows = shown.confident;
  if (shown.slices) std::ranges::copy(shown.slices->examples(), std::back_inserter(rows));
  rows.insert(rows.end(), shown.errors.begin(), shown.errors.end());
  for (const Confusion& confusion : shown.confusions) rows.insert(rows.end(), confusion.examples.begin(), confusion.examples.end());
  for (const std::vector<WrongVote>& votes : shown.wrong_votes)
    for (const WrongVote& vote : votes) rows.push_back(vote.row);
  for (const ContestedRow& row : shown.contested) rows.push_back(row.row);
  return rows;
}

std::map<std::uint32_t, ShownText> read_texts(const Measured& measured, std::vector<std::uint32_t> rows) {
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
  std::vector<std::string> columns{std::string(kIdColumn)};
  columns.insert(columns.end(), measured.project().data.text.begin(), measured.project().data.text.end());
  const std::vector<RowTexts> read = row_texts(measured.dataset, rows, columns);
  std::map<std::uint32_t, ShownText> shown;
  for (std::size_t place = 0; place < rows.size(); ++place) {
    ShownText& here = shown[rows[place]];
    here.id = read[place][0].value_or("");
    for (std::size_t field = 1; field < columns.size(); ++field) here.text += (field > 1 ? "\n" : "") + read[place][field].value_or("");
  }
  return shown;
}

// At most so many bytes, and no character cut through.
std::string cut(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

nlohmann::json example_json(const Measured& measured, const ShownRows& shown, std::uint32_t row, std::size_t bytes = kShownBytes) {
  const ShownText& here = shown.texts.at(row);
  const SoftLabels& main = measured.main_system();
  return {{"row", row},
          {"id", here.id},
          {"text", cut(here.text, bytes)},
          {"gold", answer_or_null(measured, measured.gold.classes[row])},
          {"predicted", answer_or_null(measured, main.hard(row))},
          {"confidence", main.confidence(row)}};
}

// The first wrong votes of every source on gold that may be looked at.
std::vector<std::vector<WrongVote>> first_wrong_votes(const Measured& measured) {
  std::vector<std::vector<WrongVote>> wrong(measured.votes.shape().sources);
  for (const Split split : {Split::kValid, Split::kTrain})
    for (const std::uint32_t row : measured.rows(split))
      for (const Vote vote : measured.votes.on(row))
        if (!measured.votes.answers().allows(vote.class_id, measured.gold.classes[row]) && wrong[vote.source].size() < kWrongVotes)
          wrong[vote.source].push_back({row, vote.class_id});
  return wrong;
}

// Where the main system fails more than elsewhere, among valid rows; nothing where none has gold.
std::optional<SliceFindings> slice_findings(const Measured& measured) {
  const std::vector<std::uint32_t>& rows = measured.rows(Split::kValid);
  if (rows.empty()) return std::nullopt;
  const SoftLabels& main = measured.main_system();
  return find_slices(
      measured.context, measured.dataset, rows, measured.groups,
      {measured.predictions ? "model" : "label_model", [&](std::uint32_t row) { return main.hard(row) != measured.gold.classes[row]; },
       [&](std::uint32_t row) { return main.confidence(row); }});
}

ShownRows choose_rows(const Measured& measured, const std::vector<Split>& splits) {
  ShownRows shown;
  shown.slices = slice_findings(measured);
  shown.wrong_votes = first_wrong_votes(measured);
  shown.contested = contested_rows(measured.labels_to_judge(), splits, kContested);
  const auto split = measured.readable_split();
  if (!split) return shown;
  const Judged judged = measured.judged(measured.main_system());
  shown.confusions = worst_confusions(judged, measured.rows(*split), kConfusions, kConfusionTexts);
  shown.confident = most_confident_errors(judged, measured.rows(*split), kErrorsToRead);
  shown.errors = errors_to_read(judged, measured.rows(*split));
  return shown;
}

nlohmann::json confusions_json(const Measured& measured, const ShownRows& shown) {
  nlohmann::json list = nlohmann::json::array();
  for (const Confusion& confusion : shown.confusions) {
    nlohmann::json examples = nlohmann::json::array();
    for (const std::uint32_t row : confusion.examples) examples.push_back(example_json(measured, shown, row));
    list.push_back({{"gold", answer_or_null(measured, confusion.gold)},
                    {"predicted", answer_or_null(measured, confusion.predicted)},
                    {"count", confusion.count},
                    {"share_of_gold", confusion.share_of_gold},
                    {"examples", examples}});
  }
  return list;
}

nlohmann::json votes_by_source(const Measured& measured, const ExampleVotes& votes) {
  nlohmann::json by_source = nlohmann::json::object();
  for (const Vote vote : votes) by_source[measured.project().sources[vote.source].name] = answer_or_null(measured, vote.class_id);
  return by_source;
}

// An error with what the votes said: who led there.
nlohmann::json error_json(const Measured& measured, const ShownRows& shown, std::uint32_t row) {
  nlohmann::json json = example_json(measured, shown, row, kSearchedBytes);
  const ExampleVotes votes = measured.votes.on(row);
  json["label"] = answer_or_null(measured, measured.labels.hard(row));
  json["said"] = to_string(votes_said(votes, measured.votes.answers(), measured.labels.hard(row), measured.gold.classes[row]));
  json["votes"] = votes_by_source(measured, votes);
  return json;
}

nlohmann::json clarity_json(const Measured& measured, Split split) {
  const auto by_class = clarity(measured.votes, measured.labels, measured.judged(measured.main_system()), measured.rows(split));
  nlohmann::json said = nlohmann::json::array(), list = nlohmann::json::array();
  for (std::size_t state = 0; state < kVotesSaid; ++state) said.push_back(to_string(static_cast<VotesSaid>(state)));
  for (std::size_t id = 0; id < by_class.size(); ++id)
    list.push_back({{"class", measured.project().task.classes[id]}, {"rows", by_class[id].rows}, {"right", by_class[id].right}});
  return {{"split", to_string(split)}, {"said", said}, {"by_class", list}};
}

}  // namespace

ShownRows rows_to_read(const Measured& measured, const std::vector<Split>& splits) {
  ShownRows shown = choose_rows(measured, splits);
  shown.texts = read_texts(measured, all_rows(shown));
  return shown;
}

void add_errors(const Measured& measured, const ShownRows& shown, nlohmann::json& json) {
  const auto split = measured.readable_split();
  if (!split) return;
  json["errors_split"] = to_string(*split);
  json["errors_confusion"] = confusion_matrix(measured.judged(measured.main_system()), measured.rows(*split),
                                              measured.project().task.classes, std::string(to_string(*split)));
  json["clarity"] = clarity_json(measured, *split);
  json["worst_confusions"] = confusions_json(measured, shown);
  for (const std::uint32_t row : shown.confident) json["most_confident_errors"].push_back(example_json(measured, shown, row));
  for (const std::uint32_t row : shown.errors) json["errors"].push_back(error_json(measured, shown, row));
  if (shown.slices)
    json["discovered_slices"] =
        to_json(*shown.slices, [&](std::uint32_t row) { return example_json(measured, shown, row, kSearchedBytes); });
}

nlohmann::json contested_json(const Measured& measured, const ShownRows& shown) {
  nlohmann::json list = nlohmann::json::array();
  for (const ContestedRow& contested : shown.contested) {
    const std::uint32_t row = contested.row;
    list.push_back({{"row", row},
                    {"id", shown.texts.at(row).id},
                    {"text", cut(shown.texts.at(row).text, kWrongVoteBytes)},
                    {"why", contested.overruled ? "overruled" : "unsure"},
                    {"rows", contested.rows},
                    {"label", answer_or_null(measured, measured.labels.hard(row))},
                    {"confidence", measured.labels.confidence(row)},
                    {"majority", answer_or_null(measured, contested.majority)},
                    {"gold", answer_or_null(measured, measured.gold.classes[row])},
                    {"votes", votes_by_source(measured, measured.votes.on(row))}});
  }
  return list;
}

nlohmann::json wrong_votes_json(const Measured& measured, const ShownRows& shown) {
  nlohmann::json by_source = nlohmann::json::array();
  for (const std::vector<WrongVote>& votes : shown.wrong_votes) {
    nlohmann::json list = nlohmann::json::array();
    for (const WrongVote& vote : votes)
      list.push_back({{"row", vote.row},
                      {"id", shown.texts.at(vote.row).id},
                      {"text", cut(shown.texts.at(vote.row).text, kWrongVoteBytes)},
                      {"gold", answer_or_null(measured, measured.gold.classes[vote.row])},
                      {"voted", answer_or_null(measured, vote.voted)}});
    by_source.push_back(list);
  }
  return by_source;
}

}  // namespace hone
