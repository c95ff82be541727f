#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// Who signs a note: a name and a public key, as C2SP signed-note writes them down.
///
///     auto key = VerifierKey::parse("hone.test/ledger+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
struct VerifierKey {
  static constexpr std::uint8_t kEd25519 = 1;      // Signs the note's text.
  static constexpr std::uint8_t kCosignature = 4;  // A witness: signs a time and the text.

  std::string name;
  std::uint8_t type = kEd25519;
  std::array<std::uint8_t, 32> key{};

  /// The first 4 bytes of SHA-256(name || 0A || type || key), the first byte highest.
  std::uint32_t id() const;
  /// The same as 8 digits of lower-case hex.
  std::string id_text() const;
  std::string text() const;

  /// Throws kInvalidArgument naming what is wrong.
  static VerifierKey parse(std::string_view text);
  bool operator==(const VerifierKey&) const = default;
};

/// A name that a key may have: not empty, at most 200 bytes, no white space, no `+`, no control characters, valid UTF-8.
bool is_key_name(std::string_view name);

/// One signature line of a note: `— <name> <base64(key ID || signature)>`.
struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  std::string signature;  // 64 bytes of type 01; 8 bytes of seconds and 64 of type 04.

  /// The line with its newline.
  std::string line() const;
};

/// A text and who signed it. The text ends with a newline; then an empty line and the signatures' lines.
struct SignedNote {
  std::string text;
  std::vector<NoteSignature> signatures;  // 1 to 16.

  std::string to_string() const;

  /// Throws kCorruptData naming what is wrong. No signature is checked.
  static SignedNote parse(std::string_view note);
};

enum class NoteCheck {
  kNotSigned,  // No signature is this key's.
  kGood,
  kBad,  // A signature says it is this key's and is not: the whole note is to be rejected.
};

/// Looks for the key's signature by its name and ID and checks it. Signatures of other keys are ignored.
NoteCheck check_note(const SignedNote& note, const VerifierKey& key);

/// The seconds since 1970 that a cosignature (type 04) of this key swears to, if there is one. It is not checked here.
std::optional<std::uint64_t> cosigned_at(const SignedNote& note, const VerifierKey& key);

}  // namespace hone
