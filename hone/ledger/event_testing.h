#pragma once

#include <string>

#include "hone/core/hash.h"
#include "hone/ledger/event.h"

// Events for tests and benchmarks.
namespace hone {

inline const std::string kAda = "p:4x7d2kq0m3fz9sj1";
inline const std::string kBob = "p:9c1e5tq8m3fz9sj2";

inline nlohmann::json some_ref(char digit = 'a') {
  return {{"bytes", 1024}, {"hash", std::string(64, digit)}, {"media", "application/vnd.apache.parquet"}};
}
inline nlohmann::json some_commit() { return {{"commit", std::string(64, 'c')}, {"payload", std::string(32, 'd')}}; }

/// A token that is a function of a number.
inline std::string numbered_token(std::uint64_t number) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(&number), sizeof number)) + std::string(16, '0');
}

inline nlohmann::json opening_body(const std::string& origin, const std::string& vkey) {
  return {{"format", "hone-ledger/1"},
          {"origin", origin},
          {"project", std::string(32, '1')},
          {"vkey", vkey},
          {"software", {{"name", "hone"}, {"version", "0.1.0"}, {"build", "test"}}},
          {"time_source", {{"state", "unknown"}}},
          {"segregation", "enforced"}};
}

/// A data.import, the dataset that votes can name.
inline NewEvent some_import() {
  return {.kind = "data.import",
          .actor = kAda,
          .role = "developer",
          .body = {{"dataset", some_ref()},
                   {"rows", 1000},
                   {"columns", {{{"name", "text"}, {"type", "string"}, {"personal", false}}}},
                   {"source", {{"uri", "file:messages.csv"}, {"sha256", std::string(64, 'b')}, {"bytes", 4096}}},
                   {"licence", "CC-BY-4.0"},
                   {"purpose", "training"},
                   {"legal_basis", "contract"},
                   {"pii", "none"},
                   {"consent", "not needed"},
                   {"retain_until", "2030-12-31"},
                   {"rejected", {{"count", 0}}},
                   {"id_rule", "hash of text"}},
          .token = "",
          .by = {}};
}

/// A short vote on an example of the dataset that event `dataset` imported.
inline NewEvent some_vote(std::uint64_t dataset, const std::string& actor = kAda, const std::string& example = std::string(32, 'e')) {
  return {.kind = "vote.person",
          .actor = actor,
          .role = "annotator",
          .body = {{"task", "intent"}, {"dataset", dataset}, {"example", example}, {"value", {"card_arrival"}}},
          .token = "",
          .by = {}};
}

/// A vote with everything that a person's vote on the review page says: some 800 bytes.
inline NewEvent full_vote(std::uint64_t dataset) {
  NewEvent event = some_vote(dataset);
  event.body["confidence_ppm"] = 900000;
  event.body["reason"] = {{"code", "wording"}, {"text", some_commit()}};
  event.body["rationale"] = {{{"field", "text"}, {"begin", 14}, {"end", 22}, {"polarity", "for"}}};
  event.body["shown"] = {{"fields", {"text", "channel"}}, {"order", "as-listed"}};
  event.body["ms"] = {{"active", 2140}, {"total", 2300}};
  event.body["at"] = "2026-01-05T09:30:00.000123Z";
  return event;
}

}  // namespace hone
