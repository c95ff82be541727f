#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace hone {

/// An answer by its number; below the number of classes it is a class, by its place in the task's list. kNoClass stands where there is
/// none: no gold, no label.
using ClassId = std::uint16_t;
inline constexpr ClassId kNoClass = 0xFFFF;

/// Classes begin to end - 1.
struct ClassRange {
  ClassId begin = 0, end = 0;
  std::size_t size() const { return static_cast<std::size_t>(end - begin); }
  bool holds(ClassId class_id) const { return begin <= class_id && class_id < end; }
  bool operator==(const ClassRange&) const = default;
};

/// What a vote may say. Answers are numbered: the classes themselves, then the groups of neighbouring classes (inner nodes of a taxonomy,
/// whose classes stand in the order of the tree), then "not" each class, then "not" each group. An answer leaves some classes possible:
/// a class itself, a group its classes, a "not" all classes but those. Small, immutable, shared by copies.
///
/// Where a row may hold several classes (`Rows::kSeveral`) each class is a question of its own: answers about different classes never
/// contradict each other, and there are no groups.
class Answers {
 public:
  enum class Rows { kOne, kSeveral };  // Classes of a row.

  /// The classes alone, as in `VoteMatrix(examples, 3, votes)`: votes name one of them.
  Answers(std::size_t classes = 0) : classes_(classes), positive_(classes), size_(classes) {}

  /// Also the groups, and "not" all of these where that many can be numbered: kMostWithNot classes and groups, else no "not" at all.
  /// REQUIRES: groups lie within the classes, and are not empty.
  Answers(std::size_t classes, std::vector<ClassRange> groups, Rows rows = Rows::kOne);
  static constexpr std::size_t kMostWithNot = 32767;

  std::size_t classes() const { return classes_; }
  std::size_t size() const { return size_; }
  bool is_class(ClassId answer) const { return answer < classes_; }
  bool is_against(ClassId answer) const { return answer >= positive_; }
  Rows rows() const { return rows_; }

  /// The answer of a group by its place in the list.
  ClassId group(std::size_t place) const { return static_cast<ClassId>(classes_ + place); }
  bool has_against() const { return size_ > positive_; }
  /// "Not" a class or group. REQUIRES: has_against(), and the answer is one of these.
  ClassId against(ClassId answer) const { return static_cast<ClassId>(answer + positive_); }
  /// What an answer is about: itself, and of a "not" what it denies.
  ClassId subject(ClassId answer) const { return is_against(answer) ? static_cast<ClassId>(answer - positive_) : answer; }

  /// Whether the class is possible when the answer is right.
  bool allows(ClassId answer, ClassId class_id) const { return range_of(answer).holds(class_id) != is_against(answer); }
  /// How many classes it leaves possible.
  std::size_t breadth(ClassId answer) const { return is_against(answer) ? classes_ - range_of(answer).size() : range_of(answer).size(); }
  /// The class where the answer leaves one alone, as "not" one of two classes does; else kNoClass.
  ClassId only_class(ClassId answer) const { return is_class(answer) ? answer : only_class_of_set(answer); }
  /// Whether both can be right at once: some class is left by both.
  bool agree(ClassId a, ClassId b) const { return a == b || (a >= classes_ || b >= classes_ ? sets_agree(a, b) : rows_ == Rows::kSeveral); }

  /// Whether the answer is right when all that is known is `known`, a class or a group: every class of it is allowed.
  bool covers(ClassId answer, ClassId known) const;

  /// Calls visit(class id) for each class that the answer leaves possible, ascending.
  template <typename Visit>
  void for_each_class(ClassId answer, const Visit& visit) const {
    const ClassRange range = range_of(answer);
    if (!is_against(answer)) return visit_range(range.begin, range.end, visit);
    visit_range(0, range.begin, visit);
    visit_range(range.end, classes_, visit);
  }

  bool operator==(const Answers& other) const;

 private:
  template <typename Visit>
  static void visit_range(std::size_t begin, std::size_t end, const Visit& visit) {
    for (std::size_t id = begin; id < end; ++id) visit(static_cast<ClassId>(id));
  }
  // The classes that an answer names or denies.
  ClassRange range_of(ClassId answer) const {
    const ClassId about = subject(answer);
    return about < classes_ ? ClassRange{about, static_cast<ClassId>(about + 1)} : (*groups_)[about - classes_];
  }
  bool sets_agree(ClassId a, ClassId b) const;
  ClassId only_class_of_set(ClassId answer) const;

  std::size_t classes_ = 0;
  std::size_t positive_ = 0;  // Classes and groups.
  std::size_t size_ = 0;
  Rows rows_ = Rows::kOne;
  std::shared_ptr<const std::vector<ClassRange>> groups_;
};

}  // namespace hone
