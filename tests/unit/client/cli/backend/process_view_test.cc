#include "client/cli/backend/process_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/backend/needed_libraries.h"
#include "client/http/curl_client.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "tests/support/raw_http_server.h"
#include "tests/support/status_matchers.h"

namespace aifx::cli {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::RawHttpServer;
using ::aifx::testing::StatusIs;
using ::testing::_;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DatabaseOfLibraryTest, KnowsClientsByTheirFileAndNothingElse) {
  EXPECT_EQ(DatabaseOfLibrary("/usr/lib/x86_64-linux-gnu/libpq.so.5"), "PostgreSQL");
  EXPECT_EQ(DatabaseOfLibrary("libpqxx-6.4.so"), "PostgreSQL");
  EXPECT_EQ(DatabaseOfLibrary("/lib/libmysqlclient.so.21"), "MySQL");
  EXPECT_EQ(DatabaseOfLibrary("/lib/libmariadb.so.3"), "MariaDB");
  EXPECT_EQ(DatabaseOfLibrary("/lib/libodbc.so.2"), "ODBC");
  for (const char* path : {"/lib/libpqueue.so.1", "/opt/libpq.so.5/libm.so.6", "libtorch_cpu.so",
                           "libctf.so.0", "libsqlite3.so.0", ""}) {
    EXPECT_EQ(DatabaseOfLibrary(path), "") << path;
  }
}

// As Linux on a little-endian machine writes it.
constexpr char kTcp[] =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0  0 11 1 0\n"
    "   1: 0100007F:D2F0 0100007F:0BB8 01 00000000:00000000 00:00000000 00000000  0  0 12 1 0\n"
    "   2: 0100007F:D2F2 0700000A:1538 08 00000000:00000000 00:00000000 00000000  0  0 13 1 0\n"
    "   3: 0100007F:D2F4 0900000A:1538 01 00000000:00000000 00:00000000 00000000  0  0 99 1 0\n"
    "   4: odd:line\n";

TEST(ParseTcpTableTest, FindsTheFarEndsOfTheseSockets) {
  EXPECT_THAT(ParseTcpTable(kTcp, {"11", "12", "13"}),
              ElementsAre(Endpoint{"10.0.0.7", 5432}, Endpoint{"127.0.0.1", 3000}));
  EXPECT_THAT(ParseTcpTable(kTcp, {}), IsEmpty());
  EXPECT_THAT(
      ParseTcpTable("0: 00000000000000000000000001000000:D2F0 00000000000000000000000001000000:"
                    "0BB8 01 0:0 00:0 0 0 0 12 1\n",
                    {"12"}),
      ElementsAre(Endpoint{"::1", 3000}));
  EXPECT_THAT(ParseTcpTable("0: x 0100007F:zz 01 0:0 00:0 0 0 0 12 1\n", {"12"}), IsEmpty());
}

TEST(NeededLibrariesTest, ReadsThisProgram) {
  ASSERT_OK_AND_ASSIGN(const std::string image, base::ReadFile("/proc/self/exe"));
  EXPECT_THAT(NeededLibraries(image),
              IsOkAndHolds(AllOf(Contains("libc.so.6"), Contains(HasSubstr("libcurl")))));
}

TEST(NeededLibrariesTest, RefusesWhatIsNoProgramAndWhatIsCutShort) {
  ASSERT_OK_AND_ASSIGN(const std::string image, base::ReadFile("/proc/self/exe"));
  for (const std::string& bad : {std::string(),
                                 std::string("\x7f"
                                             "ELF"),
                                 std::string(4096, 'x')}) {
    EXPECT_THAT(NeededLibraries(bad), StatusIs(absl::StatusCode::kInvalidArgument, _));
  }
  EXPECT_THAT(NeededLibraries(image.substr(0, 100)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cut short")));
  std::string damaged = image.substr(0, 4096);
  for (size_t i = 64; i < damaged.size(); ++i) {
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    NeededLibraries(damaged).status().IgnoreError();  // an answer or an error, never a crash
    damaged[i] = image[i];
  }
}

TEST(OwnProcessViewTest, SeesThisProcess) {
  RawHttpServer server({{{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}});
  http::CurlClient client({}, base::SystemClock());
  ASSERT_OK(client.Send({.method = "GET", .url = server.Url()}, {}));
  OwnProcessView view;
  ASSERT_OK_AND_ASSIGN(const ProcessSnapshot snapshot, view.Look());
  EXPECT_THAT(snapshot.libraries, Contains(HasSubstr("libc.so")));
  EXPECT_THAT(snapshot.functions, IsEmpty());
  EXPECT_THAT(snapshot.connections, Contains(Endpoint{"127.0.0.1", server.port()}));
}

}  // namespace
}  // namespace aifx::cli
