#include "hone/data/dataset.h"

namespace hone {

std::string_view to_string(Split split) {
  switch (split) {
    case Split::kTrain: return "train";
    case Split::kValid: return "valid";
    case Split::kTest: return "test";
  }
  return "unknown";
}

}  // namespace hone
