#include "client/cli/collect/collect_write.h"

#include <type_traits>

#include "client/backend/macro_client.h"
#include "client/cli/collect/collect_report.h"
#include "client/cli/errors.h"
#include "client/collect/delivery.h"
#include "client/collect/difference.h"
#include "core/base/ids.h"

namespace aifx::cli {
namespace {

template <typename T>
int Write(const std::string& job, const CollectOptions& options, const nlohmann::json& facts,
          const std::vector<T>& collected, CollectProgress& progress, Console& console) {
  const auto opened = TrainingBackend::Open(options.backend, console);
  if (!opened.ok()) {
    ReportError(job, opened.status(), console);
    return kUsage;
  }
  backend::MacroClient backend((*opened)->client().channel());
  const base::CallContext context{.request_id = base::NewUuid()};
  const auto difference = collect::FindDifference(collected, backend, context);
  if (!difference.ok()) return CollectFailed(job, difference.status(), console);
  if constexpr (std::is_same_v<T, macro::EconomicEvent>) {
    progress.Warnings(UnlistedWarnings(*difference));
  }

  CollectReport report{.job = job, .facts = facts, .dry_run = options.dry_run, .delivered = {}};
  absl::Status status;
  if (!options.dry_run) {
    const auto on_batch = [&](size_t written, size_t total) { progress.Batch(written, total); };
    status = collect::Deliver(*difference, options.batch_size, backend, on_batch, context,
                              report.delivered);
  }
  progress.Finish();
  if (!status.ok()) {
    const size_t total = difference->add.size() + difference->change.size();
    CollectFailed(job, status, console);
    console.err << "  " << report.delivered.records << " of " << total
                << " records are written; the next run goes on with the others\n";
    return kFailed;
  }
  console.out << (options.json ? CollectJson(report, *difference).dump() + "\n"
                               : CollectText(report, *difference, console.colour_out));
  return kDone;
}

template <typename T>
int WriteOrSayThatThereIsNothing(const std::string& job, const CollectOptions& options,
                                 const nlohmann::json& facts, const std::vector<T>& collected,
                                 CollectProgress& progress, Console& console) {
  if (!collected.empty()) return Write(job, options, facts, collected, progress, console);
  progress.Finish();
  console.err << "aifx: " << job << ": nothing to collect: of " << facts.value("rows", 0)
              << " rows none is of what was asked for\n";
  return kTooLittleData;
}

}  // namespace

int WriteCollected(const std::string& job, const CollectOptions& options,
                   const nlohmann::json& facts, const std::vector<macro::EconomicEvent>& collected,
                   CollectProgress& progress, Console& console) {
  return WriteOrSayThatThereIsNothing(job, options, facts, collected, progress, console);
}

int WriteCollected(const std::string& job, const CollectOptions& options,
                   const nlohmann::json& facts,
                   const std::vector<macro::FundamentalRecord>& collected,
                   CollectProgress& progress, Console& console) {
  return WriteOrSayThatThereIsNothing(job, options, facts, collected, progress, console);
}

int CollectFailed(const std::string& job, const absl::Status& status, Console& console) {
  ReportError(job, status, console);
  return kFailed;
}

}  // namespace aifx::cli
