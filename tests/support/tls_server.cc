#include "tests/support/tls_server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/loopback_socket.h"

namespace aifx::testing {
namespace {

constexpr char kReply[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    "Content-Length: 2\r\n\r\n{}";

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freer<SSL_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;

void Must(bool done) {
  if (!done) std::abort();
}

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  Must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Valid from an hour ago to an hour from now.
Certificate SelfSigned(EVP_PKEY* key, const std::string& dns_name) {
  Certificate certificate(X509_new());
  Must(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("aifx test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  Must(X509_set_pubkey(certificate.get(), key) == 1);
  AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), NID_subject_alt_name, absl::StrCat("DNS:", dns_name));
  Must(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

std::string Pem(X509* certificate) {
  const Bio memory(BIO_new(BIO_s_mem()));
  Must(memory != nullptr && PEM_write_bio_X509(memory.get(), certificate) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);  // NOLINT(runtime/int)
  return std::string(text, static_cast<size_t>(length));
}

}  // namespace

class TlsServer::Impl {
 public:
  explicit Impl(const std::string& dns_name)
      : key_(EVP_EC_gen("P-256")),
        certificate_(SelfSigned(key_.get(), dns_name)),
        pem_(Pem(certificate_.get())),
        context_(SSL_CTX_new(TLS_server_method())) {
    // OpenSSL writes to sockets that the client may have closed.
    std::signal(SIGPIPE, SIG_IGN);
    Must(SSL_CTX_use_certificate(context_.get(), certificate_.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context_.get(), key_.get()) == 1);
    listener_ = BoundSocket(0);
    Must(listen(listener_, 16) == 0);
    port_ = PortOf(listener_);
    stop_ = eventfd(0, 0);
    thread_ = std::thread([this] { Loop(); });
  }
  ~Impl() {
    Signal(stop_);
    thread_.join();
    close(listener_);
    close(stop_);
  }

  int port() const { return port_; }
  const std::string& pem() const { return pem_; }
  int request_count() const { return request_count_; }

 private:
  void Loop() {
    while (WaitReadable(listener_, stop_)) {
      const int fd = accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      // A client that stalls must not keep the server from stopping.
      const timeval limit{.tv_sec = 5, .tv_usec = 0};
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
      Serve(fd);
      close(fd);
    }
  }

  void Serve(int fd) {
    const Session session(SSL_new(context_.get()));
    Must(session != nullptr && SSL_set_fd(session.get(), fd) == 1);
    if (SSL_accept(session.get()) != 1) return;
    std::string request;
    char bytes[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const int count = SSL_read(session.get(), bytes, sizeof(bytes));
      if (count <= 0) return;
      request.append(bytes, static_cast<size_t>(count));
    }
    ++request_count_;
    SSL_write(session.get(), kReply, sizeof(kReply) - 1);
    SSL_shutdown(session.get());
  }

  const Key key_;
  const Certificate certificate_;
  const std::string pem_;
  const Context context_;
  int listener_ = -1;
  int stop_ = -1;
  int port_ = 0;
  std::atomic<int> request_count_{0};
  std::thread thread_;
};

TlsServer::TlsServer(const std::string& dns_name) : impl_(std::make_unique<Impl>(dns_name)) {}
TlsServer::~TlsServer() = default;
int TlsServer::port() const { return impl_->port(); }
const std::string& TlsServer::certificate_pem() const { return impl_->pem(); }
int TlsServer::request_count() const { return impl_->request_count(); }

}  // namespace aifx::testing
