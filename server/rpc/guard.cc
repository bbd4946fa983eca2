#include "server/rpc/guard.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "core/serving/admission.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

constexpr char kRequestIdKey[] = "x-request-id";
constexpr char kTraceparentKey[] = "traceparent";
constexpr char kAuthorizationKey[] = "authorization";
constexpr size_t kMaxIdBytes = 128;

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A caller's id goes into log lines and headers: only harmless characters, else it is not taken.
bool IsSafeId(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ||
                  c == '.' || c == ':';
         });
}

// A caller's metadata; empty where it sent none.
absl::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return absl::string_view(found->second.data(), found->second.size());
}

std::string IdOf(const grpc::CallbackServerContext& context, const char* key) {
  const absl::string_view value = MetadataOf(context, key);
  return IsSafeId(value) ? std::string(value) : "";
}

}  // namespace

// gRPC's side of a call. It deletes itself when gRPC is done with it.
class Call::Reactor final : public grpc::ServerUnaryReactor {
 public:
  Reactor(CallGuard& guard, base::CallContext context)
      : guard_(guard), context_(std::move(context)) {
    guard_.in_flight_.fetch_add(1);
  }
  void OnCancel() override { context_.Cancel(); }
  void OnDone() override {
    guard_.in_flight_.fetch_sub(1);
    delete this;
  }

 private:
  CallGuard& guard_;
  const base::CallContext context_;
};

Call::Call(CallGuard& guard, std::string method, base::CallContext context)
    : guard_(guard),
      method_(std::move(method)),
      context_(std::move(context)),
      start_nanos_(SteadyNanos()),
      metrics_(guard.MetricsOf(method_)) {}

Call::~Call() { Finish(absl::InternalError("the call was dropped without an answer")); }

void Call::Finish(const absl::Status& status) {
  if (finished_.exchange(true)) return;
  // An error goes with trailers only: clients repeat a call only until its initial metadata came.
  if (status.ok()) server_context_->AddInitialMetadata(kRequestIdKey, context_.request_id);
  guard_.LogCall(method_, context_, start_nanos_, metrics_, status);
  reactor_->Finish(ToGrpcStatus(status, context_.request_id));
}

void Call::Protect(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    Finish(absl::InternalError(absl::StrCat("uncaught exception: ", error.what())));
  } catch (...) {
    Finish(absl::InternalError("uncaught exception of an unknown type"));
  }
}

absl::Status Call::CheckAlive() const {
  if (context_.IsCancelled()) return absl::CancelledError("the caller has gone away");
  if (guard_.clock_.Now() >= context_.deadline) {
    return absl::DeadlineExceededError("the deadline passed before the work was done");
  }
  return absl::OkStatus();
}

StreamCall::StreamCall(CallGuard& guard, std::string method, base::CallContext context)
    : guard_(guard),
      method_(std::move(method)),
      context_(std::move(context)),
      start_nanos_(SteadyNanos()),
      metrics_(guard.MetricsOf(method_)) {
  guard_.in_flight_.fetch_add(1);
}

StreamCall::~StreamCall() {
  {
    base::MutexLock lock(guard_.streams_mutex_);
    guard_.streams_.erase(this);
  }
  guard_.LogCall(method_, context_, start_nanos_, metrics_, status_);
  guard_.in_flight_.fetch_sub(1);
}

void StreamCall::WhenDraining(std::function<void()> end) {
  {
    base::MutexLock lock(guard_.streams_mutex_);
    end_ = std::move(end);
    guard_.streams_.insert(this);
  }
  // The flag is set before the streams are told: one of the two is seen.
  if (guard_.draining_.load()) end_();
}

base::CallContext StreamCall::StepContext() const {
  base::CallContext step = context_;
  step.deadline = std::min(context_.deadline, guard_.LatestDeadline());
  return step;
}

absl::Status StreamCall::CheckMessage(size_t bytes, size_t max_bytes) const {
  return guard_.CheckSize(bytes, max_bytes);
}

grpc::Status StreamCall::EndWith(const absl::Status& status) {
  status_ = status;
  return ToGrpcStatus(status, context_.request_id);
}

absl::StatusOr<std::unique_ptr<StreamCall>> CallGuard::AdmitStream(
    grpc::CallbackServerContext* context, absl::string_view method, size_t request_bytes,
    size_t max_bytes) {
  base::CallContext call = ContextOf(*context);
  call.deadline = absl::FromChrono(context->deadline());
  context->AddTrailingMetadata(kRequestIdKey, call.request_id);
  if (absl::Status admitted = Admit(*context, method, request_bytes, max_bytes); !admitted.ok()) {
    LogCall(std::string(method), call, SteadyNanos(), MetricsOf(method), admitted);
    return admitted;
  }
  context->AddInitialMetadata(kRequestIdKey, call.request_id);
  return std::unique_ptr<StreamCall>(new StreamCall(*this, std::string(method), std::move(call)));
}

