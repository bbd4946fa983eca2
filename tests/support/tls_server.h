#ifndef AIFX_TESTS_SUPPORT_TLS_SERVER_H_
#define AIFX_TESTS_SUPPORT_TLS_SERVER_H_

#include <memory>
#include <string>

namespace aifx::testing {

// An HTTPS server on a free loopback port with a certificate that it signed itself, made anew for
// every server. Answers one request a connection with status 200 and `{}`; stops when destroyed.
class TlsServer {
 public:
  // The certificate is for this DNS name alone ("localhost").
  explicit TlsServer(const std::string& dns_name);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  int port() const;
  const std::string& certificate_pem() const;  // to be trusted as a CA
  // Requests that arrived after a handshake.
  int request_count() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_TLS_SERVER_H_
