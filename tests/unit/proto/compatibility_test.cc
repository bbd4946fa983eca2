// The contract that was released (proto/released.binpb) still holds: no field, enum value, message
// or method went away or changed its number, name or type. After a release, the target
// aifx_proto_release writes the file anew.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aifx/ml/v1/model_service.pb.h"
#include "aifx/ml/v1/prediction_service.pb.h"
#include "aifx/ml/v1/record_service.pb.h"
#include "aifx/ml/v1/training_service.pb.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "inference/grpc_service.pb.h"

namespace aifx {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptorProto;

// What a field is on the wire and, by its name, in JSON, as one comparable line.
std::string Describe(const FieldDescriptorProto& field) {
  return absl::StrCat(field.name(), " = ", field.number(), ": type ", field.type(), " ",
                      field.type_name(), ", label ", field.label(),
                      field.proto3_optional() ? ", optional" : "",
                      field.has_oneof_index() ? ", in a oneof" : "");
}

// Compares a released contract with the one in `pool`, which may only have grown.
class Comparison {
 public:
  explicit Comparison(const DescriptorPool& pool) : pool_(pool) {}

  void CompareFile(const FileDescriptorProto& file) {
    for (const auto& message : file.message_type()) CompareMessage(file.package(), message);
    for (const auto& enumeration : file.enum_type()) CompareEnum(file.package(), enumeration);
    for (const auto& service : file.service()) CompareService(file.package(), service);
  }
  const std::vector<std::string>& breaks() const { return breaks_; }

 private:
  void CompareMessage(const std::string& scope, const DescriptorProto& released) {
    const std::string name = absl::StrCat(scope, ".", released.name());
    const auto* now = pool_.FindMessageTypeByName(name);
    if (now == nullptr) return Break(absl::StrCat("message ", name, " is gone"));
    DescriptorProto current;
    now->CopyTo(&current);
    for (const auto& field : released.field()) CompareField(name, field, current);
    for (const auto& nested : released.nested_type()) CompareMessage(name, nested);
    for (const auto& nested : released.enum_type()) CompareEnum(name, nested);
  }

  void CompareField(const std::string& message, const FieldDescriptorProto& released,
                    const DescriptorProto& current) {
    for (const auto& field : current.field()) {
      if (field.number() != released.number()) continue;
      if (Describe(field) != Describe(released)) {
        Break(absl::StrCat(message, ": {", Describe(released), "} became {", Describe(field), "}"));
      }
      return;
    }
    Break(absl::StrCat(message, ": {", Describe(released), "} is gone"));
  }

  void CompareEnum(const std::string& scope, const EnumDescriptorProto& released) {
    const std::string name = absl::StrCat(scope, ".", released.name());
    const auto* now = pool_.FindEnumTypeByName(name);
    if (now == nullptr) return Break(absl::StrCat("enum ", name, " is gone"));
    for (const auto& value : released.value()) {
      const auto* current = now->FindValueByNumber(value.number());
      if (current == nullptr || current->name() != value.name()) {
        Break(absl::StrCat(name, ": ", value.name(), " = ", value.number(), " is gone"));
      }
    }
  }

  void CompareService(const std::string& package, const ServiceDescriptorProto& released) {
    const std::string name = absl::StrCat(package, ".", released.name());
    const auto* now = pool_.FindServiceByName(name);
    if (now == nullptr) return Break(absl::StrCat("service ", name, " is gone"));
    for (const auto& method : released.method()) {
      const auto* current = now->FindMethodByName(method.name());
      if (current == nullptr ||
          absl::StrCat(".", current->input_type()->full_name()) != method.input_type() ||
          absl::StrCat(".", current->output_type()->full_name()) != method.output_type() ||
          current->client_streaming() != method.client_streaming() ||
          current->server_streaming() != method.server_streaming()) {
        Break(absl::StrCat(name, ".", method.name(), " is gone or changed its messages"));
      }
    }
  }

  void Break(std::string what) { breaks_.push_back(std::move(what)); }

  const DescriptorPool& pool_;
  std::vector<std::string> breaks_;
};

FileDescriptorSet Released() {
  FileDescriptorSet set;
  std::ifstream file("proto/released.binpb", std::ios::binary);
  EXPECT_TRUE(file.is_open())
      << "proto/released.binpb is missing; the test runs in the repository's root";
  EXPECT_TRUE(set.ParseFromIstream(&file)) << "proto/released.binpb is damaged";
  return set;
}

// Generated files register themselves only when something refers to them.
void LinkGeneratedFiles() {
  ml::v1::PredictRequest::descriptor();
  ml::v1::SubmitPredictionRequest::descriptor();
  ml::v1::Model::descriptor();
  ml::v1::Training::descriptor();
  google::rpc::Code_descriptor();
  google::rpc::BadRequest::descriptor();
  grpc::health::v1::HealthCheckRequest::descriptor();
  ::inference::ModelInferRequest::descriptor();
}

TEST(CompatibilityTest, ReleasedContractStillHolds) {
  LinkGeneratedFiles();
  const FileDescriptorSet released = Released();
  ASSERT_GE(released.file_size(), 10);
  Comparison comparison(*DescriptorPool::generated_pool());
  for (const FileDescriptorProto& file : released.file()) comparison.CompareFile(file);
  EXPECT_THAT(comparison.breaks(), ::testing::IsEmpty());
}

// The comparison itself finds each kind of break: the released set is changed, then compared.
struct BreakCase {
  const char* name;
  void (*change)(DescriptorProto& candle);
  const char* want;
};

const BreakCase kBreakCases[] = {
    {"number", [](DescriptorProto& candle) { candle.mutable_field(1)->set_number(99); }, "is gone"},
    {"name", [](DescriptorProto& candle) { candle.mutable_field(1)->set_name("first"); }, "became"},
    {"type",
     [](DescriptorProto& candle) {
       candle.mutable_field(1)->set_type(FieldDescriptorProto::TYPE_FLOAT);
     },
     "became"},
    {"presence",
     [](DescriptorProto& candle) { candle.mutable_field(5)->set_proto3_optional(false); },
     "became"},
    {"removed", [](DescriptorProto& candle) { candle.set_name("Bar"); }, "is gone"},
};

TEST(CompatibilityTest, ComparisonFindsEveryKindOfBreak) {
  LinkGeneratedFiles();
  for (const BreakCase& test : kBreakCases) {
    SCOPED_TRACE(test.name);
    FileDescriptorProto types;
    ml::v1::Candle::descriptor()->file()->CopyTo(&types);
    for (auto& message : *types.mutable_message_type()) {
      if (message.name() == "Candle") test.change(message);
    }
    Comparison comparison(*DescriptorPool::generated_pool());
    comparison.CompareFile(types);
    EXPECT_THAT(comparison.breaks(), ::testing::ElementsAre(::testing::HasSubstr(test.want)));
  }
}

// Style that reviewers would otherwise have to look for: a zero value for "not said" and one
// prefix.
TEST(CompatibilityTest, EnumsOfOurPackageHaveAnUnspecifiedZero) {
  LinkGeneratedFiles();
  const FileDescriptorSet released = Released();
  for (const FileDescriptorProto& file : released.file()) {
    if (file.package() != "aifx.ml.v1") continue;
    for (const auto& enumeration : file.enum_type()) {
      EXPECT_EQ(enumeration.value(0).number(), 0) << enumeration.name();
      EXPECT_THAT(enumeration.value(0).name(), ::testing::EndsWith("_UNSPECIFIED"));
    }
  }
}

}  // namespace
}  // namespace aifx
