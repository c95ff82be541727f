#include "hone/vote/source_voters_internal.h"

namespace hone {
namespace {

std::vector<const Condition*> conditions_of(std::span<const Source* const> lfs, std::span<const Slice* const> slices) {
  std::vector<const Condition*> conditions;
  for (const Source* lf : lfs) conditions.push_back(&lf->condition);
  for (const Slice* slice : slices) conditions.push_back(&slice->condition);
  return conditions;
}

std::vector<std::vector<ClassId>> answers_of(std::span<const Source* const> lfs, std::size_t slices) {
  std::vector<std::vector<ClassId>> answers;
  for (const Source* lf : lfs) answers.push_back(lf->votes);
  answers.resize(answers.size() + slices, std::vector<ClassId>{0});
  return answers;
}

class ConditionVoter : public Voter {
 public:
  ConditionVoter(std::span<const Source* const> lfs, std::span<const Slice* const> slices, const EngineOptions& options)
      : engine_(conditions_of(lfs, slices), options), answers_(answers_of(lfs, slices.size())) {}

  std::vector<std::string> columns() const override { return engine_.columns(); }
  std::size_t size() const override { return answers_.size(); }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<BatchVotes> said) override {
    std::vector<std::vector<std::uint32_t>> hits;
    std::vector<ConditionFailure> failures;
    engine_.evaluate(batch, hits, &failures);
    for (std::size_t condition = 0; condition < hits.size(); ++condition)
      for (const std::uint32_t row : hits[condition])
        for (const ClassId answer : answers_[condition]) said[condition].vote(row, answer);
    for (ConditionFailure& failure : failures) said[failure.condition].fail(failure.row, std::move(failure.what));
  }

  ConditionEngine engine_;
  std::vector<std::vector<ClassId>> answers_;  // By condition.
};

}  // namespace

std::shared_ptr<Voter> condition_voter(std::span<const Source* const> lfs, std::span<const Slice* const> slices,
                                       const EngineOptions& options) {
  return std::make_shared<ConditionVoter>(lfs, slices, options);
}

}  // namespace hone
