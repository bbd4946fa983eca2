#ifndef AIFX_CLIENT_CLI_TABLE_H_
#define AIFX_CLIENT_CLI_TABLE_H_

#include <string>
#include <vector>

#include "client/cli/console.h"

namespace aifx::cli {

struct Cell {
  std::string text;
  Tone tone = Tone::kPlain;
};

// Columns as wide as their widest cell, two spaces apart. Numbers go to the right. Widths count
// bytes: cells are ASCII.
class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // REQUIRES: as many cells as columns.
  void AddRow(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // Title line and rows, each ended by a newline.
  std::string ToString(bool colour) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// One `name   value` line of a description, the name padded to 15 columns.
std::string FactLine(absl::string_view name, absl::string_view value, bool colour);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TABLE_H_
