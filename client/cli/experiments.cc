// aifx experiments: two versions of a model side by side.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "aifx/ml/v1/model_service.grpc.pb.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

struct ExperimentsCommand {
  std::string name, kind, model;
  int64_t candidate = 0;
  std::optional<double> percent;  // absent: the kind's own
  bool all = false, promote = false, json = false;
  ServerOptions server;
};

constexpr double kAbPercent = 50, kShadowPercent = 100, kCanaryPercent = 5;

std::string KindWord(pb::ExperimentKind kind) {
  switch (kind) {
    case pb::EXPERIMENT_KIND_AB:
      return "ab";
    case pb::EXPERIMENT_KIND_SHADOW:
      return "shadow";
    case pb::EXPERIMENT_KIND_CANARY:
      return "canary";
    default:
      return absl::StrCat("kind ", static_cast<int>(kind));
  }
}

std::string StateWord(const pb::Experiment& experiment) {
  if (!experiment.has_ended_at()) return "runs";
  return absl::StrCat("ended ", TimeWord(experiment.ended_at()));
}

// What people should know of it, a line each.
std::string Notes(const pb::Experiment& experiment, bool colour) {
  std::string text;
  if (!experiment.warning().empty()) {
    absl::StrAppend(
        &text,
        Paint(absl::StrCat(experiment.name(), ": ", experiment.warning()), Tone::kBad, colour),
        "\n");
  }
  if (!experiment.end_reason().empty()) {
    absl::StrAppend(&text, experiment.name(), ": ", experiment.end_reason(), "\n");
  }
  const pb::ShadowComparison& shadow = experiment.shadow();
  if (shadow.compared() > 0) {
    absl::StrAppendFormat(&text,
                          "%s: over %d candles probabilities differ by %.4f (mean) and %.4f (most),"
                          " signals in %d of %d\n",
                          experiment.name(), shadow.compared(), shadow.mean_difference(),
                          shadow.max_difference(), shadow.different_signals(), shadow.decided());
  }
  return text;
}

std::string ExperimentsText(const pb::ListExperimentsResponse& response, bool colour) {
  if (response.experiments().empty()) return "no experiment\n";
  Table table({{"name"},
               {"kind"},
               {"model"},
               {"champion"},
               {"candidate"},
               {"percent", true},
               {"answered", true},
               {"by candidate", true},
               {"started"},
               {"state"}});
  std::string notes;
  for (const pb::Experiment& experiment : response.experiments()) {
    table.AddRow({{experiment.name()},
                  {KindWord(experiment.kind())},
                  {experiment.model_name()},
                  {absl::StrCat(experiment.champion_version())},
                  {absl::StrCat(experiment.candidate_version())},
                  {absl::StrCat(experiment.candidate_percent())},
                  {absl::StrCat(experiment.champion_requests() + experiment.candidate_requests())},
                  {absl::StrCat(experiment.candidate_requests())},
                  {TimeWord(experiment.started_at())},
                  {StateWord(experiment), experiment.has_ended_at() ? Tone::kPlain : Tone::kGood}});
    absl::StrAppend(&notes, Notes(experiment, colour));
  }
  return table.ToString(colour) + notes;
}

std::string ExperimentText(const pb::Experiment& experiment) {
  return absl::StrCat(experiment.name(), " ", StateWord(experiment), ": ",
                      KindWord(experiment.kind()), " of ", experiment.model_name(), ", candidate ",
                      experiment.candidate_version(), " against ", experiment.champion_version(),
                      ", ", experiment.candidate_percent(), "%\n");
}

int List(const ExperimentsCommand& command, Console& console) {
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  pb::ListExperimentsRequest request;
  request.set_include_ended(command.all);
  pb::ListExperimentsResponse all;
  do {
    pb::ListExperimentsResponse page;
    const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
      return stub->ListExperiments(context, request, &page);
    });
    if (!status.ok()) return ReportError("experiments", status, command.server, console);
    all.mutable_experiments()->MergeFrom(page.experiments());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  console.out << (command.json ? ToJsonLine(all) : ExperimentsText(all, console.colour_out));
  return kDone;
}

int Answer(const ExperimentsCommand& command, const std::string& verb, const grpc::Status& status,
           const pb::Experiment& experiment, Console& console) {
  if (!status.ok()) {
    return ReportError(absl::StrCat("experiments ", verb, " ", command.name), status,
                       command.server, console);
  }
  console.out << (command.json ? ToJsonLine(experiment) : ExperimentText(experiment));
  return kDone;
}

int Create(const ExperimentsCommand& command, Console& console) {
  pb::CreateExperimentRequest request;
  pb::Experiment& asked = *request.mutable_experiment();
  asked.set_name(command.name);
  asked.set_model_name(command.model);
  asked.set_candidate_version(command.candidate);
  if (command.kind == "ab") {
    asked.set_kind(pb::EXPERIMENT_KIND_AB);
    asked.set_candidate_percent(command.percent.value_or(kAbPercent));
  } else if (command.kind == "shadow") {
    asked.set_kind(pb::EXPERIMENT_KIND_SHADOW);
    asked.set_candidate_percent(command.percent.value_or(kShadowPercent));
  } else {
    asked.set_kind(pb::EXPERIMENT_KIND_CANARY);
    asked.set_candidate_percent(command.percent.value_or(kCanaryPercent));
  }
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  pb::Experiment created;
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->CreateExperiment(context, request, &created);
  });
  return Answer(command, "create", status, created, console);
}

int End(const ExperimentsCommand& command, Console& console) {
  pb::EndExperimentRequest request;
  request.set_name(command.name);
  request.set_promote_candidate(command.promote);
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  pb::Experiment ended;
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->EndExperiment(context, request, &ended);
  });
  return Answer(command, "end", status, ended, console);
}

void AddName(CLI::App& sub, ExperimentsCommand& command) {
  sub.add_option("name", command.name, "The experiment's, such as june-ab")
      ->required()
      ->type_name("NAME");
}

}  // namespace

void AddExperiments(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<ExperimentsCommand>();
  CLI::App* experiments =
      app.add_subcommand("experiments", "Try a version beside the one that serves");
  experiments->require_subcommand(1);
  const auto add = [&](const char* verb, const char* help,
                       int (*run)(const ExperimentsCommand&, Console&)) {
    CLI::App* sub = experiments->add_subcommand(verb, help);
    sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
    AddServerOptions(*sub, &command->server);
    sub->callback([command, run, &invocation] {
      invocation.run = [command, run, &invocation] { return run(*command, invocation.console); };
    });
    return sub;
  };
  CLI::App* list = add("list", "List experiments, newest first", List);
  list->add_flag("--all", command->all, "Ended ones too");

  CLI::App* create = add("create", "Start an experiment against the active version", Create);
  AddName(*create, *command);
  create->add_option("--kind", command->kind, "ab, shadow or canary")
      ->required()
      ->check(CLI::IsMember({"ab", "shadow", "canary"}))
      ->type_name("KIND");
  create->add_option("--model", command->model, "Such as eurusd-1h")->required()->type_name("NAME");
  create->add_option("--candidate", command->candidate, "The version to try")
      ->required()
      ->type_name("YYYYMMDDhhmmss");
  create
      ->add_option("--percent", command->percent,
                   "Share of the candles. Default: ab 50, shadow 100, canary 5")
      ->type_name("0..100");

  CLI::App* end = add("end", "End an experiment; the champion goes on", End);
  AddName(*end, *command);
  end->add_flag("--promote", command->promote, "Make the candidate the active version first");
}

}  // namespace aifx::cli
