"""`aifx features` on a real backend: its files beside each other, beside `features compute` and pandas."""

import csv
import datetime
import hashlib
import json
import re
import signal
import subprocess
import sys
import time
import unittest

import numpy as np
import pandas as pd
import polars as pl

import harness
from reference_backend import fault

SAMPLE = harness.ROOT / "examples/data/eurusd_1h.csv"
GOLDEN = harness.ROOT / "tests/golden/features"
OPEN = harness.ROOT / "examples/python/open_features.py"
PARTS = ("train", "validation", "test")
FORMATS = ("csv", "npy", "parquet")


def golden_rows(name):
    with open(GOLDEN / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def read(folder, part):
    """A part's (times, values) as NumPy, whatever its format."""
    if (folder / f"{part}.npy").exists():
        return np.load(folder / f"{part}_timestamps.npy"), np.load(folder / f"{part}.npy")
    if (folder / f"{part}.csv").exists():
        frame = pd.read_csv(folder / f"{part}.csv", parse_dates=["timestamp"])
    else:
        frame = pd.read_parquet(folder / f"{part}.parquet")
    times = frame.pop("timestamp").dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    return times, frame.to_numpy()


class FeaturesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = harness.Stack()
        cls.addClassCleanup(cls.stack.stop)
        _, cls.backend = cls.stack.steered_backend("--seed", f"EUR/USD:1h:{SAMPLE}", data=None)
        cls.backend.store_candles("GBP/USD", "1h", golden_rows("technical_candles.csv"))

    def setUp(self):
        self.out = self.stack.folder / self.id().rpartition(".")[2]
        self.addCleanup(self.backend.reset)

    def command(self, *arguments, job=("features",)):
        return [str(part) for part in (harness.BIN / "aifx", *job, *arguments)]

    def environment(self):
        return harness.env(BACKEND_API_URL=self.backend.url,
                           AIFX_CACHE_DIR=str(self.stack.folder / "cache"))

    def run_job(self, *arguments, code=0, **options):
        ran = subprocess.run(self.command(*arguments, **options), capture_output=True, text=True, timeout=60,
                             env=self.environment())
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran

    def features(self, *arguments, pair="EUR/USD", code=0, train="0.7", validation="0.85",
                 out=None):
        return self.run_job("--pairs", pair, "--train-until", train, "--validation-until",
                            validation, "--out", out or self.out, *arguments, code=code)

    def entries(self):
        return sorted(path.name for path in self.out.iterdir()) if self.out.exists() else []


class FilesTest(FeaturesTest):
    def test_every_format_holds_the_same_numbers_as_compute(self):
        compute = {}
        for form in FORMATS:
            self.features("--format", form, out=self.out / form)
            self.run_job("compute", "--csv", SAMPLE, "--out", self.out / form / f"one.{form}")
            compute[form] = read(self.out / form, "one")
        parts = {form: [read(self.out / form / "eurusd-1h", part) for part in PARTS]
                 for form in FORMATS}
        lengths = [len(times) for times, _ in parts["csv"]]
        self.assertEqual(sum(lengths), len(harness.sample_rows(10**6)) - 49)
        self.assertAlmostEqual(lengths[0] / sum(lengths), 0.7, places=3)
        self.assertAlmostEqual(lengths[1] / sum(lengths), 0.15, places=3)
        for form in FORMATS:
            for (times, values), (want_times, want) in zip(parts[form], parts["csv"]):
                np.testing.assert_array_equal(times, want_times)
                np.testing.assert_array_equal(values, want)
            joined = np.concatenate([values for _, values in parts[form]])
            np.testing.assert_array_equal(joined, compute[form][1])
        times = np.concatenate([times for times, _ in parts["npy"]])
        self.assertTrue(np.all(np.diff(times) > np.timedelta64(0)))
        np.testing.assert_array_equal(times, compute["npy"][0])

    def test_agrees_with_pandas(self):
        self.features("--set", "v3.2", "--format", "parquet", pair="GBP/USD",
                      train="0.6", validation="0.8")
        frame = pd.concat(pd.read_parquet(self.out / "gbpusd-1h" / f"{part}.parquet")
                          for part in PARTS).reset_index(drop=True)
        golden = pd.read_csv(GOLDEN / "technical_reference.csv", comment="#").iloc[199:]
        self.assertEqual(len(frame), len(golden))
        for column in frame.columns.drop("timestamp"):
            got, want = frame[column].to_numpy(), golden[column].to_numpy()
            tolerance = 1e-6 if column == "bb_width_20" else 1e-9
            bound = tolerance * np.maximum(np.abs(want), np.median(np.abs(want)))
            self.assertTrue(np.all(np.abs(got - want) <= bound), column)

    def test_metadata_and_polars_describe_the_files(self):
        self.features("--format", "parquet", "--from", "2017-01-01", "--to", "2018-01-01",
                      train="2017-07-01", validation="2017-10-01")
        folder = self.out / "eurusd-1h"
        metadata = json.loads((folder / "metadata.json").read_text())
        self.assertEqual(self.entries(), ["eurusd-1h"])
        self.assertEqual(metadata["source"], {"backend": self.backend.url})
        self.assertEqual(metadata["candles"]["before_from"], 49)
        self.assertEqual(metadata["full_memory_from"], metadata["parts"]["train"]["first"])
        self.assertEqual(metadata["parts"]["train"]["last"], "2017-06-30T20:00:00Z")
        self.assertEqual(metadata["parts"]["validation"]["last"], "2017-09-29T20:00:00Z")
        self.assertGreater(metadata["quality"]["gap_count"], 0)
        self.assertEqual(set(metadata["quality"]["gaps"][0]), {"after", "before", "missing"})
        for part in PARTS:
            file, = metadata["parts"][part]["files"]
            path = folder / file["name"]
            self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), file["sha256"])
            frame = pl.read_parquet(path)
            self.assertEqual(frame.columns, ["timestamp", *metadata["columns"]])
            self.assertEqual(len(frame), file["rows"])
            self.assertEqual(frame["timestamp"].dtype, pl.Datetime("ms", "UTC"))

    def test_the_example_opens_every_format(self):
        for form in FORMATS:
            self.features("--format", form, "--from", "2018-01-01")
            ran = subprocess.run([sys.executable, OPEN, self.out / "eurusd-1h"],
                                 capture_output=True, text=True, timeout=60)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn("EUR/USD 1h stationary-v1 24 columns", ran.stdout)
            library = "numpy" if form == "npy" else "polars"
            for part in PARTS:
                rows = len(read(self.out / "eurusd-1h", part)[0])
                self.assertRegex(ran.stdout, rf"{part}: {library} \({rows}, 2[45]\)")

    @harness.with_torch
    def test_the_example_makes_tensors(self):
        self.features("--format", "npy", "--from", "2018-01-01")
        ran = subprocess.run([sys.executable, OPEN, self.out / "eurusd-1h"],
                             capture_output=True, text=True, timeout=60, check=True)
        for part in PARTS:
            rows = len(read(self.out / "eurusd-1h", part)[0])
            self.assertIn(f"{part}: torch ({rows}, 24)\n", ran.stdout)

    def test_several_series_at_once(self):
        ran = self.features("--json", "--timeframes", "1h", pair="EUR/USD,GBP/USD")
        report = json.loads(ran.stdout)
        self.assertEqual([s["status"] for s in report["series"]], ["done", "done"])
        self.assertEqual(self.entries(), ["eurusd-1h", "gbpusd-1h"])
        events = [json.loads(line)["event"] for line in ran.stderr.splitlines()]
        self.assertEqual(events.count("series"), 2)


