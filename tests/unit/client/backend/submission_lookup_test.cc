#include "client/backend/submission_lookup.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/unit/client/backend/backend_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The client's clock stands at 10:00 of 2018-06-12; the backend's is an hour ahead.
class SubmissionLookupTest : public BackendTest {
 protected:
  static constexpr char kOtherId[] = "1c3f6a54-8f2e-4c57-9d53-0c8f6a2b1d11";

  static std::string Row(const std::string& id, const std::string& created,
                         const std::string& request_id = "") {
    return absl::StrCat(R"({"id":")", id, R"(","createdAt":"2018-06-12T)", created,
                        R"(:00.000Z","factors":{"client_request_id":")", request_id, R"("}})");
  }
  void PushPage(const std::vector<std::string>& rows, int total, bool date = true) {
    std::string body = R"({"success":true,"data":{"predictions":[)";
    for (size_t i = 0; i < rows.size(); ++i) body += (i > 0 ? "," : "") + rows[i];
    body += absl::StrCat(R"(],"pagination":{"total":)", total, "}}}");
    http::HttpResponse response = testing::FakeHttpClient::Json(200, body);
    if (date) response.headers.emplace_back("Date", "Tue, 12 Jun 2018 11:00:00 GMT");
    http_.Push(std::move(response));
  }
  LookupResult Find(const std::vector<Sought>& sought) {
    return SubmissionLookup(client_->channel(), clock_).Find(sought, {});
  }
  Sought SentAt(absl::Time time) { return {.request_id = kRequestId, .sent_at = time}; }
};

TEST_F(SubmissionLookupTest, PagesByTotalUntilTheRowsAreOlderThanTheAttempt) {
  PushPage({Row("c", "10:59"), Row("b", "10:58")}, 9);
  PushPage({Row("b", "10:58"), Row("a", "10:54", kRequestId)}, 10);
  PushPage({Row("z", "10:52")}, 10);
  // Sent at 10:58 by the backend's clock; five minutes less is 10:53.
  const LookupResult result = Find({SentAt(clock_.Now() - absl::Minutes(2))});
  EXPECT_OK(result.status);
  EXPECT_EQ(result.seen_back_to, At(2018, 6, 12, 10, 52));
  EXPECT_EQ(result.clock_offset, absl::Hours(1));
  ASSERT_THAT(result.found, SizeIs(1));
  EXPECT_THAT(result.found.at(kRequestId), ElementsAre("a"));
  ASSERT_THAT(http_.requests(), SizeIs(3));
  EXPECT_EQ(http_.requests()[1].url,
            "http://backend.test:3000/api/v1/ml/predictions?limit=100&offset=2");
  EXPECT_EQ(http_.requests()[1].max_response_bytes, BackendConfig().max_page_bytes);
}

TEST_F(SubmissionLookupTest, SeesEverythingAtTheEndOfTheListAndEveryDuplicateOnce) {
  PushPage({Row("c", "10:59", absl::AsciiStrToUpper(kRequestId)), Row("b", "10:58")}, 3);
  PushPage({Row("b", "10:58"), Row("a", "10:57", kRequestId)}, 4);
  const LookupResult result = Find({SentAt(clock_.Now()), {kOtherId, clock_.Now()}});
  EXPECT_EQ(result.seen_back_to, absl::InfinitePast());
  EXPECT_THAT(result.found.at(kRequestId), ElementsAre("c", "a"));
  EXPECT_THAT(result.found, SizeIs(1));
}

TEST_F(SubmissionLookupTest, AnEmptyBackendHasNothing) {
  PushPage({}, 0);
  const LookupResult result = Find({SentAt(clock_.Now())});
  EXPECT_EQ(result.seen_back_to, absl::InfinitePast());
  EXPECT_THAT(result.found, IsEmpty());
}

TEST_F(SubmissionLookupTest, ASearchThatFailsKeepsWhatItSaw) {
  PushPage({Row("c", "10:59", kRequestId)}, 5);
  PushFailure(404, "ROUTE_NOT_FOUND", "no");
  const LookupResult result = Find({SentAt(clock_.Now() - absl::Hours(1))});
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("looking up")));
  EXPECT_EQ(result.seen_back_to, At(2018, 6, 12, 10, 59));
  EXPECT_THAT(result.found, SizeIs(1));
}

TEST_F(SubmissionLookupTest, RowsDeletedMeanwhileVoidTheScan) {
  PushPage({Row("c", "10:59")}, 5);
  PushPage({Row("b", "10:01")}, 4);
  const LookupResult result = Find({SentAt(clock_.Now() - absl::Minutes(30))});
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kAborted, HasSubstr("deleted")));
  EXPECT_EQ(result.seen_back_to, absl::InfiniteFuture());
}

TEST_F(SubmissionLookupTest, WithoutADateItReadsToTheEnd) {
  PushPage({Row("c", "01:00")}, 2, /*date=*/false);
  PushPage({Row("a", "00:01", kRequestId)}, 2, /*date=*/false);
  const LookupResult result = Find({SentAt(clock_.Now())});
  EXPECT_EQ(result.seen_back_to, absl::InfinitePast());
  EXPECT_EQ(result.clock_offset, std::nullopt);
  EXPECT_THAT(result.found, SizeIs(1));
}

TEST_F(SubmissionLookupTest, NonsenseAndAnEndedContextAreToldApart) {
  PushPage({}, 7);
  EXPECT_THAT(Find({SentAt(clock_.Now())}).status,
              StatusIs(absl::StatusCode::kInternal, HasSubstr("an empty page although 7")));
  base::CallContext context{.deadline = clock_.Now()};
  EXPECT_THAT(SubmissionLookup(client_->channel(), clock_).Find({}, context).status,
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("after 0 of 0")));
}

TEST(EarliestCreationTest, TakesTheEarlierOfTwoEstimates) {
  const absl::Time now = absl::FromUnixSeconds(1'528'797'600);
  const absl::Duration slack = absl::Minutes(5);
  struct Case {
    const char* name;
    Sought sought;
    std::optional<absl::Duration> offset;
    absl::Time want;
  };
  const absl::Time sent = now - absl::Minutes(1);
  const Case cases[] = {
      {"no clock of the backend", {"", sent}, std::nullopt, absl::InfinitePast()},
      {"one estimate", {"", sent}, absl::Seconds(7), sent + absl::Seconds(7) - slack},
      {"both agree", {"", sent, sent}, absl::ZeroDuration(), sent - slack},
      // It was really sent 61 minutes ago.
      {"our clock was set back an hour after sending",
       {"", sent, sent - absl::Hours(1)},
       absl::ZeroDuration(),
       sent - absl::Hours(1) - slack},
      {"our clock was set forward before sending, after the offset was seen",
       {"", sent, sent + absl::Hours(1)},
       absl::ZeroDuration(),
       sent - slack},
      {"set back so far that it is to be sent",
       {"", now + absl::Seconds(1)},
       absl::ZeroDuration(),
       absl::InfinitePast()},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(EarliestCreation(c.sought, c.offset, now), c.want);
  }
}

}  // namespace
}  // namespace aifx::backend
