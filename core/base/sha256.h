#ifndef AIFX_CORE_BASE_SHA256_H_
#define AIFX_CORE_BASE_SHA256_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_md_ctx_st;

namespace aifx::base {

// SHA-256 of data that comes in pieces. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(absl::string_view data);
  // The hash of everything added, as Sha256Hex gives it: to be called once, as the last call.
  std::string FinishHex();

 private:
  evp_md_ctx_st* const context_;
};

// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

// The same of a file's content, read in pieces. NotFound or the file system's error otherwise.
absl::StatusOr<std::string> Sha256HexOfFile(const std::string& path);

}  // namespace aifx::base

#endif  // AIFX_CORE_BASE_SHA256_H_
