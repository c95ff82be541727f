#include "hone/core/error.h"
#include "hone/ledger/base64.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/writer_thread_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr std::size_t kMostInGroup = 4096;
constexpr std::size_t kMostGroupBytes = 1 << 20;

}  // namespace

void add_recoveries(GroupBuilder& group, const std::vector<SetAside>& set_aside) {
  for (const SetAside& bytes : set_aside) group.add_own("admin.recovery", {{"bytes", bytes.bytes}, {"sha256", bytes.sha256}});
}

Error in_bulk(std::uint64_t number, const Error& error) {
  return Error(error.code(), "event " + std::to_string(number) + ": " + error.what());
}

std::shared_ptr<LedgerClock> clock_of(const LedgerOptions& options) {
  return options.clock ? options.clock : std::make_shared<SystemClock>();
}

void WriterThread::open() {
  const LedgerLock::Held held(lock_);
  log_.open(key_.verifier());
  if (log_.size() == 0)
    throw Error(ErrorCode::kNotFound, "there is no ledger in '" + paths_.folder.string() + "': no group of it was ever completed");
  check_seen();
  append_recoveries();
  log_.write_caches();
  seen_.remember(log_.checkpoint());
}

// What dead writers left was moved away: that is in the log before anything else.
void WriterThread::append_recoveries() {
  GroupBuilder group(log_, times_, *clock_);
  add_recoveries(group, log_.take_set_aside());
  if (group.empty()) return;
  log_.append(group.group(), {&key_});
  log_.write_caches();
}

void WriterThread::check_seen() {
  const auto seen = seen_.read();
  if (!seen) return;
  const bool shrank = seen->size > log_.size();
  if (!shrank && log_.root_at(seen->size) == seen->root) return;
  throw Error(ErrorCode::kCorruptData, "LEDGER_ROLLED_BACK: '" + paths_.folder.string() + "' " +
                                           (shrank ? "has " + std::to_string(log_.size()) + " events, and had " + std::to_string(seen->size)
                                                   : "holds another history than it did at size " + std::to_string(seen->size)) +
                                           "; bring the newer state back, or begin a new log that continues this one");
}

void WriterThread::check_own_key() const {
  if (log_.key() == key_.verifier()) return;
  throw Error(ErrorCode::kInvalidArgument,
              "another process rotated the ledger's key to '" + log_.key().text() + "'; open the ledger again with that key");
}

void WriterThread::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const bool in_time = changed_.wait_for(lock, options_.publish_every, [&] { return ended_ || !waiting_.empty(); });
    if (!in_time || (ended_ && waiting_.empty())) {
      const bool last = ended_;
      lock.unlock();
      publish_quietly();
      if (last) return give_back_room_quietly();
      lock.lock();
      continue;
    }
    std::vector<Request> group = take_group();
    lock.unlock();
    changed_.notify_all();
    serve(group);
    group.clear();
    lock.lock();
  }
}

void WriterThread::give_back_room_quietly() {
  if (broken_) return;
  try {
    const LedgerLock::Held held(lock_);
    log_.give_back_room();
  } catch (const Error&) {  // It stays taken until a next writer ends.
  }
}

std::vector<Request> WriterThread::take_group() {
  std::vector<Request> group;
  std::size_t bytes = 0;
  while (!waiting_.empty() && group.size() < kMostInGroup && bytes < kMostGroupBytes) {
    if (!group.empty() && (waiting_.front().wants_own_group() || group.front().wants_own_group())) break;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    waiting_events_ -= group.back().events.size();
    bytes += group.back().bytes();
  }
  return group;
}

void WriterThread::serve(std::vector<Request>& group) {
  try {
    if (broken_) std::rethrow_exception(broken_);
    commit(group);
  } catch (const std::exception& error) {
    const auto failure = std::current_exception();
    const auto* const known = dynamic_cast<const Error*>(&error);
    const bool passes = broken_ || dynamic_cast<const LedgerFull*>(&error) || (known && known->code() == ErrorCode::kBusy);
    if (!passes)
      broken_ = std::make_exception_ptr(Error(known ? known->code() : ErrorCode::kInternal,
                                              std::string("the ledger's writer has stopped; open it again: ") + error.what()));
    for (Request& request : group) request.refuse(failure);
  }
}

