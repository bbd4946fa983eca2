#ifndef AIFX_CORE_MODEL_STRICT_JSON_H_
#define AIFX_CORE_MODEL_STRICT_JSON_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::model {

// Parses JSON without exceptions; refuses trailing text and a key that stands twice in one object.
// InvalidArgument, beginning with `what`.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text, absl::string_view what);

// JSON text; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string DumpJson(const nlohmann::json& json);

// Reads the keys of one JSON object, each of which must be there with the right type. The first
// failure is kept and every later read gives an empty value, so that a reader is a plain list of
// reads with one Finish() at the end. Thread-compatible.
class StrictObject {
 public:
  // `what` begins every message. `json` must outlive this object.
  StrictObject(const nlohmann::json& json, absl::string_view what);

  std::string String(const char* key);
  int64_t Int(const char* key);
  uint64_t Uint(const char* key);
  double Number(const char* key);  // finite
  bool Bool(const char* key);
  absl::Time Time(const char* key);  // RFC 3339
  std::vector<double> Numbers(const char* key);
  std::vector<std::string> Strings(const char* key);
  const nlohmann::json& Object(const char* key);
  const nlohmann::json& Array(const char* key);
  // Of any type; null where it is null.
  const nlohmann::json& Any(const char* key);

  // Keeps a failure found outside (the first one wins).
  void Fail(absl::Status status);

  // The first failure; else InvalidArgument where the object has a key that was never read.
  absl::Status Finish() const;

 private:
  const nlohmann::json& Find(const char* key, bool (*accepts)(const nlohmann::json&),
                             const char* type);

  const nlohmann::json& json_;
  std::string what_;
  std::set<std::string> read_;
  absl::Status status_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_STRICT_JSON_H_
