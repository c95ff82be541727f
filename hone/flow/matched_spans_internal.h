#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hone/core/json.h"
#include "hone/data/dataset.h"
#include "hone/flow/project.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/vote_stage.h"

namespace hone {

using RowFields = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// How conditions read this project's fields.
EngineOptions engine_options(const Project& project);

/// How sources are asked in this project.
ApplyOptions apply_options(const Project& project, int threads);

/// The project's text of a row: its text fields, joined by line feeds.
std::string text_of(const Project& project, const RowFields& fields);

/// The words, patterns and terms of one source in any number of rows: compiled once. Borrows project and source.
class MatchedSpans {
 public:
  MatchedSpans(const Project& project, const Source& source);

  /// [{"field", "begin", "end", "text"}], bytes of the field; the field is empty for the project's text. Empty for a source that is
  /// neither a labeling function nor a dictionary.
  nlohmann::json in(const RowFields& fields) const;

  /// The columns that in() looks at.
  std::vector<std::string> columns() const;

 private:
  nlohmann::json of_terms(const RowFields& fields) const;

  const Project& project_;
  const Source& source_;
  std::optional<ConditionEngine> engine_;
  std::optional<DictionaryMatcher> terms_;
};

/// The same for one row.
nlohmann::json matched_spans(const Project& project, const Source& source, const RowFields& fields);

}  // namespace hone
