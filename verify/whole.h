#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/file.h"
#include "verify/layout.h"
#include "verify/scan.h"
#include "verify/tree.h"

namespace hone::verify {

/// What is kept of a whole log, of any length: the root of every bundle and where it begins, 40 bytes for 256 entries, on disk when many.
/// From this any root is recomputed, and any entry read again.
class Whole {
 public:
  explicit Whole(const Layout& layout) : layout_(layout) {}

  const Layout& layout() const { return layout_; }

  void append(const SegmentFacts& facts);

  /// Entries from the first on that could be read without a gap.
  std::uint64_t size() const { return size_; }

  /// The root of the first `size` entries; nothing when they are not all there.
  std::optional<Hash> root_at(std::uint64_t size) const;

  /// The roots of the whole segments.
  const TreeStack& segments() const { return segments_; }
  const std::vector<Hash>& segment_roots() const { return segment_roots_; }

  /// Where the bundle of an entry begins in its file.
  std::uint64_t bundle_offset(std::uint64_t seq) const { return bundle(seq / kBundle).offset; }

 private:
  static constexpr std::size_t kMostInMemory = std::size_t{1} << 19;  // Bundles: 20 MiB, 134 million entries.
  struct Bundle {
    Hash root;
    std::uint64_t offset;
  };

  Bundle bundle(std::uint64_t index) const;
  void add_bundle(const Bundle& bundle);

  const Layout& layout_;
  std::vector<Bundle> bundles_;
  Scratch scratch_;
  std::uint64_t spilled_ = 0;
  std::vector<Hash> segment_roots_;
  TreeStack segments_;
  std::uint64_t size_ = 0;
  bool gap_ = false;
};

/// Reads entries again that were read before: quickest when they come in their order.
class EntriesAgain {
 public:
  explicit EntriesAgain(const Whole& whole) : whole_(whole), stream_(whole.layout(), kReadAtOnce) {}

  /// Nothing when it cannot be read. Valid until the next call.
  std::optional<std::string_view> entry(std::uint64_t seq);
  const std::string& file() const { return stream_.file(); }
  std::uint64_t offset() const { return stream_.offset(); }

 private:
  static constexpr std::size_t kReadAtOnce = 32 * 1024;

  const Whole& whole_;
  EntryStream stream_;
};

}  // namespace hone::verify
