"""One indicator after another as pandas, polars and TA-Lib compute it: for features_peers.py.

TA-Lib twice: its C functions on arrays that are there already, without Python's part (no allocation, no
copy), and the wheel's streams, which take one candle more (since TA-Lib 0.8).
"""

import ctypes
import glob
import pathlib
import statistics
import time

import numpy as np
import polars as pl
import talib
from talib import stream

HLC = ["high", "low", "close"]


def median_seconds(run, repeat):
    run()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


class TaLibC:
    """TA-Lib's C functions on arrays that are there already."""

    def __init__(self, candles):
        folder = pathlib.Path(talib.__file__).resolve().parent.parent / "ta_lib.libs"
        path = next(iter(glob.glob(str(folder / "libta-lib*.so*"))), "libta-lib.so")
        self.library = ctypes.CDLL(path)
        self.library.TA_Initialize()
        self.arrays = {c: np.ascontiguousarray(candles[c], float) for c in candles.columns[1:]}
        self.size = len(candles)
        self.outs = [np.empty(self.size) for _ in range(3)]

    def time(self, name, inputs, options, outputs, repeat):
        """ns a candle."""
        function = getattr(self.library, name)
        double = ctypes.c_double
        pointer = lambda a: a.ctypes.data_as(ctypes.POINTER(double))  # noqa: E731
        begin, count = ctypes.c_int(), ctypes.c_int()
        arguments = [0, self.size - 1, *(pointer(self.arrays[i]) for i in inputs)]
        arguments += [double(o) if isinstance(o, float) else o for o in options]
        arguments += [ctypes.byref(begin), ctypes.byref(count)]
        arguments += [pointer(out) for out in self.outs[:outputs]]
        if function(*arguments) != 0:
            raise RuntimeError(f"{name} failed")
        loops = 20
        seconds = median_seconds(lambda: [function(*arguments) for _ in range(loops)], repeat)
        return seconds / loops / self.size * 1e9


def sma(n, of="close"):
    return lambda c: c[of].rolling(n).mean(), pl.col(of).rolling_mean(n)


def ema(n):
    return (lambda c: c["close"].ewm(span=n, adjust=False).mean(),
            pl.col("close").ewm_mean(span=n, adjust=False))


def change(n, scale=1):
    close = pl.col("close")
    return (lambda c: scale * (c["close"] / c["close"].shift(n) - 1),
            scale * (close / close.shift(n) - 1))


def volatility(n):
    close = pl.col("close")
    return (lambda c: c["close"].pct_change().rolling(n).std(),
            (close / close.shift(1) - 1).rolling_std(n))


def rsi(n):
    def in_pandas(c):
        difference = c["close"].diff().fillna(0)
        gain = difference.clip(lower=0).rolling(n).mean()
        return 100 - 100 / (1 + gain / (-difference).clip(lower=0).rolling(n).mean())

    difference = pl.col("close").diff().fill_null(0)
    gain = difference.clip(lower_bound=0).rolling_mean(n)
    loss = (-difference).clip(lower_bound=0).rolling_mean(n)
    return in_pandas, 100 - 100 / (1 + gain / loss)


def upper_band():
    close = pl.col("close")
    return (lambda c: c["close"].rolling(20).mean() + 2 * c["close"].rolling(20).std(),
            close.rolling_mean(20) + 2 * close.rolling_std(20))


def macd():
    close = pl.col("close")

    def in_pandas(c):
        line = ema(12)[0](c) - ema(26)[0](c)
        return line - line.ewm(span=9, adjust=False).mean()

    line = close.ewm_mean(span=12, adjust=False) - close.ewm_mean(span=26, adjust=False)
    return in_pandas, line - line.ewm_mean(span=9, adjust=False)


def atr():
    high, low, previous = pl.col("high"), pl.col("low"), pl.col("close").shift(1)

    def in_pandas(c):
        before = c["close"].shift()
        top, bottom = np.fmax(c["high"], before), np.fmin(c["low"], before)
        return (top - bottom).rolling(14).mean()

    return in_pandas, pl.max_horizontal(high - low, (high - previous).abs(),
                                        (low - previous).abs()).rolling_mean(14)


def stochastic():
    lowest, highest = pl.col("low").rolling_min(14), pl.col("high").rolling_max(14)

    def in_pandas(c):
        bottom, top = c["low"].rolling(14).min(), c["high"].rolling(14).max()
        return (100 * (c["close"] - bottom) / (top - bottom)).rolling(3).mean()

    return in_pandas, (100 * (pl.col("close") - lowest) / (highest - lowest)).rolling_mean(3)


def williams():
    lowest, highest = pl.col("low").rolling_min(14), pl.col("high").rolling_max(14)

    def in_pandas(c):
        top = c["high"].rolling(14).max()
        return -100 * (top - c["close"]) / (top - c["low"].rolling(14).min())

    return in_pandas, -100 * (highest - pl.col("close")) / (highest - lowest)


