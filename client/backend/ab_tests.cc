#include "client/backend/ab_tests.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

absl::StatusOr<AbTest> ParseTest(const json& row, size_t index) {
  ObjectReader reader(row, "tests", index);
  AbTest test;
  test.id = reader.String(reader.Has("testId") ? "testId" : "id");
  test.status = reader.OptionalString("status").value_or("");
  test.spec.name = reader.OptionalString("name").value_or("");
  test.spec.model_a_id = reader.OptionalString("modelAId").value_or("");
  test.spec.model_b_id = reader.OptionalString("modelBId").value_or("");
  test.spec.traffic_split = reader.OptionalNumber("trafficSplit").value_or(test.spec.traffic_split);
  test.spec.target_metric = reader.OptionalString("targetMetric").value_or("");
  test.spec.description = reader.OptionalString("description").value_or("");
  test.created_at = reader.OptionalTimestamp("createdAt");
  AIFX_RETURN_IF_ERROR(reader.status());
  return test;
}

}  // namespace

absl::StatusOr<AbTest> AbTestClient::Create(const AbTestSpec& spec,
                                            const base::CallContext& context) const {
  Call call{.route = {"POST", "/models/ab-test", "creating A/B tests"}};
  call.body = json{{"name", spec.name},
                   {"modelAId", spec.model_a_id},
                   {"modelBId", spec.model_b_id},
                   {"trafficSplit", spec.traffic_split}};
  if (!spec.target_metric.empty()) (*call.body)["targetMetric"] = spec.target_metric;
  if (!spec.description.empty()) (*call.body)["description"] = spec.description;
  call.idempotent = false;
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
  ObjectReader reader(data, "data");
  AbTest test{.id = reader.String("testId"),
              .status = reader.OptionalString("status").value_or(""),
              .spec = spec};
  AIFX_RETURN_IF_ERROR(reader.status());
  return test;
}

absl::StatusOr<Page<AbTest>> AbTestClient::List(const AbTestFilter& filter,
                                                const base::CallContext& context) const {
  ListCall call{
      .route = {"GET", "/models/ab-tests", "listing A/B tests"}, .rows = "tests", .page_size = 100};
  if (!filter.status.empty()) call.query.emplace_back("status", filter.status);
  auto page = ReadPage(channel_, call, filter.offset, filter.limit, ParseTest, context);
  // Without the route a backend takes "ab-tests" for the id of a model.
  if (absl::IsNotFound(page.status())) {
    return absl::UnimplementedError(absl::StrCat("the backend at ", channel_.config().base_url,
                                                 " has no route GET /models/ab-tests: listing A/B "
                                                 "tests will not work until it is updated"));
  }
  return page;
}

}  // namespace aifx::backend