void WriterThread::commit(std::vector<Request>& requests) {
  std::vector<std::vector<LedgerReceipt>> receipts;
  {
    const LedgerLock::Held held(lock_);
    log_.catch_up();
    check_own_key();
    append_recoveries();
    GroupBuilder group(log_, times_, *clock_);
    for (Request& request : requests) receipts.push_back(add(group, request));
    std::vector<const SigningKey*> signers{&key_};
    if (requests.front().rotation && !receipts.front().empty()) signers.push_back(&requests.front().rotation->key);
    // A part of a bulk is all of its group, and is all or nothing; of other groups what was refused was not added.
    const bool refused_bulk = requests.front().bulk && !requests.front().is_open();
    if (!group.empty() && !refused_bulk) log_.append(group.group(), signers);
  }
  answer(requests, std::move(receipts));
  log_.write_caches();
  seen_.remember(log_.checkpoint());
  for (Request& request : requests)
    if (request.publish) serve_publishing(request);
}

// The places that the request's events get; refuses it where a rule is against one.
std::vector<LedgerReceipt> WriterThread::add(GroupBuilder& group, Request& request) {
  std::vector<LedgerReceipt> receipts;
  try {
    if (request.bulk && request.bulk->refused) std::rethrow_exception(request.bulk->refused);
    if (request.bulk) group.expect(request.events.size());
    receipts.reserve(request.events.size());
    for (const DraftEvent& event : request.events) {
      const GroupBuilder::Place place = group.add(event);
      receipts.push_back({.seq = place.seq, .size = 0, .root = {}, .repeated = place.repeated});
    }
    if (request.rotation) receipts.push_back(add_rotation(group, *request.rotation));
    return receipts;
  } catch (const DiskFailure&) {
    throw;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidArgument) throw;
    const bool first = request.bulk && !request.bulk->refused;
    const auto refusal = first ? std::make_exception_ptr(in_bulk(request.bulk_first + receipts.size(), error)) : std::current_exception();
    if (request.bulk) request.bulk->refused = refusal;
    request.refuse(refusal);
    return {};
  }
}

void WriterThread::answer(std::vector<Request>& requests, std::vector<std::vector<LedgerReceipt>> receipts) {
  for (std::size_t at = 0; at < requests.size(); ++at) {
    if (!requests[at].is_open() || requests[at].publish) continue;
    for (LedgerReceipt& receipt : receipts[at]) {
      receipt.size = log_.size();
      receipt.root = log_.checkpoint().root;
    }
    if (requests[at].rotation) {
      key_ = std::move(requests[at].rotation->key);
      log_.hand_over(key_.verifier());
    }
    requests[at].answer(std::move(receipts[at]));
  }
}

void WriterThread::serve_publishing(Request& request) {
  try {
    publish();
    request.answer({});
  } catch (const Error&) {
    request.refuse(std::current_exception());
  }
}

LedgerReceipt WriterThread::add_rotation(GroupBuilder& group, const Rotation& rotation) {
  const std::string vkey = rotation.key.verifier().text();
  if (rotation.key.verifier().name != key_.verifier().name)
    throw Error(ErrorCode::kInvalidArgument, "a ledger's keys have its origin as their name: '" + key_.verifier().name + "', not '" +
                                                 rotation.key.verifier().name + "'");
  if (log_.knows_key(vkey))
    throw Error(ErrorCode::kInvalidArgument, "the key '" + vkey + "' has signed this ledger before; no key is used twice");
  const std::uint64_t seq = group.next_seq();
  const std::string signature = rotation.key.sign(rotation_text(key_.verifier().name, seq, vkey));
  group.add_own("key.rotate",
                {{"vkey", vkey}, {"sig", to_base64(signature)}, {"reason", rotation.reason}, {"trusted_size", rotation.trusted_size}});
  return {.seq = seq, .size = 0, .root = {}, .repeated = false};
}

void WriterThread::publish() {
  const LedgerLock::Held held(lock_);
  log_.catch_up();
  disk_.replace(paths_.checkpoint(), log_.note().to_string(), Disk::Durable::kYes);
  published_ = log_.size();
}

void WriterThread::publish_quietly() {
  try {
    if (!broken_ && published_ != log_.size()) publish();
  } catch (const std::exception&) {  // The journal has it; the next one who writes publishes.
  }
}

}  // namespace hone::ledger_internal
