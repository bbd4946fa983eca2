#ifndef AIFX_TESTS_UNIT_CORE_FEATURES_GOLDEN_CSV_H_
#define AIFX_TESTS_UNIT_CORE_FEATURES_GOLDEN_CSV_H_

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace aifx::features {

// The cells of a file of tests/golden/features, line by line, without comments.
inline std::vector<std::vector<std::string>> ReadGoldenCsv(const std::string& name) {
  const std::string path = "tests/golden/features/" + name;
  std::ifstream file(path);
  EXPECT_TRUE(file) << path << " (run from the repository's root)";
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    if (line[0] != '#') lines.push_back(absl::StrSplit(line, ','));
  }
  return lines;
}

}  // namespace aifx::features

#endif  // AIFX_TESTS_UNIT_CORE_FEATURES_GOLDEN_CSV_H_
