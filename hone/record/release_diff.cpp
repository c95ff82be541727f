#include "hone/record/release_diff.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/data/dataset.h"
#include "hone/data/text_column.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/soft_sets.h"
#include "hone/vote/vote_file.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kNoRow = UINT32_MAX;
constexpr std::size_t kExamplesShown = 20;

std::uint64_t prefix_of(const Sha256::Digest& digest) {
  std::uint64_t prefix = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) prefix = prefix << 8 | digest[byte];
  return prefix;
}

// A release with its rows: what two of them are compared by.
class ReleasedRows {
 public:
  ReleasedRows(const ObjectStore& objects, const Release& release)
      : objects_(objects),
        release_(release),
        about_(objects.get_json(release.object("release.json"))),
        dataset_(objects, release.object("stage/" + about_.at("data_stage").get<std::string>() + "/dataset")) {
    read_rows();
    read_labels();
    const Json votes = manifest("votes");
    for (const Json& source : votes.at("sources")) sources_.emplace(source.at("name"), source.at("ref").get<ObjectRef>());
  }

  std::uint32_t rows() const { return static_cast<std::uint32_t>(ids_.size()); }
  const std::string& id(std::uint32_t row) const { return ids_[row]; }
  std::uint64_t content(std::uint32_t row) const { return contents_[row]; }
  const std::map<std::string, ObjectRef>& sources() const { return sources_; }
  const Json& about() const { return about_; }

  // The row's class, or its classes, in words; empty without a label.
  std::string label(std::uint32_t row) const {
    if (labels_) return name_of(labels_->hard(row));
    std::string words;
    if (sets_->labeled(row))
      for (const ClassId id : sets_->hard(row)) words += (words.empty() ? "" : ", ") + name_of(id);
    return words;
  }

  std::string answer(ClassId id) const { return id < answers_.size() ? answers_[id] : ""; }

  // By row, the answer of a source; kNoClass where it abstained, or is not there.
  std::vector<ClassId> votes(const std::string& source) const {
    std::vector<ClassId> by_row(ids_.size(), kNoClass);
    const auto found = sources_.find(source);
    if (found == sources_.end()) return by_row;
    const SourceVotes votes = read_source_votes(objects_.path(found->second), 0);
    for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) by_row.at(votes.examples[vote]) = votes.classes[vote];
    return by_row;
  }

  // Rows of each slice, by name.
  std::map<std::string, std::vector<std::uint32_t>> slices() const {
    std::map<std::string, std::vector<std::uint32_t>> slices;
    const Json listed = manifest("slices");
    for (const Json& slice : listed.at("slices"))
      slices[slice.at("name")] = read_source_votes(objects_.path(slice.at("ref").get<ObjectRef>()), 0).examples;
    return slices;
  }

 private:
  Json manifest(const std::string& output) const { return objects_.get_json(release_.object("stage/vote/" + output)); }

  std::string name_of(ClassId id) const { return id == kNoClass ? "" : about_.at("task").at("classes").at(id).get<std::string>(); }

  void read_rows() {
    std::vector<std::string> columns = dataset_.column_names();
    columns.insert(columns.begin(), std::string(kIdColumn));
    dataset_.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
      std::vector<TextColumn> texts;
      for (int column = 0; column < batch.num_columns(); ++column) texts.emplace_back(*batch.column(column));
      for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
        ids_.emplace_back(texts[0].at(row).value_or(""));
        contents_.push_back(content_of(columns, texts, row));
      }
    });
    for (const Json& name : about_.at("task").at("answers")) answers_.push_back(name.get<std::string>());
  }

  static std::uint64_t content_of(const std::vector<std::string>& columns, const std::vector<TextColumn>& texts, std::int64_t row) {
    Sha256 hash;
    for (std::size_t column = 1; column < texts.size(); ++column)
      if (const auto text = texts[column].at(row)) hash.update_sized(columns[column]).update_sized(*text);
    return prefix_of(hash.digest());
  }

  void read_labels() {
    const auto patterns = objects_.path(release_.object("stage/label/labels.patterns")),
               examples = objects_.path(release_.object("stage/label/labels.examples"));
    if (about_.at("task").at("kind") == "multi-label")
      sets_ = read_soft_sets(patterns, examples);
    else
      labels_ = read_soft_labels(patterns, examples);
  }

  const ObjectStore& objects_;
  const Release& release_;
  Json about_;
  Dataset dataset_;
  std::vector<std::string> ids_, answers_;
  std::vector<std::uint64_t> contents_;
  std::map<std::string, ObjectRef> sources_;
  std::optional<SoftLabels> labels_;
  std::optional<SoftSets> sets_;
};

// A row that is in both, with another label.
struct Changed {
  std::uint32_t from, to;
  bool row_changed;
  std::vector<std::string> sources;  // That vote otherwise.
};

class Comparison {
 public:
  Comparison(const ReleasedRows& from, const ReleasedRows& to) : from_(from), to_(to) {
    match();
    find_votes();
  }

  Json rows_json() const {
    return {{"from", from_.rows()},         {"to", to_.rows()},
            {"added", added_.size()},       {"removed", removed_.size()},
            {"changed", contents_changed_}, {"labels_changed", changed_.size()}};
  }

  Json causes_json() const {
    std::map<std::string, std::uint64_t> rows;
    for (const Changed& row : changed_) ++rows[cause(row)];
    Json json = Json::array();
    for (const char* name : {"row", "votes", "label-model"}) json.push_back({{"cause", name}, {"rows", rows[name]}});
    return json;
  }

