#include "verify/whole.h"

namespace hone::verify {

void Whole::append(const SegmentFacts& facts) {
  for (std::size_t at = 0; at < kBundle; ++at) {
    const bool begun = at < facts.bundle_offsets.size(), whole = at < facts.bundle_roots.size();
    add_bundle({whole ? facts.bundle_roots[at] : Hash{}, begun ? facts.bundle_offsets[at] : 0});
  }
  if (gap_) return;
  size_ += facts.count;
  gap_ = facts.count < kSegment;  // The last segment, or one with a fault.
  if (gap_) return;
  segment_roots_.push_back(root_of(facts.bundle_roots));
  segments_.append(segment_roots_.back());
}

void Whole::add_bundle(const Bundle& bundle) {
  if (bundles_.size() == kMostInMemory) {
    scratch_.append(bundles_.data(), bundles_.size() * sizeof(Bundle));
    spilled_ += bundles_.size();
    bundles_.clear();
  }
  bundles_.push_back(bundle);
}

Whole::Bundle Whole::bundle(std::uint64_t index) const {
  if (index >= spilled_) return bundles_.at(index - spilled_);
  Bundle bundle;
  scratch_.read_at(index * sizeof(Bundle), &bundle, sizeof(Bundle));
  return bundle;
}

std::optional<Hash> Whole::root_at(std::uint64_t size) const {
  if (size > size_) return std::nullopt;
  if (size == 0) return empty_root();
  EntriesAgain again(*this);
  TreeStack segments, bundles, leaves;
  const std::uint64_t whole_segments = size / kSegment, whole_bundles = size / kBundle;
  for (std::uint64_t segment = 0; segment < whole_segments; ++segment) segments.append(segment_roots_[segment]);
  for (std::uint64_t at = whole_segments * kBundle; at < whole_bundles; ++at) bundles.append(bundle(at).root);
  for (std::uint64_t seq = whole_bundles * kBundle; seq < size; ++seq) {
    const auto entry = again.entry(seq);
    if (!entry) return std::nullopt;
    leaves.append(leaf_hash(*entry));
  }
  return segments.fold(bundles.fold(leaves.root()));
}

std::optional<std::string_view> EntriesAgain::entry(std::uint64_t seq) {
  const std::uint64_t first = seq / kBundle * kBundle;
  const bool goes_on = !stream_.entry().empty() && stream_.trouble().empty() && stream_.seq() >= first && stream_.seq() < seq;
  if (!goes_on) stream_.seek(first, whole_.layout().size(), whole_.bundle_offset(seq));
  while (stream_.next()) {
    if (stream_.seq() == seq) return stream_.entry();
  }
  return std::nullopt;
}

}  // namespace hone::verify
