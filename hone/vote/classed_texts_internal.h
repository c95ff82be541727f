#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// Texts and the class that each speaks for, in the order of their file.
struct ClassedTexts {
  std::vector<std::string> texts;  // Folded; no two alike.
  std::vector<ClassId> classes;    // By text.
};

/// What the texts of a file are called in its header and in messages, a line of such a file, and how long one may be.
struct ClassedTextsForm {
  std::string_view what;
  std::string_view example;
  std::size_t most_bytes = 0;
};

/// Reads lines of `text,class` as RFC 4180 has them: quotes around what holds a comma, a quote (doubled) or a line feed. A first line
/// of the form's word and `class` is a header, unless there is such a class; empty lines are passed over. Texts lose the white space around
/// them; one that stands twice for the same class counts once. `class_of_value` says what the second column means. Throws kInvalidProject
/// with `file` and line: for another number of fields, a quote that does not end, what is no UTF-8, an empty or too long text, a class that
/// is not there (naming the nearest), a text that stands for two classes (naming both lines); and with `file` for one that holds none.
ClassedTexts read_classed_texts(std::string_view csv, const std::string& file,
                                const std::map<std::string, ClassId, std::less<>>& class_of_value, const ClassedTextsForm& form);

}  // namespace hone
