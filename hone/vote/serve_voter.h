#pragma once

#include <functional>
#include <memory>

#include "hone/vote/vote_protocol.h"
#include "hone/vote/voter.h"

namespace hone {

/// Runs a voter as a program of its own, which hone.yaml names: {process: [build/shouting], name: shouting}. Answers the batches that come
/// on `in` on `out`, until there are no more. `make` is told who is asked and what the classes are, and gives a voter of as many sources
/// as functions are asked. Nothing else may write to `out`. A voter that votes at the end (Voter::vote_at_end) cannot be served.
///
///     int main() {
///       hone::serve_voter([](const hone::VoteRequest&) { return std::make_unique<Shouting>(); });
///     }
///
/// Throws kChildFailed when what comes is of another protocol, kInvalidArgument for a voter of another number of sources, kIo when nobody
/// reads, and what the voter throws.
using MakeVoter = std::function<std::unique_ptr<Voter>(const VoteRequest& request)>;
void serve_voter(const MakeVoter& make, int in = 0, int out = 1);

}  // namespace hone
