#include "client/collect/csv_rows.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

// Cuts a text into records of cells; a record may span lines inside quotes.
class Scanner {
 public:
  Scanner(absl::string_view text, absl::string_view name) : text_(text), name_(name) {}

  // False at the end of the text. Skips empty lines and comments.
  absl::StatusOr<bool> Next(std::vector<std::string>& cells) {
    while (SkipLine()) {
    }
    if (at_ >= text_.size()) return false;
    cells.clear();
    place_line_ = line_;
    while (true) {
      AIFX_ASSIGN_OR_RETURN(std::string cell, Cell());
      cells.push_back(std::move(cell));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      SkipLineEnd();
      return true;
    }
  }

  std::string place() const { return absl::StrCat(name_, ":", place_line_); }

 private:
  // True where the line at hand is empty or a comment, which is skipped.
  bool SkipLine() {
    if (at_ >= text_.size()) return false;
    size_t end = text_.find('\n', at_);
    if (end == absl::string_view::npos) end = text_.size();
    const absl::string_view line = absl::StripAsciiWhitespace(text_.substr(at_, end - at_));
    if (!line.empty() && line[0] != '#') return false;
    at_ = end;
    SkipLineEnd();
    return true;
  }

  void SkipLineEnd() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') {
      ++at_;
      ++line_;
    }
  }

  absl::StatusOr<std::string> Cell() {
    if (at_ < text_.size() && text_[at_] == '"') return QuotedCell();
    const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string cell(text_.substr(at_, end - at_));
    at_ = end;
    return cell;
  }

  absl::StatusOr<std::string> QuotedCell() {
    std::string cell;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell += text_[at_];
      } else if (text_.substr(at_ + 1, 1) == "\"") {
        cell += text_[++at_];
      } else {
        ++at_;
        if (at_ == text_.size() || absl::StrContains(",\r\n", text_.substr(at_, 1))) return cell;
        return absl::InvalidArgumentError(
            absl::StrCat(place(), ": '", text_.substr(at_, 1), "' follows a closing quote"));
      }
    }
    return absl::InvalidArgumentError(absl::StrCat(place(), ": a quote is not closed"));
  }

  absl::string_view text_;
  absl::string_view name_;
  size_t at_ = 0;
  int line_ = 1;
  int place_line_ = 1;
};

absl::Status CheckHeader(std::vector<std::string>& titles, const std::string& place) {
  std::set<std::string> seen;
  for (std::string& title : titles) {
    title = absl::AsciiStrToLower(absl::StripAsciiWhitespace(title));
    if (!seen.insert(title).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": the header names the column '", title, "' twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SourceRow>> ParseCsvRows(absl::string_view text,
                                                    absl::string_view name) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // what spreadsheets put in front of UTF-8
  Scanner scanner(text, name);
  std::vector<std::string> titles, cells;
  AIFX_ASSIGN_OR_RETURN(const bool has_header, scanner.Next(titles));
  if (!has_header) return absl::InvalidArgumentError(absl::StrCat(name, " has no header line"));
  AIFX_RETURN_IF_ERROR(CheckHeader(titles, scanner.place()));
  std::vector<SourceRow> rows;
  while (true) {
    AIFX_ASSIGN_OR_RETURN(const bool more, scanner.Next(cells));
    if (!more) return rows;
    if (cells.size() != titles.size()) {
      return absl::InvalidArgumentError(absl::StrCat(scanner.place(), ": ", cells.size(),
                                                     " cells under ", titles.size(), " columns"));
    }
    SourceRow row{.place = scanner.place(), .fields = {}};
    for (size_t c = 0; c < cells.size(); ++c) row.fields.emplace(titles[c], std::move(cells[c]));
    rows.push_back(std::move(row));
  }
}

}  // namespace aifx::collect