class RefusalTest(FeaturesTest):
    def test_too_little_data_is_75_with_the_numbers(self):
        said = self.features(pair=harness.OTHER_PAIR, code=75).stderr
        self.assertIn("stationary-v1 needs 50 closed candles for a first row; AUD/NZD 1h has 0",
                      said)
        self.assertEqual(self.entries(), [])
        # One series is enough: there was something to do.
        self.features(pair=f"EUR/USD,{harness.OTHER_PAIR}")
        self.assertEqual(self.entries(), ["eurusd-1h"])

    def test_a_split_outside_the_data_is_an_error(self):
        said = self.run_job("--pairs", "EUR/USD", "--out", self.out, code=1).stderr
        self.assertIn("--train-until 2024-08-31 is outside the data", said)
        self.assertRegex(said, r"rows open from 2015-\S+ \S+ UTC to 2018-12-31 21:00 UTC")
        self.assertEqual(self.entries(), [])

    def test_wrong_usage_is_2(self):
        for arguments, want in (((), "--pairs is required"),
                                (("--pairs", "EUR/USD"), "--out is required"),
                                (("--pairs", "EUR/USD", "--out", "x", "--set", "v9"),
                                 "no feature set 'v9'"),
                                (("--pairs", "EUR/USD", "--out", "x", "--format", "xls"), "xls")):
            self.assertIn(want, self.run_job(*arguments, code=2).stderr)

    def test_a_dry_run_writes_nothing(self):
        said = self.features("--dry-run").stdout
        self.assertIn("dry run: would write rows of 24 columns", said)
        self.assertRegex(said, r"EUR/USD 1h +20000 +13966")
        self.assertEqual(self.entries(), [])

    def test_a_candle_in_progress_is_not_used(self):
        # Weeks: the newest opened three days ago, whatever the hour of the test.
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        opens = [now - datetime.timedelta(days=3 + 7 * back) for back in range(20, -1, -1)]
        self.backend.store_candles("NZD/CAD", "1w", [
            {"timestamp": t.isoformat(), "open": "1.1", "high": "1.2", "low": "1.0", "close": "1.15"}
            for t in opens])
        self.features("--timeframes", "1w", "--set", "stationary-v1", "--allow-bad-data",
                      pair="NZD/CAD", code=75)
        self.features("--timeframes", "1w", "--set", "raw-ohlcv", "--allow-bad-data",
                      pair="NZD/CAD", code=1)  # no volume
        self.backend.store_candles("NZD/CAD", "1w", [
            {"timestamp": t.isoformat(), "open": "1.1", "high": "1.2", "low": "1.0",
             "close": "1.15", "volume": 5} for t in opens])
        self.features("--no-cache", "--timeframes", "1w", "--set", "raw-ohlcv", "--allow-bad-data",
                      pair="NZD/CAD")
        metadata = json.loads((self.out / "nzdcad-1w/metadata.json").read_text())
        self.assertEqual(metadata["candles"]["in_progress"], 1)
        self.assertEqual(metadata["rows"], 20)
        self.assertEqual(metadata["parts"]["test"]["last"],
                         opens[-2].strftime("%Y-%m-%dT%H:%M:%SZ"))

    def test_a_series_full_of_holes_is_refused(self):
        rows = [row | {"volume": None} for row in harness.sample_rows(3000)]
        for row in rows:
            row.pop("spread")
        self.backend.store_candles("EUR/CHF", "1h", rows[:1000] + rows[2000:])
        said = self.features(pair="EUR/CHF", code=1).stderr
        self.assertRegex(said, r"of 30\d\d candles \(3\d\.\d%\) are missing")
        self.assertIn("`aifx data check --pair EUR/CHF --timeframe 1h`", said)
        self.assertEqual(self.entries(), [])
        weekly = ("--pair", "EUR/CHF", "--start", "2018-01-01", "--end", "2019-01-01", "--dry-run")
        said = self.run_job(*weekly, job=("train", "weekly"), code=1).stderr
        self.assertIn("`aifx data check --pair EUR/CHF --timeframe 1h`", said)
        self.run_job(*weekly, "--allow-bad-data", job=("train", "weekly"))
        warned = self.features("--allow-bad-data", pair="EUR/CHF").stderr
        self.assertRegex(warned, r"\(3\d\.\d%\) are missing")


