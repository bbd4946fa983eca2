#include "server/ops/liveness_probe.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::ops {
namespace {

// Frame types of RFC 9113, section 6.
enum FrameType : uint8_t { kData = 0, kHeaders = 1, kResetStream = 3, kSettings = 4, kGoAway = 7 };
constexpr uint8_t kEndStream = 0x1, kEndHeaders = 0x4;
constexpr size_t kFrameHeaderBytes = 9, kTlsHeaderBytes = 5;
constexpr uint32_t kLargestFrame = 1 << 20;

std::string Frame(FrameType type, uint8_t flags, uint8_t stream, const std::string& payload) {
  std::string frame = {static_cast<char>(payload.size() >> 16),
                       static_cast<char>(payload.size() >> 8),
                       static_cast<char>(payload.size()),
                       static_cast<char>(type),
                       static_cast<char>(flags),
                       0,
                       0,
                       0,
                       static_cast<char>(stream)};
  return frame + payload;
}

// A string of HPACK (RFC 7541) as it is. REQUIRES: below 127 bytes.
std::string Text(const std::string& text) { return static_cast<char>(text.size()) + text; }

std::string HealthCheckCall() {
  // Indexed fields of the static table (:method POST, :scheme http), then fields that are not to be
  // indexed, their names by index where the table has them.
  std::string headers = "\x83\x86";
  headers += "\x04" + Text("/grpc.health.v1.Health/Check");
  headers += "\x01" + Text("localhost");
  headers += "\x0f\x10" + Text("application/grpc");
  headers += std::string(1, '\0') + Text("te") + Text("trailers");
  const std::string empty_message(5, '\0');  // not compressed, no bytes
  return absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Frame(kSettings, 0, 0, ""),
                      Frame(kHeaders, kEndHeaders, 1, headers),
                      Frame(kData, kEndStream, 1, empty_message));
}

// The first message of a handshake, as OpenSSL words it.
std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.get()), &SSL_free);
  constexpr unsigned char kProtocols[] = {2, 'h', '2'};
  SSL_set_alpn_protos(session.get(), kProtocols, sizeof(kProtocols));
  BIO* const sent = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), sent);  // which it frees
  SSL_connect(session.get());                              // up to where it wants an answer
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(sent, &bytes);
  return std::string(bytes, static_cast<size_t>(std::max(size, 0L)));
}

// A server that refuses the handshake answers it as well.
absl::Status CheckTlsRecord(absl::string_view header) {
  constexpr char kAlert = 21, kHandshake = 22, kMajorVersion = 3;
  const bool is_record =
      (header[0] == kAlert || header[0] == kHandshake) && header[1] == kMajorVersion;
  return is_record ? absl::OkStatus() : absl::UnavailableError("an answer that is not TLS");
}

// Reads frames until one belongs to the call; `header` is what came of the first one.
absl::Status ReadAnswer(TcpConnection& connection, std::string header) {
  while (true) {
    AIFX_ASSIGN_OR_RETURN(const std::string rest,
                          connection.Receive(kFrameHeaderBytes - header.size()));
    header += rest;
    const auto byte = [&](size_t i) {
      return static_cast<uint32_t>(static_cast<uint8_t>(header[i]));
    };
    const uint32_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
    const uint32_t type = byte(3), stream = byte(8);
    if (size > kLargestFrame) return absl::UnavailableError("an answer that is not HTTP/2");
    if (stream == 1 && (type == kHeaders || type == kData)) return absl::OkStatus();
    if (type == kGoAway || type == kResetStream) {
      return absl::UnavailableError("the server ended the call without an answer");
    }
    AIFX_RETURN_IF_ERROR(connection.Receive(size).status());
    header.clear();
  }
}

}  // namespace

absl::Status ProbeGrpcServer(const ProbeTarget& target, absl::Duration timeout) {
  static const std::string* const call = new std::string(HealthCheckCall());
  TcpConnection connection(timeout);
  AIFX_RETURN_IF_ERROR(connection.Open(target.address));
  AIFX_RETURN_IF_ERROR(connection.Send(target.tls ? ClientHello() : *call));
  // What both kinds of an answer have at least.
  const absl::StatusOr<std::string> first = connection.Receive(kTlsHeaderBytes);
  if (absl::IsAborted(first.status())) {
    return absl::ResourceExhaustedError("closed at once: no room for another connection");
  }
  AIFX_RETURN_IF_ERROR(first.status());
  return target.tls ? CheckTlsRecord(*first) : ReadAnswer(connection, *first);
}

}  // namespace aifx::ops
