#include "client/cli/features/feature_files.h"

#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/cli/features/context_reader.h"
#include "core/base/sha256.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

// The files of the parts, of which one is open at a time: rows come in time order.
class PartFiles {
 public:
  PartFiles(const FeaturesPlan& plan, const std::string& folder)
      : format_(plan.format), folder_(folder) {
    for (const features::Column& column : plan.set->columns()) columns_.push_back(column.name);
  }

  absl::Status Append(size_t part, absl::Time time, absl::Span<const double> row) {
    if (table_ == nullptr || part != part_) {
      AIFX_RETURN_IF_ERROR(CloseOpen());
      part_ = part;
      AIFX_ASSIGN_OR_RETURN(table_,
                            table::CreateTable(format_, folder_, kPartNames[part], columns_));
    }
    WrittenPart& written = written_[part];
    if (written.rows++ == 0) written.first = time;
    written.last = time;
    return table_->Append(time, row);
  }

  absl::StatusOr<std::array<WrittenPart, kParts>> Finish() {
    AIFX_RETURN_IF_ERROR(CloseOpen());
    return std::move(written_);
  }

 private:
  absl::Status CloseOpen() {
    if (table_ == nullptr) return absl::OkStatus();
    AIFX_RETURN_IF_ERROR(table_->Close());
    table_.reset();
    for (const std::string& name : table::TableFiles(format_, kPartNames[part_])) {
      const std::string path = absl::StrCat(folder_, "/", name);
      WrittenFile file{.name = name};
      std::error_code error;
      file.bytes = std::filesystem::file_size(path, error);
      if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot inspect ", path));
      AIFX_ASSIGN_OR_RETURN(file.sha256, base::Sha256HexOfFile(path));
      written_[part_].files.push_back(std::move(file));
    }
    return absl::OkStatus();
  }

  const table::TableFormat format_;
  const std::string folder_;
  std::vector<std::string> columns_;
  std::array<WrittenPart, kParts> written_;
  std::unique_ptr<table::TableWriter> table_;
  size_t part_ = 0;
};

absl::Status CheckParts(const FeaturesPlan& plan, const SeriesKey& key,
                        const WrittenSeries& series) {
  for (size_t part = 0; part < kParts; ++part) {
    if (series.parts[part].rows > 0) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("no row of ", key.Name(), " has all columns of ", plan.set->name(),
                     " in the part ", kPartNames[part], ": ", UndefinedText(series.dropped)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WrittenSeries> WriteSeries(const FeaturesPlan& plan, const SeriesKey& key,
                                          const SeriesSurvey& survey, const std::string& folder,
                                          market::CandleHistory& source,
                                          const market::OnReadProgress& progress,
                                          const base::CallContext& context) {
  AIFX_ASSIGN_OR_RETURN(FeatureRows rows, FeatureRows::Make(*plan.set, &key.pair));
  ContextReader others(survey.ContextUserOf(plan, key), source, context);
  const Splitter splitter(plan.split, survey.range.rows);
  PartFiles files(plan, folder);
  int64_t index = 0;
  const auto take = [&](const market::Candle& candle) {
    AIFX_RETURN_IF_ERROR(others.AdvanceTo(candle.open_time, rows.stream()));
    if (candle.open_time < plan.from) {
      rows.Skip(candle);
      return absl::OkStatus();
    }
    const int64_t warm_up = rows.dropped().warm_up;
    const absl::Span<const double> row = rows.Next(candle);
    if (rows.dropped().warm_up > warm_up) return absl::OkStatus();
    const size_t part =
        splitter.PartOf(index++, market::CloseTime(key.timeframe, candle.open_time));
    return row.empty() ? absl::OkStatus() : files.Append(part, candle.open_time, row);
  };
  AIFX_ASSIGN_OR_RETURN(const ReadCounts read, ReadSeries(plan, key, survey.start, source, nullptr,
                                                          take, progress, context));
  if (read != survey.read) {
    return absl::AbortedError(absl::StrCat("the candles of ", key.Name(),
                                           " changed while they were read (", survey.read.used,
                                           " before, ", read.used, " now): run the job again"));
  }
  AIFX_RETURN_IF_ERROR(others.CheckUnchanged(survey.context));
  WrittenSeries series;
  AIFX_ASSIGN_OR_RETURN(series.parts, files.Finish());
  series.dropped = rows.dropped();
  AIFX_RETURN_IF_ERROR(CheckParts(plan, key, series));
  return series;
}

}  // namespace aifx::cli
