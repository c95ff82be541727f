// The first byte chooses the model and the votes, the rest is what the model learned: any bytes are refused with hone::Error, or the model
// labels the votes with them.
#include <memory>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/json.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/label_model_testing.h"

namespace {

// Votes for classes and for sets; of few classes, and of so many that tables have them otherwise.
const hone::VotePatterns& votes_of(std::size_t classes) {
  const auto made = [](std::size_t of) {
    const auto all = static_cast<hone::ClassId>(of);
    return hone::VotePatterns(
        hone::votes_of_known_sets({0.8, 0.7, 0.75}, {{all, 0.5, 0.1}, {static_cast<hone::ClassId>(all + 1), 0.4, 0.1}}, 40, of, 3)
            .matrix());
  };
  static const hone::VotePatterns few = made(6), many = made(20);
  return classes == 6 ? few : many;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<hone::LabelModelInfo>& models = hone::label_models();
  const hone::VotePatterns& votes = votes_of(data[0] & 0x80 ? 20 : 6);
  const std::unique_ptr<hone::LabelModel> model = hone::make_label_model(models[(data[0] & 0x7F) % models.size()].name);
  try {
    model->restore(votes.shape(), hone::bytes_of(data + 1, size - 1));
  } catch (const hone::Error&) {
    return 0;
  }
  hone::require(model->predict(votes).examples() == votes.shape().examples);
  return 0;
}
