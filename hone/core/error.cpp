#include "hone/core/error.h"

namespace hone {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid-argument";
    case ErrorCode::kInvalidProject:
      return "invalid-project";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kCorruptData:
      return "corrupt-data";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kBusy:
      return "busy";
    case ErrorCode::kChildFailed:
      return "child-failed";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "unknown";
}

}  // namespace hone
