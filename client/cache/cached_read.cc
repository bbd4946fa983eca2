#include "client/cache/cached_read.h"

#include <algorithm>
#include <optional>

#include "core/base/status_macros.h"

namespace aifx::cache {
namespace {

using market::Candle;

bool IsSame(const Candle& a, const Candle& b) {
  return a.open_time == b.open_time && a.open == b.open && a.high == b.high && a.low == b.low &&
         a.close == b.close && a.volume == b.volume && a.spread_pips == b.spread_pips;
}

bool AreSame(const std::vector<Candle>& a, const std::vector<Candle>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), IsSame);
}

}  // namespace

absl::Status CachedRead::Run() {
  const std::vector<TimeRange> known = file_.known().ranges();
  for (const TimeRange& range : known) {
    if (!Intersection(range, request_.range).empty()) AIFX_RETURN_IF_ERROR(Confirm(range));
  }
  return DeliverParts(file_.known().Split(request_.range));
}

absl::Status CachedRead::Confirm(const TimeRange& known) {
  absl::Time upto = std::min(known.end, request_.range.end);
  for (size_t count = kReread; upto > known.start; count *= 4) {
    const SeriesFile::Tail tail = file_.Newest({known.start, upto}, count);
    if (tail.range.empty()) break;  // damaged, and so read again anyway
    AIFX_ASSIGN_OR_RETURN(
        const std::vector<Candle> now,
        source_.Range(request_.pair, request_.timeframe, tail.range.start, upto, request_.context));
    if (AreSame(tail.candles, now)) break;
    file_.ForgetFrom(tail.range.start);
    forgot_ = true;
    upto = tail.range.start;
  }
  return absl::OkStatus();
}

absl::Status CachedRead::DeliverParts(const std::vector<TimeRanges::Part>& parts) {
  for (const TimeRanges::Part& part : parts) {
    if (part.known) expected_later_ += file_.CountAtMost(part.range);
  }
  absl::Status status;
  absl::Time reached = request_.range.end;
  for (const TimeRanges::Part& part : parts) {
    if (part.known) expected_later_ -= file_.CountAtMost(part.range);
    status = part.known ? DeliverKnown(part.range) : DeliverHole(part.range);
    if (!status.ok()) {
      // What came until then is worth keeping, with all that was known behind it.
      reached = part.known ? part.range.start : part.range.end;
      break;
    }
  }
  file_.Finish(reached);
  if (status.ok()) ReportProgress(0);
  return status;
}

absl::Status CachedRead::DeliverKnown(const TimeRange& range) {
  absl::Time from = range.start;
  ReportProgress(file_.CountAtMost(range));
  const auto deliver = [&](absl::Span<const Candle> candles) {
    file_.Keep(candles);
    return Deliver(candles);
  };
  const auto fetch = [&](const TimeRange& damaged) {
    file_.KeepRange({from, damaged.start});
    file_.BeginWriting(damaged.start);
    from = damaged.end;
    return DeliverHole(damaged);
  };
  AIFX_RETURN_IF_ERROR(file_.Read(range, deliver, fetch));
  file_.KeepRange({from, range.end});
  return absl::OkStatus();
}

absl::Status CachedRead::DeliverHole(const TimeRange& range) {
  if (forgot_) file_.BeginWriting(range.start);
  std::optional<TimeRange> seen;  // from the first to the end of the last candle that is closed
  const int64_t before = delivered_;
  const auto deliver = [&](absl::Span<const Candle> candles) {
    const auto open = std::find_if(candles.begin(), candles.end(), [&](const Candle& candle) {
      return market::CloseTime(request_.timeframe, candle.open_time) > request_.now;
    });
    const auto closed = candles.first(static_cast<size_t>(open - candles.begin()));
    if (!closed.empty()) {
      // Not before: a read that brings nothing new leaves the file as it is.
      file_.BeginWriting(range.start);
      file_.Keep(closed);
      if (!seen.has_value()) seen = {closed.front().open_time, absl::Time()};
      seen->end = market::CloseTime(request_.timeframe, closed.back().open_time);
    }
    return Deliver(candles);
  };
  const auto progress = [&](const market::ReadProgress& of_hole) {
    ReportProgress(before + of_hole.expected - delivered_);
  };
  absl::Status status = source_.Stream(request_.pair, request_.timeframe, range.start, range.end,
                                       deliver, progress, request_.context);
  KeepHole(range, seen.value_or(TimeRange{range.end, range.start}), status.ok());
  return status;
}

// Emptiness counts as known between candles only: before the first and after the last one that is
// seen, more may come.
void CachedRead::KeepHole(const TimeRange& hole, const TimeRange& candles, bool whole) {
  const auto starts_before = [&](const TimeRange& range) { return range.start < hole.start; };
  const auto ends_after = [&](const TimeRange& range) { return range.end > hole.end; };
  const std::vector<TimeRange>&known = file_.known().ranges(), &kept = file_.kept().ranges();
  const bool earlier = std::any_of(known.begin(), known.end(), starts_before) ||
                       std::any_of(kept.begin(), kept.end(), starts_before);
  const bool later = whole && std::any_of(known.begin(), known.end(), ends_after);
  if (candles.empty()) {
    if (!earlier || !later) return;
    file_.BeginWriting(hole.start);
    file_.KeepRange(hole);
    return;
  }
  file_.KeepRange(
      {earlier ? hole.start : candles.start, later ? hole.end : std::min(candles.end, hole.end)});
}

absl::Status CachedRead::Deliver(absl::Span<const Candle> candles) {
  AIFX_RETURN_IF_ERROR(request_.sink(candles));
  delivered_ += static_cast<int64_t>(candles.size());
  return absl::OkStatus();
}

void CachedRead::ReportProgress(int64_t expected_of_part) const {
  if (!request_.progress) return;
  request_.progress(
      {delivered_, delivered_ + std::max<int64_t>(expected_of_part, 0) + expected_later_});
}

}  // namespace aifx::cache