  // Of rows whose label changed with the votes, how many each source votes otherwise on: the most first.
  Json sources_json() const {
    std::map<std::string, std::uint64_t> counts;
    for (const Changed& row : changed_)
      for (const std::string& source : row.sources) ++counts[source];
    std::vector<std::pair<std::string, std::uint64_t>> sources(counts.begin(), counts.end());
    std::ranges::stable_sort(sources, std::ranges::greater(), &std::pair<std::string, std::uint64_t>::second);
    Json json = Json::array();
    for (const auto& [name, rows] : sources) json.push_back({{"source", name}, {"rows", rows}});
    return json;
  }

  Json slices_json() const {
    std::map<std::string, std::map<std::string, std::uint64_t>> slices;
    const auto count = [&](const auto& by_name, const std::set<std::uint32_t>& rows, const char* what) {
      for (const auto& [name, members] : by_name)
        slices[name][what] =
            static_cast<std::uint64_t>(std::ranges::count_if(members, [&](std::uint32_t row) { return rows.contains(row); }));
    };
    std::set<std::uint32_t> labels;
    for (const Changed& row : changed_) labels.insert(row.to);
    const auto to = to_.slices();
    count(to, {added_.begin(), added_.end()}, "added");
    count(to, labels, "labels_changed");
    count(from_.slices(), {removed_.begin(), removed_.end()}, "removed");
    Json json = Json::array();
    for (auto& [name, counts] : slices)
      json.push_back(
          {{"slice", name}, {"added", counts["added"]}, {"removed", counts["removed"]}, {"labels_changed", counts["labels_changed"]}});
    return json;
  }

  Json examples_json() const {
    Json json = Json::array();
    for (const Changed& row : changed_) {
      if (json.size() == kExamplesShown) break;
      const auto label = [](const std::string& words) { return words.empty() ? Json() : Json(words); };
      json.push_back({{"id", to_.id(row.to)},
                      {"from", label(from_.label(row.from))},
                      {"to", label(to_.label(row.to))},
                      {"cause", cause(row)},
                      {"sources", row.sources}});
    }
    return json;
  }

 private:
  static std::string cause(const Changed& row) { return row.row_changed ? "row" : row.sources.empty() ? "label-model" : "votes"; }

  void match() {
    std::unordered_map<std::string_view, std::uint32_t> place;
    place.reserve(from_.rows());
    for (std::uint32_t row = 0; row < from_.rows(); ++row) place.emplace(from_.id(row), row);
    std::vector<bool> stays(from_.rows(), false);
    for (std::uint32_t row = 0; row < to_.rows(); ++row) {
      const auto found = place.find(to_.id(row));
      if (found == place.end()) {
        added_.push_back(row);
        continue;
      }
      stays[found->second] = true;
      const bool row_changed = from_.content(found->second) != to_.content(row);
      contents_changed_ += row_changed;
      if (from_.label(found->second) != to_.label(row)) changed_.push_back({found->second, row, row_changed, {}});
    }
    for (std::uint32_t row = 0; row < from_.rows(); ++row)
      if (!stays[row]) removed_.push_back(row);
  }

  // One source's votes at a time.
  void find_votes() {
    std::set<std::string> names;
    for (const auto& [name, ref] : from_.sources()) names.insert(name);
    for (const auto& [name, ref] : to_.sources()) names.insert(name);
    if (changed_.empty()) return;
    for (const std::string& name : names) {
      const auto before = from_.sources().find(name), after = to_.sources().find(name);
      const bool same = before != from_.sources().end() && after != to_.sources().end() && before->second == after->second &&
                        from_.rows() == to_.rows() && added_.empty();
      if (same) continue;
      const std::vector<ClassId> old_votes = from_.votes(name), new_votes = to_.votes(name);
      for (Changed& row : changed_)
        if (word(from_, old_votes[row.from]) != word(to_, new_votes[row.to])) row.sources.push_back(name);
    }
  }

  static std::string word(const ReleasedRows& rows, ClassId vote) { return vote == kNoClass ? "" : rows.answer(vote); }

  const ReleasedRows &from_, &to_;
  std::vector<std::uint32_t> added_, removed_;
  std::uint64_t contents_changed_ = 0;
  std::vector<Changed> changed_;
};

// Names of sources that came, went, or whose votes are another object.
Json source_lists(const ReleasedRows& from, const ReleasedRows& to) {
  Json json = {{"added", Json::array()}, {"removed", Json::array()}, {"changed", Json::array()}};
  for (const auto& [name, ref] : to.sources()) {
    const auto before = from.sources().find(name);
    if (before == from.sources().end())
      json["added"].push_back(name);
    else if (before->second.hash != ref.hash)
      json["changed"].push_back(name);
  }
  for (const auto& [name, ref] : from.sources())
    if (!to.sources().contains(name)) json["removed"].push_back(name);
  return json;
}

}  // namespace

Json diff_releases(const ObjectStore& objects, const Release& from, const Release& to) {
  const ReleasedRows before(objects, from), after(objects, to);
  const Comparison comparison(before, after);
  return {{"format", "hone-diff/1"},
          {"from", from.name},
          {"to", to.name},
          {"rows", comparison.rows_json()},
          {"causes", comparison.causes_json()},
          {"by_source", comparison.sources_json()},
          {"slices", comparison.slices_json()},
          {"sources", source_lists(before, after)},
          {"summaries", {{"from", before.about().at("summary")}, {"to", after.about().at("summary")}}},
          {"first_changed", comparison.examples_json()}};
}

}  // namespace hone
