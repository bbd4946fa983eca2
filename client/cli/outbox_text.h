#ifndef AIFX_CLIENT_CLI_OUTBOX_TEXT_H_
#define AIFX_CLIENT_CLI_OUTBOX_TEXT_H_

#include <string>

#include "aifx/ml/v1/record_service.pb.h"
#include "client/cli/words.h"

namespace aifx::cli {

// One submission, for people: a headline and a fact a line.
std::string SubmissionText(const pb::Submission& submission, bool colour);

// A table, one submission a line; `response.next_page_token` says whether there are more.
std::string SubmissionsText(const pb::ListSubmissionsResponse& response, bool colour);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_OUTBOX_TEXT_H_
