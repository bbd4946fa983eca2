#include "server/rpc/enums.h"
#include "server/rpc/status.h"
#include "server/rpc/times.h"
#include "server/rpc/to_proto.h"

namespace aifx::rpc {
namespace {

void CopyProfit(const std::optional<double>& pips, const std::optional<double>& percent,
                ml::v1::UpdateOutcomeResponse& message) {
  if (pips.has_value()) message.set_pnl_pips(*pips);
  if (percent.has_value()) message.set_pnl_percent(*percent);
}

}  // namespace

void ToProto(const records::SubmissionReceipt& receipt, ml::v1::Submission& message) {
  message.set_request_id(receipt.request_id);
  message.set_kind(EnumToProto(receipt.kind));
  message.set_state(EnumToProto(receipt.state));
  message.set_backend_prediction_id(receipt.backend_prediction_id);
  message.set_attempts(receipt.attempts);
  *message.mutable_created_at() = TimeToProto(receipt.created_at);
  if (receipt.last_attempt_at.has_value()) {
    *message.mutable_last_attempt_at() = TimeToProto(*receipt.last_attempt_at);
  }
  if (receipt.next_attempt_at.has_value()) {
    *message.mutable_next_attempt_at() = TimeToProto(*receipt.next_attempt_at);
  }
  if (!receipt.error.ok()) {
    *message.mutable_error() = ToRpcStatus(receipt.error, receipt.request_id);
  }
}

void ToProto(const records::OutcomeUpdate& update, const records::SubmissionReceipt& receipt,
             ml::v1::UpdateOutcomeResponse& message) {
  message.set_state(EnumToProto(receipt.state));
  message.set_backend_prediction_id(receipt.backend_prediction_id);
  message.set_outcome(EnumToProto(update.outcome));
  if (!receipt.error.ok()) {
    *message.mutable_error() = ToRpcStatus(receipt.error, receipt.request_id);
  }
  if (!receipt.outcome.has_value()) {
    return CopyProfit(update.pnl_pips, update.pnl_percent, message);
  }
  const records::OutcomeReceipt& stored = *receipt.outcome;
  message.set_backend_prediction_id(stored.backend_prediction_id);
  message.set_outcome(EnumToProto(stored.outcome));
  CopyProfit(stored.pnl_pips, stored.pnl_percent, message);
  if (stored.duration_minutes.has_value()) {
    *message.mutable_duration() = DurationToProto(absl::Minutes(*stored.duration_minutes));
  }
}

}  // namespace aifx::rpc
