#ifndef AIFX_CLIENT_CLI_OUTBOX_ACCESS_H_
#define AIFX_CLIENT_CLI_OUTBOX_ACCESS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "aifx/ml/v1/record_service.pb.h"
#include "client/cli/connection.h"
#include "client/cli/console.h"
#include "client/cli/words.h"

namespace aifx::cli {

// What `aifx outbox` looks into: a running server's outbox, or a folder that no server holds.
class OutboxAccess {
 public:
  virtual ~OutboxAccess() = default;
  virtual grpc::Status Get(const pb::GetSubmissionRequest& request, pb::Submission* response) = 0;
  // Adds one page to the response's submissions and sets its next_page_token.
  virtual grpc::Status List(const pb::ListSubmissionsRequest& request,
                            pb::ListSubmissionsResponse* response) = 0;
  virtual grpc::Status Requeue(const pb::RequeueSubmissionRequest& request,
                               pb::Submission* response) = 0;
  virtual grpc::Status Purge(const pb::PurgeSubmissionsRequest& request,
                             pb::PurgeSubmissionsResponse* response) = 0;
  // Writes what failed and what to do about it to console.err; the exit code for it.
  virtual int Report(const std::string& what, const grpc::Status& status, Console& console) = 0;
};

// `server` outlives the result.
std::unique_ptr<OutboxAccess> OpenServersOutbox(const ServerOptions& server);

// FAILED_PRECONDITION where a server holds the folder, NOT_FOUND where there is no outbox in it,
// DATA_LOSS where its file is damaged.
absl::StatusOr<std::unique_ptr<OutboxAccess>> OpenOfflineOutbox(const std::string& folder,
                                                                Console& console);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_OUTBOX_ACCESS_H_
