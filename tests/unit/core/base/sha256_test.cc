#include "core/base/sha256.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/support/status_matchers.h"

namespace aifx::base {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::testing::HasSubstr;

struct DigestCase {
  const char* name;
  std::string data;
  const char* digest;
};

// The examples of FIPS 180-4 and its validation programme; the zero bytes are 64 KiB plus one,
// which is one more than a piece read from a file.
const DigestCase kCases[] = {
    {"empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a million a", std::string(1000000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {"zero bytes", std::string(65537, '\0'),
     "3266304f31be278d06c3bd3eb9aa3e00c59bedec0a890de466568b0b90b0e01f"},
};

TEST(Sha256Test, KnownVectorsFromMemoryAndFromFiles) {
  for (const DigestCase& t : kCases) {
    SCOPED_TRACE(t.name);
    EXPECT_EQ(Sha256Hex(t.data), t.digest);
    const std::string path = ::testing::TempDir() + "/aifx_sha256_test";
    ASSERT_OK(WriteFileAtomically(path, t.data));
    EXPECT_THAT(Sha256HexOfFile(path), IsOkAndHolds(std::string(t.digest)));
  }
}

TEST(Sha256Test, PiecesGiveTheHashOfTheWhole) {
  for (const DigestCase& t : kCases) {
    SCOPED_TRACE(t.name);
    Sha256 hash;
    for (size_t i = 0; i < t.data.size(); i += 1000) hash.Add(t.data.substr(i, 1000));
    EXPECT_EQ(hash.FinishHex(), t.digest);
  }
}

TEST(Sha256Test, NamesTheFileThatCannotBeRead) {
  EXPECT_THAT(Sha256HexOfFile("/nonexistent/weights"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/weights")));
  EXPECT_THAT(Sha256HexOfFile(::testing::TempDir()).status(), ::testing::Not(testing::IsOk()));
}

}  // namespace
}  // namespace aifx::base
