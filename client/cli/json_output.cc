#include "client/cli/json_output.h"

#include <google/protobuf/util/json_util.h>

namespace aifx::cli {

std::string ToJsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails only for a malformed Any or Struct, which our own server does not send.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "null";
  return json + "\n";
}

}  // namespace aifx::cli
