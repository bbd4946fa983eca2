"""Collecting macro data: from files, HTTP and a stand-in for FRED, through `aifx`, into the backend."""

import http.server
import json
import signal
import subprocess
import threading
import unittest
import urllib.parse
import urllib.request

import harness
from fake_fred import FakeFred
from stalling_proxy import StallingProxy

CALENDAR = harness.ROOT / "tests/integration/data/calendar_sample.csv"
EVENTS = 67  # in the sample
SERIES = harness.ROOT / "examples/collect/fred_series.csv"
FRED_KEY = "0123456789abcdef0123456789abcdef"

# {series: {reference date: [(first day, value)]}}, as FakeFred takes them.
GDP = {"2014-01-01": [("2014-04-30", 100.0)],
       "2015-01-01": [("2015-04-29", 103.0), ("2015-05-29", 102.0), ("2015-06-24", 102.5)],
       "2015-04-01": [("2015-07-30", None)]}
CPI = {f"{year}-{month:02}-01": [(f"{year}-{month:02}-28", year - 1900 + month / 10)]
       for year in (2014, 2015) for month in range(1, 13)}


class CollectTest(unittest.TestCase):
    """Tests that write to a backend start their own; the others share one that stays empty."""

    @classmethod
    def setUpClass(cls):
        cls.stack = harness.Stack()
        cls.addClassCleanup(cls.stack.stop)
        _, cls.url = cls.stack.backend(data=None)

    def start_backend(self):
        _, self.url = self.stack.backend(data=None)

    def command(self, *arguments):
        return [str(part) for part in (harness.BIN / "aifx", "collect", *arguments)]

    def collect(self, *arguments, code=0, url=None, **more_env):
        ran = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=60,
                             env=harness.env(BACKEND_API_URL=url or self.url, **more_env))
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran

    def json(self, *arguments, **options):
        return json.loads(self.collect(*arguments, "--json", **options).stdout)

    def stored(self, route, **query):
        """All rows of a route, straight from the backend."""
        text = urllib.parse.urlencode({"limit": 10000} | query)
        request = urllib.request.Request(
            f"{self.url}/api/v1/ml/training-data/{route}?{text}",
            headers={"Authorization": f"Bearer {harness.KEY}", "X-Service-Name": "ml-engine"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            data = json.load(answer)["data"]
        return data["events" if route == "economic-events" else "fundamentalData"]


class CalendarTest(CollectTest):
    def test_from_the_real_format_and_back(self):
        self.start_backend()
        report = self.json("calendar", CALENDAR)
        self.assertEqual((report["to_add"], report["inserted"]), (EVENTS, EVENTS))
        self.assertEqual(report["source"]["unparsed"], 2)
        events = self.stored("economic-events")
        self.assertEqual(len(events), EVENTS)
        jobs, = (e for e in events if e["eventName"] == "Non-Farm Employment Change")
        self.assertEqual(jobs["eventDate"], "2025-04-03T19:00:00.000Z")
        self.assertEqual(float(jobs["actualValue"]), 228000)
        self.assertEqual((jobs["impactLevel"], jobs["timeKnown"]), ("high", False))
        rate, = (e for e in events if e["eventName"] == "BOJ Policy Rate")
        self.assertEqual((float(rate["actualValue"]), rate["forecastValue"]), (0.5, None))

        again = self.json("calendar", CALENDAR)
        self.assertEqual((again["to_add"], again["to_change"], again["written"]), (0, 0, 0))
        self.assertEqual(again["there_already"], EVENTS)

    def test_what_is_no_number_is_told(self):
        log = [json.loads(line) for line in
               self.collect("calendar", CALENDAR, "--dry-run").stderr.splitlines()]
        warnings = [line["text"] for line in log if line["event"] == "warning"]
        self.assertEqual(len(warnings), 2, warnings)
        self.assertIn("calendar_sample.csv:6: actual '1.41|3.1'", warnings[0])

    def test_dry_run_writes_nothing(self):
        shown = self.collect("calendar", CALENDAR, "--dry-run").stdout
        for word in ("dry run", "to add", "USD", "228000", "2025-04-03 19:00 UTC, hour unknown",
                     "and 17 more"):
            self.assertIn(word, shown)
        plan = self.json("calendar", CALENDAR, "--dry-run")
        self.assertEqual(len(plan["added"]), EVENTS)
        self.assertEqual(self.stored("economic-events"), [])

    def test_only_what_is_asked_for(self):
        self.start_backend()
        report = self.json("calendar", "--pairs", "EUR/USD", "--currencies=jpy", CALENDAR,
                           "--start", "2025-04-01", "--end", "2025-04-04")
        events = self.stored("economic-events")
        self.assertEqual(len(events), report["inserted"])
        self.assertLessEqual({e["currency"] for e in events}, {"EUR", "USD", "JPY"})
        self.assertLessEqual(max(e["eventDate"] for e in events), "2025-04-04T00:00:00.000Z")
        self.assertIn("67 rows", self.collect("calendar", CALENDAR, "--pairs", "USD/SEK", "--end",
                                              "2025-01-01", code=75).stderr)

    def test_a_later_actual_is_a_change(self):
        self.start_backend()
        lines = CALENDAR.read_text().splitlines(keepends=True)
        early = self.stack.folder / "early.csv"
        early.write_text("".join(line.replace(",228K,", ",,") for line in lines))
        self.collect("calendar", early)
        plan = self.json("calendar", CALENDAR, "--dry-run")
        self.assertEqual([e["eventName"] for e in plan["changed"]], ["Non-Farm Employment Change"])
        self.assertEqual(self.json("calendar", CALENDAR)["updated"], 1)
        # What is known is not forgotten because a source lacks it.
        self.assertEqual(self.json("calendar", early)["written"], 0)

    def test_a_killed_run_is_gone_on_with(self):
        self.start_backend()
        proxy = StallingProxy(self.url, stall_at=2)
        self.addCleanup(proxy.stop)
        with subprocess.Popen(self.command("calendar", CALENDAR, "--batch-size", "20"),
                              env=harness.env(BACKEND_API_URL=proxy.url), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as run:
            self.assertTrue(proxy.stalled.wait(30))
            run.send_signal(signal.SIGKILL)
        self.assertEqual(len(self.stored("economic-events")), 40)
        report = self.json("calendar", CALENDAR, "--batch-size", "20")
        self.assertEqual((report["there_already"], report["inserted"]), (40, EVENTS - 40))

    def test_over_http(self):
        self.start_backend()
        text = json.dumps([{"eventDate": "2025-04-04T12:30:00Z", "currency": "USD", "actual": "1%",
                            "impact": "high", "event": "CPI"}]).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path.startswith("/week.json") else 404)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        source = f"http://127.0.0.1:{server.server_port}/week.json"
        self.assertEqual(self.json("calendar", f"{source}?key=secret")["inserted"], 1)
        self.assertEqual(self.stored("economic-events")[0]["source"], source)
        refused = self.collect("calendar", f"{source[:-9]}other?key=secret", code=1).stderr
        self.assertIn("answers HTTP 404", refused)
        self.assertNotIn("secret", refused)

    def test_failures(self):
        bad = self.stack.folder / "bad.csv"
        bad.write_text(CALENDAR.read_text().replace(",high,", ",extreme,"))
        refused = self.collect("calendar", bad, code=1).stderr
        self.assertRegex(refused, r"bad\.csv:\d+: impact 'extreme' is not")
        self.assertEqual(self.stored("economic-events"), [])
        self.assertIn("none.csv", self.collect("calendar", "none.csv", code=1).stderr)
        down = "http://127.0.0.1:9"
        self.assertIn(down, self.collect("calendar", CALENDAR, url=down, code=1).stderr)
        self.collect("calendar", code=2)
        self.collect("calendar", CALENDAR, "--pairs", "EUR/XXQ", code=2)
        self.collect("calendar", CALENDAR, "--start", "soon", code=2)
        self.collect("calendar", CALENDAR, "--batch-size", "1001", code=2)


class FundamentalsTest(CollectTest):
    def fred(self, **options):
        fred = FakeFred({"GDPC1": GDP, "CPIAUCSL": CPI}, FRED_KEY, **options)
        self.addCleanup(fred.stop)
        return fred

    def series(self, *ids):
        """A configuration of these series only."""
        path = self.stack.folder / "series.csv"
        lines = SERIES.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines
                                if line.startswith(("series,", *(f"{i}," for i in ids)))))
        return path

    def from_fred(self, fred, *arguments, ids=("GDPC1", "CPIAUCSL"), key=FRED_KEY, **options):
        return self.json("fundamentals", "fred", "--series", self.series(*ids), *arguments,
                         FRED_API_URL=fred.url, FRED_API_KEY=key, **options)

    def test_every_vintage_with_its_release(self):
        self.start_backend()
        fred = self.fred()
        report = self.from_fred(fred)
        self.assertEqual((report["inserted"], report["source"]["missing"]), (28, 1))
        gdp = self.stored("fundamental", indicator="gdp", countries="US")
        self.assertEqual([(r["date"], float(r["value"]), r["releasedAt"]) for r in gdp],
                         [("2014-01-01", 100, "2014-04-30T00:00:00.000Z"),
                          ("2015-01-01", 103, "2015-04-29T00:00:00.000Z"),
                          ("2015-01-01", 102, "2015-05-29T00:00:00.000Z"),
                          ("2015-01-01", 102.5, "2015-06-24T00:00:00.000Z")])
        self.assertEqual(gdp[0]["source"], "FRED:GDPC1")
        known = self.stored("fundamental", indicator="gdp", asOf="2015-06-01T00:00:00Z")
        self.assertEqual([float(r["value"]) for r in known], [100, 102])

        self.assertEqual(self.from_fred(fred)["written"], 0)
        GDP_REVISED = GDP | {"2015-01-01": [*GDP["2015-01-01"], ("2016-07-29", 104.0)]}
        fred.series["GDPC1"] = GDP_REVISED
        self.assertEqual(self.from_fred(fred, "--dry-run")["to_add"], 1)
        self.assertEqual(self.from_fred(fred)["inserted"], 1)
        self.assertEqual(len(self.stored("fundamental", indicator="gdp")), 5)

    def test_what_fred_is_asked(self):
        fred = self.fred()
        self.from_fred(fred, "--start", "2015-01-01", "--pairs", "EUR/USD", "--dry-run")
        self.assertEqual(fred.queries[0], {
            "series_id": "GDPC1", "api_key": FRED_KEY, "file_type": "json", "output_type": "1",
            "realtime_start": "1776-07-04", "realtime_end": "9999-12-31", "limit": "10000",
            "offset": "0", "observation_start": "2015-01-01"})

    def test_too_many_vintages_for_one_request(self):
        whole = self.fred()
        plan = self.from_fred(whole, "--dry-run")
        halved = self.fred(max_vintages=3)
        self.assertEqual(self.from_fred(halved, "--dry-run")["added"], plan["added"])
        self.assertGreater(len(halved.queries), 10)

    def test_too_fast_is_waited_for(self):
        fred = self.fred()
        fred.refuse_next = 1
        self.assertEqual(self.from_fred(fred, "--dry-run")["to_add"], 28)
        self.assertEqual(len(fred.queries), 3)

    def test_refusals_in_freds_words(self):
        fred = self.fred()

        def refused(code, **options):
            return self.collect("fundamentals", "fred", "--series", self.series("GDPC1", "UNRATE"),
                                code=code, FRED_API_URL=fred.url, **options).stderr

        wrong = "f" * 32
        said = refused(1, FRED_API_KEY=wrong)
        self.assertIn("The value for variable api_key is not registered", said)
        self.assertNotIn(wrong, said)
        self.assertIn("32 character", refused(1, FRED_API_KEY="short"))
        self.assertIn("FRED_API_KEY is not set", refused(2, FRED_API_KEY=""))
        self.assertIn("series UNRATE with HTTP 400: Bad Request.  The series does not exist",
                      refused(1, FRED_API_KEY=FRED_KEY))
        self.assertEqual(self.stored("fundamental"), [], "nothing is written of a run that fails")

    def test_from_a_file(self):
        self.start_backend()
        path = self.stack.folder / "macro.csv"
        path.write_text("series,reference_date,value\nUS_CPI_NSA,2015-01-01,233.707\n"
                        "US_10Y_M,2015-01-01,1.88\nUS_PRIMARY_CREDIT,2015-12-17,1.0\n")
        ran = self.collect("fundamentals", path, "--series",
                           harness.ROOT / "examples/collect/file_series.csv", "--countries", "US")
        self.assertIn("US_10Y_M is not among those asked for: rows left out: 1", ran.stderr)
        rows = self.stored("fundamental")
        self.assertEqual([(r["indicator"], r["releasedAt"]) for r in rows],
                         [("cpi", "2015-03-08T00:00:00.000Z"),
                          ("interest_rate", "2015-12-18T00:00:00.000Z")])
        self.assertEqual(rows[0]["source"], "macro.csv:US_CPI_NSA (release estimated)")
        self.collect("fundamentals", path, "--series",
                     harness.ROOT / "examples/collect/file_series.csv", "--countries", "JP", code=75)


if __name__ == "__main__":
    harness.main()
