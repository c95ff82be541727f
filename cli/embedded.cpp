#include "cli/embedded.h"

#include <cstddef>

#define HONE_EMBEDDED(name)                                                                                                     \
  extern "C" const char hone_embedded_##name##_begin[];                                                                         \
  extern "C" const char hone_embedded_##name##_end[];                                                                           \
  std::string_view hone::cli::name() {                                                                                          \
    return {hone_embedded_##name##_begin, static_cast<std::size_t>(hone_embedded_##name##_end - hone_embedded_##name##_begin)}; \
  }

HONE_EMBEDDED(docs_help)
HONE_EMBEDDED(docs_project)
HONE_EMBEDDED(docs_formats)
HONE_EMBEDDED(docs_json)
HONE_EMBEDDED(completion_bash)
HONE_EMBEDDED(completion_zsh)
HONE_EMBEDDED(completion_fish)
