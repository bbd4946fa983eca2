#include "client/cli/table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aifx::cli {
namespace {

std::string Padded(const Cell& cell, size_t width, bool right, bool last, bool colour) {
  const std::string pad(width - std::min(width, cell.text.size()), ' ');
  const std::string text = Paint(cell.text, cell.tone, colour);
  if (right) return pad + text;
  return last ? text : text + pad;  // no trailing spaces
}

}  // namespace

std::string Table::ToString(bool colour) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = columns_[c].title.size();
    for (const std::vector<Cell>& row : rows_) width = std::max(width, row[c].text.size());
    widths.push_back(width);
  }
  std::string text;
  const auto add_row = [&](const std::vector<Cell>& row) {
    for (size_t c = 0; c < row.size(); ++c) {
      absl::StrAppend(&text, c == 0 ? "" : "  ",
                      Padded(row[c], widths[c], columns_[c].right, c + 1 == row.size(), colour));
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();  // of cells that are empty
    text += '\n';
  };
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Tone::kQuiet});
  add_row(titles);
  for (const std::vector<Cell>& row : rows_) add_row(row);
  return text;
}

std::string FactLine(absl::string_view name, absl::string_view value, bool colour) {
  return absl::StrCat("  ", Paint(absl::StrFormat("%-15s", name), Tone::kQuiet, colour), " ", value,
                      "\n");
}

}  // namespace aifx::cli
