#include "server/config/security_settings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/config/appliers.h"
#include "server/config/values.h"

namespace aifx::config {
namespace {

constexpr char kCertificateNames[] = "--tls-cert / AIFX_TLS_CERT / tls.cert";
constexpr char kKeyNames[] = "--tls-key / AIFX_TLS_KEY / tls.key";
constexpr char kClientCaNames[] = "--tls-client-ca / AIFX_TLS_CLIENT_CA / tls.client_ca";

void AddFile(std::vector<Setting>& all, const char* flag, const char* env, const char* key,
             const char* help, Place<std::string> place) {
  all.push_back({flag, env, key, "", help, false, false,
                 [place](const std::string& text, ServerConfig& config) {
                   place(config) = text;
                   return absl::OkStatus();
                 }});
}

}  // namespace

void AddSecurity(std::vector<Setting>& all) {
  AddFile(all, "--tls-cert", "AIFX_TLS_CERT", "tls.cert",
          "certificate chain of the server (PEM); read again when it changes",
          [](ServerConfig& c) -> std::string& { return c.tls.certificate; });
  AddFile(all, "--tls-key", "AIFX_TLS_KEY", "tls.key", "private key of the certificate (PEM)",
          [](ServerConfig& c) -> std::string& { return c.tls.key; });
  AddFile(all, "--tls-client-ca", "AIFX_TLS_CLIENT_CA", "tls.client_ca",
          "authorities (PEM) of the certificates that callers must show; empty: none is asked for",
          [](ServerConfig& c) -> std::string& { return c.tls.client_ca; });
  all.push_back({"--tls-reload", "AIFX_TLS_RELOAD", "tls.reload", "3s",
                 "how often the files of TLS are looked at", false, false,
                 Time([](ServerConfig& c) -> absl::Duration& { return c.tls.reload_interval; },
                      absl::Seconds(1), absl::Hours(24))});
  AddFile(all, "--tokens-file", "AIFX_TOKENS_FILE", "auth.tokens_file",
          "who may call what: lines of a name, scopes (predict,record,admin) and a token's SHA-256",
          [](ServerConfig& c) -> std::string& { return c.auth.tokens_file; });
}

void CheckSecurity(const ServerConfig& config, std::vector<base::FieldViolation>& violations) {
  const TlsConfig& tls = config.tls;
  if (tls.certificate.empty() != tls.key.empty()) {
    violations.push_back({tls.key.empty() ? kKeyNames : kCertificateNames,
                          "is missing: TLS needs a certificate and its key"});
  }
  if (tls.AsksForCertificates() && !tls.Enabled()) {
    violations.push_back({kClientCaNames, "needs TLS: give --tls-cert and --tls-key too"});
  }
  if (!config.listen.insecure && !IsLoopbackHost(config.listen.host) &&
      !tls.AsksForCertificates()) {
    violations.push_back(
        {"--listen / AIFX_LISTEN / server.listen",
         absl::StrCat(config.listen.Address(),
                      " is not loopback and callers need no certificate: give --tls-client-ca, or "
                      "say --insecure-listen if the network is trusted")});
  }
}

}  // namespace aifx::config