# Our column, TA-Lib's C function with inputs, options and outputs, and (pandas, polars).
INDICATORS = [
    ("returns", "TA_ROCP", ["close"], [1], 1, change(1)),
    *((f"sma_{n}", "TA_SMA", ["close"], [n], 1, sma(n)) for n in (5, 10, 20, 50, 100, 200)),
    *((f"ema_{n}", "TA_EMA", ["close"], [n], 1, ema(n)) for n in (5, 10, 20, 50, 100, 200)),
    ("bb_upper_20", "TA_BBANDS", ["close"], [20, 2.0, 2.0, 0], 3, upper_band()),
    *((f"rsi_{n}", "TA_RSI", ["close"], [n], 1, rsi(n)) for n in (14, 28)),
    ("macd_hist", "TA_MACD", ["close"], [12, 26, 9], 3, macd()),
    ("atr_14", "TA_ATR", HLC, [14], 1, atr()),
    ("stoch_d", "TA_STOCHF", HLC, [14, 3, 0], 2, stochastic()),
    ("volume_sma_20", "TA_SMA", ["volume"], [20], 1, sma(20, "volume")),
    *((f"momentum_{n}", "TA_ROCP", ["close"], [n], 1, change(n)) for n in (5, 10, 20)),
    *((f"volatility_{n}", "TA_STDDEV", ["close"], [n, 1.0], 1, volatility(n)) for n in (10, 20, 30)),
    ("roc_12", "TA_ROC", ["close"], [12], 1, change(12, 100)),
    ("adx_14", "TA_ADX", HLC, [14], 1, None),
    ("williams_r_14", "TA_WILLR", HLC, [14], 1, williams()),
    ("cci_20", "TA_CCI", HLC, [20], 1, None),
]


def check_indicators(reference, candles, frame):
    """The definitions must be the same before their times mean anything."""
    for column, _, _, _, _, others in INDICATORS:
        if others is None:
            continue
        results = others[0](candles), frame.select(others[1].alias("x"))["x"].cast(pl.Float64)
        for result in results:
            np.testing.assert_allclose(np.asarray(result, float), reference[column], rtol=1e-6,
                                       atol=1e-9, err_msg=column)


def print_indicators(ours, candles, frame, repeat):
    """Each indicator over `candles` (a pandas frame, and the same in polars); `ours` as run_bench has it."""
    count, peer = len(candles), TaLibC(candles)
    print(f"| {count:,} candles, ns a candle | aifx reference | aifx talib | TA-Lib in C | pandas | "
          "polars |\n|---|---|---|---|---|---|")
    start = ours[f"load/{count}"]
    slower = []
    for column, function, inputs, options, outputs, others in INDICATORS:
        mine = [ours[f"indicator/{column}/{c}/{count}"] - start for c in ("reference", "talib")]
        theirs = peer.time(function, inputs, options, outputs, repeat)
        slower += [column] if mine[1] > theirs else []
        cells = [f"{mine[0]:.2f}", f"{mine[1]:.2f}", f"{theirs:.2f} ({function})"]
        if others is not None:
            in_pandas, in_polars = others
            seconds = [median_seconds(lambda: in_pandas(candles), repeat),  # noqa: B023
                       median_seconds(lambda: frame.select(in_polars), repeat)]  # noqa: B023
            cells += [f"{each / count * 1e9:.0f}" for each in seconds]
        else:
            cells += ["", ""]
        print(f"| {column} |", " | ".join(cells), "|")
    print(f"\naifx's times leave out {start:.2f} ns a candle to turn candles into columns, which all"
          f" indicators share; TA-Lib gets columns. Slower than TA-Lib in C: {slower or 'none'}.\n")


def talib_streams(window):
    """TA-Lib's own incremental form: [(stream, columns it takes)] of every v3.2 column that it has."""
    inputs = [(stream.ROCP, ["close"], [1]), (stream.BBANDS, ["close"], [20]),
              (stream.MACD, ["close"], [12, 26, 9]), (stream.ATR, HLC, [14]),
              (stream.STOCHF, HLC, [14, 3]), (stream.SMA, ["volume"], [20])]
    for n in (5, 10, 20, 50, 100, 200):
        inputs += [(stream.SMA, ["close"], [n]), (stream.EMA, ["close"], [n])]
    inputs += [(stream.RSI, ["close"], [n]) for n in (14, 28)]
    inputs += [(stream.ROCP, ["close"], [n]) for n in (5, 10, 20)]
    inputs += [(stream.STDDEV, ["close"], [n]) for n in (10, 20, 30)]
    return [(make(*(window[c] for c in columns), *options), columns)
            for make, columns, options in inputs]


def print_next_candle(ours, candles, in_pandas, in_polars, to_polars, repeat):
    """One more candle: aifx and TA-Lib go on from their state, the others compute a window again."""
    size = len(candles)
    window = {c: np.ascontiguousarray(candles[c], float) for c in candles.columns[1:]}
    newest = {c: float(values[-1]) for c, values in window.items()}
    streams = [(each.update, [newest[c] for c in columns])
               for each, columns in talib_streams(window)]
    outputs = [update(*values) for update, values in streams]
    count = sum(len(each) if isinstance(each, tuple) else 1 for each in outputs)
    frame, loops = to_polars(candles), 100

    def by_talib():
        for _ in range(loops):
            for update, values in streams:
                update(*values)

    print("| one more candle | us | columns |\n|---|---|---|")
    print(f"| aifx, from its state | {ours['one_at_a_time/v3.2'] / 1e3:.2f} | 38 |")
    talib_us = median_seconds(by_talib, repeat) / loops * 1e6
    print(f"| TA-Lib's streams, Python wheel, from their state | {talib_us:.2f} | {count} |")
    for name, run in [("pandas", lambda: in_pandas(candles)), ("polars", lambda: in_polars(frame))]:
        print(f"| {name}, {size} candles again | "
              f"{median_seconds(run, 10 * repeat) * 1e6:,.0f} | 38 |")
    print()
