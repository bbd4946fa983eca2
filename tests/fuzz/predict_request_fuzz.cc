// Whatever a PredictRequest holds, it is refused with what is wrong, or it becomes candles that the
// validation can judge.
#include <google/protobuf/stubs/logging.h>

#include "core/market/validation.h"
#include "server/rpc/from_proto.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using aifx::fuzz::Require;
  [[maybe_unused]] static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  static const absl::Time now = absl::FromUnixSeconds(1528797600);
  aifx::ml::v1::PredictRequest message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  const auto arguments = aifx::rpc::PredictFromProto(message, now);
  if (!arguments.ok()) {
    Require(!aifx::base::ViolationsOf(arguments.status()).empty(), "a refusal names what is wrong");
    return 0;
  }
  Require(!arguments->request.request_id.empty(), "every request has an id");
  if (!arguments->request.candles.has_value()) return 0;
  const auto findings = aifx::market::ValidateCandles(*arguments->request.candles,
                                                      arguments->request.timeframe, now, {});
  for (const auto& violation : findings.violations) {
    Require(!violation.field.empty() && !violation.description.empty(), "a violation says what");
  }
  return 0;
}
