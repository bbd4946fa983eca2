#include "server/rpc/inference/infer_stream_call.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

constexpr char kRequestIdKey[] = "x-request-id";

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

absl::StatusOr<std::unique_ptr<InferStreamCall>> InferStreamCall::Open(
    CallGuard& guard, grpc::CallbackServerContext* context, absl::string_view method) {
  base::CallContext opened = guard.ContextOf(*context);
  context->AddInitialMetadata(kRequestIdKey, opened.request_id);
  context->AddTrailingMetadata(kRequestIdKey, opened.request_id);
  AIFX_RETURN_IF_ERROR(guard.Admit(0, 0));
  opened.deadline = absl::FromChrono(context->deadline());
  return absl::WrapUnique(new InferStreamCall(guard, std::string(method), std::move(opened)));
}

InferStreamCall::InferStreamCall(CallGuard& guard, std::string method, base::CallContext context)
    : guard_(guard),
      method_(std::move(method)),
      context_(std::move(context)),
      start_nanos_(SteadyNanos()) {
  guard_.in_flight_.fetch_add(1);
}

InferStreamCall::~InferStreamCall() { guard_.in_flight_.fetch_sub(1); }

base::CallContext InferStreamCall::StepContext() const {
  base::CallContext context = context_;
  context.deadline =
      std::min(context_.deadline, guard_.clock_.Now() + guard_.options_.max_deadline);
  return context;
}

grpc::Status InferStreamCall::EndWith(const absl::Status& status, int64_t messages) {
  const double milliseconds = static_cast<double>(SteadyNanos() - start_nanos_) * 1e-6;
  base::LogFields fields = {{"method", method_},
                            {"code", CodeName(status.code())},
                            {"duration_ms", absl::StrFormat("%.3f", milliseconds)},
                            {"request_id", context_.request_id},
                            {"messages", absl::StrCat(messages)}};
  if (!context_.traceparent.empty()) fields.emplace_back("traceparent", context_.traceparent);
  if (!status.ok()) fields.emplace_back("error", std::string(status.message()));
  guard_.logger_.Log(IsHidden(status) ? base::LogLevel::kError : base::LogLevel::kInfo, "stream",
                     fields);
  return ToGrpcStatus(status, context_.request_id);
}

}  // namespace aifx::rpc
