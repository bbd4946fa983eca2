#!/usr/bin/env python3
"""Writes examples/data/eurusd_1h.csv: the newest hourly EUR/USD candles of a bid/ask file.

    scripts/make_sample_data.py EURUSD_1h_bidask_2007_2018.csv

The input has the columns timestamp_utc, bid_open .. bid_close, ask_open .. ask_close. The output
keeps the bid prices as they are written and the spread at the close, ask - bid, in price units.
"""
import argparse
import csv
from collections import deque
from decimal import Decimal
from pathlib import Path

DEFAULT_OUTPUT = Path(__file__).resolve().parent.parent / "examples/data/eurusd_1h.csv"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", type=Path)
    parser.add_argument("--output", type=Path, default=DEFAULT_OUTPUT)
    parser.add_argument("--rows", type=int, default=20_000)
    arguments = parser.parse_args()

    with arguments.input.open(newline="") as file:
        newest = deque(csv.DictReader(file), maxlen=arguments.rows)
    with arguments.output.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["timestamp", "open", "high", "low", "close", "spread"])
        for row in newest:
            # Decimal, so that no digit appears that the source does not have.
            spread = Decimal(row["ask_close"]) - Decimal(row["bid_close"])
            prices = [row["bid_" + name] for name in ("open", "high", "low", "close")]
            writer.writerow([row["timestamp_utc"], *prices, f"{spread:.5f}"])
    print(f"{len(newest)} rows, {newest[0]['timestamp_utc']} to {newest[-1]['timestamp_utc']}: "
          f"{arguments.output}")


if __name__ == "__main__":
    main()
