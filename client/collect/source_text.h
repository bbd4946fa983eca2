#ifndef AIFX_CLIENT_COLLECT_SOURCE_TEXT_H_
#define AIFX_CLIENT_COLLECT_SOURCE_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/http/http_client.h"
#include "client/http/retry.h"
#include "core/base/call_context.h"

namespace aifx::collect {

// InvalidArgument, without the source's text, for a URL that holds a user name or a password:
// messages and records name their source. To be asked before a source is named anywhere.
absl::Status CheckSource(absl::string_view source);

// How messages and records call a source: the path, or the URL without its query and fragment.
std::string SourceName(const std::string& source);

struct SourceText {
  std::string name;    // SourceName
  std::string origin;  // what records keep: the same, but of a file only its name, without folders
  std::string text;
};

// The content of a source: what is at an http or https URL, else a file; at most 64 MB. An answer
// other than 200 is FAILED_PRECONDITION (UNAVAILABLE where it may pass, and did not when asked
// again), and one that CheckSource refuses is not asked for. Other errors name the source; no
// message holds the URL's query, which may hold a key.
absl::StatusOr<SourceText> ReadSource(const std::string& source, const http::Retrier& retrier,
                                      const base::CallContext& context);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_SOURCE_TEXT_H_
