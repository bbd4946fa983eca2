#include "tests/bench/predict_client.h"

#include <cstdio>
#include <functional>
#include <utility>

#include "absl/time/time.h"
#include "core/market/candle.h"
#include "tests/support/sample_data.h"

namespace aifx::bench {
namespace {

namespace pb = ::aifx::ml::v1;

constexpr size_t kCandles = 120;  // of one request
constexpr int kChannels = 2;

pb::PredictRequest MakeRequest() {
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
    candle.set_spread_pips(candles[i].spread_pips.value_or(0));
  }
  return request;
}

}  // namespace

PredictClient::PredictClient(const std::string& address) : request_(MakeRequest()) {
  for (int i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("aifx.channel", i);  // different arguments: a connection of its own
    channels_.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    health_.push_back(grpc::health::v1::Health::NewStub(channels_.back()));
    prediction_.push_back(pb::PredictionService::NewStub(channels_.back()));
  }
}

StartCall PredictClient::Empty() {
  return [this](std::function<void(bool)> done) {
    struct Call {
      grpc::ClientContext context;
      grpc::health::v1::HealthCheckRequest request;
      grpc::health::v1::HealthCheckResponse response;
    };
    auto call = std::make_shared<Call>();
    health_[Next()]->async()->Check(
        &call->context, &call->request, &call->response,
        [call, done = std::move(done)](grpc::Status status) { done(status.ok()); });
  };
}

StartCall PredictClient::Predict() {
  return [this](std::function<void(bool)> done) {
    struct Call {
      grpc::ClientContext context;
      pb::PredictResponse response;
    };
    auto call = std::make_shared<Call>();
    prediction_[Next()]->async()->Predict(&call->context, &request_, &call->response,
                                          [call, done = std::move(done)](grpc::Status status) {
                                            if (!status.ok())
                                              std::fprintf(stderr, "Predict: %s\n",
                                                           status.error_message().c_str());
                                            done(status.ok());
                                          });
  };
}

}  // namespace aifx::bench
