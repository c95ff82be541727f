#include "hone/label_model/class_columns_internal.h"

#include <limits>

#include "hone/label_model/distribution_internal.h"

namespace hone {

std::vector<double> log_shares_by_column(std::span<const double> shares, const ClassColumns& columns) {
  std::vector<double> logs = log_shares(shares);
  logs.resize(columns.columns(), -std::numeric_limits<double>::infinity());
  return logs;
}

}  // namespace hone
