#include "hone/flow/slice_findings_internal.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "hone/core/random.h"
#include "hone/data/row_texts.h"

namespace hone {
namespace {

// Rows that are looked at: enough to find a slice of one row in a thousand, and some seconds of work.
constexpr std::size_t kMostRowsSearched = 100'000;
// Wrong rows that are shown of each slice.
constexpr std::size_t kSliceExamples = 5;

// All rows, or as many as are looked at, each with the same chance.
std::vector<std::uint32_t> rows_to_search(std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> kept(rows.begin(), rows.end());
  if (rows.size() <= kMostRowsSearched) return kept;
  RandomStream dice(0, "slice-discovery/rows");
  for (std::size_t place = 0; place < kMostRowsSearched; ++place) std::swap(kept[place], kept[place + dice.below(kept.size() - place)]);
  kept.resize(kMostRowsSearched);
  std::ranges::sort(kept);
  return kept;
}

std::vector<std::string> fields_to_search(const Project& project, const Dataset& dataset) {
  std::set<std::string> left_out(project.data.text.begin(), project.data.text.end());
  left_out.insert(project.about.personal.begin(), project.about.personal.end());
  left_out.insert({project.gold.field, project.data.id, project.data.group, project.data.split.field});
  std::vector<std::string> fields = dataset.column_names();
  std::erase_if(fields, [&](const std::string& field) { return left_out.contains(field); });
  return fields;
}

// Rows as discover_slices() reads them.
struct SearchedRows {
  std::vector<std::string> ids;
  std::vector<std::optional<std::string>> texts;
  std::vector<SliceField> fields;
  std::vector<std::uint8_t> errors;
  std::vector<std::uint32_t> clusters;
};

// Several fields are one text, as the condition engine has it: those that are there, joined by line feeds.
std::optional<std::string> joined_text(std::span<const std::optional<std::string>> values) {
  std::optional<std::string> text;
  for (const std::optional<std::string>& value : values)
    if (value) text = text ? *text + "\n" + *value : *value;
  return text;
}

SearchedRows read_rows(const Project& project, const Dataset& dataset, std::span<const std::uint32_t> rows,
                       std::span<const std::uint32_t> groups, const FailingSystem& system) {
  const std::vector<std::string> fields = fields_to_search(project, dataset);
  std::vector<std::string> columns{std::string(kIdColumn)};
  columns.insert(columns.end(), project.data.text.begin(), project.data.text.end());
  columns.insert(columns.end(), fields.begin(), fields.end());
  const std::size_t texts = project.data.text.size();
  std::vector<RowTexts> read = row_texts(dataset, rows, columns);
  SearchedRows searched;
  for (const std::string& field : fields) searched.fields.push_back({field, {}});
  for (std::size_t place = 0; place < rows.size(); ++place) {
    RowTexts& row = read[place];
    searched.ids.push_back(row[0].value_or(""));
    searched.texts.push_back(joined_text(std::span(row).subspan(1, texts)));
    for (std::size_t field = 0; field < fields.size(); ++field) searched.fields[field].values.push_back(std::move(row[1 + texts + field]));
    searched.errors.push_back(system.is_wrong(rows[place]) ? 1 : 0);
    if (!groups.empty()) searched.clusters.push_back(groups[rows[place]]);
    row.clear();
  }
  return searched;
}

std::vector<std::string> slice_names(const Project& project) {
  std::vector<std::string> names;
  for (const Slice& slice : project.slices) names.push_back(slice.name);
  for (const DerivedSlice& slice : project.derived_slices) names.push_back(slice.name);
  return names;
}

// Turns places among the rows that were searched into rows of the dataset, and adds what is told of a slice.
SliceFindings::Finding finding_of(DiscoveredSlice slice, std::span<const std::uint32_t> rows, const Project& project,
                                  std::span<const std::vector<std::uint32_t>> members, const FailingSystem& system) {
  SliceFindings::Finding finding{std::move(slice), {}, {}};
  for (std::uint32_t& row : finding.slice.rows) row = rows[row];
  for (const std::uint32_t row : finding.slice.rows)
    if (system.is_wrong(row)) finding.examples.push_back(row);
  std::ranges::stable_sort(finding.examples, std::greater<>(), system.confidence);
  if (finding.examples.size() > kSliceExamples) finding.examples.resize(kSliceExamples);
  for (std::size_t known = 0; known < members.size() && finding.known_as.empty(); ++known) {
    std::vector<std::uint32_t> held;
    std::ranges::set_intersection(members[known], rows, std::back_inserter(held));
    if (held == finding.slice.rows) finding.known_as = project.slices[known].name;
  }
  return finding;
}

nlohmann::json term_json(const SliceTerm& term) {
  switch (term.kind) {
    case SliceTerm::Kind::kWords:
      return {{"kind", "words"}, {"field", nullptr}, {"text", term.text}};
    case SliceTerm::Kind::kValue:
      return {{"kind", "value"}, {"field", term.field}, {"text", term.text}};
    case SliceTerm::Kind::kMissing:
      return {{"kind", "missing"}, {"field", term.field}, {"text", nullptr}};
    case SliceTerm::Kind::kTextCluster:
      return {{"kind", "text_cluster"},
              {"field", nullptr},
              {"text", nullptr},
              {"words", term.words},
              {"at_least", term.at_least},
              {"cluster", {{"rows", term.cluster.rows}, {"held", term.cluster.held}, {"outside", term.cluster.outside}}}};
  }
  return nullptr;
}

nlohmann::json finding_json(const SliceFindings::Finding& finding, const std::function<nlohmann::json(std::uint32_t)>& example) {
  const DiscoveredSlice& slice = finding.slice;
  nlohmann::json terms = nlohmann::json::array(), also = nlohmann::json::array(), examples = nlohmann::json::array();
  for (const SliceTerm& term : slice.terms) terms.push_back(term_json(term));
  for (const std::vector<SliceTerm>& other : slice.also) also.push_back(described(other));
  for (const std::uint32_t row : finding.examples) examples.push_back(example(row));
  return {{"slice", slice.name},
          {"what", described(slice.terms)},
          {"terms", terms},
          {"definition", slice.definition},
          {"also", also},
          {"known_as", finding.known_as.empty() ? nlohmann::json() : nlohmann::json(finding.known_as)},
          {"rows", slice.rows.size()},
          {"errors", slice.errors},
          {"error_rate", slice.error_rate},
          {"rest_errors", slice.rest_errors},
          {"rest_error_rate", slice.rest_error_rate},
          {"p", slice.p ? nlohmann::json(*slice.p) : nlohmann::json()},
          {"note", slice.note},
          {"examples", examples}};
}

}  // namespace

std::vector<std::uint32_t> SliceFindings::examples() const {
  std::vector<std::uint32_t> rows;
  for (const Finding& finding : findings) rows.insert(rows.end(), finding.examples.begin(), finding.examples.end());
  return rows;
}

SliceFindings find_slices(const StageContext& context, const Dataset& dataset, std::span<const std::uint32_t> all,
                          std::span<const std::uint32_t> groups, const FailingSystem& system) {
  const std::vector<std::uint32_t> rows = rows_to_search(all);
  SliceFindings findings{.system = system.name, .found = {}, .left_out = all.size() - rows.size(), .findings = {}};
  const SearchedRows searched = read_rows(context.project(), dataset, rows, groups, system);
  findings.found = discover_slices({searched.ids, searched.texts, searched.fields, searched.errors, searched.clusters}, {},
                                   slice_names(context.project()));
  const auto members = context.workspace.slices(context.of("vote"));
  for (std::vector<DiscoveredSlice>* list : {&findings.found.slices, &findings.found.small}) {
    for (DiscoveredSlice& slice : *list)
      findings.findings.push_back(finding_of(std::move(slice), rows, context.project(), members, system));
    list->clear();
  }
  return findings;
}

nlohmann::json to_json(const SliceFindings& findings, const std::function<nlohmann::json(std::uint32_t)>& example) {
  nlohmann::json list = nlohmann::json::array();
  for (const SliceFindings::Finding& finding : findings.findings) list.push_back(finding_json(finding, example));
  const SliceDiscovery& found = findings.found;
  return {{"system", findings.system},
          {"split", to_string(Split::kValid)},
          {"rows", found.rows},
          {"errors", found.errors},
          {"found_on", found.found_on},
          {"tested_on", found.tested_on},
          {"candidates", found.candidates},
          {"tested", found.tested},
          {"left_out", findings.left_out},
          {"note", found.note},
          {"slices", list}};
}

}  // namespace hone
