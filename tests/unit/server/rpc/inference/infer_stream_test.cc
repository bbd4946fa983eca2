#include "server/rpc/inference/infer_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/server/rpc/inference/inference_fixture.h"

namespace aifx::rpc {
namespace {

using ::testing::HasSubstr;

class InferStreamTest : public InferenceServiceTest {
 protected:
  using Stream = grpc::ClientReaderWriter<::inference::ModelInferRequest,
                                          ::inference::ModelStreamInferResponse>;

  void Open() { stream_ = stub_->ModelStreamInfer(&context_); }
  void Send(const std::string& id) {
    ::inference::ModelInferRequest request = InferMessage(manifest_, 1, true);
    request.set_id(id);
    ASSERT_TRUE(stream_->Write(request));
  }
  // The id of the next answer, with its error where it has one.
  std::string Receive() {
    ::inference::ModelStreamInferResponse message;
    if (!stream_->Read(&message)) return "end";
    const std::string id = message.infer_response().id();
    return message.error_message().empty() ? id : absl::StrCat(id, " ", message.error_message());
  }

  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
};

TEST_F(InferStreamTest, AnswersInTheOrderOfTheRequests) {
  runner_.hold = true;
  Open();
  for (const char* id : {"a", "b", "c"}) Send(id);
  runner_.WaitFor(3);
  runner_.Release(2);
  runner_.Release(1);
  runner_.Release(0);
  EXPECT_EQ(Receive(), "a");
  EXPECT_EQ(Receive(), "b");
  EXPECT_EQ(Receive(), "c");
  stream_->WritesDone();
  EXPECT_EQ(Receive(), "end");
  EXPECT_TRUE(stream_->Finish().ok());
  EXPECT_EQ(service_.Stats().at(0).success.count, 3u);
}

TEST_F(InferStreamTest, AnErrorIsAnAnswerAndTheStreamGoesOn) {
  Open();
  ::inference::ModelInferRequest wrong = InferMessage(manifest_, 1, true);
  wrong.set_id("a");
  wrong.mutable_inputs(0)->set_datatype("FP64");
  ASSERT_TRUE(stream_->Write(wrong));
  EXPECT_THAT(Receive(), HasSubstr("a INVALID_ARGUMENT: input \"window\": datatype FP64 came"));
  wrong = InferMessage(manifest_, 1, true);
  wrong.set_model_name("other");
  ASSERT_TRUE(stream_->Write(wrong));
  EXPECT_THAT(Receive(), HasSubstr("call-7 NOT_FOUND: "));
  Send("b");
  EXPECT_EQ(Receive(), "b");
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, ARequestThatIsTooLargeIsAnErrorLikeTheUnaryOne) {
  Open();
  ::inference::ModelInferRequest large = InferMessage(manifest_, 1, true);
  large.set_id("a");
  large.add_raw_input_contents(std::string(kLargestRequest, 'x'));
  ASSERT_TRUE(stream_->Write(large));
  EXPECT_THAT(Receive(), HasSubstr("a RESOURCE_EXHAUSTED: the request has"));
  EXPECT_EQ(Infer(large).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  Send("b");
  EXPECT_EQ(Receive(), "b");
}

TEST_F(InferStreamTest, MarksTheAnswerWhereTheClientAsks) {
  Open();
  ::inference::ModelInferRequest request = InferMessage(manifest_, 1, true);
  (*request.mutable_parameters())["triton_enable_empty_final_response"].set_bool_param(true);
  ASSERT_TRUE(stream_->Write(request));
  ::inference::ModelStreamInferResponse message;
  ASSERT_TRUE(stream_->Read(&message));
  EXPECT_TRUE(message.infer_response().parameters().at("triton_final_response").bool_param());
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, ReadsNoMoreThanEightAhead) {
  runner_.hold = true;
  Open();
  std::thread writer([this] {
    for (int i = 0; i < 20; ++i) Send(absl::StrCat(i));
    stream_->WritesDone();
  });
  for (int i = 0; i < 20; ++i) {
    runner_.WaitFor(std::min<size_t>(8, static_cast<size_t>(20 - i)));
    EXPECT_LE(runner_.held(), 8u);
    runner_.Release(0);
    EXPECT_EQ(Receive(), absl::StrCat(i));
  }
  writer.join();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(InferStreamTest, DrainAnswersWhatWasAskedThenEnds) {
  runner_.hold = true;
  Open();
  Send("a");
  runner_.WaitFor(1);
  EXPECT_EQ(guard_.CallsInFlight(), 1);
  guard_.RefuseNewCalls();
  service_.EndStreams();
  runner_.Release(0);
  EXPECT_EQ(Receive(), "a");
  EXPECT_EQ(Receive(), "end");
  const grpc::Status status = stream_->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("shutting down"));
  server_.server->Shutdown();  // waits for the stream's end
  EXPECT_EQ(guard_.CallsInFlight(), 0);
}

TEST_F(InferStreamTest, NewStreamsEndAtOnceWhileDraining) {
  guard_.RefuseNewCalls();
  Open();
  EXPECT_EQ(Receive(), "end");
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(InferStreamTest, CallersWhoGoCancelWhatTheyAsked) {
  runner_.hold = true;
  Open();
  Send("a");
  runner_.WaitFor(1);
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  server_.server->Shutdown();  // after it, the server has seen the end
  EXPECT_TRUE(runner_.Cancelled(0));
  runner_.Release(0);  // nobody is there any more
}

}  // namespace
}  // namespace aifx::rpc
