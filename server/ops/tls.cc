#include "server/ops/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::ops {
namespace {

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextDeleter>;

absl::Status Refused(const std::string& path, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("TLS file ", path, " ", what));
}

absl::StatusOr<absl::Time> ExpiryOf(const SSL_CTX* context, const std::string& path) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm parts = {};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) {
    return Refused(path, "has no readable end of validity");
  }
  return absl::FromTM(parts, absl::UTCTimeZone());
}

// gRPC would serve with files that do not fit and fail every handshake without saying why.
absl::StatusOr<absl::Time> CheckFiles(const TlsFiles& files, absl::Time now) {
  const Context context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return absl::InternalError("OpenSSL gives no TLS context");
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return Refused(files.certificate, "cannot be read as a certificate chain (PEM)");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return Refused(files.key,
                   absl::StrCat("cannot be read as the private key (PEM) of ", files.certificate));
  }
  if (!files.client_ca.empty() &&
      SSL_CTX_load_verify_locations(context.get(), files.client_ca.c_str(), nullptr) != 1) {
    return Refused(files.client_ca, "cannot be read as certificates of authorities (PEM)");
  }
  AIFX_ASSIGN_OR_RETURN(const absl::Time expires, ExpiryOf(context.get(), files.certificate));
  if (expires <= now) {
    return Refused(
        files.certificate,
        absl::StrCat("expired on ", absl::FormatTime("%Y-%m-%d", expires, absl::UTCTimeZone())));
  }
  return expires;
}

}  // namespace

absl::StatusOr<TlsCredentials> ServerTlsCredentials(const TlsFiles& files, absl::Time now) {
  TlsCredentials result;
  AIFX_ASSIGN_OR_RETURN(result.expires, CheckFiles(files, now));
  const auto seconds =
      static_cast<unsigned int>(std::max<int64_t>(1, absl::ToInt64Seconds(files.reload_interval)));
  const auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.client_ca, seconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (files.client_ca.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  result.credentials = grpc::experimental::TlsServerCredentials(options);
  return result;
}

}  // namespace aifx::ops
