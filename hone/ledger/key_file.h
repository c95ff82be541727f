#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "hone/ledger/signing_key.h"

namespace hone {

/// Asked for the passphrase of a sealed key; the argument names its file.
using AskPassphrase = std::function<std::string(const std::filesystem::path& file)>;

/// $XDG_STATE_HOME/hone (~/.local/state/hone where that is not set, ~ being HOME or what the list of accounts says): keys/ and seen/ lie
/// there, outside of any project, so that who copies a project has not its key. Throws kInvalidArgument when there is no home.
std::filesystem::path state_folder();

/// STATE/keys/<project>.key. REQUIRES: a project is 32 hex digits.
std::filesystem::path key_file_of(const std::filesystem::path& state, const std::string& project);

/// Writes a private key that is not there yet: folder mode 0700, file mode 0600. With a passphrase the seed is sealed (Argon2id,
/// XChaCha20-Poly1305), which takes a second and 256 MiB to open again. Throws kInvalidArgument where the file is there, or would lie
/// inside a project or a folder under version control.
void write_key_file(const std::filesystem::path& file, const SigningKey& key, const std::string& passphrase = "");

/// Throws kInvalidArgument, with the cause and the cure, for a key that others could have: one that is a link, another owner's, open to
/// group or others, in a project or in a folder under version control; and where the passphrase is wrong. kNotFound when there is none.
SigningKey read_key_file(const std::filesystem::path& file, const AskPassphrase& ask = nullptr);

}  // namespace hone
