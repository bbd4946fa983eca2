#ifndef AIFX_CORE_MODEL_MANIFEST_H_
#define AIFX_CORE_MODEL_MANIFEST_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/features/scaler.h"

namespace aifx::model {

// What computes a version: LibTorch, from a TorchScript program or from a package of machine code
// that AOTInductor compiled, or the direct kernel for the LSTM of core/training.
inline constexpr char kTorchScriptRuntime[] = "torchscript";
inline constexpr char kAotInductorRuntime[] = "aotinductor";
inline constexpr char kLstmF32Runtime[] = "lstm-f32";
inline constexpr char kLstmBf16Runtime[] = "lstm-bf16";
inline constexpr char kLstmInt8Runtime[] = "lstm-int8";

// The numbers that the direct kernel multiplies; its sums and activations are float32 in all.
enum class Precision {
  kFloat32,
  kBfloat16,  // float32 without its lower half, rounded to the nearest (ties to even)
  kInt8,      // weights: one scale for each output; inputs: 8 bits around 128
};

absl::string_view PrecisionName(Precision precision);  // "f32", "bf16", "int8"

// The direct kernel's runtime in a precision, and the precision of a runtime; none for others.
std::string LstmRuntime(Precision precision);
std::optional<Precision> LstmPrecision(absl::string_view runtime);

enum class Label {
  kDirection,      // classes: down, up. Is the close horizon_bars later above this close?
  kTripleBarrier,  // classes: sell, hold, buy. Which barrier does the price touch first?
};

// Turns logits into probabilities: softmax(slope * logit[c] + intercept[c]). Fitted on a slice of
// time that training did not see.
struct Calibration {
  double slope = 1;
  std::vector<double> intercept;  // one a class
  absl::Time calibrated_at;
};

// When a prediction is worth acting on, and where its levels lie.
struct DecisionRule {
  // Least difference between the probabilities of the two directions (p_buy - p_sell, or
  // p_up - p_down) for a signal; below it the answer is HOLD (no_edge). 0..1.
  double min_edge = 0;
  double stop_atr = 1.5;  // distance of the stop level, in ATR(14) of the newest candles
  double take_atr = 1.5;  // distance of the take level
};

// What a model version is and what it needs. Written once by training, never changed.
struct Manifest {
  std::string name;     // such as "eurusd-1h": [a-z0-9][a-z0-9._-]{0,63}
  int64_t version = 0;  // YYYYMMDDhhmmss, UTC
  std::string runtime;  // one of the above
  std::string description;
  std::string algorithm;  // such as "lstm"
  // The series it was trained for; a request for another pair or timeframe gets a warning.
  std::string pair;       // "EUR/USD"
  std::string timeframe;  // "1h"

  std::string feature_set;       // name
  std::string feature_set_hash;  // must equal what the engine computes
  int64_t sequence = 0;          // rows of a window, 1..4096
  int64_t features = 0;          // columns of a row
  features::Scaler scaler;       // applied inside the model program; recorded for people

  Label label = Label::kTripleBarrier;
  std::vector<std::string> classes;  // in the order of the outputs
  int horizon_bars = 0;              // the label's horizon, 1..10000
  Calibration calibration;
  DecisionRule decision;
  bool deterministic = false;  // the same bits at every batch size
  double tolerance = 1e-4;     // largest logit difference from golden.json at load

  // Each column's share in the model's sensitivity (non-negative, sums to 1); the factors of an
  // answer are drawn from it.
  std::vector<double> importance;

  nlohmann::json metrics;                  // scores by slice, with baselines
  nlohmann::json hyperparameters;          // what was really used
  std::optional<int64_t> parent;           // version it was fine-tuned from
  absl::Time trained_from, trained_until;  // open of the first, close of the last training candle
  uint64_t seed = 0;

  std::map<std::string, std::string> files;  // name -> SHA-256 of every other file of the version
};

absl::string_view LabelName(Label label);  // "direction", "triple_barrier"

// The classes of a label in the order of a model's outputs: down, up or sell, hold, buy.
std::vector<std::string> ClassesOf(Label label);

// Ranges and sizes that agree with each other. InvalidArgument names the key and the value.
absl::Status ValidateManifest(const Manifest& manifest);

std::string ManifestToJson(const Manifest& manifest);

// Strict: every required key, ranges and sizes that agree with each other. InvalidArgument names
// the key and the value. Unknown keys are refused too: a newer manifest must not half work.
absl::StatusOr<Manifest> ManifestFromJson(absl::string_view json);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_MANIFEST_H_
