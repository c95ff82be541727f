#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hone/core/hash.h"
#include "hone/core/random.h"
#include "hone/ledger/ledger_clock.h"
#include "hone/ledger/ledger_testing.h"

// Ledgers with events of many kinds, for what finds events.
namespace hone {

/// Shows what it is set to, and goes on by a second at each look.
class SteppedClock : public LedgerClock {
 public:
  static constexpr std::int64_t kSecond = 1'000'000;
  ClockReading reading{.wall = 1767225600 * kSecond, .boot = 0};

  ClockReading read() override {
    reading.wall += kSecond;
    reading.boot += kSecond;
    return reading;
  }
  std::string boot_id() override { return "a-boot"; }
};

inline nlohmann::json ref_of(const std::string& content) {
  return {{"bytes", content.size()}, {"hash", sha256_hex(content)}, {"media", "application/json"}};
}

inline NewEvent story_import(const std::string& content) {
  NewEvent event = some_import();
  event.body["dataset"] = ref_of(content);
  return event;
}

inline NewEvent story_source(const std::string& name, const std::string& version) {
  return {.kind = "source.define",
          .actor = kBob,
          .role = "developer",
          .body = {{"name", name},
                   {"version", version},
                   {"type", "lf"},
                   {"definition", ref_of(name + version)},
                   {"code", std::string(64, '7')},
                   {"parameters", ref_of("parameters")},
                   {"author", kBob},
                   {"because", "words"},
                   {"splits_visible", {"train"}}}};
}

inline NewEvent story_run(const std::string& stage, const std::string& input, const std::string& output) {
  return {.kind = "stage.run",
          .actor = "s:hone-run",
          .role = "system",
          .body = {{"stage", stage},
                   {"key", std::string(64, '1')},
                   {"inputs", {{{"name", "data"}, {"ref", ref_of(input)}}}},
                   {"outputs", {{{"name", "out"}, {"ref", ref_of(output)}}}},
                   {"options", ref_of("options")},
                   {"seed", 1},
                   {"code", {{"version", "1"}, {"commit", "c"}, {"build", "b"}}},
                   {"environment", ref_of("environment")},
                   {"started", "2026-01-05T09:30:00.000123Z"},
                   {"ended", "2026-01-05T09:30:01.000123Z"},
                   {"outcome", "ok"},
                   {"counts", {{"rows", 5}}}}};
}

inline std::string story_example(std::uint64_t number) { return sha256_hex(std::to_string(number)).substr(0, 32); }

/// One of the events that a story goes on with, on the import at event 1.
inline NewEvent story_event(RandomStream& random, std::uint64_t number) {
  const std::string some = std::to_string(random.below(6));
  switch (random.below(8)) {
    case 0:
      return story_import("import " + some);
    case 1:
      return story_source("source " + some, std::to_string(number));
    case 2:
      return story_run(random.below(2) == 0 ? "vote" : "source 1", "import 0", "output " + some);
    case 3:
      return {.kind = "admin.config", .actor = kAda, .role = "admin", .body = {{"setting", "source " + some}, {"to", "yes"}}};
    case 4:
      return {.kind = "read.view",
              .actor = kBob,
              .role = "annotator",
              .body = {{"dataset", 1}, {"examples", ref_of("seen " + some)}, {"count", 3}}};
    default:
      return some_vote(1, random.below(3) == 0 ? kBob : kAda, story_example(random.below(12)));
  }
}

/// Goes on with a story, whose clock is set back now and then.
inline void tell_story(const LedgerFolder& folder, std::uint64_t events, std::uint64_t seed) {
  RandomStream random(seed, "ledger.story");
  const auto clock = std::make_shared<SteppedClock>();
  LedgerOptions options = folder.options;
  options.clock = clock;
  clock->reading.wall += static_cast<std::int64_t>(seed) * 1000 * SteppedClock::kSecond;
  LedgerWriter writer(folder.ledger(), ledger_test_key(), options);
  for (std::uint64_t event = 0; event < events; ++event) {
    if (event % 97 == 96) clock->reading.wall -= 50 * SteppedClock::kSecond;
    writer.append(story_event(random, event)).get();
  }
}

/// A ledger with an import, event 1, and a story.
inline void create_with_story(const LedgerFolder& folder, std::uint64_t events) {
  LedgerOptions options = folder.options;
  options.clock = std::make_shared<SteppedClock>();
  LedgerWriter::create(folder.ledger(), ledger_test_key(), test_opening(), options);
  {
    LedgerWriter writer(folder.ledger(), ledger_test_key(), options);
    writer.append(story_import("import 0")).get();
  }
  tell_story(folder, events, 1);
}

}  // namespace hone
