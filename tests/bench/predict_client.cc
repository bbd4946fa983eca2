#include "tests/bench/predict_client.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>

#include "core/market/candle.h"
#include "inference/grpc_service.pb.h"
#include "tests/bench/bench_model.h"
#include "tests/support/sample_data.h"

namespace aifx::bench {
namespace {

namespace pb = ::aifx::ml::v1;

constexpr size_t kCandles = 120;  // of one request
constexpr int kChannels = 2;
constexpr char kPredict[] = "/aifx.ml.v1.PredictionService/Predict";
constexpr char kInfer[] = "/inference.GRPCInferenceService/ModelInfer";
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr double kMarker = 1.2345678901234567;  // its bytes occur nowhere else in the request

std::string MakeRequest() {
  const std::vector<market::Candle> candles = testing::SampleCandles();
  pb::PredictRequest request;
  request.set_pair("EUR/USD");
  request.set_timeframe(pb::TIMEFRAME_1H);
  for (size_t i = candles.size() - kCandles; i < candles.size(); ++i) {
    pb::Candle& candle = *request.mutable_series()->add_candles();
    candle.mutable_open_time()->set_seconds(absl::ToUnixSeconds(candles[i].open_time));
    candle.set_open(candles[i].open);
    candle.set_high(candles[i].high);
    candle.set_low(candles[i].low);
    candle.set_close(candles[i].close);
    candle.set_spread_pips(i + 1 == candles.size() ? kMarker : candles[i].spread_pips.value_or(0));
  }
  return request.SerializeAsString();
}

std::string MakeInferRequest(const WindowShape& shape) {
  const std::vector<float> window(static_cast<size_t>(shape.sequence * shape.features), 0.1f);
  ::inference::ModelInferRequest request;
  request.set_model_name(kModelName);
  auto& input = *request.add_inputs();
  input.set_name("window");
  input.set_datatype("FP32");
  for (const int64_t size : {int64_t{1}, shape.sequence, shape.features}) input.add_shape(size);
  request.add_raw_input_contents(window.data(), window.size() * sizeof(float));
  return request.SerializeAsString();
}

// A message with the prefix that gRPC sends before each.
std::string Framed(const std::string& message) {
  std::string prefix(5, '\0');  // not compressed, then the length, most significant byte first
  for (int byte = 0; byte < 4; ++byte) {
    prefix[static_cast<size_t>(4 - byte)] = static_cast<char>(message.size() >> (8 * byte));
  }
  return prefix + message;
}

CallEnd EndOf(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return CallEnd::kOk;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return CallEnd::kRefused;
    default:
      std::fprintf(stderr, "a call failed: %s\n", status.error_message().c_str());
      return CallEnd::kFailed;
  }
}

}  // namespace

std::string PredictClient::WirePredict() { return Framed(MakeRequest()); }

std::string PredictClient::WireInfer(const WindowShape& shape) {
  return Framed(MakeInferRequest(shape));
}

PredictClient::PredictClient(const std::string& address) : request_(MakeRequest()) {
  std::string marker(sizeof(kMarker), '\0');
  std::memcpy(marker.data(), &kMarker, sizeof(kMarker));
  spread_offset_ = request_.find(marker);
  if (spread_offset_ == std::string::npos) std::abort();
  for (int i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("aifx.channel", i);  // different arguments: a connection of its own
    channels_.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    stubs_.push_back(std::make_unique<grpc::GenericStub>(channels_.back()));
  }
}

void PredictClient::Start(const std::string& method, const grpc::Slice& request,
                          absl::Duration timeout, std::function<void(CallEnd)> done) {
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request, response;
  };
  auto call = std::make_shared<Call>();
  call->request = grpc::ByteBuffer(&request, 1);
  if (timeout != absl::InfiniteDuration()) {
    call->context.set_deadline(std::chrono::system_clock::now() +
                               absl::ToChronoNanoseconds(timeout));
  }
  grpc::GenericStub& stub = *stubs_[next_.fetch_add(1, std::memory_order_relaxed) % stubs_.size()];
  stub.UnaryCall(&call->context, method, {}, &call->request, &call->response,
                 [call, done = std::move(done)](grpc::Status status) { done(EndOf(status)); });
}

std::string PredictClient::AnotherRequest() {
  std::string request = request_;
  const double spread = 1 + static_cast<double>(++window_) * 1e-9;
  std::memcpy(request.data() + spread_offset_, &spread, sizeof(spread));
  return request;
}

StartCall PredictClient::Empty() {
  return [this](std::function<void(CallEnd)> done) {
    Start(kCheck, grpc::Slice(), absl::InfiniteDuration(), std::move(done));
  };
}

StartCall PredictClient::PredictSame() {
  return [this, slice = grpc::Slice(request_)](std::function<void(CallEnd)> done) {
    Start(kPredict, slice, absl::InfiniteDuration(), std::move(done));
  };
}

StartCall PredictClient::PredictAnother(absl::Duration timeout) {
  return [this, timeout](std::function<void(CallEnd)> done) {
    Start(kPredict, grpc::Slice(AnotherRequest()), timeout, std::move(done));
  };
}

StartCall PredictClient::Infer(const WindowShape& shape) {
  return [this, slice = grpc::Slice(MakeInferRequest(shape))](std::function<void(CallEnd)> done) {
    Start(kInfer, slice, absl::InfiniteDuration(), std::move(done));
  };
}

ml::v1::PredictResponse PredictClient::PredictOnce() {
  pb::PredictRequest request;
  request.ParseFromString(AnotherRequest());
  pb::PredictResponse response;
  grpc::ClientContext context;
  const grpc::Status status =
      pb::PredictionService::NewStub(channels_[0])->Predict(&context, request, &response);
  if (!status.ok()) std::fprintf(stderr, "Predict: %s\n", status.error_message().c_str());
  return response;
}

}  // namespace aifx::bench
