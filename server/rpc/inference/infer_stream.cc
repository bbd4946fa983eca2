#include "server/rpc/inference/infer_stream.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/serving/admission.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

constexpr size_t kMaxUnderWay = 8;

}  // namespace

void InferStreams::EndAll() {
  std::set<std::shared_ptr<InferStream>> open;
  {
    base::MutexLock lock(mutex_);
    ending_ = true;
    open = open_;
  }
  for (const auto& stream : open) stream->End();
}

bool InferStreams::Add(const std::shared_ptr<InferStream>& stream) {
  base::MutexLock lock(mutex_);
  open_.insert(stream);
  return !ending_;
}

void InferStreams::Remove(const std::shared_ptr<InferStream>& stream) {
  base::MutexLock lock(mutex_);
  open_.erase(stream);
}

InferStream::InferStream(std::unique_ptr<StreamCall> call, const ModelInference& inference,
                         InferStreams& streams, size_t max_bytes)
    : call_(std::move(call)), inference_(inference), streams_(streams), max_bytes_(max_bytes) {}

InferStream* InferStream::Start(std::unique_ptr<StreamCall> call, const ModelInference& inference,
                                InferStreams& streams, size_t max_bytes) {
  const std::shared_ptr<InferStream> stream(
      new InferStream(std::move(call), inference, streams, max_bytes));
  const bool open = streams.Add(stream);  // holds it until OnDone
  base::MutexLock lock(stream->mutex_);
  stream->ending_ = !open;
  stream->Advance();
  return stream.get();
}

void InferStream::End() {
  base::MutexLock lock(mutex_);
  ending_ = true;
  Advance();
}

void InferStream::OnReadDone(bool ok) {
  Slot* slot = nullptr;
  {
    base::MutexLock lock(mutex_);
    if (!ok) {
      reading_ = false;
      no_more_ = true;
      return Advance();
    }
    slot = slots_.emplace_back(std::make_unique<Slot>()).get();
    slot->id = request_.id();
  }
  // Not under the lock: the answer may come before this returns.
  const auto done = [self = shared_from_this(), slot](const absl::Status& status) {
    self->Answered(*slot, status);
  };
  try {
    const absl::Status size = call_->CheckMessage(request_.ByteSizeLong(), max_bytes_);
    if (size.ok()) {
      // The next message is read after this.
      inference_.Infer(request_, call_->StepContext(), *slot->message.mutable_infer_response(),
                       done, serving::Computes::kNever);
    } else {
      done(size);
    }
  } catch (const std::exception& error) {
    done(absl::InternalError(absl::StrCat("uncaught exception: ", error.what())));
  }
  ::inference::ModelInferRequest().Swap(&request_);  // it may be large
  base::MutexLock lock(mutex_);
  reading_ = false;
  Advance();
}

void InferStream::Answered(Slot& slot, const absl::Status& status) {
  base::MutexLock lock(mutex_);
  if (std::exchange(slot.answered, true)) return;
  if (!status.ok()) {
    slot.message.Clear();
    slot.message.set_error_message(absl::StrCat(
        CodeName(status.code()), ": ", ToRpcStatus(status, call_->context().request_id).message()));
    slot.message.mutable_infer_response()->set_id(slot.id);
  }
  Advance();
}

void InferStream::OnWriteDone(bool ok) {
  base::MutexLock lock(mutex_);
  writing_ = false;
  slots_.pop_front();
  if (!ok) cancelled_ = true;
  Advance();
}

void InferStream::OnCancel() {
  call_->context().Cancel();
  base::MutexLock lock(mutex_);
  cancelled_ = true;
  Advance();
}

void InferStream::OnDone() { streams_.Remove(shared_from_this()); }

void InferStream::Advance() {
  if (finished_) return;
  const bool over = slots_.empty() && !reading_ && no_more_;
  const bool leaving = slots_.empty() && ending_;
  if (!writing_ && (cancelled_ || over || leaving)) {
    finished_ = true;
    absl::Status status;
    if (cancelled_) {
      status = absl::CancelledError("the caller has gone away");
    } else if (!over) {
      status = serving::ShuttingDownStatus();
    }
    return Finish(call_->EndWith(status));
  }
  if (cancelled_) return;
  if (!writing_ && !slots_.empty() && slots_.front()->answered) {
    writing_ = true;
    StartWrite(&slots_.front()->message);
  }
  if (!reading_ && !no_more_ && !ending_ && slots_.size() < kMaxUnderWay) {
    reading_ = true;
    StartRead(&request_);
  }
}

}  // namespace aifx::rpc
