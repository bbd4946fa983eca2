#include "server/ops/http_server.h"

#include <civetweb.h>

#include <atomic>
#include <exception>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/ops/tcp_connection.h"

namespace aifx::ops {
namespace {

constexpr char kPlain[] = "text/plain; charset=utf-8";
constexpr absl::Duration kKnock = absl::Milliseconds(10);

const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

std::string HeadOf(const HttpAnswer& answer) {
  return absl::StrCat("HTTP/1.1 ", answer.status, " ", ReasonOf(answer.status),
                      "\r\nContent-Type: ", answer.content_type,
                      "\r\nContent-Length: ", answer.body.size(),
                      "\r\nCache-Control: no-store\r\nConnection: close\r\n",
                      answer.status == 405 ? "Allow: GET, HEAD\r\n" : "", "\r\n");
}

std::string AddressOf(const HttpServerOptions& options) {
  const bool brackets = options.host.find(':') != std::string::npos;
  return absl::StrCat(brackets ? "[" : "", options.host, brackets ? "]" : "", ":", options.port);
}

}  // namespace

struct HttpServer::Callbacks {
  static const HttpServer& ServerOf(const mg_connection* connection) {
    return *static_cast<const HttpServer*>(mg_get_user_data(mg_get_context(connection)));
  }

  // Sees every request first; answers it, so that CivetWeb never looks for a file.
  static int BeginRequest(mg_connection* connection) {
    const mg_request_info& request = *mg_get_request_info(connection);
    const std::string method = request.request_method == nullptr ? "" : request.request_method;
    const std::string path = request.local_uri_raw == nullptr ? "" : request.local_uri_raw;
    const HttpAnswer answer = ServerOf(connection).AnswerTo(method, path);
    std::string reply = HeadOf(answer);
    if (method != "HEAD") reply += answer.body;
    mg_write(connection, reply.data(), reply.size());
    return answer.status;
  }

  static int LogMessage(const mg_connection* connection, const char* message) {
    ServerOf(connection).logger_.Warning("metrics server", {{"text", message}});
    return 1;  // told
  }
};

HttpAnswer HttpServer::AnswerTo(const std::string& method, const std::string& path) const {
  if (method != "GET" && method != "HEAD") {
    return {405, kPlain, "only GET and HEAD are answered here\n"};
  }
  const auto page = pages_.find(path);
  if (page == pages_.end()) {
    std::string body = "no such page; there is";
    for (const auto& [name, unused] : pages_) absl::StrAppend(&body, " ", name);
    return {404, kPlain, absl::StrCat(body, "\n")};
  }
  try {
    return page->second();
  } catch (const std::exception& error) {
    logger_.Error("a page of the metrics server failed", {{"path", path}, {"error", error.what()}});
    return {500, kPlain, "this page failed; the log has the reason\n"};
  }
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options,
                                                              HttpPages pages,
                                                              base::Logger& logger) {
  const std::string address = AddressOf(options);
  const std::string threads = absl::StrCat(options.threads);
  const std::string timeout = absl::StrCat(absl::ToInt64Milliseconds(options.timeout));
  const char* settings[] = {"listening_ports", address.c_str(), "num_threads", threads.c_str(),
                            "connection_queue", "16",
                            // No file is ever served, nor a connection kept.
                            "request_timeout_ms", timeout.c_str(), "enable_keep_alive", "no",
                            "max_request_size", "8192", "tcp_nodelay", "1", nullptr};
  mg_callbacks callbacks = {};
  callbacks.begin_request = &Callbacks::BeginRequest;
  callbacks.log_message = &Callbacks::LogMessage;
  std::unique_ptr<HttpServer> server(new HttpServer(options.host, std::move(pages), logger));
  mg_init_data init = {&callbacks, server.get(), settings};
  char text[256] = "";
  unsigned code = 0;
  mg_error_data error = {&code, text, sizeof(text)};
  server->context_ = mg_start2(&init, &error);
  if (server->context_ == nullptr) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address,
                     " for metrics: the port is taken (another server?) or the address is not of "
                     "this host; --metrics-listen chooses another one"));
  }
  mg_server_port port = {};
  if (mg_get_server_ports(server->context_, 1, &port) == 1) server->port_ = port.port;
  return server;
}

HttpServer::~HttpServer() {
  if (context_ == nullptr) return;
  std::atomic<bool> stopped{false};
  std::thread stopping([&] {
    mg_stop(context_);
    stopped.store(true);
  });
  // CivetWeb looks whether it is to stop every two seconds, or when somebody connects.
  while (!stopped.load()) {
    TcpConnection knock(kKnock);
    if (!knock.Open({host_, port_}).ok()) {
      absl::SleepFor(kKnock);  // it no longer listens
      continue;
    }
    knock.Receive(1).status().IgnoreError();
  }
  stopping.join();
}

}  // namespace aifx::ops
