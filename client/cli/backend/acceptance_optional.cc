// Which of the newer routes a deployment has. Reading ones are called; writing ones get a body
// without content, which stores nothing.
#include "absl/strings/str_cat.h"
#include "client/cli/backend/acceptance_run.h"

namespace aifx::cli {

void AcceptanceRun::Probe(const std::string& name, const backend::Call& call) {
  OptionalFeature feature{.name = name,
                          .route = absl::StrCat(call.route.method, " ", call.route.path)};
  if (key_is_refused_) {
    feature.detail = "the key is refused";
    report_.optional_features.push_back(std::move(feature));
    return;
  }
  deps_.progress(feature.route);
  const absl::Status status = deps_.client.channel().Send(call, NewCall()).status();
  // A body without content is refused by a route that is there. A list is refused, or not found,
  // only where another route takes its name for an id.
  const bool refused = absl::IsInvalidArgument(status);
  const bool reads = call.route.method == "GET";
  if (status.ok() || (refused && !reads)) {
    feature.present = true;
    if (reads) other_reads_.push_back(call);
  } else if (absl::IsUnimplemented(status) || absl::IsNotFound(status) || refused) {
    feature.present = false;
    feature.detail = absl::StrCat(call.route.purpose, " will not work");
  } else {
    feature.detail = Shortened(status);
  }
  report_.optional_features.push_back(std::move(feature));
}

void AcceptanceRun::LookForOptionalFeatures() {
  if (!prediction_ids_.empty()) {
    other_reads_.push_back({.route = {"GET", "/predictions", "listing predictions"}});
  }
  if (!model_ids_.empty()) {
    other_reads_.push_back({.route = {"GET", "/models/:id", "reading models"},
                            .path = absl::StrCat("/models/", model_ids_.front())});
  }
  const http::Query page = {{"limit", "100"}};
  const auto list = [](const char* name) {
    return nlohmann::json::object({{name, nlohmann::json::array()}});
  };
  Probe(
      "fundamental data",
      {.route = {"GET", "/training-data/fundamental", "reading fundamental data"}, .query = page});
  Probe("fundamental data",
        {.route = {"POST", "/training-data/fundamental", "storing fundamental data"},
         .body = list("records"),
         .idempotent = false});
  Probe("economic events",
        {.route = {"GET", "/training-data/economic-events", "reading economic events"},
         .query = page});
  Probe("economic events",
        {.route = {"POST", "/training-data/economic-events", "storing economic events"},
         .body = list("events"),
         .idempotent = false});
  Probe("A/B tests", {.route = {"GET", "/models/ab-tests", "listing A/B tests"}, .query = page});
  Probe("A/B tests", {.route = {"POST", "/models/ab-test", "creating A/B tests"},
                      .body = nlohmann::json::object(),
                      .idempotent = false});
  OptionalFeature spread{.name = "spread of candles", .present = has_spread_};
  if (!has_spread_.has_value()) {
    spread.detail = key_is_refused_ ? "the key is refused" : "no candles to see it on";
  } else if (!*has_spread_) {
    spread.detail = "a buy is entered at the bid: no spread is added";
  }
  report_.optional_features.push_back(std::move(spread));
}

}  // namespace aifx::cli
