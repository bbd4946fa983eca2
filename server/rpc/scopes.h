#ifndef AIFX_SERVER_RPC_SCOPES_H_
#define AIFX_SERVER_RPC_SCOPES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::rpc {

// What a token lets its holder do. kAdmin includes the others.
enum class Scope : uint8_t {
  kPredict = 1,  // predictions, explanations, streams, inference
  kRecord = 2,   // submitting predictions and outcomes, reading what was recorded
  kAdmin = 4,    // what changes the server: models, switches, experiments, training, its queue
};

// A set of scopes.
class Scopes {
 public:
  Scopes() = default;
  void Add(Scope scope) { bits_ |= static_cast<uint8_t>(scope); }
  bool Allow(Scope scope) const {
    return (bits_ & (static_cast<uint8_t>(scope) | static_cast<uint8_t>(Scope::kAdmin))) != 0;
  }
  bool Empty() const { return bits_ == 0; }

 private:
  uint8_t bits_ = 0;
};

// "predict", "record", "admin".
absl::string_view ScopeName(Scope scope);

// Words of ScopeName with commas between them; InvalidArgument names a word that is none.
absl::StatusOr<Scopes> ScopesFromText(absl::string_view text);

// What `method` ("PredictionService.Predict") asks of a caller. Reading about models takes
// kPredict. A method that is not listed takes kAdmin, so that a new one is not open by oversight.
Scope ScopeOf(absl::string_view method);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_SCOPES_H_
