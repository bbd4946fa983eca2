"""`aifx features compute` beside the golden vectors of pandas and TA-Lib, as files."""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile
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


if __name__ == "__main__":
    sys.exit(unittest.main())
