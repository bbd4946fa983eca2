#ifndef AIFX_SERVER_OPS_TLS_H_
#define AIFX_SERVER_OPS_TLS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace aifx::ops {

// Files in PEM. They are read again when they change, so that certificates are renewed without a
// restart: replace the folder, or a symbolic link to it, so that certificate and key change at
// once.
struct TlsFiles {
  std::string certificate;  // the server's chain, its own certificate first
  std::string key;          // of the certificate; a secret
  std::string client_ca;    // whose certificates callers must show; empty: none is asked for
  absl::Duration reload_interval = absl::Seconds(3);
};

struct TlsCredentials {
  std::shared_ptr<grpc::ServerCredentials> credentials;
  absl::Time expires;  // when the server's certificate does
};

// Credentials of a server with these files. FailedPrecondition, naming the file, where one cannot
// be read or is no PEM, the key does not fit the certificate, or the certificate has expired.
absl::StatusOr<TlsCredentials> ServerTlsCredentials(const TlsFiles& files, absl::Time now);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_TLS_H_
