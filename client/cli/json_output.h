#ifndef AIFX_CLIENT_CLI_JSON_OUTPUT_H_
#define AIFX_CLIENT_CLI_JSON_OUTPUT_H_

#include <google/protobuf/message.h>

#include <string>

namespace aifx::cli {

// The message as JSON with the contract's own field names, one line, ended by a newline. Zero
// values are written too; 64-bit numbers are strings, as Protobuf's JSON mapping has them.
std::string ToJsonLine(const google::protobuf::Message& message);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_JSON_OUTPUT_H_