void CallGuard::RefuseNewCalls() {
  draining_.store(true);
  base::MutexLock lock(streams_mutex_);
  for (StreamCall* stream : streams_) stream->end_();
}

base::CallContext CallGuard::ContextOf(const grpc::CallbackServerContext& context) const {
  base::CallContext result;
  result.deadline = std::min(absl::FromChrono(context.deadline()), LatestDeadline());
  result.request_id = IdOf(context, kRequestIdKey);
  if (result.request_id.empty()) result.request_id = base::NewUuid();
  result.traceparent = IdOf(context, kTraceparentKey);
  return result;
}

absl::Status CallGuard::Admit(const grpc::CallbackServerContext& context, absl::string_view method,
                              size_t request_bytes, size_t max_bytes) const {
  if (draining_.load()) return serving::ShuttingDownStatus();
  if (options_.authorizer != nullptr) {
    AIFX_RETURN_IF_ERROR(
        options_.authorizer->Check(method, MetadataOf(context, kAuthorizationKey)));
  }
  return CheckSize(request_bytes, max_bytes);
}

absl::Status CallGuard::CheckSize(size_t bytes, size_t max_bytes) const {
  const size_t limit = max_bytes > 0 ? max_bytes : receive_bytes_.load();
  if (bytes <= limit) return absl::OkStatus();
  return base::WithReason(
      absl::ResourceExhaustedError(
          absl::StrCat("the request has ", bytes, " bytes, this method takes at most ", limit)),
      "REQUEST_TOO_LARGE");
}

grpc::ServerUnaryReactor* CallGuard::Start(grpc::CallbackServerContext* context,
                                           absl::string_view method, size_t request_bytes,
                                           const std::function<void(const CallPtr&)>& handler,
                                           size_t max_bytes) {
  const CallPtr call(new Call(*this, std::string(method), ContextOf(*context)));
  call->server_context_ = context;
  context->AddTrailingMetadata(kRequestIdKey, call->context().request_id);
  auto* reactor = new Call::Reactor(*this, call->context());
  call->reactor_ = reactor;
  absl::Status status = Admit(*context, method, request_bytes, max_bytes);
  if (status.ok()) status = call->CheckAlive();
  if (status.ok()) {
    call->Protect([&] { handler(call); });
  } else {
    call->Finish(status);
  }
  return reactor;
}

void CallGuard::Offload(serving::Executor& executor, const CallPtr& call,
                        std::function<void()> work) {
  const absl::Status submitted = executor.Submit([call, work = std::move(work)] {
    if (const absl::Status alive = call->CheckAlive(); !alive.ok()) return call->Finish(alive);
    call->Protect(work);
  });
  if (!submitted.ok()) call->Finish(submitted);
}

grpc::ServerUnaryReactor* CallGuard::NotThereYet(grpc::CallbackServerContext* context,
                                                 absl::string_view method) {
  return Start(context, method, 0,
               [method](const CallPtr& call) { call->Finish(NotThereYetError(method)); });
}

absl::Status CallGuard::NotThereYetError(absl::string_view method) {
  return base::WithReason(
      absl::UnimplementedError(absl::StrCat(method, " is not there yet in this version")),
      "NOT_THERE_YET");
}

void CallGuard::LogCall(const std::string& method, const base::CallContext& context,
                        int64_t start_nanos, CallMetrics::Method* metrics,
                        const absl::Status& status) const {
  const int64_t nanos = SteadyNanos() - start_nanos;
  if (metrics != nullptr) metrics->Count(status.code(), absl::Nanoseconds(nanos));
  const double milliseconds = static_cast<double>(nanos) * 1e-6;
  base::LogFields fields = {{"method", method},
                            {"code", CodeName(status.code())},
                            {"duration_ms", absl::StrFormat("%.3f", milliseconds)},
                            {"request_id", context.request_id}};
  if (!context.traceparent.empty()) fields.emplace_back("traceparent", context.traceparent);
  if (!status.ok()) fields.emplace_back("error", std::string(status.message()));
  logger_.Log(IsHidden(status) ? base::LogLevel::kError : base::LogLevel::kInfo, "call", fields);
}

}  // namespace aifx::rpc
