#include "hone/flow/clusters.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <map>
#include <string>

#include "hone/data/row_groups.h"
#include "hone/data/text_column.h"
#include "hone/flow/stages_internal.h"

namespace hone {

std::vector<std::uint32_t> read_groups(const Dataset& dataset) {
  if (dataset.manifest().groups == 0) return {};
  std::vector<std::uint32_t> groups;
  groups.reserve(dataset.rows());
  std::map<std::string, std::uint32_t, std::less<>> numbers;
  std::uint32_t alone = static_cast<std::uint32_t>(dataset.rows());  // Rows without a group get numbers of their own from here on.
  dataset.for_each_batch(std::vector<std::string>{std::string(kGroupColumn)}, [&](const arrow::RecordBatch& batch, std::uint64_t) {
    const TextColumn names(*batch.column(0));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto name = names.at(row);
      if (!name || name->empty()) {
        groups.push_back(alone++);
        continue;
      }
      const auto known = numbers.find(*name);
      groups.push_back(known != numbers.end() ? known->second
                                              : numbers.emplace(*name, static_cast<std::uint32_t>(numbers.size())).first->second);
    }
  });
  return groups;
}

std::vector<std::uint32_t> read_clusters(const StageContext& context, const Dataset& dataset) {
  return read_clusters(context.workspace, context.data(), dataset);
}

std::vector<std::uint32_t> read_clusters(Workspace& workspace, const RunRecord& data, const Dataset& dataset) {
  std::vector<std::uint32_t> clusters = read_groups(dataset);
  if (!workspace.project().near_duplicates) return clusters;
  const RowGroups duplicates = read_row_groups(workspace.checked_path(data.output("groups")), dataset.rows());
  if (std::ranges::all_of(duplicates, [](std::uint32_t group) { return group == kNoGroup; })) return clusters;
  clusters = join_groups(duplicates, clusters);
  number_rows_alone(clusters);
  return clusters;
}

}  // namespace hone
