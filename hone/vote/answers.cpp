#include "hone/vote/answers.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hone {

Answers::Answers(std::size_t classes, std::vector<ClassRange> groups, Rows rows)
    : classes_(classes), positive_(classes + groups.size()), size_(positive_), rows_(rows) {
  for ([[maybe_unused]] const ClassRange& group : groups) assert(group.begin < group.end && group.end <= classes);
  assert(rows == Rows::kOne || groups.empty());
  if (positive_ <= kMostWithNot) size_ = 2 * positive_;
  if (!groups.empty()) groups_ = std::make_shared<const std::vector<ClassRange>>(std::move(groups));
}

bool Answers::covers(ClassId answer, ClassId known) const {
  assert(!is_against(known));
  const ClassRange named = range_of(answer), inner = range_of(known);
  if (is_against(answer)) return inner.end <= named.begin || named.end <= inner.begin;
  return named.begin <= inner.begin && inner.end <= named.end;
}

ClassId Answers::only_class_of_set(ClassId answer) const {
  if (breadth(answer) != 1) return kNoClass;
  ClassId only = kNoClass;
  for_each_class(answer, [&](ClassId id) { only = id; });
  return only;
}

bool Answers::sets_agree(ClassId a, ClassId b) const {
  const ClassRange one = range_of(a), other = range_of(b);
  if (rows_ == Rows::kSeveral) return one != other;
  if (is_against(a) && is_against(b)) {
    // Some class lies outside both.
    const ClassRange first = one.begin <= other.begin ? one : other, second = one.begin <= other.begin ? other : one;
    return first.begin > 0 || second.begin > first.end || std::max(first.end, second.end) < classes_;
  }
  const auto within = [](const ClassRange& inner, const ClassRange& outer) { return outer.begin <= inner.begin && inner.end <= outer.end; };
  if (is_against(a)) return !within(other, one);
  if (is_against(b)) return !within(one, other);
  return one.begin < other.end && other.begin < one.end;
}

bool Answers::operator==(const Answers& other) const {
  const auto same_groups = [&] { return groups_ == other.groups_ || (groups_ && other.groups_ && *groups_ == *other.groups_); };
  return classes_ == other.classes_ && size_ == other.size_ && rows_ == other.rows_ && same_groups();
}

}  // namespace hone
