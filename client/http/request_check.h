#ifndef AIFX_CLIENT_HTTP_REQUEST_CHECK_H_
#define AIFX_CLIENT_HTTP_REQUEST_CHECK_H_

#include "absl/status/status.h"
#include "client/http/http_client.h"

namespace aifx::http {

// InvalidArgument for a request that must not be sent: an odd method, a URL that is not absolute
// http or https, a header's name that is no token, a value with CR, LF or NUL (which could smuggle
// in another request). Messages never repeat a header's value: it may be a secret.
absl::Status CheckRequest(const HttpRequest& request);

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_REQUEST_CHECK_H_
