#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "verify/findings.h"

namespace hone::verify {

inline constexpr const char* kManifest = "MANIFEST.sha256";

struct ManifestLine {
  std::string hash;  ///< 64 hex digits
  std::string file;  ///< Relative, beneath the bundle.
};

/// The manifest of an evidence bundle as sha256sum reads it. Throws Malformed, naming the line: a name that leads out of the bundle is
/// refused.
std::vector<ManifestLine> parse_manifest(std::string_view text);

/// Every file of the bundle against its manifest, and that there is no other file.
void check_bundle(const std::filesystem::path& folder, Verdicts& verdicts, std::vector<std::string>& notes);

/// An event that comes alone, X or X.json beside X.tlog-proof.
struct SingleProof {
  std::filesystem::path proof, entry;
};

std::vector<SingleProof> single_proofs(const std::filesystem::path& folder);

}  // namespace hone::verify