class InterruptionTest(FeaturesTest):
    def start_and_wait_until_it_writes(self):
        """A job whose second pass waits for the backend: its files are begun."""
        # The series is one page: the request of the first pass is answered, the second never.
        self.backend.fail(fault("hang", "GET /training-data/market/*", skip=1))
        run = subprocess.Popen(
            self.command("--no-cache", "--pairs", "GBP/USD", "--train-until", "0.7",
                         "--validation-until", "0.85", "--out", self.out),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment())
        self.addCleanup(run.kill)
        deadline = time.monotonic() + 20
        while not any(name.startswith(".gbpusd-1h.aside.") for name in self.entries()):
            self.assertIsNone(run.poll(), "the job ended early")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        return run

    def test_a_terminated_run_leaves_nothing(self):
        run = self.start_and_wait_until_it_writes()
        run.send_signal(signal.SIGTERM)
        _, said = run.communicate(timeout=20)
        self.assertEqual(run.returncode, 1, said)
        self.assertIn("CANCELLED", said)
        self.assertEqual(self.entries(), [])

    def test_the_run_after_a_kill_cleans_up(self):
        run = self.start_and_wait_until_it_writes()
        run.kill()
        run.communicate(timeout=20)
        left, = self.entries()
        self.assertTrue(left.startswith("."), left)
        self.backend.reset()
        self.features(pair="GBP/USD")
        self.assertEqual(self.entries(), ["gbpusd-1h"])


class LinkingTest(unittest.TestCase):
    def test_arrow_is_linked_by_the_command_line_alone(self):
        needed = {name: subprocess.run(["ldd", harness.BIN / name], capture_output=True, text=True,
                                       check=True).stdout for name in ("aifx", "aifx-server")}
        self.assertRegex(needed["aifx"], r"libparquet\.so\.\d+ => /")
        self.assertIsNone(re.search("libarrow|libparquet", needed["aifx-server"]))


if __name__ == "__main__":
    harness.main()
