#include "server/rpc/inference/infer_request.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/violation.h"
#include "server/rpc/inference/window_tensor.h"
#include "server/rpc/status.h"

namespace aifx::rpc {
namespace {

using ::inference::InferParameter;
using ::inference::ModelInferRequest;
using Violations = std::vector<base::FieldViolation>;

constexpr char kTimeout[] = "timeout";
constexpr char kMarkFinal[] = "triton_enable_empty_final_response";
constexpr size_t kShownNameBytes = 100;

std::string Quoted(const std::string& name) {
  return absl::StrCat("\"", Shortened(name, kShownNameBytes), "\"");
}

std::optional<InferOutput> FindOutput(const std::string& name) {
  for (const InferOutput output : kInferOutputs) {
    if (name == InferOutputName(output)) return output;
  }
  return std::nullopt;
}

// A tensor that lies in memory shared with the client has no contents here.
template <typename Tensor>
void RefuseSharedMemory(const Tensor& tensor, const std::string& field, const std::string& what,
                        Violations& violations) {
  for (const auto& [key, value] : tensor.parameters()) {
    if (!absl::StartsWith(key, "shared_memory_")) continue;
    violations.push_back({absl::StrCat(field, ".parameters"),
                          absl::StrCat(what, ": parameter ", Quoted(key),
                                       " asks for shared memory, which this server does not have: "
                                       "send the values in the request")});
    return;
  }
}

// The position of the window among the inputs; nothing where it is missing.
std::optional<int> FindWindow(const ModelInferRequest& message, Violations& violations) {
  std::optional<int> found;
  for (int i = 0; i < message.inputs_size(); ++i) {
    const auto& input = message.inputs(i);
    const std::string field = absl::StrCat("inputs[", i, "]");
    const std::string what = absl::StrCat("input ", Quoted(input.name()));
    RefuseSharedMemory(input, field, what, violations);
    if (input.name() != kWindowInput || found.has_value()) {
      violations.push_back(
          {field + ".name",
           absl::StrCat(what,
                        found.has_value() ? " came after the one input \"" : " came instead of \"",
                        kWindowInput, "\", which is all that the model takes")});
      return std::nullopt;
    }
    found = i;
  }
  if (!found.has_value()) {
    violations.push_back(
        {"inputs", absl::StrCat("input \"", kWindowInput, "\" is missing: no input came")});
  }
  return found;
}

// Whether the tensors' values stand where they may: all of them raw, or all of them typed.
bool CheckRawEntries(const ModelInferRequest& message, Violations& violations) {
  if (message.raw_input_contents_size() == 0) return true;
  if (message.raw_input_contents_size() != message.inputs_size()) {
    violations.push_back(
        {"raw_input_contents",
         absl::StrCat("raw_input_contents has ", message.raw_input_contents_size(),
                      " entries, expected one for each of ", message.inputs_size(), " inputs")});
    return false;
  }
  for (int i = 0; i < message.inputs_size(); ++i) {
    if (!message.inputs(i).has_contents()) continue;
    violations.push_back(
        {absl::StrCat("inputs[", i, "].contents"),
         absl::StrCat("input ", Quoted(message.inputs(i).name()),
                      " came with contents beside raw_input_contents, expected one of them")});
    return false;
  }
  return true;
}

// The likeliest classes as text, instead of the values; 0 asks for none.
bool AsksForClassification(const ModelInferRequest::InferRequestedOutputTensor& output) {
  const auto found = output.parameters().find("classification");
  if (found == output.parameters().end()) return false;
  return found->second.parameter_choice_case() != InferParameter::kInt64Param ||
         found->second.int64_param() != 0;
}

void ReadOutputs(const ModelInferRequest& message, InferArguments& arguments,
                 Violations& violations) {
  if (message.outputs_size() == 0) {
    arguments.outputs.assign(std::begin(kInferOutputs), std::end(kInferOutputs));
    return;
  }
  for (int i = 0; i < message.outputs_size(); ++i) {
    const auto& asked = message.outputs(i);
    const std::string field = absl::StrCat("outputs[", i, "]");
    const std::string what = absl::StrCat("output ", Quoted(asked.name()));
    RefuseSharedMemory(asked, field, what, violations);
    if (AsksForClassification(asked)) {
      violations.push_back({absl::StrCat(field, ".parameters"),
                            absl::StrCat(what,
                                         ": classification came, expected none: this server "
                                         "returns every class")});
    }
    const std::optional<InferOutput> output = FindOutput(asked.name());
    const bool twice = output.has_value() &&
                       std::count(arguments.outputs.begin(), arguments.outputs.end(), *output) > 0;
    if (!output.has_value() || twice) {
      violations.push_back(
          {field + ".name",
           absl::StrCat(
               what, twice ? " came twice" : " came, expected \"probabilities\" or \"logits\"")});
      return;  // the same for thousands of them would say no more
    }
    arguments.outputs.push_back(*output);
  }
}

// A parameter's value, of whatever type it came.
std::string ValueText(const InferParameter& parameter) {
  switch (parameter.parameter_choice_case()) {
    case InferParameter::kBoolParam:
      return parameter.bool_param() ? "true" : "false";
    case InferParameter::kInt64Param:
      return absl::StrCat(parameter.int64_param());
    case InferParameter::kUint64Param:
      return absl::StrCat(parameter.uint64_param());
    case InferParameter::kDoubleParam:
      return absl::StrCat(parameter.double_param());
    case InferParameter::kStringParam:
      return Quoted(parameter.string_param());
    case InferParameter::PARAMETER_CHOICE_NOT_SET:
      break;
  }
  return "without a value";
}

void ReadParameters(const ModelInferRequest& message, InferArguments& arguments,
                    Violations& violations) {
  const auto& parameters = message.parameters();
  if (const auto found = parameters.find(kMarkFinal); found != parameters.end()) {
    arguments.mark_final = found->second.bool_param();
  }
  const auto found = parameters.find(kTimeout);
  if (found == parameters.end()) return;
  const InferParameter& timeout = found->second;
  const bool is_unsigned = timeout.parameter_choice_case() == InferParameter::kUint64Param;
  const bool is_signed = timeout.parameter_choice_case() == InferParameter::kInt64Param;
  if ((!is_unsigned && !is_signed) || (is_signed && timeout.int64_param() < 0)) {
    violations.push_back(
        {"parameters", absl::StrCat("parameter \"timeout\" is ", ValueText(timeout),
                                    ", expected a whole number of microseconds from 0 on")});
  } else if (is_unsigned ? timeout.uint64_param() > 0 : timeout.int64_param() > 0) {
    arguments.timeout = is_unsigned
                            ? absl::Microseconds(1) * static_cast<double>(timeout.uint64_param())
                            : absl::Microseconds(timeout.int64_param());
  }
}

}  // namespace

const char* InferOutputName(InferOutput output) {
  return output == InferOutput::kProbabilities ? "probabilities" : "logits";
}

absl::StatusOr<InferArguments> InferFromProto(const ModelInferRequest& message,
                                              const model::Manifest& manifest) {
  Violations violations;
  InferArguments arguments;
  arguments.id = message.id();
  arguments.raw = message.raw_input_contents_size() > 0;
  ReadParameters(message, arguments, violations);
  ReadOutputs(message, arguments, violations);
  const std::optional<int> index = FindWindow(message, violations);
  if (index.has_value() && CheckRawEntries(message, violations)) {
    const WindowTensor tensor{.input = message.inputs(*index),
                              .field = absl::StrCat("inputs[", *index, "]"),
                              .raw = arguments.raw ? &message.raw_input_contents(*index) : nullptr,
                              .raw_field = absl::StrCat("raw_input_contents[", *index, "]")};
    arguments.batch = CheckTensor(tensor, manifest, violations);
    if (violations.empty()) arguments.windows = CopyValues(tensor, manifest, violations);
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  return arguments;
}

}  // namespace aifx::rpc
