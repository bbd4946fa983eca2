#include "client/cache/series_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::cache {
namespace {

using market::Candle;

// The candles of `candles` that open in `range`.
absl::Span<const Candle> Within(absl::Span<const Candle> candles, const TimeRange& range) {
  const auto before = [](const Candle& candle, absl::Time time) { return candle.open_time < time; };
  const auto first = std::lower_bound(candles.begin(), candles.end(), range.start, before);
  const auto end = std::lower_bound(first, candles.end(), range.end, before);
  return candles.subspan(static_cast<size_t>(first - candles.begin()),
                         static_cast<size_t>(end - first));
}

// Another file at the same path has another number; 0 where there is none.
uint64_t FileIdentity(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? uint64_t{info.st_ino} : 0;
}

}  // namespace

SeriesFile::SeriesFile(Place place, base::Logger& logger)
    : place_(std::move(place)), logger_(logger), identity_(FileIdentity(place_.path)) {
  absl::StatusOr<std::unique_ptr<CandleFile>> file = CandleFile::Open(place_.path, place_.key);
  if (file.ok()) {
    file_ = *std::move(file);
    known_ = file_->known();
  } else if (!absl::IsNotFound(file.status())) {
    logger_.Warning("the candle cache's file cannot be used and is built again from the backend",
                    {{"file", place_.path}, {"reason", std::string(file.status().message())}});
  }
}

absl::Status SeriesFile::Read(const TimeRange& range, const OnCandles& on_candles,
                              const OnDamage& on_damage) const {
  if (file_ == nullptr) return absl::OkStatus();
  for (size_t block = file_->BlockAt(range.start); block < file_->blocks(); ++block) {
    const TimeRange part = Intersection(file_->SpanOf(block), range);
    if (file_->SpanOf(block).start >= range.end) break;
    if (part.empty()) continue;
    const absl::StatusOr<std::vector<Candle>> candles = file_->Read(block);
    if (candles.ok()) {
      const absl::Span<const Candle> wanted = Within(*candles, part);
      if (!wanted.empty()) AIFX_RETURN_IF_ERROR(on_candles(wanted));
      continue;
    }
    logger_.Warning("a part of the candle cache is damaged and is read again from the backend",
                    {{"file", place_.path}, {"reason", std::string(candles.status().message())}});
    AIFX_RETURN_IF_ERROR(on_damage(part));
  }
  return absl::OkStatus();
}

SeriesFile::Tail SeriesFile::Newest(const TimeRange& range, size_t count) const {
  Tail tail{range, {}};
  if (file_ == nullptr || file_->blocks() == 0) return tail;
  std::vector<Candle>& newest = tail.candles;
  for (size_t block = file_->BlockAt(range.end) + 1; block-- > 0;) {
    const TimeRange span = Intersection(file_->SpanOf(block), range);
    if (span.empty()) continue;
    const absl::StatusOr<std::vector<Candle>> candles = file_->Read(block);
    if (!candles.ok()) {
      tail.range.start = span.end;
      break;
    }
    const absl::Span<const Candle> wanted = Within(*candles, span);
    const size_t missing = std::min(count - newest.size(), wanted.size());
    newest.insert(newest.begin(), wanted.end() - static_cast<ptrdiff_t>(missing), wanted.end());
    if (newest.size() == count) {
      tail.range.start = newest.front().open_time;
      break;
    }
  }
  return tail;
}

int64_t SeriesFile::CountAtMost(const TimeRange& range) const {
  if (file_ == nullptr || file_->blocks() == 0) return 0;
  const size_t blocks = file_->BlockAt(range.end) - file_->BlockAt(range.start) + 1;
  return static_cast<int64_t>(blocks * kBlockRecords);
}

void SeriesFile::BeginWriting(absl::Time time) {
  if (std::exchange(tried_to_write_, true)) return;
  if (const absl::Status status = OpenWriter(); !status.ok()) return GiveUpWriting(status);
  KeepKnown({absl::InfinitePast(), time});
}

absl::Status SeriesFile::OpenWriter() {
  AIFX_ASSIGN_OR_RETURN(lock_, FileLock::Try(place_.path + ".lock"));
  if (!lock_.has_value() || FileIdentity(place_.path) != identity_) return absl::OkStatus();
  AIFX_ASSIGN_OR_RETURN(writer_,
                        CandleFileWriter::Create(place_.path, place_.key, place_.max_bytes));
  return absl::OkStatus();
}

void SeriesFile::Keep(absl::Span<const Candle> candles) {
  if (writer_ == nullptr || candles.empty()) return;
  last_kept_ = candles.back().open_time;
  if (absl::Status status = writer_->Append(candles); !status.ok()) GiveUpWriting(status);
}

void SeriesFile::KeepKnown(const TimeRange& range) {
  for (const TimeRange& known : known_.ranges()) {
    const TimeRange part = Intersection(known, range);
    if (writer_ == nullptr || part.empty()) continue;
    absl::Time from = part.start;
    const auto keep = [&](absl::Span<const Candle> candles) {
      Keep(Within(candles, {last_kept_ + kTimeStep, absl::InfiniteFuture()}));
      return absl::OkStatus();
    };
    const auto leave_out = [&](const TimeRange& damaged) {
      KeepRange({from, damaged.start});
      from = damaged.end;
      return absl::OkStatus();
    };
    static_cast<void>(Read(part, keep, leave_out));  // the callbacks never fail
    KeepRange({from, part.end});
  }
}

void SeriesFile::Finish(absl::Time time) {
  KeepKnown({time, absl::InfiniteFuture()});
  if (writer_ == nullptr) {
    if (file_ != nullptr) MarkUsed(place_.path);
    return;
  }
  if (kept_.empty()) return writer_.reset();  // nothing worth a file
  if (absl::Status status = writer_->Commit(kept_); !status.ok()) return GiveUpWriting(status);
  writer_.reset();
  Evict(place_.folder, place_.max_bytes, place_.path);
}

void SeriesFile::GiveUpWriting(const absl::Status& status) {
  logger_.Warning("the candle cache cannot be written: what is read is not kept",
                  {{"file", place_.path}, {"reason", std::string(status.message())}});
  writer_.reset();
}

}  // namespace aifx::cache
