#include "hone/record/gold_version_internal.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "hone/core/hash.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kClassesNamed = 100;  // Of names of up to 64 bytes, within an entry's 16 KiB.

std::string cut(const std::string& name) { return name.size() <= 64 ? name : name.substr(0, 48) + "~" + sha256_hex(name).substr(0, 12); }

Json counts_json(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> classes(counts.begin(), counts.end());
  std::ranges::stable_sort(classes, std::ranges::greater(), &std::pair<std::string, std::uint64_t>::second);
  Json json = Json::array();
  std::uint64_t others = 0;
  for (std::size_t place = 0; place < classes.size(); ++place)
    if (place < kClassesNamed)
      json.push_back({{"class", cut(classes[place].first)}, {"count", classes[place].second}});
    else
      others += classes[place].second;
  if (others > 0) json.push_back({{"class", "(others)"}, {"count", others}});
  return json;
}

// Calls visit(id, value, split) for every row with a value in the column, of the splits whose gold is read.
template <typename Visit>
void for_each_known(const Project& project, const Dataset& dataset, const Visit& visit) {
  if (!dataset.has_column(project.gold.field)) return;
  const std::vector<std::string> columns{std::string(kIdColumn), std::string(kSplitColumn), project.gold.field};
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const TextColumn ids(*batch.column(0)), values(*batch.column(2));
    const auto& splits = static_cast<const arrow::UInt8Array&>(*batch.column(1));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const std::string_view value = project.gold.use[splits.Value(row)] ? values.at(row).value_or("") : "";
      if (!value.empty()) visit(ids.at(row).value_or(""), value);
    }
  });
}

std::uint64_t fingerprint(std::string_view id, std::string_view value) {
  const Sha256::Digest digest = sha256({id, std::string_view("\0", 1), value});
  std::uint64_t prefix = 0;
  for (int byte = 0; byte < 8; ++byte) prefix = prefix << 8 | digest[static_cast<std::size_t>(byte)];
  return prefix;
}

// An older dataset may have been collected or erased.
bool is_whole(const ObjectStore& objects, const ObjectRef& dataset) {
  if (!objects.has(dataset)) return false;
  const DatasetManifest manifest = objects.get_json(dataset).get<DatasetManifest>();
  return std::ranges::all_of(manifest.parts, [&](const DatasetManifest::Part& part) { return objects.has(part.ref); });
}

// 8 bytes a row: two that are alike by chance, once in ten billion pairs of a million rows, count as unchanged.
std::unordered_set<std::uint64_t> known_before(Workspace& workspace, const std::optional<ObjectRef>& before) {
  std::unordered_set<std::uint64_t> known;
  if (!before || !is_whole(workspace.objects(), *before)) return known;
  for_each_known(workspace.project(), Dataset(workspace.objects(), *before),
                 [&](std::string_view id, std::string_view value) { known.insert(fingerprint(id, value)); });
  return known;
}

std::string splits_words(const GoldOptions& gold) {
  std::string words;
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    if (gold.use[static_cast<std::size_t>(split)]) words += (words.empty() ? "" : ", ") + std::string(to_string(split));
  return words.empty() ? "no split" : words;
}

}  // namespace

GoldVersion gold_version(const Workspace& workspace, const ObjectRef& dataset) {
  const GoldOptions& gold = workspace.project().gold;
  const Json rule = {{"field", gold.field},
                     {"classes", gold.classes},
                     {"separator", gold.separator},
                     {"none", gold.none},
                     {"use", {gold.use[0], gold.use[1], gold.use[2]}}};
  Sha256 hash;
  hash.update_sized("hone/gold/v1").update_sized(dataset.hash).update_sized(rule.dump());
  return {.version = hash.hex().substr(0, 16),
          .rule = "column " + cut(gold.field) + " of " + splits_words(gold),
          .has_test = gold.use[static_cast<std::size_t>(Split::kTest)],
          .dataset = dataset};
}

GoldTable read_gold_table(Workspace& workspace, const GoldVersion& gold, const std::optional<ObjectRef>& before) {
  const Dataset dataset(workspace.objects(), gold.dataset);
  const std::unordered_set<std::uint64_t> known = known_before(workspace, before);
  GoldTable table{.ref = gold.dataset};
  std::map<std::string, std::uint64_t> counts;
  for_each_known(workspace.project(), dataset, [&](std::string_view id, std::string_view value) {
    ++counts[std::string(value)];
    if (known.empty() || !known.contains(fingerprint(id, value))) ++table.changed;
  });
  table.counts = counts_json(counts);
  return table;
}

}  // namespace hone
