#include "hone/record/release_history.h"

#include <algorithm>
#include <functional>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/flow/main_path.h"
#include "hone/record/release.h"
#include "hone/stats/proportion.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostReleases = 50;
constexpr double kAlpha = 0.05;

double wilson_width(double rate, double n, double z) {
  const Interval interval = wilson_effective(rate, n, z);
  return interval.high - interval.low;
}

// The number of rows for which Wilson's 95 % interval has this width: by bisection, as it narrows with every row.
double effective_rows(double rate, double width, double n) {
  double low = 0.5, high = n;
  if (wilson_width(rate, high, kZ95) >= width) return high;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (wilson_width(rate, middle, kZ95) > width ? low : high) = middle;
  }
  return high;
}

// What an evaluation says of the system that its report is about, on the best split with gold.
struct Headline {
  std::string system, split;
  Json accuracy = nullptr;
};

Headline headline_of(const Json& evaluation) {
  for (const char* system : {"model", "label_model"}) {
    const Json& by_split = evaluation.at(system);
    for (const char* split : {"test", "valid", "train"})
      if (by_split.is_object() && by_split.at(split).is_object() && by_split.at(split).contains("accuracy"))
        return {system, split, by_split.at(split).at("accuracy")};
  }
  return {};
}

class History {
 public:
  explicit History(Workspace& workspace) : workspace_(workspace) {}

  void add(const Json& who, const std::function<ObjectRef()>& evaluation) {
    Json entry = who;
    entry.update({{"system", nullptr}, {"split", nullptr}, {"accuracy", nullptr}, {"low", nullptr}, {"high", nullptr}, {"note", ""}});
    try {
      describe(workspace_.json(evaluation()).at("evaluation"), entry);
    } catch (const Error& error) {
      entry["note"] = std::string("its evaluation cannot be read: ") + error.what();
    }
    list_.push_back(std::move(entry));
  }
  Json json() const { return list_; }

 private:
  void describe(const Json& evaluation, Json& entry) {
    const Headline found = headline_of(evaluation);
    if (!found.accuracy.is_object()) {
      entry["note"] = "nothing was measured";
      return;
    }
    entry["system"] = found.system;
    entry["split"] = found.split;
    entry["accuracy"] = found.accuracy;
    if (!found.accuracy.at("low").is_number()) return;
    const double rate = found.accuracy.at("value"), n = found.accuracy.at("n"), look = static_cast<double>(++looks_);
    const double rows = effective_rows(rate, found.accuracy.at("high").get<double>() - found.accuracy.at("low").get<double>(), n);
    const Interval band = wilson_effective(rate, rows, two_sided_z(kAlpha / (look * (look + 1.0))));
    entry["low"] = band.low;
    entry["high"] = band.high;
  }

  Workspace& workspace_;
  std::size_t looks_ = 0;
  Json list_ = Json::array();
};

}  // namespace

Json release_history(Workspace& workspace, ProjectLedger& ledger) {
  if (!ledger.is_there()) return Json::array();
  std::vector<std::uint64_t> seqs =
      ledger.index().find({.kinds = {"release"}, .order = EventFilter::Order::kNewestFirst, .limit = kMostReleases});
  if (seqs.empty()) return Json::array();
  std::ranges::reverse(seqs);
  History history(workspace);
  for (const std::uint64_t seq : seqs) {
    const Event event = ledger.reader().event(seq);
    const std::string name = event.body.at("name");
    history.add({{"release", name}, {"time", event.time}, {"event", seq}},
                [&] { return find_release(workspace.objects(), ledger, name).object("stage/evaluate/evaluation"); });
  }
  const RunRecord now = workspace.needed("evaluate");
  history.add({{"release", nullptr}, {"time", now.ended}, {"event", nullptr}}, [&] { return now.output("evaluation"); });
  return history.json();
}

}  // namespace hone
