#pragma once

#include "hone/vote/task.h"

namespace hone {

inline const Task kTwoClasses{.classes = {"card", "loan"}, .class_balance = {}};
inline const Task kThreeClasses{.classes = {"card", "loan", "fraud"}, .class_balance = {}};

}  // namespace hone
