#include <cmath>
#include <string_view>

#include "hone/core/error.h"
#include "hone/data/import.h"
#include "hone/data/value.h"

namespace hone {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::kInvalidArgument, message); }

bool is_share(double value) { return value >= 0 && value <= 1; }

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

void ReadOptions::validate() const {
  if (encoding != "utf-8" && encoding != "windows-1252" && encoding != "latin-1")
    refuse("encoding: '" + encoding + "' is not known; there are: utf-8, windows-1252, latin-1");
  const bool plain = delimiter == '\t' || (' ' <= delimiter && delimiter <= '~' && delimiter != '"');
  if (delimiter != 0 && !plain) refuse("delimiter: must be one ASCII character that is no quote and ends no line");
  if (decimal != '.' && decimal != ',') refuse("decimal: must be '.' or ','");
  if (!parse_time_zone(time_zone)) refuse("time_zone: '" + time_zone + "' is not known; write UTC or an offset like +01:00");
}

void SplitOptions::validate() const {
  if (by == By::kField && field.empty()) refuse("split: the field that holds the split has no name");
  if (by == By::kHash) {
    for (const double part : share)
      if (!is_share(part)) refuse("split: a share must lie between 0 and 1, not " + number(part));
    const double sum = share[0] + share[1] + share[2];
    if (std::abs(sum - 1) > 1e-9) refuse("split: the shares must add up to 1, not " + number(sum));
  }
  if (by == By::kFiles) {
    if (files[0].empty()) refuse("split: no file for train");
    if (!is_share(valid_share_of_train) || valid_share_of_train == 1)
      refuse("split: valid's share of the train files must lie between 0 and 1");
    if (valid_share_of_train > 0 && !files[1].empty())
      refuse("split: valid has files of its own and a share of the train files; give one of the two");
  }
}

void ImportOptions::validate() const {
  read.validate();
  split.validate();
  if (text.empty()) refuse("text: name at least one column");
  if (!is_share(max_bad_rows)) refuse("max_bad_rows: must lie between 0 and 1, not " + number(max_bad_rows));
  if (files.empty() && split.by != SplitOptions::By::kFiles) refuse("files: name at least one file");
}

}  // namespace hone
