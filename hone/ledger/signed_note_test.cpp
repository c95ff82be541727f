#include "hone/ledger/signed_note.h"

#include <gtest/gtest.h>

#include <numeric>

#include "hone/core/complaint_testing.h"
#include "hone/core/error.h"
#include "hone/ledger/base64.h"
#include "hone/ledger/checkpoint.h"
#include "hone/ledger/signing_key.h"

namespace hone {
namespace {

// The known answers: keys of the seeds 000102..1f and 202122..3f.
SigningKey known_key(std::uint8_t first, const std::string& name, std::uint8_t type) {
  SigningKey::Seed seed;
  std::iota(seed.begin(), seed.end(), first);
  return SigningKey(name, seed, type);
}
SigningKey log_key() { return known_key(0, "hone.test/ledger", VerifierKey::kEd25519); }
SigningKey witness_key() { return known_key(0x20, "hone.test/witness", VerifierKey::kCosignature); }

const std::string kLog = "hone.test/ledger+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const std::string kWitness = "hone.test/witness+806499d6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
const std::string kCheckpoint =
    "hone.test/ledger\n8\nymt7PmdKyGwQJ7Wch8Bk/DvCezEylMdfg70F/dE/Dc8=\n\n"
    "— hone.test/ledger OBSKWUNyTSsduSwGZEEQLv5DbiTf8pNEn2AG3QYbZBtG5jRHyFpKobYCaGyttbM5qvkLPD0Fk0ocav6GVqDosqBJAAo=\n";
const std::string kCosignature =
    "— hone.test/witness gGSZ1gAAAABpVbkA+c3+/wDo6+qD39hN4L9hDpMuPbdpNDkGrn7iNlyhiaBnDbLYX/hygnw6/3J+ZXzTmVi0tnD5/0f9nJIXyjmFBw==\n";

TEST(SignedNote, GivesTheKnownCheckpointAndCosignature) {
  EXPECT_EQ(log_key().verifier().text(), kLog);
  EXPECT_EQ(witness_key().verifier().text(), kWitness);
  MerkleStack tree;
  for (int leaf = 0; leaf < 8; ++leaf) tree.push(leaf_hash("leaf-" + std::to_string(leaf)));
  const SigningKey key = log_key();
  const SignedNote note = Checkpoint{.origin = "hone.test/ledger", .size = 8, .root = tree.root()}.sign({&key});
  EXPECT_EQ(note.to_string(), kCheckpoint);
  EXPECT_EQ(witness_key().cosign_note(note.text, 1767225600).line(), kCosignature);
}

TEST(SignedNote, ChecksTheSignaturesOfKnownKeysAndIgnoresOthers) {
  const SignedNote note = SignedNote::parse(kCheckpoint + kCosignature);
  EXPECT_EQ(note.to_string(), kCheckpoint + kCosignature);
  EXPECT_EQ(check_note(note, VerifierKey::parse(kLog)), NoteCheck::kGood);
  EXPECT_EQ(check_note(note, VerifierKey::parse(kWitness)), NoteCheck::kGood);
  EXPECT_EQ(cosigned_at(note, VerifierKey::parse(kWitness)), 1767225600u);
  EXPECT_EQ(cosigned_at(note, VerifierKey::parse(kLog)), std::nullopt);
  EXPECT_EQ(check_note(note, SigningKey::generate("hone.test/ledger").verifier()), NoteCheck::kNotSigned);
  const Checkpoint checkpoint = Checkpoint::parse(note.text);
  EXPECT_EQ(checkpoint.size, 8u);
  EXPECT_EQ(checkpoint.text(), note.text);
}

TEST(SignedNote, OneFlippedBitAnywhereIsFound) {
  const std::string whole = kCheckpoint + kCosignature;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    bool good = true;
    try {
      const SignedNote note = SignedNote::parse(changed);
      good = check_note(note, VerifierKey::parse(kLog)) == NoteCheck::kGood &&
             check_note(note, VerifierKey::parse(kWitness)) == NoteCheck::kGood;
    } catch (const Error&) {
      good = false;
    }
    EXPECT_FALSE(good) << "bit " << bit;
  }
}

TEST(SignedNote, RefusesWhatIsNoNote) {
  const auto parsed = [](const std::string& note) { return complaint_of([&] { SignedNote::parse(note); }); };
  const std::string text = "a\n1\nb\n", line = kCosignature;
  std::string many = text + "\n";
  for (int signature = 0; signature < 16; ++signature) many += line;
  EXPECT_EQ(parsed(many), "none");
  EXPECT_EQ(parsed(many + line), "a signed note has more than 16 signatures");
  EXPECT_EQ(parsed(""), "a signed note has no empty line before its signatures");
  EXPECT_EQ(parsed(text + "\n"), "a signed note has no signature");
  EXPECT_EQ(parsed(text + line), "a signed note has no empty line before its signatures");
  EXPECT_EQ(parsed(text + "\n" + line.substr(0, line.size() - 1)), "a signed note does not end with a newline");
  EXPECT_EQ(parsed(text + "\n- a AAAAAAA=\n"), "a signed note has a line among its signatures that is none");
  EXPECT_EQ(parsed(text + "\n— a+b AAAAAAA=\n"), "a signed note has a signature without a name");
  EXPECT_EQ(parsed(text + "\n— AAAAAAA=\n"), "a signed note has a signature without a name");
  EXPECT_EQ(parsed(text + "\n— a AAAAAAB=\n"), "a signed note has a signature that is not base64");
  EXPECT_EQ(parsed(text + "\n— a AAAA\n"), "a signed note has a signature that is not base64");
  EXPECT_EQ(parsed("a\r\n1\nb\n\n" + line), "a signed note is not text");
  EXPECT_EQ(parsed("\xFF\n\n" + line), "a signed note is not text");
  EXPECT_EQ(parsed(std::string(70000, 'x') + "\n\n" + line), "a signed note is longer than 64 KiB");
}

TEST(Checkpoint, RefusesAllButThreeSoundLines) {
  const std::string root = "ymt7PmdKyGwQJ7Wch8Bk/DvCezEylMdfg70F/dE/Dc8=";
  const auto parsed = [](const std::string& text) { return complaint_of([&] { Checkpoint::parse(text); }); };
  EXPECT_EQ(parsed("a\n8\n" + root + "\n"), "none");
  EXPECT_EQ(parsed("a\n08\n" + root + "\n"), "a checkpoint has a size that is no number");
  EXPECT_EQ(parsed("a\n-8\n" + root + "\n"), "a checkpoint has a size that is no number");
  EXPECT_EQ(parsed("a\n\n" + root + "\n"), "a checkpoint has a size that is no number");
  EXPECT_EQ(parsed("a\n18446744073709551616\n" + root + "\n"), "a checkpoint has a size that is no number");
  EXPECT_EQ(parsed("a\n8\nAAAA\n"), "a checkpoint has a root that is not base64 of 32 bytes");
  EXPECT_EQ(parsed("a\n8\n" + root + "\nmore\n"), "a checkpoint has more than three lines");
  EXPECT_EQ(parsed("a\n8\n" + root), "a checkpoint has less than three lines");
  EXPECT_EQ(parsed("a b\n8\n" + root + "\n"), "a checkpoint has an origin with a space, a '+' or nothing in it");
}

TEST(VerifierKey, RefusesWhatIsNoKey) {
  const auto parsed = [](const std::string& text) { return complaint_of([&] { VerifierKey::parse(text); }); };
  EXPECT_EQ(parsed(kLog), "none");
  EXPECT_TRUE(parsed("a+b").ends_with("it is not name+id+base64"));
  EXPECT_TRUE(parsed("+38148a59+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4").ends_with("its name has a space or is empty"));
  EXPECT_TRUE(parsed("hone.test/ledger+38148a58+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
                  .ends_with("its ID is not that of its name and bytes"));
  EXPECT_TRUE(parsed("hone.test/ledger+38148a59+AQOh").ends_with("its last part is not base64 of a type and 32 bytes"));
  EXPECT_TRUE(parsed("a+38148a59+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4").ends_with("its type is neither 01 nor 04"));
  EXPECT_FALSE(is_key_name("a\u00a0b"));
}

TEST(Base64, IsStrict) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"}) EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  for (const std::string text : {"Zm9vYg", "Zm9vYg=", "Zm9vYh==", "Zm9v\n", " Zm9v", "Zm9v=", "Zm9vY===", "=", "Zg==Zg==", "Zm-v"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace hone
