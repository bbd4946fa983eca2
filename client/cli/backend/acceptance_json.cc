#include <utility>

#include "client/cli/backend/acceptance_text.h"
#include "client/cli/backend/response_times.h"

namespace aifx::cli {
namespace {

using nlohmann::json;

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kNotRun:
      return "not_run";
  }
  return "";
}

json CheckJson(int number, const CheckResult& check) {
  json row = {{"number", number},
              {"name", check.name},
              {"result", VerdictName(check.verdict)},
              {"detail", check.detail}};
  row["route"] = check.route.empty() ? json() : json(check.route);
  if (check.verdict != Verdict::kNotRun) {
    row["ms"] = absl::ToDoubleMilliseconds(check.elapsed);
    row["requestId"] = check.request_id;
  }
  return row;
}

json FeatureJson(const OptionalFeature& feature) {
  return {{"name", feature.name},
          {"route", feature.route.empty() ? json() : json(feature.route)},
          {"present", feature.present.has_value() ? json(*feature.present) : json()},
          {"detail", feature.detail}};
}

json TimesJson(const RouteTimes& route) {
  const auto ms = [&](double share) {
    return absl::ToDoubleMilliseconds(Percentile(route.times, share));
  };
  return {{"route", route.route}, {"calls", route.times.size()}, {"failures", route.failures},
          {"p50Ms", ms(0.5)},     {"p99Ms", ms(0.99)},           {"longestMs", ms(1)}};
}

}  // namespace

json AcceptanceJson(const AcceptanceReport& report) {
  json result = {{"url", report.url},
                 {"answered", report.answered},
                 {"passed", report.AllPassed()},
                 {"passedCount", report.PassedCount()},
                 {"checks", json::array()},
                 {"optional", json::array()},
                 {"responseTimes", json::array()},
                 {"created", report.created}};
  int number = 0;
  for (const CheckResult& check : report.checks) {
    result["checks"].push_back(CheckJson(++number, check));
  }
  for (const OptionalFeature& feature : report.optional_features) {
    result["optional"].push_back(FeatureJson(feature));
  }
  for (const RouteTimes& route : report.times) {
    result["responseTimes"].push_back(TimesJson(route));
  }
  return result;
}

}  // namespace aifx::cli
