#ifndef AIFX_CORE_MODEL_SIGNATURE_H_
#define AIFX_CORE_MODEL_SIGNATURE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::model {

// The public half of an ed25519 key (RFC 8032): tells who wrote a text. Immutable and thread-safe;
// copies share the key.
class PublicKey {
 public:
  // A PEM "PUBLIC KEY", as `openssl pkey -pubout` writes it. InvalidArgument for anything else and
  // for a key of another kind.
  static absl::StatusOr<PublicKey> FromPem(absl::string_view pem);
  // The same from a file; the error names it.
  static absl::StatusOr<PublicKey> FromFile(const std::string& path);

  // FailedPrecondition unless `signature` (64 bytes) is this key's over exactly `text`.
  absl::Status Verify(absl::string_view text, absl::string_view signature) const;

 private:
  struct Key;
  explicit PublicKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}

  std::shared_ptr<const Key> key_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_SIGNATURE_H_
