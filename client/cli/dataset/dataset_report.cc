#include "client/cli/dataset/dataset_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/table.h"

namespace aifx::cli {
namespace {

using nlohmann::json;

std::string Parts(const json& splits, bool colour) {
  Table table({{"part"}, {"rows", true}, {"purged", true}, {"embargoed", true}, {"from"}, {"to"}});
  for (const char* part : {"train", "validation", "test"}) {
    const json& counts = splits[part];
    table.AddRow({{part},
                  {absl::StrCat(counts["rows"].get<int64_t>())},
                  {absl::StrCat(counts["purged"].get<int64_t>())},
                  {absl::StrCat(counts["embargoed"].get<int64_t>())},
                  {counts["from"].get<std::string>()},
                  {counts["to"].get<std::string>()}});
  }
  return table.ToString(colour);
}

std::string LeftOutText(const json& left_out) {
  std::string text = absl::StrCat(left_out["without_target"].get<int64_t>(), " without a target, ",
                                  left_out["undefined"].get<int64_t>(), " with an undefined value");
  for (const auto& [column, count] : left_out["undefined_candles_by_column"].items()) {
    absl::StrAppend(&text, " (", column, ": ", count.get<int64_t>(), " candles)");
  }
  return text;
}

}  // namespace

std::string DatasetText(const DatasetResult& result, bool dry_run, bool colour) {
  const json& metadata = result.metadata;
  const json& technical = metadata["technical"];
  std::string text = absl::StrCat(Paint(absl::StrCat(metadata["pair"].get<std::string>(), " ",
                                                     metadata["timeframe"].get<std::string>()),
                                        Tone::kStrong, colour),
                                  dry_run ? "  dry run: nothing is written\n" : "  written\n");
  const auto columns = [&](const char* name) {
    return metadata[name].is_null() ? std::string("none")
                                    : absl::StrCat(metadata[name]["columns"].size(), " columns");
  };
  text += FactLine("folder", result.folder, colour);
  text +=
      FactLine("size", absl::StrFormat("%.1f MB", static_cast<double>(result.bytes) / 1e6), colour);
  text +=
      FactLine("windows",
               absl::StrCat(technical["sequence"].get<size_t>(), " x ", technical["columns"].size(),
                            " of ", technical["set"].get<std::string>()),
               colour);
  text += FactLine("fundamental", columns("fundamental"), colour);
  text += FactLine("event", columns("event"), colour);
  text += FactLine("left out", LeftOutText(metadata["left_out"]), colour);
  text += FactLine(
      "gaps",
      absl::StrCat(metadata["gaps"]["missing_candles"].get<int64_t>(), " candles missing in ",
                   metadata["gaps"]["count"].get<int64_t>(), " gaps"),
      colour);
  return absl::StrCat(text, Parts(metadata["splits"], colour));
}

nlohmann::json DatasetJson(const DatasetResult& result, bool dry_run) {
  json object = result.metadata;
  object.erase("files");
  object["folder"] = result.folder;
  object["bytes"] = result.bytes;
  object["dry_run"] = dry_run;
  return object;
}

}  // namespace aifx::cli
