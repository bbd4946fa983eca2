// aifx outbox: what is on its way to the backend.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/outbox_access.h"
#include "client/cli/outbox_text.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

constexpr int kPageSize = 1000;  // the contract's largest

struct OutboxCommand {
  std::string id, kind = "prediction";
  std::vector<std::string> states;
  std::string older_than;
  int limit = 20;
  std::string offline;  // empty: through the server
  bool json = false;
  ServerOptions server;
};

// Opens what the options name, runs `work` on it, and reports what fails.
int WithOutbox(const OutboxCommand& command, const std::string& what, Console& console,
               const std::function<int(OutboxAccess&)>& work) {
  if (command.offline.empty()) {
    const auto access = OpenServersOutbox(command.server);
    return work(*access);
  }
  const auto access = OpenOfflineOutbox(command.offline, console);
  if (!access.ok()) return ReportError(what, access.status(), console);
  return work(**access);
}

absl::Status AddStates(const OutboxCommand& command, google::protobuf::RepeatedField<int>* states) {
  for (const std::string& word : command.states) {
    AIFX_ASSIGN_OR_RETURN(const pb::SubmissionState state, ParseSubmissionStateWord(word));
    states->Add(state);
  }
  return absl::OkStatus();
}

int Usage(const std::string& what, const absl::Status& status, Console& console) {
  ReportError(what, status, console);
  return kUsage;
}

int List(const OutboxCommand& command, Console& console) {
  pb::ListSubmissionsRequest request;
  const absl::Status states = AddStates(command, request.mutable_states());
  if (!states.ok()) return Usage("outbox list", states, console);
  return WithOutbox(command, "outbox list", console, [&](OutboxAccess& access) {
    pb::ListSubmissionsResponse all;
    do {
      request.set_page_size(std::min(kPageSize, command.limit - all.submissions_size()));
      request.set_page_token(all.next_page_token());
      const grpc::Status status = access.List(request, &all);
      if (!status.ok()) return access.Report("outbox list", status, console);
    } while (!all.next_page_token().empty() && all.submissions_size() < command.limit);
    console.out << (command.json ? ToJsonLine(all) : SubmissionsText(all, console.colour_out));
    return static_cast<int>(kDone);
  });
}

// `show` and `requeue` ask for one submission and write it.
template <typename Request>
int One(const OutboxCommand& command, const std::string& verb,
        grpc::Status (OutboxAccess::*method)(const Request&, pb::Submission*), Console& console) {
  const std::string what = absl::StrCat("outbox ", verb, " ", command.id);
  Request request;
  request.set_request_id(command.id);
  request.set_kind(command.kind == "outcome" ? pb::SUBMISSION_KIND_OUTCOME
                                             : pb::SUBMISSION_KIND_PREDICTION);
  return WithOutbox(command, what, console, [&](OutboxAccess& access) {
    pb::Submission submission;
    const grpc::Status status = (access.*method)(request, &submission);
    if (!status.ok()) return access.Report(what, status, console);
    console.out << (command.json ? ToJsonLine(submission)
                                 : SubmissionText(submission, console.colour_out));
    return static_cast<int>(kDone);
  });
}

int Purge(const OutboxCommand& command, Console& console) {
  pb::PurgeSubmissionsRequest request;
  const absl::Status states = AddStates(command, request.mutable_states());
  if (!states.ok()) return Usage("outbox purge", states, console);
  if (!command.older_than.empty()) {
    const auto older_than = ParseDurationWord("--older-than", command.older_than);
    if (!older_than.ok()) return Usage("outbox purge", older_than.status(), console);
    request.mutable_older_than()->set_seconds(absl::ToInt64Seconds(*older_than));
  }
  return WithOutbox(command, "outbox purge", console, [&](OutboxAccess& access) {
    pb::PurgeSubmissionsResponse response;
    const grpc::Status status = access.Purge(request, &response);
    if (!status.ok()) return access.Report("outbox purge", status, console);
    console.out << (command.json ? ToJsonLine(response)
                                 : absl::StrCat("forgot ", response.purged(), " submissions\n"));
    return static_cast<int>(kDone);
  });
}

void AddCommonOptions(CLI::App& sub, OutboxCommand& command) {
  sub.add_option("--offline", command.offline,
                 "Open this outbox folder itself, which no server may hold")
      ->type_name("FOLDER");
  sub.add_flag("--json", command.json, "Write the answer as one line of JSON");
  AddServerOptions(sub, &command.server);
}

void AddWhich(CLI::App& sub, OutboxCommand& command) {
  sub.add_option("id", command.id, "The prediction's id; of an outcome, that of its prediction")
      ->required()
      ->type_name("UUID");
  sub.add_option("--kind", command.kind, "prediction or outcome")
      ->check(CLI::IsMember({"prediction", "outcome"}))
      ->type_name("WORD")
      ->capture_default_str();
}

}  // namespace

void AddOutbox(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<OutboxCommand>();
  CLI::App* outbox = app.add_subcommand("outbox", "See and mend what is on its way to the backend");
  outbox->require_subcommand(1);
  const auto add = [&](const char* name, const char* help,
                       int (*run)(const OutboxCommand&, Console&)) {
    CLI::App* sub = outbox->add_subcommand(name, help);
    AddCommonOptions(*sub, *command);
    sub->callback([command, run, &invocation] {
      invocation.run = [command, run, &invocation] { return run(*command, invocation.console); };
    });
    return sub;
  };
  CLI::App* list = add("list", "List submissions, newest first", List);
  list->add_option("--state", command->states, "Only these: queued, inflight, acked, unknown, dead")
      ->type_name("WORD");
  list->add_option("--limit", command->limit, "At most so many")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  AddWhich(*add("show", "Show where one submission stands",
                [](const OutboxCommand& options, Console& console) {
                  return One(options, "show", &OutboxAccess::Get, console);
                }),
           *command);
  AddWhich(*add("requeue", "Send a dead or unknown submission again, at once",
                [](const OutboxCommand& options, Console& console) {
                  return One(options, "requeue", &OutboxAccess::Requeue, console);
                }),
           *command);
  CLI::App* purge = add("purge", "Forget submissions that are finished", Purge);
  purge->add_option("--state", command->states, "Of these: acked, dead")
      ->required()
      ->type_name("WORD");
  purge->add_option("--older-than", command->older_than, "Only those accepted longer ago")
      ->type_name("DURATION such as 90m, 36h, 7d");
}

}  // namespace aifx::cli
