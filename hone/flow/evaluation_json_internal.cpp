#include "hone/flow/evaluation_json_internal.h"

namespace hone {

std::string intervals_in_words(bool clustered) {
  if (!clustered)
    return "95 % intervals: Wilson; of F1 the same, by what each row does to it; of log loss and calibration error (ECE) Student's t. That "
           "of "
           "the ECE begins at 0 where chance alone could have made it.";
  return "95 % intervals, as the rows of one group hang together: Wilson on the effective number of rows; of F1 the same, by what each row "
         "does to it; of log loss and calibration error (ECE) Student's t of the groups (CR2). That of the ECE begins at 0 where chance "
         "alone "
         "could have made it.";
}

nlohmann::json evaluation_without_numbers(const std::string& method, const nlohmann::json& notes) {
  return {{"best_source", nullptr},
          {"label_model", nullptr},
          {"model", nullptr},
          {"per_class", nullptr},
          {"confusion", {{"label_model", nullptr}, {"model", nullptr}}},
          {"worst_confusions", nlohmann::json::array()},
          {"most_confident_errors", nlohmann::json::array()},
          {"comparisons", nlohmann::json::array()},
          {"reliability", nlohmann::json::array()},
          {"errors_split", nullptr},
          {"errors_confusion", nullptr},
          {"errors", nlohmann::json::array()},
          {"clarity", nullptr},
          {"levels", nullptr},
          {"discovered_slices", nullptr},
          {"drawn", nullptr},
          {"method", method},
          {"notes", notes}};
}

nlohmann::json slice_without_numbers(const std::string& name, std::span<const std::uint32_t> members, std::span<const Split> splits) {
  std::uint64_t counts[kSplits] = {0, 0, 0};
  for (const std::uint32_t row : members) ++counts[static_cast<std::size_t>(splits[row])];
  return {{"slice", name},
          {"rows", {{"train", counts[0]}, {"valid", counts[1]}, {"test", counts[2]}}},
          {"best_source", nullptr},
          {"label_model", nullptr},
          {"model", nullptr},
          {"note", "no gold"},
          {"smallest_detectable", nullptr}};
}

std::string note_on_slice(std::uint64_t rows) {
  if (rows >= kLeastItems) return {};
  return "too few rows with gold: " + std::to_string(rows) + " of " + std::to_string(kLeastItems) + " needed";
}

nlohmann::json with_definition(nlohmann::json slice, const DerivedRows& derived) {
  slice["definition"] = derived.definition.dump();
  if (!derived.note.empty()) slice["note"] = derived.note;
  return slice;
}

}  // namespace hone
