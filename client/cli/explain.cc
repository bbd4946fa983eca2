// aifx explain: one prediction, and what moved it most.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/predict_request.h"
#include "client/cli/prediction_text.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

struct ExplainCommand {
  PredictOptions options;
  int steps = 64;
  int top = 10;
  ServerOptions server;
};

// What one feature did over all steps of the window.
struct FeatureEffect {
  double sum = 0;
  double strongest = 0;
  int strongest_step = 0;
};

std::vector<std::pair<std::string, FeatureEffect>> EffectsOf(
    const pb::ExplainPredictionResponse& response) {
  std::map<std::string, FeatureEffect> by_feature;
  for (const pb::Attribution& attribution : response.attributions()) {
    FeatureEffect& effect = by_feature[attribution.feature()];
    effect.sum += attribution.value();
    if (std::abs(attribution.value()) > std::abs(effect.strongest)) {
      effect.strongest = attribution.value();
      effect.strongest_step = attribution.step();
    }
  }
  std::vector<std::pair<std::string, FeatureEffect>> effects(by_feature.begin(), by_feature.end());
  std::stable_sort(effects.begin(), effects.end(), [](const auto& a, const auto& b) {
    return std::abs(a.second.sum) > std::abs(b.second.sum);
  });
  return effects;
}

std::string ExplanationText(const pb::ExplainPredictionResponse& response, int top, bool colour) {
  pb::PredictResponse predicted;
  *predicted.mutable_prediction() = response.prediction();
  std::string text = PredictionText(predicted, colour);
  absl::StrAppend(
      &text, "\n", Paint(response.output(), Tone::kStrong, colour),
      absl::StrFormat(" is %+.4f, %+.4f for average candles; residual %.1e\n",
                      response.output_value(), response.baseline_value(), response.residual()));
  int newest = 0;
  for (const pb::Attribution& attribution : response.attributions()) {
    newest = std::max(newest, attribution.step());
  }
  Table table({{"feature"}, {"effect", true}, {"strongest", true}, {"candles ago", true}});
  const auto effects = EffectsOf(response);
  const size_t shown = std::min<size_t>(static_cast<size_t>(top), effects.size());
  for (size_t i = 0; i < shown; ++i) {
    const auto& [feature, effect] = effects[i];
    table.AddRow(
        {{feature},
         {absl::StrFormat("%+.4f", effect.sum), effect.sum >= 0 ? Tone::kGood : Tone::kBad},
         {absl::StrFormat("%+.4f", effect.strongest)},
         {absl::StrCat(newest - effect.strongest_step)}});
  }
  return absl::StrCat(text, table.ToString(colour));
}

int Explain(const ExplainCommand& command, Console& console) {
  const PredictOptions& options = command.options;
  const absl::StatusOr<PredictRequests> requests = PredictRequests::Make(options);
  if (!requests.ok()) {
    ReportError("explain", requests.status(), console);
    return kUsage;
  }
  const absl::StatusOr<pb::PredictRequest> predict = requests->At(std::nullopt);
  if (!predict.ok()) {
    ReportError("explain", predict.status(), console);
    return kFailed;
  }
  pb::ExplainPredictionRequest request;
  *request.mutable_request() = *predict;
  request.set_steps(command.steps);
  pb::ExplainPredictionResponse response;
  const auto stub = pb::PredictionService::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->ExplainPrediction(context, request, &response);
  });
  if (!status.ok()) {
    return ReportError(absl::StrCat("explain ", options.pair, " ", options.timeframe), status,
                       command.server, console);
  }
  console.out << (options.json ? ToJsonLine(response)
                               : ExplanationText(response, command.top, console.colour_out));
  return kDone;
}

}  // namespace

void AddExplain(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<ExplainCommand>();
  PredictOptions& options = command->options;
  CLI::App* sub = app.add_subcommand("explain", "Ask for a prediction and what moved it most");
  sub->add_option("--pair", options.pair, "Such as EUR/USD")->required()->type_name("PAIR");
  sub->add_option("--timeframe", options.timeframe, "1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->type_name("NAME")
      ->capture_default_str();
  sub->add_option("--candles", options.candles_file,
                  "CSV of closed candles, as for `aifx predict`; without it the server reads the "
                  "newest from the backend")
      ->type_name("FILE.csv");
  sub->add_option("--as-of", options.as_of, "Explain as of this moment of the past (UTC)")
      ->type_name("TIME");
  sub->add_option("--model", options.model, "Model to ask; default: the one of the series")
      ->type_name("NAME");
  sub->add_option("--model-version", options.model_version, "Its version; default: the active one")
      ->type_name("YYYYMMDDhhmmss");
  sub->add_option("--steps", command->steps, "Points on the path of integration, 8..512")
      ->type_name("COUNT")
      ->capture_default_str();
  sub->add_option("--top", command->top, "Features to list, the strongest first")
      ->check(CLI::Range(1, 10000))
      ->type_name("COUNT")
      ->capture_default_str();
  sub->add_flag("--json", options.json, "Write the answer, with every step, as one line of JSON");
  AddServerOptions(*sub, &command->server);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Explain(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
