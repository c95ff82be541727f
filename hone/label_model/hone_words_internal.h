#pragma once

#include <string>
#include <vector>

#include "hone/label_model/copies_internal.h"
#include "hone/label_model/default_rule_internal.h"
#include "hone/label_model/fit_rows_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {

/// The warnings of estimator `hone`.
class HoneWords {
 public:
  /// `names` by source may be empty: then sources are called by their numbers.
  HoneWords(const TokenTable& tokens, const std::vector<std::string>& names) : tokens_(tokens), names_(names) {}

  std::string of_few_complete() const;
  std::string of_assumed_shares() const;
  std::string of_default(const DefaultRule& rule) const;
  std::string of_picked_gold() const;
  std::string of_copies(const CopyGroup& group) const;

  // These add a warning where there is something to warn of.
  void of_correlation(double correlation, std::vector<std::string>& found) const;
  /// `chances` by source: how often chance would be right with votes like its own.
  void of_weak(const std::vector<SourceBelief>& beliefs, const std::vector<double>& chances, std::size_t classes,
               std::vector<std::string>& found) const;
  /// Of rules whose precision before their votes, by token, is the least that is believed of any.
  void of_broad(const std::vector<double>& precision, const std::vector<std::uint8_t>& complete, std::size_t classes,
                std::vector<std::string>& found) const;

 private:
  std::string named(const std::vector<std::uint32_t>& sources) const;

  const TokenTable& tokens_;
  const std::vector<std::string>& names_;
};

}  // namespace hone
