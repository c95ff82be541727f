#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "hone/ledger/body_schema.h"
#include "hone/ledger/event.h"
#include "hone/ledger/merkle_tree.h"

namespace hone {

/// The log before an event, as its rules ask for it.
class EarlierEvents {
 public:
  virtual ~EarlierEvents() = default;

  /// Events 0 to size() - 1 may be referred to.
  virtual std::uint64_t size() const = 0;
  /// REQUIRES: seq < size().
  virtual std::shared_ptr<const Event> event(std::uint64_t seq) = 0;
  /// Whether an earlier event brought the object of this hash, by importing or making it.
  virtual bool brought_object(std::string_view hash) = 0;
  /// REQUIRES: size <= this->size().
  virtual Hash root_at(std::uint64_t size) = 0;
  /// False where log.open says `solo`: one person alone may then do what otherwise takes two.
  virtual bool segregated() = 0;
};

/// The rules of docs/ledger.md that need the log: references point backwards and at events of the right kind; what supersedes is of the
/// same kind, name, actor or example; who approves, adjudicates or gives roles is somebody else; inputs are known. Throws
/// kInvalidArgument naming the rule.
void check_rules(const NewEvent& event, EarlierEvents& earlier);
/// The same where the events that the body names were collected before.
void check_rules(const NewEvent& event, std::span<const BodySchema::NamedEvent> named, EarlierEvents& earlier);

}  // namespace hone
