// aifx backend ab-tests, ab-test create: A/B tests of model versions.
#include "client/backend/ab_tests.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

using backend::AbTest;

struct ListCommand : BackendCommand {
  std::string status;
  int64_t limit = 20;
};

struct CreateCommand : BackendCommand {
  backend::AbTestSpec spec;
};

nlohmann::json TestJson(const AbTest& test) {
  nlohmann::json row = {{"id", test.id},
                        {"name", test.spec.name},
                        {"modelAId", test.spec.model_a_id},
                        {"modelBId", test.spec.model_b_id},
                        {"trafficSplit", test.spec.traffic_split}};
  PutJson(row, "status", test.status);
  PutJson(row, "targetMetric", test.spec.target_metric);
  PutJson(row, "description", test.spec.description);
  PutJson(row, "createdAt", test.created_at);
  return row;
}

absl::StatusOr<Shown> ShowTests(const ListCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(
      const auto page, backend::AbTestClient(call.client.channel())
                           .List({.status = command.status, .limit = command.limit}, call.context));
  Shown shown{.json = {{"tests", nlohmann::json::array()},
                       {"total", page.total},
                       {"skipped", page.skipped}}};
  Table table({{"created"}, {"name"}, {"status"}, {"A gets", true}, {"A"}, {"B"}, {"id"}});
  for (const AbTest& test : page.rows) {
    shown.json["tests"].push_back(TestJson(test));
    table.AddRow({{test.created_at.has_value() ? TimeWord(*test.created_at) : ""},
                  {test.spec.name},
                  {test.status},
                  {absl::StrFormat("%g %%", test.spec.traffic_split)},
                  {test.spec.model_a_id},
                  {test.spec.model_b_id},
                  {test.id}});
  }
  shown.text = (table.empty() ? "no A/B tests\n" : table.ToString(call.colour)) +
               CountLine(page.rows.size(), page.total, page.skipped, call.colour);
  return shown;
}

absl::StatusOr<Shown> Create(const CreateCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(
      const AbTest test,
      backend::AbTestClient(call.client.channel()).Create(command.spec, call.context));
  return Shown{.json = TestJson(test),
               .text = absl::StrCat("A/B test ", Paint(test.id, Tone::kStrong, call.colour), " is ",
                                    test.status.empty() ? "created" : test.status, "\n")};
}

}  // namespace

void AddBackendAbTests(CLI::App& group, Invocation& invocation) {
  auto list = std::make_shared<ListCommand>();
  CLI::App* app = group.add_subcommand("ab-tests", "List A/B tests of model versions");
  app->add_option("--status", list->status, "Such as running")->type_name("WORD");
  app->add_option("--limit", list->limit, "At most so many, the newest")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  FinishBackendCommand(*app, "ab-tests", list, ShowTests, invocation);

  CLI::App* parent = group.add_subcommand("ab-test", "Create an A/B test");
  parent->require_subcommand(1);
  auto create = std::make_shared<CreateCommand>();
  app = parent->add_subcommand("create", "Create an A/B test of two model versions");
  app->add_option("--name", create->spec.name, "What it is called")->required()->type_name("NAME");
  app->add_option("--model-a", create->spec.model_a_id, "The one version, by the backend's id")
      ->required()
      ->type_name("UUID");
  app->add_option("--model-b", create->spec.model_b_id, "The other version")
      ->required()
      ->type_name("UUID");
  app->add_option("--split", create->spec.traffic_split, "Percent that the one version gets")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT")
      ->capture_default_str();
  app->add_option("--metric", create->spec.target_metric, "What decides, such as winRate")
      ->type_name("NAME");
  app->add_option("--description", create->spec.description, "What it is for")->type_name("TEXT");
  FinishBackendCommand(*app, "ab-test create", create, Create, invocation);
}

}  // namespace aifx::cli
