#include "core/model/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"

namespace aifx::model {
namespace {

constexpr size_t kMaxPemBytes = 64 << 10;
constexpr size_t kSignatureBytes = 64;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct PublicKey::Key {
  struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  std::unique_ptr<EVP_PKEY, Deleter> handle;
};

absl::StatusOr<PublicKey> PublicKey::FromPem(absl::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> reader(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  auto key = std::make_shared<Key>();
  key->handle.reset(PEM_read_bio_PUBKEY(reader.get(), nullptr, nullptr, nullptr));
  if (key->handle == nullptr) return absl::InvalidArgumentError("it holds no PEM PUBLIC KEY");
  if (EVP_PKEY_id(key->handle.get()) != EVP_PKEY_ED25519) {
    return absl::InvalidArgumentError("the key is not an ed25519 key");
  }
  return PublicKey(std::move(key));
}

absl::StatusOr<PublicKey> PublicKey::FromFile(const std::string& path) {
  AIFX_ASSIGN_OR_RETURN(const std::string pem, base::ReadFile(path, kMaxPemBytes));
  absl::StatusOr<PublicKey> key = FromPem(pem);
  if (key.ok()) return key;
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", key.status().message()));
}

absl::Status PublicKey::Verify(absl::string_view text, absl::string_view signature) const {
  if (signature.size() != kSignatureBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat("the signature has ", signature.size(), " bytes instead of ", kSignatureBytes));
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_->handle.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                       text.size()) == 1;
  if (good) return absl::OkStatus();
  return absl::FailedPreconditionError("the signature is not that of the configured key");
}

}  // namespace aifx::model
