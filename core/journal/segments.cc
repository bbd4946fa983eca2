#include "core/journal/segments.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/model/strict_json.h"

namespace aifx::journal {
namespace {

constexpr absl::string_view kPrefix = "predictions-", kSuffix = ".jsonl";

struct Found {
  int64_t number = 0;
  std::string name;
  int64_t bytes = 0;
};

// The number of a segment's name; 0 for the name of anything else.
int64_t NumberOf(absl::string_view name) {
  if (!absl::StartsWith(name, kPrefix) || !absl::EndsWith(name, kSuffix)) return 0;
  name.remove_suffix(kSuffix.size());
  int64_t number = 0;
  return absl::SimpleAtoi(name.substr(name.rfind('-') + 1), &number) ? number : 0;
}

// Oldest first.
absl::StatusOr<std::vector<Found>> ListSegments(const std::string& folder) {
  std::vector<Found> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    const std::string name = at->path().filename().string();
    const int64_t number = NumberOf(name);
    if (number <= 0 || !at->is_regular_file(gone) || gone) continue;
    const auto size = at->file_size(gone);
    if (!gone) found.push_back({number, name, static_cast<int64_t>(size)});
  }
  if (error) {
    return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot list the journal ", folder));
  }
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.number < b.number; });
  return found;
}

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return absl::ErrnoToStatus(wrote < 0 ? errno : ENOSPC, "cannot append");
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return absl::OkStatus();
}

// The newest whole line of a segment that is the entry `id`.
std::optional<JournalEntry> FindIn(absl::string_view text, const std::string& id) {
  const std::string mark = absl::StrCat("\"id\":", model::DumpJson(id));
  for (size_t at = text.rfind(mark); at != absl::string_view::npos;) {
    const size_t before = text.rfind('\n', at);
    const size_t begin = before == absl::string_view::npos ? 0 : before + 1;
    absl::StatusOr<JournalEntry> entry =
        EntryFromJson(text.substr(begin, text.find('\n', at) - begin));
    if (entry.ok() && entry->id == id) return *std::move(entry);
    if (begin == 0) break;
    at = text.rfind(mark, begin - 1);
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<SegmentWriter> SegmentWriter::Open(Options options) {
  options.segment_bytes = std::min(options.segment_bytes, options.max_bytes / 2);
  if (::mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot make the journal's folder ", options.folder));
  }
  SegmentWriter writer(std::move(options));
  AIFX_ASSIGN_OR_RETURN(const std::vector<Found> found, ListSegments(writer.options_.folder));
  for (const Found& segment : found) {
    writer.segments_.push_back({segment.name, segment.bytes});
    writer.bytes_ += segment.bytes;
    writer.next_number_ = segment.number + 1;
  }
  writer.MakeRoom(0);
  return writer;
}

SegmentWriter::SegmentWriter(SegmentWriter&& other) noexcept
    : options_(std::move(other.options_)),
      segments_(std::move(other.segments_)),
      bytes_(other.bytes_),
      next_number_(other.next_number_),
      fd_(std::exchange(other.fd_, -1)) {}

SegmentWriter::~SegmentWriter() { CloseCurrent(); }

void SegmentWriter::CloseCurrent() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

absl::Status SegmentWriter::Begin(absl::Time now) {
  const std::string name =
      absl::StrCat(kPrefix, absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone()), "-",
                   absl::Dec(next_number_, absl::kZeroPad8), kSuffix);
  const std::string path = absl::StrCat(options_.folder, "/", name);
  ++next_number_;  // where the name is taken, the next call has another
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  segments_.push_back({name, 0});
  return absl::OkStatus();
}

void SegmentWriter::MakeRoom(int64_t wanted) {
  while (!segments_.empty() && bytes_ + wanted > options_.max_bytes) {
    if (segments_.size() == 1) CloseCurrent();
    const std::string path = absl::StrCat(options_.folder, "/", segments_.front().name);
    ::unlink(path.c_str());  // somebody else may have removed it already
    bytes_ -= segments_.front().bytes;
    segments_.pop_front();
  }
}

absl::Status SegmentWriter::Append(absl::string_view line, absl::Time now) {
  const std::string whole = absl::StrCat(line, "\n");
  const auto size = static_cast<int64_t>(whole.size());
  if (size > options_.max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "an entry of ", size, " bytes is above the journal's bound of ", options_.max_bytes));
  }
  if (fd_ >= 0 && segments_.back().bytes + size > options_.segment_bytes) CloseCurrent();
  MakeRoom(size);
  if (fd_ < 0) AIFX_RETURN_IF_ERROR(Begin(now));
  const absl::Status written = WriteAll(fd_, whole);
  if (!written.ok()) {
    const std::string path = absl::StrCat(options_.folder, "/", segments_.back().name);
    if (::ftruncate(fd_, segments_.back().bytes) != 0) CloseCurrent();
    return absl::Status(written.code(), absl::StrCat(path, ": ", written.message()));
  }
  segments_.back().bytes += size;
  bytes_ += size;
  return absl::OkStatus();
}

absl::StatusOr<JournalEntry> FindEntry(const std::string& folder, const std::string& id) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<Found> segments, ListSegments(folder));
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    const absl::StatusOr<std::string> text =
        base::ReadFile(absl::StrCat(folder, "/", segment->name));
    if (absl::IsNotFound(text.status())) continue;  // a server made room meanwhile
    AIFX_RETURN_IF_ERROR(text.status());
    if (std::optional<JournalEntry> entry = FindIn(*text, id)) return *std::move(entry);
  }
  return absl::NotFoundError(absl::StrCat(
      "prediction ", id, " is not in the journal ", folder, " (", segments.size(),
      " files): it is older than what is kept there, was not recorded, or another server's"));
}

}  // namespace aifx::journal
