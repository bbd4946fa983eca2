"""Times `aifx dataset` beside writing the same bytes: 74,000 candles x 60 x 38 (v3.2), 675 MB.

  python tests/bench/dataset_bench.py [--candles CSV] [--out FOLDER] [--rounds 5]
                                      [--aifx build/release/bin/aifx]

CSV has the columns timestamp (or timestamp_utc), open, high, low, close (or bid_open, ...) of hourly
candles; without it they are made up. A volume is made up where there is none. FOLDER is on the disk to
be measured. Round by round: the command, the command's dry run (everything but the writing), one file
of as many bytes written in pieces of 256 KB and synced, and the same by dd. Prints medians (least..
most) and the command's peak memory. Needs the standard library alone; run nothing else meanwhile.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CANDLES = 74_000
PIECE = 1 << 18


def made_up_rows():
    """A random walk without weekends."""
    source, price = random.Random(1), 1.1
    moment = datetime.datetime(2007, 1, 1, 22, tzinfo=datetime.timezone.utc)
    while True:
        friday_night = moment.weekday() == 5 or moment.weekday() == 4 and moment.hour >= 21
        if not friday_night and not (moment.weekday() == 6 and moment.hour < 22):
            change = source.gauss(0, 0.0005)
            yield (moment.strftime("%Y-%m-%dT%H:%M:%SZ"), price,
                   max(price, price + change) + abs(source.gauss(0, 0.0002)),
                   min(price, price + change) - abs(source.gauss(0, 0.0002)), price + change)
            price += change
        moment += datetime.timedelta(hours=1)


def rows_of(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            prefix = "bid_" if "bid_open" in row else ""
            yield (row.get("timestamp") or row["timestamp_utc"],
                   *(row[prefix + name] for name in ("open", "high", "low", "close")))


def write_candles(rows, path):
    with open(path, "w", newline="") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for i, row in zip(range(CANDLES), rows):
            prices = (p if isinstance(p, str) else f"{p:.5f}" for p in row[1:])
            file.write(f"{row[0]},{','.join(prices)},{1000 + i * 7919 % 997}\n")
    if i + 1 < CANDLES:
        sys.exit(f"dataset_bench: needs {CANDLES} candles, has {i + 1}")


class Bench:
    def __init__(self, aifx, candles, out):
        self.out = out
        self.command = [aifx, "dataset", "--pairs", "EUR/USD", "--csv", candles, "--set", "v3.2",
                        "--sequence", "60", "--out", out / "sets"]
        self.peak_kib = 0
        self.start_kib = 0

    def start(self):
        """Seconds to start the program, which loads LibTorch, and end it."""
        seconds, self.start_kib = self.measure([self.command[0], "--version"])
        return seconds

    def run(self, *more):
        """Seconds of one run."""
        seconds, kib = self.measure([*self.command, *more])
        self.peak_kib = max(self.peak_kib, kib)
        return seconds

    @staticmethod
    def measure(command):
        """(seconds, peak KiB)"""
        start = time.perf_counter()
        child = subprocess.Popen([str(part) for part in command],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if child.returncode != 0:
            sys.exit(f"dataset_bench: aifx ended with {child.returncode}")
        return seconds, usage.ru_maxrss

    def build(self):
        shutil.rmtree(self.out / "sets", ignore_errors=True)
        os.sync()
        return self.run()

    def size(self):
        return sum(path.stat().st_size for path in self.out.rglob("*.npy"))

    def plain(self, size):
        """Seconds to write and sync one file of that size."""
        path, piece = self.out / "plain", os.urandom(PIECE)
        os.sync()
        start = time.perf_counter()
        with open(path, "wb", buffering=0) as file:
            for _ in range(size // PIECE):
                file.write(piece)
            os.fsync(file.fileno())
        seconds = time.perf_counter() - start
        path.unlink()
        return seconds

    def dd(self, size):
        path = self.out / "dd"
        os.sync()
        start = time.perf_counter()
        subprocess.run(["dd", "if=/dev/zero", f"of={path}", "bs=1M", f"count={size >> 20}",
                        "conv=fsync"], check=True, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        path.unlink()
        return seconds


def text(times):
    return f"{statistics.median(times):.2f} s ({min(times):.2f}..{max(times):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candles")
    parser.add_argument("--out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--aifx", default=str(ROOT / "build/release/bin/aifx"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.out) as folder:
        folder = pathlib.Path(folder)
        candles = folder / "candles.csv"
        write_candles(rows_of(options.candles) if options.candles else made_up_rows(), candles)
        bench = Bench(options.aifx, candles, folder)
        bench.build()
        size = bench.size()
        times = {name: [] for name in ("build", "dry", "start", "plain", "dd")}
        for _ in range(options.rounds):
            times["plain"].append(bench.plain(size))
            times["build"].append(bench.build())
            times["dd"].append(bench.dd(size))
            times["dry"].append(bench.run("--dry-run"))
            times["start"].append(bench.start())
        metadata = json.loads((folder / "sets/eurusd-1h/metadata.json").read_text())
    rows = sum(metadata["splits"][part]["rows"] for part in ("train", "validation", "test"))
    middle = {name: statistics.median(each) for name, each in times.items()}
    print(f"| {CANDLES:,} candles, {rows:,} windows of 60 x 38, {size / 1e6:.0f} MB | time |\n|---|---|")
    print(f"| aifx dataset, from CSV to synced arrays and their SHA-256 | {text(times['build'])} |")
    print(f"| of that, all but the writing (dry run) | {text(times['dry'])} |")
    print(f"| of that, the program's start | {text(times['start'])} |")
    print(f"| the same bytes into one file, synced | {text(times['plain'])} |")
    print(f"| dd bs=1M conv=fsync | {text(times['dd'])} |")
    print(f"| whole / plain writing | {middle['build'] / middle['plain']:.2f} |")
    print(f"| peak memory | {bench.peak_kib / 1024:.0f} MiB, "
          f"of which the program itself {bench.start_kib / 1024:.0f} |")


if __name__ == "__main__":
    main()
