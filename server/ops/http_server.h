#ifndef AIFX_SERVER_OPS_HTTP_SERVER_H_
#define AIFX_SERVER_OPS_HTTP_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/log.h"

struct mg_context;

namespace aifx::ops {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// What a GET of one path answers. Called on the server's threads, several at a time; the paths are
// compared as they are, without their query.
using HttpPages = std::map<std::string, std::function<HttpAnswer()>>;

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // an address, without brackets
  int port = 0;                    // 0: a free one
  int threads = 4;                 // requests at once; 1..64
  // For a request to arrive whole, and for a client to take the answer.
  absl::Duration timeout = absl::Seconds(5);
};

// A small HTTP/1.1 server for operators: metrics and probes, not for callers. It answers GET and
// HEAD of its pages and nothing else (404, 405), one request a connection, with a bounded number of
// threads and waiting connections. Thread-safe.
class HttpServer {
 public:
  // Serves `pages` until it is destroyed. Unavailable where the address cannot be served.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                           HttpPages pages, base::Logger& logger);
  // Waits for the requests under way.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }  // the one that it listens on

 private:
  struct Callbacks;  // what CivetWeb calls

  HttpServer(std::string host, HttpPages pages, base::Logger& logger)
      : host_(std::move(host)), pages_(std::move(pages)), logger_(logger) {}

  HttpAnswer AnswerTo(const std::string& method, const std::string& path) const;

  const std::string host_;
  const HttpPages pages_;
  base::Logger& logger_;
  mg_context* context_ = nullptr;
  int port_ = 0;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_HTTP_SERVER_H_
