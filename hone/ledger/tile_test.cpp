#include "hone/ledger/tile.h"

#include <gtest/gtest.h>

#include <set>

#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/ledger/ledger_testing.h"

namespace hone {
namespace {

// A log of the known answers' leaves, which are no events: written by hand.
class KnownLog {
 public:
  explicit KnownLog(std::uint64_t size) : folder_(temporary_name(test_files())) {
    make_folder(folder_.path() / "segments");
    make_folder(folder_.path() / "hash");
    std::string bytes;
    std::map<unsigned, std::vector<Hash>> levels;
    MerkleStack stack;
    for (std::uint64_t leaf = 0; leaf < size; ++leaf) {
      const std::string entry = "leaf-" + std::to_string(leaf);
      append_framed(bytes, entry);
      stack.push(leaf_hash(entry), [&](unsigned height, const Hash& hash) {
        if (height % 8 == 0) levels[height / 8].push_back(hash);
      });
    }
    write_file_atomically(folder_.path() / "segments/000000", bytes);
    for (const auto& [level, level_hashes] : levels) hashes.write(level, 0, level_hashes);
    segments.set_size(size);
  }

  std::filesystem::path path() const { return folder_.path(); }

 private:
  RemovedAtEnd folder_;
  Disk disk_;

 public:
  Segments segments{disk_, folder_.path() / "segments"};
  HashFiles hashes{disk_, folder_.path() / "hash"};
  LogTree tree{segments, hashes};
  const Disk& disk() const { return disk_; }
};

std::set<std::string> files_under(const std::filesystem::path& folder) {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
    if (file.is_regular_file()) files.insert(std::filesystem::relative(file.path(), folder).string());
  return files;
}

TEST(Tile, PublishesTheKnownFiles) {
  KnownLog log(1000);
  const auto out = log.path() / "published";
  publish_tree(log.disk(), log.segments, log.tree, "a checkpoint", out);
  EXPECT_EQ(files_under(out),
            (std::set<std::string>{"checkpoint", "tile/0/000", "tile/0/001", "tile/0/002", "tile/0/003.p/232", "tile/1/000.p/3",
                                   "tile/entries/000", "tile/entries/001", "tile/entries/002", "tile/entries/003.p/232"}));
  EXPECT_EQ(sha256_hex_of_file(out / "tile/0/000"), "ce3c085cd6d7319d36f186fd350976c5e95e53d273bbeede36875ef414efb450");
  EXPECT_EQ(sha256_hex_of_file(out / "tile/0/003.p/232"), "dbe252bba19e93f04903502413ed03bc8b86ea96671faf033a1b7aecb8586c86");
  EXPECT_EQ(sha256_hex_of_file(out / "tile/1/000.p/3"), "a5554c42250dc097eb6b2514f176ce03fb4f49bbfa2f517bfd16932deddbf5f6");
  EXPECT_EQ(sha256_hex_of_file(out / "tile/entries/000"), "daab121300001e846571b1de45f1a0a2e16851018a706aa8232c3de9ad7c1822");
  EXPECT_EQ(sha256_hex_of_file(out / "tile/entries/003.p/232"), "cda4e59748cb14a67ad85f5a3aa416542eaf34203747c3f78ce9db5576eedf71");
  EXPECT_EQ(to_hex(log.tree.root(1000)), "84453b515db221e015241f91778d541a91e27472a3cbbd4922b023b180456359");
}

TEST(Tile, PublishingAgainAddsWhatIsNewAndDropsOlderPartials) {
  KnownLog log(1000);
  const auto out = log.path() / "published";
  for (const std::uint64_t size : {3u, 200u, 256u, 257u, 600u, 1000u}) {
    log.segments.set_size(size);
    publish_tree(log.disk(), log.segments, log.tree, "a checkpoint", out);
    std::set<std::string> expected{"checkpoint"};
    visit_tiles(size, [&](const TileName& tile) { expected.insert(tile.path()); });
    EXPECT_EQ(files_under(out), expected) << size;
  }
  EXPECT_EQ(sha256_hex_of_file(out / "tile/0/003.p/232"), "dbe252bba19e93f04903502413ed03bc8b86ea96671faf033a1b7aecb8586c86");
}

TEST(Tile, IsComputedFromTheEntriesWhereAHashFileIsMissingOrWrong) {
  KnownLog log(1000);
  const std::string right = read_tile({.level = 0, .number = 1}, log.segments, log.tree);
  const Hash wrong{};
  log.hashes.write(0, 300, {&wrong, 1});
  EXPECT_EQ(read_tile({.level = 0, .number = 1}, log.segments, log.tree), right);
  EXPECT_TRUE(check_inclusion(leaf_hash("leaf-301"), 301, 1000, log.tree.root(1000), log.tree.inclusion(301, 1000, log.tree.root(1000))));
  std::filesystem::remove(log.path() / "hash/0");
  KnownLog fresh(1000);
  std::filesystem::remove_all(fresh.path() / "hash");
  EXPECT_EQ(read_tile({.level = 0, .number = 1}, fresh.segments, fresh.tree), right);
  EXPECT_EQ(fresh.tree.root(1000), log.tree.root(1000));
}

TEST(Tile, HasOneNameForEach) {
  EXPECT_EQ((TileName{.level = 0, .number = 1234067}).path(), "tile/0/x001/x234/067");
  EXPECT_EQ((TileName{.is_entries = true, .number = 3, .width = 232}).path(), "tile/entries/003.p/232");
  for (const TileName& tile : {TileName{.level = 5, .number = 1000}, TileName{.is_entries = true, .number = 999999},
                               TileName{.level = 1, .number = 0, .width = 1}})
    EXPECT_EQ(TileName::parse(tile.path()), tile) << tile.path();
  for (const std::string path : {"",
                                 "tile",
                                 "tile/",
                                 "tile/0",
                                 "tile/0/",
                                 "tile/0/0",
                                 "tile/0/0000",
                                 "tile/0/x000/001",
                                 "tile/00/001",
                                 "tile/8/001",
                                 "tile/0/001/",
                                 "tile/0/001.p/0",
                                 "tile/0/001.p/256",
                                 "tile/0/001.p/01",
                                 "tile/0/001.p/",
                                 "tile/entries/x1/234",
                                 "/tile/0/001",
                                 "tile/0/../001",
                                 "tile/-1/001",
                                 "tile/0/99999999999999999999999"})
    EXPECT_EQ(TileName::parse(path), std::nullopt) << path;
}

TEST(Tile, HasTheWidthThatTheSizeSays) {
  EXPECT_EQ(tile_width({.level = 0, .number = 3}, 1000), 232u);
  EXPECT_EQ(tile_width({.level = 0, .number = 4}, 1000), 0u);
  EXPECT_EQ(tile_width({.level = 1, .number = 0}, 1000), 3u);
  EXPECT_EQ(tile_width({.level = 2, .number = 0}, 65535), 0u);
  EXPECT_EQ(tile_width({.level = 2, .number = 0}, 65536), 1u);
  EXPECT_EQ(tile_width({.level = 0, .number = 0}, 256), 256u);
  EXPECT_EQ(tile_width({.level = 0, .number = 1}, 256), 0u);
}

}  // namespace
}  // namespace hone
