#ifndef AIFX_SERVER_RPC_ENUMS_H_
#define AIFX_SERVER_RPC_ENUMS_H_

#include <optional>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "aifx/ml/v1/types.pb.h"
#include "core/base/violation.h"
#include "core/market/timeframe.h"
#include "core/records/prediction.h"
#include "core/records/record.h"

// Enums of the core and of the contract. They stand in the same order, the contract's after its
// UNSPECIFIED; enums_test.cc compares them name by name.
namespace aifx::rpc {

template <typename CoreEnum>
struct ProtoEnumOf;
template <>
struct ProtoEnumOf<market::Timeframe> : std::type_identity<ml::v1::Timeframe> {};
template <>
struct ProtoEnumOf<records::Signal> : std::type_identity<ml::v1::Signal> {};
template <>
struct ProtoEnumOf<records::SignalStrength> : std::type_identity<ml::v1::SignalStrength> {};
template <>
struct ProtoEnumOf<records::MarketCondition> : std::type_identity<ml::v1::MarketCondition> {};
template <>
struct ProtoEnumOf<records::Outcome> : std::type_identity<ml::v1::Outcome> {};
template <>
struct ProtoEnumOf<records::PredictionStatus> : std::type_identity<ml::v1::PredictionStatus> {};
template <>
struct ProtoEnumOf<records::SubmissionKind> : std::type_identity<ml::v1::SubmissionKind> {};
template <>
struct ProtoEnumOf<records::SubmissionState> : std::type_identity<ml::v1::SubmissionState> {};

template <typename CoreEnum>
typename ProtoEnumOf<CoreEnum>::type EnumToProto(CoreEnum value) {
  return static_cast<typename ProtoEnumOf<CoreEnum>::type>(static_cast<int>(value) + 1);
}

// The core has a value of its own, kNone, for "not a HOLD".
inline ml::v1::HoldReason HoldReasonToProto(records::HoldReason reason) {
  return static_cast<ml::v1::HoldReason>(static_cast<int>(reason));
}

using Violations = base::ViolationList;

// The core's value; nothing for UNSPECIFIED. A number that the contract does not have is a
// violation (and nothing), and so is UNSPECIFIED where the field is `required`.
template <typename CoreEnum>
std::optional<CoreEnum> EnumFromProto(typename ProtoEnumOf<CoreEnum>::type value,
                                      const std::string& field, bool required,
                                      Violations& violations) {
  const auto* descriptor = google::protobuf::GetEnumDescriptor<decltype(value)>();
  if (value != 0 && descriptor->FindValueByNumber(value) != nullptr) {
    return static_cast<CoreEnum>(static_cast<int>(value) - 1);
  }
  if (value != 0) {
    violations.push_back({field, absl::StrCat(field, " ", static_cast<int>(value),
                                              " is not a value of ", descriptor->full_name())});
  } else if (required) {
    violations.push_back({field, absl::StrCat(field, " is missing")});
  }
  return std::nullopt;
}

// Whether a list of `count` values is no longer than its enum, and so worth reading: a number of
// one byte on the wire becomes a violation of hundreds. A violation where it is not.
template <typename CoreEnum>
bool CheckEnumCount(int count, const std::string& field, Violations& violations) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<typename ProtoEnumOf<CoreEnum>::type>();
  const int most = descriptor->value_count() - 1;  // without UNSPECIFIED
  if (count <= most) return true;
  violations.push_back({field, absl::StrCat(field, " has ", count, " entries, at most ", most)});
  return false;
}

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_ENUMS_H_
