#include "client/cli/outbox_text.h"

#include "absl/strings/str_cat.h"
#include "client/cli/errors.h"
#include "client/cli/table.h"

namespace aifx::cli {
namespace {

constexpr size_t kReasonWidth = 60;  // of a table; `show` has all of it

Tone StateTone(pb::SubmissionState state) {
  if (state == pb::SUBMISSION_STATE_ACKED) return Tone::kGood;
  if (state == pb::SUBMISSION_STATE_DEAD) return Tone::kBad;
  return state == pb::SUBMISSION_STATE_UNKNOWN ? Tone::kCaution : Tone::kPlain;
}

std::string Shortened(const std::string& text) {
  return text.size() <= kReasonWidth ? text : absl::StrCat(text.substr(0, kReasonWidth - 3), "...");
}

}  // namespace

std::string SubmissionText(const pb::Submission& submission, bool colour) {
  std::string text = absl::StrCat(
      Paint(absl::StrCat(SubmissionKindWord(submission.kind()), " ", submission.request_id()),
            Tone::kStrong, colour),
      "  ", Paint(SubmissionStateWord(submission.state()), StateTone(submission.state()), colour),
      "\n");
  if (!submission.backend_prediction_id().empty()) {
    text += FactLine("backend id", submission.backend_prediction_id(), colour);
  }
  text += FactLine("accepted", TimeWord(submission.created_at()), colour);
  text += FactLine("attempts", absl::StrCat(submission.attempts()), colour);
  if (submission.has_last_attempt_at()) {
    text += FactLine("last attempt", TimeWord(submission.last_attempt_at()), colour);
  }
  if (submission.has_next_attempt_at()) {
    text += FactLine("next attempt", TimeWord(submission.next_attempt_at()), colour);
  }
  if (submission.has_error()) {
    text += FactLine(
        "reason",
        absl::StrCat(CodeName(submission.error().code()), ": ", submission.error().message()),
        colour);
  }
  return text;
}

std::string SubmissionsText(const pb::ListSubmissionsResponse& response, bool colour) {
  if (response.submissions().empty()) return "no submissions\n";
  Table table({{"accepted"},
               {"what"},
               {"state"},
               {"attempts", true},
               {"next attempt"},
               {"id"},
               {"reason"}});
  for (const pb::Submission& submission : response.submissions()) {
    table.AddRow({{TimeWord(submission.created_at())},
                  {SubmissionKindWord(submission.kind())},
                  {SubmissionStateWord(submission.state()), StateTone(submission.state())},
                  {absl::StrCat(submission.attempts())},
                  {submission.has_next_attempt_at() ? TimeWord(submission.next_attempt_at()) : ""},
                  {submission.request_id()},
                  {submission.has_error() ? Shortened(submission.error().message()) : ""}});
  }
  return absl::StrCat(table.ToString(colour), response.next_page_token().empty()
                                                  ? ""
                                                  : "there are older ones: --limit N shows more\n");
}

}  // namespace aifx::cli
