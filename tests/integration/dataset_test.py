"""`aifx dataset` from the real backend and from files, beside a second implementation in pandas."""

import csv
import datetime
import json
import signal
import subprocess
import sys
import unittest

import numpy as np

import harness
from reference_backend import ReferenceBackend

sys.path.insert(0, str(harness.ROOT / "tests/golden/dataset"))
import expected_dataset  # noqa: E402

CANDLES = 2500
OTHERS = ("GBP/USD", "USD/JPY", "AUD/USD")  # that stationary-v2 looks at beside EUR/USD
MACRO = harness.ROOT / "tests/golden/macro"
DATES = ("--train-until", "2018-10-14T18:00:00Z", "--validation-until", "2018-11-18")


class DatasetTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = harness.Stack()
        cls.addClassCleanup(cls.stack.stop)
        _, cls.url = cls.stack.backend(data=None)
        backend = ReferenceBackend(cls.url, harness.KEY)
        cls.rows = harness.sample_rows(CANDLES)
        candles = [{name: row[name] for name in ("timestamp", "open", "high", "low", "close")}
                   for row in cls.rows]
        for start in range(0, CANDLES, 1000):
            backend.store_candles("EUR/USD", "1h", candles[start:start + 1000])
        backend.store_candles("AUD/NZD", "1h", candles[:50])
        for pair in OTHERS:
            other = cls.other_pair(pair)
            for start in range(0, CANDLES, 1000):
                backend.store_candles(pair, "1h", other[start:start + 1000])
        cls.store_macro(backend)
        cls.csv = cls.stack.folder / "eurusd.csv"
        cls.write_csv(cls.csv, cls.rows)

    @classmethod
    def store_macro(cls, backend):
        """The synthetic figures of several countries, which overlap the candles."""
        with open(MACRO / "synthetic_series.csv", newline="") as file:
            rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
        records = [{"date": row["date"], "country": row["country"], "indicator": row["indicator"],
                    "value": float(row["value"]), "releasedAt": row["released_at"] or None}
                   for row in rows]
        for start in range(0, len(records), 500):
            backend.post("/training-data/fundamental", {"records": records[start:start + 500]})
        cls.aifx("collect", "calendar", MACRO / "synthetic_calendar.csv", url=cls.url)

    @classmethod
    def other_pair(cls, pair):
        """A walk of its own at the times of the candles: whoever takes one pair for another sees it."""
        random = np.random.default_rng(OTHERS.index(pair))
        closes = (1 + OTHERS.index(pair)) * np.exp(np.cumsum(random.normal(0, 5e-4, CANDLES)))
        opens = np.r_[1 + OTHERS.index(pair), closes[:-1]]
        return [{"timestamp": row["timestamp"], "open": f"{first:.5f}",
                 "high": f"{max(first, last) * 1.0003:.5f}", "low": f"{min(first, last) * 0.9997:.5f}",
                 "close": f"{last:.5f}"} for row, first, last in zip(cls.rows, opens, closes)]

    @staticmethod
    def write_csv(path, rows):
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    @staticmethod
    def aifx(*arguments, code=0, url="http://127.0.0.1:9"):
        ran = subprocess.run([str(part) for part in (harness.BIN / "aifx", *arguments)],
                             capture_output=True, text=True, timeout=60,
                             env=harness.env(BACKEND_API_URL=url))
        assert ran.returncode == code, f"exit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
        return ran

    def setUp(self):
        self.out = self.stack.folder / self.id().rpartition(".")[2]

    def from_backend(self, *arguments, pairs="EUR/USD", **options):
        return self.aifx("dataset", "--pairs", pairs, "--out", self.out, "--no-cache", *arguments,
                         url=self.url, **options)

    def from_file(self, *arguments, path=None, **options):
        return self.aifx("dataset", "--pairs", "EUR/USD", "--csv", path or self.csv, "--out",
                         self.out, *arguments, **options)

    def array(self, name, folder="eurusd-1h"):
        return np.load(self.out / folder / f"{name}.npy")

    def metadata(self, folder="eurusd-1h"):
        return json.loads((self.out / folder / "metadata.json").read_text())

    def test_the_backends_data_agree_with_pandas(self):
        self.from_backend(*DATES)
        rows = expected_dataset.compare(self.csv, self.out / "eurusd-1h",
                                        MACRO / "synthetic_series.csv",
                                        MACRO / "synthetic_calendar.csv")
        metadata = self.metadata()
        self.assertEqual(sum(metadata["splits"][p]["rows"] for p in ("train", "validation", "test")),
                         rows)
        # The training ends on a Sunday, before the market opens. What is answered on Friday stays;
        # the 24 rows of Friday are answered, 24 candles ahead, on Monday, and go.
        self.assertEqual(metadata["splits"]["train"]["to"], "2018-10-11T21:00:00Z")
        self.assertEqual(metadata["splits"]["train"]["purged"], 24)
        self.assertTrue((self.array("train/fundamental_mask") == 1).all())

    def open_example(self):
        """What the example prints of the data set."""
        return subprocess.run(
            [sys.executable, harness.ROOT / "examples/python/open_dataset.py",
             self.out / "eurusd-1h"], capture_output=True, text=True, timeout=60, check=True).stdout

    def test_the_example_opens_it(self):
        self.from_backend(*DATES)
        example = self.open_example()
        self.assertIn("EUR/USD 1h stationary-v1", example)
        self.assertRegex(example, r"train .*event\[\d+, 11\].*technical\[\d+, 60, 24\]")
        self.assertIn("barrier", example)

    @harness.with_torch
    def test_the_example_fills_a_batch_of_tensors(self):
        self.from_backend(*DATES)
        self.assertIn("a batch: [32, 60, 24] [32, 4] [32, 4] [32, 11] [32]\n", self.open_example())

    def test_a_file_gives_the_same_arrays_without_a_backend(self):
        self.from_backend("--no-macro", *DATES)
        backend = {name: self.array(f"{name}") for name in ("train/technical", "test/return")}
        self.from_file(*DATES)
        for name, array in backend.items():
            np.testing.assert_array_equal(self.array(name), array)
        self.assertEqual(self.metadata()["source"],
                         {"candles": "eurusd.csv", "context": None, "events": None,
                          "fundamentals": None})
        self.assertFalse((self.out / "eurusd-1h/train/event.npy").exists())

    def test_v32_raw_agrees_with_pandas(self):
        rows = [row | {"volume": 1000 + i * 7919 % 997} for i, row in enumerate(self.rows)]
        path = self.stack.folder / "volume.csv"
        self.write_csv(path, rows)
        self.from_file("--set", "v3.2", "--sequence", "20", "--horizon", "6", "--take-atr", "2",
                       "--stop-atr", "1", path=path)
        expected_dataset.compare(path, self.out / "eurusd-1h")
        scaled = self.array("test/technical")
        self.from_file("--set", "v3.2", "--sequence", "20", "--horizon", "6", "--take-atr", "2",
                       "--stop-atr", "1", "--raw", path=path)
        expected_dataset.compare(path, self.out / "eurusd-1h")
        scaler = json.loads((self.out / "eurusd-1h/scalers.json").read_text())["technical"]
        undone = scaled * np.array(scaler["deviation"]) + np.array(scaler["mean"])
        np.testing.assert_allclose(undone, self.array("test/technical"), rtol=1e-4, atol=1e-5)
        self.assertIn("volume is undefined", self.from_file("--set", "v3.2", code=1).stderr)

    def test_windows_of_raw_prices_are_scaled_one_by_one(self):
        rows = [row | {"volume": 1000 + i * 7919 % 997} for i, row in enumerate(self.rows)]
        path = self.stack.folder / "raw_volume.csv"
        self.write_csv(path, rows)
        for more in ((), ("--raw",)):
            self.from_file("--set", "raw-ohlcv", *more, path=path)
            expected_dataset.compare(path, self.out / "eurusd-1h")
        self.assertEqual(self.metadata()["technical"]["scaler"], "window z-score")
        self.assertIn("newest candle: {'open': 1.", self.open_example())

    def context(self, rows_of, name="{}.csv"):
        """--context for each of the other pairs, from files of these rows."""
        arguments = []
        for pair in OTHERS:
            path = self.stack.folder / name.format(pair.replace("/", "").lower())
            self.write_csv(path, rows_of(pair))
            arguments += ["--context", f"{pair}={path}"]
        return arguments

    def test_sets_with_context_take_other_pairs_from_files(self):
        self.from_backend("--set", "stationary-v2", "--no-macro", "--from", "2018-09-03", *DATES)
        self.assertEqual(self.metadata()["source"]["context"], "backend")
        names = ("train/technical", "validation/technical", "test/technical", "test/return")
        backend = {name: self.array(name) for name in names}
        # A file may begin earlier and end later, with a candle that has not closed.
        open_hour = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:00:00Z")
        context = self.context(lambda pair: [
            *self.other_pair(pair), self.other_pair(pair)[-1] | {"timestamp": open_hour}])
        path = self.stack.folder / "without_spread.csv"  # as the backend has them
        self.write_csv(path, [{name: value for name, value in row.items() if name != "spread"}
                              for row in self.rows])
        self.from_file("--set", "stationary-v2", "--from", "2018-09-03", *context, *DATES, path=path)
        for name, array in backend.items():
            np.testing.assert_array_equal(self.array(name), array)
        self.assertEqual(self.metadata()["source"]["context"],
                         "GBP/USD=gbpusd.csv, USD/JPY=usdjpy.csv, AUD/USD=audusd.csv")
        column = self.metadata()["technical"]["columns"].index("usdjpy_return_1")
        self.assertGreater(len(np.unique(self.array("test/technical")[:, -1, column])), 100)

    def test_wrong_context_is_refused(self):
        context = self.context(self.other_pair)
        for arguments, code, said in [
                (("--set", "stationary-v2"), 2, "GBP/USD, USD/JPY, AUD/USD too for EUR/USD: give "
                                                "each as --context PAIR=FILE"),
                (("--set", "stationary-v2", *context[:4]), 2, "the candles of AUD/USD too"),
                (("--set", "stationary-v2", *context, *context[:2]), 2, "GBP/USD is given twice"),
                (context[:2], 2, "stationary-v1 does not use that pair"),
                (("--context", "GBP/USD"), 2, "GBP/USD is not PAIR=FILE")]:
            with self.subTest(arguments):
                self.assertIn(said, self.from_file(*arguments, code=code).stderr)
        self.assertIn("--csv", self.from_backend(*context, code=2).stderr)
        # Candles of four hours would show what comes after the hour.
        slow = self.context(lambda pair: self.other_pair(pair)[::4], "slow_{}.csv")
        self.assertIn("the candles of GBP/USD 1h are not fit for use",
                      self.from_file("--set", "stationary-v2", *slow, code=1).stderr)
        self.assertFalse(self.out.exists())

    def test_rows_from_a_date_on_have_their_history(self):
        whole, later = self.stack.folder / "whole", self.out
        self.out = whole
        self.from_backend("--no-macro", "--raw", *DATES)
        self.out = later
        for build in (self.from_backend, self.from_file):
            build("--no-macro", "--raw", "--from", "2018-09-03", "--to", "2018-12-10T00:00Z",
                  *DATES)
            times = self.array("train/timestamps")
            self.assertEqual(str(times[0]), "2018-09-03T01:00:00")
            self.out = whole
            place = np.searchsorted(self.array("train/timestamps"), times[0])
            same = self.array("train/technical")[place:]
            self.out = later
            np.testing.assert_array_equal(self.array("train/technical"), same)
            # The last row's horizon ends before --to.
            self.assertEqual(str(self.array("test/horizon_end")[-1]), "2018-12-10T00:00:00")

    def test_warns_of_events_that_may_have_been_moved(self):
        calendar = self.stack.folder / "calendar.csv"
        calendar.write_text((MACRO / "synthetic_calendar.csv").read_text())
        self.assertNotIn("no figure", self.from_file("--events", calendar).stderr)
        with calendar.open("a") as file:
            file.write("2018-02-03T14:10:00Z,1,USD,high,CPI m/m,,2.0%,\n")
        self.assertIn("1 events have no figure though later ones of their name have, first USD "
                      "'CPI m/m' at 2018-02-03 14:10 UTC",
                      self.from_file("--events", calendar).stderr)

    def test_training_after_the_test_is_embargoed(self):
        """By candles: behind a Friday the hours of the weekend are none."""
        friday = "2018-12-07T22:00"  # the week's last candle closes
        closes = [self.later(row["timestamp"], 1)[:16] for row in self.rows]
        after = closes.index(friday) + 1
        # A window of 60 whose first candle looks 49 back; --embargo overrides.
        for arguments, embargo in (((), 109), (("--embargo", "12"), 12), (("--embargo", "0"), 0)):
            with self.subTest(arguments):
                self.from_file(*DATES, "--test-until", f"{friday}Z", *arguments)
                splits = self.metadata()["splits"]
                times = self.array("train/timestamps")
                first = times[times > np.datetime64(friday)][0]
                self.assertEqual(str(first)[:16], closes[after + embargo])
                self.assertEqual(splits["train"]["embargoed"], embargo)
                self.assertEqual(splits["embargo_candles"], embargo)
                self.assertEqual(splits["embargo_until"][:16], closes[after + embargo - 1])
                self.assertLessEqual(self.array("test/horizon_end").max(), np.datetime64(friday))

    def test_the_context_of_each_pair_is_its_own(self):
        self.from_backend("--no-macro", "--set", "stationary-v2", *DATES)
        path = self.stack.folder / "without_spread.csv"
        self.write_csv(path, [{name: row[name] for name in row if name != "spread"}
                              for row in self.rows])
        context = dict(each.split("=") for each in self.context(self.other_pair)[1::2])
        folder = self.out / "eurusd-1h"
        self.assertGreater(expected_dataset.compare(path, folder, context=context), 2000)
        # The comparison tells one pair from another.
        for pair in ("USD/JPY", "AUD/USD"):
            with self.assertRaises(expected_dataset.Difference):
                expected_dataset.compare(path, folder, context=context | {pair: context["GBP/USD"]})

    def test_a_context_pair_that_is_not_fit_for_use_is_refused(self):
        _, url = self.stack.backend(data=None)
        backend = ReferenceBackend(url, harness.KEY)
        prices = ("open", "high", "low", "close")
        for pair, hours in (("EUR/USD", 0), ("GBP/USD", 9)):
            rows = [{"timestamp": self.later(row["timestamp"], hours)}
                    | {name: row[name] for name in prices} for row in self.rows[:1000]]
            backend.store_candles(pair, "1h", rows)
        ran = self.aifx("dataset", "--pairs", "EUR/USD", "--set", "stationary-v2", "--no-macro",
                        "--no-cache", "--out", self.out, url=url, code=1)
        self.assertIn("the candles of GBP/USD 1h are not fit for use", ran.stderr)
        self.assertIn("shifted", ran.stderr)
        self.assertFalse(self.out.exists())

    def test_what_cannot_be_read_of_macro_files_is_told(self):
        calendar = self.stack.folder / "calendar.csv"
        calendar.write_text("timestamp_utc,currency,impact,event,actual,forecast,previous\n"
                            "2018-10-05T12:30:00Z,USD,high,Payrolls,134K,185K,n/a\n"
                            "2018-10-08T12:30:00Z,USD,high,Payrolls,many,185K,134K\n")
        series = self.stack.folder / "series.csv"
        series.write_text("series,reference_date,value\nUS_CPI_NSA,2018-08-01,252.1\n"
                          "US_CPI_NSA,2018-09-01,.\nUS_MOOD,2018-08-01,99\n")
        ran = self.from_file("--events", calendar, "--fundamentals", series, "--series",
                             harness.ROOT / "examples/collect/file_series.csv", "--dry-run")
        warnings = [json.loads(line)["text"] for line in ran.stderr.splitlines()
                    if json.loads(line)["event"] == "warning"]
        for said in ("many", "n/a", "series.csv: series US_MOOD is not among those of --series: "
                     "rows left out: 1", "series.csv: rows without a value, left out: 1"):
            self.assertEqual(sum(said in text for text in warnings), 1, (said, warnings))

    def test_dry_run_writes_nothing(self):
        plan = json.loads(self.from_backend("--dry-run", "--json").stdout)["datasets"][0]
        self.assertGreater(plan["splits"]["train"]["rows"], 1000)
        self.assertGreater(plan["bytes"], 1e7)
        self.assertFalse(self.out.exists())

    def test_several_series_and_too_little_data(self):
        ran = self.from_backend("--no-macro", pairs="EUR/USD,AUD/NZD,USD/CHF")
        self.assertIn("AUD/NZD 1h: too little data yet: 50 candles are too few", ran.stderr)
        self.assertIn("USD/CHF 1h: too little data yet: there are no candles", ran.stderr)
        self.assertEqual([path.name for path in self.out.iterdir()], ["eurusd-1h"])
        self.from_backend("--no-macro", pairs="AUD/NZD,USD/CHF", code=75)

    def test_failures_keep_the_old_data_set(self):
        self.from_file()
        before = (self.out / "eurusd-1h/metadata.json").read_bytes()
        for arguments, code, said in [
                (("--train-until", "2030-01-01"), 2, "train_until 2030-01-01T00:00:00Z is outside"),
                (("--train-until", "2018-12-01", "--validation-until", "2018-11-01"), 2,
                 "is not after train_until"),
                # A Saturday: nothing is known in between, today or ever.
                (("--train-until", "2018-10-13T10:00Z", "--validation-until", "2018-10-13T12:00Z"), 2,
                 "train_until 2018-10-13T10:00:00Z and validation_until 2018-10-13T12:00:00Z leave "
                 "no row for the part validation"),
                # Some hours of a week: all of their answers come later.
                (("--train-until", "2018-10-10T10:00Z", "--validation-until", "2018-10-10T16:00Z"),
                 75, "no row is left in the part validation: 6 purged"),
                (("--train-until", "1.5"), 2, "--train-until: 1.5"),
                (("--set", "v9"), 2, "--set"),
                (("--embargo", "3"), 2, "--test-until"),
                (("--test-until", "2018-12-10", "--embargo", "60h"), 2, "--embargo"),
                (("--target", "profit"), 2, "profit"),
                (("--timeframes", "1h,4h"), 2, "--csv is one series"),
                (("--horizon", "3000"), 75, "too few")]:
            with self.subTest(arguments):
                self.assertIn(said, self.from_file(*arguments, code=code).stderr)
        self.assertIn("127.0.0.1:9", self.aifx("dataset", "--pairs", "EUR/USD", "--out", self.out,
                                               "--no-cache", code=1).stderr)
        self.assertEqual((self.out / "eurusd-1h/metadata.json").read_bytes(), before)
        self.assertEqual([path.name for path in self.out.iterdir()], ["eurusd-1h"])

    def test_bad_candles_are_refused(self):
        shifted = [row | {"timestamp": self.later(row["timestamp"], 9)} for row in self.rows]
        path = self.stack.folder / "shifted.csv"
        self.write_csv(path, shifted)
        self.assertIn("shifted", self.from_file(path=path, code=1).stderr)
        self.write_csv(path, [*self.rows, self.rows[-1]])
        self.assertIn("1 duplicate", self.from_file(path=path, code=1).stderr)
        self.assertFalse(self.out.exists())

    def test_a_bad_candle_of_a_file_is_named_by_its_line(self):
        path = self.stack.folder / "half.csv"
        rows = list(self.rows)
        rows[2000] = rows[2000] | {"timestamp": self.later(rows[2000]["timestamp"], 0.5)}
        self.write_csv(path, rows)
        for arguments in ((), ("--from", "2018-11-01")):
            said = self.from_file(*arguments, path=path, code=1).stderr
            self.assertRegex(said, rf"{path}:2002: open_time \S+ is not on a whole UTC multiple of 1h")
            self.assertNotIn("candles[", said)

    @staticmethod
    def later(timestamp, hours):
        moment = datetime.datetime.fromisoformat(timestamp) + datetime.timedelta(hours=hours)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_a_folder_that_is_no_data_set_is_left_alone(self):
        (self.out / "eurusd-1h").mkdir(parents=True)
        (self.out / "eurusd-1h/notes.txt").write_text("mine")
        self.assertIn("is no data set", self.from_file(code=1).stderr)
        self.assertEqual((self.out / "eurusd-1h/notes.txt").read_text(), "mine")

    def test_an_interrupted_run_takes_its_files_away(self):
        path = self.stack.folder / "interrupted.csv"
        self.write_csv(path, harness.sample_rows(20000))
        command = [harness.BIN / "aifx", "dataset", "--pairs", "EUR/USD", "--csv", path, "--out",
                   self.out, "--sequence", "240"]
        with subprocess.Popen([str(part) for part in command], env=harness.env(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
            for line in run.stderr:
                if '"features"' in line:
                    break
            run.send_signal(signal.SIGTERM)
            self.assertIn("interrupted", run.stderr.read())
        self.assertEqual(run.returncode, 1)
        self.assertEqual(list(self.out.glob("*")), [])

    def test_an_interrupted_run_of_several_has_failed(self):
        """Also where what was done is done well, as in a dry run."""
        pairs = ",".join(["EUR/USD"] * 40)
        command = [harness.BIN / "aifx", "dataset", "--pairs", pairs, "--no-macro", "--no-cache",
                   "--dry-run"]
        with subprocess.Popen([str(part) for part in command],
                              env=harness.env(BACKEND_API_URL=self.url),
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
            for line in run.stderr:
                if '"features"' in line:
                    break
            run.send_signal(signal.SIGTERM)
            said = run.stderr.read()
        self.assertEqual(run.returncode, 1, said)
        self.assertIn("dataset EUR/USD 1h: CANCELLED: interrupted", said)

    def peak_kib(self, path):
        """The most memory that a run on this file held. It is the child of a child: one that this
        process starts begins with the peak of this process."""
        script = ("import resource, subprocess, sys\n"
                  "subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL)\n"
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        command = [harness.BIN / "aifx", "dataset", "--pairs", "EUR/USD", "--csv", path, "--out",
                   self.out, "--sequence", "240", "--json"]
        ran = subprocess.run([sys.executable, "-c", script, *map(str, command)], env=harness.env(),
                             capture_output=True, text=True, timeout=120, check=True)
        return int(ran.stdout.splitlines()[-1])

    def test_memory_holds_each_candle_once_whatever_the_windows(self):
        path = self.stack.folder / "long.csv"
        self.write_csv(path, harness.sample_rows(6000))
        before = self.peak_kib(path)
        smallest = (self.out / "eurusd-1h/validation/technical.npy").stat().st_size
        self.write_csv(path, harness.sample_rows(12000))
        grown = 1024 * (self.peak_kib(path) - before)
        written = (self.out / "eurusd-1h/train/technical.npy").stat().st_size
        # Twice the windows are 138 MB more; candles and their features are 4.
        self.assertGreater(written, 8 * smallest)
        self.assertLess(grown, smallest)

    def test_a_killed_run_leaves_nothing_to_be_taken_for_a_data_set(self):
        path = self.stack.folder / "all.csv"
        self.write_csv(path, harness.sample_rows(20000))
        command = [harness.BIN / "aifx", "dataset", "--pairs", "EUR/USD", "--csv", path, "--out",
                   self.out]
        with subprocess.Popen([str(part) for part in command], env=harness.env(),
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
            for line in run.stderr:
                if '"writing"' in line:
                    break
            run.send_signal(signal.SIGKILL)
        self.assertFalse((self.out / "eurusd-1h").exists())
        self.from_file()
        self.assertEqual([path.name for path in self.out.iterdir()], ["eurusd-1h"])


if __name__ == "__main__":
    harness.main()
