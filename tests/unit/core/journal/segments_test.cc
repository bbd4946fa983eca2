#include "core/journal/segments.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/unit/core/journal/journal_fixture.h"

namespace aifx::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StatusIs;

class SegmentsTest : public JournalFixture {
 protected:
  absl::StatusOr<SegmentWriter> Open(int64_t max_bytes = 1 << 20, int64_t segment_bytes = 100) {
    return SegmentWriter::Open(
        {.folder = journal_, .max_bytes = max_bytes, .segment_bytes = segment_bytes});
  }
  // Names in order.
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(journal_)) {
      names.push_back(file.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string EntryLine(const std::string& id, double confidence = 0.5) {
    JournalEntry entry = Entry();
    entry.id = id;
    entry.decision.confidence = confidence;
    return EntryToJson(entry);
  }

  const std::string journal_ = folder_ / "journal";
  const absl::Time now_ = testing::Time("2018-06-12T10:00:00Z");
};

TEST_F(SegmentsTest, BeginsANewFileWhereOneIsFull) {
  ASSERT_OK_AND_ASSIGN(SegmentWriter writer, Open());
  for (int i = 0; i < 3; ++i) ASSERT_OK(writer.Append(std::string(48, 'a'), now_));
  EXPECT_THAT(Files(), ElementsAre("predictions-20180612T100000Z-00000001.jsonl",
                                   "predictions-20180612T100000Z-00000002.jsonl"));
  EXPECT_EQ(writer.segments(), 2);
  EXPECT_EQ(writer.bytes(), 3 * 49);
}

TEST_F(SegmentsTest, OnlyTheOwnerReads) {
  ASSERT_OK_AND_ASSIGN(SegmentWriter writer, Open());
  ASSERT_OK(writer.Append("a", now_));
  struct stat folder, file;
  ASSERT_EQ(::stat(journal_.c_str(), &folder), 0);
  ASSERT_EQ(::stat(absl::StrCat(journal_, "/", Files()[0]).c_str(), &file), 0);
  EXPECT_EQ(folder.st_mode & 0777, 0700u);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST_F(SegmentsTest, TheOldestFileMakesRoom) {
  std::ignore = std::filesystem::create_directory(journal_);
  std::ofstream(journal_ + "/notes.txt") << "not the journal's";
  ASSERT_OK_AND_ASSIGN(SegmentWriter writer, Open(/*max_bytes=*/300));
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK(writer.Append(std::string(99, 'a'), now_));
    EXPECT_LE(writer.bytes(), 300);
  }
  EXPECT_THAT(Files(), ElementsAre("notes.txt", "predictions-20180612T100000Z-00000018.jsonl",
                                   "predictions-20180612T100000Z-00000019.jsonl",
                                   "predictions-20180612T100000Z-00000020.jsonl"));
  EXPECT_THAT(writer.Append(std::string(300, 'a'), now_),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("301 bytes")));
}

TEST_F(SegmentsTest, GoesOnAfterTheFilesOfAnEarlierProcess) {
  {
    ASSERT_OK_AND_ASSIGN(SegmentWriter before, Open(300));
    ASSERT_OK(before.Append(std::string(99, 'a'), now_));
    ASSERT_OK(before.Append(std::string(99, 'a'), now_));
  }
  // The clock was set back meanwhile: the order is still that of writing.
  ASSERT_OK_AND_ASSIGN(SegmentWriter writer, Open(300));
  EXPECT_EQ(writer.bytes(), 200);
  ASSERT_OK(writer.Append(std::string(99, 'b'), now_ - absl::Hours(1)));
  ASSERT_OK(writer.Append(std::string(99, 'b'), now_ - absl::Hours(1)));
  EXPECT_THAT(Files(), ElementsAre("predictions-20180612T090000Z-00000003.jsonl",
                                   "predictions-20180612T090000Z-00000004.jsonl",
                                   "predictions-20180612T100000Z-00000002.jsonl"));
}

TEST_F(SegmentsTest, FindsTheNewestEntryOfAPrediction) {
  ASSERT_OK_AND_ASSIGN(SegmentWriter writer, Open(1 << 20, 1));
  ASSERT_OK(writer.Append(EntryLine("one", 0.25), now_));
  ASSERT_OK(writer.Append(EntryLine("two", 0.5), now_));
  ASSERT_OK(writer.Append(EntryLine("one", 0.75), now_));
  ASSERT_OK_AND_ASSIGN(const JournalEntry one, FindEntry(journal_, "one"));
  EXPECT_EQ(one.decision.confidence, 0.75);
  ASSERT_OK_AND_ASSIGN(const JournalEntry two, FindEntry(journal_, "two"));
  EXPECT_EQ(two.decision.confidence, 0.5);
  EXPECT_THAT(FindEntry(journal_, "three"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(journal_)));
  EXPECT_THAT(FindEntry(folder_ / "nothing", "one"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nothing")));
}

TEST_F(SegmentsTest, ATornLineHidesNothing) {
  const std::string line = EntryLine("one");
  {
    ASSERT_OK_AND_ASSIGN(SegmentWriter writer, Open());
    ASSERT_OK(writer.Append(line, now_));
  }
  std::ofstream(absl::StrCat(journal_, "/", Files()[0]), std::ios::app)
      << line.substr(0, line.size() - 9);
  ASSERT_OK_AND_ASSIGN(const JournalEntry entry, FindEntry(journal_, "one"));
  EXPECT_EQ(EntryToJson(entry), line);
  ASSERT_OK_AND_ASSIGN(SegmentWriter next, Open());
  ASSERT_OK(next.Append(EntryLine("two"), now_));
  EXPECT_OK(FindEntry(journal_, "two"));
  EXPECT_OK(FindEntry(journal_, "one"));
}

}  // namespace
}  // namespace aifx::journal
