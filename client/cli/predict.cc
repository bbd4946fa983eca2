// aifx predict: one prediction, from the backend's candles or from a file's.
#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "aifx/ml/v1/prediction_service.grpc.pb.h"
#include "aifx/ml/v1/record_service.grpc.pb.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/predict_request.h"
#include "client/cli/prediction_text.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

// How far --latest-signal looks back.
constexpr int kMaxSteps = 500;

struct PredictCommand {
  PredictOptions options;
  ServerOptions server;
};

// Predictions of one command over one channel.
class Predictor {
 public:
  Predictor(const ServerOptions& server, const PredictRequests& requests)
      : server_(server),
        requests_(requests),
        channel_(Connect(server)),
        predictions_(pb::PredictionService::NewStub(channel_)),
        records_(pb::RecordService::NewStub(channel_)) {}

  grpc::Status Predict(std::optional<absl::Time> as_of, bool submit,
                       pb::PredictResponse* response) {
    absl::StatusOr<pb::PredictRequest> request = requests_.At(as_of);
    if (!request.ok()) {
      return {static_cast<grpc::StatusCode>(request.status().code()),
              std::string(request.status().message())};
    }
    request->set_submit(submit);
    return Call(server_, [&](grpc::ClientContext* context) {
      return predictions_->Predict(context, *request, response);
    });
  }

  // Goes back candle by candle until the answer is not HOLD; `steps` is how many it went.
  grpc::Status LatestSignal(pb::PredictResponse* response, int* steps) {
    for (*steps = 0;; ++*steps) {
      if (response->prediction().signal() != pb::SIGNAL_HOLD || *steps == kMaxSteps) break;
      // Just before the newest candle used had closed; skips weekends by itself.
      const absl::Time before = FromProto(response->prediction().as_of()) - absl::Seconds(1);
      grpc::Status status = Predict(before, false, response);
      if (!status.ok()) return status;
    }
    return grpc::Status::OK;
  }

  grpc::Status Submit(pb::PredictResponse* response) {
    pb::SubmitPredictionRequest request;
    *request.mutable_prediction() = response->prediction();
    request.set_wait(true);
    pb::SubmitPredictionResponse answer;
    grpc::Status status = Call(server_, [&](grpc::ClientContext* context) {
      return records_->SubmitPrediction(context, request, &answer);
    });
    if (status.ok()) *response->mutable_submission() = answer.submission();
    return status;
  }

 private:
  const ServerOptions& server_;
  const PredictRequests& requests_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<pb::PredictionService::Stub> predictions_;
  std::unique_ptr<pb::RecordService::Stub> records_;
};

void Show(const pb::PredictResponse& response, const PredictOptions& options, Console& console) {
  console.out << (options.json ? ToJsonLine(response)
                               : PredictionText(response, console.colour_out));
}

// The newest prediction was HOLD: finds, and where asked submits, the newest that is not.
int ShowLatestSignal(const PredictCommand& command, Predictor& predictor,
                     pb::PredictResponse response, Console& console) {
  const absl::Time newest = FromProto(response.prediction().as_of());
  int steps = 0;
  if (grpc::Status status = predictor.LatestSignal(&response, &steps); !status.ok()) {
    return ReportError(absl::StrCat("the candle ", steps, " before the newest has no prediction"),
                       status, command.server, console);
  }
  if (response.prediction().signal() == pb::SIGNAL_HOLD) {
    console.err << "aifx: no signal within " << kMaxSteps << " candles before " << TimeWord(newest)
                << ": all are HOLD\n";
    return kFailed;
  }
  if (steps > 0) {
    console.err << "the window up to " << TimeWord(newest) << " gives HOLD; the latest signal is "
                << steps << (steps == 1 ? " candle" : " candles") << " earlier\n";
  }
  if (command.options.submit) {
    if (grpc::Status status = predictor.Submit(&response); !status.ok()) {
      return ReportError("submitting the prediction", status, command.server, console);
    }
  }
  Show(response, command.options, console);
  return kDone;
}

int Predict(const PredictCommand& command, Console& console) {
  const PredictOptions& options = command.options;
  const absl::StatusOr<PredictRequests> requests = PredictRequests::Make(options);
  if (!requests.ok()) {
    ReportError("predict", requests.status(), console);
    return kUsage;
  }
  Predictor predictor(command.server, *requests);
  pb::PredictResponse response;
  const bool submit_at_once = options.submit && !options.latest_signal;
  if (grpc::Status status = predictor.Predict(std::nullopt, submit_at_once, &response);
      !status.ok()) {
    return ReportError(absl::StrCat("predict ", options.pair, " ", options.timeframe), status,
                       command.server, console);
  }
  if (options.latest_signal) return ShowLatestSignal(command, predictor, response, console);
  Show(response, options, console);
  // The prediction was asked to be recorded too: that it was not must show in the exit code.
  const bool recorded = response.submission().state() == pb::SUBMISSION_STATE_ACKED ||
                        response.submission().state() == pb::SUBMISSION_STATE_QUEUED ||
                        response.submission().state() == pb::SUBMISSION_STATE_INFLIGHT;
  if (!options.submit || recorded) return kDone;
  console.err << "aifx: the prediction was not recorded: "
              << response.submission().error().message() << "\n";
  return kFailed;
}

}  // namespace

void AddPredict(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<PredictCommand>();
  PredictOptions& options = command->options;
  CLI::App* sub = app.add_subcommand("predict", "Ask for a prediction");
  sub->add_option("--pair", options.pair, "Such as EUR/USD")->required()->type_name("PAIR");
  sub->add_option("--timeframe", options.timeframe, "1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->type_name("NAME")
      ->capture_default_str();
  sub->add_option("--candles", options.candles_file,
                  "CSV of closed candles (timestamp,open,high,low,close[,volume][,spread]); "
                  "without it the server reads the newest from the backend")
      ->type_name("FILE.csv");
  sub->add_option("--as-of", options.as_of, "Predict as of this moment of the past (UTC)")
      ->type_name("TIME");
  sub->add_option("--model", options.model, "Model to ask; default: the one of the series")
      ->type_name("NAME");
  sub->add_option("--model-version", options.model_version, "Its version; default: the active one")
      ->type_name("YYYYMMDDhhmmss");
  sub->add_flag("--submit", options.submit, "Hand the prediction to the backend too");
  sub->add_flag("--latest-signal", options.latest_signal,
                "Where the newest window gives HOLD, go back candle by candle, at most 500, to the "
                "newest one that does not");
  sub->add_flag("--json", options.json, "Write the answer as one line of JSON");
  AddServerOptions(*sub, &command->server);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Predict(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
