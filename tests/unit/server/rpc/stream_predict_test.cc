// StreamPredict on the real gRPC server.
#include <gmock/gmock.h>

#include "server/rpc/times.h"
#include "tests/unit/server/rpc/service_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;

class StreamPredictTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    stream_ = predictions_->StreamPredict(&context_);
  }

  bool SendStart() {
    ml::v1::StreamPredictRequest request;
    request.mutable_start()->set_pair("EUR/USD");
    request.mutable_start()->set_timeframe(ml::v1::TIMEFRAME_1H);
    return stream_->Write(request);
  }
  bool SendCandle() {
    ml::v1::StreamPredictRequest request;
    ml::v1::Candle& candle = *request.mutable_candle();
    *candle.mutable_open_time() = TimeToProto(next_open_);
    for (auto set : {&ml::v1::Candle::set_open, &ml::v1::Candle::set_high, &ml::v1::Candle::set_low,
                     &ml::v1::Candle::set_close}) {
      (candle.*set)(1.1);
    }
    next_open_ += absl::Hours(1);
    clock_.Advance(absl::Hours(1));
    return stream_->Write(request);
  }

  std::unique_ptr<
      grpc::ClientReaderWriter<ml::v1::StreamPredictRequest, ml::v1::StreamPredictResponse>>
      stream_;
  ml::v1::StreamPredictResponse answer_;
  absl::Time next_open_ =
      absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now()) / 3600 * 3600) - absl::Hours(1);
};

TEST_F(StreamPredictTest, AnswersEachCandleWithAPrediction) {
  ASSERT_TRUE(SendStart());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(SendCandle());
    ASSERT_TRUE(stream_->Read(&answer_));
    EXPECT_EQ(answer_.prediction().pair(), "EUR/USD");
    EXPECT_EQ(answer_.prediction().id().size(), 36u);
  }
  stream_->WritesDone();
  EXPECT_FALSE(stream_->Read(&answer_));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(StreamPredictTest, ACandleBeforeTheStartIsAnError) {
  ASSERT_TRUE(SendCandle());
  EXPECT_FALSE(stream_->Read(&answer_));
  const grpc::Status status = stream_->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("before start"));
}

TEST_F(StreamPredictTest, ASecondStartIsAnError) {
  ASSERT_TRUE(SendStart());
  ASSERT_TRUE(SendStart());
  EXPECT_FALSE(stream_->Read(&answer_));
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(StreamPredictTest, AMessageThatIsTooLargeEndsTheStream) {
  ml::v1::StreamPredictRequest request;
  request.mutable_start()->set_pair(std::string(1 << 20, 'x'));
  ASSERT_TRUE(stream_->Write(request));
  EXPECT_FALSE(stream_->Read(&answer_));
  const grpc::Status status = stream_->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(InfoOf(status).reason(), "REQUEST_TOO_LARGE");
}

TEST_F(StreamPredictTest, DrainingEndsStreams) {
  ASSERT_TRUE(SendStart());
  ASSERT_TRUE(SendCandle());
  ASSERT_TRUE(stream_->Read(&answer_));
  guard_.RefuseNewCalls();
  EXPECT_FALSE(stream_->Read(&answer_));
  EXPECT_EQ(InfoOf(stream_->Finish()).reason(), "SHUTTING_DOWN");
}

TEST_F(StreamPredictTest, ACallerThatHangsUpLeavesNothingBehind) {
  ASSERT_TRUE(SendStart());
  ASSERT_TRUE(SendCandle());
  ASSERT_TRUE(stream_->Read(&answer_));
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  while (guard_.CallsInFlight() > 0) std::this_thread::yield();
}

TEST_F(StreamPredictTest, AnErrorOfTheEngineEndsTheStream) {
  engine_.on_run = [](serving::Lane) { return absl::ResourceExhaustedError("the queue is full"); };
  ASSERT_TRUE(SendStart());
  ASSERT_TRUE(SendCandle());
  EXPECT_FALSE(stream_->Read(&answer_));
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace aifx::rpc
