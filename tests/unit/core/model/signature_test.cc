#include "core/model/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/escaping.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::model {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

// RFC 8032, section 7.1, test 3.
constexpr char kKeyHex[] = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
constexpr char kTextHex[] = "af82";
constexpr char kSignatureHex[] =
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
// A SubjectPublicKeyInfo (RFC 8410) up to the key's 32 bytes.
constexpr char kPrefixHex[] = "302a300506032b6570032100";

std::string Pem(const std::string& der) {
  return "-----BEGIN PUBLIC KEY-----\n" + absl::Base64Escape(der) + "\n-----END PUBLIC KEY-----\n";
}

std::string RfcPem() {
  return Pem(absl::HexStringToBytes(kPrefixHex) + absl::HexStringToBytes(kKeyHex));
}

TEST(SignatureTest, AcceptsTheVectorOfTheStandardAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::FromPem(RfcPem()));
  const std::string text = absl::HexStringToBytes(kTextHex);
  const std::string signature = absl::HexStringToBytes(kSignatureHex);
  EXPECT_OK(key.Verify(text, signature));
  EXPECT_THAT(key.Verify(text + "x", signature),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not that of")));
  for (size_t byte = 0; byte < signature.size(); ++byte) {
    std::string wrong = signature;
    wrong[byte] = static_cast<char>(wrong[byte] ^ 1);
    EXPECT_FALSE(key.Verify(text, wrong).ok());
  }
  EXPECT_THAT(key.Verify(text, signature.substr(1)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("63 bytes")));
}

TEST(SignatureTest, NamesAFileThatHoldsNoSuchKey) {
  const testing::TemporaryFolder folder;
  const std::string path = folder / "key.pem";
  EXPECT_THAT(PublicKey::FromFile(path), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  std::ofstream(path) << "nonsense";
  EXPECT_THAT(PublicKey::FromFile(path),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("key.pem: it holds no PEM")));
  // An X25519 key: the same form, another purpose.
  std::ofstream(path) << Pem(absl::HexStringToBytes("302a300506032b656e032100") +
                             absl::HexStringToBytes(kKeyHex));
  EXPECT_THAT(PublicKey::FromFile(path),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not an ed25519 key")));
  std::ofstream(path) << RfcPem();
  EXPECT_OK(PublicKey::FromFile(path));
}

}  // namespace
}  // namespace aifx::model
