"""Times the v3.2 features in pandas, polars and TA-Lib beside features_bench, on the same candles.

  python tests/bench/features_peers.py CANDLES_CSV [--bench build/release/bench/features_bench]
                                       [--repeat 7]

CANDLES_CSV is a file of hourly candles with the columns timestamp (or timestamp_utc), open, high,
low, close, volume (or tick_volume); at least 10,000 of them. Needs pandas, polars, numpy and TA-Lib
(pip install pandas polars TA-Lib), in a folder outside the project. Prints tables in Markdown: the
whole set in bulk, one request's features, one more candle, and each indicator beside pandas, polars and
TA-Lib's C function. Times are medians; run nothing else meanwhile.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import polars as pl
import talib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/golden/features"))
from indicator_peers import (check_indicators, median_seconds, print_indicators,  # noqa: E402
                             print_next_candle)
from make_technical import reference, with_talib  # noqa: E402

REQUEST, CACHED = 300, 10_000
V32 = """open high low close volume returns log_returns sma_5 ema_5 sma_10 ema_10 sma_20 ema_20 sma_50
ema_50 sma_100 ema_100 sma_200 ema_200 bb_upper_20 bb_lower_20 bb_width_20 rsi_14 rsi_28 macd
macd_signal macd_hist atr_14 stoch_k stoch_d volume_sma_20 volume_ratio momentum_5 momentum_10
momentum_20 volatility_10 volatility_20 volatility_30""".split()


def in_pandas(c):
    """The 38 columns of v3.2 as one writes them in pandas."""
    close, high, low, volume = c["close"], c["high"], c["low"], c["volume"]
    f = c[["open", "high", "low", "close", "volume"]].copy()
    f["returns"] = close.pct_change()
    f["log_returns"] = np.log(close / close.shift(1))
    for n in [5, 10, 20, 50, 100, 200]:
        f[f"sma_{n}"] = close.rolling(n).mean()
        f[f"ema_{n}"] = close.ewm(span=n, adjust=False).mean()
    middle, deviation = close.rolling(20).mean(), close.rolling(20).std()
    f["bb_upper_20"], f["bb_lower_20"] = middle + 2 * deviation, middle - 2 * deviation
    f["bb_width_20"] = (f["bb_upper_20"] - f["bb_lower_20"]) / middle
    change = close.diff().fillna(0)
    for n in [14, 28]:
        gain = change.where(change > 0, 0).rolling(n).mean()
        loss = (-change.where(change < 0, 0)).rolling(n).mean()
        f[f"rsi_{n}"] = 100 - 100 / (1 + gain / loss)
    f["macd"] = close.ewm(span=12, adjust=False).mean() - close.ewm(span=26, adjust=False).mean()
    f["macd_signal"] = f["macd"].ewm(span=9, adjust=False).mean()
    f["macd_hist"] = f["macd"] - f["macd_signal"]
    parts = [high - low, (high - close.shift()).abs(), (low - close.shift()).abs()]
    f["atr_14"] = pd.concat(parts, axis=1).max(axis=1).rolling(14).mean()
    lowest, highest = low.rolling(14).min(), high.rolling(14).max()
    f["stoch_k"] = 100 * (close - lowest) / (highest - lowest)
    f["stoch_d"] = f["stoch_k"].rolling(3).mean()
    f["volume_sma_20"] = volume.rolling(20).mean()
    f["volume_ratio"] = volume / (f["volume_sma_20"] + 1e-10)
    for n in [5, 10, 20]:
        f[f"momentum_{n}"] = close / close.shift(n) - 1
    for n in [10, 20, 30]:
        f[f"volatility_{n}"] = f["returns"].rolling(n).std()
    return f


def in_polars(c):
    """The same as polars expressions, with as many threads as polars takes."""
    close, high, low, volume = pl.col("close"), pl.col("high"), pl.col("low"), pl.col("volume")
    change = close.diff().fill_null(0)
    previous = close.shift(1)
    ranges = pl.max_horizontal(high - low, (high - previous).abs(), (low - previous).abs())
    lowest, highest = low.rolling_min(14), high.rolling_max(14)
    macd = close.ewm_mean(span=12, adjust=False) - close.ewm_mean(span=26, adjust=False)
    middle, deviation = close.rolling_mean(20), close.rolling_std(20)
    k = 100 * (close - lowest) / (highest - lowest)
    columns = [
        pl.col(["open", "high", "low", "close", "volume"]),
        (close / previous - 1).alias("returns"),
        (close / previous).log().alias("log_returns"),
    ]
    for n in [5, 10, 20, 50, 100, 200]:
        columns.append(close.rolling_mean(n).alias(f"sma_{n}"))
        columns.append(close.ewm_mean(span=n, adjust=False).alias(f"ema_{n}"))
    columns += [
        (middle + 2 * deviation).alias("bb_upper_20"),
        (middle - 2 * deviation).alias("bb_lower_20"),
        (4 * deviation / middle).alias("bb_width_20"),
    ]
    for n in [14, 28]:
        gain = change.clip(lower_bound=0).rolling_mean(n)
        loss = (-change).clip(lower_bound=0).rolling_mean(n)
        columns.append((100 - 100 / (1 + gain / loss)).alias(f"rsi_{n}"))
    signal = macd.ewm_mean(span=9, adjust=False)
    columns += [
        macd.alias("macd"),
        signal.alias("macd_signal"),
        (macd - signal).alias("macd_hist"),
        ranges.rolling_mean(14).alias("atr_14"),
        k.alias("stoch_k"),
        k.rolling_mean(3).alias("stoch_d"),
        volume.rolling_mean(20).alias("volume_sma_20"),
        (volume / (volume.rolling_mean(20) + 1e-10)).alias("volume_ratio"),
    ]
    columns += [(close / close.shift(n) - 1).alias(f"momentum_{n}") for n in [5, 10, 20]]
    returns = close / previous - 1
    columns += [returns.rolling_std(n).alias(f"volatility_{n}") for n in [10, 20, 30]]
    return c.lazy().select(columns).collect()


def to_polars(candles):
    return pl.DataFrame({c: candles[c].to_numpy(float) for c in candles.columns[1:]})


def run_bench(program, candles):
    """ns a candle (one_at_a_time: a call) of every benchmark, by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "candles.csv")
        candles.to_csv(path, index=False)
        done = subprocess.run(
            [program, f"--candles_csv={path}", "--benchmark_format=json",
             "--benchmark_repetitions=5", "--benchmark_report_aggregates_only=true",
             "--benchmark_min_time=0.05"],
            check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    times = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run.get("aggregate_name") == "median":
            times[run["run_name"]] = 1e9 / run["items_per_second"]
    return times


def load(path):
    candles = pd.read_csv(path, comment="#")
    candles = candles.rename(columns={"timestamp_utc": "timestamp", "tick_volume": "volume"})
    return candles[["timestamp", "open", "high", "low", "close", "volume"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("candles")
    parser.add_argument("--bench", default=str(ROOT / "build/release/bench/features_bench"))
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    candles = load(options.candles)
    if len(candles) < CACHED:
        sys.exit(f"{options.candles}: needs {CACHED} candles, has {len(candles)}")
    ours = run_bench(options.bench, candles)

    print(f"pandas {pd.__version__}, polars {pl.__version__} ({pl.thread_pool_size()} threads), "
          f"TA-Lib {talib.__version__}\n")  # fmt: skip
    print("| v3.2, 38 columns, ns a candle | 300 candles | 10,000 | all |\n|---|---|---|---|")
    counts = [REQUEST, CACHED, len(candles)]
    for kind in ["columns", "rows"]:
        row = [ours[f"{kind}/v3.2/{n}"] for n in counts]
        print(f"| aifx, {kind} |", " | ".join(f"{t:.1f}" for t in row), "|")
    for name, run, convert in [
        ("pandas", in_pandas, lambda c: c),
        ("polars", in_polars, to_polars),
        ("TA-Lib, Python wheel (41 columns it has, not all of v3.2)", with_talib, lambda c: c),
    ]:
        row = []
        for n in counts:
            part = convert(candles.head(n))
            row.append(median_seconds(lambda: run(part), options.repeat) / n * 1e9)  # noqa: B023
        print(f"| {name} |", " | ".join(f"{t:,.1f}" for t in row), "|")
    print("\nCandles come as rows, as pandas frames and as polars frames: nothing is converted.\n")

    request = candles.tail(REQUEST)
    print(f"| one request's features, {REQUEST} candles | us |\n|---|---|")
    print(f"| aifx, rows | {ours[f'rows/v3.2/{REQUEST}'] * REQUEST / 1e3:,.1f} |")
    for name, run, part in [("pandas", in_pandas, request), ("polars", in_polars, to_polars(request)),
                            ("TA-Lib, Python wheel", with_talib, request)]:
        seconds = median_seconds(lambda: run(part), 10 * options.repeat)  # noqa: B023
        print(f"| {name} | {seconds * 1e6:,.1f} |")
    print()
    print_next_candle(ours, request, in_pandas, in_polars, to_polars, options.repeat)
    some = candles.head(CACHED)
    print_indicators(ours, some, to_polars(some), options.repeat)


if __name__ == "__main__":
    # The two definitions must be the same before their times mean anything.
    probe = pd.read_csv(ROOT / "tests/golden/features/technical_candles.csv", comment="#")
    pd.testing.assert_frame_equal(in_pandas(probe)[V32], reference(probe)[V32], rtol=1e-9)
    columns = in_polars(to_polars(probe))
    for name in V32:
        np.testing.assert_allclose(columns[name].cast(pl.Float64).to_numpy(), reference(probe)[name],
                                   rtol=1e-6, atol=1e-9, err_msg=name)  # fmt: skip
    check_indicators(reference(probe), probe, to_polars(probe))
    main()
