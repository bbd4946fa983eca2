"""`aifx features compute` beside the golden vectors of pandas and TA-Lib, as files."""

import csv
import datetime
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden/features"
AIFX = pathlib.Path(os.environ["AIFX_BIN"]) / "aifx"
PRICES = ("open", "high", "low", "close", "volume")


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


class FeaturesComputeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.candles = self.folder / "in.csv"
        text = (GOLDEN / "technical_candles.csv").read_text()
        self.candles.write_text(text[text.index("\n") + 1:])  # without the comment

    def compute(self, *arguments, code=0):
        out = self.folder / "out.csv"
        ran = subprocess.run([AIFX, "features", "compute", "--csv", self.candles, "--out", out,
                              *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return rows(out) if code == 0 else ran.stderr

    def assert_agrees(self, got, golden, first):
        self.assertEqual(len(got), len(golden) - first)
        for column in [c for c in golden[0] if c in got[0]]:
            want = [float(row[column]) for row in golden[first:]]
            middle = sorted(map(abs, want))[len(want) // 2]
            tolerance = 1e-6 if column == "bb_width_20" else 1e-9
            for row, value in zip(got, want):
                self.assertLessEqual(abs(float(row[column]) - value),
                                     tolerance * max(abs(value), middle),
                                     f"{column} at {row['timestamp']}")

    def test_reference_agrees_with_pandas(self):
        got = self.compute("--set", "v3.2")
        self.assertEqual(len(got[0]), 39)
        self.assertEqual([r["timestamp"] for r in got],
                         [r["timestamp"] for r in rows(self.candles)[199:]])
        self.assert_agrees(got, rows(GOLDEN / "technical_reference.csv"), 199)

    def test_talib_agrees_with_talib(self):
        got = self.compute("--set", "v3.2", "--convention", "talib")
        self.assert_agrees(got, rows(GOLDEN / "technical_talib.csv"), 199)

    def test_numbers_read_back_as_the_same_doubles(self):
        for got, given in zip(self.compute("--set", "raw-ohlcv"), rows(self.candles)):
            for column in PRICES:
                self.assertEqual(float(got[column]), float(given[column]))

    def test_bad_input_keeps_the_old_file(self):
        before = self.compute("--set", "raw-ohlcv")
        self.candles.write_text(self.candles.read_text() + "2016-07-01T00:00:00Z,1,2,x,1,1\n")
        said = self.compute("--set", "raw-ohlcv", code=2)
        self.assertIn("in.csv:242: low is 'x'", said)
        self.assertEqual(rows(self.folder / "out.csv"), before)

    def test_dev_stdout_stays_what_it_is(self):
        """Given as a link of its own, so that a failure does not cost the machine its device."""
        want = self.compute("--set", "raw-ohlcv")
        link = self.folder / "stdout"
        link.symlink_to("/dev/stdout")
        command = [AIFX, "features", "compute", "--csv", self.candles, "--set", "raw-ohlcv",
                   "--out", link]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(list(csv.DictReader(ran.stdout.splitlines())), want)
        with open(self.folder / "redirected.csv", "w") as file:
            subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True, timeout=60)
        self.assertEqual(rows(self.folder / "redirected.csv"), want)
        self.assertTrue(link.is_symlink())

    def test_a_terminated_run_leaves_nothing(self):
        start = datetime.datetime(2010, 1, 1)
        with open(self.candles, "w") as file:
            file.write("timestamp,open,high,low,close,volume\n")
            for i in range(400_000):
                file.write(f"{start + datetime.timedelta(minutes=i)},1.1,1.2,1.0,1.1{i % 97},7\n")
        for number in (signal.SIGTERM, signal.SIGINT):
            run = subprocess.Popen([AIFX, "features", "compute", "--csv", self.candles, "--set",
                                    "v3.2", "--out", self.folder / "out.csv"],
                                   stderr=subprocess.PIPE, text=True)
            self.addCleanup(run.kill)
            deadline = time.monotonic() + 60
            while not list(self.folder.glob(".out.csv.aside.*/out.csv")):
                self.assertIsNone(run.poll(), "the job ended early")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.001)
            run.send_signal(number)
            _, said = run.communicate(timeout=20)
            self.assertEqual(run.returncode, 1, said)
            self.assertIn("CANCELLED", said)
            self.assertEqual([path.name for path in self.folder.iterdir()], ["in.csv"])


if __name__ == "__main__":
    sys.exit(unittest.main())
